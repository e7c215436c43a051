//! The real binary, as an operator types it: lists in and out, backup and restore.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

/// A Gapura of its own, in a folder that is removed.
struct Place {
    folder: tempfile::TempDir,
}

/// What a command answered.
struct Answer {
    exit: i32,
    out: String,
    err: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code().expect("it ended by itself"),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }
}

impl Place {
    fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        let (database, keys) = (place.path("gapura.db"), place.path("gapura.keys"));
        let config = format!(
            "database = \"sqlite:{}\"\nkeys_file = \"{}\"\n",
            database.display(),
            keys.display()
        );
        fs::write(place.path("gapura.toml"), config).expect("written");
        place
    }

    /// With somebody of the authority.
    fn staffed() -> Self {
        let place = Self::new();
        let invited = place.run(&[
            "staff",
            "invite",
            "dinkes",
            "--name",
            "Dinkes",
            "--role",
            "authority",
        ]);
        assert_eq!(invited.exit, 0, "{}", invited.err);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, text).expect("written");
        path.display().to_string()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gapura"));
        command
            .args(words)
            .arg("--config")
            .arg(self.path("gapura.toml"))
            .env_remove("GAPURA_KEYS");
        command
    }

    fn run(&self, words: &[&str]) -> Answer {
        self.command(words).output().expect("it starts").into()
    }

    fn json(&self, words: &[&str], exit: i32) -> Value {
        let answer = self.run(&[words, &["--json"]].concat());
        assert_eq!(answer.exit, exit, "{words:?}: {}{}", answer.out, answer.err);
        answer.json()
    }
}

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(name);
    path.display().to_string()
}

const PEOPLE: &str = "nama,tanggal_lahir,nik,kontak\n\
    Siti Nurhaliza,1990-08-17,9901015708900001,081200000001\n\
    =cmd(),1990-08-17,9901015708900002,\n\
    Budi,32-13-1990,9901011708900003,\n\
    Rahmat,1990-08-17,123,\n";

#[test]
fn a_list_of_places_is_handed_in_whole_approved_and_written_out_again() {
    let place = Place::staffed();
    let list = example("malang.csv");
    let tried = place.json(&["import", "venues", &list, "--dry-run"], 0);
    assert_eq!(
        (&tried["places"], &tried["applied"]),
        (&11.into(), &0.into())
    );
    let done = place.json(&["import", "venues", &list, "--approve"], 0);
    assert_eq!(
        (&done["applied"], &done["approved"]),
        (&11.into(), &true.into())
    );
    let again = place.json(&["import", "venues", &list], 1);
    assert_eq!(again["applied"], 0);
    assert_eq!(again["faults"].as_array().map(Vec::len), Some(11));
    assert_eq!(again["faults"][0]["code"], "already_applied");

    let file = place.path("places.csv").display().to_string();
    let written = place.json(&["export", "venues", &file], 0);
    assert_eq!(written["rows"], 11);
    let refused = place.run(&["export", "venues", &file]);
    assert_eq!(
        refused.exit, 2,
        "an export replaces nothing: {}",
        refused.err
    );
    let elsewhere = Place::staffed();
    let read = elsewhere.json(&["import", "venues", &file, "--dry-run"], 0);
    assert_eq!(
        (&read["places"], &read["gates"]),
        (&tried["places"], &tried["gates"])
    );
}

#[test]
fn a_list_with_a_bad_cell_is_handed_in_by_no_row() {
    let place = Place::staffed();
    let head = "tempat,kategori,alamat,kecamatan,lintang,bujur,kontak,jam_buka,ruang,luas_m2,kapasitas,pintu,instansi\n";
    let row = |name: &str, capacity: &str| {
        format!(
            "{name},polisi,Jl. A,35.73.02,-7.97,112.63,0341,24 jam,SPKT,20,{capacity},Utama,Polresta\n"
        )
    };
    let list = format!(
        "{head}{}{}",
        row("Polsek A", "10"),
        row("Polsek B", "sepuluh")
    );
    let file = place.write("list.csv", list);
    let answer = place.run(&["import", "venues", &file]);
    assert_eq!(answer.exit, 1);
    assert!(
        answer.out.contains(":3: fault, capacity: "),
        "{}",
        answer.out
    );
    assert!(
        answer.out.contains("Nothing was applied for"),
        "{}",
        answer.out
    );
    assert!(!answer.out.contains("sepuluh"));
    let file = place.write("formula.csv", format!("{head}{}", row("=cmd()", "10")));
    place.json(&["import", "venues", &file, "--approve"], 0);
    let out = place.path("out.csv");
    place.json(&["export", "venues", &out.display().to_string()], 0);
    let text = fs::read_to_string(&out).expect("written");
    assert!(text.starts_with('\u{feff}'));
    assert!(
        text.contains("'=cmd()") && !text.contains(",=cmd()"),
        "{text}"
    );
}

#[test]
fn places_are_applied_for_in_somebodys_name_or_not_at_all() {
    let place = Place::new();
    let list = example("malang.csv");
    let nobody = place.run(&["import", "venues", &list]);
    assert_eq!(nobody.exit, 2, "{}", nobody.err);
    assert!(nobody.err.contains("staff invite"), "{}", nobody.err);
    let words = [
        "staff", "invite", "gerai", "--name", "Gerai", "--role", "booth",
    ];
    assert_eq!(place.run(&words).exit, 0);
    assert_eq!(place.run(&words).exit, 2, "the login is taken");
    let booth = place.run(&["import", "venues", &list, "--as", "gerai"]);
    assert_ne!(booth.exit, 0, "who may not apply applies: {}", booth.out);
    let wrong = place.run(&["staff", "invite", "x-y", "--name", "X", "--role", "king"]);
    assert_eq!(wrong.exit, 2);
    assert!(wrong.err.contains("authority, tracer"), "{}", wrong.err);
    assert_eq!(place.run(&["import", "venues", "/nowhere.csv"]).exit, 2);
}

#[test]
fn rows_of_people_are_taken_or_told_with_their_number_and_what_helps() {
    let place = Place::new();
    let file = place.write("people.csv", PEOPLE);
    let tried = place.json(&["import", "people", &file, "--dry-run"], 1);
    assert_eq!(
        (&tried["counts"]["created"], &tried["dry_run"]),
        (&2.into(), &true.into())
    );
    let done = place.run(&["import", "people", &file]);
    assert_eq!(done.exit, 1);
    assert!(
        done.out.contains(":4: rejected, birth_date: "),
        "{}",
        done.out
    );
    assert!(
        done.out
            .contains(":5: rejected, nik: The NIK has 16 digits."),
        "{}",
        done.out
    );
    for told in ["Siti", "cmd", "9901015708900001", "081200000001"] {
        assert!(
            !done.out.contains(told) && !done.err.contains(told),
            "{told} is told"
        );
    }
    let again = place.json(&["import", "people", &file], 1);
    assert_eq!(
        (&again["counts"]["created"], &again["counts"]["known"]),
        (&0.into(), &2.into())
    );

    let doses = "nik,nama,tanggal_lahir,tanggal,vaksin,dosis\n\
        9901015708900001,Siti Nurhaliza,1990-08-17,2021-08-01,CoronaVac,1\n\
        9901015708900001,Somebody,1990-08-17,2021-09-01,CoronaVac,2\n";
    let file = place.write("doses.csv", doses);
    let done = place.json(&["import", "vaccinations", &file], 1);
    assert_eq!(done["counts"]["created"], 1);
    assert_eq!(done["rows"][0]["code"], "name_differs");
    let bad = place.write("bad.csv", b"\xff\xfen\0i\0k\0");
    let answer = place.json(&["import", "people", &bad], 1);
    assert_eq!(answer["rows"][0]["code"], "not_utf8");
}

#[test]
fn a_backup_is_restored_with_everything_in_it() {
    let place = Place::staffed();
    place.json(
        &["import", "venues", &example("malang.csv"), "--approve"],
        0,
    );
    let people = place.write("people.csv", PEOPLE);
    place.json(&["import", "people", &people], 1);
    let backup = place.path("backup.db").display().to_string();
    place.json(&["backup", &backup], 0);
    assert_eq!(
        place.run(&["backup", &backup]).exit,
        2,
        "a backup replaces nothing"
    );
    let more = place.write(
        "more.csv",
        "nama,tanggal_lahir,nik\nDewi,1990-08-17,9901015708900009\n",
    );
    place.json(&["import", "people", &more], 0);

    assert_eq!(
        place.run(&["restore", &backup]).exit,
        2,
        "a database is replaced unasked"
    );
    let broken = place.write("broken.db", "no database");
    assert_eq!(place.run(&["restore", &broken, "--replace"]).exit, 2);
    let done = place.json(&["restore", &backup, "--replace"], 0);
    let kept = done["kept"].as_str().expect("the present one is kept");
    assert!(Path::new(kept).exists());
    let known = place.json(&["import", "people", &people, "--dry-run"], 1);
    assert_eq!(
        known["counts"]["known"], 2,
        "who was in the backup is known"
    );
    let gone = place.json(&["import", "people", &more, "--dry-run"], 0);
    assert_eq!(gone["counts"]["created"], 1, "who came after it is not");
    let out = place.path("out.csv").display().to_string();
    assert_eq!(place.json(&["export", "venues", &out], 0)["rows"], 11);
    let visits = place.path("visits.csv").display().to_string();
    assert_eq!(place.json(&["export", "visits", &visits], 0)["rows"], 0);
    assert_eq!(
        fs::read_to_string(visits)
            .expect("written")
            .trim_start_matches('\u{feff}'),
        "venue,room,gate,day,in,out,way,exit,unproven\r\n"
    );
    let odd = place.path("odd.csv").display().to_string();
    let odd = [
        "export",
        "visits",
        &odd,
        "--from",
        "2026-02-02",
        "--to",
        "2026-02-01",
    ];
    assert_eq!(place.run(&odd).exit, 2);
}

#[test]
fn the_doctor_says_what_is_wrong_and_how_to_mend_it() {
    let place = Place::staffed();
    let well = place.run(&["doctor", "--json"]);
    assert!(well.exit <= 1, "{}", well.err);
    well.json();
    fs::remove_file(place.path("gapura.keys")).expect("removed");
    let ill = place.run(&["doctor"]);
    assert_eq!(ill.exit, 1, "{}", ill.err);
    assert!(ill.out.contains("keys"), "{}", ill.out);
    let wrong = place.run(&["import", "people", "/nowhere.csv"]);
    assert_eq!(wrong.exit, 2);
    let unkeyed = place.write("people.csv", PEOPLE);
    let refused = place.run(&["import", "people", &unkeyed]);
    assert_eq!(refused.exit, 3, "{}", refused.err);
    assert!(
        refused.err.contains("Put the keys file back"),
        "{}",
        refused.err
    );
}

/// The most memory, in KiB, that an import of so many rows took; and that it took them.
fn peak_of(rows: u32) -> u64 {
    let place = Place::new();
    let path = place.path("people.csv");
    let mut file = BufWriter::new(fs::File::create(&path).expect("a file"));
    file.write_all(b"nama,tanggal_lahir,nik\n")
        .expect("written");
    let mut line = String::new();
    for row in 0..rows {
        line.clear();
        let (front, back) = (row / 10_000, row % 10_000);
        let _ = writeln!(line, "Warga {row},1990-08-17,99{front:04}570890{back:04}");
        file.write_all(line.as_bytes()).expect("written");
    }
    file.flush().expect("written");
    let mut child = place
        .command(&["import", "people", &path.display().to_string(), "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("asked").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(now.unwrap_or(0));
        // Nobody waits here for something to happen: the peak is only looked at from time to time.
        std::thread::park_timeout(Duration::from_millis(20));
    }
    let answer = Answer::from(child.wait_with_output().expect("it ended"));
    assert_eq!(answer.exit, 0, "{}", answer.out);
    assert_eq!(answer.json()["counts"]["created"], rows);
    peak
}

#[test]
fn memory_does_not_grow_with_a_list() {
    let is_long = std::env::var_os("GAPURA_LONG").is_some();
    let large = if is_long { 1_000_000 } else { 20_000 };
    let (small, large) = (peak_of(1_000), peak_of(large));
    let most = 48 * 1024;
    assert!(large < small + most, "{small} KiB became {large} KiB");
}
