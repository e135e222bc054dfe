//! The guard, and inspecting: one function judges a token, whether it protects something or explains something.

use crate::{
    Engine,
    clock::Timestamp,
    keys::Purpose,
    policy::{Policy, Revocation, Rotation},
    store::{self, StoreError},
    tokens::ACCESS_TYP,
};
use jose::{
    Facts, KeyChoice, Parsed, RevocationFact, UserFact,
    report::{Report, VerdictOutcome},
};
use rusqlite::Connection;

impl Engine {
    /// Judges a bearer token for an endpoint that needs `scopes`, exactly as it stands: nothing is taken off around it.
    /// The report's verdict is the answer, its trace the reason, in the order of the nine checks.
    ///
    /// # Errors
    /// [`StoreError`]: a guard that cannot look something up must not let anybody in.
    pub fn guard(&self, bearer: &str, scopes: &[String]) -> Result<Report, StoreError> {
        let now = self.now()?;
        let parsed = jose::parse_exact(bearer);
        let facts = self.facts(&parsed)?;
        let report = self.judge(&parsed, scopes, &facts, now);
        if report.verdict.outcome == VerdictOutcome::Accepted {
            self.remember_use(&parsed, now)?;
        }
        Ok(report)
    }

    /// Says what a text is, who signed it, and whether a server with this profile's policy would take it now.
    ///
    /// Needs no private key, so it works while the keyring is locked. A database that fails makes the checks that need
    /// it "not checked"; the token is decoded all the same. Inspecting a token does not count as using it.
    pub fn inspect(&self, text: &str) -> Report {
        let now = self.now().unwrap_or_else(|_| self.clock.now());
        self.check_access(&jose::parse(text), &[], now)
    }

    pub(crate) fn check_access(&self, parsed: &Parsed, scopes: &[String], now: Timestamp) -> Report {
        let facts = self.facts(parsed).unwrap_or_else(|error| Facts::unknown(&error.to_string()));
        self.judge(parsed, scopes, &facts, now)
    }

    fn judge(&self, parsed: &Parsed, scopes: &[String], facts: &Facts, now: Timestamp) -> Report {
        let policy = access_policy(&self.policy, scopes);
        jose::check(parsed, &policy, &self.choose_key(parsed), facts, now.seconds())
    }

    fn choose_key(&self, token: &Parsed) -> KeyChoice {
        let Some(kid) = token.header_text("kid") else {
            return KeyChoice::None { reason: "The header names no kid, so no key of this profile is tried".into() };
        };
        match self.verifying_key(Purpose::Access, kid) {
            Ok(Some(key)) => {
                KeyChoice::Found { note: self.describe_key(kid), key, kid: kid.to_owned(), origin: self.vault.name() }
            }
            Ok(None) => KeyChoice::None { reason: "No key of this profile has that kid".into() },
            Err(error) => KeyChoice::Unavailable { reason: error.to_string() },
        }
    }

    fn facts(&self, token: &Parsed) -> Result<Facts, StoreError> {
        if token.claim_text("iss") != Some(&self.policy.issuer) {
            return Ok(Facts::unknown("Issued elsewhere, so this profile cannot know"));
        }
        let (jti, sid, sub) = (token.claim_text("jti"), token.claim_text("sid"), token.claim_text("sub"));
        self.store.read(|db| Ok(Facts { revocation: self.revocation_fact(db, jti, sid)?, user: user_fact(db, sub)? }))
    }

    fn revocation_fact(
        &self,
        db: &Connection,
        jti: Option<&str>,
        sid: Option<&str>,
    ) -> rusqlite::Result<RevocationFact> {
        if self.revocation_in(db)? == Revocation::ShortLived {
            return Ok(RevocationFact::Unknown("Not looked up: tokens are short-lived here".into()));
        }
        if let Some(at) = jti.map(|jti| store::revoked_tokens::revoked_at(db, jti)).transpose()?.flatten() {
            return Ok(RevocationFact::TokenRevoked { at: at.seconds() });
        }
        let Some(sid) = sid else { return Ok(RevocationFact::Unknown("No sid claim to look up".into())) };
        Ok(match store::sessions::by_sid(db, sid)? {
            None => RevocationFact::SessionMissing,
            Some(session) => match session.ended {
                Some((at, _)) => RevocationFact::SessionEnded { at: at.seconds() },
                None => RevocationFact::Live,
            },
        })
    }

    /// Under the *evidence* preset the first use of an access token is remembered: its pair has reached the client.
    fn remember_use(&self, token: &Parsed, now: Timestamp) -> Result<(), StoreError> {
        let Some(jti) = token.claim_text("jti") else { return Ok(()) };
        let news = self.store.read(|db| {
            Ok(self.rotation_in(db)? == Rotation::Evidence && store::refresh_tokens::is_access_token_unused(db, jti)?)
        })?;
        if news {
            self.store.write(|tx| store::refresh_tokens::access_token_used(tx, jti, now))?;
        }
        Ok(())
    }
}

fn user_fact(db: &Connection, sub: Option<&str>) -> rusqlite::Result<UserFact> {
    let Some(sub) = sub else { return Ok(UserFact::Unknown("No sub claim to look up".into())) };
    Ok(match store::users::by_name(db, sub)? {
        None => UserFact::Missing,
        Some(user) if !user.active => UserFact::Inactive,
        Some(user) => UserFact::Active { scopes: user.scopes.iter().map(|scope| scope.as_str().to_owned()).collect() },
    })
}

/// What a resource server that trusts this profile asks of an access token.
fn access_policy(policy: &Policy, scopes: &[String]) -> jose::Policy {
    let required = ["iss", "sub", "aud", "client_id", "iat", "exp", "jti"];
    jose::Policy {
        name: policy.audience.clone(),
        issuer: Some(policy.issuer.clone()),
        audience: Some(policy.audience.clone()),
        algorithms: policy.algorithms.clone(),
        typ: Some(ACCESS_TYP.into()),
        required_claims: required.into_iter().map(str::to_owned).collect(),
        required_scopes: scopes.to_vec(),
        leeway_seconds: policy.leeway_seconds,
        max_lifetime_seconds: i64::try_from(policy.longest_access_token_lifetime.as_secs()).unwrap_or(i64::MAX),
    }
}
