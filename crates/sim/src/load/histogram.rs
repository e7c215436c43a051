//! How long answers took, counted in steps of at most 1.6 percent.

use std::time::Duration;

/// Each doubling has 2⁶ steps; what is shorter than 64 ns is counted by the nanosecond.
const STEP_BITS: u32 = 6;
const STEPS: u64 = 1 << STEP_BITS;

/// Counts of durations.
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Vec<u64>,
    count: u64,
    longest: Duration,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            counts: vec![0; place(u64::MAX) + 1],
            count: 0,
            longest: Duration::ZERO,
        }
    }
}

impl Histogram {
    /// Counts one.
    pub fn add(&mut self, duration: Duration) {
        let ns = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.counts[place(ns)] += 1;
        self.count += 1;
        self.longest = self.longest.max(duration);
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The longest, exactly.
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// The duration that `thousandths` of all did not exceed, rounded up to its step.
    pub fn quantile(&self, thousandths: u64) -> Duration {
        let mut left = (self.count * thousandths.min(1000)).div_ceil(1000);
        for (place, count) in self.counts.iter().enumerate() {
            match left.checked_sub(*count) {
                Some(rest) if rest > 0 => left = rest,
                _ if *count == 0 => {}
                _ => return Duration::from_nanos(end_of(place)).min(self.longest),
            }
        }
        self.longest
    }
}

/// The step that a number of nanoseconds falls into.
fn place(ns: u64) -> usize {
    let doubling = ns.max(STEPS).ilog2() - STEP_BITS;
    let place = u64::from(doubling) * STEPS + (ns >> doubling);
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// The last nanosecond of a step.
fn end_of(place: usize) -> u64 {
    let place = place as u64;
    let doubling = (place / STEPS).saturating_sub(1);
    let step = u128::from(place - doubling * STEPS + 1) << doubling;
    u64::try_from(step - 1).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    #[test]
    fn every_step_ends_where_the_next_begins() {
        for place_ in 0..place(u64::MAX) {
            let end = end_of(place_);
            assert_eq!((place(end), place(end + 1)), (place_, place_ + 1), "{end}");
        }
        assert_eq!(end_of(place(u64::MAX)), u64::MAX);
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_list_within_a_step() {
        let mut dice = Dice::new(5);
        let mut histogram = Histogram::default();
        let mut list: Vec<u64> = (0..1_000)
            .map(|_| u64::from(dice.below(50_000_000)))
            .collect();
        for ns in &list {
            histogram.add(Duration::from_nanos(*ns));
        }
        list.sort_unstable();
        for (thousandths, index) in [(500, 499), (990, 989), (999, 998), (1000, 999)] {
            let found = u64::try_from(histogram.quantile(thousandths).as_nanos()).unwrap();
            let exact = list[index];
            assert!(
                (exact..=exact + exact / 60 + 1).contains(&found),
                "{found} for {exact}"
            );
        }
        assert_eq!(histogram.quantile(1000), histogram.longest());
    }

    #[test]
    fn nothing_counted_is_no_time() {
        let histogram = Histogram::default();
        assert_eq!(
            (histogram.count(), histogram.quantile(990)),
            (0, Duration::ZERO)
        );
    }
}
