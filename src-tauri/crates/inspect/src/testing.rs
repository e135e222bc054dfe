//! Shared by the tests of this crate: the drafts of `jose`, and their reports.

#[path = "../../jose/src/testing/drafts.rs"]
mod drafts;

use jose::judgement::{Check, Outcome};

pub(crate) use drafts::*;

use crate::report::{Report, Step};
use crate::{check, parse};

impl Draft {
    pub(crate) fn report(&self) -> Report {
        self.judge(&self.token())
    }

    pub(crate) fn judge(&self, token: &str) -> Report {
        check(&parse(token), &self.evidence())
    }

    pub(crate) fn step(&self, check: Check) -> Step {
        step(&self.report(), check)
    }
}

pub(crate) fn step(report: &Report, check: Check) -> Step {
    report.trace.iter().find(|step| step.check == check).unwrap().clone()
}

pub(crate) fn outcomes(report: &Report) -> Vec<Outcome> {
    report.trace.iter().map(|step| step.outcome).collect()
}

pub(crate) fn ids(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.id).collect()
}
