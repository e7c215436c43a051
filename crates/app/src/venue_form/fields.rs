//! Reads single fields and gathers what is wrong with them.

use super::Typed;
use crate::error::Fault;
use gapura_domain::hours::OpeningHours;
use gapura_domain::person::is_plain;
use gapura_domain::venue::Label;
use std::collections::BTreeSet;
use std::fmt::Display;

const LABEL_CHARACTERS_MAX: usize = 120;

/// What was found so far.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
}

impl Findings {
    pub(super) fn fault(&mut self, field: &str, mut fault: Fault) {
        field.clone_into(&mut fault.field);
        self.faults.push(fault);
    }

    pub(super) fn warn(&mut self, field: &str, mut warning: Fault) {
        field.clone_into(&mut warning.field);
        self.warnings.push(warning);
    }

    /// The value, or its fault kept at this field.
    pub(super) fn take<T>(&mut self, field: &str, value: Result<T, Fault>) -> Option<T> {
        value.map_err(|fault| self.fault(field, fault)).ok()
    }

    /// Reads a text that must not be empty.
    pub(super) fn required<T>(
        &mut self,
        field: &str,
        text: &str,
        read: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let value = match text.trim() {
            "" => Err(Fault::new("", "missing")),
            text => read(text),
        };
        self.take(field, value)
    }

    pub(super) fn label(&mut self, field: &str, text: &str) -> Option<Label> {
        let value = read_label(text);
        self.take(field, value)
    }

    /// A whole number, if one was typed.
    pub(super) fn whole(
        &mut self,
        field: &str,
        typed: &Typed,
        least: u32,
        most: u32,
    ) -> Option<u32> {
        let text = typed.0.trim();
        if text.is_empty() {
            return None;
        }
        let is_digits = text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit());
        let value = if is_digits {
            // More digits than fit are out of range like any other number that is too large.
            let number = text.parse().unwrap_or(u32::MAX);
            within(number, least, most)
        } else {
            Err(Fault::new("", "whole_number"))
        };
        self.take(field, value)
    }

    /// A number that must be there, with a point or a comma before its decimals.
    pub(super) fn decimal(
        &mut self,
        field: &str,
        typed: &Typed,
        least: f64,
        most: f64,
    ) -> Option<f64> {
        self.required(field, &typed.0, |text| {
            let text = text.replace(',', ".").replace('−', "-");
            let is_plain = text.len() <= 32
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
            let number = text.parse().ok().filter(|_| is_plain);
            within(number.ok_or_else(|| Fault::new("", "number"))?, least, most)
        })
    }

    /// Yes or no; no if nothing was typed.
    pub(super) fn yes(&mut self, field: &str, typed: &Typed) -> bool {
        let value = match typed.0.trim().to_lowercase().as_str() {
            "" | "tidak" | "t" | "no" | "n" | "false" | "0" | "-" => Ok(false),
            "ya" | "y" | "yes" | "true" | "1" | "on" | "x" => Ok(true),
            _ => Err(Fault::new("", "yes_or_no")),
        };
        self.take(field, value).unwrap_or(false)
    }

    /// Faults each name that stood before, whatever its case.
    pub(super) fn unique<'a>(
        &mut self,
        names: impl Iterator<Item = &'a str>,
        field: impl Fn(usize) -> String,
    ) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.enumerate() {
            let key = same_name(name);
            if !key.is_empty() && !seen.insert(key) {
                self.fault(&field(index), Fault::new("", "twice"));
            }
        }
    }
}

/// What two names have in common that are the same but for case and spacing.
pub(crate) fn same_name(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

pub(crate) fn read_label(text: &str) -> Result<Label, Fault> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Fault::new("", "missing"));
    }
    Label::parse(trimmed).map_err(|_| {
        let is_readable = trimmed
            .chars()
            .all(|letter| is_plain(letter) || letter.is_whitespace());
        if is_readable {
            Fault::new("", "too_long").with("most", LABEL_CHARACTERS_MAX)
        } else {
            Fault::new("", "characters")
        }
    })
}

fn within<T: PartialOrd + Display>(number: T, least: T, most: T) -> Result<T, Fault> {
    if number >= least && number <= most {
        Ok(number)
    } else {
        Err(Fault::new("", "range")
            .with("least", least)
            .with("most", most))
    }
}

/// Whether every span of `inner` lies within a span of `outer` on the same weekday.
pub(super) fn lie_within(inner: &OpeningHours, outer: &OpeningHours) -> bool {
    let days = inner.week().iter().zip(outer.week());
    days.flat_map(|(inner, outer)| inner.iter().map(move |span| (span, outer)))
        .all(|(span, outer)| {
            outer
                .iter()
                .any(|open| open.from <= span.from && span.to <= open.to)
        })
}
