//! `twb sign-in`, `confirm`, `refresh`, `revoke` and `guard`. Their behaviour with a keyring is tested in
//! `tests/stories`.

use crate::{PASSWORD, Twb};

#[test]
fn who_does_not_prove_it_gets_no_token() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    twb.refuses(&["sign-in", "alice", "--scope", "x"], PASSWORD, "The scope \"x\" is not in the catalog");
    twb.refuses(&["sign-in", "nobody"], PASSWORD, "Incorrect username or password");
    twb.misses_the_keyring(&["sign-in", "alice"], PASSWORD);
    twb.refuses(&["sign-in", "alice"], "wrong\n", "Incorrect username or password");
    let begun = "This sign-in has expired or is no longer valid; sign in again";
    for input in ["", "\n", "x\n123456\n", "a.b.c\n123456\n"] {
        twb.refuses(&["confirm"], input, begun);
        let unknown = if input.trim().is_empty() {
            "This is not a token, where a refresh token is wanted"
        } else {
            "The refresh token is unknown"
        };
        twb.refuses(&["refresh"], input, unknown);
    }
}

#[test]
fn revoking_what_is_not_ours_is_no_error() {
    let twb = Twb::new();
    for input in ["", "x\n", "a.b.c\n"] {
        assert_eq!(
            twb.says(&["revoke"], input),
            "Nothing to revoke: the token is not from this profile, has expired or is already revoked\n"
        );
    }
    assert_eq!(twb.json(&["revoke"], "x\n"), serde_json::json!({"revoked": null}));
}

#[test]
fn the_guard_reads_the_token_as_it_stands_and_checks_as_inspect_does() {
    let twb = Twb::new();
    // RFC 7519 section 3.1
    let example = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    // Both say how long ago it expired.
    twb.says(&["clock", "freeze"], "");
    let guarded = twb.run(&["guard"], &format!("{example}\n"));
    let inspected = twb.run(&["inspect", "--policy", "items-api", example], "");
    assert_eq!(guarded.code, 1);
    let (verdict, checks) = guarded.out.split_once("\n\n").unwrap();
    assert!(inspected.out.starts_with(verdict) && inspected.out.contains(checks), "{verdict}\n{checks}");
    let json = twb.run(&["guard", "--scope", "items:read", "--json"], &format!("Bearer {example}\n"));
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, &report["verdict"]), (1, &"rejected".into()));
    assert_eq!(report["trace"][0]["outcome"], "fail", "nothing around a token is taken off: {report}");
}

/// Claims of an unproven token determine neither where a server stops nor what would have to change.
#[test]
fn of_a_token_that_no_key_here_signed_the_guard_says_that_and_nothing_else() {
    let twb = Twb::new();
    let key = jose::SigningKey::dangerous_from_hmac(jose::Algorithm::Hs256, &[7; 32], "nope").unwrap();
    let claims = br#"{"iss":"http://localhost:9700","sub":"alice","exp":1,"scope":"users:admin"}"#;
    let token = key.dangerous_sign(r#"{"alg":"ES256","kid":"nope","typ":"at+jwt"}"#, claims).unwrap();
    let said = twb.run(&["guard", "--scope", "users:admin"], &format!("{token}\n"));
    assert_eq!(said.code, 1);
    assert!(said.out.starts_with("Rejected: 401 at check 3 of 9, key (could not be completed)\n"), "{}", said.out);
    assert!(said.out.contains("FAIL  Time") && !said.out.contains("What must change"), "{}", said.out);
}
