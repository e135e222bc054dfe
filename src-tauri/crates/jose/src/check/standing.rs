//! Checks 7 to 9: is the token revoked, may its user act, and are its scopes enough?

use super::{Answer, Case, ambiguous, kind_words, missing};
use crate::Edit;
use crate::json::quoted;
use crate::parse::Lookup;
use crate::policy::{RevocationFact, UserFact};
use crate::report::{Action, Outcome, ValueKind};
use crate::visible::excerpt;
use crate::words::{list, span};

const SHOWN: usize = 40;

/// A scope list longer than this many words is cut in a sentence.
const NAMED: usize = 4;

pub(super) fn revocation(case: &Case<'_>) -> Answer {
    const RFC: &str = "RFC 7009 §2";
    if let Some(answer) = case.unreadable(RFC) {
        return answer;
    }
    let texts = case.text_claim("jti", "RFC 7519 §4.1.7").and_then(|_| case.text_claim("sid", "RFC 7519 §4"));
    if let Err(answer) = texts {
        return answer.or_edited();
    }
    let members = case.present(&case.parsed.claims, ["jti", "sid"]).collect::<Vec<_>>();
    let ago = |at: &i64| span(at.abs_diff(case.now));
    let again = "A token from a new sign-in";
    let answer = match &case.facts.revocation {
        RevocationFact::Unknown(reason) => Answer::not_checked(reason.clone(), RFC),
        RevocationFact::Live => {
            let reason = match &members[..] {
                ["jti", "sid"] => "jti and session are not revoked",
                ["jti"] => "jti is not revoked",
                ["sid"] => "The session is not revoked",
                _ => "Not revoked",
            };
            Answer::pass(reason, RFC)
        }
        RevocationFact::TokenRevoked { at } => Answer::fail(format!("jti was revoked {} ago", ago(at)), RFC, again),
        RevocationFact::TokenUsed { at } => {
            let reason = format!("Used {} ago, a refresh token works once", ago(at));
            Answer::fail(reason, "RFC 9700 §4.14.2", "The refresh token that replaced it, or a new sign-in")
        }
        RevocationFact::SessionEnded { at } => Answer::fail(format!("The session ended {} ago", ago(at)), RFC, again),
        RevocationFact::SessionMissing => Answer::fail("No such session was ever started here", RFC, again),
    };
    let answer = if answer.outcome == Outcome::Fail { answer.with(Action::ShowUsers) } else { answer };
    answer.about(members)
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
        UserFact::Unknown(reason) => Answer::not_checked(reason.clone(), RFC),
        UserFact::Active { .. } => Answer::pass(format!("{name} is active"), RFC),
        UserFact::Missing => Answer::fail(format!("{name} does not exist"), RFC, "A token of a user that exists"),
        UserFact::Inactive => Answer::fail(format!("{name} is inactive"), RFC, format!("Activate {name}")).status(400),
    };
    let answer = if answer.outcome == Outcome::Fail { answer.with(Action::ShowUsers) } else { answer };
    if sub.is_some() { answer.about(["sub"]) } else { answer }
}

pub(super) fn scopes(case: &Case<'_>) -> Answer {
    const RFC: &str = "RFC 6750 §3.1";
    if let Some(answer) = case.unreadable(RFC) {
        return answer;
    }
    let claims = &case.parsed.claims;
    let name = if claims.has("scp") && !claims.has("scope") { "scp" } else { "scope" };
    let needed = &case.policy.required_scopes;
    let granted = match case.parsed.claims.find(name) {
        Lookup::Duplicate => return ambiguous(name, RFC),
        Lookup::Absent if case.requires("scope") => return missing("scope", "RFC 8693 §4.2").or_edited().status(403),
        Lookup::Absent => Vec::new(),
        Lookup::Found(_) if needed.is_empty() => Vec::new(),
        // RFC 8693 section 4.2 knows one string; `scp` is also seen as a list.
        Lookup::Found(item) if item.kind == ValueKind::String || name == "scp" => {
            case.parsed.claims.words(item).unwrap_or_default()
        }
        Lookup::Found(item) => {
            let reason = format!("scope is {}, not words in one string", kind_words(item.kind));
            return Answer::fail(reason, "RFC 8693 §4.2", "`scope` as one string with spaces")
                .or_edited()
                .status(403)
                .about(["scope"]);
        }
    };
    let members = case.present(&case.parsed.claims, [name]);
    if needed.is_empty() {
        return Answer::not_checked("No endpoint chosen to compare with", RFC).about(members);
    }
    let lacking = |held: &[String]| -> Vec<String> {
        needed.iter().filter(|scope| !held.contains(scope)).map(|scope| excerpt(scope, SHOWN)).collect()
    };
    let missing = lacking(&granted);
    if !missing.is_empty() {
        let reason = format!("Needs {}, not granted", named(&missing));
        let all: Vec<&str> =
            granted.iter().chain(needed.iter().filter(|scope| !granted.contains(scope))).map(String::as_str).collect();
        // As the token writes it: one string, or a list.
        let is_list = matches!(claims.find(name), Lookup::Found(item) if item.kind == ValueKind::Array);
        let value = match is_list {
            true => format!("[{}]", all.iter().map(|scope| quoted(scope)).collect::<Vec<_>>().join(",")),
            false => quoted(&all.join(" ")),
        };
        let edit = Edit::SetClaim { name: name.to_owned(), value };
        return Answer::fail(reason, RFC, format!("A token with {}", named(&missing)))
            .with(Action::edit("Add the scope and re-sign", edit))
            .with(Action::ChangePolicy)
            .status(403)
            .about(members);
    }
    if let UserFact::Active { scopes } = &case.facts.user {
        let lost = lacking(scopes);
        if !lost.is_empty() {
            let reason = format!("{} was granted, but the user no longer holds it", named(&lost));
            return Answer::warn(reason, RFC).about(members);
        }
    }
    let all: Vec<String> = needed.iter().map(|scope| excerpt(scope, SHOWN)).collect();
    Answer::pass(format!("Needs {}, granted", named(&all)), RFC).about(members)
}

fn named(scopes: &[String]) -> String {
    match scopes.get(NAMED..) {
        Some(more) if !more.is_empty() => format!("{} and {} more", scopes[..NAMED].join(", "), more.len()),
        _ => list(scopes),
    }
}
