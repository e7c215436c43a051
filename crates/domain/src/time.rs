//! Points in time, Indonesia's three zones, and local days.
//!
//! Indonesia keeps no daylight saving time, so a zone is a fixed offset and a local day always has
//! 86,400 seconds. Everything here is arithmetic on whole seconds.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A point in time: whole seconds since the Unix epoch.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Time(pub i64);

const DAY_SECONDS: i64 = 86_400;

impl Time {
    /// The time `seconds` later (earlier if negative).
    #[must_use]
    pub fn plus_s(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to this time; negative if this one is the earlier.
    pub fn since_s(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whole minutes since the Unix epoch.
    pub fn unix_minute(self) -> i64 {
        self.0.div_euclid(60)
    }

    /// Whole hours since the Unix epoch.
    pub fn unix_hour(self) -> i64 {
        self.0.div_euclid(3600)
    }

    /// The same point as a `jiff` timestamp, clamped to the years that `jiff` knows.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl From<jiff::Timestamp> for Time {
    fn from(timestamp: jiff::Timestamp) -> Self {
        Self(timestamp.as_second())
    }
}

/// One of Indonesia's time zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Zone {
    /// Western Indonesia, UTC+7.
    Wib,
    /// Central Indonesia, UTC+8.
    Wita,
    /// Eastern Indonesia, UTC+9.
    Wit,
}

impl Zone {
    /// Hours east of UTC.
    pub fn offset_hours(self) -> i8 {
        match self {
            Self::Wib => 7,
            Self::Wita => 8,
            Self::Wit => 9,
        }
    }

    /// The abbreviation that people read behind a time.
    pub fn abbreviation(self) -> &'static str {
        match self {
            Self::Wib => "WIB",
            Self::Wita => "WITA",
            Self::Wit => "WIT",
        }
    }

    fn offset_s(self) -> i64 {
        i64::from(self.offset_hours()) * 3600
    }

    /// The local day on which `time` falls.
    pub fn day_of(self, time: Time) -> LocalDay {
        let days = time.plus_s(self.offset_s()).0.div_euclid(DAY_SECONDS);
        LocalDay(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }))
    }

    /// Minutes since local midnight, 0 to 1439.
    pub fn minute_of(self, time: Time) -> u16 {
        let seconds = time.plus_s(self.offset_s()).0.rem_euclid(DAY_SECONDS);
        u16::try_from(seconds / 60).unwrap_or(0)
    }

    /// The point in time at `minute` minutes after local midnight of `day`.
    pub fn time_at(self, day: LocalDay, minute: u16) -> Time {
        Time(i64::from(day.0) * DAY_SECONDS + i64::from(minute) * 60 - self.offset_s())
    }
}

/// A calendar day in some zone: days since 1 January 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalDay(pub i32);

impl LocalDay {
    /// The day `days` later (earlier if negative).
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// 0 for Monday to 6 for Sunday. 1 January 1970 was a Thursday.
    pub fn weekday(self) -> usize {
        usize::try_from((i64::from(self.0) + 3).rem_euclid(7)).unwrap_or(0)
    }

    /// The day as a calendar date, clamped to the years that `jiff` knows.
    pub fn date(self) -> Date {
        let epoch = jiff::civil::date(1970, 1, 1);
        epoch
            .checked_add(jiff::Span::new().try_days(self.0).unwrap_or_default())
            .unwrap_or(if self.0 < 0 { Date::MIN } else { Date::MAX })
    }
}

impl From<Date> for LocalDay {
    fn from(date: Date) -> Self {
        let epoch = jiff::civil::date(1970, 1, 1);
        Self(epoch.until(date).map_or(0, |span| span.get_days()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_instant_falls_on_two_days_west_and_east() {
        let time = Time::from("2026-11-22T15:30:00Z".parse::<jiff::Timestamp>().unwrap());
        assert_eq!(Zone::Wib.day_of(time).date().to_string(), "2026-11-22");
        assert_eq!(Zone::Wit.day_of(time).date().to_string(), "2026-11-23");
        assert_eq!(Zone::Wib.minute_of(time), 22 * 60 + 30);
    }

    #[test]
    fn the_twenty_second_of_november_2026_is_a_sunday() {
        assert_eq!(LocalDay::from(jiff::civil::date(2026, 11, 22)).weekday(), 6);
    }

    proptest! {
        #[test]
        fn a_day_and_minute_lead_back_to_their_time(second in -10_000_000_000_i64..10_000_000_000) {
            for zone in [Zone::Wib, Zone::Wita, Zone::Wit] {
                let time = Time(second);
                let back = zone.time_at(zone.day_of(time), zone.minute_of(time));
                prop_assert_eq!(back.0, second - second.rem_euclid(60));
            }
        }

        #[test]
        fn a_date_leads_back_to_its_day(day in -100_000_i32..100_000) {
            prop_assert_eq!(LocalDay::from(LocalDay(day).date()), LocalDay(day));
        }
    }
}
