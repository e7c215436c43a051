//! Date-times as the specification's section on `plusTime` defines them: instants in whole milliseconds,
//! computed with as ECMAScript's `Date` does (ECMA-262, "Time Values and Time Range").

use crate::expression::TimeUnit;

const MILLISECONDS_A_DAY: i64 = 86_400_000;
/// More months than this leave the time range from anywhere in it; the cap keeps sums from overflowing.
const MONTHS_MAX: i64 = 12 * 600_000;

/// An instant: milliseconds since 1970-01-01T00:00:00Z, at most [`Moment::MAX_MILLISECONDS`] away from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

impl Moment {
    /// ECMAScript's time range: 100,000,000 days to either side.
    const MAX_MILLISECONDS: i64 = 8_640_000_000_000_000;

    /// The instant that a string in one of the formats of `plusTime` denotes; a partial date is its last day.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.as_bytes().split_at_checked(10) {
            Some((date, [])) => Self::from_day(full_date(date)?),
            Some((date, [b'T', time @ ..])) => {
                let day = full_date(date)?;
                Self::new(day * MILLISECONDS_A_DAY + time_of_day(time)?)
            }
            Some(_) => None,
            None => Self::parse_date_of_birth(text),
        }
    }

    /// The last day that a date of birth, which may lack its day or month, can mean.
    pub(crate) fn parse_date_of_birth(text: &str) -> Option<Self> {
        let day = match text.as_bytes() {
            date @ [_, _, _, _] => days_from_civil(number(date)?, 12, 31),
            [year @ .., b'-', tens, ones] if year.len() == 4 => {
                let (year, month) = (number(year)?, number(&[*tens, *ones])?);
                (1..=12)
                    .contains(&month)
                    .then(|| days_from_civil(year, month, days_in_month(year, month)))?
            }
            date => full_date(date)?,
        };
        Self::from_day(day)
    }

    /// This instant moved by `amount` units of UTC's calendar; `None` beyond the time range.
    pub(crate) fn plus(self, amount: i64, unit: TimeUnit) -> Option<Self> {
        let months = match unit {
            TimeUnit::Hour => {
                return Self::new(self.0.checked_add(amount.checked_mul(3_600_000)?)?);
            }
            TimeUnit::Day => {
                return Self::new(
                    self.0
                        .checked_add(amount.checked_mul(MILLISECONDS_A_DAY)?)?,
                );
            }
            TimeUnit::Month => amount,
            TimeUnit::Year => amount.checked_mul(12)?,
        };
        if !(-MONTHS_MAX..=MONTHS_MAX).contains(&months) {
            return None;
        }
        let (year, month, day) = civil_from_days(self.0.div_euclid(MILLISECONDS_A_DAY));
        let month = year * 12 + (month - 1) + months;
        let first = days_from_civil(month.div_euclid(12), month.rem_euclid(12) + 1, 1);
        Self::new((first + day - 1) * MILLISECONDS_A_DAY + self.0.rem_euclid(MILLISECONDS_A_DAY))
    }

    /// The instant in ISO 8601 with milliseconds and `Z`; years beyond four digits have a sign and six.
    pub(crate) fn render(self) -> String {
        let (year, month, day) = civil_from_days(self.0.div_euclid(MILLISECONDS_A_DAY));
        let rest = self.0.rem_euclid(MILLISECONDS_A_DAY);
        let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
        let (second, millisecond) = (rest / 1000 % 60, rest % 1000);
        let year = match year {
            0..=9999 => format!("{year:04}"),
            ..0 => format!("-{:06}", -year),
            _ => format!("+{year:06}"),
        };
        format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
    }

    fn from_day(day: i64) -> Option<Self> {
        Self::new(day * MILLISECONDS_A_DAY)
    }

    fn new(milliseconds: i64) -> Option<Self> {
        (-Self::MAX_MILLISECONDS..=Self::MAX_MILLISECONDS)
            .contains(&milliseconds)
            .then_some(Self(milliseconds))
    }
}

/// The number that a run of ASCII digits writes.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + i64::from(byte - b'0'))
    })
}

/// The day, counted from 1970-01-01, of `YYYY-MM-DD`.
fn full_date(date: &[u8]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else {
        return None;
    };
    let (year, month, day) = (
        number(&[y1, y2, y3, y4])?,
        number(&[m1, m2])?,
        number(&[d1, d2])?,
    );
    let known = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    known.then(|| days_from_civil(year, month, day))
}

/// The milliseconds since UTC's midnight of `hh:mm:ss`, with a fraction and an offset where given.
fn time_of_day(time: &[u8]) -> Option<i64> {
    let [h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = time else {
        return None;
    };
    let (hour, minute, second) = (
        number(&[*h1, *h2])?,
        number(&[*m1, *m2])?,
        number(&[*s1, *s2])?,
    );
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (millisecond, zone) = fraction(rest)?;
    Some((hour * 3600 + minute * 60 + second) * 1000 + millisecond - offset_minutes(zone)? * 60_000)
}

/// The milliseconds of a fraction of a second, further digits cut off, and what follows it.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let [b'.', rest @ ..] = rest else {
        return Some((0, rest));
    };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, zone) = rest.split_at(length);
    let millisecond = match digits {
        [] => return None,
        [a] => number(&[*a])? * 100,
        [a, b] => number(&[*a, *b])? * 10,
        [a, b, c, ..] => number(&[*a, *b, *c])?,
    };
    Some((millisecond, zone))
}

/// The minutes that an offset is ahead of UTC: nothing, `Z`, or a sign and `h`, `hh`, `hmm`, `hhmm`, `h:mm`, `hh:mm`.
fn offset_minutes(zone: &[u8]) -> Option<i64> {
    let (sign, digits) = match zone {
        [] | [b'Z'] => return Some(0),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits {
        [_] | [_, _] => (digits, &b"00"[..]),
        [hours @ .., b':', m1, m2] if matches!(hours.len(), 1 | 2) => (hours, &[*m1, *m2][..]),
        [hours @ .., m1, m2] if matches!(hours.len(), 1 | 2) => (hours, &[*m1, *m2][..]),
        _ => return None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day of a date of the proleptic Gregorian calendar, counted from 1970-01-01. Years are taken to begin in
/// March, so that the leap day is their last, and 400 of them always have 146,097 days.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The year, month and day of a day counted from 1970-01-01; the inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = (march_month + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rendered(text: &str) -> Option<String> {
        Moment::parse(text).map(Moment::render)
    }

    fn plus(text: &str, amount: i64, unit: TimeUnit) -> String {
        Moment::parse(text)
            .and_then(|moment| moment.plus(amount, unit))
            .map_or_else(String::new, Moment::render)
    }

    #[test]
    fn every_format_of_the_specification_is_read() {
        for (text, expected) in [
            ("2021", "2021-12-31T00:00:00.000Z"),
            ("2024-02", "2024-02-29T00:00:00.000Z"),
            ("2021-06-23", "2021-06-23T00:00:00.000Z"),
            ("2021-06-23T01:02:03", "2021-06-23T01:02:03.000Z"),
            ("2021-06-23T01:02:03Z", "2021-06-23T01:02:03.000Z"),
            ("2021-06-23T01:02:03+7", "2021-06-22T18:02:03.000Z"),
            ("2021-06-23T01:02:03-07", "2021-06-23T08:02:03.000Z"),
            ("2021-06-23T01:02:03+130", "2021-06-22T23:32:03.000Z"),
            ("2021-06-23T01:02:03+0130", "2021-06-22T23:32:03.000Z"),
            ("2021-06-23T01:02:03+1:30", "2021-06-22T23:32:03.000Z"),
            ("2021-06-23T01:02:03+01:30", "2021-06-22T23:32:03.000Z"),
            ("2021-06-23T01:02:03.1", "2021-06-23T01:02:03.100Z"),
            ("2021-06-23T01:02:03.12Z", "2021-06-23T01:02:03.120Z"),
            ("2021-06-23T01:02:03.1239999+00", "2021-06-23T01:02:03.123Z"),
            ("9999-12-31T23:59:59-23:59", "+010000-01-01T23:58:59.000Z"),
            ("0000-01-01T00:00:00+01", "-000001-12-31T23:00:00.000Z"),
        ] {
            assert_eq!(rendered(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_time_is_refused() {
        for text in [
            "",
            "20",
            "202a",
            "2021-13",
            "2021-00",
            "2021-2-3",
            "2021-02-30",
            "2021-02-29",
            "2021-04-31",
            "1900-02-29",
            "2021-06-23T",
            "2021-06-23 01:02:03",
            "2021-06-23T24:00:00",
            "2021-06-23T01:60:00",
            "2021-06-23T01:02:60",
            "2021-06-23T01:02",
            "2021-06-23T01:02:03.",
            "2021-06-23T01:02:03z",
            "2021-06-23T01:02:03+",
            "2021-06-23T01:02:03+24",
            "2021-06-23T01:02:03+01:60",
            "2021-06-23T01:02:03+01:",
            "2021-06-23T01:02:03+:30",
            "2021-06-23T01:02:03+00100",
            "2021-06-23T01:02:03ZZ",
            "+2021-06-23",
            "٢٠٢١",
            "2021-06-2é",
        ] {
            assert_eq!(rendered(text), None, "{text}");
        }
    }

    #[test]
    fn leap_days_and_short_months_carry_over() {
        for (text, amount, unit, expected) in [
            ("2020-02-29", 1, TimeUnit::Day, "2020-03-01T00:00:00.000Z"),
            ("2020-02-29", 1, TimeUnit::Month, "2020-03-29T00:00:00.000Z"),
            ("2020-02-29", 1, TimeUnit::Year, "2021-03-01T00:00:00.000Z"),
            ("2020-02-29", 4, TimeUnit::Year, "2024-02-29T00:00:00.000Z"),
            (
                "2004-02-29",
                -18,
                TimeUnit::Year,
                "1986-03-01T00:00:00.000Z",
            ),
            ("2021-01-31", 1, TimeUnit::Month, "2021-03-03T00:00:00.000Z"),
            ("2020-01-31", 1, TimeUnit::Month, "2020-03-02T00:00:00.000Z"),
            (
                "2021-12-01",
                -12,
                TimeUnit::Month,
                "2020-12-01T00:00:00.000Z",
            ),
            (
                "2021-06-23",
                -180,
                TimeUnit::Day,
                "2020-12-25T00:00:00.000Z",
            ),
            (
                "2021-06-23T12:00:00",
                -72,
                TimeUnit::Hour,
                "2021-06-20T12:00:00.000Z",
            ),
            (
                "9999-12-31",
                1,
                TimeUnit::Year,
                "+010000-12-31T00:00:00.000Z",
            ),
        ] {
            assert_eq!(
                plus(text, amount, unit),
                expected,
                "{text} {amount} {unit:?}"
            );
        }
    }

    #[test]
    fn an_amount_that_leaves_the_time_range_is_refused() {
        for unit in [
            TimeUnit::Year,
            TimeUnit::Month,
            TimeUnit::Day,
            TimeUnit::Hour,
        ] {
            for amount in [i64::MIN, i64::MAX, 8_000_000_000_000, -8_000_000_000_000] {
                assert_eq!(plus("2021-06-23", amount, unit), "", "{amount} {unit:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn days_agree_with_another_calendar(days in -700_000_i64..2_900_000) {
            let (year, month, day) = civil_from_days(days);
            prop_assert_eq!(days_from_civil(year, month, day), days);
            let theirs = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).expect("in range");
            let ours = (i64::from(theirs.year()), i64::from(theirs.month()), i64::from(theirs.day()));
            prop_assert_eq!((year, month, day), ours);
            prop_assert_eq!(days_in_month(year, month), i64::from(theirs.days_in_month()));
        }

        #[test]
        fn what_is_rendered_parses_to_the_same_instant(milliseconds in -62_167_219_200_000_i64..=253_402_300_799_999) {
            let moment = Moment(milliseconds);
            prop_assert_eq!(Moment::parse(&moment.render()), Some(moment));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9TZ:.+-]{0,30}|\\PC{0,30}") {
            let _ = (Moment::parse(&text), Moment::parse_date_of_birth(&text));
        }
    }
}
