//! Times that are missing, in the wrong unit, too far apart or in the wrong order.

use super::finding;
use crate::check::Case;
use crate::json::strings;
use crate::parse::Lookup;
use crate::report::{Finding, Severity, ValueKind};
use crate::words::span;

/// A NumericDate beyond this lies in the year 5138; milliseconds of today lie far beyond.
const SECONDS_END: i64 = 100_000_000_000;

pub(super) fn times(case: &Case<'_>, found: &mut Vec<Finding>) {
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
        found.push(finding("milliseconds", High, "Milliseconds instead of seconds", message, "RFC 7519 §2"));
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
            found.push(finding("long_lifetime", Medium, "Lives long", message, "RFC 6750 §5.3"));
        }
    }
    if exp.is_some_and(|exp| exp < SECONDS_END / 1000) {
        let message = "It reads as a moment before 1974: exp is a date, not a number of seconds from now";
        found.push(finding("exp_is_a_lifetime", Medium, "exp looks like a lifetime", message, "RFC 7519 §4.1.4"));
    }
    if let Some(iat) = iat.filter(|iat| *iat > case.latest() && milliseconds.is_empty()) {
        let message = format!("{} ahead: the issuer's clock and this one disagree", span(iat.abs_diff(case.now)));
        found.push(finding("iat_in_future", Low, "Issued in the future", message, "RFC 7519 §4.1.6"));
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
