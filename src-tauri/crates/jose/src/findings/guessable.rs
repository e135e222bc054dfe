//! Shared secrets that can be guessed from one token (RFC 7518 section 3.2, RFC 8725 section 3.5).

use super::finding;
use crate::check::Case;
use crate::key::VerifyingKey;
use crate::policy::KeyChoice;
use crate::report::{Finding, Severity};

pub(super) fn weak_secret(case: &Case<'_>, found: &mut Vec<Finding>) {
    let KeyChoice::Found { key, .. } = case.key else { return };
    let (Some(length), Some(least)) = (key.secret_len(), key.algorithm().least_secret_len()) else { return };
    if length < least {
        let message = format!("{length} bytes, {} needs {least}: it can be guessed from one token", key.algorithm());
        found.push(finding("weak_secret", Severity::High, "The secret is too short", message, "RFC 7518 §3.2"));
    }
}

/// The longest signing input that all of them are tried on, in bytes.
const LONGEST_TRIED: usize = 16 * 1024;

/// Secrets from tutorials, templates and default settings, one on each line.
const WELL_KNOWN: &str = include_str!("../well_known_secrets.txt");

/// Tries every one, as text: two hundred take a millisecond for a token of common length.
pub(super) fn well_known_secret(case: &Case<'_>, found: &mut Vec<Finding>) {
    let parsed = case.parsed;
    let (Some(algorithm), Some(signature)) = (parsed.algorithm(), parsed.signature.as_deref()) else { return };
    let is_whole = parsed.claims.is_whole_object() && parsed.signing_input().len() <= LONGEST_TRIED;
    if !is_whole || !algorithm.is_symmetric() || algorithm.signature_len() != Some(signature.len()) {
        return;
    }
    let matches = |secret: &&str| {
        let key = VerifyingKey::from_hmac(algorithm, secret.as_bytes());
        key.is_ok_and(|key| key.verify(parsed.signing_input(), signature).is_ok())
    };
    if let Some(secret) = WELL_KNOWN.lines().find(matches) {
        let message = format!("Signed with `{secret}`: anybody can guess it and write such tokens");
        found.push(finding("well_known_secret", Severity::Critical, "A well-known secret", message, "RFC 8725 §3.5"));
    }
}
