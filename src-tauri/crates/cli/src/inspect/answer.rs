//! The output of `twb inspect --json` and `twb guard --json`. `twb inspect --json-schema` describes it.

use crate::print::Form;
use inspect::report::{
    AppSignature, AppSignatureState, CleanUp, Finding, Format, FoundToken, Judgement, KindReport, Outcome, Problem,
    Remedy, Report, SegmentKind, Severity, SignatureState, Step, UserKeyReport, VerdictOutcome,
};
use jose::base64url;
use jose::json::{MAX_DEPTH, string_end};
use jose::judgement::Check;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;
use serde_json::value::RawValue;

/// The output of `twb inspect --json`. Fields may be added, but never renamed or removed.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "twb inspect --json")]
pub(super) struct Inspected<'a> {
    /// The detected format of the text.
    format: Format,
    /// What the text is, if it is no whole JWT: "Flask session cookie"; null for a JWT and for what is not known.
    not_a_jwt: Option<&'a str>,
    /// The signature that an app made over a cookie or another value, if the text is one; else absent. It is checked
    /// with the secret of `--secret`.
    #[serde(skip_serializing_if = "Option::is_none")]
    app_signature: Option<AppSignatureAnswer<'a>>,
    /// The kind of token, if it has rules of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<KindAnswer<'a>>,
    /// The header verbatim, with digits and duplicate names preserved; null if it could not be read, or nests too deep.
    #[schemars(with = "Option<serde_json::Value>")]
    header: Option<Box<RawValue>>,
    /// The claims set verbatim, with digits and duplicate names preserved; null if it could not be read, or nests too
    /// deep to stand here.
    #[schemars(with = "Option<serde_json::Value>")]
    claims: Option<Box<RawValue>>,
    /// The payload's bytes, if they are known and `claims` is null; else absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<PayloadAnswer<'a>>,
    /// What a server would decide. The exit code says the same: 0, 1 and 3.
    verdict: VerdictOutcome,
    /// The state of the signature.
    signature: SignatureState,
    /// The reason for that state.
    reason: &'a str,
    /// The nine checks, in the order a server makes them.
    trace: Vec<TraceStep<'a>>,
    /// Findings that fail no check, worst first.
    findings: Vec<FindingAnswer<'a>>,
    /// The policy the token was judged by.
    policy: PolicyAnswer<'a>,
    /// What was removed around the token.
    clean_ups: Vec<CleanUpAnswer<'a>>,
    /// What is wrong with the text itself.
    problems: Vec<ProblemAnswer<'a>>,
    /// All tokens in the input, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<TokenAnswer<'a>>,
    /// The given key; absent if none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<KeyAnswer<'a>>,
    /// Ways to get the key that is missing, if that is all that is missing and none was given; else absent.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    ways_to_get_the_key: &'a [String],
    /// How the profile's clock is moved; absent if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<serde_json::Value>,
}

/// The output of `twb guard --json`.
#[derive(Serialize)]
pub(super) struct Guarded<'a> {
    verdict: VerdictOutcome,
    signature: SignatureState,
    trace: Vec<TraceStep<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<serde_json::Value>,
}

/// What an app signed for itself.
#[derive(Serialize, JsonSchema)]
struct AppSignatureAnswer<'a> {
    /// Whose way of signing it is: "Flask".
    maker: &'a str,
    /// What the given secret showed.
    state: AppSignatureState,
    /// The same in a sentence.
    reason: &'a str,
    /// When it was signed, in seconds since the Unix epoch; null if it does not say so.
    signed_at: Option<i64>,
    /// How many seconds a session is taken after that, unless the app sets another time; null if it is no session or
    /// there is no limit.
    lifetime: Option<u32>,
}

/// A kind of token that has rules of its own.
#[derive(Serialize, JsonSchema)]
struct KindAnswer<'a> {
    name: &'a str,
    /// What there is to know about it.
    notes: &'a [String],
}

/// A payload that is no claims set.
#[derive(Serialize, JsonSchema)]
struct PayloadAnswer<'a> {
    /// Its length.
    bytes: usize,
    /// Its bytes, as the token writes them.
    base64url: &'a str,
}

/// A policy, and how it came to be the one.
#[derive(Serialize, JsonSchema)]
struct PolicyAnswer<'a> {
    name: &'a str,
    /// Why it was chosen; empty if `--policy` named it.
    chosen: &'a str,
}

/// One of the nine checks.
#[derive(Serialize, JsonSchema)]
struct TraceStep<'a> {
    check: Check,
    outcome: Outcome,
    reason: &'a str,
    /// The source of the rule.
    rfc: &'a str,
    /// What must change to pass, or should change after a warning; absent if nothing is known.
    #[serde(skip_serializing_if = "str::is_empty")]
    fix: &'a str,
}

/// A finding that fails no check.
#[derive(Serialize, JsonSchema)]
struct FindingAnswer<'a> {
    /// A stable identifier.
    id: &'a str,
    severity: Severity,
    title: &'a str,
    message: &'a str,
    /// The source of the rule.
    rfc: &'a str,
}

/// Something that was removed around the token.
#[derive(Serialize, JsonSchema)]
struct CleanUpAnswer<'a> {
    message: &'a str,
    removed: &'a str,
    /// Why a server refuses the token with it; null if it is harmless.
    refused: Option<&'a str>,
}

/// A problem with the text.
#[derive(Serialize, JsonSchema)]
struct ProblemAnswer<'a> {
    title: &'a str,
    message: &'a str,
    /// The segment it is in.
    segment: Option<SegmentKind>,
    /// The index of the character in the token, counted from 0.
    at: Option<u32>,
}

/// One of several tokens.
#[derive(Serialize, JsonSchema)]
struct TokenAnswer<'a> {
    /// The name it was found under; may be empty.
    name: &'a str,
    token: &'a str,
}

/// A given key.
#[derive(Serialize, JsonSchema)]
struct KeyAnswer<'a> {
    summary: &'a str,
    /// Why it cannot be used.
    problem: Option<&'a str>,
    /// What was repaired to read it.
    repairs: &'a [String],
    /// A change to the key that makes the signature match.
    remedy: Option<Remedy>,
}

impl<'a> Inspected<'a> {
    pub(super) fn new(report: &'a Report, ways_to_get_the_key: &'a [String], form: &Form) -> Self {
        let claims = as_it_stands(&report.claims_json);
        Self {
            format: report.format,
            not_a_jwt: report.not_a_jwt.as_deref(),
            app_signature: report.app_signature.as_ref().map(AppSignatureAnswer::new),
            kind: report.kind.as_ref().map(|KindReport { name, notes }| KindAnswer { name, notes }),
            header: as_it_stands(&report.header_json),
            payload: if claims.is_none() { PayloadAnswer::new(report) } else { None },
            claims,
            verdict: report.verdict.outcome,
            signature: report.signature.state,
            reason: &report.signature.reason,
            trace: report.trace.iter().map(TraceStep::new).collect(),
            findings: report.findings.iter().map(FindingAnswer::new).collect(),
            policy: PolicyAnswer { name: &report.policy.name, chosen: &report.policy.chosen },
            clean_ups: report.clean_ups.iter().map(CleanUpAnswer::new).collect(),
            problems: report.problems.iter().map(ProblemAnswer::new).collect(),
            tokens: report.tokens.iter().map(TokenAnswer::new).collect(),
            key: report.user_key.as_ref().map(KeyAnswer::new),
            ways_to_get_the_key,
            clock: form.moved.as_ref().map(|moved| moved.json.clone()),
        }
    }
}

impl<'a> Guarded<'a> {
    pub(super) fn new(judgement: &'a Judgement, trace: &'a [Step], form: &Form) -> Self {
        Self {
            verdict: judgement.verdict.outcome,
            signature: judgement.signature.state,
            trace: trace.iter().map(TraceStep::new).collect(),
            clock: form.moved.as_ref().map(|moved| moved.json.clone()),
        }
    }
}

impl<'a> AppSignatureAnswer<'a> {
    fn new(signature: &'a AppSignature) -> Self {
        let AppSignature { maker, state, reason, signed_at, lifetime, .. } = signature;
        Self { maker, state: *state, reason, signed_at: *signed_at, lifetime: *lifetime }
    }
}

impl<'a> PayloadAnswer<'a> {
    fn new(report: &'a Report) -> Option<Self> {
        let place = report.segments.iter().find(|segment| segment.kind == SegmentKind::Payload)?;
        let base64url = &report.token[place.start as usize..place.end as usize];
        Some(Self { bytes: base64url::decode_strict(base64url)?.len(), base64url })
    }
}

impl<'a> TraceStep<'a> {
    fn new(step: &'a Step) -> Self {
        Self { check: step.check, outcome: step.outcome, reason: &step.reason, rfc: step.rfc, fix: &step.fix }
    }
}

impl<'a> FindingAnswer<'a> {
    fn new(finding: &'a Finding) -> Self {
        let Finding { id, severity, title, message, rfc, secret: _ } = finding;
        Self { id, severity: *severity, title, message, rfc }
    }
}

impl<'a> CleanUpAnswer<'a> {
    fn new(CleanUp { message, removed, refused }: &'a CleanUp) -> Self {
        Self { message, removed, refused: *refused }
    }
}

impl<'a> ProblemAnswer<'a> {
    fn new(problem: &'a Problem) -> Self {
        Self { title: &problem.title, message: &problem.message, segment: problem.segment, at: problem.at }
    }
}

impl<'a> TokenAnswer<'a> {
    fn new(FoundToken { name, token }: &'a FoundToken) -> Self {
        Self { name, token }
    }
}

impl<'a> KeyAnswer<'a> {
    fn new(given: &'a UserKeyReport) -> Self {
        let UserKeyReport { summary, problem, repairs, remedy, encrypted: _ } = given;
        Self { summary, problem: problem.as_deref(), repairs, remedy: *remedy }
    }
}

/// JSON text with digits and duplicate names preserved, indented for its place; `None` if it is not JSON, or would make
/// the answer nest deeper than what is read.
fn as_it_stands(text: &str) -> Option<Box<RawValue>> {
    if nesting(text) >= MAX_DEPTH {
        return None;
    }
    RawValue::from_string(text.replace('\n', "\n  ")).ok()
}

/// How deep JSON text nests: 1 for `[]`.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest, mut at) = (0_usize, 0, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => {
                at = string_end(text, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        at += 1;
    }
    deepest
}

/// The JSON Schema of [`Inspected`].
pub(super) fn schema() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    format!("{:#}\n", settings.into_generator().into_root_schema_for::<Inspected<'static>>().as_value())
}
