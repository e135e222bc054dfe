//! From nine answers to a verdict. *Accepted* is constructed in one place, and only from proofs of all nine checks.

use super::{Answer, CHECKS, Reader, Ruling};
use crate::judgement::{Check, SignatureReport, SignatureState, Verdict, VerdictOutcome};
use crate::parse::Format;
use crate::parse::Parsed;

/// Proof that a check was made and holds.
struct Held;

/// Proof that a check holds, or that the policy does not ask for it.
struct Settled {
    is_made: bool,
}

/// Proof that the signature matches a key that does not come from the token.
struct Proven;

impl Answer {
    fn held(&self) -> Option<Held> {
        match self.ruling {
            Ruling::Pass | Ruling::Warn => Some(Held),
            Ruling::Fail | Ruling::NotAsked | Ruling::Open => None,
        }
    }

    fn settled(&self) -> Option<Settled> {
        match self.ruling {
            Ruling::Pass | Ruling::Warn => Some(Settled { is_made: true }),
            Ruling::NotAsked => Some(Settled { is_made: false }),
            Ruling::Fail | Ruling::Open => None,
        }
    }
}

/// The proofs that acceptance needs. No policy can waive the first four.
struct Accepted {
    _parse: Held,
    _algorithm: Held,
    _key: Held,
    _signature: (Held, Proven),
    time: Settled,
    issuer_and_audience: Settled,
    revocation: Settled,
    user: Settled,
    scopes: Settled,
}

impl Accepted {
    fn prove(answers: &[Answer; 9], report: &SignatureReport) -> Option<Accepted> {
        let [parse, algorithm, key, signature, time, issuer_and_audience, revocation, user, scopes] = answers;
        let proven = match report.state {
            SignatureState::Verified => Proven,
            SignatureState::Mismatch
            | SignatureState::NoKey
            | SignatureState::Unsupported
            | SignatureState::Unsigned => return None,
        };
        Some(Accepted {
            _parse: parse.held()?,
            _algorithm: algorithm.held()?,
            _key: key.held()?,
            _signature: (signature.held()?, proven),
            time: time.settled()?,
            issuer_and_audience: issuer_and_audience.settled()?,
            revocation: revocation.settled()?,
            user: user.settled()?,
            scopes: scopes.settled()?,
        })
    }

    fn verdict(self) -> Verdict {
        let Accepted { time, issuer_and_audience, revocation, user, scopes, .. } = self;
        let by_policy = [time, issuer_and_audience, revocation, user, scopes];
        let detail = match by_policy.iter().filter(|settled| !settled.is_made).count() {
            0 => "9 of 9 checks pass".to_owned(),
            unasked => format!("{} of 9 checks pass, {unasked} not checked", 9 - unasked),
        };
        Verdict {
            outcome: VerdictOutcome::Accepted,
            title: "Accepted".to_owned(),
            detail,
            status: Some(200),
            stopped_at: None,
        }
    }
}

pub(super) fn verdict(parsed: &Parsed, answers: &[Answer; 9], signature: &SignatureReport, reader: Reader) -> Verdict {
    if let Some(accepted) = Accepted::prove(answers, signature) {
        return accepted.verdict();
    }
    let stop = match reader {
        // A server runs the checks in order: after one that it cannot complete, failures rest on unproven claims.
        Reader::Server => first(answers, &[Ruling::Fail, Ruling::Open]),
        // A key found later may prove the token, but what fails without it fails with it too.
        Reader::Person => first(answers, &[Ruling::Fail]),
    };
    if let Some((index, answer)) = stop.filter(|(_, answer)| answer.ruling == Ruling::Fail) {
        return refused(if index == 0 { title_of(parsed) } else { "Rejected" }, index, answer.status, "");
    }
    // Without a proof, either another check or the signature is open.
    let (index, answer) = first(answers, &[Ruling::Open]).unwrap_or((SIGNATURE, &answers[SIGNATURE]));
    if reader == Reader::Server {
        return refused("Rejected", index, 401, " (could not be completed)");
    }
    Verdict {
        outcome: VerdictOutcome::NotVerified,
        title: "Not verified".to_owned(),
        detail: match CHECKS[index].0 {
            // The signature of a proof passes with its own key, which is still no proven one.
            Check::Key if answers[SIGNATURE].held().is_some() => {
                "The access token that it goes with is needed".to_owned()
            }
            Check::Algorithm | Check::Key | Check::Signature => format!("Signature not checked: {}", signature.reason),
            _ => answer.reason.clone().into_owned(),
        },
        status: None,
        stopped_at: None,
    }
}

const SIGNATURE: usize = 3;

/// The first check that ended in one of these ways, and its number.
fn first<'a>(answers: &'a [Answer; 9], rulings: &[Ruling]) -> Option<(usize, &'a Answer)> {
    answers.iter().enumerate().find(|(_, answer)| rulings.contains(&answer.ruling))
}

fn refused(title: &str, index: usize, status: u16, why: &str) -> Verdict {
    let (check, name) = CHECKS[index];
    Verdict {
        outcome: VerdictOutcome::Rejected,
        title: title.to_owned(),
        detail: format!("{status} at check {} of 9, {}{why}", index + 1, name.to_lowercase()),
        status: Some(status),
        stopped_at: Some(check),
    }
}

/// The word for a text that no server reads as a signed JWT: some are valid tokens of another kind.
fn title_of(parsed: &Parsed) -> &'static str {
    match parsed.format {
        Format::JweCompact | Format::JweJson => "Encrypted",
        Format::Opaque => "Not a JWT",
        Format::JwsCompact if parsed.is_readable() => "Rejected",
        Format::JwsCompact if parsed.has_signed_bytes() && parsed.holds_token() => "Nested token",
        _ => "Not a valid token",
    }
}
