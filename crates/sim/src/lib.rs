//! A world that does not exist: invented people, their visits, and load as of a thousand doors.
//!
//! Everything here follows from a seed, so that a figure or a fault that was seen once can be seen
//! again. Time comes in as an argument.

mod crowd;
pub mod demo;
pub mod dice;
pub mod history;
pub mod past;
pub mod population;

// Load is made with `epoll` and measured with `/proc`.
#[cfg(target_os = "linux")]
pub mod door_bench;
#[cfg(target_os = "linux")]
pub mod load;
#[cfg(target_os = "linux")]
pub mod process;
