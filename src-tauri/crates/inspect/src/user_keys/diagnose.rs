//! Finds out by trying why a signature does not match, and names the first small change that makes it match.

mod key_text;
mod secret;

use super::read::{Kind, Read};
use super::{SHOWN, UserKey};
use crate::report::Remedy;
use jose::key::{VerifyingKey, raw_from_der};
use jose::visible::excerpt;
use jose::{KeyChoice, Parsed};

/// The diagnosis.
pub(super) struct Diagnosis {
    pub(super) sentence: String,
    pub(super) fix: String,
    pub(super) remedy: Option<Remedy>,
    /// A public key was used as the secret (RFC 8725 section 2.1).
    pub(super) is_confusion: bool,
}

impl Diagnosis {
    fn new(sentence: impl Into<String>, fix: impl Into<String>, remedy: Option<Remedy>) -> Diagnosis {
        Diagnosis { sentence: sentence.into(), fix: fix.into(), remedy, is_confusion: false }
    }
}

/// Does the key match the token's signature?
pub(super) fn matches(parsed: &Parsed, key: &VerifyingKey) -> bool {
    let signature = parsed.signature.as_deref().unwrap_or_default();
    parsed.algorithm() == Some(key.algorithm()) && key.verify(parsed.signing_input(), signature).is_ok()
}

pub(super) fn diagnose(parsed: &Parsed, given: &UserKey, read: &Read) -> Option<Diagnosis> {
    let algorithm = parsed.algorithm()?;
    if parsed.signature.as_ref().is_none_or(Vec::is_empty) {
        return None;
    }
    let is_by = |bytes: &[u8]| VerifyingKey::from_hmac(algorithm, bytes).is_ok_and(|key| matches(parsed, &key));
    if let Some(found) = read.disguise {
        return key_text::of_disguise(given, found, algorithm, is_by);
    }
    match read.kind {
        Kind::Nothing => None,
        Kind::Secret if algorithm.is_symmetric() => secret::diagnose(given, parsed.signing_input().len(), is_by),
        Kind::Secret => None,
        Kind::Public | Kind::Private if algorithm.is_symmetric() => {
            of_set(parsed, read).or_else(|| key_text::diagnose(&given.text, read, parsed, is_by))
        }
        Kind::Public | Kind::Private => of_signature(parsed, read).or_else(|| of_set(parsed, read)),
    }
}

fn of_signature(parsed: &Parsed, read: &Read) -> Option<Diagnosis> {
    let KeyChoice::Found { key: chosen, .. } = &read.choice else { return None };
    let raw = raw_from_der(chosen.algorithm(), parsed.signature.as_deref()?)?;
    let is_by =
        |key: &VerifyingKey| key.algorithm() == chosen.algorithm() && key.verify(parsed.signing_input(), &raw).is_ok();
    // If the header names no key, every key of the set is tried.
    let others = if parsed.header_text("kid").is_none() { &read.set[..] } else { &[] };
    if !is_by(chosen) && !others.iter().any(is_by) {
        return None;
    }
    let sentence = "The signature is DER; written as r and s side by side it matches this key";
    Some(Diagnosis::new(sentence, "Write the signature as r and s side by side (RFC 7518 §3.4)", None))
}

fn of_set(parsed: &Parsed, read: &Read) -> Option<Diagnosis> {
    let key = read.set.iter().find(|key| matches(parsed, key))?;
    let name = key.kid().map_or_else(|| "without a kid".to_owned(), |kid| excerpt(kid, SHOWN));
    let sentence = match &read.problem {
        // A server selects the key by name only, so a match with another key does not make it accept.
        Some(problem) => format!("{problem}; its key {name} matches: name that one in `kid`"),
        None => format!("Matches the key {name} of the set, which is not the one the header names"),
    };
    Some(Diagnosis::new(sentence, "Name the right key in `kid`", None))
}
