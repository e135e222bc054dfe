//! What judging and inspecting a token answers: plain data, made by [`crate::judge`] and [`crate::check`], shown by the
//! window and by `twb`.
//!
//! Nothing here decides anything. Offsets count bytes of [`Report::token`], which is ASCII wherever a segment lies,
//! so they are character offsets too. Times are seconds since the Unix epoch (RFC 7519 section 2, NumericDate).

mod member;
mod verdict;

use std::borrow::Cow;

use serde::Serialize;

pub use member::{Member, Standing, ValueKind, Word};
pub use verdict::{Action, Check, Outcome, Step, Verdict, VerdictOutcome};

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
    /// All tokens of the paste, if there are several, each followed by those inside it: `token` is one of them unless it
    /// was repaired. Of JWS in JSON, the JSON itself and each signature as a compact token.
    pub tokens: Vec<FoundToken>,
    /// Where the segments lie in `token`, in order; of JWE in JSON, the strings that a compact token would have as segments.
    pub segments: Vec<Segment>,
    /// The members of the JOSE header in the order they stand, duplicates included.
    pub header: Vec<Member>,
    /// The members of the claims set in the order they stand, duplicates included.
    pub claims: Vec<Member>,
    /// The header as pretty JSON, digits and duplicates kept and what cannot be seen escaped, or what could be read of it.
    pub header_json: String,
    /// The claims set as pretty JSON, digits and duplicates kept and what cannot be seen escaped, or what could be read of it.
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

/// What a server would decide about a token, and why: what a [`Report`] holds without the explanations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The decision.
    pub verdict: Verdict,
    /// The nine checks in server order, each with its outcome.
    pub trace: Vec<Step>,
    /// What is known about the signature; its parts are not written out.
    pub signature: SignatureReport,
}

/// What a pasted text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Nothing but white space.
    Empty,
    /// JWS compact serialization (RFC 7515 section 7.1), also with a missing or empty signature.
    JwsCompact,
    /// JWS JSON serialization (RFC 7515 section 7.2).
    JwsJson,
    /// JWE compact serialization (RFC 7516 section 7.1): encrypted, not signed.
    JweCompact,
    /// JWE JSON serialization (RFC 7516 section 7.2), flat or general: encrypted, not signed.
    JweJson,
    /// No JSON header could be found: a token only its issuer can read, or no token at all.
    Opaque,
    /// Longer than this crate reads.
    TooLarge,
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

/// One of several tokens in a paste, in JSON or inside another token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FoundToken {
    /// What it stands under, or what it is: `refresh_token`, `Signature 1, ES256, kid x`, `Level 2, payload, RS256`. May be
    /// empty.
    pub name: String,
    /// The token.
    pub token: String,
}

/// One segment of a compact token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Segment {
    /// What the segment is.
    pub kind: SegmentKind,
    /// First byte of the segment in the token.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
}

/// What a segment of a compact token holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SegmentKind {
    /// The JOSE header.
    Header,
    /// The claims set of a JWS.
    Payload,
    /// The signature of a JWS.
    Signature,
    /// The content encryption key of a JWE, itself encrypted; empty where the key is agreed on or shared (RFC 7516).
    EncryptedKey,
    /// The initialization vector of a JWE.
    InitializationVector,
    /// The encrypted content of a JWE.
    Ciphertext,
    /// What proves that a JWE's ciphertext and header were not changed.
    AuthenticationTag,
    /// A segment that no serialization has a place for.
    Extra,
}

/// Something wrong with the text itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Problem {
    /// What is wrong, a short title: "Character 188 is not base64url".
    pub title: String,
    /// Why, and what to do: "Found `+`, which belongs to plain base64. base64url writes `-` instead."
    pub message: String,
    /// The segment it is in, if it is in one.
    pub segment: Option<SegmentKind>,
    /// The byte of the token it points at, if it points at one.
    pub at: Option<u32>,
}

/// What is known about the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SignatureReport {
    /// One of five states.
    pub state: SignatureState,
    /// One sentence: which key, from where, or why not.
    pub reason: String,
    /// The `kid` of the key that was used, if one was.
    pub kid: Option<String>,
    /// Where that key came from: "GNOME Keyring".
    pub origin: Option<String>,
    /// The signature's parts in hexadecimal: `r` and `s` for ECDSA, `signature` for everything else.
    pub parts: Vec<SignaturePart>,
}

/// The five states a signature can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SignatureState {
    /// It matches, with a key that did not come from the token.
    Verified,
    /// A fitting key was tried and it does not match.
    Mismatch,
    /// No key to try.
    NoKey,
    /// The algorithm is not one this build can check.
    Unsupported,
    /// There is no signature to check.
    Unsigned,
}

/// One named part of a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SignaturePart {
    /// `r`, `s` or `signature`.
    pub name: String,
    /// Lower-case hexadecimal, in groups of eight.
    pub hex: String,
    /// Length in bytes.
    pub bytes: u32,
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
}
