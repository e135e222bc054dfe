//! `twb inspect` on texts that are not a JWT: it identifies them and says what to do.

use super::Twb;
use serde_json::Value;

#[test]
fn a_session_cookie_is_called_one_and_its_content_is_shown() {
    let cookie = "session=eyJ1c2VyX2lkIjoiNDIiLCJfZnJlc2giOnRydWV9.awvyjg.t40rRcfvqeTbt3suC9KePt-qrU0";
    let said = Twb::new().run(&["inspect"], cookie);
    assert_eq!(said.code, 1);
    assert_eq!(
        said.out,
        "Not a JWT: 401 at check 1 of 9, parse\n\
         Flask session cookie\n\
         Policy any issuer. Chosen automatically: the token names no issuer\n\
         \n\
         Cleaned up\n  \
           Took the value of `session`\n\
         \n\
         Problems\n  \
           A signed session cookie of Flask (itsdangerous)\n  \
           Anybody can read it; only the SECRET_KEY of the app can check its signature. Send it as a cookie to the app \
           that set it; an API wants the token that a token endpoint gives.\n\
         \n\
         Claims\n  \
           user_id  \"42\"  User, named by the app\n  \
           _fresh   true  Signed in by hand, not remembered\n\
         \n\
         Signature of the app\n  \
           Not checked: it takes the SECRET_KEY of the app, as --secret-file FILE or --secret - (standard input)\n  \
           Signed 2026-11-29 09:38:22 UTC; Flask takes it for 31 d by default\n\
         \n\
         Checks\n  \
           FAIL  Parse                Flask session cookie, not a JWT\n  \
           -     Algorithm            Needs a readable token\n  \
           -     Key                  Not run\n  \
           -     Signature            Not run\n  \
           -     Time claims          Not run\n  \
           -     Issuer and audience  Not run\n  \
           -     Revocation           Not run\n  \
           -     User                 Not run\n  \
           -     Scopes               Not run\n\
         \n\
         What must change to pass\n  \
           Find the access token: in the answer of the token request, or in the `Authorization` header of an API call\n"
    );
}

#[test]
fn the_secret_of_its_app_checks_a_session_cookie() {
    let twb = Twb::new();
    let cookie = "eyJ1c2VyX2lkIjoiNDIiLCJfZnJlc2giOnRydWV9.awaugA.z3EonJMQyolqgjSRuMPbKE1WI6Q";
    let judge = |secret: &str| twb.run(&["inspect", cookie, "--secret", "-"], secret);
    let right = judge("dev-secret\n");
    let words = "\nSignature of the app\n  Matches this SECRET_KEY with the salt `cookie-session` and the key \
                 derivation `hmac`, as Flask signs a session\n";
    assert!(right.out.contains(words), "{}", right.out);
    assert!(right.out.contains("\nKey\n  Secret, 10 bytes\n"), "{}", right.out);
    assert!(judge("other").out.contains("\n  Does not match this SECRET_KEY: "));
    for (secret, state) in [("dev-secret", "verified"), ("c4n4ry", "mismatch")] {
        let said = twb.run(&["inspect", cookie, "--json", "--secret", "-"], secret);
        let answer: Value = serde_json::from_str(&said.out).unwrap();
        let found = &answer["app_signature"];
        assert_eq!((&found["maker"], &found["state"]), (&"Flask".into(), &state.into()));
        assert_eq!((&found["signed_at"], &found["lifetime"]), (&1_795_600_000.into(), &2_678_400.into()));
        // It is not a JWT, even if the signature matches.
        assert_eq!((&answer["verdict"], said.code), (&"rejected".into(), 1));
        assert!(!said.out.contains(secret));
    }
}

#[test]
fn what_was_taken_off_may_be_the_fault_and_exact_takes_nothing_off() {
    let twb = Twb::new();
    let token = super::inspect::TOKEN;
    let key = ["--secret-base64", super::inspect::KEY];
    let judge = |options: &[&str], input: &str| {
        twb.run(&[&["inspect"], &key[..], &super::inspect::IN_TIME, options].concat(), input)
    };
    let sent = format!("Authorization: Bearer b'{token}'");
    let said = judge(&[], &sent);
    let why = "As pasted, a server refuses this: the token is inside Python's b'…'; decode the bytes before sending \
               them";
    assert!(said.out.contains("  Removed Python's b'…' around the token\n"), "{}", said.out);
    assert!(said.out.contains(&format!("  warn  Parse                {why}\n")), "{}", said.out);
    assert_eq!(said.out.matches("a server refuses this").count(), 1, "{}", said.out);
    assert_eq!(said.code, 0);
    for text in [sent, format!("{token}\n"), format!("\"{token}\"")] {
        assert_eq!(judge(&["--exact"], &text).code, 1, "{text}");
    }
    assert_eq!(judge(&["--exact"], token).code, 0);
}

#[test]
fn json_names_it_and_no_sentence_repeats_a_secret() {
    let twb = Twb::new();
    for (text, name) in [
        ("Authorization: Bearer null", "The word null"),
        ("Authorization: Basic YWxpY2U6YzRuNHJ5LXBhc3N3b3Jk", "Basic credentials"),
        ("curl -H 'Authorization: Bearer gho_c4n4ry00000000000000000000000000' https://a.example", "GitHub token"),
        ("otpauth://totp/Example:alice?secret=C4N4RYXX&issuer=Example", "Authenticator secret"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.***", "Masked token"),
    ] {
        let said = twb.run(&["inspect", "--json"], text);
        let report: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!((&report["not_a_jwt"], said.code), (&name.into(), 1), "{text}");
        let words = [&report["problems"], &report["trace"], &report["findings"], &report["reason"]];
        let words = words.map(Value::to_string).concat().to_lowercase();
        assert!(!words.contains("c4n4ry") && !words.contains("ywxpy2u6"), "{words}");
    }
}
