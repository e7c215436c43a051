//! Nothing that a command starts outlives it, however it ends: done, failed, panicked, interrupted
//! or killed.
//!
//! Each child leads a process group of its own, and a mark in its environment is handed down to
//! whatever it starts, even to what leaves the group (browsers do). A stop ends the group and
//! everything that carries the mark, with TERM and, five seconds later, KILL. In case this process
//! is itself killed outright, a second one waits for the pipe between the two to close and then
//! does the same. Where there is no `/proc` the groups alone are ended.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};

use crate::args::Args;
use crate::repo;

/// The hidden command of the process that waits for our end.
pub(crate) const WATCH: &str = "watch-over";

const MARK: &str = "GAPURA_XTASK_RUN";
const PATIENCE: Duration = Duration::from_millis(if cfg!(test) { 200 } else { 5_000 });
const PAUSE: Duration = Duration::from_millis(20);

static GROUPS: Mutex<Vec<Leader>> = Mutex::new(Vec::new());
static WATCHER: Mutex<Option<Child>> = Mutex::new(None);
static STOPPING: AtomicBool = AtomicBool::new(false);
static STARTED: AtomicU32 = AtomicU32::new(0);

/// The child that leads a group. Whoever looks at it reaps it if it has ended, so that it does not
/// go on counting as alive.
type Leader = Arc<Mutex<Child>>;

/// A child with everything it started.
pub(crate) struct Group {
    leader: Leader,
    output: Option<ChildStdout>,
    mark: String,
}

impl Group {
    /// Starts a command that gets no input. The first call also arranges for the end.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        use std::os::unix::process::CommandExt;
        arrange_the_end()?;
        let mark = format!("{}{}.", run_mark(), STARTED.fetch_add(1, Ordering::Relaxed));
        leave_it_to_the_signal();
        let mut groups = locked(&GROUPS);
        let mut child = command
            .stdin(Stdio::null())
            .env(MARK, &mark)
            .process_group(0)
            .spawn()?;
        let output = child.stdout.take();
        let leader = Arc::new(Mutex::new(child));
        groups.push(Arc::clone(&leader));
        Ok(Self {
            leader,
            output,
            mark,
        })
    }

    /// Waits for the child's own end, then ends what it left running and says how many that were.
    /// Each line that it prints is passed on to our output and to `each_line`.
    pub(crate) fn follow(
        mut self,
        mut each_line: impl FnMut(&str) + Send,
    ) -> io::Result<(ExitStatus, usize)> {
        let output = self.output.take();
        std::thread::scope(|scope| {
            // Read beside the waiting: a forgotten grandchild may hold the pipe open for ever.
            scope.spawn(|| output.map(|output| pass_lines_on(output, &mut each_line)));
            let status = loop {
                match locked(&self.leader).try_wait() {
                    Ok(None) => {}
                    Ok(Some(status)) => break Ok(status),
                    Err(error) => break Err(error),
                }
                std::thread::sleep(PAUSE);
            };
            let left = marked(&self.mark).len();
            self.end();
            status.map(|status| (status, left))
        })
    }

    /// How the child ended, if it has.
    pub(crate) fn ended(&self) -> Option<ExitStatus> {
        locked(&self.leader).try_wait().ok().flatten()
    }

    /// Ends the child and all it started.
    pub(crate) fn end(&self) {
        leave_it_to_the_signal();
        end(std::slice::from_ref(&self.leader), &self.mark);
        leave_it_to_the_signal();
        locked(&GROUPS).retain(|group| !Arc::ptr_eq(group, &self.leader));
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if locked(&GROUPS)
            .iter()
            .any(|group| Arc::ptr_eq(group, &self.leader))
        {
            self.end();
        }
    }
}

/// Ends whatever still runs, at the end of a command or when a signal says so.
pub(crate) fn end_everything() {
    let groups = locked(&GROUPS).clone();
    end(&groups, run_mark());
    if let Some(mut watcher) = locked(&WATCHER).take() {
        drop(watcher.stdin.take());
        watcher.wait().ok();
    }
}

/// Waits until the one whose mark is given is gone, and ends what it left behind.
pub(crate) fn watch_over(mut args: Args) -> ExitCode {
    let Some(mark) = args.command().filter(|mark| !mark.is_empty()) else {
        return ExitCode::from(2);
    };
    io::stdin().read_to_end(&mut Vec::new()).ok();
    end(&[], &mark);
    ExitCode::SUCCESS
}

/// Asks the groups and all that carry the mark to end, and makes those who do not.
fn end(groups: &[Leader], mark: &str) {
    let asked = repo::now();
    signal(groups, mark, Signal::TERM);
    while alive(groups, mark) && asked.elapsed() < PATIENCE {
        std::thread::sleep(PAUSE);
    }
    let killed = repo::now();
    while alive(groups, mark) && killed.elapsed() < PATIENCE {
        signal(groups, mark, Signal::KILL);
        std::thread::sleep(PAUSE);
    }
}

/// A process may end between being found and being told to; that is what was wanted.
fn signal(groups: &[Leader], mark: &str, signal: Signal) {
    for leader in groups {
        kill_process_group(Pid::from_child(&locked(leader)), signal).ok();
    }
    for process in marked(mark) {
        kill_process(process, signal).ok();
    }
}

fn alive(groups: &[Leader], mark: &str) -> bool {
    let group_lives = |leader: &Leader| {
        let mut leader = locked(leader);
        leader.try_wait().ok();
        let group = Pid::from_child(&leader);
        // An ended member that nobody has reaped yet can still be signalled; `/proc` knows better.
        test_kill_process_group(group).is_ok() && (!has_proc() || has_living(group))
    };
    groups.iter().any(group_lives) || !marked(mark).is_empty()
}

/// Once a signal has come, its thread ends everything and leaves; nothing new may begin meanwhile.
fn leave_it_to_the_signal() {
    while STOPPING.load(Ordering::SeqCst) {
        std::thread::park();
    }
}

/// The living processes whose environment carries the mark (the ended ones show none).
fn marked(mark: &str) -> Vec<Pid> {
    let wanted = format!("{MARK}={mark}");
    let carries = |(pid, folder): (Pid, PathBuf)| {
        let environment = std::fs::read(folder.join("environ")).ok()?;
        let mut variables = environment.split(|byte| *byte == 0);
        variables
            .any(|variable| variable.starts_with(wanted.as_bytes()))
            .then_some(pid)
    };
    all().into_iter().filter_map(carries).collect()
}

/// Whether the group has a member that has not ended.
fn has_living(group: Pid) -> bool {
    all().iter().any(|(_, folder)| {
        let stat = std::fs::read_to_string(folder.join("stat")).unwrap_or_default();
        is_living_member(&stat, group)
    })
}

/// Reads `number (name) state parent group …`; the name may hold anything, brackets too.
fn is_living_member(stat: &str, group: Pid) -> bool {
    let Some((_, rest)) = stat.rsplit_once(") ") else {
        return false;
    };
    let mut fields = rest.split(' ');
    let ended = matches!(fields.next(), Some("Z" | "X") | None);
    !ended && fields.nth(1) == Some(group.as_raw_nonzero().to_string().as_str())
}

fn has_proc() -> bool {
    Path::new("/proc/self/stat").exists()
}

/// Every process with its folder in `/proc`.
fn all() -> Vec<(Pid, PathBuf)> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbered = |entry: std::fs::DirEntry| {
        let number = entry.file_name().to_str()?.parse().ok()?;
        Some((Pid::from_raw(number)?, entry.path()))
    };
    entries.filter_map(numbered).collect()
}

/// Begins the mark of everything that this run starts. The process number alone comes back after a
/// while, so the time of the start is part of it.
fn run_mark() -> &'static str {
    static RUN: OnceLock<String> = OnceLock::new();
    RUN.get_or_init(|| {
        let born = std::fs::metadata("/proc/self")
            .and_then(|own| own.modified())
            .ok();
        let since = born.and_then(|born| born.duration_since(std::time::UNIX_EPOCH).ok());
        format!(
            "{}.{}.",
            std::process::id(),
            since.unwrap_or_default().as_nanos()
        )
    })
}

fn arrange_the_end() -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use std::os::unix::process::CommandExt;
    let mut watcher = locked(&WATCHER);
    if watcher.is_some() {
        return Ok(());
    }
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            STOPPING.store(true, Ordering::SeqCst);
            eprintln!("\nStopping what was started.");
            end_everything();
            std::process::exit(128 + signal);
        }
    });
    *watcher = Some(
        Command::new(std::env::current_exe()?)
            .args([WATCH, run_mark()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()?,
    );
    Ok(())
}

fn pass_lines_on(output: impl Read, each_line: &mut impl FnMut(&str)) {
    use std::io::{BufRead, BufReader};
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while reader
        .read_until(b'\n', &mut line)
        .is_ok_and(|read| read > 0)
    {
        let mut screen = io::stdout().lock();
        screen.write_all(&line).and_then(|()| screen.flush()).ok();
        each_line(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};

    use super::*;

    fn shell(script: &str) -> Group {
        let mut command = Command::new("sh");
        Group::start(command.args(["-c", script]).stdout(Stdio::piped())).unwrap()
    }

    #[test]
    fn lines_and_exit_code_are_passed_on() {
        let mut lines = Vec::new();
        let group = shell("echo one; printf two; exit 3");
        let (status, left) = group.follow(|line| lines.push(line.to_owned())).unwrap();
        assert_eq!((status.code(), left), (Some(3), 0));
        assert_eq!(lines, ["one", "two"]);
    }

    #[test]
    fn what_a_child_left_running_is_ended_with_it() {
        let group = shell("sleep 600 & exit 0");
        let mark = group.mark.clone();
        let (status, _) = group.follow(|_| {}).unwrap();
        assert!(status.success() && marked(&mark).is_empty());
    }

    #[test]
    fn a_group_that_is_dropped_is_ended_even_if_it_refuses_at_first() {
        let mut group = shell("trap '' TERM; echo ready; sleep 600");
        let output = group.output.take().map(BufReader::new).unwrap();
        assert_eq!(output.lines().next().unwrap().unwrap(), "ready");
        let (leader, mark) = (Arc::clone(&group.leader), group.mark.clone());
        drop(group);
        assert!(!alive(&[leader], &mark));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_left_the_group_is_known_by_its_mark() {
        let group = shell("setsid sleep 600 & setsid sleep 600 & wait");
        let mark = group.mark.clone();
        while marked(&mark).len() < 3 {
            std::thread::yield_now();
        }
        drop(group);
        assert!(marked(&mark).is_empty());
    }

    #[test]
    fn an_ended_member_does_not_count_even_under_an_odd_name() {
        let group = Pid::from_raw(7).unwrap();
        assert!(is_living_member("9 (a) S 1) S 1 7 7 0", group));
        assert!(!is_living_member("9 (a) Z 1 7 7 0", group));
        assert!(!is_living_member("7 (a) S 1 8 7 0", group));
        assert!(!is_living_member("", group));
    }
}
