//! `twb inspect`: keys that are given to check with.

use super::{
    Twb,
    inspect::{IN_TIME, KEY, TOKEN},
};
use std::fs;

#[test]
fn a_secret_that_was_given_wrongly_is_never_repeated() {
    let twb = Twb::new();
    let pem = "-----BEGIN PRIVATE KEY-----\nMIGHc4n4ry/c4n4ry\n-----END PRIVATE KEY-----\n";
    let jwk = r#"{"kty":"oct","k":"c4n4ry"}"#;
    for options in [
        &["--secret", pem][..],
        &["--secret-base64", pem],
        &["--secret-hex", pem],
        &["--secret-hex", "-c4n4ry"],
        &["--secret-hex=c4n4ry"],
        &["--secret-hexc4n4ry"],
        &["--secrethex=c4n4ry"],
        &["--secret=c4n4ry", "--secret=c4n4ry"],
        &["--secret=c4n4ry", "--secret-hex=c4n4ry"],
        &["--secret-hex", "c4n4ry", "--key-form", "hex"],
        &["--secret", "c4n4ry", "--gui"],
        &["--secret", "my", "c4n4ry"],
        &["--secret", "my", "--c4n4ry"],
        &["--secret", "my", "--canaryc"],
        &["--secret-hex", "-----BEGIN", "PRIVATE", "c4n4ry-----"],
        &["-Sc4n4ry"],
        &["-S", "c4n4ry"],
        &["--key-form", "c4n4ry"],
        &["--key-form=c4n4ry", "--key", "x.pem"],
        &["--key-form", pem],
        &["--key", pem],
        &["--key", "c4n4ry"],
        &["--key", "/c4n4ry/c4n4ry="],
        &["--key", jwk],
        &["--jwks", jwk],
        &["--jwks", pem],
        &["--json=c4n4ry"],
        &["c4n4ry"],
        &["--", "c4n4ry"],
    ] {
        let said = twb.run(&[&["inspect", TOKEN], options].concat(), "");
        let told = format!("{}{}", said.out, said.err).to_lowercase();
        assert!(!told.contains("c4n4ry") && !told.contains("canaryc"), "{options:?}: {told}");
        assert!(!told.contains("-- ---"), "{options:?}: {told}");
        assert!(said.code == 1 || said.code == 2, "{options:?}: {told}");
    }
    let said = twb.run(&["c4n4ry.c4n4ry.c4n4ry"], "");
    assert!(!said.err.contains("c4n4ry") && said.err.contains("twb inspect TOKEN"), "{}", said.err);
    // Arguments that are not secret are still named.
    let said = twb.run(&["inspect", TOKEN, "--secret", "x", "--issuers", "joe"], "");
    assert!(said.err.contains("'--issuers'") && said.err.contains("'--issuer'"), "{}", said.err);
    assert!(twb.run(&["inspcet", TOKEN], "").err.contains("'inspcet'"));
}

#[test]
fn a_file_in_utf_16_is_read_as_powershell_wrote_it() {
    let twb = Twb::new();
    let text = format!("{TOKEN}\r\n");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let key: Vec<u8> = format!("\u{FEFF}{KEY}\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let file = twb.home.path().join("secret.txt");
    fs::write(&file, key).unwrap();
    for bytes in [&little, &[&[0xFF, 0xFE], &little[..]].concat(), &big, &[&[0xFE, 0xFF], &big[..]].concat()] {
        let options = ["inspect", "--key", file.to_str().unwrap(), "--key-form", "base64"];
        let said = twb.run_on_bytes(&[&options[..], &IN_TIME].concat(), bytes);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    }
}

#[test]
fn what_cannot_be_a_key_is_said() {
    let twb = Twb::new();
    let missing = twb.home.path().join("missing.pem");
    let missing = missing.to_str().unwrap();
    twb.refuses(&["inspect", TOKEN, "--key", missing], "", "There is no file [HOME]/missing.pem");
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
        "soon is not a time: write one such as 2026-11-23T14:30:00Z, or seconds since 1970",
    );
    for leeway in ["-1", "1.5", "30s", "--json", "4294967296"] {
        let sentence = format!("--leeway {leeway}: write whole seconds, zero or more, such as 30");
        twb.refuses(&["inspect", TOKEN, "--leeway", leeway], "", &sentence);
    }
    twb.refuses(
        &["policies", "save", "mine", "--max-lifetime=-1"],
        "",
        "--max-lifetime -1: write whole seconds, zero or more, such as 30",
    );
    let both = twb.run(&["inspect", TOKEN, "--secret", "x", "--key", pem], "");
    assert_eq!(both.code, 2);
}
