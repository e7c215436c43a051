//! Times, dates, numbers and distances as people here write them: 14.00 WIB, 22 November 2026, 1.234.

use gapura_domain::time::{Time as Moment, Zone};
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Zoned};

use crate::lang::Lang;
use crate::words::Words;

/// A whole number with the language's separators: `1.234` or `1,234`.
#[must_use]
pub fn number(lang: Lang, value: u64) -> String {
    let separator = match lang {
        Lang::Id => '.',
        Lang::En => ',',
    };
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A number with `places` digits behind the language's decimal sign: `1,2` or `1.2`.
#[must_use]
pub fn decimal(lang: Lang, value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    match lang {
        Lang::Id => text.replace('.', ","),
        Lang::En => text,
    }
}

/// A distance as one would tell it: `350 m`, `1,2 km`, `14 km`.
#[must_use]
pub fn distance(lang: Lang, metres: f64) -> String {
    let metres = metres.max(0.0);
    if metres < 975.0 {
        format!("{:.0} m", (metres / 50.0).round() * 50.0)
    } else if metres < 9_950.0 {
        format!("{} km", decimal(lang, metres / 1000.0, 1))
    } else {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "no two places are farther apart than the globe is round"
        )]
        let km = (metres / 1000.0).round() as u64;
        format!("{} km", number(lang, km))
    }
}

/// An hour of opening: `14.00`.
#[must_use]
pub fn hour(time: Time) -> String {
    format!("{:02}.{:02}", time.hour(), time.minute())
}

/// A moment's hour with the name of its zone: `14.00 WIB`.
#[must_use]
pub fn time(moment: &Zoned) -> String {
    format!("{} {}", hour(moment.time()), zone(moment))
}

/// A moment with its seconds, for clocks: `14.03.12`.
#[must_use]
pub fn clock(moment: &Zoned) -> String {
    format!("{}.{:02}", hour(moment.time()), moment.second())
}

/// The name that Indonesia gives a moment's offset; elsewhere the offset itself.
#[must_use]
pub fn zone(moment: &Zoned) -> String {
    match moment.offset().seconds() {
        25_200 => "WIB".to_owned(),
        28_800 => "WITA".to_owned(),
        32_400 => "WIT".to_owned(),
        0 => "UTC".to_owned(),
        seconds => format!(
            "UTC{}{:02}.{:02}",
            if seconds < 0 { '-' } else { '+' },
            seconds.abs() / 3600,
            seconds.abs() / 60 % 60
        ),
    }
}

/// A day in full: `22 November 2026`.
#[must_use]
pub fn date(w: Words, date: Date) -> String {
    format!("{} {} {}", date.day(), month(w, date), date.year())
}

/// A day and hour: `22 November 2026, 14.00 WIB`.
#[must_use]
pub fn moment(w: Words, moment: &Zoned) -> String {
    format!("{}, {}", date(w, moment.date()), time(moment))
}

/// A day of the current year in lists: `22 Nov`.
#[must_use]
pub fn day(w: Words, date: Date) -> String {
    format!(
        "{} {}",
        date.day(),
        month(w, date).chars().take(3).collect::<String>()
    )
}

/// A moment as the clocks of a place show it.
#[must_use]
pub fn local(moment: Moment, zone: Zone) -> Zoned {
    let offset = Offset::constant(zone.offset_hours());
    moment.to_jiff().to_zoned(offset.to_time_zone())
}

/// A moment to come, as one tells it at `now`: `besok pukul 08.00 WIB`.
#[must_use]
pub fn when(w: Words, moment: &Zoned, now: &Zoned) -> String {
    let (day, today) = (moment.date(), now.date());
    if day == today {
        w.reasons_when_today(time(moment))
    } else if today.tomorrow().is_ok_and(|tomorrow| day == tomorrow) {
        w.reasons_when_tomorrow(time(moment))
    } else {
        w.reasons_when_day(date(w, day), time(moment), weekday(w, day))
    }
}

/// The name of a day's weekday: `Minggu`.
#[must_use]
pub fn weekday(w: Words, date: Date) -> &'static str {
    let after_monday = date.weekday().to_monday_zero_offset();
    weekday_of(w, usize::try_from(after_monday).unwrap_or_default())
}

/// The name of the weekday so many days after Monday.
#[must_use]
pub fn weekday_of(w: Words, after_monday: usize) -> &'static str {
    match after_monday {
        0 => w.common_weekday_monday(),
        1 => w.common_weekday_tuesday(),
        2 => w.common_weekday_wednesday(),
        3 => w.common_weekday_thursday(),
        4 => w.common_weekday_friday(),
        5 => w.common_weekday_saturday(),
        _ => w.common_weekday_sunday(),
    }
}

/// How long something lasts, to the minute: `45 menit`, `2 jam 5 menit`.
#[must_use]
pub fn lasting(w: Words, duration: SignedDuration) -> String {
    let minutes = duration.as_mins().unsigned_abs();
    match (minutes / 60, minutes % 60) {
        (0, minutes) => w.common_minutes(minutes),
        (hours, 0) => w.common_hours(hours),
        (hours, minutes) => {
            w.common_hours_and_minutes(w.common_hours(hours), w.common_minutes(minutes))
        }
    }
}

fn month(w: Words, date: Date) -> &'static str {
    match date.month() {
        1 => w.common_month_january(),
        2 => w.common_month_february(),
        3 => w.common_month_march(),
        4 => w.common_month_april(),
        5 => w.common_month_may(),
        6 => w.common_month_june(),
        7 => w.common_month_july(),
        8 => w.common_month_august(),
        9 => w.common_month_september(),
        10 => w.common_month_october(),
        11 => w.common_month_november(),
        _ => w.common_month_december(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as on;
    use jiff::tz::{Offset, TimeZone};
    use jiff::{SignedDuration, Zoned};

    use super::{clock, date, day, decimal, distance, lasting, moment, number, time, weekday};
    use crate::lang::Lang;

    fn at(hours: i8) -> Zoned {
        on(2026, 11, 22)
            .at(14, 0, 7, 0)
            .to_zoned(TimeZone::fixed(Offset::constant(hours)))
            .expect("a fixed offset has every time")
    }

    #[test]
    fn numbers_take_the_separators_of_the_language() {
        assert_eq!(number(Lang::Id, 6_300_000), "6.300.000");
        assert_eq!(number(Lang::En, 6_300_000), "6,300,000");
        assert_eq!(number(Lang::Id, 999), "999");
        assert_eq!(number(Lang::Id, 0), "0");
        assert_eq!(decimal(Lang::Id, 1.25, 1), "1,2");
        assert_eq!(decimal(Lang::En, 1.26, 1), "1.3");
    }

    #[test]
    fn distances_are_as_exact_as_anybody_needs_them() {
        assert_eq!(distance(Lang::Id, 349.0), "350 m");
        assert_eq!(distance(Lang::Id, 980.0), "1,0 km");
        assert_eq!(distance(Lang::En, 1234.0), "1.2 km");
        assert_eq!(distance(Lang::Id, 13_900.0), "14 km");
    }

    #[test]
    fn each_of_the_three_zones_has_its_name() {
        assert_eq!(time(&at(7)), "14.00 WIB");
        assert_eq!(time(&at(8)), "14.00 WITA");
        assert_eq!(time(&at(9)), "14.00 WIT");
        assert_eq!(time(&at(-5)), "14.00 UTC-05.00");
        assert_eq!(clock(&at(7)), "14.00.07");
    }

    #[test]
    fn days_are_written_in_full() {
        assert_eq!(date(Lang::Id.words(), on(2026, 8, 7)), "7 Agustus 2026");
        assert_eq!(date(Lang::En.words(), on(2026, 8, 7)), "7 August 2026");
        assert_eq!(day(Lang::Id.words(), on(2026, 11, 22)), "22 Nov");
        assert_eq!(weekday(Lang::Id.words(), on(2026, 11, 22)), "Minggu");
        assert_eq!(
            moment(Lang::En.words(), &at(7)),
            "22 November 2026, 14.00 WIB"
        );
    }

    #[test]
    fn spans_are_told_in_hours_and_minutes() {
        assert_eq!(
            lasting(Lang::Id.words(), SignedDuration::from_mins(45)),
            "45 menit"
        );
        assert_eq!(
            lasting(Lang::En.words(), SignedDuration::from_mins(61)),
            "1 hour 1 minute"
        );
        assert_eq!(
            lasting(Lang::En.words(), SignedDuration::from_mins(120)),
            "2 hours"
        );
    }
}
