//! The verdict as people see it: one look from three metres.
//!
//! The page of a visitor and the templates of a gate's screen render the same partial, `templates/part/verdict.html`.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::words::Words;

/// Which of the three screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Green, tick, plain border.
    Admit,
    /// Red, cross, striped bands.
    Refuse,
    /// Amber, hand, dashed border.
    Check,
}

impl Outcome {
    /// All three, in the order in which a gate's screen keeps them ready.
    pub const ALL: [Self; 3] = [Self::Admit, Self::Refuse, Self::Check];

    /// The name in code, styles and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Refuse => "refuse",
            Self::Check => "check",
        }
    }

    /// The words that fill the screen.
    #[must_use]
    pub const fn words(self, w: Words) -> &'static str {
        match self {
            Self::Admit => w.common_verdict_admit(),
            Self::Refuse => w.common_verdict_refuse(),
            Self::Check => w.common_verdict_check(),
        }
    }
}

/// What to do now: a place, a time, a distance.
#[derive(Clone, Debug, Default)]
pub struct NextStep {
    /// The step itself, in bold.
    pub what: String,
    /// Where, until when, how far.
    pub details: String,
    /// Where to read on, if anywhere.
    pub href: Option<String>,
}

impl NextStep {
    /// The step and its details, for a reader who sees no panel.
    #[must_use]
    pub fn in_one_line(&self) -> String {
        match (self.what.as_str(), self.details.as_str()) {
            (what, "") => what.to_owned(),
            ("", details) => details.to_owned(),
            (what, details) => format!("{}. {details}", what.trim_end_matches('.')),
        }
    }
}

/// What an officer may do about a verdict, on the gate's own device.
#[derive(Clone, Debug, Default)]
pub struct ForOfficer {
    /// Where the answer to a check goes; empty where a script knows.
    pub action: String,
    /// The token of the session's forms.
    pub csrf: String,
    /// The id by which the answer is recognised when it is sent again.
    pub request: String,
    /// Where a refusal is overridden by name; empty where a script knows.
    pub by_name: String,
    /// What follows the waiting screen's address, so that it comes back as it was; empty where a script knows.
    pub back: String,
    /// Why the last answer could not be taken; empty when it could.
    pub fault: String,
}

/// Yes or no, with the usual reasons for it.
pub struct Choice {
    /// What it makes of a check.
    pub outcome: Outcome,
    /// What the button says.
    pub label: &'static str,
    /// Whole sentences; the one that is chosen is kept.
    pub reasons: [&'static str; 4],
}

impl ForOfficer {
    /// How an officer may end a check.
    #[must_use]
    pub const fn choices(w: Words) -> [Choice; 2] {
        [
            Choice {
                outcome: Outcome::Admit,
                label: w.gate_check_admit(),
                reasons: [
                    w.gate_why_admit_paper(),
                    w.gate_why_admit_doctor(),
                    w.gate_why_admit_identity(),
                    w.gate_why_admit_emergency(),
                ],
            },
            Choice {
                outcome: Outcome::Refuse,
                label: w.gate_check_refuse(),
                reasons: [
                    w.gate_why_refuse_nothing(),
                    w.gate_why_refuse_other_person(),
                    w.gate_why_refuse_ill(),
                    w.gate_why_refuse_withdrew(),
                ],
            },
        ]
    }
}

/// The whole screen. Empty texts leave their places out, or ready to be filled on a gate's screen.
#[derive(Clone, Template)]
#[template(path = "part/verdict.html")]
pub struct VerdictScreen {
    /// The words of the reader.
    pub w: Words,
    /// Which of the three.
    pub outcome: Outcome,
    /// The place, and the door of it.
    pub place: String,
    /// The door.
    pub door: String,
    /// One line.
    pub reason: String,
    /// What to do now.
    pub next: Option<NextStep>,
    /// Initials only; the name never stands on a door's screen.
    pub initials: String,
    /// The minute's word.
    pub word: String,
    /// The hour of the decision, as `14.03.12`.
    pub clock: String,
    /// Minutes from UTC at the place, for a clock that runs.
    pub offset_minutes: i32,
    /// What an officer may do about it; only the gate's own device offers that.
    pub officer: Option<ForOfficer>,
    /// Whether this is a gate's template, whose empty places are filled later.
    pub template: bool,
}

/// The template escapes what it is given.
impl HtmlSafe for VerdictScreen {}
