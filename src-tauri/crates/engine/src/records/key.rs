//! A signing key's public record, its purpose and its state.

use crate::{clock::Timestamp, paging::Cursor};
use jose::Algorithm;
use std::str::FromStr;

/// What a key signs. Each key has one purpose, so that a token of one kind is never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Access tokens. Always published.
    Access,
    /// Refresh tokens, which only this profile verifies.
    Refresh,
    /// Tokens between password and second factor, which only this profile verifies.
    Mfa,
    /// Hand-made tokens, mostly faulty ones. Published only while the user wants it.
    Test,
}

/// A key's state. It only moves down this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Published before it signs, so that everyone knows it in time.
    Next,
    /// Signs.
    Active,
    /// No longer signs; its tokens still verify.
    Retiring,
    /// Its tokens no longer verify, and its private part is gone.
    Retired,
}

/// The stored name is not a purpose or state known to this build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a name this build knows")]
pub struct UnknownName;

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [Self::Access, Self::Refresh, Self::Mfa, Self::Test];

    /// The purposes whose keys every profile has; the test key is made on first use.
    pub(crate) const FROM_THE_FIRST: [Self; 3] = [Self::Access, Self::Refresh, Self::Mfa];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
            Self::Mfa => "mfa",
            Self::Test => "test",
        }
    }

    /// The algorithm of the first key of a purpose.
    pub fn default_algorithm(self) -> Algorithm {
        match self {
            Self::Access | Self::Test => Algorithm::Es256,
            Self::Refresh | Self::Mfa => Algorithm::Hs256,
        }
    }
}

impl FromStr for Purpose {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name).ok_or(UnknownName)
    }
}

impl KeyState {
    /// Every state, in order.
    pub const ALL: [Self; 4] = [Self::Next, Self::Active, Self::Retiring, Self::Retired];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Retired => "retired",
        }
    }
}

impl FromStr for KeyState {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|state| state.as_str() == name).ok_or(UnknownName)
    }
}

/// A signing key's public record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// The key ID, in the header of every token it signed.
    pub kid: String,
    /// What it signs.
    pub purpose: Purpose,
    /// Its algorithm.
    pub algorithm: Algorithm,
    /// Its state.
    pub state: KeyState,
    /// When it was made or imported.
    pub created_at: Timestamp,
    /// When it stopped signing: by the engine's clock or the computer's, whichever was later.
    pub retiring_at: Option<Timestamp>,
    /// When its tokens stopped verifying.
    pub retired_at: Option<Timestamp>,
    /// `false` while the database is a copy that does not know what became of the key: see
    /// [`crate::Engine::prove_keys`]. Until the keyring confirms that the key is still good, it neither signs nor
    /// verifies.
    pub proven: bool,
}

/// A signing key in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// Its public record.
    pub info: KeyInfo,
    /// The name it is shown by; tokens carry the `kid`.
    pub name: String,
    /// How many tokens it signed since that is counted. A token that is edited by hand counts with its event, once a
    /// minute at most.
    pub signed: u64,
    /// When it last signed, by the engine's clock.
    pub last_signed_at: Option<Timestamp>,
    /// For a retiring key, when the last of its tokens expires and it stops verifying.
    pub verifies_until: Option<Timestamp>,
}

/// Which signing keys to list: by purpose, newest first.
#[derive(Debug, Clone, Default)]
pub struct KeyQuery {
    /// Start after this cursor; `None` for the beginning.
    pub after: Option<Cursor>,
    /// The maximum number of rows, no more than [`crate::paging::LONGEST_PAGE`].
    pub most: u32,
}

impl KeyInfo {
    /// A description for people: "Access key, active".
    pub(crate) fn describe(&self) -> String {
        let purpose = match self.purpose {
            Purpose::Access => "Access key",
            Purpose::Refresh => "Refresh key",
            Purpose::Mfa => "Second-factor key",
            Purpose::Test => "Test key",
        };
        format!("{purpose}, {}", self.state.as_str())
    }

    /// Whether it would verify if the database were not a copy.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.state != KeyState::Retired && !self.proven
    }
}
