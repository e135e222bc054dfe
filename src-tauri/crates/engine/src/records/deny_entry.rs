//! Entries of the deny list.

use crate::clock::Timestamp;

/// A token that is refused although it has not expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DenyEntry {
    /// The token ID.
    pub jti: String,
    /// When it was revoked, or a one-time token used.
    pub revoked_at: Timestamp,
    /// When the entry is no longer needed, because the token has expired.
    pub leaves_at: Timestamp,
    /// The session of an access token that was issued with a refresh token, if it is the latest one.
    pub sid: Option<String>,
    /// That session's user.
    pub username: Option<String>,
}
