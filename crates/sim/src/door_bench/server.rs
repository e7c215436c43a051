//! The server under load: a child process that ends with whoever started it.

use super::{BenchError, Result, Stage};
use crate::process::{Usage, usage};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server that is not ready by then never will be.
const READY_WITHIN: Duration = Duration::from_mins(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// A port of this machine that nobody listens at.
pub(super) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// A running server.
pub(super) struct Server {
    child: Child,
    log: PathBuf,
    pub(super) port: u16,
    /// From its start until it said that it is ready.
    pub(super) ready_after: Duration,
}

impl Server {
    /// Starts a server that will listen at `port`, and waits until `path` there answers 200. What it
    /// writes goes into the file `log`.
    pub(super) fn start(
        mut command: Command,
        port: u16,
        path: &str,
        log: &Path,
        stage: &dyn Stage,
    ) -> Result<Self> {
        let file = File::create(log)?;
        let begun = stage.elapsed();
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()?;
        let mut server = Self {
            child,
            log: log.to_owned(),
            port,
            ready_after: Duration::ZERO,
        };
        while !is_ready(port, path) {
            if server.child.try_wait()?.is_some() {
                return Err(server.failure("ended before it was ready"));
            }
            if stage.elapsed().saturating_sub(begun) > READY_WITHIN {
                return Err(server.failure("was not ready within two minutes"));
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
        server.ready_after = stage.elapsed().saturating_sub(begun);
        Ok(server)
    }

    pub(super) fn usage(&self) -> Result<Usage> {
        Ok(usage(self.child.id())?)
    }

    /// Ends it with SIGKILL: it gets no chance to write anything.
    pub(super) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// What the server did, with the end of what it wrote.
    pub(super) fn failure(&self, what: &str) -> BenchError {
        let written = fs::read_to_string(&self.log).unwrap_or_default();
        let last: Vec<&str> = written.lines().rev().take(8).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        BenchError::Server {
            what: what.to_owned(),
            log: last.join("\n"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only for a child that has ended, which is what is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn is_ready(port: u16, path: &str) -> bool {
    answer_to(port, path).is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200 "))
}

fn answer_to(port: u16, path: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}
