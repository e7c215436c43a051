//! The promises of the door, held by the real program over HTTP: kills under load, and a crowd at a
//! small room. `GAPURA_LONG=1` kills five hundred times instead of twenty.

use serde_json::Value;
use std::process::Command;

/// What the program says as JSON of a trial in a folder of its own.
fn tried(words: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_gapura"))
        .args(["--json", "bench"])
        .args(words)
        .arg("--folder")
        .arg(folder.path().join("trial"))
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    println!("{}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn whatever_the_server_answered_before_it_was_killed_is_there_once() {
    let is_long = std::env::var("GAPURA_LONG").is_ok_and(|value| value == "1");
    let kills = if is_long { "500" } else { "20" };
    let crash = tried(&["crash", "--kills", kills]);
    assert_eq!(crash["kills"].to_string(), kills);
    assert!(
        crash["lost"].as_u64() > Some(0),
        "no kill hit a request: {crash}"
    );
}

#[test]
fn of_five_thousand_people_at_a_room_for_fifty_just_fifty_come_in() {
    let crowd = tried(&["crowd", "--people", "5000", "--capacity", "50"]);
    assert_eq!(
        (&crowd["admitted"], &crowd["refused"]),
        (&50.into(), &4950.into())
    );
}
