//! What a door answers: three outcomes, their reasons, and the figures that belong to them.

use crate::time::Time;
use serde::{Deserialize, Serialize};

/// The answer of a door. There are three, never two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// BOLEH MASUK: the visit is recorded.
    Admit,
    /// PERIKSA: an officer looks at something named; a place is held for two minutes.
    Check,
    /// BELUM BOLEH: with the reason and the next step.
    Refuse,
}

/// Whether a limit belongs to the room or to the whole venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The room behind the gate.
    Room,
    /// All rooms of the venue together.
    Venue,
}

/// Why a verdict is what it is. Turned into words at the edge, in the reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// The status of a member of the party decided: position in the party (0 is the visitor), and
    /// the entry of the rule set.
    Status {
        /// Position in the party, 0 for the visitor who scanned.
        member: u8,
        /// Entry of the rule set; `None` where no condition held.
        entry: Option<u8>,
    },
    /// A child without a dose takes the verdict of the green adult it comes with.
    WithAdult {
        /// Position in the party.
        member: u8,
    },
    /// The place is closed now.
    Closed {
        /// When it opens next, if known.
        opens: Option<Time>,
    },
    /// Nobody more fits in now.
    Full {
        /// Which limit.
        scope: Scope,
    },
    /// The visitors of the day are used up.
    QuotaReached {
        /// Which limit.
        scope: Scope,
        /// When the next quota's day begins with opening, if known.
        opens: Option<Time>,
    },
    /// The visitor is in this room already; nothing was counted again.
    AlreadyInside,
    /// The visitor left by this scan.
    CheckedOut,
    /// An officer let the visitor in against the rules, by name and with a reason.
    Overridden,
    /// An officer ended the check with yes.
    CheckPassed,
    /// An officer ended the check with no.
    CheckFailed,
    /// Somebody without a credential was entered by hand.
    EnteredByHand,
}

impl Reason {
    /// The stable code that the API shows.
    pub fn code(self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::WithAdult { .. } => "with_adult",
            Self::Closed { .. } => "closed",
            Self::Full { .. } => "full",
            Self::QuotaReached { .. } => "quota_reached",
            Self::AlreadyInside => "already_inside",
            Self::CheckedOut => "checked_out",
            Self::Overridden => "overridden",
            Self::CheckPassed => "check_passed",
            Self::CheckFailed => "check_failed",
            Self::EnteredByHand => "entered_by_hand",
        }
    }
}

/// Figures of the limit that is nearer to being reached. `None` where there is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// People inside now, held places included.
    pub inside: u32,
    /// Most people allowed inside.
    pub capacity: Option<u32>,
    /// Visitors of the local day so far.
    pub today: u32,
    /// Most visitors a day.
    pub quota: Option<u32>,
}

/// How somebody came through a gate, which says how sure the visit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// A device at the gate scanned the credential.
    Device,
    /// The visitor's phone read the code of the minute on the gate's screen.
    Screen,
    /// The visitor's phone read the poster; nobody saw it.
    Poster,
    /// The officer typed in what the visitor said.
    Manual,
    /// Handed in later by a gate that was offline.
    Offline,
}

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// By the visitor, by scan or button.
    Visitor,
    /// By an officer at the gate.
    Officer,
    /// Imputed: the visitor checked in elsewhere.
    Elsewhere,
    /// The visitor went on to another room of the venue.
    Moved,
    /// Imputed: the place closed.
    Closing,
    /// Imputed: the longest stay was over.
    LongestStay,
    /// A check that nobody ended within two minutes; there was no visit.
    HoldLapsed,
    /// A check that an officer ended with no; there was no visit.
    HoldRefused,
    /// Set by a manager afterwards.
    Corrected,
}

impl Exit {
    /// Whether the time of the exit is an assumption.
    pub fn is_imputed(self) -> bool {
        matches!(self, Self::Elsewhere | Self::Closing | Self::LongestStay)
    }
}
