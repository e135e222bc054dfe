//! Samples to learn with: tokens that show what Inspect can say, each signed with keys made for it alone.

#[cfg(test)]
mod tests;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::key_text::{KeyText, SecretForm};
use crate::user_keys::UserKey;
use jose::base64url;
use jose::jwe::{Seal, seal};
use jose::policy::{SAMPLE_AUDIENCE, SAMPLE_ISSUER};
use jose::{Algorithm, SigningKey, signing_input};

/// A sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Sample {
    /// A good token.
    Valid,
    /// One that has expired.
    Expired,
    /// One for another API.
    WrongAudience,
    /// One without a signature.
    AlgNone,
    /// One signed with a secret that anybody can look up.
    WellKnownSecret,
    /// An encrypted one.
    Encrypted,
    /// One that tells a client who signed in.
    IdToken,
    /// One whose times are in milliseconds.
    Milliseconds,
}

/// Random bytes, from which the keys and names of one sample are made.
pub type Seed = Zeroizing<[u8; 108]>;

/// A sample as it was made.
#[derive(Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SampleToken {
    /// The token.
    pub token: String,
    /// The key that verifies or decrypts it; none where the lesson is another.
    pub key: Option<KeyText>,
}

/// The name of every sample's key.
const KID: &str = "sample";

/// The issuer of the sample of an ID token: its rules are those of its kind, not those of the sample API.
const LOGIN: &str = "https://login.sample.example";

/// A secret from the documentation of a library.
const WELL_KNOWN: &str = "your-256-bit-secret";

impl Sample {
    /// Makes the sample at a time in seconds since the epoch. `None` if the cryptographic library fails.
    pub fn make(self, now: i64, seed: &Seed) -> Option<SampleToken> {
        let (first, rest) = seed.split_first_chunk::<32>()?;
        let (second, rest) = rest.split_first_chunk::<32>()?;
        let (vector, rest) = rest.split_first_chunk::<12>()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        let jti = base64url::encode(rest.get(..16)?);
        let mut claims = json!({
            "iss": SAMPLE_ISSUER,
            "sub": "alice",
            "aud": SAMPLE_AUDIENCE,
            "client_id": "sample-app",
            "scope": "orders:read orders:write",
            "iat": now,
            "exp": now.saturating_add(900),
            "jti": jti,
        });
        match self {
            Sample::Valid => signed("at+jwt", &claims, first),
            Sample::Expired => {
                claims["iat"] = now.saturating_sub(4500).into();
                claims["exp"] = now.saturating_sub(900).into();
                signed("at+jwt", &claims, first)
            }
            Sample::WrongAudience => {
                claims["aud"] = "billing-api".into();
                signed("at+jwt", &claims, first)
            }
            Sample::Milliseconds => {
                // Too large an exp only lasts too long; nbf is what a server refuses.
                for (name, seconds) in [("iat", now), ("nbf", now), ("exp", now.saturating_add(900))] {
                    claims[name] = seconds.saturating_mul(1000).into();
                }
                signed("at+jwt", &claims, first)
            }
            Sample::IdToken => {
                let id = json!({
                    "iss": LOGIN,
                    "sub": "alice",
                    "aud": "sample-app",
                    "nonce": base64url::encode(session),
                    "auth_time": now.saturating_sub(5),
                    "iat": now,
                    "exp": now.saturating_add(900),
                });
                signed("JWT", &id, first)
            }
            Sample::AlgNone => {
                let token = signing_input(br#"{"alg":"none","typ":"at+jwt"}"#, claims.to_string().as_bytes()) + ".";
                Some(SampleToken { token, key: None })
            }
            Sample::WellKnownSecret => {
                let key = SigningKey::dangerous_from_hmac(Algorithm::Hs256, WELL_KNOWN.as_bytes(), KID).ok()?;
                Some(SampleToken { token: key.sign("at+jwt", &claims.to_string()).ok()?, key: None })
            }
            Sample::Encrypted => {
                let parts = Seal { shared: first, content: second, vector: *vector };
                let token = seal(&claims.to_string(), KID, &parts)?;
                let jwk = jwk(&[("kty", "oct"), ("kid", KID), ("k", &base64url::encode(first))]);
                Some(SampleToken { token, key: Some(KeyText { text: jwk, form: SecretForm::Text }) })
            }
        }
    }
}

/// A token signed with EdDSA, and its private key, so that it can be edited and signed again.
fn signed(typ: &str, claims: &Value, seed: &[u8; 32]) -> Option<SampleToken> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
    let (d, x) = (base64url::encode(seed), base64url::encode(pair.public_key().as_ref()));
    let text = jwk(&[("kty", "OKP"), ("crv", "Ed25519"), ("alg", "EdDSA"), ("kid", KID), ("d", &d), ("x", &x)]);
    let key = UserKey::new(text.clone(), SecretForm::Text).signing_key(Some(Algorithm::EdDsa), Some(KID)).ok()?;
    let token = key.sign(typ, &claims.to_string()).ok()?;
    Some(SampleToken { token, key: Some(KeyText { text, form: SecretForm::Text }) })
}

/// A JWK, laid out for a field in which people read it.
fn jwk(members: &[(&str, &str)]) -> String {
    let members: Map<String, Value> =
        members.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    jose::json::pretty(&Value::Object(members).to_string())
}
