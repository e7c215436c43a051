//! Chance that can be repeated: the same seed throws the same numbers. Never for secrets.

/// A generator of numbers (xoshiro256++ by Blackman and Vigna, seeded by `SplitMix64`).
#[derive(Clone, Debug)]
pub struct Dice([u64; 4]);

impl Dice {
    /// The numbers of this seed.
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| split_mix(&mut state)))
    }

    /// Any number.
    pub fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let thrown = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        thrown
    }

    /// A number from 0 to `end` − 1; 0 if `end` is 0. No number is likelier by more than one in 2³².
    pub fn below(&mut self, end: u32) -> u32 {
        let product = (self.next_u64() >> 32) * u64::from(end);
        u32::try_from(product >> 32).unwrap_or(0)
    }

    /// A number from 0 up to, but not including, 1.
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits are what a float of this size holds"
    )]
    pub fn fraction(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True once in `of` throws on average.
    pub fn once_in(&mut self, of: u32) -> bool {
        self.below(of) == 0
    }

    /// One of these.
    ///
    /// # Panics
    /// If there is none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let end = u32::try_from(from.len()).unwrap_or(u32::MAX);
        &from[self.below(end) as usize]
    }

    /// The place of one of these, each as likely as its weight says.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return place,
            }
        }
        0
    }

    /// A UUID of version 7 for this millisecond since the Unix epoch, as clients choose for requests.
    pub fn uuid_v7(&mut self, unix_ms: u64) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&((unix_ms << 16) | (self.next_u64() >> 52)).to_be_bytes());
        bytes[8..].copy_from_slice(&self.next_u64().to_be_bytes());
        bytes[6] = 0x70 | (bytes[6] & 0x0f);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        bytes
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gapura_domain::ids::RequestId;

    #[test]
    fn the_first_numbers_are_those_of_the_published_generators() {
        // SplitMix64 from 1234567, as in the tests of its author's reference code.
        let mut state = 1_234_567;
        assert_eq!(split_mix(&mut state), 6_457_827_717_110_365_317);
        assert_eq!(split_mix(&mut state), 3_203_168_211_198_807_973);
        // xoshiro256++ from the state 1, 2, 3, 4.
        let mut dice = Dice([1, 2, 3, 4]);
        assert_eq!(dice.next_u64(), 41_943_041);
        assert_eq!(dice.next_u64(), 58_720_359);
    }

    #[test]
    fn throws_are_spread_evenly_and_stay_in_their_range() {
        let mut dice = Dice::new(7);
        let mut counts = [0_u32; 6];
        for _ in 0..6_000 {
            counts[dice.below(6) as usize] += 1;
            assert!((0.0..1.0).contains(&dice.fraction()));
        }
        assert!(
            counts.iter().all(|count| (880..1_120).contains(count)),
            "{counts:?}"
        );
        assert_eq!(dice.below(0), 0);
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::new(3);
        let mut counts = [0_u32; 3];
        for _ in 0..4_000 {
            counts[dice.weighted(&[1, 0, 3])] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((900..1_100).contains(&counts[0]), "{counts:?}");
    }

    #[test]
    fn a_request_id_is_a_uuid_of_version_seven_with_its_millisecond() {
        let id = RequestId(Dice::new(1).uuid_v7(1_795_305_600_123));
        assert!(id.is_v7());
        assert_eq!(id.unix_ms(), 1_795_305_600_123);
    }
}
