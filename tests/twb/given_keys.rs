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
        &["--secret-file", pem],
        &["--secret-file", "c4n4ry"],
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
    // A rule without a value would be met by an empty claim, or by none.
    for option in ["--issuer", "--audience", "--scope", "--typ"] {
        let said = twb.run(&["inspect", TOKEN, option, ""], "");
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{option}");
        assert!(said.err.contains("a value is required"), "{}", said.err);
    }
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

#[test]
fn a_key_in_a_binary_file_is_read() {
    let twb = Twb::new();
    let file = twb.home.path().join("secret.bin");
    let secret: [u8; 32] = std::array::from_fn(|n| 0xC0 | n as u8);
    fs::write(&file, secret).unwrap();
    let key = jose::SigningKey::dangerous_from_hmac(jose::Algorithm::Hs256, &secret, "").unwrap();
    let token = key.dangerous_sign(r#"{"alg":"HS256"}"#, br#"{"exp":4102444800}"#).unwrap();
    let said = twb.says(&["--ephemeral", "inspect", &token, "--key", file.to_str().unwrap()], "");
    assert!(said.contains("32 bytes, verified with the secret (32 bytes)"), "{said}");
}

#[test]
fn the_value_that_matches_in_a_settings_file_is_named_and_not_shown() {
    let twb = Twb::new();
    let file = twb.home.path().join(".env");
    fs::write(&file, "PORT=8080\nJWT_SECRET=\"the one that signs, c4n4ry\"\n").unwrap();
    let key = jose::SigningKey::dangerous_from_hmac(jose::Algorithm::Hs256, b"the one that signs, c4n4ry", "").unwrap();
    let token = key.dangerous_sign(r#"{"alg":"HS256"}"#, br#"{"exp":4102444800}"#).unwrap();
    let said = twb.run(&["--ephemeral", "inspect", &token, "--key", file.to_str().unwrap()], "");
    assert_eq!(said.code, 1);
    assert!(said.out.contains("The value of `JWT_SECRET` in this text matches"), "{}", said.out);
    assert!(!said.out.contains("c4n4ry"), "{}", said.out);
}

#[test]
fn a_secret_comes_from_standard_input_or_a_file_without_its_last_line_break() {
    let twb = Twb::new();
    let file = twb.home.path().join("c4n4ry.secret");
    let path = file.to_str().unwrap();
    let sign = |secret: &str| {
        let key = jose::SigningKey::dangerous_from_hmac(jose::Algorithm::Hs256, secret.as_bytes(), "k").unwrap();
        key.dangerous_sign(r#"{"alg":"HS256"}"#, b"{}").unwrap()
    };
    let secret = "c4n4ry-secret-of-thirty-two-bytes";
    for (signed_with, given, code) in [
        (secret.to_owned(), secret.to_owned(), 0),
        (secret.to_owned(), format!("{secret}\n"), 0),
        (secret.to_owned(), format!("{secret}\r\n"), 0),
        // Only one line break is the editor's.
        (format!("{secret}\n"), format!("{secret}\n\n"), 0),
        (format!("{secret}\n"), format!("{secret}\n"), 1),
        (secret.to_owned(), "another secret\n".to_owned(), 1),
    ] {
        let token = sign(&signed_with);
        fs::write(&file, &given).unwrap();
        for (options, input) in
            [(["--secret", "-"], given.as_str()), (["--secret-file", "-"], &given), (["--secret-file", path], "")]
        {
            let said = twb.run(&[&["inspect", &token], &options[..]].concat(), input);
            assert_eq!(said.code, code, "{options:?} {given:?}: {}{}", said.out, said.err);
            assert!(!said.out.contains("c4n4ry"), "{}", said.out);
        }
    }
    let both =
        "Standard input can be the token or the key, not both: give the token as an argument, or the key in a file";
    for option in ["--secret", "--secret-file", "--key"] {
        twb.refuses(&["inspect", option, "-"], TOKEN, both);
    }
}
