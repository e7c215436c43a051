//! What a gate's screen shows while it waits; `templates/gate/screen.html` renders it and `ui/src/gate.ts` keeps it true.

use askama::Template;
use askama::filters::HtmlSafe;
use gapura_domain::door::Intent;

use crate::forms::Form;
use crate::qr::Picture;
use crate::verdict::{ForOfficer, Outcome, VerdictScreen};
use crate::words::Words;

/// The waiting screen of one gate.
#[derive(Clone)]
pub struct GateScreen {
    /// The words of the officer.
    pub w: Words,
    /// The gate's id, for the scripts.
    pub gate: String,
    /// The place.
    pub place: String,
    /// The door.
    pub door: String,
    /// What staff call the device.
    pub device: String,
    /// The hour at the place, as `14.03.12`.
    pub clock: String,
    /// Minutes from UTC at the place.
    pub offset_minutes: i32,
    /// The server's time in Unix seconds, so that a device with a wrong clock learns it.
    pub now: i64,
    /// Whether codes are scanned on the way in, out, or both.
    pub direction: Direction,
    /// What was typed, when it was not a code.
    pub form: Form,
    /// The id of the next typed code, by which it is recognised when it is sent again.
    pub request: String,
    /// The code that changes every minute.
    pub code: Option<ScreenCode>,
    /// The minute's word.
    pub word: String,
    /// How full it is.
    pub figures: Figures,
    /// Who came through in the last minutes.
    pub recent: Vec<Recent>,
}

/// Figures of the limit that is nearer to being reached, as people write them; a dash where there is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// People inside now.
    pub inside: String,
    /// How many may be inside.
    pub capacity: String,
    /// Visitors today.
    pub today: String,
    /// How many a day.
    pub quota: String,
}

/// What a scan at this device means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Coming in.
    #[default]
    Enter,
    /// Going out.
    Leave,
    /// Going out for whoever is inside, coming in for everybody else.
    Auto,
}

impl Direction {
    /// All three, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Enter, Self::Leave, Self::Auto];

    /// The name in forms, scripts and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Leave => "leave",
            Self::Auto => "auto",
        }
    }

    /// The direction of a name; coming in for any other.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let is_named = |direction: &Self| direction.name() == name;
        Self::ALL.into_iter().find(is_named).unwrap_or_default()
    }

    /// What the domain calls it.
    #[must_use]
    pub const fn intent(self) -> Intent {
        match self {
            Self::Enter => Intent::Enter,
            Self::Leave => Intent::Leave,
            Self::Auto => Intent::Auto,
        }
    }

    /// What the switch says.
    #[must_use]
    pub const fn label(self, w: Words) -> &'static str {
        match self {
            Self::Enter => w.gate_screen_direction_enter(),
            Self::Leave => w.gate_screen_direction_leave(),
            Self::Auto => w.gate_screen_direction_auto(),
        }
    }

    /// What visitors read on the waiting screen.
    #[must_use]
    pub const fn ask(self, w: Words) -> &'static str {
        match self {
            Self::Enter => w.gate_screen_ask(),
            Self::Leave => w.gate_screen_ask_leave(),
            Self::Auto => w.gate_screen_ask_auto(),
        }
    }
}

/// The code that a visitor's phone reads from the screen, for this minute.
#[derive(Clone, Debug)]
pub struct ScreenCode {
    /// As a QR code.
    pub picture: Picture,
    /// As it is typed: `9DT0-4MZB`.
    pub typed: String,
}

/// Somebody who came through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recent {
    /// Initials only; of a party one after another.
    pub initials: String,
    /// How it ended; `None` for somebody who left.
    pub outcome: Option<Outcome>,
    /// The word of that minute.
    pub word: String,
    /// When, as `14.03`.
    pub time: String,
    /// The decision's page, where an officer can still do something about it.
    pub href: Option<String>,
}

/// The calm screen of somebody who leaves.
#[derive(Clone, Template)]
#[template(path = "part/left.html")]
pub struct Goodbye {
    /// The words of the reader.
    pub w: Words,
    /// The place.
    pub place: String,
    /// The door.
    pub door: String,
    /// That it was recorded, and when.
    pub reason: String,
    /// Initials only.
    pub initials: String,
    /// The hour, as `14.03.12`.
    pub clock: String,
    /// Minutes from UTC at the place.
    pub offset_minutes: i32,
    /// What follows the waiting screen's address, so that it comes back as it was; empty where a script knows.
    pub back: String,
    /// Whether a script fills it later.
    pub template: bool,
}

/// The template escapes what it is given.
impl HtmlSafe for Goodbye {}

impl GateScreen {
    /// The screen for somebody who leaves, for the script.
    #[must_use]
    pub fn goodbye(&self) -> Goodbye {
        Goodbye {
            w: self.w,
            place: self.place.clone(),
            door: self.door.clone(),
            reason: String::new(),
            initials: String::new(),
            clock: self.clock.clone(),
            offset_minutes: self.offset_minutes,
            back: String::new(),
            template: true,
        }
    }

    /// The three verdicts that the script fills and shows.
    #[must_use]
    pub fn verdicts(&self) -> [VerdictScreen; 3] {
        Outcome::ALL.map(|outcome| VerdictScreen {
            w: self.w,
            outcome,
            place: self.place.clone(),
            door: self.door.clone(),
            reason: String::new(),
            next: None,
            initials: String::new(),
            word: String::new(),
            clock: self.clock.clone(),
            offset_minutes: self.offset_minutes,
            officer: Some(ForOfficer::default()),
            template: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Direction;

    #[test]
    fn a_direction_that_nobody_knows_is_in() {
        for direction in Direction::ALL {
            assert_eq!(Direction::named(direction.name()), direction);
        }
        assert_eq!(Direction::named("sideways"), Direction::Enter);
    }
}
