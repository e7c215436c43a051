//! A demo for browsers to walk through: on a free port, with a data folder that is thrown away.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, test_kill_process};

use crate::processes::Group;
use crate::repo;
use crate::stop::{During, Outcome, Stop};

/// An unoptimised build on a busy machine needs a while to import and sign everybody.
const START: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_millis(100);
/// Begins the name of a demo's folder; the number of the process that started it follows.
const FOLDER: &str = "xtask-demo-";

/// A running demo; it ends and its folder goes when this is dropped.
pub(crate) struct DemoServer {
    group: Group,
    folder: PathBuf,
    address: SocketAddr,
}

impl DemoServer {
    /// Starts the binary and waits until it answers.
    pub(crate) fn start(binary: &Path) -> Outcome<Self> {
        sweep();
        let folder = repo::target().join(format!("{FOLDER}{}", std::process::id()));
        fs::create_dir_all(&folder).during(|| format!("creating {}", folder.display()))?;
        let address = free_address().during(|| "looking for a free port".to_owned())?;
        let log = File::create(log(&folder)).during(|| "creating the demo's log".to_owned())?;
        let errors = log
            .try_clone()
            .during(|| "sharing the demo's log".to_owned())?;
        let mut command = Command::new(binary);
        command
            .args(["demo", "--listen", &address.to_string(), "--data-dir"])
            .arg(folder.join("data"))
            .arg("--credentials")
            .arg(folder.join("credentials.json"))
            .stdout(log)
            .stderr(errors);
        let group = Group::start(&mut command).during(|| repo::said(&command))?;
        let server = Self {
            group,
            folder,
            address,
        };
        server.wait_until_it_answers()?;
        Ok(server)
    }

    /// The file with addresses and logins.
    pub(crate) fn credentials(&self) -> PathBuf {
        self.folder.join("credentials.json")
    }

    /// Where it answers.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn wait_until_it_answers(&self) -> Outcome {
        let started = repo::now();
        while started.elapsed() < START {
            if let Some(status) = self.group.ended() {
                return Err(self.trouble(&format!("The demo ended at once with {status}")));
            }
            if self.credentials().is_file() && ready(self.address).unwrap_or(false) {
                return Ok(());
            }
            std::thread::sleep(PAUSE);
        }
        Err(self.trouble("The demo did not answer within two minutes"))
    }

    fn trouble(&self, what: &str) -> Stop {
        let log = fs::read_to_string(log(&self.folder)).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(30)..];
        Stop::broken(format!("{what}. Its last words:\n{}", last.join("\n")))
    }
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        self.group.end();
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// Throws away the folders of demos that were interrupted.
fn sweep() {
    for entry in fs::read_dir(repo::target()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let starter = name
            .to_str()
            .and_then(|name| name.strip_prefix(FOLDER)?.parse().ok());
        let gone = |pid| Pid::from_raw(pid).is_some_and(|pid| test_kill_process(pid).is_err());
        if starter.is_some_and(gone) {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
}

fn log(folder: &Path) -> PathBuf {
    folder.join("demo.log")
}

fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Whether `/readyz` answers 200.
fn ready(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, PAUSE)?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    // In one piece, since each write is a packet.
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut status_line = [0; 12];
    stream.read_exact(&mut status_line)?;
    Ok(status_line.ends_with(b" 200"))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};

    use super::*;

    fn answering(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = BufReader::new(&stream).lines().map_while(Result::ok);
            assert!(request.any(|line| line.is_empty()));
            stream.write_all(answer.as_bytes()).unwrap();
        });
        address
    }

    #[test]
    fn only_a_two_hundred_counts_as_ready() {
        assert!(ready(answering("HTTP/1.1 200 OK\r\n\r\n")).unwrap());
        assert!(!ready(answering("HTTP/1.1 503 Service Unavailable\r\n\r\n")).unwrap());
        assert!(ready(free_address().unwrap()).is_err());
    }
}
