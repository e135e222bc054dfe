//! Keys and signatures: what is tried, what is refused, and why.

use super::fails;
use crate::judgement::{Check, Outcome, SignatureState, VerdictOutcome};
use crate::parse::SegmentKind;
use crate::testing::{Draft, NOW, evidence, found, ids, no_key, signing_key, step};
use crate::{Algorithm, KeyChoice, Policy, check, parse};

#[test]
fn a_key_of_another_algorithm_is_not_tried() {
    let other = signing_key(Algorithm::Es384);
    let draft = Draft::new().key(found(&other));
    fails(&draft, Check::Key, "The header says ES256, the key is for ES384");
    assert_eq!(draft.report().signature.state, SignatureState::NoKey);
    assert_eq!(draft.step(Check::Signature).outcome, Outcome::NotChecked);
}

#[test]
fn without_a_key_nothing_is_verified_and_nothing_is_called_valid() {
    for key in [
        KeyChoice::None { reason: "No key has the kid x".to_owned() },
        KeyChoice::Unavailable { reason: "GNOME Keyring is locked".to_owned() },
    ] {
        let report = Draft::new().key(key).report();
        assert_eq!(report.verdict.outcome, VerdictOutcome::NotVerified);
        assert_eq!(report.verdict.title, "Not verified");
        assert_eq!(report.verdict.status, None);
        assert_eq!(report.signature.state, SignatureState::NoKey);
        assert_eq!(step(&report, Check::Key).outcome, Outcome::NotChecked);
    }
}

#[test]
fn a_changed_token_does_not_match() {
    let token = Draft::new().token();
    let (rest, _) = token.rsplit_once('.').unwrap();
    let other = Draft::new().claim("sub", "\"bob\"").token();
    let (_, foreign) = other.rsplit_once('.').unwrap();
    let report = Draft::new().judge(&format!("{rest}.{foreign}"));
    assert_eq!(report.signature.state, SignatureState::Mismatch);
    assert_eq!(report.verdict.detail, "401 at check 4 of 9, signature");
    assert_eq!(report.signature.parts.len(), 2);
    assert_eq!(report.signature.parts[0].name, "r");
    assert_eq!(report.signature.parts[0].hex.len(), 71, "eight groups of eight and seven spaces");
}

#[test]
fn forged_signature_shapes_are_named() {
    let token = Draft::new().token();
    let (rest, signature) = token.rsplit_once('.').unwrap();
    let judge = |bytes: &[u8]| Draft::new().judge(&format!("{rest}.{}", crate::base64url::encode(bytes))).signature;
    assert_eq!(judge(&[0; 64]).reason, "All 64 bytes are zero (CVE-2022-21449), no key matches");
    let mut der = vec![0x30, 68];
    der.extend([1; 68]);
    assert_eq!(judge(&der).reason, "70 bytes, ES256 has 64, it looks like DER instead of r and s side by side");
    assert_eq!(judge(&[9; 1]).reason, "1 bytes, ES256 has 64");
    assert_eq!(judge(&[1; 66]).state, SignatureState::Mismatch);
    // r = n is out of range.
    let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let mut bytes: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&order[2 * at..2 * at + 2], 16).unwrap()).collect();
    bytes.extend([1; 32]);
    assert_eq!(judge(&bytes).state, SignatureState::Mismatch);
    let cut = Draft::new().judge(&format!("{rest}.{}", &signature[..signature.len() - 4]));
    assert_eq!(cut.signature.reason, "61 bytes, ES256 has 64");
}

#[test]
fn an_unsigned_token_is_rejected_with_and_without_a_key() {
    let token = Draft::new().header("alg", "\"none\"").token();
    let (rest, _) = token.rsplit_once('.').unwrap();
    for forged in [format!("{rest}."), token.clone()] {
        let report = Draft::new().judge(&forged);
        assert_eq!(report.signature.state, SignatureState::Unsigned, "{forged}");
        assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
        assert_eq!(report.findings[0].id, "alg_none");
    }
    let token = Draft::new().token();
    let (rest, _) = token.rsplit_once('.').unwrap();
    let report = Draft::new().judge(&format!("{rest}."));
    assert_eq!(report.signature.state, SignatureState::Unsigned);
    assert_eq!(report.verdict.detail, "401 at check 4 of 9, signature");
}

#[test]
fn key_confusion_is_refused_in_all_six_forms() {
    let rsa = signing_key(Algorithm::Rs256);
    let pem = rsa.verifying_key().public_pem().unwrap();
    let der = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD,
        pem.lines().filter(|line| !line.starts_with('-')).collect::<String>(),
    )
    .unwrap();
    let jwk = rsa.public_jwk().unwrap();
    let members: serde_json::Value = serde_json::from_str(&jwk).unwrap();
    let modulus = members["n"].as_str().unwrap();
    let raw = crate::base64url::decode_strict(modulus).unwrap();
    assert_eq!((der[0], raw.len()), (0x30, 256), "a whole key and a whole modulus");
    let claims = Draft::new().claims.iter().map(|(name, json)| format!("\"{name}\":{json}")).collect::<Vec<_>>();
    let claims = format!("{{{}}}", claims.join(","));
    let forms: [&[u8]; 6] = [pem.as_bytes(), pem.trim_end().as_bytes(), &der, jwk.as_bytes(), &raw, modulus.as_bytes()];
    for secret in forms {
        let forger = crate::SigningKey::dangerous_from_hmac(Algorithm::Hs256, secret, rsa.kid()).unwrap();
        let token = forger.sign("at+jwt", &claims).unwrap();
        let with = |key: KeyChoice, algorithms: &[Algorithm]| {
            Draft::new().key(key).policy(|policy| policy.algorithms = algorithms.to_vec()).judge(&token)
        };
        let both = [Algorithm::Rs256, Algorithm::Hs256];
        let fooled = with(found(&forger), &both);
        assert_eq!(
            fooled.verdict.outcome,
            VerdictOutcome::Accepted,
            "whoever took the key for a secret would accept it"
        );
        let report = with(found(&rsa), &both);
        assert_eq!(step(&report, Check::Key).reason, "The header says HS256, the key is for RS256");
        assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
        assert_eq!(report.signature.state, SignatureState::NoKey, "it is not even tried");
        let report = with(found(&rsa), &[Algorithm::Rs256]);
        assert_eq!(step(&report, Check::Algorithm).outcome, Outcome::Fail);
        // Given as a secret by hand, it is found out as well.
        let given_as = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, secret);
        let given = crate::GivenKey::new(&given_as, crate::SecretForm::Base64);
        let report = crate::check_given(&parse(&token), &given, &evidence(Policy::default(), no_key()));
        assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted);
        assert_ne!(report.signature.state, SignatureState::Verified);
    }
}

#[test]
fn a_key_the_token_brings_along_is_never_used() {
    let attacker = signing_key(Algorithm::Es256);
    for name in ["jwk", "jku", "x5u", "x5c"] {
        let json = match name {
            "jwk" => attacker.public_jwk().unwrap(),
            "x5c" => r#"["MIIB"]"#.to_owned(),
            _ => r#""http://127.0.0.1:1/keys""#.to_owned(),
        };
        let token = attacker
            .dangerous_sign(
                &format!(r#"{{"alg":"ES256","typ":"at+jwt","{name}":{json}}}"#),
                format!(r#"{{"sub":"admin","iss":"http://localhost:8787","aud":"items-api","exp":{}}}"#, NOW + 9)
                    .as_bytes(),
            )
            .unwrap();
        let report = Draft::new().judge(&token);
        assert_eq!(report.signature.state, SignatureState::Mismatch, "{name}");
        assert_eq!(ids(&report), ["self_supplied_key"], "{name}");
        let none = Draft::new().key(KeyChoice::None { reason: "No key".to_owned() }).judge(&token);
        assert_eq!(none.signature.state, SignatureState::NoKey, "{name}");
        assert_ne!(none.verdict.outcome, VerdictOutcome::Accepted, "{name}");
    }
}

#[test]
fn a_weak_secret_is_a_finding() {
    let policy = Policy { algorithms: vec![Algorithm::Hs256], ..Policy::default() };
    let weak = crate::SigningKey::dangerous_from_hmac(Algorithm::Hs256, b"secret", "s").unwrap();
    let token = weak.sign("at+jwt", &format!(r#"{{"exp":{}}}"#, NOW + 5)).unwrap();
    let report = check(&parse(&token), &evidence(policy, found(&weak)));
    assert_eq!(ids(&report), ["well_known_secret", "weak_secret"]);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Accepted);
}

#[test]
fn a_jwe_is_called_encrypted_not_signed() {
    let header = crate::base64url::encode(br#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#);
    let report = Draft::new().judge(&format!("{header}.YQ.YQ.YQ.YQ"));
    assert_eq!(report.problems[0].title, "Encrypted, not signed");
    assert_eq!(report.signature.state, SignatureState::Unsupported);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
    assert_eq!(report.header[1].meaning, "Content encryption");
    let kinds: Vec<SegmentKind> = report.segments.iter().map(|segment| segment.kind).collect();
    assert_eq!(
        kinds,
        [
            SegmentKind::Header,
            SegmentKind::EncryptedKey,
            SegmentKind::InitializationVector,
            SegmentKind::Ciphertext,
            SegmentKind::AuthenticationTag
        ]
    );
}

#[test]
fn every_algorithm_signs_parses_and_passes() {
    for algorithm in Algorithm::ALL {
        let key = signing_key(algorithm);
        let claims: Vec<String> =
            Draft::new().claims.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let token = key.sign("at+jwt", &format!("{{{}}}", claims.join(","))).unwrap();
        let draft = Draft::new().key(found(&key)).policy(|policy| policy.algorithms = vec![algorithm]);
        let report = draft.judge(&token);
        assert_eq!(report.verdict.detail, "9 of 9 checks pass", "{algorithm}");
        assert_eq!(report.findings, [], "{algorithm}");
        assert_eq!(report.clean_ups, []);
        let names: Vec<&str> = report.signature.parts.iter().map(|part| part.name.as_str()).collect();
        let expected: &[&str] = if algorithm.as_str().starts_with("ES") { &["r", "s"] } else { &["signature"] };
        assert_eq!(names, expected);
    }
}

#[test]
fn the_fully_specified_name_of_ed25519_is_accepted() {
    let key = signing_key(Algorithm::EdDsa);
    let token = key.dangerous_sign(r#"{"alg":"Ed25519"}"#, format!(r#"{{"exp":{}}}"#, NOW + 5).as_bytes()).unwrap();
    let report = check(&parse(&token), &evidence(Policy::default(), found(&key)));
    assert_eq!(step(&report, Check::Algorithm).reason, "Ed25519 is on the policy allow-list");
    assert_eq!(report.verdict.outcome, VerdictOutcome::Accepted);
}

#[test]
fn a_short_secret_that_did_not_sign_the_token_is_no_finding() {
    let signer = crate::SigningKey::from_hmac(Algorithm::Hs256, &[7; 32], "s").unwrap();
    let short = crate::SigningKey::dangerous_from_hmac(Algorithm::Hs256, b"oops", "s").unwrap();
    let policy = Policy { algorithms: vec![Algorithm::Hs256], ..Policy::default() };
    for token in [signer.sign("at+jwt", "{}").unwrap(), Draft::new().token()] {
        let report = check(&parse(&token), &evidence(policy.clone(), found(&short)));
        assert!(!ids(&report).contains(&"weak_secret"), "{:?}", report.findings);
    }
}
