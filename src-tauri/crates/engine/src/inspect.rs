//! Inspecting a token with this profile's keys, users and sessions.

use crate::{
    Engine,
    policy::Policy,
    store::{self, StoreError},
    tokens::ACCESS_TYP,
};
use jose::{Facts, KeyChoice, Parsed, RevocationFact, UserFact, VerifyingKey, report::Report};

impl Engine {
    /// Says what a text is, who signed it, and whether a server with this profile's policy would take it now.
    ///
    /// Needs no private key, so it works while the keyring is locked. A database that fails makes the checks that need
    /// it "not checked"; the token is decoded all the same.
    pub fn inspect(&self, text: &str) -> Report {
        let parsed = jose::parse(text);
        let key =
            self.verifying_key(&parsed).unwrap_or_else(|error| KeyChoice::Unavailable { reason: error.to_string() });
        let facts = self.facts(&parsed).unwrap_or_else(|error| {
            let why = error.to_string();
            Facts { revocation: RevocationFact::Unknown(why.clone()), user: UserFact::Unknown(why) }
        });
        jose::check(&parsed, &access_policy(&self.policy), &key, &facts, self.clock.now().seconds())
    }

    fn verifying_key(&self, token: &Parsed) -> Result<KeyChoice, StoreError> {
        let none = |reason: String| Ok(KeyChoice::None { reason });
        let Some(kid) = token.header_text("kid") else {
            return none("The header names no kid, so no key of this profile is tried".into());
        };
        let Some(row) = self.store.read(|db| store::signing_keys::access_by_kid(db, kid))? else {
            return none("No key of this profile has that kid".into());
        };
        let key = row.public_jwk.as_deref().map(|jwk| VerifyingKey::from_jwk(jwk, None));
        Ok(match key {
            Some(Ok(key)) => KeyChoice::Found {
                key,
                note: format!("Access key, {}", row.state),
                kid: row.kid,
                origin: self.vault.name(),
            },
            Some(Err(error)) => {
                KeyChoice::Unavailable { reason: format!("The stored public key is unusable: {error}") }
            }
            None => KeyChoice::Unavailable { reason: "This key has no public part".into() },
        })
    }

    fn facts(&self, token: &Parsed) -> Result<Facts, StoreError> {
        if token.claim_text("iss") != Some(&self.policy.issuer) {
            let elsewhere = || "Issued elsewhere, so this profile cannot know".to_owned();
            return Ok(Facts {
                revocation: RevocationFact::Unknown(elsewhere()),
                user: UserFact::Unknown(elsewhere()),
            });
        }
        let (sid, sub) = (token.claim_text("sid"), token.claim_text("sub"));
        self.store.read(|db| {
            let revocation = match sid {
                None => RevocationFact::Unknown("No sid claim to look up".into()),
                Some(sid) => match store::sessions::by_sid(db, sid)? {
                    None => RevocationFact::SessionMissing,
                    Some(session) => session
                        .ended_at
                        .map_or(RevocationFact::Live, |at| RevocationFact::SessionEnded { at: at.seconds() }),
                },
            };
            let user = match sub {
                None => UserFact::Unknown("No sub claim to look up".into()),
                Some(sub) => match store::users::by_name(db, sub)? {
                    None => UserFact::Missing,
                    Some(user) if !user.active => UserFact::Inactive,
                    Some(user) => {
                        UserFact::Active { scopes: user.scopes.iter().map(|scope| scope.as_str().to_owned()).collect() }
                    }
                },
            };
            Ok(Facts { revocation, user })
        })
    }
}

/// What a resource server that trusts this profile asks of an access token.
fn access_policy(policy: &Policy) -> jose::Policy {
    let required = ["iss", "sub", "aud", "client_id", "iat", "exp", "jti"];
    jose::Policy {
        name: policy.audience.clone(),
        issuer: Some(policy.issuer.clone()),
        audience: Some(policy.audience.clone()),
        algorithms: policy.algorithms.clone(),
        typ: Some(ACCESS_TYP.into()),
        required_claims: required.into_iter().map(str::to_owned).collect(),
        required_scopes: Vec::new(),
        leeway_seconds: policy.leeway_seconds,
        max_lifetime_seconds: i64::try_from(policy.longest_access_token_lifetime.as_secs()).unwrap_or(i64::MAX),
    }
}
