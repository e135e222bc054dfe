//! Shared by the tests of this crate and of `inspect`: freshly made keys, and tokens that are valid until a test breaks
//! them.

use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self as suite, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaKeyPair};

use jose::{Algorithm, Evidence, Facts, KeyChoice, KeyTrust, Policy, RevocationFact, SigningKey, UserFact};

/// 23 Nov 2026 14:32:07 in Berlin, as in the design's pictures.
pub(crate) const NOW: i64 = 1_795_440_727;

pub(crate) fn pkcs8(algorithm: Algorithm) -> Vec<u8> {
    let ec = |curve: &'static EcdsaSigningAlgorithm| {
        EcdsaKeyPair::generate_pkcs8(curve, &SystemRandom::new()).unwrap().as_ref().to_vec()
    };
    match algorithm {
        Algorithm::Es256 => ec(&suite::ECDSA_P256_SHA256_FIXED_SIGNING),
        Algorithm::Es384 => ec(&suite::ECDSA_P384_SHA384_FIXED_SIGNING),
        Algorithm::Es512 => ec(&suite::ECDSA_P521_SHA512_FIXED_SIGNING),
        Algorithm::Es256K => ec(&suite::ECDSA_P256K1_SHA256_FIXED_SIGNING),
        Algorithm::EdDsa => Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref().to_vec(),
        _ => {
            static RSA: OnceLock<Vec<u8>> = OnceLock::new();
            RSA.get_or_init(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap().as_der().unwrap().as_ref().to_vec())
                .clone()
        }
    }
}

pub(crate) fn signing_key(algorithm: Algorithm) -> SigningKey {
    if algorithm.is_symmetric() {
        return SigningKey::from_hmac(algorithm, &[7; 64], "shared-2026-11").unwrap();
    }
    SigningKey::from_pkcs8(algorithm, &pkcs8(algorithm)).unwrap()
}

/// The ES256 key of most tests.
pub(crate) fn key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| signing_key(Algorithm::Es256))
}

pub(crate) fn found(key: &SigningKey) -> KeyChoice {
    KeyChoice::Found {
        key: key.verifying_key().clone(),
        kid: key.kid().to_owned(),
        origin: "GNOME Keyring".to_owned(),
        note: "Access key, active".to_owned(),
        trust: KeyTrust::Issuer,
    }
}

pub(crate) fn policy() -> Policy {
    Policy {
        name: "items-api".to_owned(),
        issuer: Some("http://localhost:8787".to_owned()),
        audience: Some("items-api".to_owned()),
        algorithms: vec![Algorithm::Es256],
        typ: Some("at+jwt".to_owned()),
        required_claims: ["exp", "iss", "aud", "sub"].map(str::to_owned).to_vec(),
        required_scopes: vec!["items:write".to_owned()],
        leeway_seconds: 0,
        max_lifetime_seconds: 3600,
        jwks: None,
        kind: None,
        own_tokens: false,
    }
}

pub(crate) fn facts() -> Facts {
    Facts {
        revocation: RevocationFact::Live { until: None },
        user: UserFact::Active { scopes: vec!["items:read".to_owned(), "items:write".to_owned()] },
    }
}

/// Evidence at the time of most tests, with no other facts.
pub(crate) fn evidence(policy: Policy, key: KeyChoice) -> Evidence {
    Evidence { policy, key, facts: Facts::unknown("elsewhere"), now: NOW }
}

pub(crate) fn no_key() -> KeyChoice {
    KeyChoice::None { reason: "No key".to_owned() }
}

/// An acceptable token, with everything it is judged by.
pub(crate) struct Draft {
    pub(crate) header: Vec<(String, String)>,
    pub(crate) claims: Vec<(String, String)>,
    pub(crate) policy: Policy,
    pub(crate) facts: Facts,
    pub(crate) key: KeyChoice,
    pub(crate) now: i64,
}

impl Draft {
    /// The same token, judged by its issuer's own rules.
    #[allow(dead_code, reason = "not every crate that shares this needs it")]
    pub(crate) fn own(mut self) -> Draft {
        self.policy.own_tokens = true;
        self
    }

    pub(crate) fn new() -> Draft {
        let pairs = |pairs: &[(&str, String)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<Vec<_>>()
        };
        let text = |text: &str| format!("\"{text}\"");
        Draft {
            header: pairs(&[("alg", text("ES256")), ("typ", text("at+jwt")), ("kid", text(key().kid()))]),
            claims: pairs(&[
                ("iss", text("http://localhost:8787")),
                ("sub", text("alice")),
                ("aud", text("items-api")),
                ("client_id", text("workbench")),
                ("iat", (NOW - 79).to_string()),
                ("nbf", (NOW - 79).to_string()),
                ("exp", (NOW + 821).to_string()),
                ("jti", text("7Q2M9KX4TD")),
                ("sid", text("ses_9f2c41")),
                ("scope", text("items:read items:write")),
                ("amr", r#"["pwd","otp"]"#.to_owned()),
                ("auth_time", (NOW - 79).to_string()),
            ]),
            policy: policy(),
            facts: facts(),
            key: found(key()),
            now: NOW,
        }
    }

    pub(crate) fn claim(mut self, name: &str, json: impl ToString) -> Draft {
        set(&mut self.claims, name, json.to_string());
        self
    }

    pub(crate) fn header(mut self, name: &str, json: impl ToString) -> Draft {
        set(&mut self.header, name, json.to_string());
        self
    }

    /// Adds a second member of that name.
    pub(crate) fn also(mut self, name: &str, json: impl ToString) -> Draft {
        self.claims.push((name.to_owned(), json.to_string()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Draft {
        self.claims.retain(|(known, _)| known != name);
        self.header.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn policy(mut self, change: impl FnOnce(&mut Policy)) -> Draft {
        change(&mut self.policy);
        self
    }

    pub(crate) fn facts(mut self, change: impl FnOnce(&mut Facts)) -> Draft {
        change(&mut self.facts);
        self
    }

    pub(crate) fn key(mut self, key: KeyChoice) -> Draft {
        self.key = key;
        self
    }

    pub(crate) fn token(&self) -> String {
        key().dangerous_sign(&object(&self.header), object(&self.claims).as_bytes()).unwrap()
    }

    /// The same claims, signed with another key and its algorithm.
    pub(crate) fn token_by(&self, key: &SigningKey) -> String {
        key.sign("at+jwt", &object(&self.claims)).unwrap()
    }

    pub(crate) fn evidence(&self) -> Evidence {
        let Draft { policy, facts, key, now, .. } = self;
        Evidence { policy: policy.clone(), key: key.clone(), facts: facts.clone(), now: *now }
    }
}

fn set(members: &mut Vec<(String, String)>, name: &str, json: String) {
    match members.iter_mut().find(|(known, _)| known == name) {
        Some((_, value)) => *value = json,
        None => members.push((name.to_owned(), json)),
    }
}

fn object(members: &[(String, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}
