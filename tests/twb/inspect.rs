//! `twb inspect` with a key and rules of one's own.

use super::Twb;
use serde_json::Value;
use std::fs;

/// RFC 7515 appendix A.1, which expires at 1300819380.
pub(super) const TOKEN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const KEY: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
pub(super) const IN_TIME: [&str; 2] = ["--at", "2011-03-22T18:42:00Z"];

fn inspect(twb: &Twb, options: &[&str]) -> (Value, i32) {
    let said = twb.run(&[&["inspect", "--json", TOKEN], &IN_TIME[..], options].concat(), "");
    (serde_json::from_str(&said.out).unwrap_or_default(), said.code)
}

#[test]
fn a_token_is_verified_with_a_secret_a_jwk_or_a_set() {
    let twb = Twb::new();
    let file = |name: &str, text: &str| {
        let path = twb.home.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let jwk = format!(r#"{{"kty":"oct","k":"{KEY}"}}"#);
    let (one, set) = (file("key.jwk", &format!("{jwk}\n")), file("set.json", &format!(r#"{{"keys":[{jwk}]}}"#)));
    for option in [["--secret-base64", KEY], ["--key", &one], ["--jwks", &set]] {
        let (report, code) = inspect(&twb, &option);
        assert_eq!(
            (&report["verdict"], &report["signature"], code),
            (&"accepted".into(), &"verified".into(), 0),
            "{option:?}"
        );
    }
    let secret = file("secret.txt", &format!("{KEY}\n"));
    let said = twb.run(&[&["inspect", TOKEN, "--key", &secret], &IN_TIME[..]].concat(), "");
    assert_eq!(said.code, 1);
    assert!(said.out.contains("matches once the secret is read as base64"), "{}", said.out);
    assert!(!said.out.contains(KEY), "a key is never printed");
    let (report, code) = inspect(&twb, &["--key", &secret, "--key-form", "base64"]);
    assert_eq!((&report["signature"], code), (&"verified".into(), 0));
    let (report, _) = inspect(&twb, &["--secret", "-starts-with-a-dash"]);
    assert_eq!(report["signature"], "mismatch");
    assert!(report["reason"].as_str().unwrap().starts_with("32 bytes, do not match"), "{report}");
    let marked = file("marked.json", &format!("\u{FEFF}{{\"keys\":[{jwk}]}}"));
    assert_eq!(inspect(&twb, &["--jwks", &marked]).1, 0, "a byte order mark is no part of it");
    // jwt.io's token, and its secret as an editor keeps it.
    let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
    let kept = file("kept.txt", "your-256-bit-secret\n");
    assert_eq!(twb.run(&["inspect", token, "--key", &kept], "").code, 0);
}

#[test]
fn the_rules_of_the_options_decide() {
    let twb = Twb::new();
    let key = ["--secret-base64", KEY];
    for (options, stopped) in [
        (&["--issuer", "joe"][..], None),
        (&["--issuer", "jane"], Some("issuer_and_audience")),
        (&["--audience", "items-api"], Some("issuer_and_audience")),
        (&["--alg", "ES256"], Some("algorithm")),
        (&["--alg", "ES256", "--alg", "HS256"], None),
        (&["--typ", "at+jwt"], Some("algorithm")),
        (&["--scope", "items:read"], Some("scopes")),
        (&["--at", "1300819400"], Some("time")),
        (&["--at", "1300819400", "--leeway", "30"], None),
    ] {
        let at: &[&str] = if options[0] == "--at" { &[] } else { &IN_TIME };
        let said = twb.run(&[&["inspect", "--json", TOKEN], &key[..], at, options].concat(), "");
        let report: Value = serde_json::from_str(&said.out).unwrap();
        let trace = report["trace"].as_array().unwrap();
        let failed = trace.iter().find(|step| step["outcome"] == "fail").and_then(|step| step["check"].as_str());
        assert_eq!((failed, said.code), (stopped, i32::from(stopped.is_some())), "{options:?}");
    }
}

#[test]
fn what_cannot_be_a_key_is_said() {
    let twb = Twb::new();
    let missing = twb.home.path().join("missing.pem");
    let missing = missing.to_str().unwrap();
    let sentence = String::from("[HOME]/missing.pem could not be read: No such file or directory (os error 2)");
    twb.refuses(&["inspect", TOKEN, "--key", missing], "", &sentence);
    let pem = twb.home.path().join("key.pem");
    fs::write(&pem, "-----BEGIN PUBLIC KEY-----").unwrap();
    let pem = pem.to_str().unwrap();
    twb.refuses(
        &["inspect", TOKEN, "--jwks", pem],
        "",
        "[HOME]/key.pem holds no JWK Set; for PEM or a secret use --key",
    );
    twb.refuses(
        &["inspect", TOKEN, "--at", "soon"],
        "",
        "soon is no time: write one such as 2026-11-23T14:30:00Z, or seconds since 1970",
    );
    let both = twb.run(&["inspect", TOKEN, "--secret", "x", "--key", pem], "");
    assert_eq!(both.code, 2);
}
