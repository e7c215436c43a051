//! The colour of a person and the facts it is computed from.

use crate::ids::RulesId;
use crate::person::BirthDate;
use crate::verdict::Verdict;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A health status as people see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// Everything asked for is there.
    Green,
    /// Something is missing that the place may accept.
    Yellow,
    /// Something asked for is missing.
    Red,
    /// Infected, or in close contact with somebody who is.
    Black,
    /// No condition of the rule set holds, or one could not be evaluated.
    None,
}

impl Colour {
    /// Every colour, in the order of tables.
    pub const ALL: [Self; 5] = [
        Self::Green,
        Self::Yellow,
        Self::Red,
        Self::Black,
        Self::None,
    ];

    /// The name that API and rule sets use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
            Self::Black => "black",
            Self::None => "none",
        }
    }

    /// The colour with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.name() == name)
    }
}

/// A recorded vaccination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dose {
    /// Local day of the dose.
    pub date: Date,
    /// Product code as in the catalogue of vaccines, for example `CoronaVac`.
    pub product: String,
    /// Number of this dose in the person's series, from 1.
    pub number: u8,
    /// Batch, if known.
    pub batch: Option<String>,
}

/// How a specimen was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TestKind {
    /// Nucleic acid amplification.
    Pcr,
    /// Rapid antigen test.
    Antigen,
}

/// A recorded test result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// Local day of the specimen.
    pub date: Date,
    /// How it was tested.
    pub kind: TestKind,
    /// Whether the infection was found.
    pub positive: bool,
}

/// Everything about a person that a status depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The person's birth date, if known.
    pub birth_date: Option<BirthDate>,
    /// Doses, oldest first.
    pub doses: Vec<Dose>,
    /// Test results, oldest first.
    pub tests: Vec<TestResult>,
    /// Days of close contact with a case, oldest first.
    pub contacts: Vec<Date>,
    /// Whether a medical exemption from vaccination is on record.
    pub exempt: bool,
    /// Counts the changes to these facts, from 1.
    pub version: u32,
}

/// A computed status: the colour, why, and by which rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The colour.
    pub colour: Colour,
    /// Index of the rule set's entry that decided; `None` where no condition held.
    pub entry: Option<u8>,
    /// The rule set and version.
    pub rules: RulesId,
    /// The version of the facts.
    pub facts_version: u32,
}

/// What each colour means at a kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// For a green visitor.
    pub green: Verdict,
    /// For a yellow visitor.
    pub yellow: Verdict,
    /// For a red visitor.
    pub red: Verdict,
    /// For a black visitor.
    pub black: Verdict,
    /// For a visitor without a status.
    pub none: Verdict,
}

impl Admission {
    /// The verdict that a colour leads to.
    pub fn of(self, colour: Colour) -> Verdict {
        match colour {
            Colour::Green => self.green,
            Colour::Yellow => self.yellow,
            Colour::Red => self.red,
            Colour::Black => self.black,
            Colour::None => self.none,
        }
    }
}
