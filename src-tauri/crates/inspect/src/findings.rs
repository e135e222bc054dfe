//! Findings about a token besides the nine checks.

mod guessable;
mod header;
mod leaked_secrets;
mod names;
mod personal;
mod personal_patterns;
#[cfg(test)]
mod tests;
mod times;
mod values;

use std::borrow::Cow;

use crate::pasted::Pasted;
use crate::report::{Finding, Member, Severity};
use jose::check::Case;
use jose::judgement::SignatureState;
use jose::parse::Format;

pub use guessable::guess_secret;

/// How many characters of a name a message shows.
const SHOWN: usize = 40;

/// All findings, most severe first. `state` is the result about the signature, `claims` are the annotated claims.
pub(crate) fn findings(case: &Case<'_>, pasted: &Pasted, state: SignatureState, claims: &[Member]) -> Vec<Finding> {
    let parsed = case.parsed;
    let mut found = Vec::new();
    if matches!(parsed.format, Format::Empty | Format::TooLarge | Format::Opaque) {
        return found;
    }
    header::header(case, &mut found);
    names::duplicates(&parsed.header, "header parameter", "RFC 7515 §4", &mut found);
    names::duplicates(&parsed.claims, "claim", "RFC 7519 §4", &mut found);
    guessable::weak_secret(case, state, &mut found);
    guessable::well_known_secret(parsed, &mut found);
    contents(case, &mut found);
    if let Some(key) = &pasted.key_in_link {
        let message = "It was not used: whoever wrote the link may have signed the token, too";
        let carried = finding("key_in_link", Severity::Info, "The link carries a key", message, "RFC 8725 §3.10");
        found.push(Finding { secret: Some(key.clone()), ..carried });
    }
    if let Some(reason) = pasted.unlisted {
        found.push(finding(
            "unlisted_tokens",
            Severity::Info,
            "Not every token inside is listed",
            reason,
            "RFC 7519 §2",
        ));
    }
    // The truncated part may contain the claim that seems to be missing.
    if parsed.claims.is_whole_object() {
        times::times(case, &mut found);
        names::unregistered(case, claims, &mut found);
    }
    found.sort_by_key(|finding| finding.severity);
    found
}

/// Findings about the values themselves, whatever their claims: a single pass over all of them.
fn contents(case: &Case<'_>, found: &mut Vec<Finding>) {
    let parsed = case.parsed;
    let mut secrets = leaked_secrets::Secrets::default();
    let mut personal = personal::PersonalData::default();
    values::each(&parsed.header, &mut |value| secrets.look_at(value));
    values::each(&parsed.claims, &mut |value| {
        secrets.look_at(value);
        personal.look_at(value);
    });
    found.extend(secrets.finding());
    found.extend(personal.finding(case));
}

/// The severity of what some issuers do on purpose: only a note if the policy names no issuer, since then the user
/// cannot change it.
fn habit(case: &Case<'_>, severity: Severity) -> Severity {
    if case.policy.issuer.is_some() { severity } else { Severity::Info }
}

fn finding(
    id: &'static str,
    severity: Severity,
    title: impl Into<Cow<'static, str>>,
    message: impl Into<Cow<'static, str>>,
    rfc: &'static str,
) -> Finding {
    Finding { id, severity, title: title.into(), message: message.into(), rfc, secret: None }
}
