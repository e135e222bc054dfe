//! Tests of keys and signatures: what is tried, what is refused, and why.

use super::fails;
use crate::judgement::{Check, Outcome, SignatureState, VerdictOutcome};
use crate::testing::{Draft, NOW, evidence, found, key, no_key, signing_key, step};
use crate::{Algorithm, KeyChoice, Policy, judge, parse_exact};

#[test]
fn a_key_of_another_algorithm_is_not_tried() {
    let other = signing_key(Algorithm::Es384);
    let draft = Draft::new().key(found(&other));
    fails(&draft, Check::Key, "The header says ES256, the key is for ES384");
    assert_eq!(draft.judgement().signature.state, SignatureState::NoKey);
    assert_eq!(draft.step(Check::Signature).outcome, Outcome::NotChecked);
}

#[test]
fn without_a_key_nothing_is_verified_and_nothing_is_called_valid() {
    for key in [
        KeyChoice::None { reason: "No key has the kid x".to_owned() },
        KeyChoice::Unavailable { reason: "GNOME Keyring is locked".to_owned() },
    ] {
        let judged = Draft::new().key(key).judgement();
        assert_eq!(judged.verdict.outcome, VerdictOutcome::NotVerified);
        assert_eq!(judged.verdict.title, "Not verified");
        assert_eq!(judged.verdict.status, None);
        assert_eq!(judged.signature.state, SignatureState::NoKey);
        assert_eq!(step(&judged, Check::Key).outcome, Outcome::NotChecked);
    }
}

#[test]
fn a_changed_token_does_not_match() {
    let token = Draft::new().token();
    let (rest, _) = token.rsplit_once('.').unwrap();
    let other = Draft::new().claim("sub", "\"bob\"").token();
    let (_, foreign) = other.rsplit_once('.').unwrap();
    let judged = Draft::new().judge(&format!("{rest}.{foreign}"));
    assert_eq!(judged.signature.state, SignatureState::Mismatch);
    assert_eq!(judged.verdict.detail, "401 at check 4 of 9, signature");
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
        let judged = Draft::new().judge(&forged);
        assert_eq!(judged.signature.state, SignatureState::Unsigned, "{forged}");
        assert_eq!(judged.verdict.outcome, VerdictOutcome::Rejected);
    }
    let token = Draft::new().token();
    let (rest, _) = token.rsplit_once('.').unwrap();
    let judged = Draft::new().judge(&format!("{rest}."));
    assert_eq!(judged.signature.state, SignatureState::Unsigned);
    assert_eq!(judged.verdict.detail, "401 at check 4 of 9, signature");
}

/// RFC 7515 section 5.2: the signature covers bytes, and its check is the same for any of them.
#[test]
fn a_signature_is_checked_whatever_the_payload_and_no_claims_are_never_accepted() {
    let payloads: [&[u8]; 9] = [
        b"",
        b"\0",
        b"hello",
        b"[1,2]",
        b"{\"a\":",
        b"\xff\xfe\xfd",
        b"{\"a\":\"\xff\"}",
        b"\xef\xbb\xbf{}",
        &[b'['; 5000],
    ];
    for algorithm in Algorithm::ALL {
        let key = signing_key(algorithm);
        let policy = Policy { algorithms: Algorithm::ALL.to_vec(), required_claims: Vec::new(), ..Policy::default() };
        let evidence = evidence(policy, found(&key));
        for payload in payloads {
            let token = key.dangerous_sign(&format!(r#"{{"alg":"{algorithm}"}}"#), payload).unwrap();
            let parsed = parse_exact(&token);
            assert_eq!(parsed.payload().as_deref(), Some(payload));
            let judged = judge(&parsed, &evidence);
            assert_eq!(judged.signature.state, SignatureState::Verified, "{algorithm} {payload:?}");
            assert_eq!(step(&judged, Check::Signature).outcome, Outcome::Pass);
            assert_eq!(judged.verdict.outcome, VerdictOutcome::Rejected, "{payload:?}");
            // One bit of the payload changed.
            let mut other = payload.to_vec();
            match other.first_mut() {
                Some(first) => *first ^= 1,
                None => other.push(0),
            }
            let (start, signature) = token.rsplit_once('.').unwrap();
            let (header, _) = start.split_once('.').unwrap();
            let forged = format!("{header}.{}.{signature}", crate::base64url::encode(&other));
            let judged = judge(&parse_exact(&forged), &evidence);
            assert_eq!(judged.signature.state, SignatureState::Mismatch, "{algorithm} {payload:?}");
        }
    }
}

/// RFC 7515 section 7.1: what stands behind the third segment is covered by no signature.
#[test]
fn four_and_more_segments_are_never_verified() {
    for payload in [&b"{}"[..], b"", b"\xff"] {
        let token = key().dangerous_sign(r#"{"alg":"ES256"}"#, payload).unwrap();
        for more in [".", "..", ".AAAA", "...", ".AA.AA", &".A".repeat(20), "......"] {
            let judged = Draft::new().judge(&format!("{token}{more}"));
            assert_eq!(judged.signature.state, SignatureState::NoKey, "{more}");
            assert!(judged.signature.reason.contains(" segments: a signed token has three"), "{more}");
            assert_eq!(judged.verdict.outcome, VerdictOutcome::Rejected, "{more}");
        }
    }
}

#[test]
fn content_that_travels_apart_is_asked_for_and_not_called_a_mismatch() {
    let token = key().dangerous_sign(r#"{"alg":"ES256"}"#, b"the content").unwrap();
    let (header, signature) = (token.split('.').next().unwrap(), token.rsplit('.').next().unwrap());
    let judged = Draft::new().judge(&format!("{header}..{signature}"));
    assert_eq!(judged.signature.state, SignatureState::NoKey);
    assert!(judged.signature.reason.contains("it is needed for the check"), "{}", judged.signature.reason);
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
        let judged = Draft::new().judge(&token);
        assert_eq!(judged.signature.state, SignatureState::Mismatch, "{name}");
        let none = Draft::new().key(no_key()).judge(&token);
        assert_eq!(none.signature.state, SignatureState::NoKey, "{name}");
        assert_ne!(none.verdict.outcome, VerdictOutcome::Accepted, "{name}");
    }
}

#[test]
fn every_algorithm_signs_parses_and_passes() {
    for algorithm in Algorithm::ALL {
        let key = signing_key(algorithm);
        let draft = Draft::new().key(found(&key)).policy(|policy| policy.algorithms = vec![algorithm]);
        let token = draft.token_by(&key);
        let judged = draft.judge(&token);
        assert_eq!(judged.verdict.detail, "9 of 9 checks pass", "{algorithm}");
    }
}

#[test]
fn the_fully_specified_name_of_ed25519_is_accepted() {
    let key = signing_key(Algorithm::EdDsa);
    let token = key.dangerous_sign(r#"{"alg":"Ed25519"}"#, format!(r#"{{"exp":{}}}"#, NOW + 5).as_bytes()).unwrap();
    let judged = judge(&parse_exact(&token), &evidence(Policy::default(), found(&key)));
    assert_eq!(step(&judged, Check::Algorithm).reason, "Ed25519 is on the policy allow-list");
    assert_eq!(judged.verdict.outcome, VerdictOutcome::Accepted);
}
