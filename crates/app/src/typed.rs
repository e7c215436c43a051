//! What people type, read the way people write it here.

use crate::AppError;
use crate::error::Fault;
use gapura_domain::person::is_plain;
use jiff::civil::Date;

const MONTHS: [[&str; 3]; 12] = [
    ["januari", "january", "jan"],
    ["februari", "february", "feb"],
    ["maret", "march", "mar"],
    ["april", "april", "apr"],
    ["mei", "may", "mei"],
    ["juni", "june", "jun"],
    ["juli", "july", "jul"],
    ["agustus", "august", "agu"],
    ["september", "september", "sep"],
    ["oktober", "october", "okt"],
    ["november", "november", "nov"],
    ["desember", "december", "des"],
];

/// Reads a date: `2026-11-22`, or the day first as in `22-11-2026`, `22/11/2026`, `22.11.2026`,
/// `22 November 2026`, `22 Nov 2026`. A year has four digits; anything else is `None`.
pub fn date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text
        .split([' ', '-', '/', '.'])
        .filter(|part| !part.is_empty())
        .collect();
    let &[first, second, third] = parts.as_slice() else {
        return None;
    };
    let (year, month, day) = if first.len() == 4 {
        (first, second, third)
    } else {
        (third, second, first)
    };
    if year.len() != 4 {
        return None;
    }
    Date::new(
        number(year)?,
        month_number(month)?,
        number(day)?.try_into().ok()?,
    )
    .ok()
}

fn month_number(text: &str) -> Option<i8> {
    if let Some(month) = number(text) {
        return i8::try_from(month).ok();
    }
    let text = text.to_lowercase();
    let index = MONTHS.iter().position(|names| names.contains(&&*text))?;
    i8::try_from(index + 1).ok()
}

/// Digits alone: no sign, no space, at most four.
fn number(text: &str) -> Option<i16> {
    let is_number = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// A remark in somebody's words: 3 to 300 characters, white space folded, nothing hidden.
///
/// # Errors
/// A fault at the field `reason`.
pub fn note(text: &str) -> Result<String, AppError> {
    let note = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_good = (3..=300).contains(&note.chars().count()) && note.chars().all(is_plain);
    if is_good {
        Ok(note)
    } else {
        Err(AppError::Faults(vec![Fault::new("reason", "reason")]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_date_is_written_in_many_ways() {
        for text in [
            "2026-11-02",
            "02-11-2026",
            "2/11/2026",
            "2.11.2026",
            " 2 November 2026 ",
            "2 nov 2026",
            "2026/11/2",
        ] {
            assert_eq!(date(text), Some(jiff::civil::date(2026, 11, 2)), "{text}");
        }
        assert_eq!(
            date("17 Agustus 1990"),
            Some(jiff::civil::date(1990, 8, 17))
        );
        assert_eq!(date("17 August 1990"), Some(jiff::civil::date(1990, 8, 17)));
    }

    #[test]
    fn what_is_no_date_is_not_guessed() {
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2026-02-30",
            "31/4/2026",
            "2-11-26",
            "11/22/2026",
            "+2-1-2026",
            "2 Novembre 2026",
            "2026-11-02T00:00",
            "02-11-2026-1",
            "٢-١١-٢٠٢٦",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fall_over(text in "\\PC{0,20}") {
            let _ = date(&text);
        }

        #[test]
        fn a_date_reads_back_as_it_is_written(day in 0..40_000_i32) {
            let date_ = gapura_domain::time::LocalDay(day).date();
            prop_assert_eq!(date(&date_.to_string()), Some(date_));
        }
    }
}
