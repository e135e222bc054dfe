//! Keys that check signatures. A key has exactly one algorithm (RFC 8725 section 3.1) and is checked before it is used.

mod disguise;
mod ed25519;
mod encodings;
mod encrypted;
mod error;
mod jwk;
mod oid;
mod openssh;
mod pem;
mod pkcs12;
mod private;
mod pss;
mod pss_salt;
mod public_set;
mod rsa;
mod sign;
mod spki;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self as suite, ParsedPublicKey, RsaPublicKeyComponents, VerificationAlgorithm};
use zeroize::Zeroizing;

pub use disguise::{Disguise, text_of};
pub use encodings::{Encoding, block, with_line_breaks};
pub use encrypted::{decrypted, is_encrypted, is_pkcs12};
pub use error::{KeyError, Mismatch};
pub use jwk::{KeySet, SkippedKey, members_of as jwk_members, private_member};
pub use private::PrivateKey;
pub use pss_salt::PssSalt;
pub use public_set::{LONGEST_PUBLIC_SET, NotPublic, names_of, public_set};
pub use sign::{SignError, SigningKey, raw_from_der, signing_input};
pub use spki::validity;

use crate::Algorithm;

/// A key that can check signatures of one algorithm. Cloning it is cheap; `Debug` prints no secret.
#[derive(Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    material: Arc<Material>,
    kid: Option<String>,
}

enum Material {
    Secret { bytes: Zeroizing<Vec<u8>>, key: Box<hmac::Key> },
    Public { members: PublicMembers, key: ParsedPublicKey },
}

/// The members of a public JWK that its thumbprint covers (RFC 7638 section 3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicMembers {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Ec { crv: &'static str, x: Vec<u8>, y: Vec<u8> },
    Okp { x: Vec<u8> },
}

impl VerifyingKey {
    /// Reads a JWK as JSON text (RFC 7517), its public part only.
    ///
    /// The key's algorithm is its `alg`, or `algorithm`, or the only one that its curve has; two that differ are
    /// refused. Also refused are duplicate members, members that are not strict base64url, RSA below 2048 or above 8192
    /// bits, even or tiny exponents, points off the curve, and a `use` other than `sig`.
    pub fn from_jwk(json: &str, algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        jwk::verifying_key(json, algorithm)
    }

    /// Reads a public key as SubjectPublicKeyInfo (RFC 5280 section 4.1), in PEM or DER.
    ///
    /// `algorithm` is required for RSA, whose keys fit six algorithms; for curves it may be `None`.
    pub fn from_spki(pem_or_der: &[u8], algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        spki::verifying_key(pem_or_der, algorithm)
    }

    /// Reads a public key in DER: SubjectPublicKeyInfo, RSAPublicKey (RFC 8017 appendix A.1.1), or the key of an X.509
    /// certificate (RFC 5280 section 4.1), whose own signature and dates are not checked.
    pub fn from_public_der(der: &[u8], algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        spki::from_der(der, algorithm)
    }

    /// Reads a public key as OpenSSH writes it, `ssh-ed25519 AAAA…`; `None` for any other text.
    pub fn from_openssh_line(text: &str, algorithm: Option<Algorithm>) -> Option<Result<Self, KeyError>> {
        openssh::line(text).map(|blob| openssh::public(&blob, algorithm))
    }

    /// Reads the public part of a private key in OpenSSH's own format, encrypted or not.
    pub fn from_openssh_private(file: &[u8], algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        openssh::public_of_private(file, algorithm)
    }

    /// Takes the bytes of a shared secret. Only an empty one is refused: a weak one must be usable so that it can be
    /// detected; [`VerifyingKey::is_weak`] reports it.
    pub fn from_hmac(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        let Some(hash) = hmac_algorithm(algorithm) else { return Err(KeyError::WrongAlgorithm(algorithm)) };
        if secret.is_empty() {
            return Err(too_short(algorithm, 0));
        }
        let material =
            Material::Secret { bytes: Zeroizing::new(secret.to_vec()), key: Box::new(hmac::Key::new(hash, secret)) };
        Ok(VerifyingKey { algorithm, material: Arc::new(material), kid: None })
    }

    /// The only algorithm that this key is for.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid` of its JWK, if it had one.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The SHA-256 thumbprint in base64url (RFC 7638). `None` for a shared secret: it would be a hash of the secret.
    pub fn thumbprint(&self) -> Option<String> {
        match &*self.material {
            Material::Secret { .. } => None,
            Material::Public { members, .. } => Some(members.thumbprint()),
        }
    }

    /// The public JWK as JSON text with `kid`, `use` and `alg`. `None` for a shared secret. The `kid` is the JWK's
    /// own, or else the thumbprint.
    pub fn public_jwk(&self) -> Option<String> {
        match &*self.material {
            Material::Secret { .. } => None,
            Material::Public { members, .. } => {
                let kid = self.kid.clone().unwrap_or_else(|| members.thumbprint());
                Some(members.jwk(&kid, self.algorithm))
            }
        }
    }

    /// The public key as SubjectPublicKeyInfo in PEM (RFC 7468 section 13). `None` for a shared secret.
    pub fn public_pem(&self) -> Option<String> {
        match &*self.material {
            Material::Secret { .. } => None,
            Material::Public { members, .. } => Some(spki::pem_of(self.algorithm, members)),
        }
    }

    /// True for a shared secret that is shorter than its algorithm's hash (RFC 7518 section 3.2).
    pub fn is_weak(&self) -> bool {
        self.secret_len().is_some_and(|length| self.algorithm.least_secret_len().is_some_and(|least| length < least))
    }

    /// How many bits an RSA key's modulus has; `None` for every other key.
    pub fn rsa_bits(&self) -> Option<usize> {
        match &*self.material {
            Material::Public { members: PublicMembers::Rsa { n, .. }, .. } => Some(rsa::bits(n)),
            _ => None,
        }
    }

    /// Checks `signature` over `signing_input`, in constant time for HMAC (RFC 7515 section 5.2).
    pub fn verify(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), Mismatch> {
        // aws-lc refuses any other length too; this check rules out DER forms and short MACs explicitly.
        if self.algorithm.signature_len().is_some_and(|length| length != signature.len()) {
            return Err(Mismatch);
        }
        match &*self.material {
            Material::Secret { key, .. } => hmac::verify(key, signing_input, signature).map_err(|_| Mismatch),
            Material::Public { key, .. } => key.verify_sig(signing_input, signature).map_err(|_| Mismatch),
        }
    }

    /// What a shared secret really is, if its bytes are recognisably a key.
    pub fn disguise(&self) -> Option<Disguise> {
        match &*self.material {
            Material::Secret { bytes, .. } => Disguise::of(bytes),
            Material::Public { .. } => None,
        }
    }

    /// True if both are the same key, regardless of name and algorithm.
    pub fn is_same_key(&self, other: &VerifyingKey) -> bool {
        match (&*self.material, &*other.material) {
            (Material::Secret { bytes: one, .. }, Material::Secret { bytes: other, .. }) => one == other,
            (Material::Public { members: one, .. }, Material::Public { members: other, .. }) => one == other,
            (Material::Secret { .. }, Material::Public { .. }) | (Material::Public { .. }, Material::Secret { .. }) => {
                false
            }
        }
    }

    /// The same key under another name, or under none.
    #[must_use]
    pub fn with_kid(mut self, kid: Option<String>) -> Self {
        self.kid = kid;
        self
    }

    /// The length of a shared secret in bytes.
    pub fn secret_len(&self) -> Option<usize> {
        match &*self.material {
            Material::Secret { bytes, .. } => Some(bytes.len()),
            Material::Public { .. } => None,
        }
    }

    /// Creates a key from public members, after every check that RFC 7518 section 6 and RFC 8725 section 3.4 require.
    pub(crate) fn from_members(algorithm: Algorithm, members: PublicMembers) -> Result<Self, KeyError> {
        let key = match &members {
            PublicMembers::Rsa { n, e } => {
                let parameters = rsa_parameters(algorithm).ok_or(KeyError::WrongAlgorithm(algorithm))?;
                rsa::inspect(algorithm, n, e)?;
                let components = RsaPublicKeyComponents { n, e };
                components.to_parsed_public_key(parameters).map_err(|_| KeyError::Refused)?
            }
            PublicMembers::Ec { crv, x, y } => {
                let length = algorithm.coordinate_len().filter(|_| algorithm.curve() == Some(crv));
                let length = length.ok_or(KeyError::WrongAlgorithm(algorithm))?;
                if x.len() != length || y.len() != length {
                    return Err(KeyError::NotOnCurve);
                }
                let point = [&[4][..], x, y].concat();
                parse(algorithm, &point)?
            }
            PublicMembers::Okp { x } => {
                if algorithm != Algorithm::EdDsa {
                    return Err(KeyError::WrongAlgorithm(algorithm));
                }
                if x.len() != 32 || ed25519::has_small_order(x) {
                    return Err(KeyError::NotOnCurve);
                }
                parse(algorithm, x)?
            }
        };
        Ok(VerifyingKey { algorithm, material: Arc::new(Material::Public { members, key }), kid: None })
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let material = if self.algorithm.is_symmetric() { "[secret]" } else { "[public]" };
        f.debug_struct("VerifyingKey")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .field("material", &material)
            .finish()
    }
}

/// Reads a key with its own algorithm. A key that fits several is read with the token's, or with the most common one,
/// in which case the check reports that the token asks for another.
pub fn with_fitting<T>(
    asked: Option<Algorithm>,
    read: impl Fn(Option<Algorithm>) -> Result<T, KeyError>,
) -> Result<T, KeyError> {
    let mut outcome = read(None);
    let usual = [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Hs256].map(Some);
    for wanted in [asked].into_iter().chain(usual).flatten() {
        if !matches!(outcome, Err(KeyError::AlgorithmNeeded | KeyError::WrongAlgorithm(_))) {
            break;
        }
        outcome = read(Some(wanted));
    }
    outcome
}

/// The hash of an HMAC algorithm; `None` for any other.
pub fn hmac_algorithm(algorithm: Algorithm) -> Option<hmac::Algorithm> {
    match algorithm {
        Algorithm::Hs256 => Some(hmac::HMAC_SHA256),
        Algorithm::Hs384 => Some(hmac::HMAC_SHA384),
        Algorithm::Hs512 => Some(hmac::HMAC_SHA512),
        _ => None,
    }
}

pub(crate) fn too_short(algorithm: Algorithm, bytes: usize) -> KeyError {
    let least = algorithm.least_secret_len().unwrap_or_default() * 8;
    KeyError::TooShort { algorithm, least, found: bytes * 8 }
}

fn parse(algorithm: Algorithm, bytes: &[u8]) -> Result<ParsedPublicKey, KeyError> {
    let verification: &'static dyn VerificationAlgorithm = match algorithm {
        Algorithm::Es256 => &suite::ECDSA_P256_SHA256_FIXED,
        Algorithm::Es384 => &suite::ECDSA_P384_SHA384_FIXED,
        Algorithm::Es512 => &suite::ECDSA_P521_SHA512_FIXED,
        Algorithm::Es256K => &suite::ECDSA_P256K1_SHA256_FIXED,
        Algorithm::EdDsa => &suite::ED25519,
        _ => return Err(KeyError::WrongAlgorithm(algorithm)),
    };
    ParsedPublicKey::new(verification, bytes).map_err(|_| KeyError::NotOnCurve)
}

fn rsa_parameters(algorithm: Algorithm) -> Option<&'static suite::RsaParameters> {
    match algorithm {
        Algorithm::Rs256 => Some(&suite::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => Some(&suite::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => Some(&suite::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::Ps256 => Some(&suite::RSA_PSS_2048_8192_SHA256),
        Algorithm::Ps384 => Some(&suite::RSA_PSS_2048_8192_SHA384),
        Algorithm::Ps512 => Some(&suite::RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}
