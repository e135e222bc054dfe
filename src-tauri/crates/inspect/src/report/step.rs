//! The nine steps, with buttons for those that failed.

use std::borrow::Cow;

use serde::Serialize;

use crate::edit::Edit;
use jose::judgement::{self, Check, Cure, Outcome};
use jose::words::span;

/// One step of the trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Step {
    /// Which check.
    pub check: Check,
    /// Its display name: "Issuer and audience".
    pub name: &'static str,
    /// The outcome.
    pub outcome: Outcome,
    /// One line, with the size of the miss: "exp passed 2 m 3 s ago; nbf, iat are fine".
    pub reason: Cow<'static, str>,
    /// The source of the rule: "RFC 7519 §4.1.4".
    pub rfc: &'static str,
    /// What must change to pass, for a failed step: "Set `exp` after 1795440727 (2 m 4 s later)". For a warning, what
    /// should change, if that is known. Empty otherwise.
    pub fix: Cow<'static, str>,
    /// What would make it pass, for a failed step: at most three actions, the likeliest first.
    pub actions: Vec<Action>,
    /// The names of the members that the step read, so that the window can highlight them.
    pub members: Vec<Cow<'static, str>>,
    /// For a failed check of issuer and audience: each value that is wrong.
    pub wrong: Vec<WrongValue>,
}

/// One value that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct WrongValue {
    /// One line: "aud differs from the policy by a slash at the end, which only the token has".
    pub title: Cow<'static, str>,
    /// Where it differs from what the policy wants, if both are known.
    pub difference: Option<Difference>,
    /// What must change.
    pub fix: Cow<'static, str>,
    /// What would mend it.
    pub actions: Vec<Action>,
    /// The names of the wrong members.
    pub members: Vec<Cow<'static, str>>,
}

/// A value of the token beside the one that the policy wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Difference {
    /// The claim: "aud".
    pub member: &'static str,
    /// Both values, line by line.
    pub lines: Vec<DifferingLine>,
}

/// One line of both values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct DifferingLine {
    /// What the policy wants.
    pub expected: Vec<Run>,
    /// What the token has.
    pub found: Vec<Run>,
}

/// Characters that all agree or all differ; long ones that agree are folded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Run {
    /// The characters, invisible ones written out.
    pub text: String,
    /// Is it where the values differ?
    pub differs: bool,
}

/// An action that makes a failed check pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Action {
    /// Edit the token and sign it again.
    Edit {
        /// The button's label: "Re-sign for 15 m".
        label: String,
        /// The initial change, if known.
        edit: Option<Edit>,
    },
    /// Sign the unchanged token with the profile's active key.
    SignAgain {
        /// The button's label: "Re-sign".
        label: String,
    },
    /// Let servers accept what the profile's test key signs.
    PublishTestKey,
    /// Move the clock.
    MoveClock {
        /// The button's label: "Clock −3 m".
        label: String,
        /// By how many seconds; negative for an earlier time.
        seconds: i64,
    },
    /// Give another key.
    TryKey,
    /// Judge by another policy.
    ChangePolicy,
    /// Show the users: one is missing, inactive, or must sign in again.
    ShowUsers,
}

/// The trace without repetitions: a reason shared by several skipped checks is stated with the first.
pub fn said_once(mut trace: Vec<Step>) -> Vec<Step> {
    let mut said: Vec<Cow<'static, str>> = Vec::new();
    for step in trace.iter_mut().filter(|step| step.outcome == Outcome::NotChecked) {
        if said.contains(&step.reason) {
            step.reason = Cow::Borrowed("Not run");
        } else {
            said.push(step.reason.clone());
        }
    }
    trace
}

impl From<judgement::Step> for Step {
    fn from(step: judgement::Step) -> Step {
        let judgement::Step { check, name, outcome, reason, rfc, fix, cures, members, faults: _ } = step;
        let actions = cures.into_iter().map(Action::from).collect();
        Step { check, name, outcome, reason, rfc, fix, actions, members, wrong: Vec::new() }
    }
}

impl From<Cure> for Action {
    fn from(cure: Cure) -> Action {
        let edit = |label: &str, edit: Edit| Action::Edit { label: label.to_owned(), edit: Some(edit) };
        match cure {
            Cure::SetClaim { name, value } => edit(&format!("Set {name} and re-sign"), Edit::SetClaim { name, value }),
            Cure::AddScopes { claim, value } => {
                edit("Add the scope and re-sign", Edit::SetClaim { name: claim, value })
            }
            Cure::RemoveScopes { claim, value } => {
                edit("Take the scope out and re-sign", Edit::SetClaim { name: claim, value })
            }
            Cure::SetType { value } => edit("Set typ and re-sign", Edit::SetHeader { name: "typ".to_owned(), value }),
            Cure::RemoveCritical => edit("Remove crit", Edit::RemoveHeader { name: "crit".to_owned() }),
            Cure::RemoveRepeats => edit("Keep the last one", Edit::RemoveRepeats),
            Cure::ExpireIn { seconds } => {
                edit(&format!("Re-sign for {}", span(seconds.unsigned_abs())), Edit::Renew { seconds })
            }
            Cure::StartNow => edit("Re-sign from now", Edit::StartNow),
            Cure::Edit => Action::Edit { label: "Edit and re-sign".to_owned(), edit: None },
            Cure::SignAgain => Action::SignAgain { label: "Re-sign".to_owned() },
            Cure::SignWithAccessKey => Action::SignAgain { label: "Sign with an access key".to_owned() },
            Cure::PublishTestKey => Action::PublishTestKey,
            Cure::MoveClock { seconds } => {
                let sign = if seconds < 0 { '−' } else { '+' };
                Action::MoveClock { label: format!("Clock {sign}{}", span(seconds.unsigned_abs())), seconds }
            }
            Cure::TryKey => Action::TryKey,
            Cure::ChangePolicy => Action::ChangePolicy,
            Cure::ShowUsers => Action::ShowUsers,
        }
    }
}
