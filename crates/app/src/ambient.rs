//! Time and chance, as the composition root gives them.

use gapura_domain::time::Time;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time now, in whole seconds.
    fn now(&self) -> Time;
}

/// Gives random bytes.
pub trait Chance: Send + Sync {
    /// Fills the bytes so that nobody can guess them.
    fn fill(&self, bytes: &mut [u8]);
}
