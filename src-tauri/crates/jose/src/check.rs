//! The nine checks a resource server makes, always all nine, and the verdict they lead to.

pub(crate) mod audience;
pub(crate) mod form;
pub(crate) mod proof;
mod standing;
#[cfg(test)]
mod tests;
mod time;

use crate::Edit;
use std::borrow::Cow;

use crate::findings::findings;
use crate::json::{self, Item};
use crate::meaning::{self, Side};
use crate::parse::{Lookup, Parsed, Part};
use crate::policy::{Facts, KeyChoice, Policy};
use crate::report::{
    Action, Check, Format, Judgement, Outcome, PolicySummary, Report, SignatureReport, SignatureState, Step, Times,
    ValueKind, Verdict, VerdictOutcome,
};
use crate::visible::escaped_json;

/// What a token is judged by.
pub(crate) struct Case<'a> {
    pub(crate) parsed: &'a Parsed,
    pub(crate) policy: &'a Policy,
    pub(crate) key: &'a KeyChoice,
    pub(crate) facts: &'a Facts,
    pub(crate) now: i64,
}

/// Judges a token: what a server with this policy, this key and these facts would decide at `now`, in seconds since
/// the epoch.
///
/// All nine checks are made even after one fails, as far as the token can be read. The verdict is *accepted* only if
/// the signature was verified with the key in `key` and no check fails; what could not be checked for want of facts
/// does not prevent it (RFC 7519 section 7.2, RFC 7515 section 5.2, RFC 8725 section 3).
pub fn judge(parsed: &Parsed, policy: &Policy, key: &KeyChoice, facts: &Facts, now: i64) -> Judgement {
    let case = Case { parsed, policy, key, facts, now };
    conclude(&case, proof::signature(&case))
}

/// Judges a token as [`judge`] does, and explains it.
pub fn check(parsed: &Parsed, policy: &Policy, key: &KeyChoice, facts: &Facts, now: i64) -> Report {
    let case = Case { parsed, policy, key, facts, now };
    explain(&case, conclude(&case, proof::signature(&case)))
}

/// Writes a judgement out: every member, every finding, the signature's parts.
pub(crate) fn explain(case: &Case<'_>, judgement: Judgement) -> Report {
    let Case { parsed, policy, now, .. } = *case;
    let Judgement { verdict, trace, mut signature } = judgement;
    signature.parts = proof::parts(parsed.algorithm(), parsed.signature.as_deref().unwrap_or_default());
    let whole = parsed.claims.is_whole_object();
    let claims = meaning::members(case, Side::Claims);
    let seconds = |name: &str| if whole { parsed.claims.seconds(name) } else { None };
    Report {
        format: parsed.format,
        summary: parsed.summary.clone(),
        token: parsed.token.clone(),
        clean_ups: parsed.clean_ups.clone(),
        tokens: parsed.tokens.clone(),
        segments: parsed.segments.clone(),
        header: meaning::members(case, Side::Header),
        header_json: escaped_json(json::pretty(&parsed.header.text)),
        claims_json: escaped_json(json::pretty(&parsed.claims.text)),
        problems: parsed.faults.iter().map(|fault| fault.problem.clone()).collect(),
        findings: findings(case, signature.state, &claims),
        claims,
        times: Times { issued_at: seconds("iat"), not_before: seconds("nbf"), expires_at: seconds("exp"), now },
        verdict,
        trace,
        signature,
        policy: PolicySummary { name: policy.name.clone(), leeway: policy.leeway_seconds },
        given: None,
    }
}

/// Makes the nine checks on what was found out about the signature.
pub(crate) fn conclude(case: &Case<'_>, signature: SignatureReport) -> Judgement {
    let answers = [
        form::parse(case),
        form::algorithm(case),
        proof::key(case),
        proof::signature_step(case, &signature),
        time::time(case),
        audience::issuer_and_audience(case),
        standing::revocation(case),
        standing::user(case),
        standing::scopes(case),
    ];
    let verdict = verdict(case.parsed, &answers, &signature);
    let trace = answers.into_iter().zip(CHECKS).map(|(answer, (check, name))| answer.into_step(check, name)).collect();
    Judgement { verdict, trace, signature }
}

const CHECKS: [(Check, &str); 9] = [
    (Check::Parse, "Parse"),
    (Check::Algorithm, "Algorithm"),
    (Check::Key, "Key"),
    (Check::Signature, "Signature"),
    (Check::Time, "Time claims"),
    (Check::IssuerAndAudience, "Issuer and audience"),
    (Check::Revocation, "Revocation"),
    (Check::User, "User"),
    (Check::Scopes, "Scopes"),
];

/// What one check came to.
pub(crate) struct Answer {
    outcome: Outcome,
    reason: Cow<'static, str>,
    rfc: &'static str,
    fix: Cow<'static, str>,
    actions: Vec<Action>,
    members: Vec<Cow<'static, str>>,
    /// The HTTP status a server answers with if this check fails.
    status: u16,
}

impl Answer {
    pub(crate) fn new(outcome: Outcome, reason: impl Into<Cow<'static, str>>, rfc: &'static str) -> Answer {
        Answer {
            outcome,
            reason: reason.into(),
            rfc,
            fix: Cow::Borrowed(""),
            actions: Vec::new(),
            members: Vec::new(),
            status: 401,
        }
    }

    pub(crate) fn pass(reason: impl Into<Cow<'static, str>>, rfc: &'static str) -> Answer {
        Answer::new(Outcome::Pass, reason, rfc)
    }

    pub(crate) fn warn(reason: impl Into<Cow<'static, str>>, rfc: &'static str) -> Answer {
        Answer::new(Outcome::Warn, reason, rfc)
    }

    pub(crate) fn not_checked(reason: impl Into<Cow<'static, str>>, rfc: &'static str) -> Answer {
        Answer::new(Outcome::NotChecked, reason, rfc)
    }

    pub(crate) fn fail(
        reason: impl Into<Cow<'static, str>>,
        rfc: &'static str,
        fix: impl Into<Cow<'static, str>>,
    ) -> Answer {
        Answer { fix: fix.into(), ..Answer::new(Outcome::Fail, reason, rfc) }
    }

    /// Adds something that would make it pass.
    pub(crate) fn with(mut self, action: Action) -> Answer {
        self.actions.push(action);
        self
    }

    /// Offers one change of the token, or another policy, if it failed.
    pub(crate) fn or_by(self, change: Action) -> Answer {
        if self.outcome == Outcome::Fail { self.with(change).with(Action::ChangePolicy) } else { self }
    }

    /// The same where nobody but the one who writes the token knows the change.
    pub(crate) fn or_edited(self) -> Answer {
        self.or_by(Action::Edit { label: "Edit and re-sign".to_owned(), edit: None })
    }

    pub(crate) fn about(mut self, names: impl IntoIterator<Item = &'static str>) -> Answer {
        self.members = names.into_iter().map(Cow::Borrowed).collect();
        self
    }

    /// As [`Answer::about`], for a name that the token chose.
    pub(crate) fn about_name(mut self, name: &str) -> Answer {
        self.members = vec![Cow::Owned(name.to_owned())];
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Answer {
        self.status = status;
        self
    }

    fn into_step(self, check: Check, name: &'static str) -> Step {
        Step {
            check,
            name,
            outcome: self.outcome,
            reason: self.reason,
            rfc: self.rfc,
            fix: self.fix,
            actions: self.actions,
            members: self.members,
        }
    }
}

impl Case<'_> {
    /// The answer of every later check when the token cannot be read.
    pub(crate) fn unreadable(&self, rfc: &'static str) -> Option<Answer> {
        (!self.parsed.is_readable()).then(|| Answer::not_checked("Needs a readable token", rfc))
    }

    /// The answer of the checks that need no claims, only a header and something that was signed.
    pub(crate) fn nothing_signed(&self, rfc: &'static str) -> Option<Answer> {
        if self.parsed.has_whole_content() { None } else { self.unreadable(rfc) }
    }

    /// The names of these claims that are there, for the step's `members`.
    pub(crate) fn present<const N: usize>(
        &self,
        part: &Part,
        names: [&'static str; N],
    ) -> impl Iterator<Item = &'static str> {
        names.into_iter().filter(|name| part.has(name))
    }

    pub(crate) fn requires(&self, name: &str) -> bool {
        self.policy.required_claims.iter().any(|required| required == name)
    }

    /// A claim that must be a string if it is there, and must be there if the policy requires it.
    pub(crate) fn text_claim(&self, name: &'static str, rfc: &'static str) -> Result<Option<&str>, Answer> {
        match self.parsed.claims.find(name) {
            Lookup::Absent if self.requires(name) => Err(missing(name, rfc)),
            Lookup::Absent => Ok(None),
            Lookup::Duplicate => Err(ambiguous(name, rfc)),
            Lookup::Found(Item { text: Some(text), .. }) => Ok(Some(text)),
            Lookup::Found(item) => {
                let reason = format!("{name} is {}, not a string", kind_words(item.kind));
                Err(Answer::fail(reason, rfc, format!("`{name}` as a string")).about([name]))
            }
        }
    }
}

impl Action {
    /// Editing with a change to begin with.
    pub(crate) fn edit(label: impl Into<String>, edit: Edit) -> Action {
        Action::Edit { label: label.into(), edit: Some(edit) }
    }

    /// Setting a claim to a text.
    pub(crate) fn set_claim(name: &str, value: &str) -> Action {
        let edit = Edit::SetClaim { name: name.to_owned(), value: json::quoted(value) };
        Action::edit(format!("Set {name} and re-sign"), edit)
    }

    /// Signing the token again as it stands.
    pub(crate) fn sign_again() -> Action {
        Action::Edit { label: "Re-sign".to_owned(), edit: None }
    }
}

/// A required claim that is not there.
pub(crate) fn missing(name: &str, rfc: &'static str) -> Answer {
    Answer::fail(format!("{name} is missing, and the policy requires it"), rfc, format!("Add `{name}`"))
}

/// A claim that stands more than once: which one counts, nobody can say. The parse check fails for it.
pub(crate) fn ambiguous(name: &'static str, rfc: &'static str) -> Answer {
    Answer::not_checked(format!("{name} appears more than once"), rfc).about([name])
}

pub(crate) fn kind_words(kind: ValueKind) -> &'static str {
    crate::parse::kind_words(Some(kind))
}

/// The word for a token that no server reads as a signed JWT: some are good ones of another kind.
fn title_of(parsed: &Parsed) -> &'static str {
    match parsed.format {
        Format::JweCompact | Format::JweJson => "Encrypted",
        Format::Opaque => "Not a JWT",
        Format::JwsCompact if parsed.is_readable() => "Rejected",
        Format::JwsCompact if parsed.has_whole_content() && parsed.holds_token() => "Nested token",
        _ => "Not a valid token",
    }
}

fn verdict(parsed: &Parsed, answers: &[Answer; 9], signature: &SignatureReport) -> Verdict {
    let failed = answers.iter().zip(CHECKS).enumerate().find(|(_, (answer, _))| answer.outcome == Outcome::Fail);
    if let Some((index, (answer, (check, name)))) = failed {
        let title = if check == Check::Parse { title_of(parsed) } else { "Rejected" };
        return Verdict {
            outcome: VerdictOutcome::Rejected,
            title: title.to_owned(),
            detail: format!("{} at check {} of 9, {}", answer.status, index + 1, name.to_lowercase()),
            status: Some(answer.status),
            stopped_at: Some(check),
        };
    }
    if signature.state != SignatureState::Verified {
        return Verdict {
            outcome: VerdictOutcome::NotVerified,
            title: "Not verified".to_owned(),
            detail: match &answers[0] {
                Answer { outcome: Outcome::NotChecked, reason, .. } => reason.clone().into_owned(),
                _ => format!("Signature not checked: {}", signature.reason),
            },
            status: None,
            stopped_at: None,
        };
    }
    let unchecked = answers.iter().filter(|answer| answer.outcome == Outcome::NotChecked).count();
    let detail = match unchecked {
        0 => "9 of 9 checks pass".to_owned(),
        _ => format!("{} of 9 checks pass, {unchecked} not checked", 9 - unchecked),
    };
    Verdict {
        outcome: VerdictOutcome::Accepted,
        title: "Accepted".to_owned(),
        detail,
        status: Some(200),
        stopped_at: None,
    }
}
