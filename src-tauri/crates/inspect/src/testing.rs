//! Shared by the tests of this crate: the drafts of `jose`, and their reports.

#[path = "../../jose/src/testing/drafts.rs"]
mod drafts;

use std::io::Read;

use flate2::Compression;
use flate2::read::{DeflateEncoder, ZlibEncoder};
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

/// A bare DEFLATE stream (RFC 1951).
pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    read_all(DeflateEncoder::new(bytes, Compression::best()))
}

/// The same in zlib's format (RFC 1950).
pub(crate) fn zlib(bytes: &[u8]) -> Vec<u8> {
    read_all(ZlibEncoder::new(bytes, Compression::best()))
}

fn read_all(mut encoder: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    encoder.read_to_end(&mut bytes).unwrap();
    bytes
}
