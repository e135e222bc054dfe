//! `twb inspect`: signed bytes of any kind, and kinds of tokens with rules of their own.

use super::{
    Twb,
    inspect::{section, unsigned},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// JWT-13, RFC 7515 section 5.2.
#[test]
fn a_payload_that_is_no_claims_set_is_verified_and_shown_as_bytes() {
    let twb = Twb::new();
    let secret = "x".repeat(32);
    let key = jose::SigningKey::from_hmac(jose::Algorithm::Hs256, secret.as_bytes(), "k").unwrap();
    let sign = |payload: &[u8]| key.dangerous_sign(r#"{"alg":"HS256"}"#, payload).unwrap();
    let run = |token: &str, json: bool| {
        let json: &[&str] = if json { &["--json"] } else { &[] };
        twb.run(&[&["inspect", token, "--secret", &secret], json].concat(), "")
    };
    for (payload, shown) in [
        (&b""[..], &["  Empty, 0 bytes"][..]),
        (b"hello there", &["  11 bytes, text", "  hello there"]),
        (b"\0\xff\x10\x20\x30", &["  5 bytes, hexadecimal", "  00ff1020 30"]),
        (b"x", &["  1 byte, text", "  x"]),
    ] {
        let said = run(&sign(payload), false);
        assert_eq!((said.code, &section(&said.out, "Payload")[..]), (1, shown), "{}", said.out);
        assert!(said.out.contains("pass  Signature            32 bytes, verified with the secret"), "{}", said.out);
        let answer: Value = serde_json::from_str(&run(&sign(payload), true).out).unwrap();
        assert_eq!((&answer["signature"], &answer["verdict"]), (&json!("verified"), &json!("rejected")));
        let bytes = json!({"bytes": payload.len(), "base64url": BASE64_URL_SAFE_NO_PAD.encode(payload)});
        assert_eq!(answer["payload"], bytes);
    }
    let said = run(&format!("{}.AAAA", sign(b"{}")), true);
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &answer["signature"]), (1, &json!("no_key")), "{answer}");
}

/// What reads the answer may have the limit that the answer names.
#[test]
fn json_never_nests_deeper_than_what_is_read() {
    let twb = Twb::new();
    let nested = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    for (depth, is_shown) in [(62, true), (63, true), (64, false), (65, false)] {
        let said = twb.run(&["inspect", "--json"], &unsigned(&nested(depth)));
        assert_eq!(said.out.contains("\"claims\": null"), !is_shown, "{depth}: {}", said.out);
        let mut deepest = 0;
        said.out.bytes().filter(|byte| b"[{]}".contains(byte)).fold(0_i32, |level, byte| {
            let level = if b"[{".contains(&byte) { level + 1 } else { level - 1 };
            deepest = deepest.max(level);
            level
        });
        assert!(deepest <= 64, "{depth}: {deepest}");
        let answer: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(answer["payload"]["bytes"].is_number(), !is_shown, "{depth}: {answer}");
    }
}
