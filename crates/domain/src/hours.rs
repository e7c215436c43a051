//! When a place is open: hours by weekday, and closures.

use crate::time::{LocalDay, Time, Zone};
use serde::{Deserialize, Serialize};

/// An open span of a day in minutes after local midnight, half-open.
///
/// `to` may run past midnight, to 2160 (noon of the next day).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First open minute, 0 to 1439.
    pub from: u16,
    /// First closed minute, above `from`, at most 2160.
    pub to: u16,
}

/// Why a span or a closure is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// A span must begin before midnight and end after it began, by noon of the next day.
    #[error("a span must end after it begins and by noon of the next day")]
    Span,
    /// Spans of one day must follow each other without overlap.
    #[error("spans of one day overlap")]
    Overlap,
    /// A closure must not end before it begins.
    #[error("a closure ends before it begins")]
    Closure,
}

/// Days on which the place is closed, first and last included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// First closed day.
    pub from: LocalDay,
    /// Last closed day.
    pub to: LocalDay,
}

/// Opening hours by weekday (Monday first) with closures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Raw")]
pub struct OpeningHours {
    week: [Vec<Span>; 7],
    closures: Vec<Closure>,
}

#[derive(Deserialize)]
struct Raw {
    week: [Vec<Span>; 7],
    #[serde(default)]
    closures: Vec<Closure>,
}

impl TryFrom<Raw> for OpeningHours {
    type Error = HoursError;
    fn try_from(raw: Raw) -> Result<Self, HoursError> {
        Self::new(raw.week, raw.closures)
    }
}

/// Whether a place is open at a moment, and what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenState {
    /// Open until this time.
    Open {
        /// When it closes.
        until: Time,
    },
    /// Closed, and when it opens next within the coming 60 days.
    Closed {
        /// The next opening, if one is known.
        opens: Option<Time>,
    },
}

impl OpeningHours {
    /// Hours by weekday, Monday first.
    ///
    /// # Errors
    /// A span outside its range, overlapping spans of one day, or a closure that ends before it begins.
    pub fn new(mut week: [Vec<Span>; 7], closures: Vec<Closure>) -> Result<Self, HoursError> {
        for day in &mut week {
            day.sort_by_key(|span| span.from);
            if day
                .iter()
                .any(|span| span.from >= 1440 || span.to <= span.from || span.to > 2160)
            {
                return Err(HoursError::Span);
            }
            if day.windows(2).any(|pair| pair[1].from < pair[0].to) {
                return Err(HoursError::Overlap);
            }
        }
        if closures.iter().any(|closure| closure.to < closure.from) {
            return Err(HoursError::Closure);
        }
        Ok(Self { week, closures })
    }

    /// Open day and night, every day.
    pub fn always() -> Self {
        Self {
            week: std::array::from_fn(|_| vec![Span { from: 0, to: 1440 }]),
            closures: Vec::new(),
        }
    }

    /// Spans by weekday, Monday first.
    pub fn week(&self) -> &[Vec<Span>; 7] {
        &self.week
    }

    /// Days on which the place is closed.
    pub fn closures(&self) -> &[Closure] {
        &self.closures
    }

    fn spans_of(&self, day: LocalDay) -> &[Span] {
        let closed = self
            .closures
            .iter()
            .any(|closure| (closure.from..=closure.to).contains(&day));
        if closed {
            &[]
        } else {
            &self.week[day.weekday()]
        }
    }

    /// Whether the place is open at `now`.
    ///
    /// A span that runs into the next span, also over midnight, counts as one: a place that never
    /// closes is open "until" at most eight days ahead.
    pub fn at(&self, now: Time, zone: Zone) -> OpenState {
        let today = zone.day_of(now);
        let spans = |day: LocalDay| {
            self.spans_of(day)
                .iter()
                .map(move |span| (zone.time_at(day, span.from), zone.time_at(day, span.to)))
        };
        let mut until = None;
        for offset in -1..=8 {
            for (from, to) in spans(today.plus_days(offset)) {
                let end = until.unwrap_or(now);
                if from <= end && to > end {
                    until = Some(to);
                } else if from > end && until.is_some() {
                    break;
                }
            }
        }
        if let Some(until) = until {
            return OpenState::Open { until };
        }
        let opens = (0..=60)
            .flat_map(|offset| spans(today.plus_days(offset)))
            .map(|(from, _)| from)
            .find(|from| *from > now);
        OpenState::Closed { opens }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office() -> OpeningHours {
        let day = vec![Span { from: 480, to: 720 }, Span { from: 780, to: 900 }];
        let mut week: [Vec<Span>; 7] = std::array::from_fn(|_| day.clone());
        week[6] = Vec::new();
        OpeningHours::new(week, Vec::new()).unwrap()
    }

    fn wib(text: &str) -> Time {
        Time::from(format!("{text}+07:00").parse::<jiff::Timestamp>().unwrap())
    }

    #[test]
    fn an_office_closes_for_lunch_and_on_sunday() {
        let hours = office();
        assert_eq!(
            hours.at(wib("2026-11-20T08:00:00"), Zone::Wib),
            OpenState::Open {
                until: wib("2026-11-20T12:00:00")
            }
        );
        assert_eq!(
            hours.at(wib("2026-11-20T12:00:00"), Zone::Wib),
            OpenState::Closed {
                opens: Some(wib("2026-11-20T13:00:00"))
            }
        );
        assert_eq!(
            hours.at(wib("2026-11-21T15:00:00"), Zone::Wib),
            OpenState::Closed {
                opens: Some(wib("2026-11-23T08:00:00"))
            }
        );
    }

    #[test]
    fn a_closure_moves_the_next_opening() {
        let monday = Zone::Wib.day_of(wib("2026-11-23T00:00:00"));
        let closure = Closure {
            from: monday,
            to: monday,
        };
        let hours = OpeningHours::new(office().week, vec![closure]).unwrap();
        assert_eq!(
            hours.at(wib("2026-11-22T10:00:00"), Zone::Wib),
            OpenState::Closed {
                opens: Some(wib("2026-11-24T08:00:00"))
            }
        );
    }

    #[test]
    fn a_night_market_is_open_past_midnight() {
        let hours = OpeningHours::new(
            std::array::from_fn(|_| {
                vec![Span {
                    from: 1080,
                    to: 1560,
                }]
            }),
            Vec::new(),
        )
        .unwrap();
        assert_eq!(
            hours.at(wib("2026-11-21T01:00:00"), Zone::Wib),
            OpenState::Open {
                until: wib("2026-11-21T02:00:00")
            }
        );
    }

    #[test]
    fn a_place_without_hours_never_opens() {
        let hours = OpeningHours::new(Default::default(), Vec::new()).unwrap();
        assert_eq!(
            hours.at(Time(0), Zone::Wib),
            OpenState::Closed { opens: None }
        );
    }

    #[test]
    fn overlapping_or_reversed_spans_are_refused() {
        let reversed = vec![Span { from: 600, to: 600 }];
        let overlapping = vec![Span { from: 0, to: 700 }, Span { from: 600, to: 800 }];
        for (day, error) in [
            (reversed, HoursError::Span),
            (overlapping, HoursError::Overlap),
        ] {
            let week = [day, vec![], vec![], vec![], vec![], vec![], vec![]];
            assert_eq!(OpeningHours::new(week, vec![]), Err(error));
        }
    }
}
