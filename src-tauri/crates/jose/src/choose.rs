//! Which key of a set checks a token.

use crate::key::{KeySet, VerifyingKey};
use crate::parse::Parsed;
use crate::visible::excerpt;

/// How many characters of a `kid` a sentence shows.
const SHOWN: usize = 40;

/// The key of a set that checks a token.
#[derive(Debug, Clone, Copy)]
pub enum Chosen<'a> {
    /// This one.
    One(&'a VerifyingKey),
    /// This many fit, starting with this one, and none matches.
    NoneOf(&'a VerifyingKey, usize),
}

impl Chosen<'_> {
    /// The key, and what to call it in a sentence if its own name would say too much: any of several was tried.
    pub fn key(self) -> (VerifyingKey, Option<String>) {
        match self {
            Chosen::One(key) => (key.clone(), None),
            // Treated like a key without a name: the header names none of them.
            Chosen::NoneOf(first, count) => {
                (first.clone().with_kid(None), Some(format!("any of the {count} keys that fit")))
            }
        }
    }
}

/// The key that the header names. Without a `kid`, or if no key of the set has one, every suitable key is tried
/// (RFC 7515 section 6 leaves this to the application).
///
/// # Errors
/// A sentence that says why there is none.
pub fn of_set<'a>(set: &'a KeySet, parsed: &Parsed) -> Result<Chosen<'a>, String> {
    let is_named = set.keys.iter().any(|key| key.kid().is_some()) || !set.skipped.is_empty();
    if let Some(kid) = parsed.header_text("kid").filter(|_| is_named) {
        return set.find(kid).map(Chosen::One).ok_or_else(|| {
            let skipped = set.skipped.iter().find(|skipped| skipped.kid.as_deref() == Some(kid));
            let unknown = || format!("No key of the set has the kid {}", excerpt(kid, SHOWN));
            skipped.map_or_else(unknown, |skipped| skipped.reason.clone())
        });
    }
    let fits = |key: &&VerifyingKey| parsed.algorithm().is_none_or(|algorithm| key.algorithm() == algorithm);
    let fitting: Vec<&VerifyingKey> = set.keys.iter().filter(fits).collect();
    match &fitting[..] {
        [] => Err("No key of the set fits the token's alg".to_owned()),
        [only] => Ok(Chosen::One(only)),
        [first, ..] => {
            let matching = fitting.iter().find(|key| matches(parsed, key));
            Ok(matching.map_or(Chosen::NoneOf(first, fitting.len()), |key| Chosen::One(key)))
        }
    }
}

/// Does the key match the token's signature?
pub fn matches(parsed: &Parsed, key: &VerifyingKey) -> bool {
    let signature = parsed.signature.as_deref().unwrap_or_default();
    parsed.algorithm() == Some(key.algorithm()) && key.verify(parsed.signing_input(), signature).is_ok()
}
