//! The process dies, or the disk is full, in the middle of everything.
//!
//! The test runs its own program again as a child that lets people in over many venues and says
//! what it was answered through a pipe; the parent kills it without warning, opens the file and
//! holds it against what was said. `GAPURA_LONG=1` kills five hundred times instead of twenty.

mod child;
mod witness;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use witness::Witness;

/// Which part the child plays, and in which folder.
const PART: &str = "GAPURA_TEST_PART";
const FOLDER: &str = "GAPURA_TEST_FOLDER";

/// Rounds on one file before the next file.
const ROUNDS_ON_A_FILE: u32 = 20;

fn spawn(part: &str, folder: &Path, round: u32) -> Child {
    // Whoever writes beyond the limit of a file's size gets an error instead of a signal.
    Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "plays_its_part_as_a_child", "--nocapture"])
        .env(PART, format!("{part} {round}"))
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// Does nothing unless the other tests here start it as a child.
#[test]
fn plays_its_part_as_a_child() {
    let (Ok(part), Ok(folder)) = (std::env::var(PART), std::env::var(FOLDER)) else {
        return;
    };
    let (part, round) = part.split_once(' ').unwrap();
    let (folder, round) = (Path::new(&folder), round.parse().unwrap());
    match part {
        "hammer" => child::hammers_until_killed(folder, round),
        "fill" => child::fills_the_disk(folder),
        other => panic!("{other} is no part"),
    }
}

fn is_long() -> bool {
    std::env::var("GAPURA_LONG").is_ok_and(|value| value == "1")
}

/// A made-up number that differs from round to round.
fn chance(round: u32) -> u32 {
    round.wrapping_mul(2_654_435_761).rotate_left(13) ^ 0x9e37_79b9
}

#[test]
fn whatever_was_answered_before_the_process_was_killed_is_there_once() {
    let rounds = if is_long() { 500 } else { 20 };
    let mut folder = tempfile::tempdir().unwrap();
    let mut witness = Witness::default();
    let mut answers = 0;
    for round in 0..rounds {
        if round % ROUNDS_ON_A_FILE == 0 {
            folder = tempfile::tempdir().unwrap();
            witness = Witness::default();
        }
        let mut child = spawn("hammer", folder.path(), round);
        let mut said = BufReader::new(child.stdout.take().unwrap());
        // A moment that is different each time: now and then at once, mostly in full run.
        let moment = if round % 6 == 5 {
            0
        } else {
            chance(round) % 500
        };
        let mut heard = 0;
        let mut line = String::new();
        while heard <= moment && said.read_line(&mut line).unwrap() > 0 {
            heard += u32::from(witness.hear(&line));
            line.clear();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        // The last line may have been cut off in the middle.
        let whole = rest.rfind('\n').map_or("", |end| &rest[..end]);
        for line in std::iter::once(line.as_str()).chain(whole.lines()) {
            heard += u32::from(witness.hear(line));
        }
        answers += heard;
        witness.holds_against(folder.path(), round);
    }
    println!("{rounds} kills, {answers} answers");
    assert!(
        answers > rounds,
        "the children were killed before they said anything"
    );
}

#[test]
fn a_full_disk_loses_nothing_that_was_answered_and_mends_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let child = spawn("fill", folder.path(), 0);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{:?}", output.status);
    let mut witness = Witness::default();
    let said = String::from_utf8(output.stdout).unwrap();
    let heard = said.lines().filter(|line| witness.hear(line)).count();
    assert!(said.contains("the disk was full and is mended"), "{said}");
    assert!(heard > 100, "{heard}");
    witness.holds_against(folder.path(), 0);
}
