//! Places in words: kind, hours, how full, and what the colours mean. For every audience.

use gapura_domain::hours::OpenState;
use gapura_domain::status::Colour;
use gapura_domain::time::{Time, Zone};
use gapura_domain::venue::Category;

use crate::format;
use crate::words::Words;

/// A place that never closes is open until some day ahead; after so many seconds nobody plans by it.
const FOREVER_S: i64 = 3 * 86_400;

/// A sentence with the mark that stands before it (see `.tag`); without a mark it is plain text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// `admit`, `check`, `refuse`, `none`, or empty.
    pub mark: &'static str,
    /// The sentence.
    pub text: String,
}

impl Fact {
    /// A sentence with its mark.
    #[must_use]
    pub fn new(mark: &'static str, text: impl Into<String>) -> Self {
        Self {
            mark,
            text: text.into(),
        }
    }
}

/// The kind of a place: `Kantor polisi`.
#[must_use]
pub const fn category(w: Words, category: Category) -> &'static str {
    match category {
        Category::Police => w.place_category_police(),
        Category::PublicService => w.place_category_public_service(),
        Category::Health => w.place_category_health(),
        Category::Office => w.place_category_office(),
        Category::Education => w.place_category_education(),
        Category::Mall => w.place_category_mall(),
        Category::Market => w.place_category_market(),
        Category::Restaurant => w.place_category_restaurant(),
        Category::Hotel => w.place_category_hotel(),
        Category::Cinema => w.place_category_cinema(),
        Category::Tourism => w.place_category_tourism(),
        Category::Worship => w.place_category_worship(),
        Category::Sport => w.place_category_sport(),
        Category::Transport => w.place_category_transport(),
        Category::Industry => w.place_category_industry(),
        Category::Other => w.place_category_other(),
    }
}

/// The word of a colour: `Hijau`.
#[must_use]
pub const fn colour(w: Words, colour: Colour) -> &'static str {
    match colour {
        Colour::Green => w.place_colour_green(),
        Colour::Yellow => w.place_colour_yellow(),
        Colour::Red => w.place_colour_red(),
        Colour::Black => w.place_colour_black(),
        Colour::None => w.place_colour_none(),
    }
}

/// The mark of a colour: a circle, a triangle, a diamond, a square, a dash.
#[must_use]
pub const fn colour_mark(colour: Colour) -> &'static str {
    match colour {
        Colour::Green => "admit",
        Colour::Yellow => "check",
        Colour::Red => "refuse",
        Colour::Black => "black",
        Colour::None => "none",
    }
}

/// Whether a place is open, and until or from when: `Buka sampai 14.00 WIB`.
#[must_use]
pub fn open(w: Words, state: OpenState, zone: Zone, now: Time) -> Fact {
    let local = |time| format::local(time, zone);
    match state {
        OpenState::Open { until } if until.since_s(now) > FOREVER_S => {
            Fact::new("admit", w.place_open_always())
        }
        OpenState::Open { until } if until.since_s(now) > 86_400 => {
            let when = format::when(w, &local(until), &local(now));
            Fact::new("admit", w.place_open_until_day(when))
        }
        OpenState::Open { until } => {
            Fact::new("admit", w.place_open_until(format::time(&local(until))))
        }
        OpenState::Closed { opens: Some(opens) } => {
            let when = format::when(w, &local(opens), &local(now));
            Fact::new("refuse", w.place_open_opens(when))
        }
        OpenState::Closed { opens: None } => Fact::new("refuse", w.place_open_closed()),
    }
}

/// How many more people a place takes: `Masih ada 28 tempat dari 40`. `None` is no limit.
#[must_use]
pub fn free(w: Words, free: Option<u32>, capacity: Option<u32>) -> Fact {
    match (free, capacity) {
        (None, _) => Fact::new("", w.place_free_unlimited()),
        (Some(0), _) => Fact::new("check", w.place_free_none()),
        (Some(free), Some(capacity)) => {
            let capacity = format::number(w.lang(), u64::from(capacity));
            Fact::new("", w.place_free_of_capacity(capacity, free))
        }
        (Some(free), None) => Fact::new("", w.place_free_some(free)),
    }
}

/// Whether a place's vaccination booth is open: `Gerai vaksin buka sampai 14.00 WIB`.
#[must_use]
pub fn booth(w: Words, state: OpenState, zone: Zone, now: Time) -> Fact {
    let local = |time| format::local(time, zone);
    match state {
        OpenState::Open { until } => {
            Fact::new("admit", w.place_booth_open(format::time(&local(until))))
        }
        OpenState::Closed { opens: Some(opens) } => {
            let when = format::when(w, &local(opens), &local(now));
            Fact::new("none", w.place_booth_opens(when))
        }
        OpenState::Closed { opens: None } => Fact::new("none", w.place_booth_closed()),
    }
}

#[cfg(test)]
mod tests {
    use gapura_domain::hours::OpenState;
    use gapura_domain::time::{Time, Zone};

    use super::{free, open};
    use crate::lang::Lang;

    const NOON: Time = Time(1_795_323_600); // 22 November 2026, 12.00 WIB

    fn said(state: OpenState) -> String {
        open(Lang::Id.words(), state, Zone::Wib, NOON).text
    }

    #[test]
    fn hours_are_told_as_people_plan_by_them() {
        let until = |seconds| {
            said(OpenState::Open {
                until: NOON.plus_s(seconds),
            })
        };
        assert_eq!(until(7_200), "Buka sampai 14.00 WIB");
        assert_eq!(until(8 * 86_400), "Buka siang dan malam");
        let opens = |seconds| {
            said(OpenState::Closed {
                opens: Some(NOON.plus_s(seconds)),
            })
        };
        assert_eq!(opens(3_600), "Tutup, buka lagi hari ini pukul 13.00 WIB");
        assert_eq!(opens(20 * 3_600), "Tutup, buka lagi besok pukul 08.00 WIB");
        assert_eq!(
            opens(44 * 3_600),
            "Tutup, buka lagi Selasa, 24 November 2026, pukul 08.00 WIB"
        );
        assert_eq!(said(OpenState::Closed { opens: None }), "Sedang tutup");
    }

    #[test]
    fn room_is_told_with_and_without_limits() {
        let said = |left, capacity| free(Lang::En.words(), left, capacity).text;
        assert_eq!(said(Some(1), Some(40)), "1 of 40 places is free");
        assert_eq!(said(Some(0), Some(40)), "Full at the moment");
        assert_eq!(said(Some(7), None), "7 places are free");
        assert_eq!(said(None, None), "The number of visitors is not limited");
    }
}
