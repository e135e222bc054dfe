//! Private keys from outside: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017), SEC 1 (RFC 5915), OpenSSH and JWK (RFC 7517).
//!
//! Whatever the form, a key comes down to its numbers, these are checked with a reason for each refusal, and the
//! crypto library makes the one form that is kept.

#[cfg(test)]
mod tests;

use std::fmt;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::der::{self, BIT_STRING, EC, ED25519, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, RSA, RSA_PSS, SEQUENCE};
use super::sign::{curve_suite, ec_members};
use super::{KeyError, PublicMembers, VerifyingKey, jwk, openssh, pem, pss, rsa};
use crate::visible::excerpt;
use crate::{Algorithm, Family, SigningKey, base64url, json::quoted};

/// The longest key that is read, in bytes: an RSA key of 8192 bits has less than a tenth of that in any form.
const LONGEST: usize = 64 * 1024;

/// EC's optional parameters and public key (RFC 5915 section 3), and PKCS#8's public key (RFC 5958 section 2).
const CONTEXT_0: u8 = 0xa0;
const CONTEXT_1: u8 = 0xa1;
const PRIMITIVE_1: u8 = 0x81;

/// A private key as it is kept: PKCS#8 DER, or the bytes of a shared secret. `Debug` prints no secret, and it is wiped
/// when dropped.
pub struct PrivateKey {
    algorithm: Algorithm,
    kid: Option<String>,
    bytes: Zeroizing<Vec<u8>>,
}

impl PrivateKey {
    /// Reads a private key: PEM or DER (also in base64) of PKCS#8, PKCS#1 or SEC 1, OpenSSH's own
    /// form for curves, or a private JWK.
    ///
    /// Its algorithm is the JWK's `alg`, or `algorithm`, or the only one its curve has; two that differ are refused. A
    /// shared secret comes as a JWK of the type `oct`.
    pub fn read(input: &[u8], algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        if input.len() > LONGEST {
            return Err(unreadable("it has more than 64 KiB"));
        }
        if input.starts_with(openssh::MAGIC) {
            return from_openssh(input, algorithm);
        }
        let Some(text) = std::str::from_utf8(input).ok().map(str::trim) else { return from_der(input, algorithm) };
        if text.starts_with('{') {
            return from_jwk(text, algorithm);
        }
        if pem::is_pem(text) {
            let (label, der) = pem::decode(text)?;
            return match &*label {
                "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => from_der(&der, algorithm),
                "OPENSSH PRIVATE KEY" => from_openssh(&der, algorithm),
                "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => Err(KeyError::PublicOnly),
                _ => Err(KeyError::UnsupportedType(label)),
            };
        }
        // All the room at once: a string that grows leaves its old copy behind, unwiped.
        let mut symbols = Zeroizing::new(String::with_capacity(text.len()));
        symbols.extend(text.split_ascii_whitespace());
        match STANDARD.decode(&*symbols).map(Zeroizing::new) {
            Ok(der) if !der.is_empty() => from_der(&der, algorithm),
            _ => from_der(input, algorithm),
        }
    }

    /// Takes back what [`PrivateKey::bytes`] gave. It is checked when it becomes a [`SigningKey`].
    pub fn from_bytes(algorithm: Algorithm, bytes: Zeroizing<Vec<u8>>) -> Self {
        Self { algorithm, kid: None, bytes }
    }

    /// The one algorithm this key is for.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid` its JWK carried, if it did.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The PKCS#8 DER, or the bytes of the shared secret. Secret.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The key ready to sign. Without a `kid` it is named by its thumbprint, which a shared secret has none of.
    pub fn signing_key(&self, kid: Option<&str>) -> Result<SigningKey, KeyError> {
        if self.algorithm.is_symmetric() {
            return SigningKey::from_hmac(self.algorithm, &self.bytes, kid.ok_or(KeyError::MissingMember("kid"))?);
        }
        let key = SigningKey::from_pkcs8(self.algorithm, &self.bytes)?;
        Ok(match kid {
            Some(kid) => key.with_kid(kid),
            None => key,
        })
    }

    /// The private key as text that [`PrivateKey::read`] takes: PKCS#8 in PEM, or a JWK for a shared secret. Secret.
    pub fn dangerous_text(&self, kid: &str) -> Zeroizing<String> {
        if !self.algorithm.is_symmetric() {
            return pem::encode("PRIVATE KEY", &self.bytes);
        }
        let k = Zeroizing::new(base64url::encode(&self.bytes));
        Zeroizing::new(format!(
            r#"{{"kty":"oct","k":"{}","kid":{},"use":"sig","alg":"{}"}}"#,
            *k,
            quoted(kid),
            self.algorithm
        ))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .field("secret", &"[secret]")
            .finish()
    }
}

fn from_jwk(text: &str, wanted: Option<Algorithm>) -> Result<PrivateKey, KeyError> {
    let members = jwk::members(text)?;
    if members.iter().any(|item| item.name == "keys") {
        return Err(unreadable("it is a set of keys: give one of them"));
    }
    jwk::for_signatures(text, &members)?;
    let kty = jwk::string(&members, "kty")?;
    let algorithm = jwk::algorithm(&members, wanted)?;
    let kid = jwk::optional_string(&members, "kid")?.map(str::to_owned);
    let member = |name: &'static str| jwk::bytes(&members, name).map(Zeroizing::new);
    if matches!(kty, "RSA" | "EC" | "OKP") && jwk::optional_string(&members, "d")?.is_none() {
        return Err(KeyError::PublicOnly);
    }
    let key = match kty {
        "RSA" => {
            if members.iter().any(|item| item.name == "oth") {
                return Err(many_primes());
            }
            let numbers = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];
            let numbers = numbers.into_iter().map(|name| Ok(der::positive(&member(name)?)));
            let numbers = numbers.collect::<Result<Vec<_>, KeyError>>()?;
            let version = [INTEGER, 1, 0];
            let mut parts: Vec<&[u8]> = vec![&version];
            parts.extend(numbers.iter().map(|number| &number[..]));
            from_pkcs1(&der::element(SEQUENCE, &parts), algorithm)
        }
        "EC" => {
            let (own, _) = jwk::curve(jwk::string(&members, "crv")?)?;
            let point = [&[4][..], &member("x")?, &member("y")?].concat();
            from_ec(own, algorithm, &member("d")?, Some(&point))
        }
        "OKP" => {
            let crv = jwk::string(&members, "crv")?;
            if crv != "Ed25519" {
                return Err(KeyError::UnsupportedType(excerpt(crv, 40)));
            }
            from_ed25519(algorithm, &member("d")?, Some(&member("x")?))
        }
        "oct" => {
            let algorithm = algorithm.ok_or(KeyError::AlgorithmNeeded)?;
            let secret = member("k")?;
            SigningKey::from_hmac(algorithm, &secret, "")?;
            Ok(PrivateKey::from_bytes(algorithm, secret))
        }
        other => Err(KeyError::UnsupportedType(excerpt(other, 40))),
    };
    key.map(|key| PrivateKey { kid, ..key })
}

fn from_der(input: &[u8], wanted: Option<Algorithm>) -> Result<PrivateKey, KeyError> {
    let unknown = || unreadable("it is neither PEM, DER nor a JWK");
    let mut body = der::whole(input, SEQUENCE).ok_or_else(unknown)?;
    // Private keys begin with a version; public keys, certificates and encrypted keys with another sequence.
    if der::take(&mut body, SEQUENCE).is_some() {
        let encrypted = der::whole(body, OCTET_STRING).is_some();
        return Err(if encrypted { KeyError::Encrypted } else { KeyError::PublicOnly });
    }
    der::take(&mut body, INTEGER).ok_or_else(unknown)?;
    match body.first() {
        Some(&INTEGER) => from_pkcs1(input, wanted),
        Some(&OCTET_STRING) => from_sec1(input, None, wanted),
        Some(&SEQUENCE) => from_pkcs8(body, wanted),
        _ => Err(unknown()),
    }
}

/// Takes a PrivateKeyInfo after its version.
fn from_pkcs8(mut body: &[u8], wanted: Option<Algorithm>) -> Result<PrivateKey, KeyError> {
    let damaged = || KeyError::DamagedPrivateKey;
    let mut algorithm = der::take(&mut body, SEQUENCE).ok_or_else(damaged)?;
    let identifier = der::take(&mut algorithm, OBJECT_IDENTIFIER).ok_or_else(damaged)?;
    let key = der::take(&mut body, OCTET_STRING).ok_or_else(damaged)?;
    match identifier {
        RSA => from_pkcs1(key, wanted),
        RSA_PSS => from_pkcs1(key, Some(pss::algorithm(algorithm, wanted)?)),
        EC => {
            let curve = der::take(&mut algorithm, OBJECT_IDENTIFIER).ok_or_else(unknown_curve)?;
            from_sec1(key, Some(der::algorithm_of(curve).ok_or_else(unknown_curve)?), wanted)
        }
        ED25519 => {
            let seed = der::whole(key, OCTET_STRING).ok_or_else(damaged)?;
            der::take(&mut body, CONTEXT_0);
            let public = der::take(&mut body, PRIMITIVE_1).and_then(|bits| bits.strip_prefix(&[0]));
            from_ed25519(wanted, seed, public)
        }
        _ => Err(KeyError::UnsupportedType("an unknown object identifier".to_owned())),
    }
}

/// Takes an RSAPrivateKey.
fn from_pkcs1(input: &[u8], wanted: Option<Algorithm>) -> Result<PrivateKey, KeyError> {
    let damaged = || KeyError::DamagedPrivateKey;
    let mut numbers = der::whole(input, SEQUENCE).ok_or_else(damaged)?;
    let version = der::take(&mut numbers, INTEGER).ok_or_else(damaged)?;
    let first = der::take_positive(&mut numbers).ok_or_else(damaged)?;
    if numbers.is_empty() {
        // Two numbers alone are an RSAPublicKey.
        return Err(KeyError::PublicOnly);
    }
    match version {
        [0] => {}
        [1] => return Err(many_primes()),
        _ => return Err(damaged()),
    }
    let e = der::take_positive(&mut numbers).ok_or_else(damaged)?;
    let algorithm = wanted.ok_or(KeyError::AlgorithmNeeded)?;
    if algorithm.family() != Family::Rsa {
        return Err(KeyError::WrongAlgorithm(algorithm));
    }
    // Before the library computes with them: that takes long for long numbers, and it gives no reason.
    rsa::inspect(algorithm, first, e)?;
    let pair = RsaKeyPair::from_der(input).map_err(|_| damaged())?;
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| damaged())?;
    finish(algorithm, pkcs8.as_ref())
}

/// Takes an ECPrivateKey. Its curve stands outside, in PKCS#8, or inside.
fn from_sec1(input: &[u8], outside: Option<Algorithm>, wanted: Option<Algorithm>) -> Result<PrivateKey, KeyError> {
    let damaged = || KeyError::DamagedPrivateKey;
    let mut body = der::whole(input, SEQUENCE).ok_or_else(damaged)?;
    der::take(&mut body, INTEGER).ok_or_else(damaged)?;
    let d = der::take(&mut body, OCTET_STRING).ok_or_else(damaged)?;
    let inside = match der::take(&mut body, CONTEXT_0) {
        None => None,
        Some(parameters) => {
            let curve = der::whole(parameters, OBJECT_IDENTIFIER).and_then(der::algorithm_of);
            Some(curve.ok_or_else(unknown_curve)?)
        }
    };
    let public = der::take(&mut body, CONTEXT_1);
    if !body.is_empty() || outside.is_some() && inside.is_some() && outside != inside {
        return Err(damaged());
    }
    let point = match public {
        None => None,
        Some(bits) => Some(der::whole(bits, BIT_STRING).and_then(|bits| bits.strip_prefix(&[0])).ok_or_else(damaged)?),
    };
    from_ec(outside.or(inside).ok_or(KeyError::AlgorithmNeeded)?, wanted, d, point)
}

/// Takes a private number and, if it came with one, the point in its uncompressed form (SEC 1 section 2.3.3).
fn from_ec(own: Algorithm, wanted: Option<Algorithm>, d: &[u8], point: Option<&[u8]>) -> Result<PrivateKey, KeyError> {
    let algorithm = wanted.unwrap_or(own);
    let suite = curve_suite(own).filter(|_| algorithm == own).ok_or(KeyError::WrongAlgorithm(algorithm))?;
    let expected = own.coordinate_len().unwrap_or_default();
    if d.len() != expected {
        return Err(KeyError::WrongLength { expected, found: d.len() });
    }
    if let Some(point) = point {
        let members = ec_members(own, point).ok_or(KeyError::NotOnCurve)?;
        VerifyingKey::from_members(own, members)?;
    }
    let curve = der::element(OBJECT_IDENTIFIER, &[der::curve_of(own).unwrap_or_default()]);
    let (number, parameters) = (der::element(OCTET_STRING, &[d]), der::element(CONTEXT_0, &[&curve]));
    let sec1 = der::element(SEQUENCE, &[&[INTEGER, 1, 1], &number, &parameters]);
    let pair = EcdsaKeyPair::from_private_key_der(suite, &sec1).map_err(|_| KeyError::DamagedPrivateKey)?;
    if point.is_some_and(|point| point != pair.public_key().as_ref()) {
        return Err(KeyError::HalvesDiffer);
    }
    let pkcs8 = pair.to_pkcs8v1().map_err(|_| KeyError::DamagedPrivateKey)?;
    finish(algorithm, pkcs8.as_ref())
}

fn from_ed25519(wanted: Option<Algorithm>, seed: &[u8], public: Option<&[u8]>) -> Result<PrivateKey, KeyError> {
    let algorithm = wanted.unwrap_or(Algorithm::EdDsa);
    if algorithm != Algorithm::EdDsa {
        return Err(KeyError::WrongAlgorithm(algorithm));
    }
    if seed.len() != 32 {
        return Err(KeyError::WrongLength { expected: 32, found: seed.len() });
    }
    if let Some(public) = public {
        VerifyingKey::from_members(algorithm, PublicMembers::Okp { x: public.to_vec() })?;
    }
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::DamagedPrivateKey)?;
    if public.is_some_and(|public| public != pair.public_key().as_ref()) {
        return Err(KeyError::HalvesDiffer);
    }
    // Version 1: other libraries do not read version 2.
    let pkcs8 = pair.to_pkcs8v1().map_err(|_| KeyError::DamagedPrivateKey)?;
    finish(algorithm, pkcs8.as_ref())
}

fn from_openssh(file: &[u8], wanted: Option<Algorithm>) -> Result<PrivateKey, KeyError> {
    let key = openssh::on_curve(file)?;
    match key.algorithm {
        Algorithm::EdDsa => from_ed25519(wanted, &key.number, Some(&key.point)),
        own => from_ec(own, wanted, &key.number, Some(&key.point)),
    }
}

/// The key is taken only if what is kept of it can sign.
fn finish(algorithm: Algorithm, pkcs8: &[u8]) -> Result<PrivateKey, KeyError> {
    SigningKey::from_pkcs8(algorithm, pkcs8)?;
    Ok(PrivateKey::from_bytes(algorithm, Zeroizing::new(pkcs8.to_vec())))
}

fn unreadable(why: &str) -> KeyError {
    KeyError::Unreadable(why.to_owned())
}

fn many_primes() -> KeyError {
    unreadable("it has more than two primes")
}

fn unknown_curve() -> KeyError {
    KeyError::UnsupportedType("an unknown curve".to_owned())
}
