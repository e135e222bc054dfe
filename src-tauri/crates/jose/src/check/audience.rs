//! Check 6: `iss` and `aud` against the policy, character by character, and the other claims it requires.

use std::borrow::Cow;

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
    let issuer = match issuer(case) {
        Ok(issuer) => issuer,
        Err(answer) => return answer,
    };
    let audience = match audience(case) {
        Ok(audience) => audience,
        Err(answer) => return answer,
    };
    let mut others = case.policy.required_claims.iter().map(String::as_str);
    if let Some(name) = others.find(|name| !ELSEWHERE.contains(name) && !case.parsed.claims.has(name)) {
        return missing(name, "RFC 7519 §4").or_edited();
    }
    if case.policy.own_tokens
        && let Err(answer) = case.text_claim("client_id", "RFC 8693 §4.3")
    {
        return answer.or_edited();
    }
    let purpose = kind_rules::purpose(case);
    let is_unasked = matches!((issuer, &audience), (false, Audience::NotAsked));
    if let Some(answer) = purpose.filter(|answer| is_unasked || answer.fails()) {
        return answer.or_edited();
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

fn issuer(case: &Case<'_>) -> Result<bool, Answer> {
    let found = case.text_claim("iss", ISS);
    let Some(wanted) = case.policy.issuer.as_deref() else {
        return found.map(|_| false).map_err(Answer::or_edited);
    };
    let found = found.map_err(|answer| answer.or_by(Cure::set("iss", wanted)))?;
    let fix = format!("`iss` exactly {wanted}");
    let reason = match found {
        Some(found) if found == wanted => return Ok(true),
        None => format!("iss is missing, the policy wants {wanted}"),
        Some(found) => match near_miss(found, wanted) {
            Some(how) => format!("iss differs from the policy's {how}"),
            None => format!("iss is {}, the policy wants {wanted}", excerpt(found, SHOWN)),
        },
    };
    Err(differs(reason, ISS, fix, "iss", wanted).about(case.present(&case.parsed.claims, ["iss"])))
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
                    let fix = format!("`aud` {wanted}");
                    let reason = format!("aud is missing, the policy wants {wanted}");
                    Err(differs(reason, AUD, fix, "aud", wanted))
                }
                None if case.requires("aud") => Err(missing("aud", AUD).or_edited()),
                None => Ok(Audience::NotAsked),
            };
        }
    };
    let fix = format!("`aud` {}", wanted.unwrap_or("as a string or a list of strings"));
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
        [] => format!("aud is an empty list, the policy wants {wanted}"),
        [one] => match near_miss(one, wanted) {
            Some(how) => format!("aud differs from the policy's {how}"),
            None => format!("aud is {}, the policy wants {wanted}", excerpt(one, SHOWN)),
        },
        several => match several.iter().find_map(|one| near_miss(one, wanted)) {
            Some(how) => format!("One of aud differs from the policy's {how}"),
            None => {
                let mut shown: Vec<String> = several.iter().take(3).map(|one| excerpt(one, 30)).collect();
                if several.len() > shown.len() {
                    shown.push(format!("{} more", several.len() - shown.len()));
                }
                format!("aud lists {}, not {wanted}", list(&shown))
            }
        },
    };
    Err(differs(reason, AUD, fix, "aud", wanted).about(["aud"]))
}

/// The answer about a claim that differs from the policy's value.
fn differs(reason: String, rfc: &'static str, fix: String, name: &str, wanted: &str) -> Answer {
    Answer::fail(reason, rfc, fix).or_by(Cure::set(name, wanted))
}

/// How two texts differ that look alike at a glance.
fn near_miss(found: &str, wanted: &str) -> Option<String> {
    let how = if found.strip_suffix('/') == Some(wanted) || wanted.strip_suffix('/') == Some(found) {
        "by a slash at the end"
    } else if found.eq_ignore_ascii_case(wanted) {
        "by upper and lower case"
    } else if found.trim() == wanted {
        "by white space"
    } else if found.strip_prefix("http://") == wanted.strip_prefix("https://") && found.starts_with("http://") {
        "by http instead of https"
    } else if found.strip_prefix("https://") == wanted.strip_prefix("http://") && found.starts_with("https://") {
        "by https instead of http"
    } else {
        return look_alike(found, wanted);
    };
    Some(how.to_owned())
}

/// The letter of another script that replaces an ASCII one, if nothing else differs.
fn look_alike(found: &str, wanted: &str) -> Option<String> {
    if found.chars().count() != wanted.chars().count() {
        return None;
    }
    let mut differing = found.chars().zip(wanted.chars()).enumerate().filter(|(_, (a, b))| a != b);
    let (index, (character, meant)) = differing.next()?;
    let is_foreign = |(_, (a, b)): (usize, (char, char))| a.is_ascii() != b.is_ascii();
    if character.is_ascii() == meant.is_ascii() || !differing.all(is_foreign) {
        return None;
    }
    Some(format!("at character {}, U+{:04X} instead of U+{:04X}", index + 1, u32::from(character), u32::from(meant)))
}
