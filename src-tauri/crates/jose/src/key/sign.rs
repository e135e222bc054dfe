//! Keys that sign, and compact tokens made with them (RFC 7515 section 7.1).
//!
//! ECDSA and RSA-PSS draw their nonce inside aws-lc, so the same input signed twice gives two signatures; nothing
//! else here draws randomness.

#[cfg(test)]
mod tests;

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self as suite, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RsaEncoding, RsaKeyPair,
};

use super::{KeyError, PublicMembers, VerifyingKey, hmac_algorithm, too_short};
use crate::json::ValueKind;
use crate::json::{self, quoted};
use crate::{Algorithm, base64url};
use der::asn1::UintRef;
use der::{Decode as _, Reader as _, SliceReader};
use serde::Serialize;

/// A private key of one algorithm, parsed once and used many times. `Debug` prints no secret.
pub struct SigningKey {
    algorithm: Algorithm,
    kid: String,
    pair: Pair,
    verifying: VerifyingKey,
}

/// The private keys. aws-lc wipes its own copies when they are dropped.
enum Pair {
    Hmac(Box<hmac::Key>),
    Rsa(Box<RsaKeyPair>),
    Ec(Box<EcdsaKeyPair>),
    Ed(Box<Ed25519KeyPair>),
}

/// Why a token could not be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The claims are not one JSON object (RFC 7519 section 7.1).
    #[error("the claims are not a JSON object")]
    NotAnObject,
    /// A claim appears more than once (RFC 7519 section 4).
    #[error("a claim appears more than once")]
    DuplicateClaim,
    /// A shared secret has no public half that could be mistaken for the secret.
    #[error("a shared secret has no public key that could be taken for the secret")]
    NoPublicKey,
    /// aws-lc could not sign.
    #[error("the cryptographic library could not sign")]
    Failed,
}

impl SigningKey {
    /// Takes a private key as PKCS#8 DER (RFC 5958) for any RS*, PS*, ES* algorithm or EdDSA.
    ///
    /// The public half is checked as strictly as a foreign key: RSA keys below 2048 bits are refused.
    pub fn from_pkcs8(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        let damaged = |_| KeyError::DamagedPrivateKey;
        let (pair, members) = if let Some(curve) = curve_suite(algorithm) {
            let pair = EcdsaKeyPair::from_pkcs8(curve, der).map_err(damaged)?;
            let members = ec_members(algorithm, pair.public_key().as_ref()).ok_or(KeyError::DamagedPrivateKey)?;
            (Pair::Ec(Box::new(pair)), members)
        } else if algorithm == Algorithm::EdDsa {
            let pair = Ed25519KeyPair::from_pkcs8(der).map_err(damaged)?;
            let members = PublicMembers::Okp { x: pair.public_key().as_ref().to_vec() };
            (Pair::Ed(Box::new(pair)), members)
        } else if rsa_encoding(algorithm).is_some() {
            let pair = RsaKeyPair::from_pkcs8(der).map_err(damaged)?;
            let public = pair.public_key();
            let members = PublicMembers::Rsa {
                n: public.modulus().big_endian_without_leading_zero().to_vec(),
                e: public.exponent().big_endian_without_leading_zero().to_vec(),
            };
            (Pair::Rsa(Box::new(pair)), members)
        } else {
            return Err(KeyError::WrongAlgorithm(algorithm));
        };
        let kid = members.thumbprint();
        let verifying = VerifyingKey::from_members(algorithm, members)?.with_kid(Some(kid.clone()));
        Ok(SigningKey { algorithm, kid, pair, verifying })
    }

    /// Takes the bytes of a shared secret, at least as long as the hash (RFC 7518 section 3.2).
    ///
    /// The caller names the `kid`: a thumbprint would put a hash of the secret into every token.
    pub fn from_hmac(algorithm: Algorithm, secret: &[u8], kid: &str) -> Result<Self, KeyError> {
        if algorithm.least_secret_len().is_some_and(|least| secret.len() < least) {
            return Err(too_short(algorithm, secret.len()));
        }
        Self::dangerous_from_hmac(algorithm, secret, kid)
    }

    /// Like [`SigningKey::from_hmac`], with a secret of any length but zero: for deliberately weak tokens.
    pub fn dangerous_from_hmac(algorithm: Algorithm, secret: &[u8], kid: &str) -> Result<Self, KeyError> {
        let hash = hmac_algorithm(algorithm).ok_or(KeyError::WrongAlgorithm(algorithm))?;
        let verifying = VerifyingKey::from_hmac(algorithm, secret)?.with_kid(Some(kid.to_owned()));
        Ok(SigningKey {
            algorithm,
            kid: kid.to_owned(),
            pair: Pair::Hmac(Box::new(hmac::Key::new(hash, secret))),
            verifying,
        })
    }

    /// The same key under another name, for keys already published under one elsewhere.
    #[must_use]
    pub fn with_kid(mut self, kid: &str) -> Self {
        kid.clone_into(&mut self.kid);
        self.verifying = self.verifying.with_kid(Some(self.kid.clone()));
        self
    }

    /// The only algorithm that this key is for.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The RFC 7638 thumbprint, or the caller's name for it.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public JWK as JSON text with `kid`, `use` and `alg` (RFC 7517). `None` for a shared secret.
    pub fn public_jwk(&self) -> Option<String> {
        self.verifying.public_jwk()
    }

    /// The verifying half; for a shared secret it contains the secret.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// Signs a claims set and returns the compact token with the header `{"alg","typ","kid"}`.
    ///
    /// `claims_json` goes into the token byte for byte; it must be a JSON object with unique names.
    pub fn sign(&self, typ: &str, claims_json: &str) -> Result<String, SignError> {
        let scanned = json::scan(claims_json);
        if scanned.broken.is_some() || scanned.root != Some(ValueKind::Object) {
            return Err(SignError::NotAnObject);
        }
        if scanned.members.iter().any(|item| item.duplicate) {
            return Err(SignError::DuplicateClaim);
        }
        self.dangerous_sign(&self.header(typ), claims_json.as_bytes())
    }

    fn header(&self, typ: &str) -> String {
        [r#"{"alg":""#, self.algorithm.as_str(), r#"","typ":"#, &quoted(typ), r#","kid":"#, &quoted(&self.kid), "}"]
            .concat()
    }

    /// Signs claims and returns the compact token with the header `{"alg","typ","kid"}`. The claims are a struct or a
    /// map, whose members appear in the token in serialization order; no name may be serialized twice.
    pub fn sign_claims(&self, typ: &str, claims: &impl Serialize) -> Result<String, SignError> {
        let claims = serde_json::to_vec(claims).map_err(|_| SignError::NotAnObject)?;
        if !claims.starts_with(b"{") {
            return Err(SignError::NotAnObject);
        }
        self.dangerous_sign(&self.header(typ), &claims)
    }

    /// Signs any header and payload, whether they make sense or not: for deliberately broken tokens.
    pub fn dangerous_sign(&self, header: &str, payload: &[u8]) -> Result<String, SignError> {
        let mut token = signing_input(header.as_bytes(), payload);
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        base64url::encode_to(&signature, &mut token);
        Ok(token)
    }

    /// The bare signature of a signing input (RFC 7515 section 5.1).
    pub fn signature(&self, signing_input: &[u8]) -> Result<Vec<u8>, SignError> {
        let failed = |_| SignError::Failed;
        match &self.pair {
            Pair::Hmac(key) => Ok(hmac::sign(key, signing_input).as_ref().to_vec()),
            Pair::Ec(pair) => Ok(pair.sign(&SystemRandom::new(), signing_input).map_err(failed)?.as_ref().to_vec()),
            Pair::Ed(pair) => Ok(pair.try_sign(signing_input).map_err(failed)?.as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let encoding = rsa_encoding(self.algorithm).ok_or(SignError::Failed)?;
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &SystemRandom::new(), signing_input, &mut signature).map_err(failed)?;
                Ok(signature)
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .field("secret", &"[secret]")
            .finish()
    }
}

/// `BASE64URL(header) . BASE64URL(payload)` (RFC 7515 section 5.1).
pub fn signing_input(header: &[u8], payload: &[u8]) -> String {
    // Reserves space for the longest common signature, that of RSA with 4096 bits.
    let mut input = String::with_capacity((header.len() + payload.len()) * 4 / 3 + 700);
    base64url::encode_to(header, &mut input);
    input.push('.');
    base64url::encode_to(payload, &mut input);
    input
}

pub(crate) fn curve_suite(algorithm: Algorithm) -> Option<&'static EcdsaSigningAlgorithm> {
    match algorithm {
        Algorithm::Es256 => Some(&suite::ECDSA_P256_SHA256_FIXED_SIGNING),
        Algorithm::Es384 => Some(&suite::ECDSA_P384_SHA384_FIXED_SIGNING),
        Algorithm::Es512 => Some(&suite::ECDSA_P521_SHA512_FIXED_SIGNING),
        Algorithm::Es256K => Some(&suite::ECDSA_P256K1_SHA256_FIXED_SIGNING),
        _ => None,
    }
}

fn rsa_encoding(algorithm: Algorithm) -> Option<&'static dyn RsaEncoding> {
    match algorithm {
        Algorithm::Rs256 => Some(&suite::RSA_PKCS1_SHA256),
        Algorithm::Rs384 => Some(&suite::RSA_PKCS1_SHA384),
        Algorithm::Rs512 => Some(&suite::RSA_PKCS1_SHA512),
        Algorithm::Ps256 => Some(&suite::RSA_PSS_SHA256),
        Algorithm::Ps384 => Some(&suite::RSA_PSS_SHA384),
        Algorithm::Ps512 => Some(&suite::RSA_PSS_SHA512),
        _ => None,
    }
}

pub(crate) fn ec_members(algorithm: Algorithm, point: &[u8]) -> Option<PublicMembers> {
    let (form, coordinates) = point.split_first()?;
    let (x, y) = coordinates.split_at_checked(algorithm.coordinate_len()?)?;
    (*form == 4).then_some(PublicMembers::Ec { crv: algorithm.curve()?, x: x.to_vec(), y: y.to_vec() })
}

/// The concatenated r and s of an ECDSA signature (RFC 7518 section 3.4), from DER (RFC 3279 section 2.2.3).
pub fn raw_from_der(algorithm: Algorithm, signature: &[u8]) -> Option<Vec<u8>> {
    let length = algorithm.coordinate_len()?;
    let mut reader = SliceReader::new(signature).ok()?;
    let numbers =
        reader.sequence(|numbers| Ok::<_, der::Error>([UintRef::decode(numbers)?, UintRef::decode(numbers)?]));
    let numbers = numbers.ok().filter(|_| reader.is_finished())?;
    let mut raw = Vec::with_capacity(2 * length);
    for number in numbers {
        let number = number.as_bytes();
        raw.resize(raw.len() + length.checked_sub(number.len())?, 0);
        raw.extend_from_slice(number);
    }
    Some(raw)
}
