//! Checks 1 and 2: can the token be read unambiguously, and do `alg`, `crit` and `typ` match the policy?

use super::{Answer, Case, ambiguous, kind_words};
use crate::Algorithm;
use crate::json;
use crate::json::ValueKind;
use crate::judgement::Cure;
use crate::kind::Kind;
use crate::parse::{Lookup, ParseProblem, Part, media_type};
use crate::visible::excerpt;
use crate::words::list;

/// The names that the checks read: if one is duplicated, the value checked and the value an application uses may
/// differ.
const READ_FROM_HEADER: [&str; 10] = ["alg", "typ", "kid", "crit", "b64", "cty", "jwk", "jku", "x5c", "x5u"];
const READ_FROM_CLAIMS: [&str; 13] =
    ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "sid", "scope", "scp", "client_id", "auth_time", "azp"];

/// Names defined by RFC 7515 and RFC 7516 themselves, which `crit` must not list (RFC 7515 section 4.1.11).
const DEFINED_BY_JOSE: [&str; 13] =
    ["alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "enc", "zip"];

const SHOWN: usize = 60;

/// How many values of a duplicate name the reason shows; the members list all of them.
const VALUES: usize = 4;
const SHOWN_OF_VALUE: usize = 40;

/// How many duplicate names the reason shows.
const NAMES: usize = 4;

/// True if a duplicate of this name makes the token ambiguous to the checks.
pub fn is_read(name: &str) -> bool {
    READ_FROM_HEADER.contains(&name) || READ_FROM_CLAIMS.contains(&name)
}

pub(super) fn parse(case: &Case<'_>) -> Answer {
    let parsed = case.parsed;
    // A server may read what this crate does not, so do not suggest changing the token.
    let (limits, faults): (Vec<_>, Vec<_>) = parsed.faults.iter().partition(|fault| fault.limit);
    if let Some((first, others)) = faults.split_first() {
        // Others than those of an encoding follow from the first, or are told beside the token only.
        let told: Vec<&ParseProblem> =
            std::iter::once(*first).chain(others.iter().copied().filter(|other| other.is_encoding())).collect();
        let reasons: Vec<&str> = told.iter().map(|fault| fault.reason.as_str()).collect();
        return Answer::fail(reasons.join("; "), first.rfc, ParseProblem::fix_of(&told));
    }
    if let Some(fault) = limits.first() {
        return Answer::open(fault.reason.clone(), fault.rfc);
    }
    let (refusal, warning) = match duplicate(case) {
        Some(twice) if case.policy.own_tokens => (Some(twice), None),
        twice => (None, twice.map(Answer::into_warning)),
    };
    if let Some(refusal) = refusal {
        return refusal;
    }
    if let Some(name) = parsed.compression {
        return compressed(case, name);
    }
    // Elsewhere a name may stand twice: the last one counts (RFC 7519 section 4), and no check relies on it.
    if let Some(warning) = warning {
        return warning;
    }
    Answer::pass("3 segments, valid base64url and JSON", "RFC 7515 §5.2")
}

/// RFC 7516 section 4.1.3 defines `zip` for encrypted tokens only; SMART Health Cards define it for themselves.
fn compressed(case: &Case<'_>, name: &str) -> Answer {
    const RFC: &str = "RFC 7516 §4.1.3";
    let zlib = "The payload is in the ZLIB format (RFC 1950), but zip DEF means bare DEFLATE (RFC 1951)";
    match case.policy.kind {
        Some(Kind::HealthCard) if case.parsed.is_zlib => {
            Answer::fail(zlib, RFC, "Compress the payload without the header and checksum of ZLIB").about(["zip"])
        }
        Some(Kind::HealthCard) => Answer::pass(format!("3 segments, the payload inflated (zip {name})"), RFC),
        _ if case.policy.own_tokens => {
            let reason = format!("The payload is compressed (zip {name}), which this issuer never does");
            Answer::fail(reason, RFC, "Send the payload as it is").about(["zip"])
        }
        _ if case.parsed.is_zlib => Answer::warn(format!("{zlib}: most libraries do not read it"), RFC).about(["zip"]),
        _ => {
            let reason = format!("The payload is compressed (zip {name}): most JWT libraries do not inflate it");
            Answer::warn(reason, RFC).about(["zip"])
        }
    }
}

/// The answer about a name that stands twice, in the header, in the claims or inside a value.
fn duplicate(case: &Case<'_>) -> Option<Answer> {
    let parsed = case.parsed;
    [(&parsed.header, "RFC 7515 §4"), (&parsed.claims, "RFC 7519 §4")].into_iter().find_map(|(part, rfc)| {
        let mut names: Vec<&str> = Vec::new();
        for item in part.members().iter().filter(|item| item.duplicate) {
            if names.len() < NAMES && !names.contains(&&*item.name) {
                names.push(&item.name);
            }
        }
        if !names.is_empty() {
            let reasons: Vec<String> = names.iter().map(|name| repeated(part, name)).collect();
            let shown: Vec<String> = names.iter().map(|name| format!("`{}`", excerpt(name, SHOWN))).collect();
            let refusal = Answer::fail(reasons.join("; "), rfc, format!("Send {} once", list(&shown)));
            let refusal = refusal.with(Cure::RemoveRepeats);
            return Some(names.into_iter().fold(refusal, Answer::about_name));
        }
        let name = excerpt(part.scanned.inner_duplicate.as_deref()?, SHOWN);
        let reason = format!("Name {name} appears more than once inside a value");
        Some(Answer::fail(reason, rfc, format!("Send `{name}` once in its object")))
    })
}

pub(super) fn algorithm(case: &Case<'_>) -> Answer {
    const RFC: &str = "RFC 8725 §3.1";
    let header = &case.parsed.header;
    if !case.parsed.has_signed_bytes() && case.parsed.too_many_segments().is_none() {
        let reason = match case.parsed.algorithm() {
            Some(algorithm) if header.is_whole_object() => {
                format!("{algorithm} stands in the header; not checked, as the token was not read to its end")
            }
            _ => "Needs a readable token".to_owned(),
        };
        return Answer::open(reason, RFC);
    }
    if let Some(reason) = critical(header) {
        return Answer::fail(reason, "RFC 7515 §4.1.11", "Remove `crit` and what it names")
            .with(Cure::RemoveCritical)
            .about(["crit"]);
    }
    let typ = wrong_type(case);
    match (named_algorithm(case), typ) {
        (Err(answer), typ) => Answer::all([Some(answer), typ].into_iter().flatten()),
        (Ok(_), Some(answer)) => answer,
        (Ok(shown), None) => {
            let members = case.present(header, ["alg", "typ"]);
            Answer::pass(format!("{shown} is on the policy allow-list"), RFC).about(members)
        }
    }
}

/// The name of the algorithm as written, if the policy allows it: `Ed25519` and `EdDSA` are the same algorithm.
fn named_algorithm<'a>(case: &Case<'a>) -> Result<&'a str, Answer> {
    const RFC: &str = "RFC 8725 §3.1";
    let header = &case.parsed.header;
    let algorithm = match header.find("alg") {
        Lookup::Absent => return Err(refused(case, "alg is missing".to_owned(), "RFC 7515 §4.1.1")),
        Lookup::Duplicate => return Err(ambiguous("alg", "RFC 7515 §4")),
        Lookup::Found(item) => match item.text.as_deref() {
            None => {
                let reason = format!("alg is {}, not a name", kind_words(item.kind));
                return Err(refused(case, reason, "RFC 7515 §4.1.1").about(["alg"]));
            }
            Some(name) => match name.parse::<Algorithm>() {
                Ok(algorithm) => algorithm,
                // A policy that allows every algorithm of this build says nothing about unknown ones.
                Err(_) if allows_all(case) && !is_mistaken(name) => {
                    return Err(Answer::open(unknown(name), RFC).about(["alg"]));
                }
                Err(_) => {
                    let refusal = refused(case, unknown(name), RFC);
                    let allowed = meant(name).filter(|meant| case.policy.algorithms.contains(meant));
                    let refusal = match allowed {
                        Some(meant) => Answer { fix: format!("Set `alg` to {meant}").into(), ..refusal },
                        None => refusal,
                    };
                    return Err(refusal.about(["alg"]));
                }
            },
        },
    };
    let shown = case.parsed.header_text("alg").unwrap_or(algorithm.as_str());
    if !case.policy.algorithms.contains(&algorithm) {
        return Err(refused(case, format!("{shown} is not on the policy allow-list"), RFC).about(["alg"]));
    }
    Ok(shown)
}

/// The answer about an algorithm that the policy does not allow.
fn refused(case: &Case<'_>, reason: String, rfc: &'static str) -> Answer {
    let wanted: Vec<&str> = case.policy.algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
    let fix = match &wanted[..] {
        [] => "Put an algorithm on the policy allow-list".to_owned(),
        [only] => format!("Set `alg` to {only}"),
        several => format!("Set `alg` to one of {}", several.join(", ")),
    };
    Answer::fail(reason, rfc, fix).with(Cure::SignAgain).with(Cure::ChangePolicy)
}

fn wrong_type(case: &Case<'_>) -> Option<Answer> {
    let wanted = case.policy.typ.as_deref()?;
    let rfc = if media_type(wanted) == "at+jwt" { "RFC 9068 §4" } else { "RFC 8725 §3.11" };
    let fix = format!("Set `typ` to {wanted}");
    let reason = match case.parsed.header.find("typ") {
        Lookup::Absent => format!("typ is missing, the policy wants \"{wanted}\""),
        Lookup::Duplicate => return Some(ambiguous("typ", rfc)),
        Lookup::Found(item) => match item.text.as_deref() {
            Some(typ) if media_type(typ) == media_type(wanted) => return None,
            Some(typ) => format!("typ is \"{}\", the policy wants \"{wanted}\"", excerpt(typ, SHOWN)),
            None => format!("typ is {}, not a name", kind_words(item.kind)),
        },
    };
    let set = Cure::SetType { value: json::quoted(wanted) };
    Some(Answer::fail(reason, rfc, fix).with(set).with(Cure::ChangePolicy).about(["typ"]))
}

/// This crate understands no critical extension, so `crit` in any form is a refusal (RFC 7515 section 4.1.11).
fn critical(header: &Part) -> Option<String> {
    let item = match header.find("crit") {
        Lookup::Absent => return None,
        Lookup::Duplicate => return Some("crit appears more than once".to_owned()),
        Lookup::Found(item) => item,
    };
    if item.kind != ValueKind::Array {
        return Some(format!("crit is {}, not a list of names", kind_words(item.kind)));
    }
    let reason = match json::strings(header.raw(item)) {
        None => "crit lists something that is no name".to_owned(),
        Some(names) if names.is_empty() => "crit is an empty list, which is not allowed".to_owned(),
        Some(names) if names.iter().any(|name| DEFINED_BY_JOSE.contains(&name.as_str())) => {
            let name = names.iter().find(|name| DEFINED_BY_JOSE.contains(&name.as_str()));
            format!(
                "crit names {}, which every server understands: only extensions may be listed",
                name.map_or("", |name| name)
            )
        }
        Some(names) => {
            let shown: Vec<String> = names.iter().take(3).map(|name| excerpt(name, 30)).collect();
            let more = if names.len() > 3 { format!(" and {} more", names.len() - 3) } else { String::new() };
            let shown = if more.is_empty() { list(&shown) } else { shown.join(", ") };
            format!("crit names {shown}{more}, which this server does not understand")
        }
    };
    Some(reason)
}

fn allows_all(case: &Case<'_>) -> bool {
    Algorithm::ALL.iter().all(|algorithm| case.policy.algorithms.contains(algorithm))
}

/// True for `none` and for near misses of algorithm names.
fn is_mistaken(name: &str) -> bool {
    name.trim().is_empty() || name.trim().eq_ignore_ascii_case("none") || meant(name).is_some()
}

/// The algorithm whose name has the same letters, in another case or order, or with white space around it.
fn meant(name: &str) -> Option<Algorithm> {
    let letters = |name: &str| {
        let mut letters: Vec<char> = name.trim().chars().take(SHOWN).flat_map(char::to_uppercase).collect();
        letters.sort_unstable();
        letters
    };
    let wanted = letters(name);
    Algorithm::ALL.into_iter().find(|known| letters(known.as_str()) == wanted)
}

fn unknown(name: &str) -> String {
    let shown = excerpt(name, SHOWN);
    if name.is_empty() {
        return "alg is empty".to_owned();
    }
    if name == "none" {
        return "alg is none: nothing is proven".to_owned();
    }
    if name.eq_ignore_ascii_case("none") {
        return format!("alg is {shown}, which is none in disguise: nothing is proven");
    }
    match meant(name) {
        Some(meant) if meant.as_str().eq_ignore_ascii_case(name) => {
            format!("alg is {shown}; names are case-sensitive, this one is {meant}")
        }
        Some(meant) => format!("alg is \"{shown}\"; {meant} is meant, letter by letter"),
        None => format!("alg {shown} is not a signature algorithm this build knows"),
    }
}

/// "Name role appears twice: \"user\", then \"admin\"". Every reader takes one of the values, but not all the same one.
fn repeated(part: &Part, name: &str) -> String {
    let values: Vec<&str> = part.members().iter().filter(|item| item.name == name).map(|item| part.raw(item)).collect();
    let times = if values.len() == 2 { "twice".to_owned() } else { format!("{} times", values.len()) };
    let mut shown: Vec<String> = values.iter().take(VALUES).map(|value| excerpt(value, SHOWN_OF_VALUE)).collect();
    if values.len() > VALUES {
        shown.push(format!("{} more", values.len() - VALUES));
    }
    format!("Name {} appears {times}: {}", excerpt(name, SHOWN), shown.join(", then "))
}
