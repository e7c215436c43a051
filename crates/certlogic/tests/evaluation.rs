//! The meaning of every operation, and how evaluations end.

use std::thread;

use certlogic::EvaluateErrorKind::{
    DateTimeFormat, DateTimeOutOfRange, IntegerOverflow, NeitherTruthyNorFalsy, NotADateTime,
    NotAList, NotAString, NotAnInteger, TooManySteps, ValueTooDeep,
};
use certlogic::{EvaluateError, EvaluateErrorKind, Expression, Limits, MAX_DEPTH};
use serde_json::{Value, json};

#[track_caller]
fn run(expression: &Value, data: &Value) -> Result<Value, EvaluateError> {
    Expression::parse(expression)
        .expect("a valid expression")
        .evaluate(data, Limits::default())
}

#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a test reads best with its JSON in place"
)]
fn value(expression: Value, data: Value) -> Value {
    run(&expression, &data).expect("a value")
}

#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a test reads best with its JSON in place"
)]
fn error(expression: Value, data: Value) -> (String, EvaluateErrorKind) {
    let error = run(&expression, &data).expect_err("an error");
    (error.place.to_string(), error.kind)
}

fn time(date: &str) -> Value {
    json!({"plusTime": [date, 0, "day"]})
}

#[test]
fn paths_lead_through_objects_and_lists_and_nowhere_else() {
    let data = json!({"a": [{"b": 1}], "0": "zero", "text": "abc", "length": null});
    for (path, expected) in [
        ("a.0.b", json!(1)),
        ("0", json!("zero")),
        ("a.1", json!(null)),
        ("a.-1", json!(null)),
        ("a.length", json!(null)),
        ("text.0", json!(null)),
        ("text.length", json!(null)),
        ("a.0.b.c", json!(null)),
        ("a.99999999999999999999999", json!(null)),
        ("", data.clone()),
    ] {
        assert_eq!(
            value(json!({"var": path}), data.clone()),
            expected,
            "{path}"
        );
    }
}

#[test]
fn some_values_are_neither_truthy_nor_falsy() {
    for (data, expected) in [
        (json!(null), true),
        (json!(0), true),
        (json!(0.0), true),
        (json!(""), true),
        (json!([]), true),
        (json!({}), true),
        (json!(-1), false),
        (json!(u64::MAX), false),
        (json!("0"), false),
        (json!([null]), false),
        (json!({"a": null}), false),
    ] {
        assert_eq!(
            value(json!({"!": [{"var": ""}]}), data.clone()),
            json!(expected),
            "{data}"
        );
    }
    assert_eq!(
        error(json!({"!": [{"var": ""}]}), json!(0.5)),
        ("/".into(), NeitherTruthyNorFalsy("a number"))
    );
    let date = ("/".into(), NeitherTruthyNorFalsy("a date-time"));
    assert_eq!(
        error(json!({"if": [time("2021-06-23"), 1, 2]}), json!(null)),
        date
    );
    assert_eq!(
        error(json!({"and": [true, time("2021-06-23")]}), json!(null)),
        date
    );
}

#[test]
fn conditions_are_lazy() {
    let fails = json!({"+": ["a", 1]});
    assert_eq!(
        value(json!({"if": [true, 1, fails]}), json!(null)),
        json!(1)
    );
    assert_eq!(
        value(json!({"if": [false, fails, 2]}), json!(null)),
        json!(2)
    );
    assert_eq!(
        value(json!({"and": [{"var": ""}, fails]}), json!([])),
        json!([])
    );
}

#[test]
fn equality_is_by_value_and_without_coercion() {
    let same = |left: Value, right: Value| {
        value(
            json!({"===": [{"var": "0"}, {"var": "1"}]}),
            json!([left, right]),
        )
    };
    assert_eq!(same(json!(1), json!(1.0)), json!(true));
    assert_eq!(same(json!(0.5), json!(0.5)), json!(true));
    assert_eq!(same(json!(1), json!("1")), json!(false));
    assert_eq!(same(json!(0), json!(false)), json!(false));
    assert_eq!(same(json!(null), json!(null)), json!(true));
    assert_eq!(
        same(json!({"a": [1], "b": 2}), json!({"b": 2, "a": [1.0]})),
        json!(true)
    );
    assert_eq!(same(json!({"a": [1]}), json!({"b": [1]})), json!(false));
    assert_eq!(same(json!([]), json!({})), json!(false));
    let instant = json!({"===": [time("2021-06-23"), time("2021-06-23T07:00:00+07:00")]});
    assert_eq!(value(instant, json!(null)), json!(true));
    assert_eq!(
        value(json!({"in": [{"var": ""}, [[1, 2], [3]]]}), json!([3])),
        json!(true)
    );
}

#[test]
fn comparisons_take_integers_or_date_times_and_nothing_else() {
    assert_eq!(value(json!({"<": [1, 2, 3]}), json!(null)), json!(true));
    assert_eq!(value(json!({">": [3, 2, 2]}), json!(null)), json!(false));
    assert_eq!(
        error(json!({"<": [2, 1, "3"]}), json!(null)),
        ("/".into(), NotAnInteger("a string"))
    );
    assert_eq!(
        error(json!({">=": [{"var": "a"}, 1]}), json!({})),
        ("/".into(), NotAnInteger("null"))
    );
    let days = [time("2021-06-23"), time("2021-06-24")];
    assert_eq!(value(json!({"before": days}), json!(null)), json!(true));
    assert_eq!(
        value(json!({"not-before": days}), json!(null)),
        json!(false)
    );
    let bare = json!({"after": [time("2021-06-23"), "2021-06-23"]});
    assert_eq!(
        error(bare, json!(null)),
        ("/".into(), NotADateTime("a string"))
    );
}

#[test]
fn sums_do_not_wrap() {
    let sum = json!({"+": [{"var": "0"}, {"var": "1"}]});
    assert_eq!(value(sum.clone(), json!([40, 2.0])), json!(42));
    assert_eq!(
        error(sum.clone(), json!([i64::MAX, 1])),
        ("/".into(), IntegerOverflow)
    );
    assert_eq!(
        error(sum.clone(), json!([1, 0.5])),
        ("/".into(), NotAnInteger("a number"))
    );
    assert_eq!(
        error(sum, json!([1, true])),
        ("/".into(), NotAnInteger("a boolean"))
    );
}

#[test]
fn errors_say_where_they_happened() {
    let expression = json!({"and": [true, [1, {"before": [time("2021-06-23"), {"plusTime": [{"var": "d"}, 1, "day"]}]}]]});
    let place = "/and/1/1/before/1".to_owned();
    assert_eq!(
        error(expression.clone(), json!({"d": "yesterday"})),
        (place.clone(), DateTimeFormat)
    );
    assert_eq!(
        error(expression.clone(), json!({"d": null})),
        (place, NotAString("null"))
    );
    let shown = run(&expression, &json!({"d": "1985-02-03?"}))
        .expect_err("an error")
        .to_string();
    assert_eq!(
        shown,
        "\"plusTime\" at /and/1/1/before/1: the string is not a date or date-time in an allowed format"
    );
    assert_eq!(
        error(json!({"plusTime": ["2021", i64::MAX, "year"]}), json!(null)),
        ("/".into(), DateTimeOutOfRange)
    );
    assert_eq!(
        error(
            json!({"dccDateOfBirth": [{"var": ""}]}),
            json!("2021-06-23T00:00:00")
        ),
        ("/".into(), DateTimeFormat)
    );
    assert_eq!(
        error(json!({"in": [1, {"var": ""}]}), json!(null)),
        ("/".into(), NotAList("null"))
    );
    assert_eq!(
        error(json!({"extractFromUVCI": [1, 0]}), json!(null)),
        ("/".into(), NotAString("an integer"))
    );
}

#[test]
fn reduce_sees_nothing_but_its_accumulator_and_item() {
    let data = json!({"x": [1, 2], "y": 3});
    let reduce = |function: Value| {
        value(
            json!({"reduce": [{"var": "x"}, function, [{"var": "y"}]]}),
            data.clone(),
        )
    };
    assert_eq!(reduce(json!({"var": "y"})), json!(null));
    assert_eq!(
        reduce(json!({"var": "accumulator.0"})),
        json!(null),
        "the first round's 3 has no items"
    );
    assert_eq!(reduce(json!([{"var": "accumulator.0"}])), json!([3]));
    assert_eq!(
        reduce(json!({"var": ""}))["accumulator"]["accumulator"],
        json!([3])
    );
    assert_eq!(
        value(json!({"reduce": [{"var": "none"}, 1, 2]}), data.clone()),
        json!(2)
    );
    assert_eq!(
        error(json!({"reduce": [{"var": "y"}, 1, 2]}), data),
        ("/".into(), NotAList("an integer"))
    );
}

#[test]
fn a_date_time_keeps_its_kind_in_an_accumulator() {
    let latest = json!({"reduce": [
        {"var": ""},
        {"if": [{"after": [{"plusTime": [{"var": "current"}, 0, "day"]}, {"var": "accumulator"}]},
                {"plusTime": [{"var": "current"}, 0, "day"]}, {"var": "accumulator"}]},
        {"plusTime": ["2000-01-01", 0, "day"]},
    ]});
    assert_eq!(
        value(latest, json!(["2021-06-23", "2022-01-01", "2020"])),
        json!("2022-01-01T00:00:00.000Z")
    );
}

#[test]
fn no_expression_runs_away() {
    let many = json!(vec![0; 200]);
    // Each level goes through the list for every item of the level above.
    let nested = (0..8).fold(
        json!(1),
        |inner, _| json!({"reduce": [{"var": "x"}, inner, 0]}),
    );
    let nested = json!({"reduce": [{"var": "x"}, {"reduce": [{"var": "current"}, nested, 0]}, 0]});
    let data = json!({"x": vec![many.clone(); 2000]});
    assert_eq!(error(nested, data).1, TooManySteps);
    // Doubles what it would write out with every item, and nests deeper with every item.
    let doubling =
        json!({"reduce": [{"var": ""}, [{"var": "accumulator"}, {"var": "accumulator"}], 0]});
    assert_eq!(error(doubling.clone(), json!(vec![0; 60])).1, TooManySteps);
    assert_eq!(
        error(doubling.clone(), json!(vec![0; 5000])).1,
        ValueTooDeep
    );
    let compared = json!({"===": [doubling, {"reduce": [{"var": ""}, [{"var": "accumulator"}, {"var": "accumulator"}], 0]}]});
    assert_eq!(error(compared, json!(vec![0; 60])).1, TooManySteps);
    // Texts are paid for by length.
    let long = "x".repeat(100_000);
    let search = json!({"reduce": [{"var": "list"}, {"===": [{"var": "current"}, {"var": "current"}]}, true]});
    assert_eq!(
        error(search, json!({"list": vec![long; 100]})).1,
        TooManySteps
    );
}

#[test]
fn the_deepest_expression_and_deep_data_fit_a_small_stack() {
    let work = || {
        let deepest = (0..MAX_DEPTH).fold(json!({"var": ""}), |inner, level| match level {
            0 => inner,
            level if level % 2 == 0 => json!({"and": [true, inner]}),
            _ => json!({"reduce": [[1], inner, 0]}),
        });
        value(deepest, json!({}));
        let deep = (0..1_000).fold(json!(1), |inner, _| Value::Array(vec![inner]));
        assert!(Expression::parse(&deep).is_err());
        assert_eq!(error(json!({"var": ""}), deep.clone()).1, ValueTooDeep);
        assert_eq!(
            error(json!({"===": [{"var": ""}, {"var": ""}]}), deep).1,
            ValueTooDeep
        );
    };
    let thread = thread::Builder::new().stack_size(1024 * 1024).spawn(work);
    thread.expect("a thread").join().expect("no overflow");
}
