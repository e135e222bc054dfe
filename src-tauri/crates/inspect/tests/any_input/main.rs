//! Any input gets an answer: no panic, offsets in bounds and on character boundaries, nothing accepted by accident.

#![expect(clippy::unwrap_used, reason = "a test that cannot make its own key should stop")]

mod answer;
#[path = "../common/dice.rs"]
mod dice;
mod mutations;
mod others;

use answer::{Judge, NOW};
use inspect::parse;
use inspect::report::{Report, VerdictOutcome};
use jose::{Algorithm, KeySet, SigningKey, VerifyingKey};
use proptest::prelude::*;

fn key() -> SigningKey {
    SigningKey::from_hmac(Algorithm::Hs256, &[7; 32], "k").unwrap()
}

fn token() -> String {
    let claims =
        format!(r#"{{"iss":"i","sub":"älice","aud":["a"],"exp":{},"scope":"r w","x":{{"y":[1,null]}}}}"#, NOW + 9);
    key().sign("at+jwt", &claims).unwrap()
}

fn judge(text: &str) -> Report {
    Judge::new().unwrap().answer(text)
}

#[test]
fn the_token_the_mutations_start_from_is_accepted() {
    assert_eq!(judge(&token()).verdict.outcome, VerdictOutcome::Accepted);
}

#[test]
fn every_prefix_and_every_single_change_of_a_token_is_answered_and_none_is_accepted() {
    let token = token();
    for end in 0..token.len() {
        assert_ne!(judge(&token[..end]).verdict.outcome, VerdictOutcome::Accepted, "cut at {end}");
    }
    for at in 0..token.len() {
        for with in ["", ".", "+", "A", "=", "é", "\u{202E}", "{", "\""] {
            let changed = format!("{}{with}{}", &token[..at], &token[at + 1..]);
            if changed != token {
                let report = judge(&changed);
                // A quote or other mark at the edge is stripped as wrapping, so the rest is one character shorter.
                assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted, "{with:?} at {at}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_text_is_answered(text in any::<String>()) {
        prop_assert_ne!(judge(&text).verdict.outcome, VerdictOutcome::Accepted);
    }

    #[test]
    fn text_of_the_right_letters_is_answered(text in "[A-Za-z0-9_.=+/ \"{}:,\\\\-]{0,200}") {
        prop_assert_ne!(judge(&text).verdict.outcome, VerdictOutcome::Accepted);
    }

    #[test]
    fn random_bytes_as_header_and_payload_are_answered(header in any::<Vec<u8>>(), payload in any::<Vec<u8>>()) {
        let text = format!("{}.YQ", jose::signing_input(&header, &payload));
        judge(&text);
        judge(&format!("e30.{}.YQ", jose::signing_input(&payload, &header)));
    }

    #[test]
    fn json_like_payloads_are_answered(payload in "[{}\\[\\]:,\"\\\\a-f0-9eE+.u -]{0,120}") {
        let text = format!("{}.YQ", jose::signing_input(br#"{"alg":"HS256"}"#, payload.as_bytes()));
        prop_assert_ne!(judge(&text).verdict.outcome, VerdictOutcome::Accepted);
    }

    #[test]
    fn signed_nonsense_is_judged_and_what_is_valid_json_is_read_whole(payload in "\\PC{0,60}") {
        let json = serde_json::json!({ "x": payload }).to_string();
        let token = key().sign("at+jwt", &json).unwrap();
        let report = judge(&token);
        prop_assert_eq!(report.claims.len(), 1);
        prop_assert!(report.problems.is_empty());
        prop_assert_eq!(parse(&token).claim_text("x").map(str::to_owned), Some(payload));
    }

    #[test]
    fn several_changes_at_once_are_answered(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 1..8)) {
        let mut characters: Vec<char> = token().chars().collect();
        for (index, character) in &changes {
            let at = index.index(characters.len());
            characters[at] = *character;
        }
        judge(&characters.into_iter().collect::<String>());
    }

    #[test]
    fn any_wrapping_around_a_token_is_answered(before in "\\PC{0,20}", after in "\\PC{0,20}") {
        judge(&format!("{before}{}{after}", token()));
    }

    #[test]
    fn any_disclosures_are_answered(claims in ".{0,80}", disclosures in prop::collection::vec(".{0,60}", 0..4)) {
        let disclosures: Vec<&str> = disclosures.iter().map(String::as_str).collect();
        let report = Judge::new().unwrap().answer_presentation(&claims, &disclosures);
        prop_assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted);
    }

    #[test]
    fn any_encrypted_token_is_answered(
        alg in "dir|A(128|192|256)(GCM)?KW|ECDH-ES(\\+A192KW)?|RSA-OAEP|.{0,5}", more in ".{0,30}", key in any::<Vec<u8>>(),
        iv in prop::collection::vec(any::<u8>(), 10..17), text in any::<Vec<u8>>(), tag in prop::collection::vec(any::<u8>(), 15..17),
    ) {
        let judge = Judge::new().unwrap();
        let header = serde_json::json!({"alg": alg, "enc": "A128GCM", "iv": more, "tag": more, "epk": {"crv": "P-256", "x": more}});
        let report = judge.answer_encrypted(&header.to_string(), [&key, &iv, &text, &tag]);
        prop_assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted);
        judge.answer_encrypted(&more, [&key, &iv, &text, &tag]);
    }

    #[test]
    fn any_key_text_is_answered(text in any::<String>(), bytes in any::<Vec<u8>>()) {
        prop_assert!(VerifyingKey::from_jwk(&text, None).is_err());
        prop_assert!(VerifyingKey::from_spki(&bytes, Some(Algorithm::Rs256)).is_err());
        prop_assert!(SigningKey::from_pkcs8(Algorithm::Es256, &bytes).is_err());
        prop_assert!(KeySet::from_json(&text).is_err());
    }
}
