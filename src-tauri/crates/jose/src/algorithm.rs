//! The signature algorithms this crate knows (RFC 7518 section 3, RFC 8037, RFC 8812), by their exact JOSE names.

use std::fmt;
use std::str::FromStr;

/// One JOSE signature algorithm. A key has exactly one (RFC 8725 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// HMAC with SHA-256 (RFC 7518 section 3.2).
    Hs256,
    /// HMAC with SHA-384 (RFC 7518 section 3.2).
    Hs384,
    /// HMAC with SHA-512 (RFC 7518 section 3.2).
    Hs512,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3).
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384 (RFC 7518 section 3.3).
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512 (RFC 7518 section 3.3).
    Rs512,
    /// RSASSA-PSS with SHA-256 (RFC 7518 section 3.5).
    Ps256,
    /// RSASSA-PSS with SHA-384 (RFC 7518 section 3.5).
    Ps384,
    /// RSASSA-PSS with SHA-512 (RFC 7518 section 3.5).
    Ps512,
    /// ECDSA on P-256 with SHA-256 (RFC 7518 section 3.4).
    Es256,
    /// ECDSA on P-384 with SHA-384 (RFC 7518 section 3.4).
    Es384,
    /// ECDSA on P-521 with SHA-512 (RFC 7518 section 3.4).
    Es512,
    /// ECDSA on secp256k1 with SHA-256 (RFC 8812 section 3.2).
    Es256K,
    /// Ed25519 (RFC 8037 section 3.1); the fully specified name `Ed25519` of RFC 9864 means the same.
    EdDsa,
}

/// The kind of key an algorithm needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// One secret shared by signer and verifier.
    Hmac,
    /// An RSA key pair.
    Rsa,
    /// A key pair on a Weierstrass curve.
    Ec,
    /// A key pair on an Edwards curve.
    Okp,
}

/// The name is not one of a signature algorithm this crate knows. JOSE names are case-sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a signature algorithm this build knows")]
pub struct UnknownAlgorithm;

impl Algorithm {
    /// Every algorithm, in the order of RFC 7518 section 3.1.
    pub const ALL: [Algorithm; 14] = [
        Algorithm::Hs256,
        Algorithm::Hs384,
        Algorithm::Hs512,
        Algorithm::Rs256,
        Algorithm::Rs384,
        Algorithm::Rs512,
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::Es512,
        Algorithm::Ps256,
        Algorithm::Ps384,
        Algorithm::Ps512,
        Algorithm::Es256K,
        Algorithm::EdDsa,
    ];

    /// Its name after an article: "an ES256", "a PS256".
    pub fn with_article(self) -> String {
        let article = if self.as_str().starts_with('P') { "a" } else { "an" };
        format!("{article} {self}")
    }

    /// The JOSE name as used in `alg`: "ES256".
    pub fn as_str(self) -> &'static str {
        match self {
            Algorithm::Hs256 => "HS256",
            Algorithm::Hs384 => "HS384",
            Algorithm::Hs512 => "HS512",
            Algorithm::Rs256 => "RS256",
            Algorithm::Rs384 => "RS384",
            Algorithm::Rs512 => "RS512",
            Algorithm::Ps256 => "PS256",
            Algorithm::Ps384 => "PS384",
            Algorithm::Ps512 => "PS512",
            Algorithm::Es256 => "ES256",
            Algorithm::Es384 => "ES384",
            Algorithm::Es512 => "ES512",
            Algorithm::Es256K => "ES256K",
            Algorithm::EdDsa => "EdDSA",
        }
    }

    /// The algorithm in words: "ECDSA P-256, SHA-256".
    pub fn describe(self) -> &'static str {
        match self {
            Algorithm::Hs256 => "HMAC, SHA-256",
            Algorithm::Hs384 => "HMAC, SHA-384",
            Algorithm::Hs512 => "HMAC, SHA-512",
            Algorithm::Rs256 => "RSA PKCS#1 v1.5, SHA-256",
            Algorithm::Rs384 => "RSA PKCS#1 v1.5, SHA-384",
            Algorithm::Rs512 => "RSA PKCS#1 v1.5, SHA-512",
            Algorithm::Ps256 => "RSA PSS, SHA-256",
            Algorithm::Ps384 => "RSA PSS, SHA-384",
            Algorithm::Ps512 => "RSA PSS, SHA-512",
            Algorithm::Es256 => "ECDSA P-256, SHA-256",
            Algorithm::Es384 => "ECDSA P-384, SHA-384",
            Algorithm::Es512 => "ECDSA P-521, SHA-512",
            Algorithm::Es256K => "ECDSA secp256k1, SHA-256",
            Algorithm::EdDsa => "EdDSA, Ed25519",
        }
    }

    /// Where the algorithm is defined: "7518 §3.4".
    pub fn reference(self) -> &'static str {
        match self {
            Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => "7518 §3.2",
            Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 => "7518 §3.3",
            Algorithm::Ps256 | Algorithm::Ps384 | Algorithm::Ps512 => "7518 §3.5",
            Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 => "7518 §3.4",
            Algorithm::Es256K => "8812 §3.2",
            Algorithm::EdDsa => "8037 §3.1",
        }
    }

    /// The kind of key that it needs.
    pub fn family(self) -> Family {
        match self {
            Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => Family::Hmac,
            Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512 => Family::Rsa,
            Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 | Algorithm::Es256K => Family::Ec,
            Algorithm::EdDsa => Family::Okp,
        }
    }

    /// True if signer and verifier share one secret.
    pub fn is_symmetric(self) -> bool {
        self.family() == Family::Hmac
    }

    /// The JWK name of its curve (RFC 7518 section 6.2.1.1), if it has one.
    pub fn curve(self) -> Option<&'static str> {
        match self {
            Algorithm::Es256 => Some("P-256"),
            Algorithm::Es384 => Some("P-384"),
            Algorithm::Es512 => Some("P-521"),
            Algorithm::Es256K => Some("secp256k1"),
            Algorithm::EdDsa => Some("Ed25519"),
            _ => None,
        }
    }

    /// The length in bytes of one coordinate, and so of `r` and of `s`, for ECDSA (RFC 7518 section 3.4).
    pub fn coordinate_len(self) -> Option<usize> {
        match self {
            Algorithm::Es256 | Algorithm::Es256K => Some(32),
            Algorithm::Es384 => Some(48),
            Algorithm::Es512 => Some(66),
            _ => None,
        }
    }

    /// The length of a signature in bytes, if the algorithm fixes it; RSA's depends on the key.
    pub fn signature_len(self) -> Option<usize> {
        match self {
            Algorithm::Hs256 => Some(32),
            Algorithm::Hs384 => Some(48),
            Algorithm::Hs512 | Algorithm::EdDsa => Some(64),
            _ => self.coordinate_len().map(|length| 2 * length),
        }
    }

    /// The shortest HMAC key that RFC 7518 section 3.2 allows, in bytes: as long as the hash.
    pub fn least_secret_len(self) -> Option<usize> {
        if self.is_symmetric() { self.signature_len() } else { None }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    /// Accepts the exact, case-sensitive JOSE name (RFC 7515 section 4.1.1), and `Ed25519` for EdDSA (RFC 9864).
    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        if name == "Ed25519" {
            return Ok(Algorithm::EdDsa);
        }
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.as_str() == name).ok_or(UnknownAlgorithm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_as_itself() {
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
            assert!(!algorithm.describe().is_empty());
        }
        assert_eq!("Ed25519".parse(), Ok(Algorithm::EdDsa));
    }

    #[test]
    fn a_name_in_another_case_is_unknown() {
        for name in ["es256", "Es256", "none", "None", "ES256 ", "", "Ed448", "eddsa", "HS1"] {
            assert_eq!(name.parse::<Algorithm>(), Err(UnknownAlgorithm), "{name}");
        }
    }
}
