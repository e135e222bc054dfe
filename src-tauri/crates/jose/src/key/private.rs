//! Private keys from outside: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017), SEC 1 (RFC 5915), OpenSSH and JWK (RFC 7517).
//!
//! Every format is reduced to the key's numbers; these are checked, with a reason for each refusal, and the crypto
//! library produces the one format that is kept.

#[cfg(test)]
mod tests;

use std::fmt;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode as _, ErrorKind, Tag, Tagged as _};
use pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};
use pkcs8::PrivateKeyInfoRef;
use sec1::EcPrivateKey;
use zeroize::Zeroizing;

use super::oid::{self, EC, ED25519, RSA, RSA_PSS, elements};
use super::sign::{curve_suite, ec_members};
use super::{KeyError, PublicMembers, VerifyingKey, jwk, openssh, pem, pkcs12, pss, rsa};
use crate::visible::excerpt;
use crate::{Algorithm, Family, SigningKey, base64url, json::quoted};

/// The longest key that is read, in bytes: an RSA key of 8192 bits is less than a tenth of that in any format.
const LONGEST: usize = 64 * 1024;

/// A private key as it is stored: PKCS#8 DER, or the bytes of a shared secret. `Debug` prints no secret, and the memory
/// is wiped on drop.
pub struct PrivateKey {
    algorithm: Algorithm,
    kid: Option<String>,
    bytes: Zeroizing<Vec<u8>>,
}

impl PrivateKey {
    /// Reads a private key: PEM or DER (also in base64) of PKCS#8, PKCS#1 or SEC 1, OpenSSH's own
    /// form for curves, or a private JWK.
    ///
    /// Its algorithm is the JWK's `alg`, or `algorithm`, or the only one that its curve has; two that differ are
    /// refused. A shared secret must be a JWK of the type `oct`.
    pub fn read(input: &[u8], algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        if let Ok(text) = std::str::from_utf8(input)
            && text.trim_start().starts_with('{')
            && input.len() <= LONGEST
        {
            return from_jwk(text.trim(), algorithm);
        }
        let bytes = without_armour(input)?;
        if bytes.starts_with(openssh::MAGIC) { from_openssh(&bytes, algorithm) } else { from_der(&bytes, algorithm) }
    }

    /// Restores a key from [`PrivateKey::bytes`]. It is checked when it becomes a [`SigningKey`].
    pub fn from_bytes(algorithm: Algorithm, bytes: Zeroizing<Vec<u8>>) -> Self {
        Self { algorithm, kid: None, bytes }
    }

    /// The only algorithm that this key is for.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid` of its JWK, if it had one.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The PKCS#8 DER, or the bytes of the shared secret. Must be kept secret.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The key, ready to sign. Without a `kid` its name is its thumbprint, which a shared secret does not have.
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

    /// The private key as text that [`PrivateKey::read`] takes: PKCS#8 in PEM, or a JWK for a shared secret. Must be
    /// kept secret.
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

/// The bytes of a private key given in PEM, in base64, or in binary.
pub(super) fn without_armour(input: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if input.len() > LONGEST {
        return Err(unreadable("it has more than 64 KiB"));
    }
    let as_it_is = || Zeroizing::new(input.to_vec());
    let Some(text) = std::str::from_utf8(input).ok().filter(|_| !input.starts_with(openssh::MAGIC)) else {
        return Ok(as_it_is());
    };
    if pem::is_pem(text) {
        let (label, der) = pem::decode(text.trim())?;
        return match &*label {
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "ENCRYPTED PRIVATE KEY" => Ok(der),
            "OPENSSH PRIVATE KEY" if der.starts_with(openssh::MAGIC) => Ok(der),
            "OPENSSH PRIVATE KEY" => Err(KeyError::DamagedPrivateKey),
            "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => Err(KeyError::PublicOnly),
            _ => Err(KeyError::UnsupportedType(label)),
        };
    }
    // Reserve everything at once: a growing string leaves unwiped copies behind.
    let mut symbols = Zeroizing::new(String::with_capacity(text.len()));
    symbols.extend(text.split_ascii_whitespace());
    let decoded = STANDARD.decode(&*symbols).map(Zeroizing::new);
    Ok(decoded.ok().filter(|der| !der.is_empty()).unwrap_or_else(as_it_is))
}

/// True for an EncryptedPrivateKeyInfo, with any encryption.
pub(super) fn is_encrypted(der: &[u8]) -> bool {
    matches!(tags_of(der).as_deref(), Some([Tag::Sequence, Tag::OctetString]))
}

/// The tags of the elements in the input's sequence.
fn tags_of(der: &[u8]) -> Option<Vec<Tag>> {
    let body = AnyRef::from_der(der).ok().filter(|body| body.tag() == Tag::Sequence)?;
    Some(elements(body.value()).iter().map(AnyRef::tag).collect())
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
            let [n, e, d, p, q, dp, dq, qi] = ["n", "e", "d", "p", "q", "dp", "dq", "qi"].map(member);
            let (n, e, d, p, q, dp, dq, qi) = (n?, e?, d?, p?, q?, dp?, dq?, qi?);
            let number = |bytes| UintRef::new(bytes).map_err(|_| KeyError::DamagedPrivateKey);
            let numbers = RsaPrivateKeyRef {
                modulus: number(&n)?,
                public_exponent: number(&e)?,
                private_exponent: number(&d)?,
                prime1: number(&p)?,
                prime2: number(&q)?,
                exponent1: number(&dp)?,
                exponent2: number(&dq)?,
                coefficient: number(&qi)?,
                other_prime_infos: None,
            };
            from_pkcs1(&to_der(&numbers)?, algorithm)
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
    // Private keys begin with a version; public keys, certificates and encrypted keys with a sequence.
    match tags_of(input).ok_or_else(unknown)?[..] {
        [Tag::Sequence, Tag::OctetString] => Err(KeyError::Encrypted),
        [Tag::Sequence, ..] => Err(KeyError::PublicOnly),
        [Tag::Integer, Tag::Integer, ..] => from_pkcs1(input, wanted),
        [Tag::Integer, Tag::OctetString, ..] => from_sec1(input, None, wanted),
        [Tag::Integer, Tag::Sequence, ..] if pkcs12::is_one(input) => Err(KeyError::Encrypted),
        [Tag::Integer, Tag::Sequence, ..] => from_pkcs8(input, wanted),
        _ => Err(unknown()),
    }
}

fn from_pkcs8(input: &[u8], wanted: Option<Algorithm>) -> Result<PrivateKey, KeyError> {
    let damaged = |_| KeyError::DamagedPrivateKey;
    let PrivateKeyInfoRef { algorithm, private_key, public_key } =
        PrivateKeyInfoRef::from_der(input).map_err(damaged)?;
    match algorithm.oid {
        RSA => from_pkcs1(private_key.as_bytes(), wanted),
        RSA_PSS => from_pkcs1(private_key.as_bytes(), Some(pss::algorithm(algorithm.parameters, wanted)?)),
        EC => {
            let curve = algorithm.parameters.and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
            from_sec1(
                private_key.as_bytes(),
                Some(curve.and_then(oid::algorithm_of).ok_or_else(unknown_curve)?),
                wanted,
            )
        }
        ED25519 => {
            let seed = private_key.decode_into::<&OctetStringRef>().map_err(damaged)?;
            from_ed25519(wanted, seed.as_bytes(), public_key.and_then(|public| public.as_bytes()))
        }
        _ => Err(KeyError::UnsupportedType("an unknown object identifier".to_owned())),
    }
}

/// Reads an RSAPrivateKey.
fn from_pkcs1(input: &[u8], wanted: Option<Algorithm>) -> Result<PrivateKey, KeyError> {
    if RsaPublicKeyRef::from_der(input).is_ok() {
        return Err(KeyError::PublicOnly);
    }
    let numbers = RsaPrivateKeyRef::from_der(input).map_err(|_| KeyError::DamagedPrivateKey)?;
    if numbers.other_prime_infos.is_some() {
        return Err(many_primes());
    }
    let algorithm = wanted.ok_or(KeyError::AlgorithmNeeded)?;
    if algorithm.family() != Family::Rsa {
        return Err(KeyError::WrongAlgorithm(algorithm));
    }
    // Check these before the library computes with them: it is slow for long numbers and gives no reasons.
    rsa::inspect(algorithm, numbers.modulus.as_bytes(), numbers.public_exponent.as_bytes())?;
    let pair = RsaKeyPair::from_der(input).map_err(|_| KeyError::DamagedPrivateKey)?;
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::DamagedPrivateKey)?;
    finish(algorithm, pkcs8.as_ref())
}

/// Reads an ECPrivateKey. Its curve is named outside, in PKCS#8, or inside.
fn from_sec1(input: &[u8], outside: Option<Algorithm>, wanted: Option<Algorithm>) -> Result<PrivateKey, KeyError> {
    let key = EcPrivateKey::from_der(input).map_err(|error| match error.kind() {
        // A curve with explicit parameters instead of a name.
        ErrorKind::TagUnexpected { expected: Some(Tag::ObjectIdentifier), .. } => unknown_curve(),
        _ => KeyError::DamagedPrivateKey,
    })?;
    let named = key.parameters.and_then(sec1::EcParameters::named_curve);
    let inside = named.map(|curve| oid::algorithm_of(curve).ok_or_else(unknown_curve)).transpose()?;
    if outside.is_some() && inside.is_some() && outside != inside {
        return Err(KeyError::DamagedPrivateKey);
    }
    let own = outside.or(inside).ok_or(KeyError::AlgorithmNeeded)?;
    from_ec(own, wanted, key.private_key, key.public_key)
}

/// Takes a private number and, if present, the point in its uncompressed form (SEC 1 section 2.3.3).
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
    let parameters = oid::curve_of(own).map(sec1::EcParameters::NamedCurve);
    let sec1 = to_der(&EcPrivateKey { private_key: d, parameters, public_key: None })?;
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

fn to_der(key: &impl der::Encode) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    key.to_der().map(Zeroizing::new).map_err(|_| KeyError::DamagedPrivateKey)
}

/// Accept the key only if its stored form can sign.
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
