//! The examples of RFC 7515, 7519, 7520, 7797 and 8037: each is classified correctly, verifies with its key, and fails
//! with any change.

#![expect(clippy::unwrap_used, reason = "a vector that cannot be read should stop its test")]

use inspect::report::{Check, Format, Outcome, Report, SegmentKind, SignatureState, VerdictOutcome};
use inspect::{SecretForm, UserKey, check_with_user_key, parse};
use jose::{Algorithm, Evidence, Facts, KeyChoice, Policy, RevocationFact, UserFact};
use serde_json::Value;

/// A time before the examples' `exp`, 1300819380.
const NOW: i64 = 1_300_819_000;

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

macro_rules! cookbook {
    ($name:literal) => {
        read(include_str!(concat!("../../jose/vectors/cookbook/", $name, ".json")))
    };
}

/// Inspects a text with a given key, by rules that accept everything signed.
fn inspect(text: &str, key: &Value) -> Report {
    let policy = Policy { algorithms: Algorithm::ALL.to_vec(), ..Policy::default() };
    let unknown = "no database here".to_owned();
    let facts = Facts { revocation: RevocationFact::Unknown(unknown.clone()), user: UserFact::Unknown(unknown) };
    // A key's own `use` and `alg` are its issuer's choice, not part of the example.
    let mut key = key.clone();
    if let Some(members) = key.as_object_mut() {
        members.remove("alg");
    }
    let given = UserKey::new(key.to_string(), SecretForm::Text);
    let key = KeyChoice::None { reason: String::new() };
    check_with_user_key(&parse(text), &given, &Evidence { policy, key, facts, now: NOW })
}

fn outcome(report: &Report, check: Check) -> Outcome {
    report.trace.iter().find(|step| step.check == check).unwrap().outcome
}

fn header<'a>(report: &'a Report, name: &str) -> Option<&'a str> {
    report.header.iter().find(|member| member.name == name).map(|member| member.value.as_str())
}

/// Asserts that the token is a compact JWS of this algorithm that its key verifies, and that it fails with any bit
/// changed.
#[track_caller]
fn verifies(token: &str, key: &Value, algorithm: &str) {
    let report = inspect(token, key);
    assert_eq!(report.format, Format::JwsCompact);
    assert_eq!(header(&report, "alg"), Some(format!("\"{algorithm}\"").as_str()));
    assert_eq!(report.signature.state, SignatureState::Verified, "{}", report.signature.reason);
    assert_eq!(outcome(&report, Check::Signature), Outcome::Pass);
    let kinds: Vec<SegmentKind> = report.segments.iter().map(|segment| segment.kind).collect();
    assert_eq!(kinds, [SegmentKind::Header, SegmentKind::Payload, SegmentKind::Signature]);
    for changed in changes(token) {
        let report = inspect(&changed, key);
        assert_ne!(report.signature.state, SignatureState::Verified, "{changed}");
        assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted, "{changed}");
    }
}

/// The token with one bit changed, at every seventh symbol and at the last complete one.
fn changes(token: &str) -> impl Iterator<Item = String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = token.len() - 2;
    (0..token.len()).filter(move |at| at % 7 == 0 || *at == last).filter_map(|at| {
        let value = ALPHABET.iter().position(|symbol| *symbol == token.as_bytes()[at])?;
        let other = char::from(ALPHABET[value ^ 1 << (at % 6)]);
        Some(format!("{}{other}{}", &token[..at], &token[at + 1..]))
    })
}

#[test]
fn the_signed_examples_of_rfc_7515_7519_and_8037_verify_and_no_change_of_them_does() {
    // RFC 7519 section 3.1 is RFC 7515 appendix A.1.
    let cases = read(include_str!("../../jose/vectors/jws_rfc7515_rfc8037.json"));
    let mut algorithms = Vec::new();
    for case in cases["cases"].as_array().unwrap().iter().filter(|case| case["expect_verify"] == "valid") {
        verifies(text(&case["jws"]), &case["key"], text(&case["alg"]));
        algorithms.push(text(&case["alg"]));
    }
    assert_eq!(algorithms, ["HS256", "RS256", "ES256", "ES512", "EdDSA"]);
}

#[test]
fn the_examples_with_a_claims_set_are_accepted_and_those_with_text_are_no_jwt() {
    let cases = read(include_str!("../../jose/vectors/jws_rfc7515_rfc8037.json"));
    for (index, is_jwt) in [(0, true), (1, true), (2, true), (3, false), (5, false)] {
        let case = &cases["cases"][index];
        let report = inspect(text(&case["jws"]), &case["key"]);
        assert_eq!(report.verdict.outcome == VerdictOutcome::Accepted, is_jwt, "{}", case["id"]);
        assert_eq!(report.claims.len(), if is_jwt { 3 } else { 0 });
        assert_eq!(outcome(&report, Check::Parse) == Outcome::Pass, is_jwt);
    }
}

#[test]
fn the_unsecured_example_of_rfc_7515_and_7519_is_unsigned() {
    // RFC 7519 section 6.1 is RFC 7515 appendix A.5.
    let cases = read(include_str!("../../jose/vectors/jws_rfc7515_rfc8037.json"));
    let report = inspect(text(&cases["cases"][4]["jws"]), &cases["cases"][0]["key"]);
    assert_eq!(report.summary, "Unsecured token, three segments");
    assert_eq!(report.signature.state, SignatureState::Unsigned);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
    assert_eq!(report.findings[0].id, "alg_none");
}

#[test]
fn the_json_of_rfc_7515_a_6_and_a_7_is_named_and_each_signature_verifies_alone() {
    // Their payload, protected headers and signatures are those of A.2 and A.3; the kids are in unprotected headers.
    let cases = read(include_str!("../../jose/vectors/jws_rfc7515_rfc8037.json"));
    let (rsa, ec) = (&cases["cases"][1], &cases["cases"][2]);
    let signer = |case: &Value, kid: &str| {
        let [protected, _, signature] = text(&case["jws"]).split('.').collect::<Vec<_>>()[..] else { unreachable!() };
        serde_json::json!({ "protected": protected, "header": { "kid": kid }, "signature": signature })
    };
    let payload = text(&rsa["jws"]).split('.').nth(1).unwrap();
    let ec_signer = signer(ec, "e9bc097a-ce51-4036-9562-d2ade882db0d");
    let general = serde_json::json!({ "payload": payload, "signatures": [signer(rsa, "2010-12-29"), ec_signer] });
    let mut flat = ec_signer;
    flat["payload"] = payload.into();
    for (json, keys) in [(general, vec![rsa, ec]), (flat, vec![ec])] {
        let report = inspect(&json.to_string(), &keys[0]["key"]);
        assert_eq!(report.format, Format::JwsJson);
        assert_eq!(report.claims.len(), 3);
        assert_ne!(report.signature.state, SignatureState::Verified, "JSON as a whole is not one signature");
        assert_eq!(report.tokens.len(), keys.len() + 1);
        for (found, case) in report.tokens[1..].iter().zip(keys) {
            assert!(found.name.contains(&format!(", {}, kid ", text(&case["alg"]))), "{}", found.name);
            assert!(found.name.ends_with(" (unprotected)"), "{}", found.name);
            verifies(&found.token, &case["key"], text(&case["alg"]));
        }
    }
}

#[test]
fn the_signed_examples_of_rfc_7520_verify_in_every_form() {
    for case in [
        cookbook!("4_1.rsa_v15_signature"),
        cookbook!("4_2.rsa-pss_signature"),
        cookbook!("4_3.ecdsa_signature"),
        cookbook!("4_4.hmac-sha2_integrity_protection"),
    ] {
        let (key, algorithm) = (&case["input"]["key"], text(&case["input"]["alg"]));
        let compact = text(&case["output"]["compact"]);
        verifies(compact, key, algorithm);
        for form in ["json", "json_flat"] {
            let report = inspect(&case["output"][form].to_string(), key);
            assert_eq!(report.summary, "Signed token in JSON, 1 signature");
            assert_eq!(report.tokens[1].token, compact);
        }
    }
}

#[test]
fn detached_content_of_rfc_7520_4_5_is_named() {
    let case = cookbook!("4_5.signature_with_detached_content");
    let key = &case["input"]["key"];
    let compact = inspect(text(&case["output"]["compact"]), key);
    assert_eq!(compact.format, Format::JwsCompact);
    let json = inspect(&case["output"]["json"].to_string(), key);
    let flat = inspect(&case["output"]["json_flat"].to_string(), key);
    for report in [&compact, &json, &flat] {
        assert!(report.problems.iter().any(|problem| problem.message.starts_with("Detached content")), "{report:?}");
        assert_ne!(report.signature.state, SignatureState::Verified, "what was signed is not here");
    }
    assert_eq!(json.format, Format::JwsJson);
    assert_eq!(flat.format, Format::JwsJson);
}

#[test]
fn headers_that_nothing_signs_are_marked_in_rfc_7520_4_6_to_4_8() {
    let some = cookbook!("4_6.protecting_specific_header_fields");
    for form in ["json", "json_flat"] {
        let report = inspect(&some["output"][form].to_string(), &some["input"]["key"]);
        assert_eq!(report.tokens[1].name, "Signature 1, HS256, kid 018c0ae5-4d9b-471b-bfd6-eef314bc7037 (unprotected)");
        verifies(&report.tokens[1].token, &some["input"]["key"], "HS256");
    }
    let none = cookbook!("4_7.protecting_content_only");
    for form in ["json", "json_flat"] {
        let report = inspect(&none["output"][form].to_string(), &none["input"]["key"]);
        assert_eq!(report.tokens, [], "without a protected header there is no compact form");
        assert!(report.problems[0].message.starts_with("1 signature: HS256 (unprotected) with kid"));
        assert!(report.problems.iter().any(|problem| problem.title == "The algorithm is not signed"));
    }
    let several = cookbook!("4_8.multiple_signatures");
    let report = inspect(&several["output"]["json"].to_string(), &Value::Null);
    assert_eq!(report.summary, "Signed token in JSON, 3 signatures");
    let names: Vec<&str> = report.tokens.iter().map(|found| found.name.as_str()).collect();
    assert_eq!(
        names[1..],
        [
            "Signature 1, RS256, kid bilbo.baggins@hobbiton.example (unprotected)",
            "Signature 3, HS256, kid 018c0ae5-4d9b-471b-bfd6-eef314bc7037"
        ]
    );
    let keys = several["input"]["key"].as_array().unwrap();
    verifies(&report.tokens[1].token, &keys[0], "RS256");
    verifies(&report.tokens[2].token, &keys[2], "HS256");
}

#[test]
fn payloads_that_are_not_encoded_are_named_and_not_verified() {
    let json_only = cookbook!("rfc7797.4_2");
    let either = cookbook!("rfc7797.4_1");
    for case in [&json_only, &either] {
        for form in ["json", "json_flat"] {
            let report = inspect(&case["output"][form].to_string(), &case["input"]["key"]);
            assert_eq!(report.format, Format::JwsJson);
            assert!(report.problems.iter().any(|problem| problem.title == "The payload is not encoded"));
        }
    }
    let compact = inspect(text(&either["output"]["compact"]), &either["input"]["key"]);
    assert_eq!(compact.format, Format::JwsCompact);
    assert_ne!(compact.signature.state, SignatureState::Verified);
    assert!(compact.findings.iter().any(|finding| finding.id == "crit"));
}

/// Asserts that the text is a compact JWE: its header is read, its parts are named, and nothing is verified.
#[track_caller]
fn is_encrypted(token: &str, algorithm: &str, encryption: &str) -> Report {
    let report = inspect(
        token,
        &read(r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0i"}"#),
    );
    assert_eq!(report.format, Format::JweCompact);
    assert_eq!(report.summary, "Encrypted token, five segments");
    assert_eq!(header(&report, "alg"), Some(format!("\"{algorithm}\"").as_str()));
    assert_eq!(header(&report, "enc"), Some(format!("\"{encryption}\"").as_str()));
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
    let parts: Vec<&str> =
        report.segments.iter().map(|segment| &report.token[segment.start as usize..segment.end as usize]).collect();
    assert_eq!(parts, token.split('.').collect::<Vec<_>>());
    assert_eq!(report.claims, []);
    assert_eq!(report.tokens, []);
    assert_eq!(report.signature.state, SignatureState::Unsupported);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
    report
}

#[test]
fn the_encrypted_examples_of_rfc_7519_are_named_in_all_their_parts() {
    let cases = read(include_str!("../../jose/vectors/jwe_rfc7519.json"));
    for case in cases["cases"].as_array().unwrap() {
        let report = is_encrypted(text(&case["jwe"]), text(&case["alg"]), text(&case["enc"]));
        assert_eq!(header(&report, "cty"), case["cty"].as_str().map(|_| "\"JWT\""));
    }
}

#[test]
fn the_encrypted_examples_of_rfc_7520_and_8037_are_named_in_every_form() {
    let mut compact = 0;
    for case in [
        cookbook!("5_1.key_encryption_using_rsa_v15_and_aes-hmac-sha2"),
        cookbook!("5_2.key_encryption_using_rsa-oaep_with_aes-gcm"),
        cookbook!("5_3.key_wrap_using_pbes2-aes-keywrap_with-aes-cbc-hmac-sha2"),
        cookbook!("5_4.key_agreement_with_key_wrapping_using_ecdh-es_and_aes-keywrap_with_aes-gcm"),
        cookbook!("5_5.key_agreement_using_ecdh-es_with_aes-cbc-hmac-sha2"),
        cookbook!("5_6.direct_encryption_using_aes-gcm"),
        cookbook!("5_7.key_wrap_using_aes-gcm_keywrap_with_aes-cbc-hmac-sha2"),
        cookbook!("5_8.key_wrap_using_aes-keywrap_with_aes-gcm"),
        cookbook!("5_9.compressed_content"),
        cookbook!("5_10.including_additional_authentication_data"),
        cookbook!("5_11.protecting_specific_header_fields"),
        cookbook!("5_12.protecting_content_only"),
        cookbook!("5_13.encrypting_to_multiple_recipients"),
        cookbook!("rfc8037.ecdh-es"),
    ] {
        let (input, output) = (&case["input"], &case["output"]);
        let algorithms: Vec<&str> = match input["alg"].as_array() {
            Some(several) => several.iter().map(text).collect(),
            None => vec![text(&input["alg"])],
        };
        if let Some(token) = output["compact"].as_str() {
            is_encrypted(token, algorithms[0], text(&input["enc"]));
            compact += 1;
        }
        for form in ["json", "json_flat"] {
            let Some(json) = output.get(form) else { continue };
            let report = inspect(&json.to_string(), &Value::Null);
            assert_eq!(report.summary, "Encrypted token in JSON", "{}", case["title"]);
            assert_eq!((report.format, report.problems[0].title.as_str()), (Format::JweJson, "Encrypted, not signed"));
            let message = &report.problems[0].message;
            assert!(algorithms.iter().all(|algorithm| message.contains(algorithm)), "{}: {message}", case["title"]);
            assert_eq!(message.starts_with("3 recipients: "), algorithms.len() == 3);
            assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
        }
    }
    assert_eq!(compact, 10);
}

#[test]
fn the_nested_example_of_rfc_7520_6_is_signed_inside_and_opaque_outside() {
    let case = cookbook!("6.nesting_signatures_and_encryption");
    let inner = text(&case["sign"]["output"]["compact"]);
    verifies(inner, &case["sign"]["input"]["key"], "PS256");
    let outer = is_encrypted(text(&case["encrypt"]["output"]["compact"]), "RSA-OAEP", "A128GCM");
    assert_eq!(header(&outer, "cty"), Some("\"JWT\""));
}
