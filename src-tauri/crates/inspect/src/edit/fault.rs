//! The named ways to break a token. Each differs from a good token in one thing.

use serde::{Deserialize, Serialize};

use super::{Draft, EditError, text};
use jose::json::{self, quoted};
use jose::{Algorithm, SignError, SigningKey, base64url, signing_input};

/// One named way to break a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// `exp` is a minute ago.
    Expired,
    /// `nbf` is five minutes ahead.
    NotYetValid,
    /// `exp` is missing.
    NoExpiry,
    /// `exp` counts milliseconds.
    Milliseconds,
    /// `exp` is a string.
    ExpiryAsText,
    /// `iss` names another issuer.
    WrongIssuer,
    /// `aud` names another API.
    WrongAudience,
    /// The last scope is removed.
    MissingScope,
    /// `typ` is a refresh token's, or an access token's if it was a refresh token's.
    WrongKind,
    /// `sub` appears twice with two values.
    DuplicateSubject,
    /// `crit` names an unknown extension (RFC 7515 section 4.1.11).
    UnknownCritical,
    /// `kid` names an unknown key.
    UnknownKid,
    /// `kid` is a path.
    KidAsPath,
    /// `alg` is `none` and the signature is removed (RFC 7519 section 6).
    AlgNone,
    /// The signature is removed, `alg` stays.
    NoSignature,
    /// One bit of the signature is flipped.
    BitFlipped,
    /// The signature's bytes are all zero (CVE-2022-21449).
    ZeroSignature,
    /// HS256 with the public key's text as the secret (RFC 8725 section 2.1).
    KeyConfusion,
    /// The last twelve characters are cut off.
    Truncated,
}

/// One minute and five minutes, in seconds.
const SHORT: i64 = 60;
const LONG: i64 = 300;

impl Fault {
    /// Every fault, in the order of the menu.
    pub const ALL: [Fault; 19] = [
        Fault::Expired,
        Fault::NotYetValid,
        Fault::NoExpiry,
        Fault::Milliseconds,
        Fault::ExpiryAsText,
        Fault::WrongIssuer,
        Fault::WrongAudience,
        Fault::MissingScope,
        Fault::WrongKind,
        Fault::DuplicateSubject,
        Fault::UnknownCritical,
        Fault::UnknownKid,
        Fault::KidAsPath,
        Fault::AlgNone,
        Fault::NoSignature,
        Fault::BitFlipped,
        Fault::ZeroSignature,
        Fault::KeyConfusion,
        Fault::Truncated,
    ];

    /// Its name in events: "bit_flipped". It is stored; it never changes.
    pub fn name(self) -> String {
        // Serializing a name cannot fail.
        serde_json::to_string(&self).unwrap_or_default().trim_matches('"').to_owned()
    }

    /// Its display name, and what differs: `("expired", "exp a minute ago")`.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Fault::Expired => ("expired", "exp a minute ago"),
            Fault::NotYetValid => ("not yet valid", "nbf in 5 minutes"),
            Fault::NoExpiry => ("no expiry", "exp removed"),
            Fault::Milliseconds => ("milliseconds", "exp in milliseconds"),
            Fault::ExpiryAsText => ("expiry as text", "exp in quotes"),
            Fault::WrongIssuer => ("wrong issuer", "iss https://evil.example"),
            Fault::WrongAudience => ("wrong audience", "aud billing-api"),
            Fault::MissingScope => ("missing scope", "last scope removed"),
            Fault::WrongKind => ("wrong kind", "typ rt+jwt, a refresh token"),
            Fault::DuplicateSubject => ("duplicate claim", "a second sub, admin"),
            Fault::UnknownCritical => ("unknown extension", "crit names one"),
            Fault::UnknownKid => ("unknown kid", "kid no-such-key"),
            Fault::KidAsPath => ("kid as path", "kid ../../dev/null"),
            Fault::AlgNone => ("alg none", "signature dropped"),
            Fault::NoSignature => ("no signature", "dropped, alg stays"),
            Fault::BitFlipped => ("bad signature", "one bit flipped"),
            Fault::ZeroSignature => ("zero signature", "all its bytes are 0"),
            Fault::KeyConfusion => ("key confusion", "HS256 with the public key"),
            Fault::Truncated => ("truncated", "last 12 characters cut"),
        }
    }

    /// True if it is a fault in the signature, not in the content.
    pub(super) fn is_in_signing(self) -> bool {
        use Fault::{AlgNone, BitFlipped, KeyConfusion, NoSignature, Truncated, ZeroSignature};
        matches!(self, AlgNone | NoSignature | BitFlipped | ZeroSignature | KeyConfusion | Truncated)
    }

    /// Applies the fault to a draft.
    pub(super) fn put_into(self, draft: &mut Draft, now: i64) -> Result<(), EditError> {
        let at = |seconds: i64| now.saturating_add(seconds).to_string();
        match self {
            Fault::Expired => draft.set_claim("exp", &at(-SHORT)),
            Fault::NotYetValid => draft.set_claim("nbf", &at(LONG)),
            Fault::NoExpiry => draft.remove_claim("exp"),
            Fault::Milliseconds => draft.set_claim("exp", &format!("{}000", draft.expiry(now))),
            Fault::ExpiryAsText => draft.set_claim("exp", &format!("\"{}\"", draft.expiry(now))),
            Fault::WrongIssuer => draft.set_claim("iss", "\"https://evil.example\""),
            Fault::WrongAudience => draft.set_claim("aud", "\"billing-api\""),
            Fault::MissingScope => draft.drop_scope(),
            Fault::WrongKind => {
                let typ = if draft.names("typ").as_deref() == Some("rt+jwt") { "at+jwt" } else { "rt+jwt" };
                draft.set_header("typ", &quoted(typ))
            }
            Fault::DuplicateSubject => {
                draft.payload = text::add(&draft.payload, "sub", "\"admin\"").ok_or(EditError::Payload)?;
                Ok(())
            }
            Fault::UnknownCritical => draft.set_header("crit", "[\"x-unknown\"]"),
            Fault::UnknownKid => draft.set_header("kid", "\"no-such-key\""),
            Fault::KidAsPath => draft.set_header("kid", "\"../../../../../../dev/null\""),
            Fault::AlgNone => draft.set_header("alg", "\"none\""),
            Fault::KeyConfusion => draft.set_header("alg", "\"HS256\""),
            Fault::NoSignature | Fault::BitFlipped | Fault::ZeroSignature | Fault::Truncated => Ok(()),
        }?;
        // Writing the key's own `kid` and `alg` would undo the fault.
        if matches!(self, Fault::UnknownKid | Fault::KidAsPath | Fault::AlgNone | Fault::KeyConfusion) {
            draft.follow_key = false;
        }
        draft.fault = self.is_in_signing().then_some(self);
        Ok(())
    }

    /// Signs with the fault, if it is one in the signature.
    pub(super) fn sign(self, key: &SigningKey, header: &str, payload: &str) -> Result<String, SignError> {
        let unsigned = || format!("{}.", signing_input(header.as_bytes(), payload.as_bytes()));
        let with = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut token = unsigned();
            let mut signature = key.signature(token.trim_end_matches('.').as_bytes())?;
            change(&mut signature);
            base64url::encode_to(&signature, &mut token);
            Ok(token)
        };
        match self {
            Fault::AlgNone | Fault::NoSignature => Ok(unsigned()),
            Fault::BitFlipped => with(&|signature| {
                let middle = signature.len() / 4;
                if let Some(byte) = signature.get_mut(middle) {
                    *byte ^= 1;
                }
            }),
            Fault::ZeroSignature => with(&|signature| signature.fill(0)),
            Fault::KeyConfusion => {
                let pem = key.verifying_key().public_pem().ok_or(SignError::NoPublicKey)?;
                let forger = SigningKey::dangerous_from_hmac(Algorithm::Hs256, pem.as_bytes(), key.kid());
                forger.map_err(|_| SignError::Failed)?.dangerous_sign(header, payload.as_bytes())
            }
            Fault::Truncated => {
                let mut token = key.dangerous_sign(header, payload.as_bytes())?;
                token.truncate(token.len().saturating_sub(12));
                Ok(token)
            }
            _ => key.dangerous_sign(header, payload.as_bytes()),
        }
    }
}

impl Draft {
    /// The current `exp`, or a quarter of an hour from now.
    fn expiry(&self, now: i64) -> i64 {
        let members = text::members(&self.payload).unwrap_or_default();
        let exp = members.iter().rfind(|item| item.name == "exp").map(|item| &self.payload[item.value.clone()]);
        exp.and_then(|digits| json::number(digits).seconds()).unwrap_or_else(|| now.saturating_add(3 * LONG))
    }

    fn drop_scope(&mut self) -> Result<(), EditError> {
        let members = text::members(&self.payload).ok_or(EditError::Payload)?;
        let scope = members.iter().rfind(|item| item.name == "scope").and_then(|item| item.text.as_deref());
        let words: Vec<&str> = scope.unwrap_or_default().split_whitespace().collect();
        let Some((_, kept)) = words.split_last() else { return Err(EditError::NoScope) };
        self.set_claim("scope", &quoted(&kept.join(" ")))
    }
}
