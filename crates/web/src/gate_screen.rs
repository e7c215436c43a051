//! What a gate's screen shows while it waits; `templates/gate.html` renders it and `ui/src/gate.ts` keeps it true.

use crate::verdict::{Outcome, Reason, VerdictScreen};
use crate::words::Words;

/// The waiting screen of one gate.
#[derive(Clone)]
pub struct GateScreen {
    /// The words of the officer.
    pub w: Words,
    /// The place.
    pub place: String,
    /// The door.
    pub door: String,
    /// The hour at the place, as `14.03.12`.
    pub clock: String,
    /// Minutes from UTC at the place.
    pub offset_minutes: i32,
    /// Where the figures come from, as server-sent events.
    pub stream: String,
    /// Where a typed code goes without JavaScript.
    pub typed_action: String,
    /// Where somebody without any code is entered.
    pub manual_href: String,
    /// The code that changes every minute, where the gate shows one.
    pub code: Option<ScreenCode>,
    /// The minute's word.
    pub word: String,
    /// People inside now, and how many may be.
    pub inside: String,
    /// How many may be inside; a dash where there is no limit.
    pub capacity: String,
    /// Visitors today.
    pub today: String,
    /// How many a day; a dash where there is no limit.
    pub quota: String,
    /// Who came through in the last minutes.
    pub recent: Vec<Recent>,
    /// Why an officer may end a check.
    pub reasons: Vec<Reason>,
}

/// A QR code as one path over a square of modules, quiet zone included.
#[derive(Clone)]
pub struct ScreenCode {
    /// Modules a side.
    pub modules: u32,
    /// The path's `d`.
    pub path: String,
}

/// Somebody who came through.
#[derive(Clone)]
pub struct Recent {
    /// Initials only.
    pub initials: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The word of that minute.
    pub word: String,
    /// When, as `14.03`.
    pub time: String,
}

impl GateScreen {
    /// The three screens that the script fills and shows.
    #[must_use]
    pub fn verdicts(&self) -> Vec<VerdictScreen> {
        Outcome::ALL
            .into_iter()
            .map(|outcome| self.verdict(outcome))
            .collect()
    }

    fn verdict(&self, outcome: Outcome) -> VerdictScreen {
        VerdictScreen {
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
            reasons: if outcome == Outcome::Check {
                self.reasons.clone()
            } else {
                Vec::new()
            },
            template: true,
        }
    }
}
