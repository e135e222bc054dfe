//! Times that are missing, in the wrong unit, too far apart or in the wrong order.

use super::{finding, habit};
use crate::report::{Finding, Severity};
use jose::Kind;
use jose::check::{Case, unit_of};
use jose::json::ValueKind;
use jose::json::strings;
use jose::parse::Lookup;
use jose::words::{capitalised, list, span};

/// An earlier expiry is not a date but a number of seconds from now: 1973.
const LIFETIMES_END: i64 = 100_000_000;

pub(super) fn times(case: &Case<'_>, found: &mut Vec<Finding>) {
    use Severity::{High, Low, Medium};
    let claims = &case.parsed.claims;
    if !claims.has("exp") && !Kind::of(case.parsed).is_some_and(Kind::lasts_without_exp) {
        let message = "A stolen token works for ever";
        found.push(finding("missing_exp", High, "No expiry", message, "RFC 7519 §4.1.4"));
    }
    let units: Vec<(&str, &str)> = ["exp", "nbf", "iat", "auth_time"]
        .into_iter()
        .filter_map(|name| claims.seconds(name).and_then(|time| unit_of(time, case.now)).map(|(_, unit)| (name, unit)))
        .collect();
    if let Some((_, unit)) = units.first() {
        let names: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
        let verb = if names.len() == 1 { "reads as a time" } else { "read as times" };
        let message = format!("{} {verb} after the year 5000", list(&names));
        found.push(finding(
            "milliseconds",
            High,
            format!("{} instead of seconds", capitalised(unit)),
            message,
            "RFC 7519 §2",
        ));
    }
    let (exp, nbf, iat) = (claims.seconds("exp"), claims.seconds("nbf"), claims.seconds("iat"));
    if let (Some(exp), Some(start)) = (exp, iat.or(nbf))
        && units.is_empty()
    {
        let allowed = case.policy.max_lifetime_seconds;
        let lifetime = exp.saturating_sub(start);
        if allowed > 0 && lifetime > allowed {
            let message = match case.policy.issuer {
                Some(_) => {
                    format!("{}, the policy allows {}", span(lifetime.unsigned_abs()), span(allowed.unsigned_abs()))
                }
                None => format!("{}: a stolen token works as long", span(lifetime.unsigned_abs())),
            };
            found.push(finding("long_lifetime", habit(case, Medium), "Lives long", message, "RFC 6750 §5.3"));
        }
    }
    if exp.is_some_and(|exp| exp < LIFETIMES_END) {
        let message = "It reads as a moment before 1974: exp is a date, not a number of seconds from now";
        found.push(finding("exp_is_a_lifetime", Medium, "exp looks like a lifetime", message, "RFC 7519 §4.1.4"));
    }
    if let Some(iat) = iat.filter(|iat| *iat > case.latest() && units.is_empty()) {
        let message = format!("{} ahead: the issuer's clock and this one disagree", span(iat.abs_diff(case.now)));
        found.push(finding("iat_in_future", Low, "Issued in the future", message, "RFC 7519 §4.1.6"));
    }
    // A time in another unit has a finding of its own, and is not compared with other times.
    let is_in_seconds = |name: &str| units.iter().all(|(other, _)| *other != name);
    let begins = [("nbf", nbf), ("iat", iat)].into_iter().filter(|(name, _)| is_in_seconds(name));
    let begins = begins.filter_map(|(name, at)| Some((name, at?)));
    if let Some(exp) = exp.filter(|_| is_in_seconds("exp"))
        && let Some((name, _)) = begins.into_iter().find(|(_, at)| (LIFETIMES_END..=*at).contains(&exp))
    {
        let message = format!("exp is not after {name}");
        found.push(finding("never_valid", Medium, "Never valid", message, "RFC 7519 §4.1.5"));
    }
    if let Lookup::Found(item) = claims.find("aud")
        && item.kind == ValueKind::Array
        && strings(claims.raw(item)).is_some_and(|list| list.is_empty())
    {
        found.push(finding(
            "empty_aud",
            habit(case, Low),
            "aud is an empty list",
            "No API is meant",
            "RFC 7519 §4.1.3",
        ));
    }
}
