//! Good tokens of many issuers, written after the issuers' documents: none of them raises an alarm.

#![expect(clippy::unwrap_used, reason = "a token that cannot be made should stop its test")]

mod ci;
mod platforms;
mod providers;

use inspect::report::{Outcome, Report, Severity, VerdictOutcome};
use inspect::{check, parse};
use jose::{Algorithm, Evidence, Facts, KeyChoice, KeyTrust, Kind, Policy, PrivateKey, SigningKey};

/// The time of all tokens, in words of their claims: `NOW`, and `NOW+3600` or `NOW-60`.
const NOW: i64 = 1_795_440_727;

/// One good token: who issued it, its header without `alg`, and its claims.
type Good = (&'static str, &'static str, &'static str);

/// The rules that Inspect has for a stranger's token: those of its kind, or any issuer.
fn policy(token: &str) -> Policy {
    let anywhere = 30 * 86_400;
    match Kind::of(&parse(token)) {
        Some(kind) => Policy { max_lifetime_seconds: anywhere, ..Policy::for_kind(kind) },
        None => Policy {
            algorithms: Algorithm::ALL.to_vec(),
            required_claims: Vec::new(),
            max_lifetime_seconds: anywhere,
            ..Policy::default()
        },
    }
}

/// `NOW`, `NOW+n` and `NOW-n` as numbers.
fn at_now(claims: &str) -> String {
    let mut pieces = claims.split("NOW");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find([',', '}', ']', '"']).unwrap();
        let (by, rest) = piece.split_at(end);
        let by: i64 = if by.is_empty() { 0 } else { by.parse().unwrap() };
        text.push_str(&format!("{}{rest}", NOW + by));
    }
    text
}

/// The report about such a token, given the key that its header names.
fn inspected(key: &SigningKey, header: &str, claims: &str) -> Report {
    let alg = key.algorithm();
    let header = format!(r#"{{"alg":"{alg}",{}"#, header.trim_start_matches('{'));
    let token = key.dangerous_sign(&header, at_now(claims).as_bytes()).unwrap();
    let choice = KeyChoice::Found {
        key: key.verifying_key().clone(),
        kid: parse(&token).header_text("kid").unwrap_or_default().to_owned(),
        origin: "the issuer's JWK Set".to_owned(),
        note: String::new(),
        trust: KeyTrust::Issuer,
    };
    let facts = Facts::unknown("Not checked");
    check(&parse(&token), &Evidence { policy: policy(&token), key: choice, facts, now: NOW })
}

/// What an alarmed reader would ask about: findings above *info*, and checks that are not plainly passed.
fn alarms(report: &Report) -> Vec<String> {
    let findings = report.findings.iter().filter(|finding| finding.severity != Severity::Info);
    let findings = findings.map(|finding| format!("{:?} {}: {}", finding.severity, finding.title, finding.message));
    let steps = report.trace.iter().filter(|step| matches!(step.outcome, Outcome::Fail | Outcome::Warn));
    let steps = steps.map(|step| format!("{:?} {}: {}", step.outcome, step.name, step.reason));
    let mut all: Vec<String> = findings.chain(steps).collect();
    if report.verdict.outcome != VerdictOutcome::Accepted {
        all.push(report.verdict.detail.to_string());
    }
    all
}

#[test]
fn sixty_good_tokens_of_twenty_issuers_raise_no_alarm() {
    let private = |pem: &str, algorithm| {
        PrivateKey::read(pem.as_bytes(), Some(algorithm)).unwrap().signing_key(Some("k")).unwrap()
    };
    let keys = [
        SigningKey::from_hmac(Algorithm::Hs256, &[0x5a; 32], "k").unwrap(),
        private(include_str!("../../../jose/vectors/keys/rsa2048.pkcs8.pem"), Algorithm::Rs256),
        private(include_str!("../../../jose/vectors/keys/p256.pkcs8.pem"), Algorithm::Es256),
        private(include_str!("../../../jose/vectors/keys/ed25519.pkcs8.pem"), Algorithm::EdDsa),
    ];
    let good: Vec<Good> = [providers::GOOD, platforms::GOOD, ci::GOOD].concat();
    let mut wrong = Vec::new();
    for ((issuer, header, claims), key) in good.iter().flat_map(|good| keys.iter().map(move |key| (good, key))) {
        let report = inspected(key, header, claims);
        wrong.extend(alarms(&report).into_iter().map(|alarm| format!("{issuer}, {}: {alarm}", key.algorithm())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let mut issuers: Vec<&str> = good.iter().filter_map(|(name, ..)| name.split(',').next()).collect();
    issuers.sort_unstable();
    issuers.dedup();
    assert!(good.len() >= 60 && issuers.len() >= 20, "{} tokens of {} issuers", good.len(), issuers.len());
}

#[test]
fn what_is_wrong_is_told_of_a_strangers_token_too() {
    let key = SigningKey::from_hmac(Algorithm::Hs256, &[0x5a; 32], "k").unwrap();
    let claims = r#"{"iss":"https://dev-abc.us.auth0.com/","sub":"auth0|5f","aud":"a","exp":NOW+60,
        "password":"x1y2z3"}"#;
    assert_ne!(alarms(&inspected(&key, r#"{"typ":"JWT"}"#, claims)), [""; 0]);
    let claims = r#"{"iss":"https://dev-abc.us.auth0.com/","sub":"auth0|5f","aud":"a"}"#;
    assert_ne!(alarms(&inspected(&key, r#"{"typ":"JWT"}"#, claims)), [""; 0]);
}
