//! Invariants of the answer to any text. The fuzz target in `fuzz/` runs the same function.

use inspect::report::{Check, Outcome, Report, SegmentKind, SignatureState, Step, VerdictOutcome};
use inspect::{SecretForm, UserKey, check, check_with_user_key, parse, parse_as_pasted};
use jose::{
    Algorithm, Evidence, Facts, KeyChoice, KeyTrust, Policy, RevocationFact, SigningKey, UserFact, base64url, judge,
    parse_exact, signing_input,
};

/// The time of all answers.
pub(crate) const NOW: i64 = 1_795_440_727;

const CHECKS: [Check; 9] = [
    Check::Parse,
    Check::Algorithm,
    Check::Key,
    Check::Signature,
    Check::Time,
    Check::IssuerAndAudience,
    Check::Revocation,
    Check::User,
    Check::Scopes,
];

/// A key, and rules that tokens signed with it pass.
pub(crate) struct Judge {
    key: SigningKey,
    evidence: Evidence,
}

impl Judge {
    /// Takes the key that tokens are verified with; `None` if it cannot be created.
    pub(crate) fn new() -> Option<Judge> {
        let key = SigningKey::from_hmac(Algorithm::Hs256, &[7; 32], "k").ok()?;
        let choice = KeyChoice::Found {
            key: key.verifying_key().clone(),
            kid: "k".to_owned(),
            origin: "memory".to_owned(),
            note: String::new(),
            trust: KeyTrust::Issuer,
        };
        let policy = Policy {
            issuer: Some("i".to_owned()),
            audience: Some("a".to_owned()),
            algorithms: vec![Algorithm::Hs256],
            ..Policy::default()
        };
        let user = UserFact::Active { scopes: vec!["r".to_owned(), "w".to_owned()] };
        let facts = Facts { revocation: RevocationFact::Live { until: None }, user };
        Some(Judge { key, evidence: Evidence { policy, key: choice, facts, now: NOW } })
    }

    /// The key that tokens are verified with.
    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Reads a text as a person pastes it and as a server receives it, and panics if an answer is invalid.
    ///
    /// Returns the answer to the paste.
    pub(crate) fn answer(&self, text: &str) -> Report {
        let exact = parse_exact(text);
        let judgement = judge(&exact, &self.evidence);
        if judgement.verdict.outcome == VerdictOutcome::Accepted {
            // If a server accepts the text exactly as sent, a person sees it accepted too.
            let shown = check(&exact.into(), &self.evidence);
            assert_eq!(shown.token, text);
            let trace: Vec<Step> = judgement.trace.into_iter().map(Step::from).collect();
            assert_eq!((shown.verdict, shown.trace), (judgement.verdict, trace));
        }
        let report = check(&parse(text), &self.evidence);
        look_at(&report);
        if report.signature.state == SignatureState::Verified {
            self.is_signed(&report);
        }
        report
    }

    /// Checks a text with any other text as its key, and panics if the answer is invalid.
    pub(crate) fn answer_with(&self, text: &str, key: &str) -> Report {
        let forms = [SecretForm::Text, SecretForm::Base64, SecretForm::Hex];
        let given = UserKey::new(key, forms[key.len() % 3]);
        let report = check_with_user_key(&parse(text), &given, &self.evidence);
        look_at(&report);
        assert!(report.user_key.is_some());
        report
    }

    /// Reads any text as a key, to check with and to sign with; true if it signs.
    pub(crate) fn answer_key(&self, text: &str, wanted: Option<Algorithm>) -> bool {
        let Ok(key) = UserKey::new(text, SecretForm::Text).signing_key(wanted, None) else { return false };
        assert_eq!(key.public_jwk().is_none(), key.algorithm().is_symmetric());
        true
    }

    /// Reads an SD-JWT with these claims and disclosures, byte for byte and as a paste.
    pub(crate) fn answer_presentation(&self, claims: &str, disclosures: &[&str]) -> Report {
        let encoded = disclosures.iter().map(|json| base64url::encode(json.as_bytes()));
        let header = r#"{"alg":"ES256","typ":"dc+sd-jwt"}"#;
        let token = format!("{}.YQ", signing_input(header.as_bytes(), claims.as_bytes()));
        let text = format!("{token}~{}", encoded.map(|part| format!("{part}~")).collect::<String>());
        let exact = check(&parse_as_pasted(&text), &self.evidence);
        look_at(&exact);
        assert_eq!(exact.token, token);
        self.answer(&text)
    }

    /// Reads a JWE with this header and these bytes in its segments, with a key of 16 bytes.
    pub(crate) fn answer_encrypted(&self, header: &str, bytes: [&[u8]; 4]) -> Report {
        let parts = bytes.map(base64url::encode).join(".");
        let text = format!("{}.{parts}", base64url::encode(header.as_bytes()));
        self.answer_with(&text, r#"{"kty":"oct","k":"BwcHBwcHBwcHBwcHBwcHBw"}"#)
    }

    /// Signs again what the report calls verified: HMAC gives the same bytes only for the same input.
    fn is_signed(&self, report: &Report) {
        let place = |kind| report.segments.iter().find(|segment| segment.kind == kind);
        let (payload, signature) = (place(SegmentKind::Payload), place(SegmentKind::Signature));
        assert!(payload.is_some() && signature.is_some(), "verified without a signature");
        let (Some(payload), Some(signature)) = (payload, signature) else { return };
        let own = self.key.signature(&report.token.as_bytes()[..payload.end as usize]).unwrap_or_default();
        let signature = &report.token[signature.start as usize..signature.end as usize];
        // The last symbol may have spare bits; the parse check reports that.
        assert_eq!(signature.get(..42), signing_input(&own, b"").get(..42), "verified without being signed");
    }
}

fn look_at(report: &Report) {
    places(report);
    verdict(report);
    assert!(report.tokens.len() <= 50 && report.tokens.len() != 1);
    assert!(report.findings.len() <= 40 && report.problems.len() <= 20);
    assert!(report.trace.iter().all(|step| !step.reason.is_empty() && step.reason.len() < 4000));
    for (index, found) in report.tokens.iter().enumerate() {
        assert!(!report.tokens[..index].iter().any(|earlier| earlier.token == found.token), "listed twice");
    }
}

/// Every offset points into the token, and into the right segment.
fn places(report: &Report) {
    let token = &report.token;
    assert!(report.segments.is_empty() || token.is_ascii());
    let mut end = 0;
    for segment in &report.segments {
        assert!(segment.start >= end && segment.start <= segment.end, "{:?}", report.segments);
        assert!(token.get(segment.start as usize..segment.end as usize).is_some());
        end = segment.end;
    }
    for (members, kind) in [(&report.header, SegmentKind::Header), (&report.claims, SegmentKind::Payload)] {
        let segment = report.segments.iter().find(|segment| segment.kind == kind);
        let (start, end) = segment.map_or((0, 0), |segment| (segment.start, segment.end));
        for member in members {
            assert!(start <= member.start && member.start <= member.end && member.end <= end, "{member:?}");
        }
    }
    for problem in &report.problems {
        assert!(problem.at.is_none_or(|at| token.is_char_boundary(at as usize)), "{problem:?}");
    }
}

/// The verdict follows from the nine checks and the signature. Only checks that no policy asked for may be skipped.
fn verdict(report: &Report) {
    let checks: Vec<Check> = report.trace.iter().map(|step| step.check).collect();
    assert_eq!(checks, CHECKS);
    let failed = report.trace.iter().find(|step| step.outcome == Outcome::Fail).map(|step| step.check);
    let signature = report.trace.iter().find(|step| step.check == Check::Signature).map(|step| step.outcome);
    let verified = report.signature.state == SignatureState::Verified;
    assert_eq!(signature == Some(Outcome::Pass), verified);
    assert_eq!(report.verdict.stopped_at, failed);
    let is_made = |step: &Step| matches!(step.outcome, Outcome::Pass | Outcome::Warn);
    let proven = verified && report.trace[..4].iter().all(is_made);
    let expected = match (failed, proven) {
        (Some(_), _) => VerdictOutcome::Rejected,
        (None, true) => VerdictOutcome::Accepted,
        (None, false) => VerdictOutcome::NotVerified,
    };
    assert_eq!(report.verdict.outcome, expected);
}
