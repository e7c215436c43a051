//! On what the figures were measured: without it they say nothing.

use serde::Serialize;
use std::fs;
use std::path::Path;

/// A machine, as the system tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// "AMD EPYC 7B13".
    pub processor: String,
    /// Processors that this process may use.
    pub cores: usize,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// "Linux 6.1.0".
    pub system: String,
    /// The file system on which the store lies: "ext4".
    pub file_system: String,
}

impl Machine {
    /// This machine, with the file system of a folder.
    pub fn of_folder(folder: &Path) -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        Self {
            processor: processor(&read("/proc/cpuinfo")),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_bytes: memory_bytes(&read("/proc/meminfo")),
            system: format!("Linux {}", read("/proc/sys/kernel/osrelease").trim()),
            file_system: file_system(&read("/proc/mounts"), &folder),
        }
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            processor,
            cores,
            memory_bytes,
            system,
            file_system,
        } = self;
        let gib = memory_bytes >> 30;
        write!(
            f,
            "{processor}, {cores} cores, {gib} GiB, {system}, {file_system}"
        )
    }
}

fn processor(cpuinfo: &str) -> String {
    let named = cpuinfo.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == "model name").then(|| value.trim().to_owned())
    });
    named.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

fn memory_bytes(meminfo: &str) -> u64 {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// The type of the mount whose path is the longest that the folder lies under; the last one mounted
/// there counts.
fn file_system(mounts: &str, folder: &Path) -> String {
    let holding = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (path, kind) = (words.nth(1)?, words.next()?);
        folder
            .starts_with(path)
            .then(|| (path.len(), kind.to_owned()))
    });
    let nearest = holding.max_by_key(|(length, _)| *length);
    nearest.map_or_else(|| "unknown".to_owned(), |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_tells_the_file_system() {
        let mounts =
            "a / ext4 rw 0 0\nb /data btrfs rw 0 0\nc /data2 xfs rw 0 0\nd /data tmpfs rw 0 0\n";
        assert_eq!(file_system(mounts, Path::new("/data/x")), "tmpfs");
        assert_eq!(file_system(mounts, Path::new("/srv/x")), "ext4");
        assert_eq!(file_system("", Path::new("/srv/x")), "unknown");
    }

    #[test]
    fn this_machine_has_a_core_and_memory() {
        let machine = Machine::of_folder(Path::new("."));
        assert!(machine.cores > 0 && machine.memory_bytes > 0);
        assert!(machine.to_string().contains("cores"));
    }
}
