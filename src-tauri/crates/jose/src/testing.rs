//! Shared by the tests of this crate.

mod drafts;

pub(crate) use drafts::*;

use crate::check::{Case, Reader, conclude, signature};
use crate::judgement::{Check, Judgement, Outcome, Step};
use crate::parse_exact;

impl Draft {
    /// The judgement for a person who wants to understand the token.
    pub(crate) fn judgement(&self) -> Judgement {
        self.judge(&self.token())
    }

    pub(crate) fn judge(&self, token: &str) -> Judgement {
        let (parsed, evidence) = (parse_exact(token), self.evidence());
        let case = Case::of(&parsed, &evidence);
        conclude(&case, signature(&case), Reader::Person)
    }

    pub(crate) fn step(&self, check: Check) -> Step {
        step(&self.judgement(), check)
    }
}

pub(crate) fn step(judged: &Judgement, check: Check) -> Step {
    judged.trace.iter().find(|step| step.check == check).unwrap().clone()
}

pub(crate) fn outcomes(judged: &Judgement) -> Vec<Outcome> {
    judged.trace.iter().map(|step| step.outcome).collect()
}
