//! The hash that identifies a refresh token.

use aws_lc_rs::digest;

/// The SHA-256 of a refresh token: the only form that reaches the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RefreshHash(pub(crate) [u8; 32]);

impl RefreshHash {
    /// The hash of a token in compact form.
    pub(crate) fn of(token: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
        Self(hash)
    }
}
