//! A bench that runs both judges.

use aws_lc_rs::hmac;
use inspect::report::{Outcome, VerdictOutcome};
use inspect::{check, parse};
use jose::{
    Algorithm, Evidence, Facts, KeyChoice, KeyTrust, Policy, RevocationFact, SigningKey, UserFact, VerifyingKey,
};
use jose::{judge, parse_exact};

use crate::second::{self, Key, Keyed, Ruling};

/// The time of all judgements.
pub(crate) const NOW: i64 = 1_795_440_727;

/// Rules, facts and a key, as each judge takes them.
pub(crate) struct Bench {
    pub(crate) evidence: Evidence,
    keyed: Option<Keyed>,
}

/// The secret of the tokens created here.
const SECRET: [u8; 32] = [7; 32];

pub(crate) fn signer() -> SigningKey {
    SigningKey::from_hmac(Algorithm::Hs256, &SECRET, "k").unwrap()
}

impl Bench {
    pub(crate) fn new(policy: Policy, facts: Facts, key: Option<(VerifyingKey, Keyed)>) -> Bench {
        let (choice, keyed) = match key {
            None => (KeyChoice::None { reason: "No key".to_owned() }, None),
            Some((key, keyed)) => {
                let (kid, origin) = ("k".to_owned(), "memory".to_owned());
                (KeyChoice::Found { key, kid, origin, note: String::new(), trust: KeyTrust::Issuer }, Some(keyed))
            }
        };
        Bench { evidence: Evidence { policy, key: choice, facts, now: NOW }, keyed }
    }

    /// With the key of [`signer`].
    pub(crate) fn own(policy: Policy, facts: Facts) -> Bench {
        let keyed =
            Keyed { algorithm: Algorithm::Hs256, key: Key::Hmac(Box::new(hmac::Key::new(hmac::HMAC_SHA256, &SECRET))) };
        Bench::new(policy, facts, Some((signer().verifying_key().clone(), keyed)))
    }

    /// Judges a token with both, as a server receives it and as a person does, and panics if they differ.
    pub(crate) fn agree(&self, token: &str) -> Ruling {
        let Evidence { policy, facts, now, .. } = &self.evidence;
        let ruling = second::judge(token, policy, self.keyed.as_ref(), facts, *now);
        let parsed = parse_exact(token);
        let judged = judge(&parsed, &self.evidence);
        let accepted = judged.verdict.outcome == VerdictOutcome::Accepted;
        if accepted != (ruling == Ruling::Accept) || judged.verdict.outcome == VerdictOutcome::NotVerified {
            let trace: Vec<String> =
                judged.trace.iter().map(|step| format!("{:?} {}", step.outcome, step.reason)).collect();
            unreachable!(
                "{}; the second judge: {ruling:?}\n{trace:#?}\n{:?}\n{:?}\n{}",
                judged.verdict.detail,
                policy,
                facts,
                shortened(token)
            );
        }
        if accepted {
            assert!(judged.trace.iter().take(4).all(|step| matches!(step.outcome, Outcome::Pass | Outcome::Warn)));
        }
        ruling
    }

    /// The same, plus the report for a person, who may have pasted it with something around it.
    pub(crate) fn agree_with_inspect(&self, token: &str) -> Ruling {
        let ruling = self.agree(token);
        let Evidence { policy, facts, now, .. } = &self.evidence;
        for parsed in [parse_exact(token).into(), parse(token)] {
            let report = check(&parsed, &self.evidence);
            let cleaned = second::judge(&report.token, policy, self.keyed.as_ref(), facts, *now);
            let accepted = report.verdict.outcome == VerdictOutcome::Accepted;
            assert_eq!(accepted, cleaned == Ruling::Accept, "{}: {}", report.verdict.detail, shortened(token));
        }
        ruling
    }
}

fn shortened(token: &str) -> String {
    if token.len() > 4000 {
        format!("{}… ({} bytes)", token.get(..4000).unwrap_or_default(), token.len())
    } else {
        token.to_owned()
    }
}

/// Rules of every kind: what may be required, and what may be left open.
pub(crate) fn policies() -> Vec<Policy> {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let open = Policy {
        algorithms: Algorithm::ALL.to_vec(),
        required_claims: Vec::new(),
        max_lifetime_seconds: 3600,
        ..Policy::default()
    };
    let access = Policy {
        issuer: Some("https://issuer.example".to_owned()),
        audience: Some("api".to_owned()),
        algorithms: vec![Algorithm::Hs256, Algorithm::Es256, Algorithm::EdDsa],
        typ: Some("at+jwt".to_owned()),
        required_claims: texts(&["iss", "sub", "aud", "client_id", "iat", "exp", "jti", "sid"]),
        ..open.clone()
    };
    vec![
        access.clone(),
        Policy { own_tokens: true, ..access.clone() },
        Policy { own_tokens: true, required_scopes: texts(&["read"]), leeway_seconds: 30, ..access.clone() },
        Policy { required_scopes: texts(&["read", "write"]), ..access.clone() },
        Policy { algorithms: vec![Algorithm::Rs256], ..access.clone() },
        Policy { algorithms: Vec::new(), ..access },
        Policy { typ: Some("JWT".to_owned()), required_claims: texts(&["exp"]), ..open.clone() },
        Policy { required_claims: texts(&["scope", "nbf"]), leeway_seconds: 60, ..open.clone() },
        Policy { required_claims: texts(&["scp", "auth_time", "tenant"]), ..open.clone() },
        Policy { own_tokens: true, max_lifetime_seconds: 0, ..open.clone() },
        open,
    ]
}

/// Facts that may be known about a token.
pub(crate) fn facts() -> Vec<Facts> {
    let because = || "because".to_owned();
    let live = || RevocationFact::Live { until: Some(NOW + 5000) };
    let active = || UserFact::Active { scopes: vec!["read".to_owned(), "write".to_owned()] };
    let good = || Facts { revocation: live(), user: active() };
    let revocations = [
        RevocationFact::Live { until: None },
        RevocationFact::Live { until: Some(NOW) },
        RevocationFact::Live { until: Some(NOW + 1) },
        RevocationFact::NotKept(because()),
        RevocationFact::Unknown(because()),
        RevocationFact::Unavailable(because()),
        RevocationFact::TokenRevoked { at: NOW - 1 },
        RevocationFact::TokenUsed { at: NOW - 1 },
        RevocationFact::SessionEnded { at: NOW - 1 },
        RevocationFact::SessionMissing,
        RevocationFact::SessionOfAnother,
        RevocationFact::Forgotten,
    ];
    let users = [
        UserFact::Active { scopes: Vec::new() },
        UserFact::Active { scopes: vec!["read".to_owned()] },
        UserFact::Unknown(because()),
        UserFact::Unavailable(because()),
        UserFact::Missing,
        UserFact::Inactive,
    ];
    let by_revocation = revocations.into_iter().map(|revocation| Facts { revocation, ..good() });
    let by_user = users.into_iter().map(|user| Facts { user, ..good() });
    [good(), Facts::unknown("Issued elsewhere"), Facts::unavailable("The disk is gone")]
        .into_iter()
        .chain(by_revocation)
        .chain(by_user)
        .collect()
}
