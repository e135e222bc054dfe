//! The contents of this engine's tokens, and reading back those that only this engine may accept.

use crate::{
    Engine,
    clock::Timestamp,
    keys::SigningKeyError,
    records::{AccessTyp, Purpose, Scope, join},
    rules::Rules,
};
use jose::{Evidence, Facts, KeyChoice, KeyTrust, Parsed, SigningKey, VerifyingKey};
use serde::Serialize;
use std::time::Duration;

/// `typ` of a refresh token.
pub const REFRESH_TYP: &str = "rt+jwt";
/// `typ` of the token between password and second factor.
pub const PENDING_TYP: &str = "mfa+jwt";

/// The pending token's claim that holds the user's credential epoch.
pub(crate) const EPOCH: &str = "credential_epoch";

/// The contents of an access token (RFC 9068 section 2.2).
pub(crate) struct AccessToken<'a> {
    pub(crate) user: &'a str,
    pub(crate) jti: &'a str,
    pub(crate) sid: &'a str,
    pub(crate) scopes: &'a [Scope],
    pub(crate) amr: &'a [String],
    pub(crate) signed_in_at: Timestamp,
    pub(crate) now: Timestamp,
    pub(crate) ends: AccessEnd,
    pub(crate) client_id: &'a str,
    pub(crate) typ: AccessTyp,
}

/// The claims of an access token, in display order; a client's own has no session and nobody who signed in. The order is part of the format: a token signed again from its row
/// must be identical to the byte, so the order is defined only here.
#[derive(Serialize)]
struct AccessClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    client_id: &'a str,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    amr: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
}

/// When an access token expires: after its lifetime, or with its session if that is sooner.
#[derive(Clone, Copy)]
pub(crate) struct AccessEnd {
    /// Its `exp`, a whole second.
    pub(crate) at: Timestamp,
    /// The time until then: `expires_in`.
    pub(crate) lifetime: Duration,
}

impl AccessEnd {
    pub(crate) fn after(now: Timestamp, lifetime: Duration) -> Self {
        Self { at: Timestamp::from_seconds(later(now, lifetime)), lifetime }
    }

    pub(crate) fn of(now: Timestamp, lifetime: Duration, session_end: Timestamp) -> Self {
        let at = later(now, lifetime).min(session_end.seconds());
        let lifetime = Duration::from_secs(u64::try_from(at.saturating_sub(now.seconds())).unwrap_or(0));
        Self { at: Timestamp::from_seconds(at), lifetime }
    }
}

impl AccessToken<'_> {
    /// The signed token in compact form.
    pub(crate) fn sign(&self, key: &SigningKey, rules: &Rules) -> Result<String, jose::SignError> {
        let now = self.now.seconds();
        let claims = AccessClaims {
            iss: &rules.issuer,
            sub: self.user,
            aud: &rules.audience,
            client_id: self.client_id,
            iat: now,
            nbf: now,
            exp: self.ends.at.seconds(),
            jti: self.jti,
            sid: Some(self.sid),
            scope: join(self.scopes),
            amr: Some(self.amr),
            auth_time: Some(self.signed_in_at.seconds()),
        };
        key.sign_claims(self.typ.as_str(), &claims)
    }
}

/// The contents of an access token that a client asked for on its own behalf (RFC 9068 section 2.2).
pub(crate) struct ClientToken<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) typ: AccessTyp,
    pub(crate) jti: &'a str,
    pub(crate) scopes: &'a [Scope],
    pub(crate) now: Timestamp,
    pub(crate) ends: AccessEnd,
}

impl ClientToken<'_> {
    /// The signed token in compact form.
    pub(crate) fn sign(&self, key: &SigningKey, rules: &Rules) -> Result<String, jose::SignError> {
        let now = self.now.seconds();
        let claims = AccessClaims {
            iss: &rules.issuer,
            sub: self.client_id,
            aud: &rules.audience,
            client_id: self.client_id,
            iat: now,
            nbf: now,
            exp: self.ends.at.seconds(),
            jti: self.jti,
            sid: None,
            scope: join(self.scopes),
            amr: None,
            auth_time: None,
        };
        key.sign_claims(self.typ.as_str(), &claims)
    }
}

/// The contents of a refresh token. Signing adds nothing random: the same row gives the same token.
pub(crate) struct RefreshTokenOf<'a> {
    pub(crate) user: &'a str,
    pub(crate) jti: &'a str,
    pub(crate) sid: &'a str,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
}

/// The claims of a refresh token, in order.
#[derive(Serialize)]
struct RefreshClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    client_id: &'a str,
    iat: i64,
    exp: i64,
    jti: &'a str,
    sid: &'a str,
}

impl RefreshTokenOf<'_> {
    /// The signed token in compact form.
    pub(crate) fn sign(&self, key: &SigningKey) -> Result<String, jose::SignError> {
        let claims = RefreshClaims {
            iss: self.issuer,
            sub: self.user,
            aud: self.issuer,
            client_id: self.client_id,
            iat: self.issued_at.seconds(),
            exp: self.expires_at.seconds(),
            jti: self.jti,
            sid: self.sid,
        };
        key.sign_claims(REFRESH_TYP, &claims)
    }
}

/// The contents of the token between password and second factor.
pub(crate) struct PendingTokenOf<'a> {
    pub(crate) user: &'a str,
    /// The epoch of the credentials that were proven: see [`crate::credentials::begin_epoch`].
    pub(crate) epoch: i64,
    pub(crate) jti: &'a str,
    /// The requested scopes; absent for all the user holds.
    pub(crate) wanted: Option<&'a [Scope]>,
    pub(crate) now: Timestamp,
    pub(crate) lifetime: Duration,
    pub(crate) client_id: &'a str,
}

/// The claims of a pending token, in order.
#[derive(Serialize)]
struct PendingClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    client_id: &'a str,
    iat: i64,
    exp: i64,
    jti: &'a str,
    credential_epoch: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

impl PendingTokenOf<'_> {
    /// The signed token in compact form.
    pub(crate) fn sign(&self, key: &SigningKey, rules: &Rules) -> Result<String, jose::SignError> {
        let claims = PendingClaims {
            iss: &rules.issuer,
            sub: self.user,
            aud: &rules.issuer,
            client_id: self.client_id,
            iat: self.now.seconds(),
            exp: later(self.now, self.lifetime),
            jti: self.jti,
            credential_epoch: self.epoch,
            scope: self.wanted.map(join),
        };
        key.sign_claims(PENDING_TYP, &claims)
    }
}

impl Engine {
    /// Reads a token that this engine signed for itself. `None` if it did not: wrong form, wrong `typ`, wrong or
    /// unknown key, or invalid signature. The caller judges the times, by what the database knows. The issuer is not
    /// checked: this profile's keys sign for no other issuer, and it may have had an earlier name.
    ///
    /// # Errors
    /// [`SigningKeyError`] if the key is unavailable, so that no answer is possible.
    pub(crate) fn open_own(&self, token: &str, purpose: Purpose, typ: &str) -> Result<Option<Parsed>, SigningKeyError> {
        let parsed = jose::parse_exact(token);
        let Some(kid) = parsed.header_text("kid") else { return Ok(None) };
        let Some(key) = self.verifying_key(purpose, kid)? else { return Ok(None) };
        Ok(is_own(&parsed, kid, key, typ).then_some(parsed))
    }
}

/// Whether this engine's key with that `kid` signed the token, as one of this `typ`.
pub(crate) fn is_own(parsed: &Parsed, kid: &str, key: VerifyingKey, typ: &str) -> bool {
    let policy = jose::Policy {
        name: typ.into(),
        algorithms: vec![key.algorithm()],
        typ: Some(typ.into()),
        ..jose::Policy::default()
    };
    let (origin, note) = (String::new(), String::new());
    let choice = KeyChoice::Found { kid: kid.into(), key, origin, note, trust: KeyTrust::Issuer };
    let evidence = Evidence { policy, key: choice, facts: Facts::unknown(""), now: 0 };
    jose::is_authentic(parsed, &evidence)
}

fn later(now: Timestamp, lifetime: Duration) -> i64 {
    now.seconds().saturating_add(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use jose::Algorithm;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn key() -> SigningKey {
        SigningKey::from_hmac(Algorithm::Hs256, &[7; 32], "golden").unwrap()
    }

    fn text(token: &str) -> String {
        let payload = token.split('.').nth(1).unwrap();
        String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
    }

    /// Changing one byte of these invalidates every refresh token in use.
    #[test]
    fn a_refresh_token_is_the_same_to_the_byte_in_every_build() {
        let token = RefreshTokenOf {
            user: "alice",
            jti: "JTI",
            sid: "SID",
            issued_at: NOW,
            expires_at: Timestamp::from_seconds(NOW.seconds() + 86_400),
            issuer: "http://localhost:8787",
            client_id: "workbench",
        };
        let header = "eyJhbGciOiJIUzI1NiIsInR5cCI6InJ0K2p3dCIsImtpZCI6ImdvbGRlbiJ9";
        let payload = "eyJpc3MiOiJodHRwOi8vbG9jYWxob3N0Ojg3ODciLCJzdWIiOiJhbGljZSIsImF1ZCI6Imh0dHA6Ly9sb2NhbGhvc3Q6ODc4\
                       NyIsImNsaWVudF9pZCI6IndvcmtiZW5jaCIsImlhdCI6MTgwMDAwMDAwMCwiZXhwIjoxODAwMDg2NDAwLCJqdGkiOiJKVEki\
                       LCJzaWQiOiJTSUQifQ";
        let signature = "Yy2UiuMzhaN_578lv4wgKKPJQMlo_0G-gGqyQs1-JlQ";
        assert_eq!(token.sign(&key()).unwrap(), [header, payload, signature].join("."));
    }

    #[test]
    fn claims_stand_in_the_order_in_which_people_read_them() {
        let scopes = [Scope::stored("items:read".to_owned())];
        let amr = ["pwd".to_owned()];
        let access = AccessToken {
            user: "alice",
            jti: "JTI",
            sid: "SID",
            scopes: &scopes,
            amr: &amr,
            signed_in_at: NOW,
            now: NOW,
            ends: AccessEnd::of(NOW, Duration::from_secs(900), Timestamp::from_seconds(NOW.seconds() + 86_400)),
            client_id: "workbench",
            typ: AccessTyp::AtJwt,
        };
        let expected = r#"{"iss":"http://localhost:8787","sub":"alice","aud":"items-api","client_id":"workbench","iat":1800000000,"nbf":1800000000,"exp":1800000900,"jti":"JTI","sid":"SID","scope":"items:read","amr":["pwd"],"auth_time":1800000000}"#;
        assert_eq!(text(&access.sign(&key(), &Rules::default()).unwrap()), expected);
        let mut pending = PendingTokenOf {
            user: "alice",
            epoch: 7,
            jti: "JTI",
            wanted: None,
            now: NOW,
            lifetime: Duration::from_secs(300),
            client_id: "workbench",
        };
        let expected = r#"{"iss":"http://localhost:8787","sub":"alice","aud":"http://localhost:8787","client_id":"workbench","iat":1800000000,"exp":1800000300,"jti":"JTI","credential_epoch":7}"#;
        assert_eq!(text(&pending.sign(&key(), &Rules::default()).unwrap()), expected);
        pending.wanted = Some(&scopes);
        let expected = expected.replace('}', r#","scope":"items:read"}"#);
        assert_eq!(text(&pending.sign(&key(), &Rules::default()).unwrap()), expected);
    }
}
