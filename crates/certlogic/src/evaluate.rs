//! Evaluation: the meaning of every operation, with each step counted.

use serde_json::Value;

use crate::error::{EvaluateError, EvaluateErrorKind, Limits, Meter};
use crate::expression::{Comparison, DataPath, Kind, Node, TimeUnit};
use crate::moment::Moment;
use crate::place::{PathPart, Place};
use crate::value::Val;

pub(crate) fn evaluate(root: &Node, data: &Value, limits: Limits) -> Result<Value, EvaluateError> {
    let mut meter = Meter::new(limits);
    let value = node(root, &Scope::Document(data), &mut meter).and_then(|value| {
        value
            .to_json(&mut meter, 0)
            .map_err(|kind| Fault::new(root.name(), kind))
    });
    value.map_err(Fault::into_error)
}

pub(crate) fn holds(root: &Node, data: &Value, meter: &mut Meter) -> Result<bool, EvaluateError> {
    let value = node(root, &Scope::Document(data), meter);
    value
        .and_then(|value| truth(&value, root.name()))
        .map_err(Fault::into_error)
}

/// What `var` reads.
enum Scope<'s, 'a> {
    Document(&'a Value),
    Fold {
        accumulator: &'s Val<'a>,
        current: &'s Val<'a>,
    },
}

/// An error on its way up. Each operation that it passes adds its steps of the place, last first, so that
/// evaluations without error do not keep track of places at all.
struct Fault(Box<FaultParts>);

struct FaultParts {
    place: Vec<PathPart>,
    operation: &'static str,
    kind: EvaluateErrorKind,
}

impl Fault {
    #[cold]
    fn new(operation: &'static str, kind: EvaluateErrorKind) -> Self {
        Self(Box::new(FaultParts {
            place: Vec::new(),
            operation,
            kind,
        }))
    }

    fn below(mut self, operation: &'static str, index: usize) -> Self {
        let parts = [PathPart::Index(index), PathPart::Key(operation)];
        self.0.place.extend(parts);
        self
    }

    fn within_list(mut self, index: usize) -> Self {
        self.0.place.push(PathPart::Index(index));
        self
    }

    fn into_error(self) -> EvaluateError {
        let FaultParts {
            mut place,
            operation,
            kind,
        } = *self.0;
        place.reverse();
        EvaluateError {
            place: Place(place),
            operation,
            kind,
        }
    }
}

type Evaluated<'a> = Result<Val<'a>, Fault>;

/// The value of a part. Leaves, which are most parts, are dealt with here, without the frame of an operation.
#[inline]
fn node<'a>(of: &'a Node, scope: &Scope<'_, 'a>, meter: &mut Meter) -> Evaluated<'a> {
    if let Err(kind) = meter.take(1) {
        return Err(Fault::new(of.name(), kind));
    }
    match of {
        Node::Constant(value) => Ok(value.into()),
        Node::Var(path) => read(path, scope).map_err(|kind| Fault::new("var", kind)),
        _ => operation(of, scope, meter),
    }
}

fn operation<'a>(of: &'a Node, scope: &Scope<'_, 'a>, meter: &mut Meter) -> Evaluated<'a> {
    let name = of.name();
    let operand = |meter: &mut Meter, index: usize, operand: &'a Node| {
        node(operand, scope, meter).map_err(|fault| fault.below(name, index))
    };
    match of {
        Node::Constant(_) | Node::Var(_) => node(of, scope, meter),
        Node::List(items) => list(items, scope, meter),
        Node::If(operands) => {
            let [guard, then, otherwise] = &**operands;
            let guard = operand(meter, 0, guard)?;
            if truth(&guard, name)? {
                operand(meter, 1, then)
            } else {
                operand(meter, 2, otherwise)
            }
        }
        Node::And(operands) => and(operands, scope, meter),
        Node::Not(negated) => {
            let value = operand(meter, 0, negated)?;
            Ok(Val::Bool(!truth(&value, name)?))
        }
        Node::Equal(operands) => {
            let (left, right) = (
                operand(meter, 0, &operands[0])?,
                operand(meter, 1, &operands[1])?,
            );
            left.same(&right, meter, 0)
                .map(Val::Bool)
                .map_err(|kind| Fault::new(name, kind))
        }
        Node::In(operands) => {
            let (wanted, list) = (
                operand(meter, 0, &operands[0])?,
                operand(meter, 1, &operands[1])?,
            );
            is_in(&wanted, &list, meter).map_err(|kind| Fault::new(name, kind))
        }
        Node::Plus(operands) => {
            let (left, right) = (
                operand(meter, 0, &operands[0])?,
                operand(meter, 1, &operands[1])?,
            );
            plus(&left, &right).map_err(|kind| Fault::new(name, kind))
        }
        Node::Compare(comparison, kind, operands) => {
            let operand = |index: usize, node: &'a Node| operand(meter, index, node);
            match kind {
                Kind::Integers => in_order(*comparison, name, operands, operand, to_integer),
                Kind::DateTimes => in_order(*comparison, name, operands, operand, to_moment),
            }
        }
        Node::PlusTime(date, amount, unit) => {
            let date = operand(meter, 0, date)?;
            plus_time(&date, *amount, *unit, meter).map_err(|kind| Fault::new(name, kind))
        }
        Node::DateOfBirth(date) => {
            let date = operand(meter, 0, date)?;
            date_of_birth(&date, meter).map_err(|kind| Fault::new(name, kind))
        }
        Node::Reduce(operands) => reduce(operands, scope, meter),
        Node::ExtractFromUvci(uvci, index) => {
            let uvci = operand(meter, 0, uvci)?;
            extract_from_uvci(&uvci, *index, meter).map_err(|kind| Fault::new(name, kind))
        }
    }
}

fn truth(value: &Val<'_>, operation: &'static str) -> Result<bool, Fault> {
    let neither = || {
        Fault::new(
            operation,
            EvaluateErrorKind::NeitherTruthyNorFalsy(value.kind()),
        )
    };
    value.truth().ok_or_else(neither)
}

fn list<'a>(items: &'a [Node], scope: &Scope<'_, 'a>, meter: &mut Meter) -> Evaluated<'a> {
    let mut values = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        values.push(node(item, scope, meter).map_err(|fault| fault.within_list(index))?);
    }
    Val::list(values).map_err(|kind| Fault::new("list", kind))
}

fn read<'a>(path: &DataPath, scope: &Scope<'_, 'a>) -> Result<Val<'a>, EvaluateErrorKind> {
    let (accumulator, current) = match scope {
        Scope::Document(data) => return Ok(path.find(data).map_or(Val::Null, Val::from)),
        Scope::Fold {
            accumulator,
            current,
        } => (*accumulator, *current),
    };
    let [first, rest @ ..] = &*path.fragments else {
        return Val::fold(accumulator.clone(), current.clone());
    };
    let start = match &*first.name {
        "accumulator" => accumulator.clone(),
        "current" => current.clone(),
        _ => return Ok(Val::Null),
    };
    Ok(rest
        .iter()
        .fold(start, |value, fragment| value.step(fragment)))
}

/// The first falsy operand, or the last one; those behind it are not evaluated.
fn and<'a>(operands: &'a [Node], scope: &Scope<'_, 'a>, meter: &mut Meter) -> Evaluated<'a> {
    let mut value = Val::Bool(true);
    for (index, operand) in operands.iter().enumerate() {
        value = node(operand, scope, meter).map_err(|fault| fault.below("and", index))?;
        if !truth(&value, "and")? {
            break;
        }
    }
    Ok(value)
}

fn is_in<'a>(
    wanted: &Val<'a>,
    list: &Val<'a>,
    meter: &mut Meter,
) -> Result<Val<'a>, EvaluateErrorKind> {
    let length = list
        .list_len()
        .ok_or(EvaluateErrorKind::NotAList(list.kind()))?;
    for index in 0..length {
        if list.item(index).same(wanted, meter, 0)? {
            return Ok(Val::Bool(true));
        }
    }
    Ok(Val::Bool(false))
}

fn plus<'a>(left: &Val<'a>, right: &Val<'a>) -> Result<Val<'a>, EvaluateErrorKind> {
    let sum = to_integer(left)?.checked_add(to_integer(right)?);
    sum.map(Val::Int).ok_or(EvaluateErrorKind::IntegerOverflow)
}

fn to_integer(value: &Val<'_>) -> Result<i64, EvaluateErrorKind> {
    value
        .as_integer()
        .ok_or(EvaluateErrorKind::NotAnInteger(value.kind()))
}

fn to_moment(value: &Val<'_>) -> Result<Moment, EvaluateErrorKind> {
    if let Val::Time(moment) = value {
        Ok(*moment)
    } else {
        Err(EvaluateErrorKind::NotADateTime(value.kind()))
    }
}

fn to_text<'a>(value: &Val<'a>, meter: &mut Meter) -> Result<&'a str, EvaluateErrorKind> {
    let Val::Text(text) = value else {
        return Err(EvaluateErrorKind::NotAString(value.kind()));
    };
    meter.take_text(text)?;
    Ok(text)
}

/// Whether each operand stands as demanded to the next; all must be of the right kind, whatever the first two say.
fn in_order<'a, T: Copy + Ord>(
    comparison: Comparison,
    name: &'static str,
    operands: &'a [Node],
    mut operand: impl FnMut(usize, &'a Node) -> Evaluated<'a>,
    read: impl Fn(&Val<'a>) -> Result<T, EvaluateErrorKind>,
) -> Evaluated<'a> {
    let (mut before, mut ordered) = (None, true);
    for (index, node) in operands.iter().enumerate() {
        let value = read(&operand(index, node)?).map_err(|kind| Fault::new(name, kind))?;
        ordered &= before.is_none_or(|before: T| match comparison {
            Comparison::Less => before < value,
            Comparison::LessOrEqual => before <= value,
            Comparison::Greater => before > value,
            Comparison::GreaterOrEqual => before >= value,
        });
        before = Some(value);
    }
    Ok(Val::Bool(ordered))
}

fn plus_time<'a>(
    date: &Val<'a>,
    amount: i64,
    unit: TimeUnit,
    meter: &mut Meter,
) -> Result<Val<'a>, EvaluateErrorKind> {
    let text = to_text(date, meter)?;
    let moment = Moment::parse(text).ok_or(EvaluateErrorKind::DateTimeFormat)?;
    moment
        .plus(amount, unit)
        .map(Val::Time)
        .ok_or(EvaluateErrorKind::DateTimeOutOfRange)
}

fn date_of_birth<'a>(date: &Val<'a>, meter: &mut Meter) -> Result<Val<'a>, EvaluateErrorKind> {
    let text = to_text(date, meter)?;
    Moment::parse_date_of_birth(text)
        .map(Val::Time)
        .ok_or(EvaluateErrorKind::DateTimeFormat)
}

/// Folds a list from the left; `null` counts as an empty list.
fn reduce<'a>(operands: &'a [Node; 3], scope: &Scope<'_, 'a>, meter: &mut Meter) -> Evaluated<'a> {
    let [items, function, initial] = operands;
    let items = node(items, scope, meter).map_err(|fault| fault.below("reduce", 0))?;
    let length = match items {
        Val::Null => 0,
        _ => items
            .list_len()
            .ok_or_else(|| Fault::new("reduce", EvaluateErrorKind::NotAList(items.kind())))?,
    };
    let mut accumulator = node(initial, scope, meter).map_err(|fault| fault.below("reduce", 2))?;
    for index in 0..length {
        let current = items.item(index);
        let inner = Scope::Fold {
            accumulator: &accumulator,
            current: &current,
        };
        accumulator = node(function, &inner, meter).map_err(|fault| fault.below("reduce", 1))?;
    }
    Ok(accumulator)
}

/// The fragment at `index` of a certificate's identifier, split at `/`, `#` and `:` behind an optional prefix.
fn extract_from_uvci<'a>(
    uvci: &Val<'a>,
    index: i64,
    meter: &mut Meter,
) -> Result<Val<'a>, EvaluateErrorKind> {
    if matches!(uvci, Val::Null) {
        return Ok(Val::Null);
    }
    let text = to_text(uvci, meter)?;
    let fragments = text.strip_prefix("URN:UVCI:").unwrap_or(text);
    let fragment = usize::try_from(index)
        .ok()
        .and_then(|index| fragments.split(['/', '#', ':']).nth(index));
    Ok(fragment.map_or(Val::Null, Val::Text))
}
