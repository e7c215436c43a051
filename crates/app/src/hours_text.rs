//! Opening hours and closures as a clerk writes them in one cell, and as a list gives them back.
//!
//! `Sen-Jum 08.00-12.00, 13.00-15.00; Sab 08.00-12.00` in Indonesian or English, `24 jam` for a place
//! that never closes, `tutup` for one that never opens. Closures are dates and ranges of dates:
//! `2026-12-25; 2026-12-30..2027-01-02`. What is written by [`write_hours`] and [`write_closures`]
//! reads back as the same value.

use crate::error::Fault;
use crate::typed::date;
use gapura_domain::hours::{Closure, HoursError, OpeningHours, Span};
use gapura_domain::time::LocalDay;

const DAY: u16 = 1440;
const LATEST: u16 = 2160;
const CLOSURES_MAX: usize = 100;
const TEXT_BYTES_MAX: usize = 2000;

/// Spans by weekday, Monday first.
pub type Week = [Vec<Span>; 7];

/// Reads hours by weekday.
///
/// # Errors
/// A fault without a field: `hours` with the part that was not understood, `hours_span`,
/// `hours_overlap` or `too_long`.
pub fn read_week(text: &str) -> Result<Week, Fault> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Fault::new("", "too_long").with("most", TEXT_BYTES_MAX));
    }
    let text = text.to_lowercase();
    let mut week = Week::default();
    for clause in text.split([';', '\n', '|']).map(str::trim) {
        if !clause.is_empty() {
            let (days, spans) = clause_of(clause)?;
            for day in days {
                week[day].extend_from_slice(&spans);
            }
        }
    }
    check(&week)?;
    Ok(week)
}

/// Reads the hours of one day: `08.00-12.00, 13.00-15.00`, `24 jam`, `tutup` or nothing.
///
/// # Errors
/// As [`read_week`].
pub fn read_day(text: &str) -> Result<Vec<Span>, Fault> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Fault::new("", "too_long").with("most", TEXT_BYTES_MAX));
    }
    let spans = spans_of(&text.to_lowercase())?;
    let mut week = Week::default();
    week[0].clone_from(&spans);
    check(&week)?;
    Ok(spans)
}

fn check(week: &Week) -> Result<(), Fault> {
    match OpeningHours::new(week.clone(), Vec::new()) {
        Ok(_) => Ok(()),
        Err(HoursError::Overlap) => Err(Fault::new("", "hours_overlap")),
        Err(HoursError::Span | HoursError::Closure) => Err(Fault::new("", "hours_span")),
    }
}

fn not_understood(part: &str) -> Fault {
    let part: String = part.chars().take(40).collect();
    Fault::new("", "hours").with("part", part)
}

/// The days of a clause, each once, and their spans. Without days it speaks of every day.
fn clause_of(clause: &str) -> Result<(Vec<usize>, Vec<Span>), Fault> {
    let digit = clause.find(|letter: char| letter.is_ascii_digit());
    let closed = CLOSED.iter().find_map(|word| clause.strip_suffix(word));
    let (days, times) = match (closed, digit) {
        (Some(days), None) => (days, "tutup"),
        (_, Some(digit)) => clause.split_at(digit),
        (None, None) => return Err(not_understood(clause)),
    };
    let days = days.trim().trim_end_matches([':', '=', ',']).trim();
    let days = if days.is_empty() {
        (0..7).collect()
    } else {
        days_of(days)?
    };
    Ok((days, spans_of(times)?))
}

const CLOSED: [&str; 4] = ["tutup", "libur", "closed", "off"];
const ALL_DAY: [&str; 6] = ["24 jam", "24jam", "24 hours", "24hours", "24/7", "24h"];
const EVERY_DAY: [&str; 6] = [
    "setiap hari",
    "tiap hari",
    "every day",
    "daily",
    "semua hari",
    "hari",
];
const DAYS: [&[&str]; 7] = [
    &["senin", "sen", "monday", "mon"],
    &["selasa", "sel", "tuesday", "tue", "tues"],
    &["rabu", "rab", "wednesday", "wed"],
    &["kamis", "kam", "thursday", "thu", "thur", "thurs"],
    &["jumat", "jum'at", "jum", "friday", "fri"],
    &["sabtu", "sab", "saturday", "sat"],
    &["minggu", "min", "ahad", "sunday", "sun"],
];

fn day_of(name: &str) -> Option<usize> {
    let name = name.trim().trim_end_matches('.').replace('’', "'");
    DAYS.iter().position(|names| names.contains(&name.as_str()))
}

fn days_of(text: &str) -> Result<Vec<usize>, Fault> {
    if EVERY_DAY.contains(&text) {
        return Ok((0..7).collect());
    }
    let mut days = Vec::new();
    for part in text.replace(" dan ", ",").replace('&', ",").split(',') {
        let fault = || not_understood(part.trim());
        let (first, last) = halves(part).unwrap_or((part, part));
        let first = day_of(first).ok_or_else(fault)?;
        let last = day_of(last).ok_or_else(fault)?;
        // "Jum-Sen" goes over the weekend.
        let count = (last + 7 - first) % 7;
        days.extend((0..=count).map(|step| (first + step) % 7));
    }
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

/// The two sides of a range, if the text is one.
fn halves(text: &str) -> Option<(&str, &str)> {
    ["s/d", "sampai", "s.d.", " to ", "–", "—", "-"]
        .iter()
        .find_map(|sign| text.split_once(sign))
}

fn spans_of(text: &str) -> Result<Vec<Span>, Fault> {
    let text = text.trim();
    if text.is_empty() || CLOSED.contains(&text) {
        return Ok(Vec::new());
    }
    if ALL_DAY.contains(&text) {
        return Ok(vec![Span { from: 0, to: DAY }]);
    }
    let mut spans: Vec<Span> = Vec::new();
    for part in text.replace(" dan ", ",").replace('&', ",").split(',') {
        spans.push(span_of(part.trim()).ok_or_else(|| not_understood(part.trim()))??);
    }
    spans.sort_by_key(|span| span.from);
    Ok(spans)
}

fn span_of(text: &str) -> Option<Result<Span, Fault>> {
    let text = ["wib", "wita", "wit"]
        .iter()
        .find_map(|zone| text.strip_suffix(zone))
        .unwrap_or(text);
    let (from, to) = halves(text)?;
    let (from, to) = (minute_of(from)?, minute_of(to)?);
    // An end before the beginning lies on the next day.
    let to = if to < from { to + DAY } else { to };
    let is_span = from < DAY && from < to && to <= LATEST;
    Some(
        is_span
            .then_some(Span { from, to })
            .ok_or_else(|| Fault::new("", "hours_span")),
    )
}

/// `8`, `08.30`, `8:30` or `0830`; hours to 36, so that the small hours of the next day can be told.
fn minute_of(text: &str) -> Option<u16> {
    let text = text.trim();
    let (hour, minute) = match text.split_once(['.', ':']) {
        Some((hour, minute)) => (hour, minute),
        None if text.len() == 4 => text.split_at_checked(2)?,
        None => (text, "00"),
    };
    let is_number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
        digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(hour, 1..=2) || !is_number(minute, 2..=2) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let at = hour * 60 + minute;
    (minute < 60 && at <= LATEST).then_some(at)
}

/// Writes hours as [`read_week`] reads them: days that follow each other with the same spans as one.
pub fn write_hours(hours: &OpeningHours) -> String {
    let week = hours.week();
    let always = [Span { from: 0, to: DAY }];
    if week.iter().all(|day| day.as_slice() == always) {
        return "24 jam".into();
    }
    let mut clauses = Vec::new();
    let mut first = 0;
    while first < 7 {
        let mut last = first;
        while last < 6 && week[last + 1] == week[first] {
            last += 1;
        }
        if !week[first].is_empty() {
            clauses.push(format!(
                "{} {}",
                days_text(first, last),
                write_spans(&week[first])
            ));
        }
        first = last + 1;
    }
    if clauses.is_empty() {
        "tutup".into()
    } else {
        clauses.join("; ")
    }
}

fn days_text(first: usize, last: usize) -> String {
    const SHORT: [&str; 7] = ["Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"];
    if first == last {
        SHORT[first].into()
    } else {
        format!("{}-{}", SHORT[first], SHORT[last])
    }
}

/// Writes the spans of one day as [`read_day`] reads them; nothing for a closed day.
pub fn write_spans(spans: &[Span]) -> String {
    let spans: Vec<String> = spans.iter().copied().map(span_text).collect();
    spans.join(", ")
}

fn span_text(span: Span) -> String {
    let clock = |minute: u16| format!("{:02}.{:02}", minute / 60, minute % 60);
    // Past midnight the clock of the next day is plain, unless it would read as the same day.
    let to = match span.to.checked_sub(DAY) {
        Some(next) if next > 0 && next < span.from => next,
        _ => span.to,
    };
    format!("{}-{}", clock(span.from), clock(to))
}

/// Reads days and ranges of days on which the place is closed.
///
/// # Errors
/// A fault without a field: `closure` with the part that was not understood, `closure_order`,
/// `too_many` or `too_long`.
pub fn read_closures(text: &str) -> Result<Vec<Closure>, Fault> {
    if text.len() > 40 * CLOSURES_MAX {
        return Err(Fault::new("", "too_long").with("most", 40 * CLOSURES_MAX));
    }
    let parts = text.split([';', ',', '\n', '|']).map(str::trim);
    let closures = parts
        .filter(|part| !part.is_empty())
        .map(closure_of)
        .collect::<Result<Vec<_>, _>>()?;
    if closures.len() > CLOSURES_MAX {
        return Err(Fault::new("", "too_many").with("most", CLOSURES_MAX));
    }
    Ok(closures)
}

fn closure_of(part: &str) -> Result<Closure, Fault> {
    let sides = ["..", "s/d", "sampai", "–", "—", " to ", " - "]
        .iter()
        .find_map(|sign| part.split_once(sign));
    let (from, to) = sides.unwrap_or((part, part));
    let (Some(from), Some(to)) = (date(from), date(to)) else {
        let part: String = part.chars().take(40).collect();
        return Err(Fault::new("", "closure").with("part", part));
    };
    if to < from {
        return Err(Fault::new("", "closure_order"));
    }
    Ok(Closure {
        from: LocalDay::from(from),
        to: LocalDay::from(to),
    })
}

/// Writes closures as [`read_closures`] reads them.
pub fn write_closures(closures: &[Closure]) -> String {
    let text = |closure: &Closure| {
        let (from, to) = (closure.from.date(), closure.to.date());
        if from == to {
            from.to_string()
        } else {
            format!("{from}..{to}")
        }
    };
    closures.iter().map(text).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::venue_form::arbitrary::{any_closures, any_week};
    use proptest::prelude::*;

    fn week(text: &str) -> Week {
        read_week(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"))
    }

    fn code(text: &str) -> &'static str {
        read_week(text).unwrap_err().code
    }

    #[test]
    fn an_office_week_is_written_in_many_ways() {
        let office = week("Sen-Jum 08.00-15.00; Sab 08.00-12.00");
        assert_eq!(office[4], [Span { from: 480, to: 900 }]);
        assert_eq!(office[5], [Span { from: 480, to: 720 }]);
        assert_eq!(office[6], []);
        for same in [
            "Senin s/d Jumat: 8:00 - 15:00; Sabtu 8-12",
            "Mon–Fri 0800–1500\nSat 0800–1200",
            "senin sampai kamis 08.00-15.00 WIB; Jum'at 08.00-15.00; sabtu 08.00-12.00; minggu tutup",
            "Sen, Sel, Rab, Kam & Jum 08.00-15.00; Sat 8.00-12.00; Sunday closed",
        ] {
            assert_eq!(week(same), office, "{same}");
        }
    }

    #[test]
    fn a_place_that_never_closes_and_one_that_never_opens() {
        for text in ["24 jam", "24/7", "Setiap hari 24 jam", "daily 00.00-24.00"] {
            assert_eq!(&week(text), OpeningHours::always().week(), "{text}");
        }
        assert_eq!(week("tutup"), Week::default());
    }

    #[test]
    fn a_night_market_closes_after_midnight() {
        let night = Span {
            from: 1080,
            to: 1560,
        };
        assert_eq!(week("Jum-Min 18.00-02.00")[6], [night]);
        assert_eq!(week("Jum-Min 18.00-26.00")[4], [night]);
        assert_eq!(week("Sab-Sen 18.00-02.00")[0], [night]);
    }

    #[test]
    fn hours_that_cannot_be_are_told_by_code() {
        assert_eq!(
            code("Sen-Jum 08.00-15.00; Jum 11.00-13.00"),
            "hours_overlap"
        );
        assert_eq!(code("Sen 08.00-08.00"), "hours_span");
        assert_eq!(code("Sen 23.00-22.00"), "hours_span");
        for text in [
            "Sen",
            "Sen-Fre 08-12",
            "08.00",
            "Sen 08.70-09.00",
            "buka",
            "Sen 8-",
        ] {
            assert_eq!(code(text), "hours", "{text}");
        }
        let fault = read_week("Sen 08.00-12.00; Senen 9-10").unwrap_err();
        assert_eq!(fault.params["part"], "senen");
        assert_eq!(code(&"Sen 8-9;".repeat(400)), "too_long");
    }

    #[test]
    fn closures_are_days_and_ranges() {
        let day = |y, m, d| LocalDay::from(jiff::civil::date(y, m, d));
        let expected = vec![
            Closure {
                from: day(2026, 12, 25),
                to: day(2026, 12, 25),
            },
            Closure {
                from: day(2026, 12, 30),
                to: day(2027, 1, 2),
            },
        ];
        for text in [
            "2026-12-25; 2026-12-30..2027-01-02",
            "25-12-2026, 30/12/2026 s/d 02/01/2027",
            "25 Desember 2026; 30 Des 2026 - 2 Jan 2027",
        ] {
            assert_eq!(read_closures(text).as_ref(), Ok(&expected), "{text}");
        }
        assert_eq!(read_closures(" "), Ok(Vec::new()));
        let code = |text| read_closures(text).unwrap_err().code;
        assert_eq!(code("25-13-2026"), "closure");
        assert_eq!(code("Natal"), "closure");
        assert_eq!(code("2026-12-26..2026-12-25"), "closure_order");
        assert_eq!(code(&"2026-12-25;".repeat(101)), "too_many");
    }

    proptest! {
        #[test]
        fn hours_read_back_as_they_are_written(week in any_week()) {
            let hours = OpeningHours::new(week.clone(), Vec::new()).unwrap();
            prop_assert_eq!(read_week(&write_hours(&hours)), Ok(week));
        }

        #[test]
        fn closures_read_back_as_they_are_written(closures in any_closures()) {
            prop_assert_eq!(read_closures(&write_closures(&closures)), Ok(closures));
        }

        #[test]
        fn no_text_makes_the_readers_panic(text in "\\PC{0,40}|[a-z0-9.,;:/ –-]{0,40}") {
            let _ = (read_week(&text), read_day(&text), read_closures(&text));
        }
    }
}
