//! Promises that must hold on any machine and any disk, tried over HTTP against a real server: what was
//! answered is there after a crash, once, and a room for fifty holds fifty.

mod crash;
mod crowd;

use super::ground::Ground;
use super::server::{Server, free_port};
use super::traffic::{post, push_uuid};
use super::{BenchError, Result, Stage};
use crate::load::Answer;
use serde::Deserialize;
use std::path::Path;

pub use crash::{Crash, crash};
pub use crowd::{Crowd, crowd};

/// What a trial needs of the server's answer to a check-in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Said {
    decision: String,
    verdict: String,
    visit: Option<String>,
    reasons: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Reason {
    code: String,
}

impl Said {
    fn read(answer: Answer<'_>) -> Option<Self> {
        let is_good = answer.status == 200;
        is_good.then(|| serde_json::from_slice(answer.body).ok())?
    }
}

/// Writes the check-in of a person with this place in the ground's list.
fn write_check_in(
    out: &mut Vec<u8>,
    ground: &Ground,
    port: u16,
    person: usize,
    (request, gate): ([u8; 16], &str),
) -> bool {
    let mut body = "{\"id\":\"".to_owned();
    push_uuid(&mut body, request);
    body.push_str("\",\"gate\":\"");
    body.push_str(gate);
    body.push_str("\"}");
    let from = [ground.cookie.as_str(), ground.sessions[person].as_str()];
    post(out, port, "/api/v1/check-ins", ("cookie", from), &body)
}

fn start(stage: &dyn Stage, folder: &Path) -> Result<Server> {
    let port = free_port()?;
    let log = folder.with_extension("log");
    Server::start(stage.serve(folder, port), port, "/readyz", &log, stage)
}

fn broken(what: impl Into<String>) -> BenchError {
    BenchError::Promise(what.into())
}
