//! A loaded expression: the tree that [`Expression::parse`] compiles and [`Expression::evaluate`] walks.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::compile;
use crate::error::{EvaluateError, Limits, Meter};
use crate::evaluate;
use crate::issue::Issue;

/// A valid `CertLogic` expression, ready to be evaluated any number of times.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    root: Node,
}

impl Expression {
    /// Loads an expression, or returns its faults in the order in which they stand.
    ///
    /// An expression nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH), with more parts than
    /// [`MAX_NODES`](crate::MAX_NODES) or with a string longer than [`MAX_STRING_BYTES`](crate::MAX_STRING_BYTES)
    /// is refused, and at most [`MAX_ISSUES`](crate::MAX_ISSUES) faults are returned.
    pub fn parse(expression: &Value) -> Result<Self, Vec<Issue>> {
        compile::compile(expression).map(|root| Self { root })
    }

    /// Loads an expression from JSON text of at most [`MAX_TEXT_BYTES`](crate::MAX_TEXT_BYTES).
    pub fn parse_text(text: &str) -> Result<Self, Vec<Issue>> {
        Self::parse(&compile::read_json(text).map_err(|issue| vec![issue])?)
    }

    /// The value of the expression on `data`; a date-time becomes text such as `2021-06-23T00:00:00.000Z`.
    pub fn evaluate(&self, data: &Value, limits: Limits) -> Result<Value, EvaluateError> {
        evaluate::evaluate(&self.root, data, limits)
    }

    /// Whether the value of the expression on `data` is truthy; an error where it is neither truthy nor falsy.
    pub fn holds(&self, data: &Value, limits: Limits) -> Result<bool, EvaluateError> {
        self.holds_within(data, &mut Meter::new(limits))
    }

    /// As [`Expression::holds`], but with a meter that several expressions share.
    pub(crate) fn holds_within(
        &self,
        data: &Value,
        meter: &mut Meter,
    ) -> Result<bool, EvaluateError> {
        evaluate::holds(&self.root, data, meter)
    }

    /// The expression as JSON, which [`Expression::parse`] reads back to an equal expression.
    pub fn to_json(&self) -> Value {
        self.root.to_json()
    }

    /// The paths of the data that the expression may read, such as `payload.doses`. What the function of a
    /// `reduce` reads of its items is not among them: the path of the list that it goes through stands for them.
    pub fn affected_fields(&self) -> BTreeSet<String> {
        let mut fields = BTreeSet::new();
        self.root.gather_fields(&mut fields);
        fields
    }
}

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// A boolean, integer or string, or a list of nothing but constants.
    Constant(Value),
    List(Box<[Node]>),
    Var(DataPath),
    If(Box<[Node; 3]>),
    And(Box<[Node]>),
    Not(Box<Node>),
    Equal(Box<[Node; 2]>),
    In(Box<[Node; 2]>),
    Plus(Box<[Node; 2]>),
    /// Two or three operands, all integers or all date-times.
    Compare(Comparison, Kind, Box<[Node]>),
    PlusTime(Box<Node>, i64, TimeUnit),
    DateOfBirth(Box<Node>),
    /// The list, the function and the initial value.
    Reduce(Box<[Node; 3]>),
    ExtractFromUvci(Box<Node>, i64),
}

/// How two things that have an order can stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What a comparison compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Integers,
    DateTimes,
}

/// The units of `plusTime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    Year,
    Month,
    Day,
    Hour,
}

impl TimeUnit {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Year, Self::Month, Self::Day, Self::Hour]
            .into_iter()
            .find(|unit| unit.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }
}

/// A path of `var`, split once; without fragments it means all of the data.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DataPath {
    pub(crate) fragments: Box<[Fragment]>,
}

/// A step of a path: the name of a member and, where it is written as one, the position in a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fragment {
    pub(crate) name: Box<str>,
    pub(crate) index: Option<usize>,
}

impl DataPath {
    /// Splits a path; `None` if one of its fragments is empty.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        if path.is_empty() {
            return Some(Self {
                fragments: Box::default(),
            });
        }
        let fragment = |name: &str| {
            let digits = name.bytes().all(|byte| byte.is_ascii_digit());
            let index = if digits { name.parse().ok() } else { None };
            (!name.is_empty()).then(|| Fragment {
                name: name.into(),
                index,
            })
        };
        Some(Self {
            fragments: path.split('.').map(fragment).collect::<Option<_>>()?,
        })
    }

    /// What stands at this path of some JSON. Most reads are of this kind, so they borrow all the way down.
    pub(crate) fn find<'v>(&self, data: &'v Value) -> Option<&'v Value> {
        self.fragments
            .iter()
            .try_fold(data, |value, fragment| match value {
                Value::Object(members) => members.get(&*fragment.name),
                Value::Array(items) => items.get(fragment.index?),
                _ => None,
            })
    }

    fn render(&self) -> String {
        self.fragments
            .iter()
            .map(|fragment| &*fragment.name)
            .collect::<Vec<_>>()
            .join(".")
    }
}

impl Node {
    /// The operation as it is written, or what else the node is.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Constant(_) => "literal",
            Self::List(_) => "list",
            Self::Var(_) => "var",
            Self::If(_) => "if",
            Self::And(_) => "and",
            Self::Not(_) => "!",
            Self::Equal(_) => "===",
            Self::In(_) => "in",
            Self::Plus(_) => "+",
            Self::Compare(comparison, kind, _) => comparison.name(*kind),
            Self::PlusTime(..) => "plusTime",
            Self::DateOfBirth(_) => "dccDateOfBirth",
            Self::Reduce(_) => "reduce",
            Self::ExtractFromUvci(..) => "extractFromUVCI",
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Constant(value) => value.clone(),
            Self::List(items) => list(items),
            Self::Var(path) => json!({"var": path.render()}),
            Self::And(operands) | Self::Compare(_, _, operands) => self.operation(list(operands)),
            Self::If(operands) | Self::Reduce(operands) => self.operation(list(&**operands)),
            Self::Equal(operands) | Self::In(operands) | Self::Plus(operands) => {
                self.operation(list(&**operands))
            }
            Self::Not(operand) | Self::DateOfBirth(operand) => {
                self.operation(json!([operand.to_json()]))
            }
            Self::PlusTime(operand, amount, unit) => {
                self.operation(json!([operand.to_json(), amount, unit.name()]))
            }
            Self::ExtractFromUvci(operand, index) => {
                self.operation(json!([operand.to_json(), index]))
            }
        }
    }

    fn operation(&self, operands: Value) -> Value {
        Value::Object([(self.name().to_owned(), operands)].into_iter().collect())
    }

    fn gather_fields(&self, fields: &mut BTreeSet<String>) {
        match self {
            Self::Constant(_) => {}
            Self::Var(path) => {
                fields.insert(path.render());
            }
            Self::List(nodes) | Self::And(nodes) | Self::Compare(_, _, nodes) => {
                gather(nodes, fields);
            }
            Self::If(nodes) => gather(&**nodes, fields),
            Self::Equal(nodes) | Self::In(nodes) | Self::Plus(nodes) => gather(&**nodes, fields),
            Self::Not(node) | Self::DateOfBirth(node) => node.gather_fields(fields),
            Self::PlusTime(node, _, _) | Self::ExtractFromUvci(node, _) => {
                node.gather_fields(fields);
            }
            Self::Reduce(nodes) => {
                let [items, _, initial] = &**nodes;
                items.gather_fields(fields);
                initial.gather_fields(fields);
            }
        }
    }
}

impl Comparison {
    pub(crate) fn name(self, kind: Kind) -> &'static str {
        match (kind, self) {
            (Kind::Integers, Self::Less) => "<",
            (Kind::Integers, Self::LessOrEqual) => "<=",
            (Kind::Integers, Self::Greater) => ">",
            (Kind::Integers, Self::GreaterOrEqual) => ">=",
            (Kind::DateTimes, Self::Less) => "before",
            (Kind::DateTimes, Self::LessOrEqual) => "not-after",
            (Kind::DateTimes, Self::Greater) => "after",
            (Kind::DateTimes, Self::GreaterOrEqual) => "not-before",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<(Self, Kind)> {
        let all = [
            Self::Less,
            Self::LessOrEqual,
            Self::Greater,
            Self::GreaterOrEqual,
        ];
        let pairs = all
            .into_iter()
            .flat_map(|comparison| [(comparison, Kind::Integers), (comparison, Kind::DateTimes)]);
        pairs
            .into_iter()
            .find(|(comparison, kind)| comparison.name(*kind) == name)
    }
}

fn list(nodes: &[Node]) -> Value {
    nodes.iter().map(Node::to_json).collect()
}

fn gather(nodes: &[Node], fields: &mut BTreeSet<String>) {
    for node in nodes {
        node.gather_fields(fields);
    }
}
