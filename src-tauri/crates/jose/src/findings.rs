//! What is worth knowing about a token besides the nine checks.

use crate::check::{Case, form};
use crate::json::strings;
use crate::key::VerifyingKey;
use crate::meaning::is_registered_claim;
use crate::parse::{Lookup, Part};
use crate::policy::KeyChoice;
use crate::report::{Finding, Format, Severity, ValueKind};
use crate::visible::excerpt;
use crate::words::span;

/// Unregistered claims beyond this many are counted, not named.
const NAMED_CLAIMS: usize = 5;

/// A NumericDate beyond this lies in the year 5138; milliseconds of today lie far beyond.
const SECONDS_END: i64 = 100_000_000_000;

const SHOWN: usize = 40;

/// Everything worth knowing, most severe first.
pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let parsed = case.parsed;
    let mut found = Vec::new();
    if matches!(parsed.format, Format::Empty | Format::TooLarge | Format::Opaque) {
        return found;
    }
    header(case, &mut found);
    duplicates(&parsed.header, "header parameter", "RFC 7515 §4", &mut found);
    duplicates(&parsed.claims, "claim", "RFC 7519 §4", &mut found);
    weak_secret(case, &mut found);
    well_known_secret(case, &mut found);
    // What was cut may hold the very claim that seems to be missing.
    if parsed.claims.is_whole_object() {
        times(case, &mut found);
        unregistered(&parsed.claims, &mut found);
    }
    found.sort_by_key(|finding| finding.severity);
    found
}

fn header(case: &Case<'_>, found: &mut Vec<Finding>) {
    use Severity::{Critical, High, Low, Medium};
    let header = &case.parsed.header;
    if header.text("alg").is_some_and(|alg| alg.eq_ignore_ascii_case("none")) {
        let message = "Anybody can write this token and change every claim";
        found.push(finding("alg_none", Critical, "alg is none", message, "RFC 8725 §3.2"));
    }
    for (name, what) in [
        ("jwk", "brings its own key"),
        ("x5c", "brings its own certificate"),
        ("jku", "names where its keys are"),
        ("x5u", "names where its certificate is"),
    ] {
        if header.has(name) {
            let title = format!("The token {what}");
            let message = format!("{name} is never used here: whoever wrote the token chose it");
            found.push(finding("self_supplied_key", High, &title, &message, "RFC 8725 §3.10"));
        }
    }
    if header.has("crit") {
        let message = "A server that ignores it reads the token differently from its issuer";
        found.push(finding("crit", High, "crit asks for extensions", message, "RFC 7515 §4.1.11"));
    }
    if let Some(what) = header.text("kid").and_then(suspicious_kid) {
        let title = format!("kid looks like {what}");
        let message = "It is only compared here; a server that looks it up elsewhere may be tricked";
        found.push(finding("suspicious_kid", Medium, &title, message, "RFC 8725 §3.10"));
    }
    if let Lookup::Found(item) = header.find("typ")
        && item.text.as_deref().is_some_and(|typ| form::media_type(typ) == "jwt")
    {
        let message = "Access and refresh look alike";
        found.push(finding("generic_typ", Low, "typ is the generic JWT", message, "RFC 8725 §3.11"));
    }
}

fn duplicates(part: &Part, what: &str, rfc: &str, found: &mut Vec<Finding>) {
    let mut seen: Vec<&str> = Vec::new();
    for item in part.members().iter().filter(|item| item.duplicate) {
        if seen.len() == NAMED_CLAIMS {
            break;
        }
        if seen.contains(&item.name.as_str()) {
            continue;
        }
        seen.push(&item.name);
        let severity = if form::is_read(&item.name) { Severity::High } else { Severity::Medium };
        let id = if what == "claim" { "duplicate_claim" } else { "duplicate_header" };
        let message = format!("Parsers disagree on which {} counts", excerpt(&item.name, SHOWN));
        found.push(finding(id, severity, &format!("Duplicate {what} name"), &message, rfc));
    }
    if let Some(name) = &part.scanned.inner_duplicate {
        let message = format!("Parsers disagree on which {} counts inside a value", excerpt(name, SHOWN));
        found.push(finding("duplicate_inner_name", Severity::Low, "Duplicate name inside a value", &message, rfc));
    }
}

fn weak_secret(case: &Case<'_>, found: &mut Vec<Finding>) {
    let KeyChoice::Found { key, .. } = case.key else { return };
    let (Some(length), Some(least)) = (key.secret_len(), key.algorithm().least_secret_len()) else { return };
    if length < least {
        let message = format!("{length} bytes, {} needs {least}: it can be guessed from one token", key.algorithm());
        found.push(finding("weak_secret", Severity::High, "The secret is too short", &message, "RFC 7518 §3.2"));
    }
}

/// The longest signing input that all of them are tried on, in bytes.
const LONGEST_TRIED: usize = 16 * 1024;

/// Secrets from tutorials, templates and default settings, one on each line.
const WELL_KNOWN: &str = include_str!("well_known_secrets.txt");

/// Tries every one, as text: two hundred take a millisecond for a token of common length.
fn well_known_secret(case: &Case<'_>, found: &mut Vec<Finding>) {
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
        found.push(finding("well_known_secret", Severity::Critical, "A well-known secret", &message, "RFC 8725 §3.5"));
    }
}

fn times(case: &Case<'_>, found: &mut Vec<Finding>) {
    use Severity::{High, Low, Medium};
    let claims = &case.parsed.claims;
    if !claims.has("exp") {
        let message = "A stolen token works for ever";
        found.push(finding("missing_exp", High, "No expiry", message, "RFC 7519 §4.1.4"));
    }
    let milliseconds: Vec<&str> = ["exp", "nbf", "iat", "auth_time"]
        .into_iter()
        .filter(|name| claims.seconds(name).is_some_and(|seconds| seconds >= SECONDS_END))
        .collect();
    if !milliseconds.is_empty() {
        let message = format!("{} reads as a time after the year 5000", milliseconds.join(", "));
        found.push(finding("milliseconds", High, "Milliseconds instead of seconds", &message, "RFC 7519 §2"));
    }
    let (exp, nbf, iat) = (claims.seconds("exp"), claims.seconds("nbf"), claims.seconds("iat"));
    if let (Some(exp), Some(start)) = (exp, iat.or(nbf))
        && milliseconds.is_empty()
    {
        let allowed = case.policy.max_lifetime_seconds;
        let lifetime = exp.saturating_sub(start);
        if allowed > 0 && lifetime > allowed {
            let message =
                format!("{}, the policy allows {}", span(lifetime.unsigned_abs()), span(allowed.unsigned_abs()));
            found.push(finding("long_lifetime", Medium, "Lives long", &message, "RFC 6750 §5.3"));
        }
    }
    if exp.is_some_and(|exp| exp < SECONDS_END / 1000) {
        let message = "It reads as a moment before 1974: exp is a date, not a number of seconds from now";
        found.push(finding("exp_is_a_lifetime", Medium, "exp looks like a lifetime", message, "RFC 7519 §4.1.4"));
    }
    if let Some(iat) = iat.filter(|iat| *iat > case.latest() && milliseconds.is_empty()) {
        let message = format!("{} ahead: the issuer's clock and this one disagree", span(iat.abs_diff(case.now)));
        found.push(finding("iat_in_future", Low, "Issued in the future", &message, "RFC 7519 §4.1.6"));
    }
    if let (Some(exp), Some(nbf)) = (exp, nbf)
        && (SECONDS_END / 1000..=nbf).contains(&exp)
    {
        let message = "exp is not after nbf";
        found.push(finding("never_valid", Medium, "Never valid", message, "RFC 7519 §4.1.5"));
    }
    if let Lookup::Found(item) = claims.find("aud")
        && item.kind == ValueKind::Array
        && strings(claims.raw(item)).is_some_and(|list| list.is_empty())
    {
        found.push(finding("empty_aud", Low, "aud is an empty list", "No API is meant", "RFC 7519 §4.1.3"));
    }
}

fn unregistered(claims: &Part, found: &mut Vec<Finding>) {
    let unknown: Vec<&str> = claims
        .members()
        .iter()
        .filter(|item| !item.duplicate && !is_registered_claim(&item.name))
        .map(|item| item.name.as_str())
        .collect();
    let add = |title: String, found: &mut Vec<Finding>| {
        let rfc = "RFC 7519 §4.3";
        found.push(finding("unregistered_claim", Severity::Info, &title, "Nothing in the policy reads it", rfc));
    };
    for name in unknown.iter().take(NAMED_CLAIMS) {
        add(format!("{} is not a registered claim", excerpt(name, SHOWN)), found);
    }
    if unknown.len() > NAMED_CLAIMS {
        add(format!("{} more claims are not registered", unknown.len() - NAMED_CLAIMS), found);
    }
}

/// The longest `kid` that still passes for a name, in bytes.
const LONGEST_NAME: usize = 1024;

/// What a `kid` looks like that a server might feed to something else than a comparison.
fn suspicious_kid(kid: &str) -> Option<&'static str> {
    // A thumbprint may hold "--" by chance: letters, digits, `-` and `_` alone carry nothing anywhere.
    if kid.len() <= LONGEST_NAME && kid.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    {
        return None;
    }
    let lower = kid.to_ascii_lowercase();
    let has = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    if has(&["\0"]) {
        Some("text with a NUL in it")
    } else if has(&["://"]) {
        Some("a URL")
    } else if has(&["' ", "';", "--", "union select", "\" or", "' or", "/*"]) || kid.contains('\'') {
        Some("SQL")
    } else if has(&["|", "$(", "`", "&&", ";"]) {
        Some("a shell command")
    } else if has(&["../", "..\\"]) || kid.starts_with('/') || kid.contains('\\') {
        Some("a path")
    } else if kid.len() > LONGEST_NAME {
        Some("something too long to be a name")
    } else {
        None
    }
}

fn finding(id: &str, severity: Severity, title: &str, message: &str, rfc: &str) -> Finding {
    Finding { id: id.to_owned(), severity, title: title.to_owned(), message: message.to_owned(), rfc: rfc.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_with_two_dashes_is_no_sql() {
        assert_eq!(suspicious_kid("PLaVh1IJ--QEVmjCoQIWl3IArbWpuRe6CdGpCaPEFXk"), None);
        assert_eq!(suspicious_kid("acc-2026-11"), None);
        assert_eq!(suspicious_kid("x' UNION SELECT '1';--"), Some("SQL"));
        assert_eq!(suspicious_kid("key-- "), Some("SQL"));
        assert_eq!(suspicious_kid("../../dev/null"), Some("a path"));
        assert_eq!(suspicious_kid(&"a".repeat(1025)), Some("something too long to be a name"));
    }
}
