//! Tests of what editing changes and what it leaves alone.

use super::*;
use crate::testing::{NOW, evidence, found, key, no_key};
use crate::{check, parse};
use jose::judgement::{Check, Outcome, SignatureState, VerdictOutcome};
use jose::{Algorithm, Policy, parse_exact};

fn header() -> String {
    format!(r#"{{"alg":"ES256","typ":"at+jwt","kid":"{}"}}"#, signer().kid())
}

fn policy() -> Policy {
    Policy {
        issuer: Some("https://issuer.example".into()),
        audience: Some("items-api".into()),
        typ: Some("at+jwt".into()),
        required_scopes: vec!["items:read".into(), "items:write".into()],
        ..Policy::default()
    }
}

fn claims() -> String {
    format!(
        r#"{{"iss":"https://issuer.example","sub":"alice","aud":"items-api","iat":{NOW},"nbf":{NOW},"exp":{},"scope":"items:read items:write","n":1e400}}"#,
        NOW + 900
    )
}

fn signer() -> &'static SigningKey {
    key()
}

fn original() -> Parsed {
    parse_exact(&signer().dangerous_sign(&header(), claims().as_bytes()).unwrap())
}

fn report(token: &str) -> crate::report::Report {
    check(&parse_exact(token).into(), &evidence(policy(), found(signer())))
}

#[test]
fn a_token_taken_apart_and_put_together_is_the_same_token() {
    let pretty = "{\n   \"sub\" : \"alice\", \"n\": 1.0, \"n\": -0\n}";
    let header = header();
    for (header, payload) in [
        (header.as_str(), claims().as_str()),
        (header.as_str(), pretty),
        ("{ }", "hello"),
        (header.as_str(), ""),
        (header.as_str(), "\u{feff}{\"a\":1}"),
        (header.as_str(), "{\"a\":1}\u{a0}"),
        (header.as_str(), " {\"a\":1}\n"),
        (header.as_str(), "{\"a\":\"open  "),
        (header.as_str(), "{\"a\":1,"),
    ] {
        let token = signer().dangerous_sign(header, payload.as_bytes()).unwrap();
        let parsed = parse(&token);
        let draft = Draft::of(&parsed).unwrap();
        assert!(!draft.lossy);
        assert_eq!(draft.with_signature_of(&parsed), token);
        let signed = Draft { follow_key: false, ..draft }.sign(signer()).unwrap();
        assert_eq!(signed.rsplit_once('.').unwrap().0, token.rsplit_once('.').unwrap().0);
    }
}

#[test]
fn bytes_that_are_no_text_are_left_out_and_that_is_said() {
    let header = header();
    let broken = signer().dangerous_sign(&header, b"{\"sub\":\"alice\",\"x\":\"\xff\"}").unwrap();
    let draft = Draft::of(&parse(&broken)).unwrap();
    assert!(draft.lossy);
    assert!(draft.payload.contains("alice"));
}

#[test]
fn compact_tokens_are_laid_out_and_others_stay_as_they_are() {
    let draft = Draft::of(&original()).unwrap();
    assert!(draft.compact && draft.payload.starts_with("{\n  \"iss\": "));
    let spaced = parse(&signer().dangerous_sign(&header(), b"{ \"a\":1}").unwrap());
    let draft = Draft::of(&spaced).unwrap();
    assert_eq!((draft.compact, draft.payload.as_str()), (false, "{ \"a\":1}"));
    assert_eq!(Draft::of(&parse("opaque")), None);
}

#[test]
fn a_signed_draft_follows_its_key_unless_told_not_to() {
    let draft = Draft::of(&original()).unwrap();
    let other = SigningKey::from_hmac(Algorithm::Hs256, &[7; 32], "shared").unwrap();
    let followed = parse(&draft.sign(&other).unwrap());
    assert_eq!((followed.header_text("alg"), followed.header_text("kid")), (Some("HS256"), Some("shared")));
    let left = parse(&Draft { follow_key: false, ..draft }.sign(&other).unwrap());
    assert_eq!((left.header_text("alg"), left.header_text("kid")), (Some("ES256"), Some(signer().kid())));
}

#[test]
fn times_move_together_and_digits_of_others_stay() {
    let draft = Draft::of(&original()).unwrap();
    let moved = draft.apply(&Edit::Shift { seconds: -3_600 }, NOW).unwrap();
    let token = parse(&moved.sign(signer()).unwrap());
    assert_eq!(token.claim_seconds("iat"), Some(NOW - 3_600));
    assert_eq!(token.claim_seconds("exp"), Some(NOW - 2_700));
    assert!(moved.payload.contains("\"n\": 1e400"));
    let back = moved.apply(&Edit::StartNow, NOW).unwrap();
    assert_eq!(back.payload, draft.payload);
    let renewed = draft.apply(&Edit::Renew { seconds: 60 }, NOW).unwrap();
    for (name, at) in [("iat", NOW), ("exp", NOW + 60)] {
        assert!(renewed.payload.contains(&format!("\"{name}\": {at}")), "{}", renewed.payload);
    }
    let longer = draft.apply(&Edit::ExpireIn { seconds: 60 }, NOW).unwrap();
    assert!(longer.payload.contains(&format!("\"exp\": {}", NOW + 60)));
    let empty = Draft { payload: "{}".into(), ..draft };
    assert_eq!(empty.apply(&Edit::StartNow, NOW), Err(EditError::NoTimes));
}

#[test]
fn repeats_go_and_the_last_one_stays() {
    let payload = r#"{"role":"reader","sub":"alice","role":"admin"}"#.to_owned();
    let draft = Draft { payload, ..Draft::of(&original()).unwrap() };
    let edited = draft.apply(&Edit::RemoveRepeats, NOW).unwrap();
    assert_eq!(edited.payload, r#"{"sub":"alice","role":"admin"}"#);
}

#[test]
fn what_is_no_object_is_refused_and_stays() {
    let draft = Draft { payload: "hello".into(), ..Draft::of(&original()).unwrap() };
    for edit in [Edit::ExpireIn { seconds: 1 }, Edit::RemoveRepeats, Edit::Break { fault: Fault::Expired }] {
        assert_eq!(draft.apply(&edit, NOW), Err(EditError::Payload));
    }
    let draft = Draft { header: "{".into(), ..draft };
    assert_eq!(draft.apply(&Edit::Break { fault: Fault::UnknownKid }, NOW), Err(EditError::Header));
    // It is still signed, since the workbench is for broken tokens too.
    assert!(draft.sign(signer()).is_ok());
}

/// Each fault is refused by exactly the check it is about, or raises a warning there; the control is accepted.
#[test]
fn every_fault_is_caught_by_the_check_it_is_about() {
    let draft = Draft::of(&original()).unwrap();
    assert_eq!(report(&draft.sign(signer()).unwrap()).verdict.outcome, VerdictOutcome::Accepted);
    for fault in Fault::ALL {
        let broken = draft.apply(&Edit::Break { fault }, NOW).unwrap();
        let report = report(&broken.sign(signer()).unwrap());
        let wanted = match fault {
            Fault::Expired | Fault::NotYetValid | Fault::NoExpiry | Fault::ExpiryAsText => Check::Time,
            Fault::Milliseconds => {
                assert!(report.findings.iter().any(|finding| finding.id.contains("millisecond")), "{report:?}");
                continue;
            }
            Fault::WrongIssuer | Fault::WrongAudience => Check::IssuerAndAudience,
            Fault::MissingScope => Check::Scopes,
            Fault::WrongKind | Fault::UnknownCritical | Fault::AlgNone | Fault::KeyConfusion => Check::Algorithm,
            Fault::Truncated => Check::Parse,
            Fault::DuplicateSubject => {
                // Only the issuer's own rules refuse it at once; here it cannot be accepted.
                assert_eq!(report.trace[0].outcome, Outcome::Warn);
                assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted);
                continue;
            }
            Fault::UnknownKid | Fault::KidAsPath => {
                // The caller chooses the key for a kid; the check reports that the token names another.
                let step = report.trace.iter().find(|step| step.check == Check::Key).unwrap();
                assert_eq!(step.outcome, Outcome::Warn, "{fault:?}");
                continue;
            }
            Fault::NoSignature | Fault::BitFlipped | Fault::ZeroSignature => Check::Signature,
        };
        if fault == Fault::Truncated {
            // Unless cut between two bytes it cannot be decoded; otherwise it is too short.
            assert!(matches!(report.verdict.stopped_at, Some(Check::Parse | Check::Signature)), "{report:?}");
            continue;
        }
        assert_eq!(report.verdict.stopped_at, Some(wanted), "{fault:?}: {:?}", report.trace);
    }
}

#[test]
fn each_fault_after_each_other_one_is_the_only_one() {
    let draft = Draft::of(&original()).unwrap();
    let token = |draft: &Draft| draft.sign(signer()).unwrap();
    for first in Fault::ALL {
        let broken = draft.apply(&Edit::Break { fault: first }, NOW).unwrap();
        assert_eq!(broken.apply(&Edit::Mend, NOW).unwrap(), draft, "{first:?}");
        for second in Fault::ALL {
            let again = broken.apply(&Edit::Break { fault: second }, NOW).unwrap();
            let alone = draft.apply(&Edit::Break { fault: second }, NOW).unwrap();
            assert_eq!(again, alone, "{first:?}, then {second:?}");
        }
    }
    // Changes made before the first fault stay.
    let bob = draft.apply(&Edit::SetClaim { name: "sub".into(), value: "\"bob\"".into() }, NOW).unwrap();
    let twice = bob.apply(&Edit::Break { fault: Fault::AlgNone }, NOW).unwrap();
    let twice = twice.apply(&Edit::Break { fault: Fault::BitFlipped }, NOW).unwrap();
    assert_eq!(parse(&token(&twice)).claim_text("sub"), Some("bob"));
}

#[test]
fn key_confusion_forges_what_a_careless_server_accepts() {
    let draft = Draft::of(&original()).unwrap();
    let token = draft.apply(&Edit::Break { fault: Fault::KeyConfusion }, NOW).unwrap().sign(signer());
    let parsed = parse(&token.unwrap());
    let pem = signer().verifying_key().public_pem().unwrap();
    let given = crate::UserKey::new(pem, crate::SecretForm::Text);
    let report = crate::check_with_user_key(&parsed, &given, &evidence(Policy::default(), no_key()));
    assert!(report.findings.iter().any(|finding| finding.id == "public_key_as_secret"));
    let secret = SigningKey::from_hmac(Algorithm::Hs256, &[7; 32], "s").unwrap();
    let broken = draft.apply(&Edit::Break { fault: Fault::KeyConfusion }, NOW).unwrap();
    assert_eq!(broken.sign(&secret), Err(SignError::NoPublicKey));
}

#[test]
fn the_old_signature_no_longer_matches_what_it_did_not_sign() {
    let parsed = original();
    let draft = Draft::of(&parsed).unwrap();
    let edited = draft.apply(&Edit::SetClaim { name: "sub".into(), value: "\"bob\"".into() }, NOW).unwrap();
    assert_eq!(report(&edited.with_signature_of(&parsed)).signature.state, SignatureState::Mismatch);
}
