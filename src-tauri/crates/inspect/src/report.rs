//! The report about a token: plain data, made by [`crate::check()`], displayed by the window and by `twb`.
//!
//! Nothing is decided here. Offsets count bytes of [`Report::token`], which is ASCII within segments, so they are
//! character offsets too. Times are seconds since the Unix epoch (RFC 7519 section 2, NumericDate).

mod alike;
mod app_signature;
mod member;
mod payload;
mod presentation;
mod step;

use std::borrow::Cow;

use serde::Serialize;

use crate::key_text::KeyText;

pub use alike::{Alike, AlikePart};
pub use app_signature::{AppSignature, AppSignaturePart, AppSignatureState};
pub use member::{Member, Place, ScopeState, Word};
pub use payload::PayloadBytes;
pub(crate) use payload::hex;
pub use presentation::{KeyBindingReport, PresentationReport};
pub use step::{Action, Difference, DifferingLine, Run, Step, WrongValue, said_once};

// Parts of the judgement that are included in a report unchanged.
pub use jose::json::ValueKind;
pub use jose::judgement::{
    Check, Judgement, Outcome, SignaturePart, SignatureReport, SignatureState, Verdict, VerdictOutcome,
};
pub use jose::parse::{Format, FoundToken, Problem, Segment, SegmentKind};

/// The report about one paste.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Report {
    /// The format of the text.
    pub format: Format,
    /// The format in words: "Signed token, three segments".
    pub summary: String,
    /// What the text is, if it is no whole JWT: "Flask session cookie".
    pub not_a_jwt: Option<Cow<'static, str>>,
    /// Why such a text looks like a JWT, if it does.
    pub alike: Option<Alike>,
    /// The signature of such a text, if the app that made it can check it with a secret of its own.
    pub app_signature: Option<AppSignature>,
    /// A token can be checked with the text, which is a key.
    pub is_key: bool,
    /// The text that a text in base64 holds.
    pub inside: Option<String>,
    /// The token after the clean-ups: exactly the characters that were inspected.
    pub token: String,
    /// What was stripped from the paste before inspecting, in order.
    pub clean_ups: Vec<CleanUp>,
    /// All tokens of the paste, if there are several, each followed by those inside it: `token` is one of them unless
    /// it was repaired. For JWS in JSON, the JSON itself and each signature as a compact token.
    pub tokens: Vec<FoundToken>,
    /// The positions of the segments in `token`, in order; for JWE in JSON, of the strings that a compact token would
    /// have as segments.
    pub segments: Vec<Segment>,
    /// The kind of token, if that kind has rules of its own.
    pub kind: Option<KindReport>,
    /// What follows the token, if it is an SD-JWT.
    pub presentation: Option<PresentationReport>,
    /// A well-known issuer in a few words, with its tenant: "Auth0, acme-dev".
    pub issuer_name: Option<String>,
    /// The members of the JOSE header in their order, including duplicates.
    pub header: Vec<Member>,
    /// The members of the claims set in their order, including duplicates.
    pub claims: Vec<Member>,
    /// The header as pretty JSON, with digits and duplicates kept and invisible characters escaped, as far as it could
    /// be read.
    pub header_json: String,
    /// The claims set as pretty JSON, with digits and duplicates kept and invisible characters escaped, as far as it
    /// could be read.
    pub claims_json: String,
    /// The payload, if it is known but no JSON object.
    pub payload: Option<PayloadBytes>,
    /// The problems of the text itself, each with its position.
    pub problems: Vec<Problem>,
    /// What is known about the signature.
    pub signature: SignatureReport,
    /// The times in the claims set, where they are numbers that fit.
    pub times: Times,
    /// What a server would decide.
    pub verdict: Verdict,
    /// The nine checks in server order, each with its outcome.
    pub trace: Vec<Step>,
    /// Findings that are not a failed check, most severe first.
    pub findings: Vec<Finding>,
    /// The policy of the checks.
    pub policy: PolicySummary,
    /// What the given key is, if one was given for this token.
    pub user_key: Option<UserKeyReport>,
}

impl Report {
    /// Adds a finding that was made separately, such as by [`crate::guess_secret`].
    pub fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
        self.findings.sort_by_key(|finding| finding.severity);
    }
}

/// A kind of token that has rules of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct KindReport {
    /// Its name: "DPoP proof".
    pub name: String,
    /// What there is to know about it, one sentence each.
    pub notes: Vec<String>,
}

/// A key that the user gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct UserKeyReport {
    /// What it is: "Secret, 32 bytes", "Public key, ES256".
    pub summary: String,
    /// Why it cannot be used for this token, and what to do.
    pub problem: Option<String>,
    /// What was repaired in its text, and which keys of a set were skipped.
    pub repairs: Vec<String>,
    /// The change to the key that makes the signature match.
    pub remedy: Option<Remedy>,
    /// Checking with it needs its passphrase, whether that was given or not.
    pub encrypted: bool,
}

/// A comparison of two tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Comparison {
    /// The token to compare with.
    pub before: Texts,
    /// The other token.
    pub after: Texts,
    /// The members that differ.
    pub changes: Vec<Change>,
}

/// A token's content, formatted as in [`Report::header_json`].
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
    /// Its name, escaped like [`Member::name`].
    pub name: String,
    /// Its value before, like [`Member::value`]; `None` if it was absent.
    pub before: Option<String>,
    /// Its value after; `None` if it was removed.
    pub after: Option<String>,
}

/// A change to a given key that makes the signature match.
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
    /// Strip the white space around the secret.
    Trim,
    /// End the secret with a line break.
    AddLineBreak,
}

/// Something that was removed around the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CleanUp {
    /// A description that starts with a verb: "Removed the scheme `Bearer`".
    pub message: String,
    /// The removed characters, truncated after 80.
    pub removed: String,
    /// Why a server refuses the token with them; `None` if they are harmless.
    pub refused: Option<&'static str>,
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
    /// The time of the checks.
    pub now: i64,
}

/// A finding that is not a failed check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Finding {
    /// Stable name: `duplicate_claim`.
    pub id: &'static str,
    /// The severity.
    pub severity: Severity,
    /// A short title: "Duplicate claim name".
    pub title: Cow<'static, str>,
    /// The consequence in one line: "Parsers disagree on which role counts".
    pub message: Cow<'static, str>,
    /// The source of the rule: "RFC 7519 §4".
    pub rfc: &'static str,
    /// The secret that signed the token, where anybody knows it; or the key that came with it in a link.
    pub secret: Option<KeyText>,
}

/// The severity of a finding, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Anyone can forge or use it.
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

/// The policy of a report, as far as it is displayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PolicySummary {
    /// Its name: "items-api".
    pub name: String,
    /// The leeway of the time checks, in seconds.
    pub leeway: u32,
    /// Why it was chosen, as displayed; empty if the user chose it.
    pub chosen: Cow<'static, str>,
}
