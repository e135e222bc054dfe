//! Check 6: `iss` and `aud` against the policy, character by character, and the other claims it requires.

use std::borrow::Cow;

use super::near_miss::near_miss;
use super::{Answer, Case, ambiguous, kind_rules, kind_words, missing};
use crate::json;
use crate::json::ValueKind;
use crate::judgement::Cure;
use crate::parse::Lookup;
use crate::visible::excerpt;
use crate::words::list;

const ISS: &str = "RFC 7519 §4.1.1";
const AUD: &str = "RFC 7519 §4.1.3";
const SHOWN: usize = 60;

/// Claims whose absence another check reports.
const ELSEWHERE: [&str; 9] = ["exp", "nbf", "iat", "auth_time", "jti", "sid", "sub", "scope", "scp"];

/// How `aud` relates to the policy.
enum Audience {
    NotAsked,
    Equal,
    Contained,
}

pub(super) fn issuer_and_audience(case: &Case<'_>) -> Answer {
    if let Some(answer) = case.unreadable(ISS) {
        return answer;
    }
    let mut wrong = Vec::new();
    let issuer = issuer(case).map_err(|answer| wrong.push(answer));
    let audience = audience(case).map_err(|answer| wrong.push(answer));
    let is_elsewhere = |name: &str| ELSEWHERE.contains(&name) || name == "iss" || name == "aud";
    let others = case.policy.required_claims.iter().map(String::as_str);
    let absent = others.filter(|name| !is_elsewhere(name) && !case.parsed.claims.has(name));
    wrong.extend(absent.map(|name| missing(name, "RFC 7519 §4").or_edited()));
    if case.policy.own_tokens
        && case.parsed.claims.has("client_id")
        && let Err(answer) = case.text_claim("client_id", "RFC 8693 §4.3")
    {
        wrong.push(answer.or_edited());
    }
    wrong.extend(kind_rules::faults(case).into_iter().map(Answer::or_edited));
    let (Ok(issuer), Ok(audience), true) = (issuer, audience, wrong.is_empty()) else { return Answer::all(wrong) };
    let purpose = kind_rules::purpose(case);
    let is_unasked = matches!((issuer, &audience), (false, Audience::NotAsked));
    if let Some(answer) = purpose.filter(|_| is_unasked) {
        return answer;
    }
    let members = case.present(&case.parsed.claims, ["iss", kind_rules::audience_claim(case)]);
    let reason = match (issuer, audience) {
        (true, Audience::Equal) => "Both equal the policy values",
        (true, Audience::Contained) => "iss equals the policy value, aud contains it",
        (true, Audience::NotAsked) => "iss equals the policy value, no aud is asked for",
        (false, Audience::Equal) => "aud equals the policy value, no iss is asked for",
        (false, Audience::Contained) => "aud contains the policy value, no iss is asked for",
        (false, Audience::NotAsked) => {
            let reason =
                kind_rules::unasked(case).map_or("The policy names no issuer and no audience".into(), Cow::Owned);
            return Answer::not_asked(reason, ISS).about(members);
        }
    };
    Answer::pass(reason, ISS).about(members)
}

/// The audiences in `aud`, in either of its two forms; `None` if it is absent, duplicated or of another type.
pub fn audiences(case: &Case<'_>) -> Option<Vec<String>> {
    let claims = &case.parsed.claims;
    match claims.find("aud") {
        Lookup::Found(item) if item.kind == ValueKind::Array => json::strings(claims.raw(item)),
        Lookup::Found(item) => item.text.clone().map(|one| vec![one]),
        _ => None,
    }
}

/// A value at the end of a sentence: in quotes if its own end could be taken for the sentence's or not be seen.
fn shown_value(value: &str) -> String {
    let is_clear = |sign: char| sign.is_alphanumeric() || sign == '/';
    let is_plain = value.starts_with(is_clear) && value.ends_with(is_clear);
    if is_plain { value.to_owned() } else { format!("\"{value}\"") }
}

fn issuer(case: &Case<'_>) -> Result<bool, Answer> {
    let found = case.text_claim("iss", ISS);
    let Some(wanted) = case.policy.issuer.as_deref() else {
        return found.map(|_| false).map_err(Answer::or_edited);
    };
    let found = found.map_err(|answer| answer.or_by(Cure::set("iss", wanted)))?;
    let fix = format!("Set `iss` to exactly {}", shown_value(wanted));
    let reason = match found {
        Some(found) if found == wanted => return Ok(true),
        None => format!("iss is missing, the policy wants \"{wanted}\""),
        Some(found) => differing("iss", found, wanted),
    };
    let answer = differs(reason, ISS, fix, "iss", wanted).about(case.present(&case.parsed.claims, ["iss"]));
    Err(match found {
        Some(found) => answer.in_brief(brief("iss", found, wanted)),
        None => answer,
    })
}

fn audience(case: &Case<'_>) -> Result<Audience, Answer> {
    let wanted = case.policy.audience.as_deref();
    let item = match case.parsed.claims.find("aud") {
        Lookup::Duplicate => return Err(ambiguous("aud", AUD)),
        Lookup::Found(item) => item,
        Lookup::Absent => {
            return match wanted {
                Some(wanted) if kind_rules::audience_claim(case) == "client_id" => {
                    kind_rules::client(case, wanted).map(|()| Audience::Equal)
                }
                Some(wanted) => {
                    let fix = format!("Set `aud` to {}", shown_value(wanted));
                    let reason = format!("aud is missing, the policy wants \"{wanted}\"");
                    Err(differs(reason, AUD, fix, "aud", wanted))
                }
                None if case.requires("aud") => Err(missing("aud", AUD).or_edited()),
                None => Ok(Audience::NotAsked),
            };
        }
    };
    let fix = match wanted {
        Some(wanted) => format!("Set `aud` to {}", shown_value(wanted)),
        None => "Write `aud` as a string or a list of strings".to_owned(),
    };
    let Some(found) = audiences(case) else {
        let what = match item.kind {
            ValueKind::Array => "a list with something else than strings",
            other => kind_words(other),
        };
        let answer = Answer::fail(format!("aud is {what}"), AUD, fix).about(["aud"]);
        return Err(match wanted {
            Some(wanted) => answer.or_by(Cure::set("aud", wanted)),
            None => answer.or_edited(),
        });
    };
    let Some(wanted) = wanted else { return Ok(Audience::NotAsked) };
    if found.iter().any(|one| one == wanted) {
        return Ok(if item.kind == ValueKind::Array && found.len() > 1 {
            Audience::Contained
        } else {
            Audience::Equal
        });
    }
    let reason = match &found[..] {
        [] => format!("aud is an empty list, the policy wants \"{wanted}\""),
        [one] => differing("aud", one, wanted),
        several => match several.iter().find_map(|one| near_miss(one, wanted)) {
            Some(how) => format!("One of aud differs from the policy's \"{wanted}\" {how}"),
            None => {
                let mut shown: Vec<String> =
                    several.iter().take(3).map(|one| format!("\"{}\"", excerpt(one, 30))).collect();
                if several.len() > shown.len() {
                    shown.push(format!("{} more", several.len() - shown.len()));
                }
                format!("aud lists {}, not \"{wanted}\"", list(&shown))
            }
        },
    };
    let answer = differs(reason, AUD, fix, "aud", wanted).about(["aud"]);
    Err(match &found[..] {
        [one] => answer.in_brief(brief("aud", one, wanted)),
        _ => answer,
    })
}

/// The answer about a claim that differs from the policy's value.
fn differs(reason: String, rfc: &'static str, fix: String, name: &str, wanted: &str) -> Answer {
    Answer::fail(reason, rfc, fix).or_by(Cure::set(name, wanted))
}

/// The values in quotes, so that a full stop or a space at their end is seen, or where they differ if they nearly
/// agree.
fn differing(name: &str, found: &str, wanted: &str) -> String {
    match near_miss(found, wanted) {
        Some(how) => format!("{name} differs from the policy's \"{wanted}\" {how}"),
        None => format!("{name} is \"{}\", the policy wants \"{wanted}\"", excerpt(found, SHOWN)),
    }
}

/// The same without the values.
fn brief(name: &str, found: &str, wanted: &str) -> String {
    match near_miss(found, wanted) {
        Some(how) => format!("{name} differs from the policy {how}"),
        None => format!("{name} differs from the policy"),
    }
}
