//! Annotates the members of header and claims set: what each means, where that is defined, and its position.

mod encryption;
mod registry;
#[cfg(test)]
mod tests;
mod vendors;

use std::borrow::Cow;

use vendors::Vendor;
pub(crate) use vendors::issuer_name;

use crate::report::{Member, ScopeState, Word};
use jose::check::{Case, audiences};
use jose::json::{Item, ValueKind};
use jose::parse::Part;
use jose::parse::media_type;
use jose::visible::{excerpt, made_visible, visible, visible_json};
use jose::words::{capitalised, list};
use jose::{KeyChoice, Kind, RevocationFact, UserFact};

/// Which of the two JSON objects.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Header,
    Claims,
}

/// The meaning of a claim that neither a specification nor its vendor defines.
pub(crate) const UNREGISTERED: &str = "Unregistered, no meaning known";

/// A member that lists more words than this shows only the first ones.
const MAX_WORDS: usize = 200;

const TIMES: [&str; 5] = ["exp", "nbf", "iat", "auth_time", "updated_at"];

/// The meaning of one member.
struct Note {
    meaning: Cow<'static, str>,
    reference: &'static str,
}

/// All members of the header or of the claims set, in order.
pub(crate) fn members(case: &Case<'_>, side: Side) -> Vec<Member> {
    let part = part(case, side);
    let vendor = if side == Side::Claims { Vendor::of(part) } else { None };
    // Most parsers use the last duplicate, so the others are marked as ignored.
    let mut later: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for (index, item) in part.members().iter().enumerate().filter(|(_, item)| item.duplicate) {
        later.insert(&item.name, index);
    }
    let mut members = Vec::with_capacity(part.members().len());
    for (index, item) in part.members().iter().enumerate() {
        let is_last = later.get(item.name.as_str()).is_none_or(|last| *last == index);
        let note = if item.duplicate { twice(item, side, vendor, is_last) } else { note(case, side, vendor, item) };
        let (start, end) = part.place_of(item);
        let is_time = side == Side::Claims && TIMES.contains(&item.name.as_str()) && part.is_whole_object();
        members.push(Member {
            name: visible(&item.name).into(),
            value: visible_json(part.raw(item)).into(),
            kind: item.kind,
            meaning: note.meaning,
            reference: note.reference,
            start,
            end,
            duplicate: item.duplicate,
            time: if is_time { part.seconds_of(item) } else { None },
            words: if side == Side::Claims { words(case, part, item) } else { Vec::new() },
            disclosed: None,
        });
    }
    members
}

/// A claim with only its general meaning; it is in none of the texts that were judged.
pub(crate) fn bare(claims: &Part, (name, value, kind): (&str, &str, ValueKind), place: (u32, u32)) -> Member {
    let known = known_claim(name, Vendor::of(claims));
    Member {
        name: visible(name).into(),
        value: visible_json(value).into(),
        kind,
        meaning: known.map_or(UNREGISTERED, |(meaning, _)| meaning).into(),
        reference: known.map_or("", |(_, reference)| reference),
        start: place.0,
        end: place.1,
        duplicate: false,
        time: None,
        words: Vec::new(),
        disclosed: None,
    }
}

/// The meaning and reference of a claim. Specifications take precedence, so that a name has one meaning.
fn known_claim(name: &str, vendor: Option<Vendor>) -> Option<(&'static str, &'static str)> {
    registry::claim(name).or_else(|| vendor.and_then(|vendor| Some((vendor.claim(name)?, vendor.source(name)))))
}

fn part<'a>(case: &Case<'a>, side: Side) -> &'a Part {
    match side {
        Side::Header => &case.parsed.header,
        Side::Claims => &case.parsed.claims,
    }
}

fn twice(item: &Item, side: Side, vendor: Option<Vendor>, is_last: bool) -> Note {
    let name = excerpt(&item.name, 30);
    let known = match side {
        Side::Header => registry::header(&item.name),
        Side::Claims => known_claim(&item.name, vendor),
    };
    let meaning = match known {
        _ if !is_last => format!("Ignored, a later {name} wins").into(),
        Some((meaning, _)) => format!("{meaning}, value in use").into(),
        None => "Unregistered, value in use".into(),
    };
    Note { meaning, reference: if side == Side::Header { "7515 §4" } else { "7519 §4" } }
}

fn note(case: &Case<'_>, side: Side, vendor: Option<Vendor>, item: &Item) -> Note {
    let part = part(case, side);
    let known = match side {
        Side::Header => registry::header(&item.name),
        Side::Claims => known_claim(&item.name, vendor),
    };
    let Some((meaning, reference)) = known else {
        let meaning = if item.name == "scp" { "Scopes, as some issuers write them" } else { UNREGISTERED };
        return Note { meaning: meaning.into(), reference: "" };
    };
    if side == Side::Claims && TIMES.contains(&item.name.as_str()) && !part.is_whole_object() {
        return Note { meaning: "Recovered, do not rely on it".into(), reference };
    }
    let special = match side {
        Side::Header => header_note(case, item),
        Side::Claims => claim_note(case, vendor, item).map(|meaning| Note { meaning, reference }),
    };
    special.unwrap_or(Note { meaning: meaning.into(), reference })
}

fn header_note(case: &Case<'_>, item: &Item) -> Option<Note> {
    if item.name == "jwk" && Kind::of(case.parsed) == Some(Kind::DpopProof) {
        return Some(Note {
            meaning: "The key that checks this proof, and nothing else".into(),
            reference: "9449 §4.2",
        });
    }
    let text = item.text.as_deref()?;
    let note = |(meaning, reference): (&'static str, _)| Note { meaning: meaning.into(), reference };
    match item.name.as_str() {
        "alg" if text == "none" => {
            Some(Note { meaning: "Unsecured, nothing is proven".into(), reference: "7518 §3.6" })
        }
        "alg" => match text.parse::<jose::Algorithm>() {
            Ok(algorithm) => Some(Note { meaning: algorithm.describe().into(), reference: algorithm.reference() }),
            Err(_) => encryption::key_management(text).map(note),
        },
        "enc" => encryption::content(text).map(note),
        "cty" if media_type(text) == "jwt" => {
            Some(Note { meaning: "The payload is itself a token".into(), reference: "7519 §5.2" })
        }
        "typ" => {
            let (meaning, reference) = registry::media_type(&media_type(text))?;
            Some(Note { meaning: meaning.into(), reference })
        }
        "zip" if case.parsed.compression == Some(text) => {
            Some(Note { meaning: "Compression, undone here to read the payload".into(), reference: "7516 §4.1.3" })
        }
        "kid" => match case.key {
            KeyChoice::Found { kid, note, .. } if kid == text && !note.is_empty() => {
                Some(Note { meaning: note.clone().into(), reference: "7515 §4.1.4" })
            }
            KeyChoice::None { .. } => {
                Some(Note { meaning: "Key ID, no such key here".into(), reference: "7515 §4.1.4" })
            }
            _ => None,
        },
        _ => None,
    }
}

fn claim_note(case: &Case<'_>, vendor: Option<Vendor>, item: &Item) -> Option<Cow<'static, str>> {
    let part = &case.parsed.claims;
    let text = item.text.as_deref();
    let facts = case.facts;
    let meaning = match item.name.as_str() {
        "iss" if case.policy.issuer.as_deref().is_some_and(|wanted| text != Some(wanted)) => {
            "Issuer, not the one the policy wants"
        }
        // Facts are known only about this profile's own tokens. RFC 8414 section 2 requires https, which is impossible
        // for the local computer.
        "iss" if facts.are_known() && text.is_some_and(|issuer| issuer.starts_with("http://")) => {
            "Issuer, this workbench: http, for tests only"
        }
        "iss" if facts.are_known() => "Issuer, this workbench",
        "iss" if case.policy.issuer.is_some() => "Issuer, matches policy",
        "sub" => match facts.user {
            UserFact::Active { .. } => "Subject, active user",
            UserFact::Inactive => "Subject, inactive user",
            UserFact::Missing => "Subject, no such user",
            UserFact::Client { .. } => "Subject, the client itself",
            UserFact::Unknown(_) | UserFact::Unavailable(_) => return None,
        },
        "aud" => {
            let wanted = case.policy.audience.as_ref()?;
            match audiences(case)? {
                found if found.contains(wanted) => "Audience, matches policy",
                _ => "Audience, not the one the policy wants",
            }
        }
        "jti" => match facts.revocation {
            RevocationFact::Live { .. } => "Token ID, not revoked",
            RevocationFact::TokenRevoked { .. } => "Token ID, revoked",
            RevocationFact::TokenUsed { .. } => "Token ID, already used",
            RevocationFact::SessionEnded { .. } => "Token ID, its session has ended",
            RevocationFact::SessionMissing
            | RevocationFact::Forgotten
            | RevocationFact::SessionOfAnother
            | RevocationFact::NotKept(_)
            | RevocationFact::Unknown(_)
            | RevocationFact::Unavailable(_) => return None,
        },
        "sid" => match facts.revocation {
            RevocationFact::Live { until: Some(until) } if until <= case.now => "Session, ended",
            RevocationFact::Live { .. } => "Session, open",
            RevocationFact::SessionEnded { .. } => "Session, ended",
            RevocationFact::SessionMissing => "Session, unknown here",
            RevocationFact::SessionOfAnother => "Session, another user's",
            // A revoked or used token says nothing about its session.
            RevocationFact::TokenRevoked { .. }
            | RevocationFact::TokenUsed { .. }
            | RevocationFact::Forgotten
            | RevocationFact::NotKept(_)
            | RevocationFact::Unknown(_)
            | RevocationFact::Unavailable(_) => return None,
        },
        "amr" => return methods(&part.words(item)?, vendor).map(Cow::Owned),
        "acr" => return class(text.unwrap_or_else(|| part.raw(item)), vendor).map(Cow::Owned),
        "scope" => return Some(granted(case, &part.words(item)?).into()),
        name => return Some(vendor?.code(name, text.unwrap_or_else(|| part.raw(item)))?.into()),
    };
    Some(meaning.into())
}

/// "Authentication class, phishing-resistant".
fn class(value: &str, vendor: Option<Vendor>) -> Option<String> {
    let words = vendor.and_then(|vendor| vendor.class(value)).or_else(|| registry::class(value))?;
    Some(format!("Authentication class, {words}"))
}

/// "Password, then one-time code" (RFC 8176 section 2).
fn methods(names: &[String], vendor: Option<Vendor>) -> Option<String> {
    if names.is_empty() || names.len() > 6 {
        return None;
    }
    let known = |name: &str| registry::method(name).or_else(|| vendor?.method(name));
    let words: Vec<String> =
        names.iter().map(|name| known(name).map_or_else(|| excerpt(name, 20), str::to_owned)).collect();
    Some(capitalised(&words.join(", then ")))
}

/// "Both granted to alice".
fn granted(case: &Case<'_>, scopes: &[String]) -> String {
    let who = case.parsed.claim_text("sub").map_or_else(|| "the user".to_owned(), |sub| excerpt(sub, 30));
    let asked = &case.policy.required_scopes;
    let UserFact::Active { scopes: held } = &case.facts.user else {
        let there = asked.iter().filter(|scope| scopes.contains(scope)).count();
        return match (scopes.len(), asked.len()) {
            (_, 1..) if there == asked.len() => "All that the policy asks for".to_owned(),
            (_, count @ 1..) => format!("{there} of {count} that the policy asks for"),
            (0, _) => "No scope".to_owned(),
            (1, _) => "1 scope".to_owned(),
            (count, _) => format!("{count} scopes"),
        };
    };
    let lacking: Vec<String> =
        scopes.iter().filter(|scope| !held.contains(scope)).take(4).map(|scope| excerpt(scope, 30)).collect();
    match (scopes.len(), &lacking[..]) {
        (0, _) => "No scope".to_owned(),
        (1, []) => format!("Granted to {who}"),
        (2, []) => format!("Both granted to {who}"),
        (_, []) => format!("All granted to {who}"),
        (_, [_, _, _, _]) => format!("Several not granted to {who}"),
        (_, some) => format!("{} not granted to {who}", list(some)),
    }
}

fn words(case: &Case<'_>, part: &Part, item: &Item) -> Vec<Word> {
    let is_scope = matches!(item.name.as_str(), "scope" | "scp");
    let words = match item.name.as_str() {
        "scope" | "scp" | "amr" => part.words(item),
        // An audience is one name, which may contain spaces, or a list of names.
        "aud" => item.text.clone().map(|one| vec![one]).or_else(|| part.words(item)),
        _ => None,
    };
    let Some(words) = words else { return Vec::new() };
    if !is_scope {
        let plain = |word| Word { text: made_visible(word), state: ScopeState::Plain };
        return words.into_iter().take(MAX_WORDS).map(plain).collect();
    }
    let asked = &case.policy.required_scopes;
    let state = |word: &String| match &case.facts.user {
        UserFact::Active { scopes } if scopes.contains(word) => ScopeState::Granted,
        UserFact::Active { .. } => ScopeState::NotHeld,
        _ if asked.contains(word) => ScopeState::Granted,
        _ => ScopeState::Plain,
    };
    let missing: Vec<Word> = asked
        .iter()
        .filter(|scope| !words.contains(scope))
        .map(|scope| Word { text: visible(scope).into_owned(), state: ScopeState::Missing })
        .collect();
    let there = words.into_iter().take(MAX_WORDS);
    there.map(|word| Word { state: state(&word), text: made_visible(word) }).chain(missing).collect()
}
