//! Check 5: `exp`, `nbf` and `iat` against now (RFC 7519 sections 4.1.4 to 4.1.6).
//!
//! The boundaries, at leeway 0: a token whose `exp` equals now has expired, one whose `nbf` equals now is valid.

use super::{Answer, Case, ambiguous, kind_rules, kind_words, missing, session_checks};
use crate::json::ValueKind;
use crate::json::{Number, number};
use crate::judgement::Cure;
use crate::kind::Kind;
use crate::parse::Lookup;
use crate::words::{span, together};

const EXP: &str = "RFC 7519 §4.1.4";
const NBF: &str = "RFC 7519 §4.1.5";
const IAT: &str = "RFC 7519 §4.1.6";

const NAMES: [(&str, &str); 4] = [("exp", EXP), ("nbf", NBF), ("iat", IAT), ("auth_time", "RFC 9068 §2.2.1")];

/// A time is assumed to be in a smaller unit if in that unit it is this close to now, in seconds: twenty years.
const NEAR: u64 = 20 * 365 * 86_400;

const UNITS: [(i64, &str); 3] = [(1_000, "milliseconds"), (1_000_000, "microseconds"), (1_000_000_000, "nanoseconds")];

/// The unit that a time seems to be in if it is not seconds: how many make a second, and its name.
pub fn unit_of(time: i64, now: i64) -> Option<(i64, &'static str)> {
    UNITS.into_iter().find(|(size, _)| (time / size).abs_diff(now) < NEAR)
}

/// One parsed time claim.
enum Claim {
    Absent,
    At(i64),
}

/// What is wrong with one claim.
struct Miss {
    name: &'static str,
    reason: String,
    fix: String,
    rfc: &'static str,
    /// The claim's time, if it is one.
    at: Option<i64>,
}

pub(super) fn time(case: &Case<'_>) -> Answer {
    if let Some(answer) = case.unreadable(EXP) {
        return answer;
    }
    let claims = &case.parsed.claims;
    let mut misses = Vec::new();
    let mut fine = Vec::new();
    // Times in another unit than seconds, which are neither fine nor a miss.
    let mut other_units = Vec::new();
    let mut values = [None; 4];
    for ((name, rfc), value) in NAMES.into_iter().zip(&mut values) {
        if let Lookup::Duplicate = claims.find(name) {
            return ambiguous(name, rfc);
        }
        match read(case, name, rfc) {
            Ok(Claim::Absent) if case.requires(name) => {
                let answer = missing(name, rfc);
                misses.push(Miss {
                    name,
                    reason: answer.reason.into_owned(),
                    fix: answer.fix.into_owned(),
                    rfc,
                    at: None,
                });
            }
            Ok(Claim::Absent) => {}
            Ok(Claim::At(seconds)) => match late_or_early(case, name, seconds) {
                Some(miss) => misses.push(miss),
                None => {
                    *value = Some(seconds);
                    match unit_of(seconds, case.now) {
                        Some(unit) => other_units.push((name, seconds, unit)),
                        None => fine.push(name),
                    }
                }
            },
            Err(miss) => misses.push(miss),
        }
    }
    if let Some(miss) = lives_too_long(case, values) {
        fine.retain(|name| *name != miss.name);
        other_units.retain(|(name, ..)| *name != miss.name);
        misses.push(miss);
    }
    // `auth_time` is not a condition, so it is mentioned only when it is wrong.
    fine.retain(|name| *name != "auth_time");
    if let Some(first) = misses.first() {
        fine.retain(|name| *name != "iat" || values[2].is_some_and(|iat| iat <= case.latest()));
        let mut reason =
            misses.iter().map(|miss| miss.reason.as_str()).collect::<Vec<_>>().join("; ").replace("; Lives", "; lives");
        if let Some((_, _, (_, unit))) = other_units.first() {
            let names: Vec<&str> = other_units.iter().map(|(name, ..)| *name).collect();
            reason.push_str(&format!("; {} in {unit}", is_or_are(&names)));
        }
        if !fine.is_empty() {
            reason.push_str(&format!("; {} fine", is_or_are(&fine)));
        }
        let divided = other_units.iter().map(|(name, seconds, (size, _))| divided(name, *seconds, *size));
        let fixes: Vec<String> = misses.iter().map(|miss| miss.fix.clone()).chain(divided).collect();
        let others = other_units.iter().map(|(name, ..)| *name);
        let names: Vec<&str> = misses.iter().map(|miss| miss.name).chain(others).collect();
        let answer = Answer::fail(reason, first.rfc, together(&fixes)).about(names);
        return cures(case, first).into_iter().fold(answer, Answer::with);
    }
    let [exp, nbf, iat, _] = values;
    let members = case.present(claims, ["exp", "nbf", "iat"]);
    if let Some((_, _, (_, unit))) = other_units.first() {
        let names: Vec<&str> = other_units.iter().map(|(name, ..)| *name).collect();
        let lasting = match exp.filter(|_| names.contains(&"exp")) {
            Some(exp) => format!(", so the token lasts for {}", span(exp.abs_diff(case.now))),
            None => ", not in seconds".to_owned(),
        };
        let fixes: Vec<String> =
            other_units.iter().map(|(name, seconds, (size, _))| divided(name, *seconds, *size)).collect();
        let answer = Answer::warn(format!("{} in {unit}{lasting}", is_or_are(&names)), "RFC 7519 §2").about(members);
        return Answer { fix: together(&fixes).into(), ..answer };
    }
    let (lasting, rfc) = match exp {
        None => ("No exp: it never expires".to_owned(), EXP),
        Some(exp) if exp > case.now => (format!("Valid for {} more", span(exp.abs_diff(case.now))), EXP),
        Some(exp) => {
            let past = span(exp.abs_diff(case.now));
            (format!("exp passed {past} ago, inside the leeway of {}", span(case.policy.leeway_seconds.into())), EXP)
        }
    };
    if let Some(iat) = iat.filter(|iat| *iat > case.latest()) {
        let ahead = span(iat.abs_diff(case.now));
        let early = format!("iat lies {ahead} in the future");
        let needs_no_exp = exp.is_none() && kind_rules::without_exp(case).is_some();
        return Answer::warn(if needs_no_exp { early } else { format!("{lasting}; {early}") }, IAT).about(members);
    }
    if exp.is_none()
        && let Some(answer) = kind_rules::without_exp(case)
    {
        return answer.about(members);
    }
    if let Some(nbf) = nbf.filter(|nbf| *nbf > case.now) {
        let ahead = span(nbf.abs_diff(case.now));
        return Answer::pass(format!("{lasting}; nbf is {ahead} away, inside the leeway"), NBF).about(members);
    }
    if let Some(name) = names_with_fraction(case).first() {
        return Answer::warn(
            format!("{lasting}; {name} has a fraction, which not every server accepts"),
            "RFC 7519 §2",
        )
        .about(members);
    }
    if exp.is_none() { Answer::warn(lasting, rfc) } else { Answer::pass(lasting, rfc) }.about(members)
}

/// "exp is", "exp, nbf are".
fn is_or_are(names: &[&str]) -> String {
    format!("{} {}", names.join(", "), if names.len() == 1 { "is" } else { "are" })
}

/// What to do about a time that is not in seconds: "Divide `exp` by 1000: 1795440727".
pub fn divided(name: &str, time: i64, size: i64) -> String {
    format!("Divide `{name}` by {size}: {}", time / size)
}

/// The issuer's own rules limit the lifetime. A future `iat` counts as now, so that a late `iat` gains no time.
fn lives_too_long(case: &Case<'_>, [exp, _, iat, _]: [Option<i64>; 4]) -> Option<Miss> {
    let longest = case.policy.max_lifetime_seconds;
    let lifetime = exp?.saturating_sub(iat?.min(case.latest()));
    if !case.policy.own_tokens || longest <= 0 || lifetime <= longest {
        return None;
    }
    let (lifetime, longest) = (span(lifetime.unsigned_abs()), span(longest.unsigned_abs()));
    let reason = format!("Lives {lifetime}, the policy allows {longest}");
    Some(Miss {
        name: "exp",
        reason,
        fix: format!("Set `exp` at most {longest} after `iat`"),
        rfc: "RFC 6750 §5.3",
        at: None,
    })
}

/// What would make a time claim pass: another value, or another time.
fn cures(case: &Case<'_>, miss: &Miss) -> Vec<Cure> {
    const QUARTER: i64 = 900;
    // The limit of a clock's calendar.
    const CENTURY: u64 = 100 * 366 * 86_400;
    let resign = match (miss.name, miss.at) {
        ("exp", _) => Cure::ExpireIn { seconds: QUARTER },
        (_, Some(_)) => Cure::StartNow,
        (name, None) => Cure::SetClaim { name: name.to_owned(), value: case.now.to_string() },
    };
    let claims = &case.parsed.claims;
    let nbf = claims.seconds("nbf").unwrap_or(i64::MIN);
    // Some of an expired token's life is left to work with: half a minute, or a half of a short one.
    let start = claims.seconds("iat").map_or(nbf, |iat| iat.max(nbf));
    let left = |exp: i64| (exp.saturating_sub(start) / 2).clamp(1, 30);
    let target = miss.at.map(|at| if miss.name == "exp" { at.saturating_sub(left(at)) } else { at });
    // The rounded time may be before a short lifetime's start; a token that ends before it starts is never valid.
    let by = target.map(|target| target.saturating_sub(case.now)).and_then(|exact| {
        [away(exact), exact].into_iter().find(|by| case.now.saturating_add(*by) >= nbf && by.unsigned_abs() < CENTURY)
    });
    let clock = by.map(|seconds| Cure::MoveClock { seconds });
    // The first cure becomes the primary button, so it must be one that helps.
    let ways = if session_checks::is_over(case) { [clock, Some(resign)] } else { [Some(resign), clock] };
    ways.into_iter().flatten().collect()
}

/// At least this many seconds away, rounded to whole minutes, hours or days.
fn away(seconds: i64) -> i64 {
    let unit = match seconds.unsigned_abs() {
        0..=5_400 => 60,
        5_401..=172_800 => 3_600,
        _ => 86_400,
    };
    let units = seconds.unsigned_abs().div_ceil(unit);
    i64::try_from(units.saturating_mul(unit)).unwrap_or(i64::MAX).saturating_mul(seconds.signum())
}

impl Case<'_> {
    /// The latest time that still counts as now.
    pub fn latest(&self) -> i64 {
        self.now.saturating_add(self.policy.leeway_seconds.into())
    }

    /// The earliest time that still counts as now.
    pub(crate) fn earliest(&self) -> i64 {
        self.now.saturating_sub(self.policy.leeway_seconds.into())
    }
}

/// The time claims with fractional seconds: RFC 7519 section 2 allows them, some libraries do not.
fn names_with_fraction(case: &Case<'_>) -> Vec<&'static str> {
    let claims = &case.parsed.claims;
    let has_fraction = |name: &str| match claims.find(name) {
        Lookup::Found(item) if item.kind == ValueKind::Number => {
            matches!(number(claims.raw(item)), Number::Fraction(_))
        }
        _ => false,
    };
    NAMES.into_iter().map(|(name, _)| name).filter(|name| has_fraction(name)).collect()
}

fn late_or_early(case: &Case<'_>, name: &'static str, seconds: i64) -> Option<Miss> {
    match name {
        "exp" if seconds <= case.earliest() => {
            let reason = match seconds.cmp(&case.now) {
                std::cmp::Ordering::Equal => "exp is this second, which is too late".to_owned(),
                _ => format!("exp passed {} ago", span(seconds.abs_diff(case.now))),
            };
            let least = seconds.abs_diff(case.earliest()).saturating_add(1);
            let fix = format!("Set `exp` after {} ({} later)", case.earliest(), span(least));
            Some(Miss { name, reason, fix, rfc: EXP, at: Some(seconds) })
        }
        "nbf" if seconds > case.latest() => {
            let away = span(seconds.abs_diff(case.now));
            if let Some((size, unit)) = unit_of(seconds, case.now) {
                let reason = format!("nbf is in {unit}, so it is {away} away");
                let fix = divided("nbf", seconds, size);
                return Some(Miss { name, reason, fix, rfc: "RFC 7519 §2", at: Some(seconds) });
            }
            let reason = format!("nbf is {away} away");
            let least = seconds.abs_diff(case.latest());
            let fix = format!("Set `nbf` to at most {} ({} earlier)", case.latest(), span(least));
            Some(Miss { name, reason, fix, rfc: NBF, at: Some(seconds) })
        }
        // Nothing but its iat limits how long a key binding can be replayed.
        "iat" if seconds > case.latest() && case.policy.kind == Some(Kind::KeyBinding) => {
            let reason = format!("iat lies {} in the future", span(seconds.abs_diff(case.now)));
            let fix = "Set `iat` to the time at which it is signed".to_owned();
            Some(Miss { name, reason, fix, rfc: "RFC 9901 §7.3", at: Some(seconds) })
        }
        _ => None,
    }
}

/// A NumericDate (RFC 7519 section 2): zero or more, within 64 bits. A fraction is truncated.
fn read(case: &Case<'_>, name: &'static str, rfc: &'static str) -> Result<Claim, Miss> {
    let claims = &case.parsed.claims;
    let Lookup::Found(item) = claims.find(name) else { return Ok(Claim::Absent) };
    let why = match item.kind {
        ValueKind::Number => match number(claims.raw(item)) {
            Number::Seconds(seconds) | Number::Fraction(seconds) => return Ok(Claim::At(seconds)),
            Number::Negative => "is negative".to_owned(),
            Number::TooLarge => "does not fit in 64 bits".to_owned(),
        },
        other => format!("is {}, not a number", kind_words(other)),
    };
    // A number in quotes is the one that was meant.
    let meant = item.text.as_deref().and_then(|text| text.trim().parse::<i64>().ok()).filter(|seconds| *seconds > 0);
    let fix = match meant.map(|time| unit_of(time, case.now).map_or(time, |(size, _)| time / size)) {
        Some(seconds) => format!("Write `{name}` as a number, without quotes: {seconds}"),
        None => format!("Write `{name}` as whole seconds since 1970, like {}", case.now),
    };
    Err(Miss { name, reason: format!("{name} {why}"), fix, rfc, at: None })
}
