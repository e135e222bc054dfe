//! What inspecting a token answers: plain data, made by [`crate::check()`], shown by the window and by `twb`.
//!
//! Nothing here decides anything. Offsets count bytes of [`Report::token`], which is ASCII wherever a segment lies,
//! so they are character offsets too. Times are seconds since the Unix epoch (RFC 7519 section 2, NumericDate).

mod member;
mod step;

use std::borrow::Cow;

use serde::Serialize;

pub use member::{Member, Standing, Word};
pub use step::{Action, Step};

// What stands in a report as a server's judge made it.
pub use jose::json::ValueKind;
pub use jose::judgement::{
    Check, Judgement, Outcome, SignaturePart, SignatureReport, SignatureState, Verdict, VerdictOutcome,
};
pub use jose::parse::{Format, FoundToken, Problem, Segment, SegmentKind};

/// The answer to one paste.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Report {
    /// What the text turned out to be.
    pub format: Format,
    /// One short sentence that names the format, for people: "Signed token, three segments".
    pub summary: String,
    /// The token after the clean-ups, exactly the characters that were inspected.
    pub token: String,
    /// What was stripped from the paste before inspecting, in order.
    pub clean_ups: Vec<CleanUp>,
    /// All tokens of the paste, if there are several, each followed by those inside it: `token` is one of them unless
    /// it was repaired. Of JWS in JSON, the JSON itself and each signature as a compact token.
    pub tokens: Vec<FoundToken>,
    /// Where the segments lie in `token`, in order; of JWE in JSON, the strings that a compact token would have as
    /// segments.
    pub segments: Vec<Segment>,
    /// The members of the JOSE header in the order they stand, duplicates included.
    pub header: Vec<Member>,
    /// The members of the claims set in the order they stand, duplicates included.
    pub claims: Vec<Member>,
    /// The header as pretty JSON, digits and duplicates kept and what cannot be seen escaped, or what could be read
    /// of it.
    pub header_json: String,
    /// The claims set as pretty JSON, digits and duplicates kept and what cannot be seen escaped, or what could be
    /// read of it.
    pub claims_json: String,
    /// What is wrong with the text itself, each with its place.
    pub problems: Vec<Problem>,
    /// What is known about the signature.
    pub signature: SignatureReport,
    /// The times the claims set carries, where they are numbers that fit.
    pub times: Times,
    /// What a server would decide.
    pub verdict: Verdict,
    /// The nine checks in server order, each with its outcome.
    pub trace: Vec<Step>,
    /// Things worth knowing that are not a check's failure, most severe first.
    pub findings: Vec<Finding>,
    /// The policy the checks were made against.
    pub policy: PolicySummary,
    /// What the key turned out to be that was given for this token, if one was.
    pub given: Option<GivenReport>,
}

impl Report {
    /// Adds what was found out aside, such as by [`crate::guess_secret`].
    pub fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
        self.findings.sort_by_key(|finding| finding.severity);
    }
}

/// A key that a person gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GivenReport {
    /// What it is: "Secret, 32 bytes", "Public key, ES256".
    pub summary: String,
    /// Why it cannot be used for this token, with what to do.
    pub problem: Option<String>,
    /// What was put right in its text, and which keys of a set were left out.
    pub repairs: Vec<String>,
    /// The change of the key that makes the signature match.
    pub remedy: Option<Remedy>,
    /// Its passphrase is needed to check with it, given or not.
    pub encrypted: bool,
}

/// Two tokens side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Comparison {
    /// The one that is compared with.
    pub before: Texts,
    /// The other one.
    pub after: Texts,
    /// The members that differ.
    pub changes: Vec<Change>,
}

/// What a token says, laid out as [`Report::header_json`] is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Texts {
    /// The JOSE header.
    pub header: String,
    /// The payload.
    pub payload: String,
}

/// One member that differs between two tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Change {
    /// True for a header parameter, false for a claim.
    pub in_header: bool,
    /// Its name, made visible as [`Member::name`] is.
    pub name: String,
    /// Its value before, as [`Member::value`]; `None` if it was not there.
    pub before: Option<String>,
    /// Its value after; `None` if it is gone.
    pub after: Option<String>,
}

/// A change of a given key that makes the signature match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Read the secret as text.
    ReadAsText,
    /// Read the secret as base64.
    ReadAsBase64,
    /// Read the secret as hexadecimal.
    ReadAsHex,
    /// Take the white space off around the secret.
    Trim,
    /// End the secret with a line break.
    AddLineBreak,
}

/// One thing that was removed around the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CleanUp {
    /// Verb first, for people: "Removed the scheme `Bearer`".
    pub message: String,
    /// The characters that went, cut after 80.
    pub removed: String,
}

/// The times of a claims set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Times {
    /// `iat`
    pub issued_at: Option<i64>,
    /// `nbf`
    pub not_before: Option<i64>,
    /// `exp`
    pub expires_at: Option<i64>,
    /// The moment the checks were made at.
    pub now: i64,
}

/// Something worth knowing that is not a check's failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Finding {
    /// Stable name: `duplicate_claim`.
    pub id: &'static str,
    /// How bad.
    pub severity: Severity,
    /// A short title: "Duplicate claim name".
    pub title: Cow<'static, str>,
    /// One line of consequence: "Parsers disagree on which role counts".
    pub message: Cow<'static, str>,
    /// Where the rule stands: "RFC 7519 §4".
    pub rfc: &'static str,
}

/// How bad a finding is, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Anybody can forge or use it.
    Critical,
    /// Likely to be exploited.
    High,
    /// A weakness.
    Medium,
    /// Poor practice.
    Low,
    /// Good to know.
    Info,
}

/// The policy a report was made against, as far as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PolicySummary {
    /// Its name: "items-api".
    pub name: String,
    /// How many seconds the time checks forgive.
    pub leeway: u32,
    /// Why it was chosen, for people; empty if a person chose it.
    pub chosen: Cow<'static, str>,
}
