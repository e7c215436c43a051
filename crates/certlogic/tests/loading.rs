//! What is refused while an expression is loaded, and where the fault is said to be.

use certlogic::{
    Expression, IssueKind, MAX_DEPTH, MAX_ISSUES, MAX_NODES, MAX_STRING_BYTES, MAX_TEXT_BYTES,
};
use serde_json::{Value, json};

fn issues(expression: &Value) -> Vec<(String, IssueKind)> {
    let issues = Expression::parse(expression).err().unwrap_or_default();
    issues
        .into_iter()
        .map(|issue| (issue.path.to_string(), issue.kind))
        .collect()
}

fn only(path: &str, kind: IssueKind) -> Vec<(String, IssueKind)> {
    vec![(path.to_owned(), kind)]
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(true), |inner, _| json!({"!": [inner]}))
}

#[test]
fn every_fault_is_reported_with_its_place() {
    let expression = json!({"and": [
        {"if": [true, {"var": "a..b"}]},
        {"<": [1, null, 3, 4]},
        [1, {"plusTime": [null, "3", "week"]}],
        {"extractFromUVCI": [{"var": 1}, 0.5]},
        {"dccDateOfBirth": []},
    ]});
    let found: Vec<_> = issues(&expression);
    let expected = [
        ("/and/0", IssueKind::WrongNumberOfOperands),
        ("/and/0/if/1", IssueKind::VarPathFormat),
        ("/and/1", IssueKind::WrongNumberOfOperands),
        ("/and/1/</1", IssueKind::NullLiteral),
        ("/and/2/1/plusTime/0", IssueKind::NullLiteral),
        ("/and/2/1", IssueKind::AmountNotAnInteger),
        ("/and/2/1", IssueKind::UnknownUnit),
        ("/and/3/extractFromUVCI/0", IssueKind::VarNotAString),
        ("/and/3", IssueKind::IndexNotAnInteger),
        ("/and/4", IssueKind::WrongNumberOfOperands),
    ];
    assert_eq!(found, expected.map(|(path, kind)| (path.to_owned(), kind)));
}

#[test]
fn operations_take_just_their_number_of_operands() {
    for (name, counts) in [
        ("if", 3..=3),
        ("reduce", 3..=3),
        ("and", 2..=9),
        ("===", 2..=2),
        ("in", 2..=2),
        ("+", 2..=2),
        ("!", 1..=1),
        ("<", 2..=3),
        (">=", 2..=3),
        ("after", 2..=3),
        ("not-before", 2..=3),
        ("dccDateOfBirth", 1..=1),
    ] {
        for count in 0..6 {
            let refused = issues(&json!({name: vec![1; count]}));
            let expected = only("/", IssueKind::WrongNumberOfOperands);
            assert_eq!(
                refused,
                if counts.contains(&count) {
                    vec![]
                } else {
                    expected
                },
                "{name} with {count}"
            );
        }
    }
}

#[test]
fn an_integer_written_with_a_decimal_point_is_an_integer() {
    let expression =
        Expression::parse(&json!({"plusTime": ["2021-06-23", 2.0, "day"]})).expect("valid");
    assert_eq!(
        expression.to_json(),
        json!({"plusTime": ["2021-06-23", 2, "day"]})
    );
    assert_eq!(issues(&json!(1e300)), only("/", IssueKind::IntegerTooLarge));
}

#[test]
fn depth_nodes_and_strings_are_capped() {
    assert_eq!(issues(&nested(MAX_DEPTH)), []);
    let place = "/!/0".repeat(MAX_DEPTH);
    assert_eq!(
        issues(&nested(MAX_DEPTH + 1)),
        only(&place, IssueKind::TooDeep)
    );

    assert_eq!(issues(&json!(vec![1; MAX_NODES - 1])), []);
    assert_eq!(
        issues(&json!(vec![1; MAX_NODES + 9])),
        only("/9999", IssueKind::TooManyNodes)
    );

    assert_eq!(issues(&json!("x".repeat(MAX_STRING_BYTES))), []);
    assert_eq!(
        issues(&json!({"var": "x".repeat(MAX_STRING_BYTES + 1)})),
        only("/", IssueKind::StringTooLong)
    );
}

#[test]
fn only_so_many_faults_are_reported() {
    assert_eq!(
        issues(&json!(vec![Value::Null; MAX_ISSUES * 2])).len(),
        MAX_ISSUES
    );
}

#[test]
fn hostile_text_is_refused_without_harm() {
    for (text, kind) in [
        ("[".repeat(200_000), IssueKind::NotJson),
        ("{\"!\":[".repeat(40_000), IssueKind::NotJson),
        (" ".repeat(MAX_TEXT_BYTES + 1), IssueKind::TextTooLong),
        (String::new(), IssueKind::NotJson),
    ] {
        let issues = Expression::parse_text(&text).expect_err("refused");
        assert_eq!(
            issues.iter().map(|issue| issue.kind).collect::<Vec<_>>(),
            [kind]
        );
    }
}
