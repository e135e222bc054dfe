//! Signing keys as the window shows them.

use super::super::number;
use engine::keys::{KeyState, ListedKey, Purpose};
use serde::{Deserialize, Serialize};

/// What a key signs.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyPurpose {
    /// Access tokens.
    Access,
    /// Refresh tokens.
    Refresh,
    /// Pending tokens, between password and second factor.
    Mfa,
    /// Hand-made tokens.
    Test,
}

/// A key's state.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum KeyStateView {
    /// Published, but does not sign yet.
    Next,
    /// Signs.
    Active,
    /// Only verifies.
    Retiring {
        /// When it stopped signing, in milliseconds since the Unix epoch.
        since_ms: i64,
        /// When the last of its tokens expires.
        until_ms: i64,
    },
    /// Its tokens are refused, and its private part is gone.
    Retired {
        /// When it stopped signing; null if it never signed.
        since_ms: Option<i64>,
        /// When it was retired.
        at_ms: i64,
    },
}

/// A signing key as the window shows it.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct KeyView {
    /// The key ID, in the header of its tokens.
    pub kid: String,
    /// The name it is shown by.
    pub name: String,
    /// What it signs.
    pub purpose: KeyPurpose,
    /// Its algorithm: "ES256".
    pub algorithm: String,
    /// Is it a shared secret, which has no public part?
    pub shared: bool,
    /// Its state.
    pub state: KeyStateView,
    /// Was it confirmed by the keyring since this database was restored? Until then it neither signs nor verifies.
    pub proven: bool,
    /// When it was made or imported, in milliseconds since the Unix epoch.
    pub created_at_ms: i64,
    /// How many tokens it signed.
    pub signed: u32,
    /// When it last signed; null if it never did.
    pub last_signed_at_ms: Option<i64>,
}

/// How long tokens live, in seconds.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
pub struct KeyLifetimes {
    /// Access tokens.
    pub access: u32,
    /// Sessions, and so their refresh tokens.
    pub refresh: u32,
    /// Pending tokens.
    pub mfa: u32,
}

/// One key, with what is read only when it is opened.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct KeyDetail {
    /// The key.
    pub key: KeyView,
    /// At most how many of its tokens may still be valid; null where tokens are not recorded.
    pub living: Option<u32>,
    /// Its public part; null for a shared secret.
    pub public: Option<PublicPart>,
    /// The item in the keyring that holds its private part; null if it is retired.
    pub item: Option<String>,
}

/// The public part of a key.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct PublicPart {
    /// As a JWK.
    pub jwk: String,
    /// As PEM.
    pub pem: String,
    /// Its thumbprint (RFC 7638).
    pub thumbprint: String,
}

/// A key as the window shows it.
pub(super) fn key_view(listed: ListedKey) -> KeyView {
    let ListedKey { info, name, signed, last_signed_at, verifies_until } = listed;
    let since = info.retiring_at.map(|at| at.0);
    let state = match info.state {
        KeyState::Next => KeyStateView::Next,
        KeyState::Active => KeyStateView::Active,
        KeyState::Retiring => KeyStateView::Retiring {
            since_ms: since.unwrap_or_default(),
            until_ms: verifies_until.map_or(since.unwrap_or_default(), |at| at.0),
        },
        KeyState::Retired => {
            KeyStateView::Retired { since_ms: since, at_ms: info.retired_at.map_or(info.created_at.0, |at| at.0) }
        }
    };
    KeyView {
        kid: info.kid,
        name,
        purpose: info.purpose.into(),
        algorithm: info.algorithm.to_string(),
        shared: info.algorithm.is_symmetric(),
        state,
        proven: info.proven,
        created_at_ms: info.created_at.0,
        signed: number(signed),
        last_signed_at_ms: last_signed_at.map(|at| at.0),
    }
}

impl From<KeyPurpose> for Purpose {
    fn from(purpose: KeyPurpose) -> Self {
        match purpose {
            KeyPurpose::Access => Self::Access,
            KeyPurpose::Refresh => Self::Refresh,
            KeyPurpose::Mfa => Self::Mfa,
            KeyPurpose::Test => Self::Test,
        }
    }
}

impl From<Purpose> for KeyPurpose {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Access => Self::Access,
            Purpose::Refresh => Self::Refresh,
            Purpose::Mfa => Self::Mfa,
            Purpose::Test => Self::Test,
        }
    }
}
