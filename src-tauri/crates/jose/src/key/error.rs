//! Why a key cannot be used, or a signature does not match.

use crate::Algorithm;

/// The signature does not match this input and this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match")]
pub struct Mismatch;

/// Why a key is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is not a JWK, a JWK Set, PEM or DER, whichever was expected.
    #[error("not a readable key ({0})")]
    Unreadable(String),
    /// A member appears more than once.
    #[error("the member `{0}` appears more than once")]
    DuplicateMember(String),
    /// A member is missing or of another type.
    #[error("the member `{0}` is missing or not a string")]
    MissingMember(&'static str),
    /// A member is not canonical base64url (RFC 7515 section 2).
    #[error("the member `{0}` is not base64url without padding")]
    NotBase64Url(&'static str),
    /// This build cannot use that `kty` or `crv`.
    #[error("this build cannot use the key type `{0}`")]
    UnsupportedType(String),
    /// This build cannot use that `alg`.
    #[error("this build cannot use the algorithm `{0}`")]
    UnsupportedAlgorithm(String),
    /// Neither the key nor the caller names an algorithm and the key fits several.
    #[error("this key fits several algorithms: name one")]
    AlgorithmNeeded,
    /// The key cannot be used with this algorithm.
    #[error("the key is not one for {0}")]
    WrongAlgorithm(Algorithm),
    /// `use` or `key_ops` says that the key is not for signatures (RFC 7517 sections 4.2 and 4.3).
    #[error("the key says that it is not for signatures")]
    NotForSignatures,
    /// Too short for its algorithm (RFC 7518 sections 3.2 and 3.3).
    #[error("{algorithm} needs at least {least} bits, this key has {found}")]
    TooShort {
        /// The algorithm.
        algorithm: Algorithm,
        /// The fewest bits it allows.
        least: usize,
        /// The bits the key has.
        found: usize,
    },
    /// Longer than any key in use: checking with it would take too long.
    #[error("the key has {0} bits, more than 8192")]
    TooLong(usize),
    /// An RSA exponent that is even or below 3 or above 32 bits, or a modulus that is even.
    #[error("the RSA numbers cannot be a key: {0}")]
    BadRsaNumbers(&'static str),
    /// The modulus has the fingerprint of CVE-2017-15361: its primes can be computed.
    #[error("the modulus has the ROCA fingerprint (CVE-2017-15361): the private key can be computed from it")]
    Roca,
    /// The coordinates are not a point on the curve, or have the wrong length (RFC 7518 section 6.2.1).
    #[error("the coordinates are not a point of the curve")]
    NotOnCurve,
    /// The private key is damaged, or its halves do not match.
    #[error("the private key is damaged, of another type, or its parts do not belong together")]
    DamagedPrivateKey,
    /// The certificate of a JWK is for another key (RFC 7517 section 4.7).
    #[error("its certificate in `x5c` is for another key")]
    CertificateDiffers,
    /// The private part does not match the public part that came with it.
    #[error("the private part does not belong to the public part")]
    HalvesDiffer,
    /// The private part does not have its curve's length (RFC 7518 section 6.2.2.1, RFC 8037 section 2).
    #[error("the private part has {found} bytes where {expected} are needed")]
    WrongLength {
        /// The bytes that the curve requires.
        expected: usize,
        /// The bytes the key has.
        found: usize,
    },
    /// The private key is encrypted, and no passphrase was given.
    #[error("the private key is encrypted: give its passphrase")]
    Encrypted,
    /// The passphrase of the private key is wrong.
    #[error("this is not the passphrase of the private key")]
    WrongPassphrase,
    /// Deriving the key from the passphrase would take too long: the file may have been made to keep its reader busy.
    #[error("the private key asks for more than {0} before its passphrase can be tried, so it is not opened")]
    TooCostly(&'static str),
    /// Encrypted as in RFC 1421 or PBES1, or in an unknown way.
    #[error(
        "this private key is encrypted in a format that is not supported, for example PEM with `Proc-Type: \
         4,ENCRYPTED`: `openssl pkey -in key -aes256` turns a copy of it into encrypted PKCS#8"
    )]
    UnknownEncryption,
    /// A private key in OpenSSH's own format that cannot be read; the text says why.
    #[error(
        "this OpenSSH key cannot be read, {0}: `ssh-keygen -p -N '' -m PKCS8 -f key` turns a copy of it into PKCS#8"
    )]
    OpenSsh(&'static str),
    /// A public key or a certificate, where a private key is needed.
    #[error("this is only the public part; the private key is needed")]
    PublicOnly,
    /// The cryptographic library refuses the key.
    #[error("the key is refused")]
    Refused,
}
