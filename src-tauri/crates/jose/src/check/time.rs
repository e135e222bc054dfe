//! Check 5: `exp`, `nbf` and `iat` against now (RFC 7519 sections 4.1.4 to 4.1.6).
//!
//! The boundaries, at leeway 0: a token whose `exp` equals now has expired, one whose `nbf` equals now is valid.

use super::{Answer, Case, ambiguous, kind_words, missing};
use crate::json::{Number, number};
use crate::parse::Lookup;
use crate::report::ValueKind;
use crate::words::{list, span};

const EXP: &str = "7519 §4.1.4";
const NBF: &str = "7519 §4.1.5";
const IAT: &str = "7519 §4.1.6";

const NAMES: [(&str, &str); 4] = [("exp", EXP), ("nbf", NBF), ("iat", IAT), ("auth_time", "9068 §2.2.1")];

/// One time claim, read.
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
}

pub(super) fn time(case: &Case<'_>) -> Answer {
    if let Some(answer) = case.unreadable(EXP) {
        return answer;
    }
    let claims = &case.parsed.claims;
    let mut misses = Vec::new();
    let mut fine = Vec::new();
    let mut values = [None; 4];
    for ((name, rfc), value) in NAMES.into_iter().zip(&mut values) {
        if let Lookup::Duplicate = claims.find(name) {
            return ambiguous(name, rfc);
        }
        match read(case, name, rfc) {
            Ok(Claim::Absent) if case.requires(name) => {
                let answer = missing(name, rfc);
                misses.push(Miss { name, reason: answer.reason, fix: answer.fix, rfc });
            }
            Ok(Claim::Absent) => {}
            Ok(Claim::At(seconds)) => match late_or_early(case, name, seconds) {
                Some(miss) => misses.push(miss),
                None => {
                    *value = Some(seconds);
                    fine.push(name);
                }
            },
            Err(miss) => misses.push(miss),
        }
    }
    // `auth_time` is no condition of its own, so it is not worth a word when it is fine.
    fine.retain(|name| *name != "auth_time");
    if let Some(first) = misses.first() {
        let mut reason = misses.iter().map(|miss| miss.reason.as_str()).collect::<Vec<_>>().join("; ");
        match &fine[..] {
            [] => {}
            [only] => reason.push_str(&format!("; {only} is fine")),
            several => reason.push_str(&format!("; {} are fine", several.join(", "))),
        }
        let fixes: Vec<&str> = misses.iter().map(|miss| miss.fix.as_str()).collect();
        let names: Vec<&str> = misses.iter().map(|miss| miss.name).collect();
        return Answer::fail(reason, first.rfc, list(&fixes)).about(&names);
    }
    let [exp, nbf, iat, _] = values;
    let members = case.present(claims, &["exp", "nbf", "iat"]);
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
        return Answer::warn(format!("{lasting}; iat lies {ahead} in the future"), IAT).about(&members);
    }
    if let Some(nbf) = nbf.filter(|nbf| *nbf > case.now) {
        let ahead = span(nbf.abs_diff(case.now));
        return Answer::pass(format!("{lasting}; nbf is {ahead} away, inside the leeway"), NBF).about(&members);
    }
    if exp.is_none() { Answer::warn(lasting, rfc) } else { Answer::pass(lasting, rfc) }.about(&members)
}

impl Case<'_> {
    /// The latest moment that still counts as now.
    pub(crate) fn latest(&self) -> i64 {
        self.now.saturating_add(self.policy.leeway_seconds.into())
    }

    /// The earliest moment that still counts as now.
    pub(crate) fn earliest(&self) -> i64 {
        self.now.saturating_sub(self.policy.leeway_seconds.into())
    }
}

fn late_or_early(case: &Case<'_>, name: &'static str, seconds: i64) -> Option<Miss> {
    match name {
        "exp" if seconds <= case.earliest() => {
            let reason = match seconds.cmp(&case.now) {
                std::cmp::Ordering::Equal => "exp is this second, which is too late".to_owned(),
                _ => format!("exp passed {} ago", span(seconds.abs_diff(case.now))),
            };
            let least = seconds.abs_diff(case.earliest()).saturating_add(1);
            let fix = format!("`exp` after {}, at least {least} s later", case.earliest());
            Some(Miss { name, reason, fix, rfc: EXP })
        }
        "nbf" if seconds > case.latest() => {
            let reason = format!("nbf is {} away", span(seconds.abs_diff(case.now)));
            let least = seconds.abs_diff(case.latest());
            let fix = format!("`nbf` at most {}, at least {least} s earlier", case.latest());
            Some(Miss { name, reason, fix, rfc: NBF })
        }
        _ => None,
    }
}

/// A NumericDate as this product writes and accepts it: whole seconds, zero or more, within 64 bits.
fn read(case: &Case<'_>, name: &'static str, rfc: &'static str) -> Result<Claim, Miss> {
    let claims = &case.parsed.claims;
    let Lookup::Found(item) = claims.find(name) else { return Ok(Claim::Absent) };
    let why = match item.kind {
        ValueKind::Number => match number(claims.raw(item)) {
            Number::Seconds(seconds) => return Ok(Claim::At(seconds)),
            Number::Negative => "is negative".to_owned(),
            Number::NotWhole => "is not whole seconds".to_owned(),
            Number::TooLarge => "does not fit in 64 bits".to_owned(),
        },
        other => format!("is {}, not a number", kind_words(other)),
    };
    let fix = format!("`{name}` as whole seconds since 1970, like {}", case.now);
    Err(Miss { name, reason: format!("{name} {why}"), fix, rfc })
}
