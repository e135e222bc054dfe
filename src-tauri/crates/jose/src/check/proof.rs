//! Checks 3 and 4: which key, and does the signature match it? A key from the token itself is never used.

use super::own_key::OwnKey;
use super::{Answer, Case, kind_words};
use crate::algorithm::{Algorithm, Family};
use crate::json::Item;
use crate::judgement::Cure;
use crate::judgement::{SignatureReport, SignatureState};
use crate::key::VerifyingKey;
use crate::parse::Format;
use crate::parse::Lookup;
use crate::policy::{KeyChoice, KeyTrust};
use crate::visible::excerpt;
use crate::words::capitalised;

const SHOWN: usize = 60;

/// How many characters of a `kid` a reason shows: enough to tell keys apart; the header shows it in full.
const SHOWN_OF_KID: usize = 16;

pub(super) fn key(case: &Case<'_>) -> Answer {
    const RFC: &str = "RFC 7515 §4.1.4";
    if let Some(answer) = case.nothing_signed(RFC) {
        return answer;
    }
    if let Some(own) = OwnKey::of(case) {
        return own.answer();
    }
    if let Some(refusal) = OwnKey::other_than(case) {
        return refusal;
    }
    let members = case.present(&case.parsed.header, ["kid"]);
    let (key, kid, origin, trust) = match case.key {
        KeyChoice::None { reason } | KeyChoice::Unavailable { reason } => {
            return Answer::open(reason.clone(), RFC).about(members);
        }
        KeyChoice::Found { key, kid, origin, trust, .. } => (key, name_of(key, kid), excerpt(origin, SHOWN), *trust),
    };
    match case.parsed.algorithm() {
        None => return Answer::open("No key fits an unknown algorithm", RFC).about(members),
        Some(algorithm) if algorithm != key.algorithm() => {
            let asked = case.parsed.header_text("alg").unwrap_or(algorithm.as_str());
            let reason = wrong_algorithm(asked, key.algorithm());
            let fix = format!("Sign with {}, or use a key for {asked}", key.algorithm());
            let answer = Answer::fail(reason, "RFC 8725 §3.1", fix).with(Cure::TryKey).with(Cure::SignAgain);
            return answer.about(["alg"]);
        }
        Some(_) => {}
    }
    match trust {
        KeyTrust::Issuer => {}
        KeyTrust::Test => {
            let reason = format!("kid {kid} is the test key, from {origin}: published, and signs any claims");
            return Answer::warn(reason, RFC).about(members);
        }
        KeyTrust::HiddenTest => {
            let reason = format!("kid {kid} is the test key, which is not published: no server accepts what it signs");
            let fix = "Publish the test key, or sign with an access key";
            return Answer::fail(reason, RFC, fix)
                .with(Cure::SignWithAccessKey)
                .with(Cure::PublishTestKey)
                .about(members);
        }
    }
    if let Lookup::Found(Item { text: None, kind, .. }) = case.parsed.header.find("kid") {
        let reason = format!("Tried {kid} from {origin}; kid is {}, not a string", kind_words(*kind));
        return Answer::warn(reason, RFC).about(members);
    }
    match case.parsed.header_text("kid") {
        // A key without a `kid` was chosen by the caller, whatever `kid` the header names.
        _ if key.kid().is_none() => Answer::pass(capitalised(&format!("{kid}, from {origin}")), RFC).about(members),
        Some(asked) if asked != raw_kid(case) => {
            let reason = format!("Tried {kid} from {origin}; the header asks for {}", excerpt(asked, SHOWN_OF_KID));
            Answer::warn(reason, RFC).about(members)
        }
        Some(_) => Answer::pass(format!("kid {kid}, from {origin}"), RFC).about(members),
        None => Answer::pass(format!("{kid} from {origin}; the header names no kid"), RFC).about(members),
    }
}

pub(super) fn signature_step(case: &Case<'_>, signature: &SignatureReport) -> Answer {
    const RFC: &str = "RFC 7515 §5.2";
    if let Some(answer) = case.nothing_signed(RFC) {
        return answer;
    }
    let reason = signature.reason.clone();
    match signature.state {
        SignatureState::Verified => Answer::pass(reason, RFC),
        SignatureState::Mismatch => {
            let fix = match case.key {
                _ if case.parsed.signature.is_none() => "Send the signature as it was made".to_owned(),
                KeyChoice::Found { key, kid, .. } if key.kid().is_some() => {
                    format!("Sign with {}, or send the token as it was issued", name_of(key, kid))
                }
                KeyChoice::Found { key, .. } if key.algorithm().family() == Family::Hmac => {
                    "Sign with this secret, or use the issuer's secret".to_owned()
                }
                _ => "Sign with the matching private key, or use the issuer's key".to_owned(),
            };
            Answer::fail(reason, RFC, fix).with(Cure::TryKey).with(Cure::SignAgain)
        }
        SignatureState::Unsigned => {
            Answer::fail(reason, "RFC 8725 §3.2", "Send a token that is signed").with(Cure::SignAgain)
        }
        // A DPoP proof brings its own key, which this state does not count as a key.
        SignatureState::NoKey if is_by_own_key(case) => Answer::pass(reason, "RFC 9449 §4.3"),
        // Check 3 has said why.
        SignatureState::NoKey if reason == key(case).reason => Answer::open("No key to check it with", RFC),
        SignatureState::NoKey | SignatureState::Unsupported => Answer::open(reason, RFC),
    }
}

/// Checks the signature. Its parts are for display, and filled in there.
pub fn signature(case: &Case<'_>) -> SignatureReport {
    let parsed = case.parsed;
    let mut report = SignatureReport {
        state: SignatureState::NoKey,
        reason: "Needs a readable token".to_owned(),
        kid: None,
        origin: None,
        parts: Vec::new(),
    };
    if matches!(parsed.format, Format::JweCompact | Format::JweJson) {
        report.state = SignatureState::Unsupported;
        report.reason = "Encrypted, not signed".to_owned();
        return report;
    }
    if !parsed.has_signed_bytes() {
        if let Some(reason) = parsed.too_many_segments() {
            report.reason = reason;
        }
        return report;
    }
    if let KeyChoice::Found { kid, origin, .. } = case.key {
        report.kid = Some(kid.clone());
        report.origin = Some(origin.clone());
    }
    (report.state, report.reason) = judge(case);
    if !matches!(report.state, SignatureState::Verified | SignatureState::Mismatch) {
        report.kid = None;
        report.origin = None;
    }
    report
}

fn judge(case: &Case<'_>) -> (SignatureState, String) {
    let parsed = case.parsed;
    let name = parsed.header_text("alg").unwrap_or_default();
    if name.eq_ignore_ascii_case("none") {
        return (SignatureState::Unsigned, format!("alg {name} means that nothing is signed"));
    }
    if parsed.segment_count < 3 || parsed.signature.as_ref().is_some_and(Vec::is_empty) {
        return (SignatureState::Unsigned, "No signature: nothing is proven".to_owned());
    }
    let Some(algorithm) = parsed.algorithm() else {
        let reason = match parsed.header.find("alg") {
            Lookup::Absent => "alg is missing".to_owned(),
            Lookup::Duplicate => "alg appears more than once".to_owned(),
            Lookup::Found(_) if name.is_empty() => "alg names no algorithm".to_owned(),
            Lookup::Found(_) => format!("This build cannot check {}", excerpt(name, SHOWN)),
        };
        return (SignatureState::Unsupported, reason);
    };
    // `true` is the default (RFC 7797 section 3).
    if matches!(parsed.header.find("b64"), Lookup::Duplicate)
        || matches!(parsed.header.find("b64"), Lookup::Found(item) if parsed.header.raw(item) != "true")
    {
        let reason = "b64 changes what is signed (RFC 7797), which this build cannot check";
        return (SignatureState::Unsupported, reason.to_owned());
    }
    match OwnKey::of(case) {
        Some(OwnKey::Usable(_)) if is_by_own_key(case) => {
            return (
                SignatureState::NoKey,
                "Matches the jwk in its own header, so its sender holds that key".to_owned(),
            );
        }
        Some(OwnKey::Usable(_)) => {
            return (SignatureState::Mismatch, "Does not match the jwk in its own header".to_owned());
        }
        Some(OwnKey::Refused(answer)) => return (SignatureState::NoKey, answer.reason.into_owned()),
        None => {}
    }
    let (key, kid) = match case.key {
        KeyChoice::None { reason } | KeyChoice::Unavailable { reason } => {
            return (SignatureState::NoKey, reason.clone());
        }
        KeyChoice::Found { key, kid, .. } => (key, kid),
    };
    if key.algorithm() != algorithm {
        return (SignatureState::NoKey, wrong_algorithm(name, key.algorithm()));
    }
    let Some(signature) = &parsed.signature else {
        return (SignatureState::Mismatch, "The signature cannot be decoded, so no key matches".to_owned());
    };
    match key.verify(parsed.signing_input(), signature) {
        Ok(()) => (SignatureState::Verified, format!("{} bytes, verified with {}", signature.len(), name_of(key, kid))),
        Err(_) if parsed.payload().is_some_and(|payload| payload.is_empty()) => {
            let reason = "Does not match an empty payload: if the content travels apart, it is needed for the check";
            (SignatureState::NoKey, reason.to_owned())
        }
        Err(_) => (SignatureState::Mismatch, mismatch(algorithm, &the_key(key, kid), signature)),
    }
}

/// Is it a proof that matches the key in its own header?
fn is_by_own_key(case: &Case<'_>) -> bool {
    let Some(OwnKey::Usable(key)) = OwnKey::of(case) else { return false };
    let signature = case.parsed.signature.as_deref().unwrap_or_default();
    key.verify(case.parsed.signing_input(), signature).is_ok()
}

/// Why a signature may not match, judging by its shape.
fn mismatch(algorithm: Algorithm, key: &str, signature: &[u8]) -> String {
    let found = signature.len();
    if signature.iter().all(|byte| *byte == 0) {
        return format!("All {found} bytes are zero (CVE-2022-21449), no key matches");
    }
    if let Some(wanted) = algorithm.signature_len().filter(|wanted| *wanted != found) {
        // DER starts with SEQUENCE; RFC 7518 section 3.4 requires the two numbers concatenated.
        let der = algorithm.family() == Family::Ec && signature.first() == Some(&0x30);
        let hint = if der { ", it looks like DER instead of r and s side by side" } else { "" };
        return format!("{found} bytes, {algorithm} has {wanted}{hint}");
    }
    format!("The signature does not match {key}")
}

/// The key in a sentence: by its `kid`, or by what it is.
fn the_key(key: &VerifyingKey, kid: &str) -> String {
    match key.algorithm().family() {
        _ if key.kid().is_some() => format!("the key {}", name_of(key, kid)),
        _ if kid.starts_with("any of ") => kid.to_owned(),
        Family::Hmac => "this secret".to_owned(),
        Family::Rsa => "this RSA key".to_owned(),
        Family::Ec => "this EC key".to_owned(),
        Family::Okp => "this Ed25519 key".to_owned(),
    }
}

/// `asked` as the header writes it: `Ed25519` and `EdDSA` are the same algorithm.
fn wrong_algorithm(asked: &str, own: Algorithm) -> String {
    format!("The header says {asked}, the key is for {own}")
}

/// A key's `kid`, or the description of a key without one.
fn name_of(key: &VerifyingKey, kid: &str) -> String {
    excerpt(kid, if key.kid().is_some() { SHOWN_OF_KID } else { SHOWN })
}

fn raw_kid<'a>(case: &Case<'a>) -> &'a str {
    match case.key {
        KeyChoice::Found { kid, .. } => kid,
        _ => "",
    }
}
