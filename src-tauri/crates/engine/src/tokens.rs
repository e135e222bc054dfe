//! What stands in the tokens of this engine, and reading those back that only this engine may accept.

use crate::{
    Engine,
    clock::Timestamp,
    keys::{KeyError, Purpose},
    policy::Policy,
    scopes::{Scope, join},
};
use jose::{
    Facts, KeyChoice, KeyTrust, Parsed, SigningKey,
    report::{Check, Outcome, SignatureState},
};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// `typ` of an access token (RFC 9068 section 2.1).
pub const ACCESS_TYP: &str = "at+jwt";
/// `typ` of a refresh token.
pub const REFRESH_TYP: &str = "rt+jwt";
/// `typ` of the token between password and second factor.
pub const PENDING_TYP: &str = "mfa+jwt";

/// The claim of a pending token that names the epoch of the user's credentials.
pub(crate) const EPOCH: &str = "credential_epoch";

/// What one access token says (RFC 9068 section 2.2).
pub(crate) struct AccessToken<'a> {
    pub(crate) user: &'a str,
    pub(crate) jti: &'a str,
    pub(crate) sid: &'a str,
    pub(crate) scopes: &'a [Scope],
    pub(crate) amr: &'a [String],
    pub(crate) signed_in_at: Timestamp,
    pub(crate) now: Timestamp,
    pub(crate) ends: AccessEnd,
}

/// When an access token ends: after its lifetime, or with its session if that is sooner.
#[derive(Clone, Copy)]
pub(crate) struct AccessEnd {
    /// The whole second that is its `exp`.
    pub(crate) at: Timestamp,
    /// How long that is from now: `expires_in`.
    pub(crate) lifetime: Duration,
}

impl AccessEnd {
    pub(crate) fn of(now: Timestamp, lifetime: Duration, session_end: Timestamp) -> Self {
        let at = later(now, lifetime).min(session_end.seconds());
        let lifetime = Duration::from_secs(u64::try_from(at.saturating_sub(now.seconds())).unwrap_or(0));
        Self { at: Timestamp::from_seconds(at), lifetime }
    }
}

impl AccessToken<'_> {
    /// The signed token, in compact form. Its claims stand in the order in which people read them.
    pub(crate) fn sign(&self, key: &SigningKey, policy: &Policy) -> Result<String, jose::SignError> {
        let now = self.now.seconds();
        sign(
            key,
            ACCESS_TYP,
            [
                ("iss", json!(policy.issuer)),
                ("sub", json!(self.user)),
                ("aud", json!(policy.audience)),
                ("client_id", json!(policy.client_id)),
                ("iat", json!(now)),
                ("nbf", json!(now)),
                ("exp", json!(self.ends.at.seconds())),
                ("jti", json!(self.jti)),
                ("sid", json!(self.sid)),
                ("scope", json!(join(self.scopes))),
                ("amr", json!(self.amr)),
                ("auth_time", json!(self.signed_in_at.seconds())),
            ],
        )
    }
}

/// What one refresh token says. Nothing in it is drawn anew when it is signed: the same row gives the same token.
pub(crate) struct RefreshClaims<'a> {
    pub(crate) user: &'a str,
    pub(crate) jti: &'a str,
    pub(crate) sid: &'a str,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

impl RefreshClaims<'_> {
    /// The signed token, in compact form.
    pub(crate) fn sign(&self, key: &SigningKey, policy: &Policy) -> Result<String, jose::SignError> {
        sign(
            key,
            REFRESH_TYP,
            [
                ("iss", json!(policy.issuer)),
                ("sub", json!(self.user)),
                ("aud", json!(policy.issuer)),
                ("client_id", json!(policy.client_id)),
                ("iat", json!(self.issued_at.seconds())),
                ("exp", json!(self.expires_at.seconds())),
                ("jti", json!(self.jti)),
                ("sid", json!(self.sid)),
            ],
        )
    }
}

/// What the token between password and second factor says.
pub(crate) struct PendingClaims<'a> {
    pub(crate) user: &'a str,
    /// The epoch of the credentials that were right: see [`crate::users::begin_epoch`].
    pub(crate) epoch: i64,
    pub(crate) jti: &'a str,
    /// The scopes asked for; absent: all the user holds.
    pub(crate) wanted: Option<&'a [Scope]>,
    pub(crate) now: Timestamp,
    pub(crate) lifetime: Duration,
}

impl PendingClaims<'_> {
    /// The signed token, in compact form.
    pub(crate) fn sign(&self, key: &SigningKey, policy: &Policy) -> Result<String, jose::SignError> {
        let mut claims = vec![
            ("iss", json!(policy.issuer)),
            ("sub", json!(self.user)),
            ("aud", json!(policy.issuer)),
            ("client_id", json!(policy.client_id)),
            ("iat", json!(self.now.seconds())),
            ("exp", json!(later(self.now, self.lifetime))),
            ("jti", json!(self.jti)),
            (EPOCH, json!(self.epoch)),
        ];
        if let Some(wanted) = self.wanted {
            claims.push(("scope", json!(join(wanted))));
        }
        sign(key, PENDING_TYP, claims)
    }
}

impl Engine {
    /// Reads a token that this engine signed for itself. `None` if it did not: another form, another `typ`, another or
    /// no key, a signature that does not match. Times are the caller's to judge, by what the database knows.
    ///
    /// # Errors
    /// [`KeyError`] if the key cannot be had, so that nothing can be said.
    pub(crate) fn open_own(&self, token: &str, purpose: Purpose, typ: &str) -> Result<Option<Parsed>, KeyError> {
        let parsed = jose::parse_exact(token);
        let Some(kid) = parsed.header_text("kid") else { return Ok(None) };
        let Some(key) = self.verifying_key(purpose, kid)? else { return Ok(None) };
        let policy = jose::Policy {
            name: typ.into(),
            issuer: Some(self.policy.issuer.clone()),
            audience: Some(self.policy.issuer.clone()),
            algorithms: vec![key.algorithm()],
            typ: Some(typ.into()),
            ..jose::Policy::default()
        };
        let (origin, note) = (String::new(), String::new());
        let choice = KeyChoice::Found { kid: kid.into(), key, origin, note, trust: KeyTrust::Issuer };
        let judgement = jose::judge(&parsed, &policy, &choice, &Facts::unknown(""), 0);
        let holds = |check: Check| {
            let step = judgement.trace.iter().find(|step| step.check == check);
            step.is_some_and(|step| matches!(step.outcome, Outcome::Pass | Outcome::Warn))
        };
        let ours = judgement.signature.state == SignatureState::Verified
            && [Check::Parse, Check::Algorithm, Check::Key, Check::Signature, Check::IssuerAndAudience]
                .into_iter()
                .all(holds);
        Ok(ours.then_some(parsed))
    }
}

fn sign<'a>(
    key: &SigningKey,
    typ: &str,
    claims: impl IntoIterator<Item = (&'a str, Value)>,
) -> Result<String, jose::SignError> {
    let claims: Map<_, _> = claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    key.sign_claims(typ, &claims)
}

fn later(now: Timestamp, lifetime: Duration) -> i64 {
    now.seconds().saturating_add(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX))
}
