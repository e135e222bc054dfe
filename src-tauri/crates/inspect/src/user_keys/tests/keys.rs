//! Keys in every format, sets of them, and public keys used as the secret.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jose::{VerifyingKey, base64url};

const ED25519_LINE: &str = include_str!("../../../../jose/vectors/keys/openssh.ed25519.pub");
const ED25519_FILE: &str = include_str!("../../../../jose/vectors/keys/openssh.ed25519");
const OPENSSH_RSA: &str = include_str!("../../../../jose/vectors/keys/openssh.rsa");
const OPENSSH_RSA_LINE: &str = include_str!("../../../../jose/vectors/keys/openssh.rsa.pub");
const PSS: &str = include_str!("../../../../jose/vectors/keys/rsapss2048.pkcs8.pem");
const PSS_PUBLIC: &str = include_str!("../../../../jose/vectors/keys/rsapss2048.public.pem");
const P256_PUBLIC: &str = include_str!("../../../../jose/vectors/keys/p256.public.pem");

fn der(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap()
}

fn windows(text: &str) -> String {
    text.replace('\n', "\r\n")
}

fn jwk_of(pem: &str, algorithm: Algorithm) -> String {
    let key = VerifyingKey::from_spki(pem.as_bytes(), Some(algorithm)).unwrap();
    key.with_kid(Some("a".to_owned())).public_jwk().unwrap()
}

fn key_step(report: &Report) -> &Step {
    report.trace.iter().find(|step| step.check == Check::Key).unwrap()
}

#[track_caller]
fn assert_confused(report: &Report, words: &str) {
    assert_eq!(report.verdict.title, "Rejected", "{} {:?}", report.signature.reason, report.user_key);
    assert_eq!(report.findings.first().unwrap().id, "public_key_as_secret");
    assert!(report.signature.reason.contains(words), "{} lacks {words}", report.signature.reason);
}

#[test]
fn a_public_key_as_the_secret_is_found_whatever_form_signed_and_whatever_form_is_given() {
    let jwk: serde_json::Value = serde_json::from_str(&jwk_of(RSA_PUBLIC, Algorithm::Rs256)).unwrap();
    let modulus = base64url::decode_strict(jwk["n"].as_str().unwrap()).unwrap();
    let info = der(RSA_PUBLIC);
    let pkcs1 = pem_rfc7468::encode_string("RSA PUBLIC KEY", pem_rfc7468::LineEnding::LF, &info[24..]).unwrap();
    let given = [
        RSA_PUBLIC.to_owned(),
        windows(RSA_PUBLIC),
        RSA_PUBLIC.trim().replace('\n', "\\n"),
        RSA.to_owned(),
        pkcs1.clone(),
        jwk.to_string(),
        format!(r#"{{"keys":[{jwk}]}}"#),
        format!("[{jwk}]"),
    ];
    for (secret, words) in [
        (RSA_PUBLIC.as_bytes().to_vec(), ""),
        (RSA_PUBLIC.trim().into(), ""),
        (windows(RSA_PUBLIC).into(), ""),
        (windows(RSA_PUBLIC).trim().into(), ""),
        (pkcs1.clone().into(), ""),
        (windows(pkcs1.trim()).into(), ""),
        (info.clone(), "the DER of"),
        (STANDARD.encode(&info).into(), "the DER in base64 of"),
        (STANDARD.encode(&modulus).into(), "the modulus of"),
        (base64url::encode(&modulus).into(), "the modulus of"),
        (modulus, "the modulus of"),
    ] {
        for key in &given {
            assert_confused(&text(&with_secret(&secret), key), words);
        }
    }
}

#[test]
fn the_text_of_a_certificate_a_jwk_and_an_openssh_line_are_found_as_secrets_too() {
    let jwk = r#"{ "kty":"OKP", "crv":"Ed25519", "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }"#;
    let set = format!(r#"{{"keys": [{jwk}]}}"#);
    for (secret, given) in [
        (jwk, jwk),
        (jwk, &set),
        (&set, &set),
        (CERTIFICATE, CERTIFICATE),
        (CERTIFICATE.trim(), &windows(CERTIFICATE)),
        (&windows(CERTIFICATE), &CERTIFICATE.trim().replace('\n', "\\n")),
        (P256_PUBLIC, P256),
        (&format!("{}\n", ED25519_LINE.trim()), ED25519_FILE),
        (ED25519_LINE.trim(), ED25519_LINE),
    ] {
        assert_confused(&text(&with_secret(secret.as_bytes()), given), "");
    }
    assert_confused(&text(&with_secret(&der(CERTIFICATE)), CERTIFICATE), "the DER of");
}

#[test]
fn a_long_token_and_many_keys_are_looked_at_for_confusion_in_time() {
    let keys: Vec<String> =
        (0..200).map(|n| signing_key(Algorithm::Es256).with_kid(&n.to_string()).public_jwk().unwrap()).collect();
    let key = SigningKey::dangerous_from_hmac(Algorithm::Hs512, b"something else", "0").unwrap();
    let long = key.sign("JWT", &format!(r#"{{"a":"{}"}}"#, "x".repeat(700_000))).unwrap();
    #[expect(clippy::disallowed_methods, reason = "an answer must be quick, and this measures it")]
    let start = std::time::Instant::now();
    let report = text(&long, &format!(r#"{{"keys":[{}]}}"#, keys.join(",")));
    assert_ne!(report.signature.state, SignatureState::Verified);
    // Testing all forms of all keys would take minutes.
    assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_forged_token_that_names_no_key_of_several_is_rejected_as_with_one() {
    let (one, two) = (signing_key(Algorithm::Es256), signing_key(Algorithm::Es256));
    let set = format!(r#"{{"keys":[{},{}]}}"#, one.public_jwk().unwrap(), two.public_jwk().unwrap());
    let unnamed = |key: &SigningKey| key.dangerous_sign(r#"{"alg":"ES256"}"#, claims().as_bytes()).unwrap();
    let report = text(&unnamed(&signing_key(Algorithm::Es256)), &set);
    assert_eq!(report.signature.state, SignatureState::Mismatch);
    assert_eq!(report.signature.reason, "The signature does not match any of the 2 keys that fit");
    assert_eq!(report.verdict.detail, "401 at check 4 of 9, signature");
    assert_eq!(key_step(&report).reason, "Any of the 2 keys that fit, from the key given here");
    assert_verified(&text(&unnamed(&two), &set));
}

#[test]
fn a_set_that_mixes_a_secret_with_public_keys_is_refused_for_every_token() {
    let secret = format!(r#"{{"kty":"oct","kid":"h","k":"{}"}}"#, base64url::encode(&[7; 32]));
    let set = format!(r#"{{"keys":[{},{secret}]}}"#, jwk_of(RSA_PUBLIC, Algorithm::Rs256));
    let key = SigningKey::dangerous_from_hmac(Algorithm::Hs256, &[7; 32], "h").unwrap();
    let named = PrivateKey::read(RSA.as_bytes(), Some(Algorithm::Rs256)).unwrap().signing_key(Some("a")).unwrap();
    for token in [key.sign("JWT", &claims()).unwrap(), named.sign("JWT", &claims()).unwrap()] {
        let report = text(&token, &set);
        assert_eq!(report.signature.state, SignatureState::NoKey);
        let problem = given(&report).problem.as_deref();
        assert_eq!(problem, Some("Not a readable key (it mixes shared secrets with public keys)"));
    }
}

#[test]
fn a_kid_that_the_set_does_not_have_is_not_accepted_and_the_key_that_matches_is_named() {
    let (one, two) = (signing_key(Algorithm::Es256), signing_key(Algorithm::Es256).with_kid("two"));
    let set = format!(r#"{{"keys":[{},{}]}}"#, one.public_jwk().unwrap(), two.public_jwk().unwrap());
    let token = two.dangerous_sign(r#"{"alg":"ES256","kid":"three"}"#, claims().as_bytes()).unwrap();
    let report = text(&token, &set);
    assert_eq!(report.signature.state, SignatureState::NoKey);
    let sentence = "No key of the set has the kid three; its key two matches: name that one in `kid`";
    assert_eq!(report.signature.reason, sentence);
    assert_eq!(report.verdict.title, "Not verified");
    assert_eq!(report.verdict.detail, "Signature not accepted: see check 4 of 9");
    let said = report.trace.iter().filter(|step| step.reason == sentence).count();
    assert_eq!((said, &*report.trace[3].fix), (1, "Name the right key in `kid`"), "{:?}", report.trace);
}

#[test]
fn a_kid_that_is_no_string_is_said_to_be_none() {
    let (one, two) = (signing_key(Algorithm::Es256), signing_key(Algorithm::Es256));
    let token = one.dangerous_sign(r#"{"alg":"ES256","kid":5}"#, claims().as_bytes()).unwrap();
    for set in [
        one.public_jwk().unwrap(),
        format!(r#"{{"keys":[{}]}}"#, one.public_jwk().unwrap()),
        format!(r#"{{"keys":[{},{}]}}"#, two.public_jwk().unwrap(), one.public_jwk().unwrap()),
    ] {
        let report = text(&token, &set);
        assert_verified(&report);
        assert_eq!(key_step(&report).outcome, Outcome::Warn);
        assert!(key_step(&report).reason.ends_with("; kid is a number, not a string"), "{:?}", key_step(&report));
        assert_eq!(key_step(&report).rfc, "RFC 7515 §4.1.4");
    }
}

#[test]
fn the_header_is_quoted_as_it_stands() {
    let key = signing_key(Algorithm::EdDsa);
    let token = key.dangerous_sign(r#"{"alg":"Ed25519"}"#, claims().as_bytes()).unwrap();
    let report = text(&token, RSA_PUBLIC);
    assert_eq!(report.signature.reason, "The header says Ed25519, the key is for RS256");
    assert!(key_step(&report).fix.ends_with("a key for Ed25519"));
    let problem = given(&text(&token, "a secret")).problem.clone().unwrap();
    assert!(problem.starts_with("This reads as a secret; Ed25519 needs a public key"), "{problem}");
}

#[test]
fn openssh_keys_verify_with_their_public_part() {
    let ed = with_pem(ED25519_FILE, Algorithm::EdDsa);
    for (key, summary) in [
        (ED25519_LINE.to_owned(), "OpenSSH public key, EdDSA"),
        (format!("{} alice@example.com", ED25519_LINE.trim()), "OpenSSH public key, EdDSA"),
        (ED25519_FILE.to_owned(), "OpenSSH private key, EdDSA"),
        (windows(ED25519_FILE), "OpenSSH private key, EdDSA"),
    ] {
        let report = text(&ed, &key);
        assert_verified(&report);
        assert_eq!(super::given(&report).summary, summary);
    }
    let other = text(&with_pem(RSA, Algorithm::Ps256), OPENSSH_RSA);
    assert_eq!(super::given(&other).summary, "OpenSSH private key, PS256");
    assert_eq!(other.signature.state, SignatureState::Mismatch);
    assert_eq!(super::given(&text(&ed, OPENSSH_RSA_LINE)).summary, "OpenSSH public key, RS256");
    let dsa = text(&ed, "ssh-dss AAAAB3NzaC1kc3M= old@example.com");
    let problem = super::given(&dsa).problem.as_deref().unwrap();
    assert_eq!(problem, "This build cannot use the key type `ssh-dss`");

    let signing = |text| UserKey::new(text, SecretForm::Text).signing_key(None, None);
    assert_eq!(signing(ED25519_FILE).unwrap().algorithm(), Algorithm::EdDsa);
    let encrypted = include_str!("../../../../jose/vectors/keys/openssh.encrypted");
    let error = signing(OPENSSH_RSA).unwrap_err();
    assert!(error.contains("`ssh-keygen -p -N '' -m PKCS8 -f key`"), "{error}");
    assert_eq!(signing(encrypted).unwrap_err(), "The private key is encrypted: give its passphrase");
    let account = format!(r#"{{"type":"service_account","private_key":{RSA:?}}}"#);
    assert_eq!(signing(&account).unwrap().algorithm(), Algorithm::Rs256);
    assert!(signing(ED25519_LINE).unwrap_err().contains("private key is needed"));
    assert_eq!(super::given(&text(&ed, encrypted)).summary, "OpenSSH private key, EdDSA");
}

#[test]
fn what_is_no_key_is_not_called_a_mismatch() {
    let garbage = "fA9#k2 not a key at all, whatever it is";
    let foreign = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----";
    let damaged = RSA_PUBLIC.replacen("MII", "MI!", 1);
    for (key, problem) in [
        (garbage, "This reads as a secret; RS256 needs a public key: paste it as PEM, JWK or JWK Set"),
        ("[1,2]", "This reads as a secret; RS256 needs a public key: paste it as PEM, JWK or JWK Set"),
        (foreign, "PEM of the kind CERTIFICATE REQUEST holds no key that can check a token"),
        (
            "-----BEGIN my secret KEY-----",
            "This reads as a secret; RS256 needs a public key: paste it as PEM, JWK or JWK Set",
        ),
        (&damaged, "What stands between the first and the last line of the PUBLIC KEY is not base64"),
    ] {
        let report = text(&with_pem(RSA, Algorithm::Rs256), key);
        assert_eq!(report.signature.state, SignatureState::NoKey);
        assert_eq!(report.verdict.detail, "RS256 needs the signer's public key", "check 3 says what this key is");
        assert_eq!(super::given(&report).problem.as_deref(), Some(problem));
    }
}

#[test]
fn pem_in_base64_pem_in_json_and_a_list_of_jwks_are_put_right() {
    let key = PrivateKey::read(RSA.as_bytes(), Some(Algorithm::Rs256)).unwrap().signing_key(Some("a")).unwrap();
    let token = key.sign("JWT", &claims()).unwrap();
    for (key, repair) in [
        (STANDARD.encode(RSA_PUBLIC), "The PEM was encoded in base64 once more"),
        (STANDARD.encode(windows(RSA)), "The PEM was encoded in base64 once more"),
        (format!(r#"{{"type":"service_account","private_key":{:?}}}"#, RSA), r"`\n` written out became line breaks"),
        (RSA_PUBLIC.replace("-----", "—"), "Dashes of the PEM's first or last line were missing"),
        (format!("[{}]", jwk_of(RSA_PUBLIC, Algorithm::Rs256)), "A list of JWKs was read as a JWK Set"),
    ] {
        let report = text(&token, &key);
        assert_verified(&report);
        assert_eq!(super::given(&report).repairs.first().map(String::as_str), Some(repair));
    }
}

#[test]
fn a_key_for_pss_alone_checks_ps_and_says_what_else_it_is_not_for() {
    for algorithm in [Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512] {
        assert_verified(&text(&with_pem(PSS, algorithm), PSS_PUBLIC));
        assert_verified(&text(&with_pem(PSS, algorithm), PSS));
    }
    let report = text(&with_pem(RSA, Algorithm::Rs256), PSS_PUBLIC);
    assert_eq!(report.signature.reason, "The header says RS256, the key is for PS256");
    let one = include_str!("../../../../jose/vectors/keys/rsapss2048.sha384.pkcs8.pem");
    let report = text(&with_pem(PSS, Algorithm::Ps256), one);
    assert_eq!(report.signature.reason, "The header says PS256, the key is for PS384");
}

#[test]
fn an_encrypted_key_checks_and_signs_with_its_passphrase_which_no_report_holds() {
    let pkcs8 = include_str!("../../../../jose/vectors/keys/ed25519.pbkdf2.pem");
    let openssh = include_str!("../../../../jose/vectors/keys/openssh.ed25519.encrypted");
    let plain = include_str!("../../../../jose/vectors/keys/ed25519.pkcs8.pem");
    let token = with_pem(plain, Algorithm::EdDsa);
    let parsed = parse(&token);
    let by = |key: &str, passphrase: &str| {
        let key = UserKey::new(key, SecretForm::Text).with_passphrase(passphrase);
        assert!(!format!("{key:?}").contains(passphrase));
        (check_with_user_key(&parsed, &key, &evidence(Policy::default(), no_key())), key)
    };
    let report = text(&token, pkcs8);
    assert!(super::given(&report).encrypted);
    assert_eq!(super::given(&report).problem.as_deref(), Some("The private key is encrypted: give its passphrase"));
    let (report, key) = by(pkcs8, "plaid lantern");
    assert_verified(&report);
    assert!(super::given(&report).encrypted);
    assert!(!format!("{report:?}").contains("plaid lantern"));
    assert_eq!(key.signing_key(None, None).unwrap().algorithm(), Algorithm::EdDsa);
    let wrong = "This is not the passphrase of the private key";
    let (report, key) = by(pkcs8, "paisley lantern");
    assert_eq!(super::given(&report).problem.as_deref(), Some(wrong));
    assert_eq!(key.signing_key(None, None).unwrap_err(), wrong);
    // The public part of an OpenSSH key is not encrypted: only signing needs the passphrase.
    let ed = with_pem(ED25519_FILE, Algorithm::EdDsa);
    assert_verified(&text(&ed, openssh));
    let (report, key) = by(openssh, "paisley lantern");
    assert_eq!((super::given(&report).encrypted, super::given(&report).problem.as_deref()), (false, None));
    assert_eq!(key.signing_key(None, None).unwrap_err(), wrong);
    let opened = UserKey::new(openssh, SecretForm::Text).with_passphrase("plaid lantern");
    assert_eq!(opened.signing_key(None, None).unwrap().algorithm(), Algorithm::EdDsa);
}

#[test]
fn a_key_is_opened_once_however_often_it_is_used() {
    let pkcs8 = include_str!("../../../../jose/vectors/keys/ed25519.pbkdf2.pem");
    let key = UserKey::new(pkcs8, SecretForm::Text).with_passphrase("plaid lantern");
    assert!(key.opened.get().is_none());
    key.signing_key(None, None).unwrap();
    let opened = key.opened.get().unwrap().as_ref().unwrap().as_ptr();
    let token = with_pem(include_str!("../../../../jose/vectors/keys/ed25519.pkcs8.pem"), Algorithm::EdDsa);
    assert_verified(&check_with_user_key(&parse(&token), &key, &evidence(Policy::default(), no_key())));
    assert_eq!(key.opened.get().unwrap().as_ref().unwrap().as_ptr(), opened);
    assert!(!format!("{key:?}").contains("Zeroizing"), "what was opened is not printed either");
}

#[test]
fn of_two_keys_in_one_text_neither_is_used() {
    let token = with_pem(RSA, Algorithm::Rs256);
    for two in [
        format!("{RSA_PUBLIC}\n{P256_PUBLIC}"),
        format!("{P256_PUBLIC}{RSA_PUBLIC}"),
        format!("{P256_PUBLIC}{RSA}"),
        format!("{RSA}{ED25519_LINE}"),
    ] {
        let report = text(&token, &two);
        assert_eq!(report.signature.state, SignatureState::NoKey);
        assert!(report.user_key.unwrap().problem.unwrap().starts_with("These are two keys"), "{two}");
    }
    assert_verified(&text(&token, &format!("{RSA_PUBLIC}\n{RSA_PUBLIC}")));
}

#[test]
fn both_halves_of_one_key_are_one_key() {
    for pair in [format!("{RSA_PUBLIC}{RSA}"), format!("{RSA}\n{RSA_PUBLIC}")] {
        let report = text(&with_pem(RSA, Algorithm::Rs256), &pair);
        assert_verified(&report);
        assert_eq!(super::given(&report).repairs, ["Both halves of one key: the private one is used"]);
        let key = UserKey::new(&pair, SecretForm::Text).signing_key(Some(Algorithm::Rs256), None);
        assert!(key.is_ok(), "it signs, too");
    }
    let ed = with_pem(include_str!("../../../../jose/vectors/keys/ed25519.pkcs8.pem"), Algorithm::EdDsa);
    let ssh = format!("{ED25519_FILE}{ED25519_LINE}");
    assert_eq!(super::given(&text(&ed, &ssh)).repairs, ["Both halves of one key: the private one is used"]);
}
