//! The nine checks of a resource server, always all nine, and the verdict they lead to.

mod audience;
mod form;
mod kind_rules;
mod near_miss;
mod own_key;
mod proof;
mod session_checks;
#[cfg(test)]
mod tests;
mod time;
mod verdict;

use crate::words::together;
use std::borrow::Cow;

pub use audience::audiences;
pub use form::is_read;
pub use kind_rules::FRESH;
pub use proof::signature;
pub use time::{divided, unit_of};

use crate::json::ValueKind;
use crate::json::{self, Item};
use crate::judgement::{Check, Cure, Judgement, Outcome, SignatureReport, SignatureState, Step, StepFault};
use crate::parse::{Lookup, Parsed, Part};
use crate::policy::{Evidence, Facts, KeyChoice, Policy};

/// What a token is judged by.
pub struct Case<'a> {
    /// The token.
    pub parsed: &'a Parsed,
    /// The rules.
    pub policy: &'a Policy,
    /// The key to check the signature with.
    pub key: &'a KeyChoice,
    /// What is known about the token and its user.
    pub facts: &'a Facts,
    /// The current time, in seconds since the epoch.
    pub now: i64,
}

/// Judges a token: what a server would decide by this evidence.
///
/// All nine checks are made even after one fails, as far as the token can be read. The verdict is *accepted* only if
/// every check passes or the policy does not ask for it (RFC 7519 section 7.2, RFC 7515 section 5.2, RFC 8725
/// section 3). A server has no third answer: a check that could not be made is a refusal.
pub fn judge(parsed: &Parsed, evidence: &Evidence) -> Judgement {
    let case = Case::of(parsed, evidence);
    conclude(&case, proof::signature(&case), Reader::Server)
}

/// Do checks 1 to 4 hold: the token can be read, and the key signed it with an algorithm and `typ` that the policy
/// allows? For an issuer that takes everything else about its own token from its records.
pub fn is_authentic(parsed: &Parsed, evidence: &Evidence) -> bool {
    let case = Case::of(parsed, evidence);
    let signature = proof::signature(&case);
    signature.state == SignatureState::Verified
        && [form::parse(&case), form::algorithm(&case), proof::key(&case), proof::signature_step(&case, &signature)]
            .iter()
            .all(|answer| matches!(answer.ruling, Ruling::Pass | Ruling::Warn))
}

/// The recipient of the judgement. Both accept the same tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// A guard, which either admits or refuses: what could not be checked is refused.
    Server,
    /// A person who wants to understand a token.
    Person,
}

/// Runs the nine checks, given the result about the signature.
pub fn conclude(case: &Case<'_>, signature: SignatureReport, reader: Reader) -> Judgement {
    let answers = [
        form::parse(case),
        form::algorithm(case),
        proof::key(case),
        proof::signature_step(case, &signature),
        time::time(case),
        audience::issuer_and_audience(case),
        session_checks::revocation(case),
        session_checks::user(case),
        session_checks::scopes(case),
    ];
    let verdict = verdict::verdict(case.parsed, &answers, &signature, reader);
    let trace = answers.into_iter().zip(CHECKS).map(|(answer, (check, name))| answer.into_step(check, name)).collect();
    Judgement { verdict, trace, signature }
}

/// The checks in a server's order, with their display names.
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

/// How a check ended. Of the two ways of being skipped, only one allows acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// It holds.
    Pass,
    /// It holds, but something about it deserves attention.
    Warn,
    /// It does not hold.
    Fail,
    /// The policy does not ask for it.
    NotAsked,
    /// The policy asks for it, but it could not be made: something was not read, not found or not available.
    Open,
}

/// The result of one check.
pub(crate) struct Answer {
    ruling: Ruling,
    reason: Cow<'static, str>,
    rfc: &'static str,
    fix: Cow<'static, str>,
    members: Vec<Cow<'static, str>>,
    /// In a box, since an answer is often returned as an error.
    more: Option<Box<More>>,
    /// The HTTP status a server answers with if this check fails.
    status: u16,
}

/// What only a failed check has.
#[derive(Clone, Default)]
struct More {
    cures: Vec<Cure>,
    /// The reason without the values, if that is another.
    brief: Option<String>,
    /// Each fault by itself, if there are several.
    faults: Vec<StepFault>,
}

impl Answer {
    fn new(ruling: Ruling, reason: impl Into<Cow<'static, str>>, rfc: &'static str) -> Answer {
        Answer {
            ruling,
            reason: reason.into(),
            rfc,
            fix: Cow::Borrowed(""),
            members: Vec::new(),
            more: None,
            status: 401,
        }
    }

    pub(crate) fn pass(reason: impl Into<Cow<'static, str>>, rfc: &'static str) -> Answer {
        Answer::new(Ruling::Pass, reason, rfc)
    }

    pub(crate) fn warn(reason: impl Into<Cow<'static, str>>, rfc: &'static str) -> Answer {
        Answer::new(Ruling::Warn, reason, rfc)
    }

    /// Only for what the policy deliberately leaves open: this does not prevent acceptance.
    pub(crate) fn not_asked(reason: impl Into<Cow<'static, str>>, rfc: &'static str) -> Answer {
        Answer::new(Ruling::NotAsked, reason, rfc)
    }

    /// For what could not be read, found or obtained.
    pub(crate) fn open(reason: impl Into<Cow<'static, str>>, rfc: &'static str) -> Answer {
        Answer::new(Ruling::Open, reason, rfc)
    }

    pub(crate) fn fail(
        reason: impl Into<Cow<'static, str>>,
        rfc: &'static str,
        fix: impl Into<Cow<'static, str>>,
    ) -> Answer {
        Answer { fix: fix.into(), ..Answer::new(Ruling::Fail, reason, rfc) }
    }

    /// The same as a warning, which needs no cure.
    pub(crate) fn into_warning(self) -> Answer {
        Answer { ruling: Ruling::Warn, fix: Cow::Borrowed(""), more: None, ..self }
    }

    /// Adds something that would make it pass.
    pub(crate) fn with(mut self, cure: Cure) -> Answer {
        self.more.get_or_insert_default().cures.push(cure);
        self
    }

    /// All answers of one check in one: everything that is wrong, then what could not be checked. One change mends only
    /// one fault, so several are for the editor.
    pub(crate) fn all(answers: impl IntoIterator<Item = Answer>) -> Answer {
        let (failed, open): (Vec<_>, Vec<_>) = answers.into_iter().partition(Answer::fails);
        let several = failed.len() > 1;
        let faults = if several { failed.iter().map(Answer::fault).collect() } else { Vec::new() };
        let mut answers = failed.into_iter().chain(open);
        let Some(mut all) = answers.next() else { return Answer::open("Not checked", "RFC 7519 §7.2") };
        if several {
            let cures = vec![Cure::Edit, Cure::ChangePolicy];
            all.more = Some(Box::new(More { cures, faults, brief: None }));
        }
        let mut fixes = vec![std::mem::take(&mut all.fix)];
        for answer in answers {
            all.reason = format!("{}; {}", all.reason, answer.reason).into();
            fixes.push(answer.fix);
            all.members.extend(answer.members);
        }
        all.fix = together(&fixes).into();
        all
    }

    fn fault(&self) -> StepFault {
        let More { cures, brief, .. } = self.more.as_deref().cloned().unwrap_or_default();
        StepFault {
            title: brief.map_or_else(|| self.reason.clone(), Cow::Owned),
            fix: self.fix.clone(),
            cures,
            members: self.members.clone(),
        }
    }

    /// Gives it a reason without the values, for where they are shown beside it.
    pub(crate) fn in_brief(mut self, brief: String) -> Answer {
        self.more.get_or_insert_default().brief = Some(brief);
        self
    }

    pub(crate) fn fails(&self) -> bool {
        self.ruling == Ruling::Fail
    }

    /// If it failed, offers one change of the token, or another policy.
    pub(crate) fn or_by(self, change: Cure) -> Answer {
        if self.fails() { self.with(change).with(Cure::ChangePolicy) } else { self }
    }

    /// The same where only the author of the token can know the change.
    pub(crate) fn or_edited(self) -> Answer {
        self.or_by(Cure::Edit)
    }

    pub(crate) fn about(mut self, names: impl IntoIterator<Item = &'static str>) -> Answer {
        self.members = names.into_iter().map(Cow::Borrowed).collect();
        self
    }

    /// Like [`Answer::about`], for a name from the token.
    pub(crate) fn about_name(mut self, name: &str) -> Answer {
        self.members.push(Cow::Owned(name.to_owned()));
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Answer {
        self.status = status;
        self
    }

    fn into_step(self, check: Check, name: &'static str) -> Step {
        let More { cures, faults, .. } = self.more.map(|more| *more).unwrap_or_default();
        Step {
            check,
            name,
            outcome: match self.ruling {
                Ruling::Pass => Outcome::Pass,
                Ruling::Warn => Outcome::Warn,
                Ruling::Fail => Outcome::Fail,
                Ruling::NotAsked | Ruling::Open => Outcome::NotChecked,
            },
            reason: self.reason,
            rfc: self.rfc,
            fix: self.fix,
            cures,
            members: self.members,
            faults,
        }
    }
}

impl<'a> Case<'a> {
    /// This token, judged by this evidence.
    pub fn of(parsed: &'a Parsed, evidence: &'a Evidence) -> Case<'a> {
        let Evidence { policy, key, facts, now } = evidence;
        Case { parsed, policy, key, facts, now: *now }
    }

    /// The answer of every later check when the token cannot be read.
    pub(crate) fn unreadable(&self, rfc: &'static str) -> Option<Answer> {
        let is_limited = self.parsed.faults.iter().any(|fault| fault.limit);
        let reason = match self.parsed.has_signed_bytes() && !is_limited {
            true => "The payload holds no claims",
            false => "Needs a readable token",
        };
        (!self.parsed.is_readable()).then(|| Answer::open(reason, rfc))
    }

    /// The answer of the checks that need no claims, only a header and a signed payload.
    pub(crate) fn nothing_signed(&self, rfc: &'static str) -> Option<Answer> {
        if self.parsed.has_signed_bytes() {
            return None;
        }
        let answer = Answer::open("Needs a readable token", rfc);
        Some(self.parsed.too_many_segments().map_or(answer, |reason| Answer::open(reason, rfc)))
    }

    /// Which of these claims are present, for the step's `members`.
    pub(crate) fn present<const N: usize>(
        &self,
        part: &Part,
        names: [&'static str; N],
    ) -> impl Iterator<Item = &'static str> {
        names.into_iter().filter(|name| part.has(name))
    }

    /// Does the policy require this claim?
    pub fn requires(&self, name: &str) -> bool {
        self.policy.required_claims.iter().any(|required| required == name)
    }

    /// Checks a claim that must be a string if present, and must be present if the policy requires it.
    pub(crate) fn text_claim(&self, name: &'static str, rfc: &'static str) -> Result<Option<&str>, Answer> {
        match self.parsed.claims.find(name) {
            Lookup::Absent if self.requires(name) => Err(missing(name, rfc)),
            Lookup::Absent => Ok(None),
            Lookup::Duplicate => Err(ambiguous(name, rfc)),
            Lookup::Found(Item { text: Some(text), .. }) => Ok(Some(text)),
            Lookup::Found(item) => {
                let reason = format!("{name} is {}, not a string", kind_words(item.kind));
                Err(Answer::fail(reason, rfc, format!("Write `{name}` as a string")).about([name]))
            }
        }
    }
}

impl Cure {
    /// Setting a claim to a text.
    pub(crate) fn set(name: &str, value: &str) -> Cure {
        Cure::SetClaim { name: name.to_owned(), value: json::quoted(value) }
    }
}

/// The answer about a missing required claim.
pub(crate) fn missing(name: &str, rfc: &'static str) -> Answer {
    Answer::fail(format!("{name} is missing, and the policy requires it"), rfc, format!("Add `{name}`"))
}

/// The answer about a duplicate claim, whose value is ambiguous. The parse check fails for it.
pub(crate) fn ambiguous(name: &'static str, rfc: &'static str) -> Answer {
    Answer::open(format!("{name} appears more than once"), rfc).about([name])
}

pub(crate) fn kind_words(kind: ValueKind) -> &'static str {
    crate::parse::kind_words(Some(kind))
}
