//! How second-factor codes are generated.

/// The hash in a code's HMAC (RFC 6238 section 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CodeAlgorithm {
    /// Supported by every authenticator app. The weaknesses of SHA-1 do not affect HMAC.
    #[default]
    Sha1,
    /// Ignored by some apps, which then show wrong codes.
    Sha256,
    /// Ignored by some apps, which then show wrong codes.
    Sha512,
}

impl CodeAlgorithm {
    const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// Its name in an `otpauth` URI and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    pub(crate) fn stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// How codes are derived from a secret and the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeSettings {
    /// The hash.
    pub algorithm: CodeAlgorithm,
    /// The number of digits, 6 to 8.
    pub digits: u8,
    /// The period in seconds, 15 to 300.
    pub period_seconds: u32,
}

impl Default for CodeSettings {
    fn default() -> Self {
        Self { algorithm: CodeAlgorithm::Sha1, digits: 6, period_seconds: 30 }
    }
}
