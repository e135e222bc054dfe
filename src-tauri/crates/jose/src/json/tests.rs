//! Tests of what the reader keeps and what it refuses.

use super::{MAX_MEMBERS, Number, number, scan, strings};

fn values(text: &str) -> Vec<(String, String)> {
    scan(text).members.iter().map(|item| (item.name.to_string(), text[item.value.clone()].to_owned())).collect()
}

fn broken(text: &str) -> (usize, String) {
    let broken = scan(text).broken.expect("the text is broken");
    (broken.at, broken.message)
}

#[test]
fn digits_stay_as_they_stand() {
    let text = r#"{"a":9007199254740993,"b":1e400,"c":-0,"d":1.0,"e":0.1}"#;
    let digits: Vec<_> = values(text).into_iter().map(|(_, value)| value).collect();
    assert_eq!(digits, ["9007199254740993", "1e400", "-0", "1.0", "0.1"]);
    assert_eq!(scan(text).broken, None);
}

#[test]
fn every_duplicate_is_kept_in_order_and_marked_also_when_escaped() {
    let scanned = scan(r#"{"role":"a","x":1,"\u0072ole":"b","role":"c"}"#);
    let marks: Vec<_> = scanned.members.iter().map(|item| (item.name.as_str(), item.duplicate)).collect();
    assert_eq!(marks, [("role", true), ("x", false), ("role", true), ("role", true)]);
    assert_eq!(scan(r#"{"a":{"b":1,"b":2}}"#).inner_duplicate.as_deref(), Some("b"));
    assert_eq!(scan(r#"{"a":[{"b":1},{"b":2}]}"#).inner_duplicate, None);
}

#[test]
fn offsets_point_at_the_member() {
    let text = r#" { "é" : "\u0041b" , "n":[1, {"x":2}] } "#;
    let scanned = scan(text);
    assert_eq!(&text[scanned.members[0].span.clone()], r#""é" : "\u0041b""#);
    assert_eq!(scanned.members[0].text.as_deref(), Some("Ab"));
    assert_eq!(&text[scanned.members[1].value.clone()], r#"[1, {"x":2}]"#);
}

#[test]
fn members_before_a_break_are_recovered() {
    let scanned = scan(r#"{"iss":"x","exp":17954"#);
    assert_eq!(scanned.members.len(), 1, "a number at the cut may go on after it");
    assert_eq!(scan(r#"{"iss":"x","exp":1,"ref":"abc"#).members.len(), 2);
    assert_eq!(scan(r#"{"iss":"x" "#).members.len(), 1);
    assert_eq!(broken(r#"{"a":1,}"#), (7, "Expected a name in double quotes, found `}`.".to_owned()));
    assert_eq!(broken(r#"{"a":1} x"#), (8, "Expected the end, found `x`.".to_owned()));
}

#[test]
fn surrogates_are_joined_or_noted() {
    assert_eq!(scan(r#"{"a":"\ud83d\ude00"}"#).members[0].text.as_deref(), Some("😀"));
    for lone in [r#"{"a":"\ud83d"}"#, r#"{"a":"\ude00x"}"#, r#"{"a":"\ud83d\u0041"}"#] {
        assert_eq!(scan(lone).lone_surrogate, Some(6), "{lone}");
    }
    assert_eq!(scan(r#"{"a":"\ud83d\u0041"}"#).members[0].text.as_deref(), Some("\u{FFFD}A"));
}

#[test]
fn what_is_not_json_is_refused() {
    for bad in [
        "",
        "{",
        "{\"a\"}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":NaN}",
        "{\"a\":tru}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "hello",
        "[1,]",
        "{\"a\":1}{",
        "\u{FEFF}{}",
        "{\"a\":-}",
        "{\"a\":1e}",
        "[",
        "nul",
    ] {
        assert!(scan(bad).broken.is_some(), "{bad}");
    }
    for good in ["{}", "[]", "null", "\"x\"", " 1 ", "-0.5e+3", "[[],{}]", "true", "false"] {
        assert_eq!(scan(good).broken, None, "{good}");
    }
}

#[test]
fn depth_and_members_are_bounded() {
    let deep = format!("{}1{}", "[".repeat(64), "]".repeat(64));
    assert_eq!(scan(&deep).broken, None);
    assert_eq!(broken(&format!("{{\"a\":{deep}}}")).1, "Nested deeper than 64 levels; the rest is not read.");
    assert_eq!(broken(&"[".repeat(1_000_000)).0, 64);
    let many: Vec<String> = (0..100_000).map(|index| format!("\"c{index}\":1")).collect();
    let scanned = scan(&format!("{{{}}}", many.join(",")));
    assert_eq!(scanned.members.len(), MAX_MEMBERS);
    assert!(scanned.broken.is_some());
}

#[test]
fn a_list_of_strings_is_nothing_else() {
    assert_eq!(strings(r#"["a", "b"]"#), Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(strings("[]"), Some(vec![]));
    assert_eq!(strings(r#"["a", 1]"#), None);
    assert_eq!(strings("\"a\""), None);
}

#[test]
fn digits_are_classified_without_rounding() {
    assert_eq!(number("1795440604"), Number::Seconds(1_795_440_604));
    assert_eq!(number("9223372036854775807"), Number::Seconds(i64::MAX));
    for huge in ["9223372036854775808", "18446744073709551616", "99999999999999999999999999"] {
        assert_eq!(number(huge), Number::TooLarge);
    }
    for huge in ["1e400", "1e99999999999999999999", "9223372036854775807.9e1", "1e19"] {
        assert_eq!(number(huge), Number::TooLarge, "{huge}");
    }
    for (text, seconds) in [
        ("1.0", 1),
        ("1E3", 1000),
        ("1.795e9", 1_795_000_000),
        ("0.001e+3", 1),
        ("1000e-3", 1),
        ("-0", 0),
        ("-0.0e5", 0),
        ("0e99999999999999999999", 0),
        ("9223372036854775807.0", i64::MAX),
    ] {
        assert_eq!(number(text), Number::Seconds(seconds), "{text}");
    }
    for (text, seconds) in [
        ("1795441548.5", 1_795_441_548),
        ("0.5", 0),
        ("0.05", 0),
        ("5e-1", 0),
        ("1e-400", 0),
        ("1e-99999999999999999999", 0),
        ("12.34e1", 123),
        ("9223372036854775807.5", i64::MAX),
    ] {
        assert_eq!(number(text), Number::Fraction(seconds), "{text}");
    }
    for negative in ["-1", "-0.1", "-1e400", "-1e-400"] {
        assert_eq!(number(negative), Number::Negative, "{negative}");
    }
}
