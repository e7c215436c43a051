//! Laws that hold for every expression and all data.

use certlogic::{EvaluateErrorKind, Expression, Limits};
use proptest::prelude::*;
use serde_json::{Value, json};

const OPERATIONS: [&str; 18] = [
    "var",
    "if",
    "and",
    "===",
    "in",
    "+",
    "!",
    "<",
    "<=",
    ">",
    ">=",
    "after",
    "before",
    "not-after",
    "not-before",
    "plusTime",
    "reduce",
    "unknown",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-c]{1,2}(\\.[a-c0-2]){0,2}",
        "(accumulator|current)(\\.[0-2])?",
        "20[0-2][0-9](-0[1-9](-[0-3][0-9](T[0-2]0:00:00(\\.[0-9]{1,5})?(Z|\\+0[0-9]:30)?)?)?)?",
        "\\PC{0,5}",
    ]
}

/// JSON of every kind, with strings that look like paths and dates.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 4, |inner| {
        let keys = prop_oneof![
            "[a-c]",
            proptest::sample::select(&OPERATIONS[..]).prop_map(str::to_owned)
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(keys, inner, 0..3)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Expressions that are valid by construction.
fn valid_expression() -> impl Strategy<Value = Value> {
    let path = prop_oneof![
        Just(""),
        Just("a"),
        Just("a.0"),
        Just("b.c"),
        Just("current"),
        Just("accumulator.1")
    ];
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-3_i64..400).prop_map(Value::from),
        text().prop_map(Value::from),
        path.prop_map(|path| json!({"var": path})),
    ];
    leaf.prop_recursive(5, 64, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..4);
        let two = prop::collection::vec(inner.clone(), 2..=2);
        let two_or_three = prop::collection::vec(inner.clone(), 2..=3);
        let three = prop::collection::vec(inner.clone(), 3..=3);
        let pair = proptest::sample::select(&["===", "in", "+"][..]);
        let comparison = proptest::sample::select(&OPERATIONS[7..15]);
        let unit = proptest::sample::select(&["year", "month", "day", "hour"][..]);
        let (date, born, uvci, not) = (inner.clone(), inner.clone(), inner.clone(), inner);
        prop_oneof![
            list.prop_map(Value::from),
            (pair, two).prop_map(|(name, operands)| json!({ name: operands })),
            (comparison, two_or_three.clone())
                .prop_map(|(name, operands)| json!({ name: operands })),
            two_or_three.prop_map(|operands| json!({"and": operands})),
            three.clone().prop_map(|operands| json!({"if": operands})),
            three.prop_map(|operands| json!({"reduce": operands})),
            not.prop_map(|operand| json!({"!": [operand]})),
            born.prop_map(|operand| json!({"dccDateOfBirth": [operand]})),
            (date, any::<i64>(), unit)
                .prop_map(|(date, amount, unit)| json!({"plusTime": [date, amount, unit]})),
            (uvci, -1_i64..4).prop_map(|(uvci, index)| json!({"extractFromUVCI": [uvci, index]})),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_loaded_or_refused_with_places_that_exist(json in any_json()) {
        match Expression::parse(&json) {
            Ok(expression) => prop_assert_eq!(Expression::parse(&expression.to_json()), Ok(expression)),
            Err(issues) => {
                prop_assert!(!issues.is_empty());
                for issue in issues {
                    prop_assert!(issue.path.find(&json).is_some(), "{}", issue);
                }
            }
        }
    }

    #[test]
    fn any_text_is_loaded_or_refused(text in "\\PC{0,40}|[\\[\\]{}\":,0-9a-z!]{0,60}") {
        let _ = Expression::parse_text(&text);
    }

    #[test]
    fn what_is_written_is_what_was_loaded(json in valid_expression()) {
        let expression = Expression::parse(&json).expect("valid by construction");
        prop_assert_eq!(expression.to_json(), json.clone());
        prop_assert_eq!(Expression::parse_text(&json.to_string()), Ok(expression));
    }

    #[test]
    fn evaluation_ends_within_its_steps(json in valid_expression(), data in any_json(), steps in 0_usize..500) {
        let expression = Expression::parse(&json).expect("valid by construction");
        let limited = expression.evaluate(&data, Limits { steps });
        match limited {
            Err(error) if error.kind == EvaluateErrorKind::TooManySteps => {}
            // A run that its limit did not stop is the run without a limit.
            ended => prop_assert_eq!(ended, expression.evaluate(&data, Limits { steps: 1_000_000 })),
        }
    }

    #[test]
    fn an_error_names_an_operation_that_stands_at_its_place(json in valid_expression(), data in any_json()) {
        let expression = Expression::parse(&json).expect("valid by construction");
        if let Err(error) = expression.evaluate(&data, Limits::default()) {
            let part = error.place.find(&json).expect("the place exists");
            let is_operation = part.get(error.operation).is_some();
            prop_assert!(is_operation || matches!(error.operation, "list" | "literal"), "{}", error);
        }
    }

    #[test]
    fn what_holds_is_what_evaluates_to_something_truthy(json in valid_expression(), data in any_json()) {
        let expression = Expression::parse(&json).expect("valid by construction");
        let negated = Expression::parse(&json!({"!": [json]})).expect("valid by construction");
        let holds = expression.holds(&data, Limits::default()).ok();
        let denied = negated.evaluate(&data, Limits::default()).ok();
        prop_assert_eq!(holds.map(|holds| json!(!holds)), denied);
    }
}
