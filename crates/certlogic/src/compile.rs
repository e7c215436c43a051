//! Loading: the checks of the reference validator, caps on size, and the tree in one pass.

use serde_json::Value;

use crate::expression::{Comparison, DataPath, Node, TimeUnit};
use crate::issue::{Issue, IssueKind};
use crate::place::{PathPart, Place};
use crate::value::integer;

/// How deep operations and lists of an expression may be nested.
pub const MAX_DEPTH: usize = 64;
/// How many operations, lists and literals an expression may have.
pub const MAX_NODES: usize = 10_000;
/// How long a string or path of an expression may be, in bytes of UTF-8.
pub const MAX_STRING_BYTES: usize = 1_024;
/// How long the text of an expression may be, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 256 * 1024;
/// How many faults of one expression are reported.
pub const MAX_ISSUES: usize = 100;

/// Text as JSON, with its length capped; `serde_json` itself refuses text nested deeper than 128.
pub(crate) fn read_json(text: &str) -> Result<Value, Issue> {
    let issue = |kind, message| Issue {
        path: Place::default(),
        kind,
        message,
    };
    if text.len() > MAX_TEXT_BYTES {
        let message = format!(
            "the text has {} bytes, which is more than {MAX_TEXT_BYTES}",
            text.len()
        );
        return Err(issue(IssueKind::TextTooLong, message));
    }
    serde_json::from_str(text)
        .map_err(|error| issue(IssueKind::NotJson, format!("the text is not JSON: {error}")))
}

pub(crate) fn compile(expression: &Value) -> Result<Node, Vec<Issue>> {
    let mut compiler = Compiler {
        issues: Vec::new(),
        place: Vec::new(),
        depth: 0,
        nodes: 0,
    };
    match compiler.expression(expression) {
        Some(node) if compiler.issues.is_empty() => Ok(node),
        _ => Err(compiler.issues),
    }
}

/// Walks an expression. A method returns `None` once it has reported what is wrong with its part, and goes on to
/// the parts beside it, so that all faults are found at once.
struct Compiler {
    issues: Vec<Issue>,
    place: Vec<PathPart>,
    depth: usize,
    nodes: usize,
}

impl Compiler {
    fn expression(&mut self, expression: &Value) -> Option<Node> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            // Reported once; whatever follows is not looked at any more.
            if self.nodes > MAX_NODES + 1 {
                return None;
            }
            return self.report(
                IssueKind::TooManyNodes,
                format!("the expression has more than {MAX_NODES} parts"),
            );
        }
        match expression {
            Value::Null => self.report(
                IssueKind::NullLiteral,
                "invalid CertLogic expression".to_owned(),
            ),
            Value::Bool(_) => Some(Node::Constant(expression.clone())),
            Value::String(text) => self.short(text).then(|| Node::Constant(expression.clone())),
            Value::Number(number) => match integer(number) {
                Some(integer) => Some(Node::Constant(integer.into())),
                None if number.as_f64().is_some_and(|float| float.fract() == 0.0) => self.report(
                    IssueKind::IntegerTooLarge,
                    format!("{number} is beyond 64-bit integers"),
                ),
                None => self.report(
                    IssueKind::NonIntegerNumber,
                    format!("{number} is a non-integer number"),
                ),
            },
            Value::Array(items) => self.nested(|this| this.list(items)),
            Value::Object(members) => self.nested(|this| {
                let mut entries = members.iter();
                if let (Some((name, operands)), None) = (entries.next(), entries.next()) {
                    return this.operation(name, operands);
                }
                let message = "expression object must have exactly one key, but it has";
                this.report(IssueKind::NotOneKey, format!("{message} {}", members.len()))
            }),
        }
    }

    fn list(&mut self, items: &[Value]) -> Option<Node> {
        let mut nodes = Vec::new();
        for (index, item) in items.iter().enumerate() {
            nodes.push(self.at(&[PathPart::Index(index)], |this| this.expression(item)));
        }
        let nodes = nodes.into_iter().collect::<Option<Vec<_>>>()?;
        let constants = nodes.iter().map(|node| match node {
            Node::Constant(value) => Some(value.clone()),
            _ => None,
        });
        Some(
            constants
                .collect::<Option<Vec<_>>>()
                .map_or(Node::List(nodes.into()), |all| Node::Constant(all.into())),
        )
    }

    fn operation(&mut self, name: &str, operands: &Value) -> Option<Node> {
        if name == "var" {
            return self.var(operands);
        }
        let Value::Array(operands) = operands else {
            let message = r#"operation not of the form { "<operator>": [ <values...> ] }"#;
            return self.report(IssueKind::NotAnOperation, message.to_owned());
        };
        if let Some((comparison, kind)) = Comparison::parse(name) {
            let operands = self.compared(comparison.name(kind), operands)?;
            return Some(Node::Compare(comparison, kind, operands.into()));
        }
        match name {
            "if" => self.three("if", "an", operands).map(Node::If),
            "reduce" => self.three("reduce", "a", operands).map(Node::Reduce),
            "and" => self.and(operands),
            "===" => self.two("===", operands).map(Node::Equal),
            "in" => self.two("in", operands).map(Node::In),
            "+" => self.two("+", operands).map(Node::Plus),
            "!" => self.not(operands),
            "plusTime" => self.plus_time(operands),
            "dccDateOfBirth" => self.date_of_birth(operands),
            "extractFromUVCI" => self.extract_from_uvci(operands),
            _ => self.report(
                IssueKind::UnknownOperation,
                format!("unrecognised operator: \"{}\"", brief(name)),
            ),
        }
    }

    fn var(&mut self, path: &Value) -> Option<Node> {
        let Value::String(path) = path else {
            return self.report(
                IssueKind::VarNotAString,
                r#"not of the form { "var": "<path>" }"#.to_owned(),
            );
        };
        if !self.short(path) {
            return None;
        }
        let parsed = DataPath::parse(path).map(Node::Var);
        parsed.or_else(|| {
            let message = format!(
                "data access path doesn't have a valid format: {}",
                brief(path)
            );
            self.report(IssueKind::VarPathFormat, message)
        })
    }

    fn and(&mut self, operands: &[Value]) -> Option<Node> {
        let fits = operands.len() >= 2;
        if !fits {
            self.miscounted(
                r#"an "and" operation must have at least 2 operands"#,
                operands,
            );
        }
        let nodes = self.operands("and", operands);
        fits.then_some(Node::And(nodes?.into()))
    }

    fn compared(&mut self, name: &'static str, operands: &[Value]) -> Option<Vec<Node>> {
        let fits = matches!(operands.len(), 2 | 3);
        if !fits {
            self.miscounted(
                &format!(r#"an operation with operator "{name}" must have 2 or 3 operands"#),
                operands,
            );
        }
        let nodes = self.operands(name, &operands[..operands.len().min(3)]);
        if fits { nodes } else { None }
    }

    fn two(&mut self, name: &'static str, operands: &[Value]) -> Option<Box<[Node; 2]>> {
        if operands.len() != 2 {
            self.miscounted(
                &format!(r#"an operation with operator "{name}" must have 2 operands"#),
                operands,
            );
        }
        let nodes = self.operands(name, &operands[..operands.len().min(2)])?;
        nodes.into_boxed_slice().try_into().ok()
    }

    fn three(
        &mut self,
        name: &'static str,
        article: &str,
        operands: &[Value],
    ) -> Option<Box<[Node; 3]>> {
        self.exactly(3, name, article, operands);
        let nodes = self.operands(name, &operands[..operands.len().min(3)])?;
        nodes.into_boxed_slice().try_into().ok()
    }

    fn not(&mut self, operands: &[Value]) -> Option<Node> {
        let [operand] = operands else {
            self.miscounted(
                "a !-operation (logical not/negation) must have exactly 1 operand",
                operands,
            );
            return None;
        };
        self.operand("!", operand)
            .map(|node| Node::Not(Box::new(node)))
    }

    fn plus_time(&mut self, operands: &[Value]) -> Option<Node> {
        let fits = self.exactly(3, "plusTime", "a", operands);
        let date = operands
            .first()
            .and_then(|operand| self.operand("plusTime", operand));
        let amount = operands.get(1).and_then(|amount| {
            let kind = IssueKind::AmountNotAnInteger;
            self.constant(
                kind,
                amount,
                as_integer,
                r#""amount" argument (#2) of "plusTime" must be an integer"#,
            )
        });
        let unit = operands.get(2).and_then(|unit| {
            let rule = r#""unit" argument (#3) of "plusTime" must be a string equal to one of year, month, day, hour"#;
            self.constant(IssueKind::UnknownUnit, unit, |unit| unit.as_str().and_then(TimeUnit::parse), rule)
        });
        let node = Node::PlusTime(Box::new(date?), amount?, unit?);
        fits.then_some(node)
    }

    fn date_of_birth(&mut self, operands: &[Value]) -> Option<Node> {
        let fits = operands.len() == 1;
        if !fits {
            self.miscounted(
                r#"a "dccDateOfBirth"-operation must have exactly 1 value/operand"#,
                operands,
            );
        }
        let date = operands
            .first()
            .and_then(|operand| self.operand("dccDateOfBirth", operand))?;
        fits.then(|| Node::DateOfBirth(Box::new(date)))
    }

    fn extract_from_uvci(&mut self, operands: &[Value]) -> Option<Node> {
        let fits = self.exactly(2, "extractFromUVCI", "an", operands);
        let uvci = operands
            .first()
            .and_then(|operand| self.operand("extractFromUVCI", operand));
        let index = operands.get(1).and_then(|index| {
            let rule = r#""index" argument (#2) of "extractFromUVCI" must be an integer"#;
            self.constant(IssueKind::IndexNotAnInteger, index, as_integer, rule)
        });
        let node = Node::ExtractFromUvci(Box::new(uvci?), index?);
        fits.then_some(node)
    }

    /// An operand that must be a constant. The reference validator places its fault at the operation, so we do.
    fn constant<T>(
        &mut self,
        kind: IssueKind,
        operand: &Value,
        read: impl FnOnce(&Value) -> Option<T>,
        rule: &str,
    ) -> Option<T> {
        read(operand).or_else(|| {
            let found = operand
                .as_str()
                .map_or_else(|| brief(&operand.to_string()), brief);
            self.report(kind, format!("{rule}, but it is: {found}"))
        })
    }

    fn operand(&mut self, name: &'static str, operand: &Value) -> Option<Node> {
        self.at(&[PathPart::Key(name), PathPart::Index(0)], |this| {
            this.expression(operand)
        })
    }

    fn operands(&mut self, name: &'static str, operands: &[Value]) -> Option<Vec<Node>> {
        let mut nodes = Vec::new();
        for (index, operand) in operands.iter().enumerate() {
            nodes.push(
                self.at(&[PathPart::Key(name), PathPart::Index(index)], |this| {
                    this.expression(operand)
                }),
            );
        }
        nodes.into_iter().collect()
    }

    fn at<T>(&mut self, parts: &[PathPart], walk: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.place.len();
        self.place.extend_from_slice(parts);
        let result = walk(self);
        self.place.truncate(length);
        result
    }

    fn nested(&mut self, walk: impl FnOnce(&mut Self) -> Option<Node>) -> Option<Node> {
        if self.depth == MAX_DEPTH {
            return self.report(
                IssueKind::TooDeep,
                format!("the expression is nested deeper than {MAX_DEPTH}"),
            );
        }
        self.depth += 1;
        let node = walk(self);
        self.depth -= 1;
        node
    }

    fn short(&mut self, text: &str) -> bool {
        let short = text.len() <= MAX_STRING_BYTES;
        if !short {
            let message = format!(
                "the string has {} bytes, which is more than {MAX_STRING_BYTES}",
                text.len()
            );
            self.report::<()>(IssueKind::StringTooLong, message);
        }
        short
    }

    fn exactly(&mut self, count: usize, name: &str, article: &str, operands: &[Value]) -> bool {
        let fits = operands.len() == count;
        if !fits {
            self.miscounted(
                &format!(
                    r#"{article} "{name}"-operation must have exactly {count} values/operands"#
                ),
                operands,
            );
        }
        fits
    }

    fn miscounted(&mut self, rule: &str, operands: &[Value]) {
        self.report::<()>(
            IssueKind::WrongNumberOfOperands,
            format!("{rule}, but it has {}", operands.len()),
        );
    }

    fn report<T>(&mut self, kind: IssueKind, message: String) -> Option<T> {
        if self.issues.len() < MAX_ISSUES {
            self.issues.push(Issue {
                path: Place(self.place.clone()),
                kind,
                message,
            });
        }
        None
    }
}

fn as_integer(value: &Value) -> Option<i64> {
    value.as_number().and_then(integer)
}

/// What a message repeats of an expression: its first 80 characters.
fn brief(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
