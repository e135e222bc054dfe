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
    let (Ok(issuer), Ok(audience), true) = (issuer, audience, wrong.is_empty()) else { return Answer::all(wrong) };
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

/// How two texts differ that look alike at a glance.
fn near_miss(found: &str, wanted: &str) -> Option<String> {
    let ends = |end: &str| found.strip_suffix(end) == Some(wanted) || wanted.strip_suffix(end) == Some(found);
    let whose = if found.len() > wanted.len() { "the token" } else { "the policy" };
    let at_end = |what: &str| Some(format!("by a {what} at the end, which only {whose} has"));
    if ends("/") {
        return at_end("slash");
    }
    if ends(".") {
        return at_end("full stop");
    }
    if found.eq_ignore_ascii_case(wanted) {
        return Some("by upper and lower case".to_owned());
    }
    if found.trim() == wanted.trim() {
        return Some("by white space".to_owned());
    }
    let (one, other) = (Address::of(found), Address::of(wanted));
    if let (Some(one), Some(other)) = (&one, &other)
        && let Some(how) = one.differs_from(other)
    {
        return Some(how);
    }
    if let Some(scheme) = ["https://", "http://"]
        .into_iter()
        .find(|scheme| found.strip_prefix(scheme) == Some(wanted) || wanted.strip_prefix(scheme) == Some(found))
    {
        return Some(format!("by {scheme} at the beginning, which only {whose} has"));
    }
    look_alike(found, wanted)
}

/// The parts of a URL that are often mistaken.
struct Address<'a> {
    scheme: &'a str,
    host: &'a str,
    port: &'a str,
    path: &'a str,
}

impl<'a> Address<'a> {
    fn of(text: &'a str) -> Option<Address<'a>> {
        let (scheme, rest) = text.split_once("://")?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = authority.rsplit_once(':').unwrap_or((authority, ""));
        let is_plain = matches!(scheme, "http" | "https") && port.bytes().all(|byte| byte.is_ascii_digit());
        if !is_plain {
            return None;
        }
        Some(Address { scheme, host, port, path })
    }

    /// The one part that differs, if no other does.
    fn differs_from(&self, wanted: &Address<'_>) -> Option<String> {
        let own = [self.scheme, self.host, self.port, self.path];
        let meant = [wanted.scheme, wanted.host, wanted.port, wanted.path];
        let differing: Vec<usize> = (0..own.len()).filter(|&part| own[part] != meant[part]).collect();
        match differing[..] {
            [0] => Some(format!("by {} instead of {}", self.scheme, wanted.scheme)),
            [2] => Some(match (self.port, wanted.port) {
                ("", port) => format!("by the port {port}, which only the policy has"),
                (port, "") => format!("by the port {port}, which only the token has"),
                (port, meant) => format!("by the port, {port} instead of {meant}"),
            }),
            [1] if self.host.strip_prefix("www.") == Some(wanted.host)
                || wanted.host.strip_prefix("www.") == Some(self.host) =>
            {
                Some("by www. in front of the host".to_owned())
            }
            [3] => version(self.path, wanted.path),
            _ => None,
        }
    }
}

/// The version in the paths, if they differ in nothing else: `/tenant/v2.0` and `/tenant`, or `/tenant/v1.0`.
fn version(found: &str, wanted: &str) -> Option<String> {
    let parts = |path: &str| {
        let path = path.trim_end_matches('/').to_owned();
        match path.rsplit_once('/') {
            Some((before, last)) if is_version(last) => (before.to_owned(), last.to_owned()),
            _ => (path, String::new()),
        }
    };
    let ((before, one), (meant, other)) = (parts(found), parts(wanted));
    (before == meant && one != other).then(|| match (&*one, &*other) {
        ("", version) => format!("by the version {version} in the path, which only the policy has"),
        (version, "") => format!("by the version {version} in the path, which only the token has"),
        (version, meant) => format!("by the version in the path, {version} instead of {meant}"),
    })
}

fn is_version(segment: &str) -> bool {
    let digits = segment.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
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
