//! What stands in an access token (RFC 9068 section 2.2).

use crate::{clock::Timestamp, policy::Policy, scopes::Scope, scopes::join, users::Username};
use jose::SigningKey;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// `typ` of an access token (RFC 9068 section 2.1).
pub const ACCESS_TYP: &str = "at+jwt";

/// What one access token says.
pub(crate) struct AccessToken<'a> {
    pub(crate) user: &'a Username,
    pub(crate) jti: &'a str,
    pub(crate) sid: &'a str,
    pub(crate) scopes: &'a [Scope],
    pub(crate) amr: &'a [&'a str],
    pub(crate) signed_in_at: Timestamp,
    pub(crate) now: Timestamp,
    pub(crate) lifetime: Duration,
}

impl AccessToken<'_> {
    /// The claims set, in the order in which people read it.
    fn claims(&self, policy: &Policy) -> Value {
        let now = self.now.seconds();
        let lifetime = i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX);
        let claims = [
            ("iss", json!(policy.issuer)),
            ("sub", json!(self.user.as_str())),
            ("aud", json!(policy.audience)),
            ("client_id", json!(policy.client_id)),
            ("iat", json!(now)),
            ("nbf", json!(now)),
            ("exp", json!(now.saturating_add(lifetime))),
            ("jti", json!(self.jti)),
            ("sid", json!(self.sid)),
            ("scope", json!(join(self.scopes))),
            ("amr", json!(self.amr)),
            ("auth_time", json!(self.signed_in_at.seconds())),
        ];
        Value::Object(claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
    }

    /// The signed token, in compact form.
    pub(crate) fn sign(&self, key: &SigningKey, policy: &Policy) -> Result<String, jose::SignError> {
        key.sign(ACCESS_TYP, &self.claims(policy).to_string())
    }
}
