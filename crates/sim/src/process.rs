//! What a running process has used, as `/proc` tells (Linux, proc(5)).

use std::io;
use std::time::Duration;

/// Clock ticks a second in which `/proc/PID/stat` counts; 100 on every Linux (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// What a process has used since it began.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    /// Time on processors, its own and the kernel's for it.
    pub cpu: Duration,
    /// The most memory it ever held, in bytes.
    pub peak_memory_bytes: u64,
    /// Bytes it caused to be written to disks.
    pub written_bytes: u64,
}

/// What the process with this number has used until now, all its threads together.
///
/// # Errors
/// There is no such process, or it belongs to somebody else.
pub fn usage(pid: u32) -> io::Result<Usage> {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/{name}"));
    let bad = |name: &'static str| io::Error::new(io::ErrorKind::InvalidData, name);
    Ok(Usage {
        cpu: cpu(&read("stat")?).ok_or_else(|| bad("stat"))?,
        peak_memory_bytes: field(&read("status")?, "VmHWM:").ok_or_else(|| bad("status"))? * 1024,
        written_bytes: field(&read("io")?, "write_bytes:").ok_or_else(|| bad("io"))?,
    })
}

/// Fields 14 and 15 of `stat`; they are counted behind the command, which may hold spaces.
fn cpu(stat: &str) -> Option<Duration> {
    let (_, behind) = stat.rsplit_once(')')?;
    let mut fields = behind.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let kernel: u32 = fields.next()?.parse().ok()?;
    let seconds = (f64::from(user) + f64::from(kernel)) / TICKS_PER_SECOND;
    Some(Duration::from_secs_f64(seconds))
}

fn field(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    value.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_found_behind_a_command_with_odd_letters() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 9 0 0 0 250 50 1 1 20 0 4 0 100 1 1";
        assert_eq!(cpu(stat), Some(Duration::from_secs(3)));
        assert_eq!(cpu("7 (a S 1"), None);
    }

    #[test]
    fn this_process_has_used_memory() {
        let usage = usage(std::process::id()).unwrap();
        assert!(usage.peak_memory_bytes > 100_000);
    }

    #[test]
    fn a_process_that_is_not_there_is_an_error() {
        assert!(usage(u32::MAX).is_err());
    }
}
