//! `twb inspect`: keys that are given to check with.

use super::{
    Twb,
    inspect::{IN_TIME, KEY, TOKEN, section},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;
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

#[test]
fn without_a_key_the_ways_to_get_one_are_told() {
    let twb = Twb::new();
    let token = |header: &str, claims: &str| {
        let [header, claims] = [header, claims].map(|text| BASE64_URL_SAFE_NO_PAD.encode(text));
        format!("{header}.{claims}.{}", "A".repeat(342))
    };
    let ways = |header: &str, claims: &str| {
        let said = twb.run(&["inspect"], &token(header, claims));
        assert_eq!(said.code, 3, "{}", said.out);
        let lines = section(&said.out, "Ways to get the key");
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let answer: Value = serde_json::from_str(&twb.run(&["inspect", "--json"], &token(header, claims)).out).unwrap();
        let listed = answer["ways_to_get_the_key"].as_array().unwrap();
        assert_eq!(listed.iter().map(|way| format!("  {}", way.as_str().unwrap())).collect::<Vec<_>>(), lines);
        lines
    };
    let discovery = "  https://issuer.example/t/.well-known/openid-configuration names the issuer's JWK Set in jwks_uri: \
                     save that set, and give it as --jwks FILE";
    let key = "  Give the signer's public key as --key FILE: PEM, a certificate or a JWK";
    let claims = r#"{"iss":"https://issuer.example/t/","exp":4102444800}"#;
    assert_eq!(ways(r#"{"alg":"RS256","kid":"a"}"#, claims), [discovery, key]);
    assert_eq!(ways(r#"{"alg":"RS256"}"#, r#"{"iss":"issuer","exp":4102444800}"#), [key]);
    let header = r#"{"alg":"RS256","jku":"https://keys.example/set"}"#;
    assert_eq!(
        ways(header, claims)[1],
        "  The token names a JWK Set of its own in jku, https://keys.example/set: use it only if you know that it is the \
         issuer's"
    );
    let secret = ways(r#"{"alg":"HS256"}"#, claims);
    assert_eq!(
        secret,
        [
            "  HS256 is checked with the secret it was signed with, which only the issuer has",
            "  Give it as --secret-file FILE, --secret - (standard input), --secret-base64 or --secret-hex",
        ]
    );
    let file = twb.home.path().join("secret.txt");
    fs::write(&file, "a secret").unwrap();
    let tried = twb.run(&["inspect", "--secret-file", file.to_str().unwrap()], &token(r#"{"alg":"HS256"}"#, claims));
    assert!(!tried.out.contains("Ways to get the key"), "{}", tried.out);
    let with_key = ["inspect", "--json", "--secret-file", file.to_str().unwrap()];
    let tried: Value = serde_json::from_str(&twb.run(&with_key, &token(r#"{"alg":"HS256"}"#, claims)).out).unwrap();
    assert_eq!(tried.get("ways_to_get_the_key"), None);
}

#[test]
fn the_verdict_without_an_answer_points_at_the_check_and_the_cure_stands_by_itself() {
    let twb = Twb::new();
    let file = twb.home.path().join("key.json");
    fs::write(&file, r#"{"jwks_uri":"https://issuer.example/keys","issuer":"https://issuer.example"}"#).unwrap();
    let [header, claims] =
        [r#"{"alg":"RS256"}"#, r#"{"exp":4102444800}"#].map(|text| BASE64_URL_SAFE_NO_PAD.encode(text));
    let token = format!("{header}.{claims}.{}", "A".repeat(342));
    let said = twb.run(&["inspect", "--key", file.to_str().unwrap()], &token).out;
    assert!(said.starts_with("Not verified: RS256 needs the signer's public key\n"), "{said}");
    assert_eq!(said.matches("https://issuer.example/keys").count(), 1, "{said}");
    // RFC 7518 appendix A.1 lists the names of XML Signature.
    let header = r#"{"alg":"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"}"#;
    let secret = "secret-secret-secret-secret-1234";
    let key = jose::SigningKey::from_hmac(jose::Algorithm::Hs256, secret.as_bytes(), "k").unwrap();
    let token = key.dangerous_sign(header, br#"{"exp":4102444800}"#).unwrap();
    let said = twb.run(&["inspect", &token, "--secret", secret], "").out;
    assert!(said.starts_with("Not verified: Signature not accepted: see check 4 of 9\n"), "{said}");
    assert_eq!(section(&said, "What must change to pass"), ["  Set `alg` to HS256 where the token is signed"]);
    assert_eq!(said.matches("the signature matches as HS256").count(), 1, "{said}");
}
