//! Checks 7 to 9: is the token revoked, may its user act, and are its scopes enough?

use super::{Answer, Case, ambiguous, kind_words, missing};
use crate::json::ValueKind;
use crate::json::quoted;
use crate::judgement::Cure;
use crate::parse::Lookup;
use crate::policy::{RevocationFact, UserFact};
use crate::visible::excerpt;
use crate::words::{list, span};

const SHOWN: usize = 40;

/// A sentence truncates scope lists longer than this many words.
const NAMED: usize = 4;

/// The longest `jti` of an issuer's own tokens, in characters: every revoked one is stored.
const LONGEST_ID: usize = 255;

pub(super) fn revocation(case: &Case<'_>) -> Answer {
    const RFC: &str = "RFC 7009 §2";
    if let Some(answer) = case.unreadable(RFC) {
        return answer;
    }
    let id = case.text_claim("jti", "RFC 7519 §4.1.7").and_then(|id| match id {
        Some(id) if case.policy.own_tokens => fit_id(id),
        _ => Ok(()),
    });
    if let Err(answer) = id.and_then(|()| case.text_claim("sid", "RFC 7519 §4").map(drop)) {
        return answer.or_edited();
    }
    let members = case.present(&case.parsed.claims, ["jti", "sid"]).collect::<Vec<_>>();
    // The clock may have been moved back since.
    let when = |at: &i64| match span(at.abs_diff(case.now)) {
        ahead if *at > case.now => format!("by a clock {ahead} ahead"),
        past => format!("{past} ago"),
    };
    let again = "A token from a new sign-in";
    let answer = match &case.facts.revocation {
        RevocationFact::NotKept(reason) => Answer::not_asked(reason.clone(), RFC),
        RevocationFact::Unknown(reason) => unknown(case, reason, RFC),
        RevocationFact::Unavailable(reason) => Answer::open(reason.clone(), RFC),
        RevocationFact::Live { until: Some(until) } if *until <= case.now => {
            Answer::fail(format!("The session ended {}", when(until)), RFC, again)
        }
        RevocationFact::Live { .. } => {
            let reason = match &members[..] {
                ["jti", "sid"] => "jti and session are not revoked",
                ["jti"] => "jti is not revoked",
                ["sid"] => "The session is not revoked",
                _ => "Not revoked",
            };
            Answer::pass(reason, RFC)
        }
        RevocationFact::TokenRevoked { at } => Answer::fail(format!("jti was revoked {}", when(at)), RFC, again),
        RevocationFact::TokenUsed { at } => {
            let reason = format!("Used {}, a refresh token works once", when(at));
            Answer::fail(reason, "RFC 9700 §4.14.2", "The refresh token that replaced it, or a new sign-in")
        }
        RevocationFact::SessionEnded { at } => Answer::fail(format!("The session ended {}", when(at)), RFC, again),
        RevocationFact::SessionMissing => Answer::fail("No such session was ever started here", RFC, again),
        RevocationFact::SessionOfAnother => Answer::fail("The session is another user's", RFC, again),
        RevocationFact::Forgotten => {
            Answer::fail("It ended too long ago: revocations from then are forgotten", RFC, again)
        }
    };
    if !answer.fails() {
        return answer.about(members);
    }
    // Blame only what failed: the token's own ID, or its session's.
    let blamed = match &case.facts.revocation {
        RevocationFact::TokenRevoked { .. } | RevocationFact::TokenUsed { .. } => "jti",
        _ => "sid",
    };
    let alone = members.contains(&blamed).then_some(blamed);
    let blamed = alone.map_or(members, |name| vec![name]);
    answer.with(Cure::ShowUsers).about(blamed)
}

/// Has its session ended, or was it revoked? Signing the token again keeps both IDs, so it would still be refused.
pub(super) fn is_over(case: &Case<'_>) -> bool {
    match &case.facts.revocation {
        RevocationFact::Live { until } => until.is_some_and(|until| until <= case.now),
        RevocationFact::NotKept(_) | RevocationFact::Unknown(_) | RevocationFact::Unavailable(_) => false,
        RevocationFact::TokenRevoked { .. }
        | RevocationFact::TokenUsed { .. }
        | RevocationFact::SessionEnded { .. }
        | RevocationFact::SessionMissing
        | RevocationFact::SessionOfAnother
        | RevocationFact::Forgotten => true,
    }
}

/// Revocation is by `jti` (RFC 9068 section 2.2 requires one): an empty one identifies no token.
fn fit_id(id: &str) -> Result<(), Answer> {
    let reason = match id.chars().count() {
        0 => "jti is empty, so the token could not be revoked by it".to_owned(),
        _ if id.chars().all(|sign| sign.is_whitespace() || sign.is_control()) => {
            "jti is blank, so the token could not be revoked by it".to_owned()
        }
        length if length > LONGEST_ID => format!("jti has {length} characters, more than {LONGEST_ID}"),
        _ => return Ok(()),
    };
    let fix = format!("Give `jti` 1 to {LONGEST_ID} characters");
    Err(Answer::fail(reason, "RFC 9068 §2.2", fix).about(["jti"]))
}

pub(super) fn user(case: &Case<'_>) -> Answer {
    const RFC: &str = "RFC 7519 §4.1.2";
    if let Some(answer) = case.unreadable(RFC) {
        return answer;
    }
    let sub = match case.text_claim("sub", RFC) {
        Ok(sub) => sub,
        Err(answer) => return answer.or_edited(),
    };
    let name = sub.map_or_else(|| "The user".to_owned(), |sub| excerpt(sub, SHOWN));
    let answer = match &case.facts.user {
        // Check 7 has said why.
        UserFact::Unknown(reason) if case.facts.revocation.is_open_for(reason) => {
            unknown(case, "Its user is not known here", RFC)
        }
        UserFact::Unavailable(reason) if case.facts.revocation.is_open_for(reason) => {
            Answer::open("Its user could not be looked up", RFC)
        }
        UserFact::Unknown(reason) => unknown(case, reason, RFC),
        UserFact::Unavailable(reason) => Answer::open(reason.clone(), RFC),
        UserFact::Active { .. } => Answer::pass(format!("{name} is active"), RFC),
        UserFact::Client { .. } => Answer::pass(format!("{name} is a client, there is no user"), "RFC 9068 §2.2"),
        UserFact::Missing if sub.is_some_and(|sub| sub.trim().is_empty()) => {
            Answer::fail("sub is blank, so it names no user", RFC, "Set `sub` to a user that exists")
        }
        UserFact::Missing => Answer::fail(format!("{name} does not exist"), RFC, "A token of a user that exists"),
        UserFact::Inactive => Answer::fail(format!("{name} is inactive"), RFC, format!("Activate {name}")).status(400),
    };
    let answer = if answer.fails() { answer.with(Cure::ShowUsers) } else { answer };
    if sub.is_some() { answer.about(["sub"]) } else { answer }
}

/// Only the issuer's own rules ask for what cannot be known about foreign tokens.
fn unknown(case: &Case<'_>, reason: &str, rfc: &'static str) -> Answer {
    let reason = reason.to_owned();
    if case.policy.own_tokens { Answer::open(reason, rfc) } else { Answer::not_asked(reason, rfc) }
}

pub(super) fn scopes(case: &Case<'_>) -> Answer {
    const RFC: &str = "RFC 6750 §3.1";
    if let Some(answer) = case.unreadable(RFC) {
        return answer;
    }
    let claims = &case.parsed.claims;
    for (name, rfc) in [("scope", "RFC 8693 §4.2"), ("scp", RFC)] {
        if case.requires(name) && !claims.has(name) {
            return missing(name, rfc).or_edited().status(403);
        }
    }
    let name = if claims.has("scp") && !claims.has("scope") { "scp" } else { "scope" };
    let members = case.present(claims, [name]);
    let needed = &case.policy.required_scopes;
    let held = match &case.facts.user {
        UserFact::Active { scopes } => Some(scopes),
        UserFact::Client { scopes } => scopes.as_ref(),
        UserFact::Unknown(_) | UserFact::Unavailable(_) | UserFact::Missing | UserFact::Inactive => None,
    };
    if needed.is_empty() && held.is_none() {
        return Answer::not_asked("The policy requires no scopes", RFC).about(members);
    }
    let granted = match claims.find(name) {
        Lookup::Duplicate => return ambiguous(name, RFC),
        Lookup::Absent => Some(Vec::new()),
        // RFC 8693 section 4.2 defines one string; `scp` is also seen as a list.
        Lookup::Found(item) if item.kind == ValueKind::String || name == "scp" => claims.words(item),
        Lookup::Found(_) => None,
    };
    let Some(granted) = granted else {
        let kind = match claims.find(name) {
            Lookup::Found(item) => kind_words(item.kind),
            Lookup::Absent | Lookup::Duplicate => "unreadable",
        };
        return Answer::fail(
            format!("{name} is {kind}, not words in one string"),
            "RFC 8693 §4.2",
            format!("Write `{name}` as one string, separated by spaces"),
        )
        .or_edited()
        .status(403)
        .about(members);
    };
    let lacking = |there: &[String], wanted: &[String]| -> Vec<String> {
        wanted.iter().filter(|scope| !there.contains(scope)).map(|scope| excerpt(scope, SHOWN)).collect()
    };
    let missing = lacking(&granted, needed);
    if !missing.is_empty() {
        let words: Vec<&str> =
            granted.iter().flat_map(|word| word.split([',', ';'])).filter(|word| !word.is_empty()).collect();
        if needed.iter().all(|scope| words.contains(&scope.as_str())) {
            let reason =
                format!("Needs {}, which {name} has only with a comma or semicolon beside it", named(&missing));
            return Answer::fail(reason, "RFC 8693 §4.2", format!("Separate the words of `{name}` by spaces"))
                .with(Cure::AddScopes { claim: name.to_owned(), value: written(case, name, &words) })
                .with(Cure::ChangePolicy)
                .status(403)
                .about(members);
        }
        let reason = format!("Needs {}, not granted", named(&missing));
        let all: Vec<&str> =
            granted.iter().chain(needed.iter().filter(|scope| !granted.contains(scope))).map(String::as_str).collect();
        return Answer::fail(reason, RFC, format!("A token with {}", named(&missing)))
            .with(Cure::AddScopes { claim: name.to_owned(), value: written(case, name, &all) })
            .with(Cure::ChangePolicy)
            .status(403)
            .about(members);
    }
    let lost = held.map(|held| lacking(held, &granted)).unwrap_or_default();
    if let (Some(held), false) = (held, lost.is_empty()) {
        let reason = format!("Grants {}, which the user does not hold", named(&lost));
        let kept: Vec<&str> = granted.iter().filter(|scope| held.contains(scope)).map(String::as_str).collect();
        return Answer::fail(reason, RFC, format!("A token without {}", named(&lost)))
            .with(Cure::RemoveScopes { claim: name.to_owned(), value: written(case, name, &kept) })
            .with(Cure::ShowUsers)
            .status(403)
            .about(members);
    }
    if needed.is_empty() {
        return Answer::not_asked("The policy requires no scopes", RFC).about(members);
    }
    let all: Vec<String> = needed.iter().map(|scope| excerpt(scope, SHOWN)).collect();
    Answer::pass(format!("Needs {}, granted", named(&all)), RFC).about(members)
}

/// These scopes as the token writes them: one string, or a list.
fn written(case: &Case<'_>, name: &str, scopes: &[&str]) -> String {
    let is_list = matches!(case.parsed.claims.find(name), Lookup::Found(item) if item.kind == ValueKind::Array);
    match is_list {
        true => format!("[{}]", scopes.iter().map(|scope| quoted(scope)).collect::<Vec<_>>().join(",")),
        false => quoted(&scopes.join(" ")),
    }
}

fn named(scopes: &[String]) -> String {
    match scopes.get(NAMED..) {
        Some(more) if !more.is_empty() => format!("{} and {} more", scopes[..NAMED].join(", "), more.len()),
        _ => list(scopes),
    }
}
