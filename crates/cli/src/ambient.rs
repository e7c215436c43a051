//! The real clock and real chance. Nowhere else are they asked.

use std::time::{Duration, Instant};

use gapura_app::ambient::{Chance, Clock};
use gapura_domain::time::Time;

/// The machine's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the composition root is where the clock is read"
    )]
    fn now(&self) -> Time {
        Time::from(jiff::Timestamp::now())
    }
}

/// The machine's randomness.
pub(crate) struct SystemChance;

impl Chance for SystemChance {
    #[expect(
        clippy::disallowed_methods,
        reason = "the composition root is where chance is drawn"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        // The library refuses only where the system has no randomness, and nothing may go on then.
        aws_lc_rs::rand::fill(bytes).expect("the system gives random bytes");
    }
}

/// A watch that never runs backwards.
#[expect(
    clippy::disallowed_methods,
    reason = "the composition root is where the clock is read"
)]
pub(crate) fn stopwatch() -> impl Fn() -> Duration + Send + Sync + 'static {
    let begun = Instant::now();
    move || begun.elapsed()
}
