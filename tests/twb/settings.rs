//! `twb clock`, `policy`, `deny-list` and `backup`.

use crate::{PASSWORD, Twb};
use serde_json::{Value, json};

#[test]
fn the_clock_is_moved_for_every_command_after() {
    let twb = Twb::new();
    let frozen = "2026-11-23 14:30:00 UTC, frozen\n";
    assert_eq!(twb.says(&["clock", "freeze", "2026-11-23T15:30:00+01:00"], ""), frozen);
    assert_eq!(twb.says(&["clock", "freeze", "1795444200"], ""), frozen);
    assert_eq!(twb.says(&["clock", "freeze"], ""), frozen, "where it is");
    assert_eq!(twb.says(&["clock", "show"], ""), frozen);
    assert_eq!(twb.says(&["clock", "freeze", "-1"], ""), "1969-12-31 23:59:59 UTC, frozen\n");
    for (duration, words, ms) in [
        ("+31m", ", 31m ahead of the computer's clock\n", 1_860_000),
        ("-2h", ", 2h behind the computer's clock\n", -7_200_000),
        ("1h 30m", ", 1h 30m ahead of the computer's clock\n", 5_400_000),
        ("2d 3h", ", 2d 3h ahead of the computer's clock\n", 183_600_000),
        ("-8760h", ", 365d behind the computer's clock\n", -31_536_000_000_i64),
    ] {
        let said = twb.says(&["clock", "shift", duration], "");
        assert!(said.ends_with(words), "{said}");
        let json = twb.json(&["clock", "shift", duration], "");
        assert_eq!((&json["mode"], &json["shift_ms"]), (&"shifted".into(), &ms.into()));
    }
    let real = twb.says(&["clock", "real"], "");
    assert!(real.ends_with(", as the computer's clock\n"), "{real}");
}

#[test]
fn the_clock_never_shows_what_no_screen_can_show() {
    let twb = Twb::new();
    let sentence = "The clock can show the years 1 to 9999; it stays as it is";
    twb.refuses(&["clock", "freeze", "253402207201"], "", sentence);
    twb.refuses(&["clock", "freeze", "-9000000000000000"], "", sentence);
    twb.refuses(&["clock", "shift", "90000000h"], "", sentence);
    assert_eq!(twb.json(&["clock", "show"], "")["mode"], "real");
    let last = "9999-12-30 22:00:00 UTC, frozen\n";
    assert_eq!(twb.says(&["clock", "freeze", "9999-12-30T22:00:00Z"], ""), last);
}

#[test]
fn an_answer_that_goes_by_a_moved_clock_says_so() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    assert_eq!(twb.run(&["users", "list"], "").clock, "", "the computer's clock is not worth a word");
    assert_eq!(twb.json(&["users", "show", "alice"], "").get("clock"), None);
    twb.says(&["clock", "freeze", "2026-11-23T14:30:00Z"], "");
    let sentence = "twb: The clock of this profile is moved: 2026-11-23 14:30:00 UTC, frozen\n";
    let frozen = json!({"mode": "frozen", "now": 1_795_444_200, "shift_ms": 0});
    let token = "eyJhbGciOiJub25lIn0.e30.";
    for (arguments, input) in [
        (&["users", "show", "alice"][..], ""),
        (&["inspect"], token),
        (&["guard"], token),
        (&["revoke"], token),
        (&["sessions", "revoke", "--user", "alice"], ""),
        (&["deny-list", "purge"], ""),
    ] {
        assert_eq!(twb.run(arguments, input).clock, sentence, "{arguments:?}");
        let said = twb.run(&[arguments, &["--json"]].concat(), input);
        let value: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!((&value["clock"], said.clock.as_str()), (&frozen, ""), "{arguments:?}");
    }
    // A JSON list has no place for the notice.
    for arguments in [&["users", "list"][..], &["sessions", "list"], &["keys", "list"]] {
        for form in [&[][..], &["--json"]] {
            assert_eq!(twb.run(&[arguments, form].concat(), "").clock, sentence, "{arguments:?}");
        }
    }
    twb.says(&["clock", "shift", "+2h"], "");
    let said = twb.run(&["inspect", token], "").clock;
    assert!(said.ends_with(" UTC, 2h ahead of the computer's clock\n"), "{said}");
    // With `--at` the clock does not matter.
    assert_eq!(twb.run(&["inspect", token, "--at", "0"], "").clock, "");
    assert_eq!(twb.run(&["policies", "list"], "").clock, "");
}

#[test]
fn a_policy_is_shown_and_changed() {
    let twb = Twb::new();
    let shown = twb.says(&["policy", "show"], "");
    let line = |said: &str, rule: &str| {
        let line = said.lines().find(|line| line.split_whitespace().next() == Some(rule)).unwrap();
        line.split("  ").map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" | ")
    };
    assert_eq!(shown.lines().count(), 21, "a head and every rule: {shown}");
    assert_eq!(line(&shown, "rotation"), "rotation | strict | strict, grace SECONDS, evidence or none");
    assert_eq!(line(&shown, "session_lifetime"), "session_lifetime | 604800 | 3600 to 7776000 seconds");
    assert_eq!(line(&shown, "test_key_published"), "test_key_published | no | yes or no");
    for preset in [&["evidence"][..], &["none"], &["strict"], &["grace", "10"]] {
        let json = twb.json(&[&["policy", "rotation"], preset].concat(), "");
        assert_eq!(json["rotation"], preset.join(" "));
    }
    let changed = twb.says(&["policy", "revocation", "short-lived"], "");
    let note = "\nNew access tokens live 300 seconds at most and are not looked up. Those from before that live longer \
                are\nlooked up until they expire.\n";
    assert!(changed.ends_with(note), "{changed}");
    let shown = twb.says(&["policy", "show"], "");
    assert_eq!(line(&shown, "rotation"), "rotation | grace 10 | strict | strict, grace SECONDS, evidence or none");
    assert_eq!(line(&shown, "revocation"), "revocation | short-lived | deny-list | deny-list or short-lived");
    assert_eq!(twb.says(&["deny-list", "purge"], ""), "Expired tokens forgotten: 0; left: 0\n");
    // Any rule can be set by name.
    let json = twb.json(&["policy", "set", "algorithms", "ES256", "EdDSA"], "");
    assert_eq!(json["algorithms"], serde_json::json!(["ES256", "EdDSA"]));
    let json = twb.json(&["policy", "set", "issuer", "https://auth.example"], "");
    assert_eq!((&json["issuer"], &json["rotation"]), (&"https://auth.example".into(), &"grace 10".into()));
    let json = twb.json(&["policy", "reset", "rotation"], "");
    assert_eq!((&json["issuer"], &json["rotation"]), (&"https://auth.example".into(), &"strict".into()));
    let json = twb.json(&["policy", "reset", "--all"], "");
    assert_eq!(json["issuer"], "http://localhost:8787");
}

#[test]
fn while_tokens_are_short_lived_a_long_one_is_refused_with_the_limit() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    twb.says(&["policy", "revocation", "short-lived"], "");
    let sentence =
        "Tokens are short-lived in this profile: at most 300 seconds; ask for less, or change the policy to deny-list";
    twb.refuses(&["token", "--user", "alice", "--ttl", "24h"], "", sentence);
}

#[test]
fn a_password_that_has_to_do_alone_may_have_to_be_longer() {
    let twb = Twb::new();
    let json = twb.json(&["policy", "shortest-password-alone", "15"], "");
    assert_eq!(json["shortest_password_alone"], 15);
    twb.refuses(&["users", "add", "alice"], "grey-otter-19v\n", "The password has fewer than 15 characters");
    twb.says(&["users", "add", "alice"], "grey-otter-19vi\n");
}

#[test]
fn a_setting_that_is_none_is_refused_and_changes_nothing() {
    let twb = Twb::new();
    for preset in [&["mean"][..], &["grace"], &["grace", "-"], &["strict", "1"]] {
        twb.refuses(
            &[&["policy", "rotation"], preset].concat(),
            "",
            &format!("rotation cannot be \"{}\": write strict, grace SECONDS, evidence or none", preset.join(" ")),
        );
    }
    let sentence = "revocation cannot be \"never\": write deny-list or short-lived";
    twb.refuses(&["policy", "revocation", "never"], "", sentence);
    for number in ["7", "65", "many"] {
        let sentence = format!("shortest_password_alone cannot be \"{number}\": write a number from 8 to 64");
        twb.refuses(&["policy", "shortest-password-alone", number], "", &sentence);
    }
    for (arguments, beginning) in [
        (&["clock", "shift", "soon"][..], "twb: clock shift soon: write a duration such as +31m, -2h, 1h 30m or 2d"),
        (&["clock", "shift", "99999999999999999h"], "twb: clock shift 99999999999999999h: write a duration such as"),
        (
            &["clock", "freeze", "yesterday"],
            "twb: yesterday is not a time: write one such as 2026-11-23T14:30:00Z, or seconds since 1970",
        ),
    ] {
        let said = twb.run(arguments, "");
        assert_eq!((said.code, said.out.as_str()), (2, ""));
        assert!(said.err.starts_with(beginning), "{}", said.err);
    }
    assert_eq!(twb.json(&["policy", "show"], "")["rotation"], "strict");
    assert_eq!(twb.json(&["clock", "show"], "")["mode"], "real");
}

#[test]
fn a_backup_is_a_new_file_and_never_overwrites_one() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    let copy = twb.home.path().join("copy.db");
    let arguments = ["backup", &copy.display().to_string()];
    assert_eq!(twb.says(&arguments, ""), "Copied the profile to [HOME]/copy.db; private keys are not in the copy\n");
    assert!(std::fs::read(&copy).unwrap().starts_with(b"SQLite format 3\0"));
    let said = twb.run(&arguments, "");
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with("twb: [HOME]/copy.db: "), "{}", said.err);
}
