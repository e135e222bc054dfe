//! Hashes that tokens carry, in base64url.

use aws_lc_rs::digest::{self, Algorithm};

use crate::base64url;

/// SHA-256, as in `ath` (RFC 9449 section 4.2) and `sd_hash`.
pub fn sha_256(bytes: &[u8]) -> String {
    of(&digest::SHA256, bytes)
}

/// The hash of this name in IANA's "Named Information Hash Algorithm" registry, as `_sd_alg` writes it (RFC 9901
/// section 4.1.1); `None` for names that this build does not know.
pub fn named(name: &str, bytes: &[u8]) -> Option<String> {
    let algorithm = match name {
        "sha-256" => &digest::SHA256,
        "sha-384" => &digest::SHA384,
        "sha-512" => &digest::SHA512,
        "sha3-256" => &digest::SHA3_256,
        "sha3-384" => &digest::SHA3_384,
        "sha3-512" => &digest::SHA3_512,
        _ => return None,
    };
    Some(of(algorithm, bytes))
}

fn of(algorithm: &'static Algorithm, bytes: &[u8]) -> String {
    base64url::encode(digest::digest(algorithm, bytes).as_ref())
}
