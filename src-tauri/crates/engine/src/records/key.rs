//! A signing key as everybody may see it, and the names of what it is for and where it stands.

use crate::{clock::Timestamp, paging::Cursor};
use jose::Algorithm;
use std::str::FromStr;

/// What a key signs. A key has one purpose: a token of one kind is never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Access tokens. Always published.
    Access,
    /// Refresh tokens, which only this profile reads.
    Refresh,
    /// The tokens between password and second factor, which only this profile reads.
    Mfa,
    /// Tokens that are made by hand, wrong ones above all. Published only while the user wants it.
    Test,
}

/// Where a key stands in its life. It only ever moves down this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Published, so that everybody knows it before it signs.
    Next,
    /// Signs.
    Active,
    /// Signs no more; its tokens still verify.
    Retiring,
    /// Its tokens verify no more, and its private part is gone.
    Retired,
}

/// The stored name is of no purpose or state that this build knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a name this build knows")]
pub struct UnknownName;

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [Self::Access, Self::Refresh, Self::Mfa, Self::Test];

    /// Those whose keys a profile has from its first day; the test key is made when it is first needed.
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

    /// The algorithm of a purpose's first key.
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
    /// Every state, in the order of a key's life.
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

/// A signing key as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its name, in the header of every token it signed.
    pub kid: String,
    /// What it signs.
    pub purpose: Purpose,
    /// Its one algorithm.
    pub algorithm: Algorithm,
    /// Where it stands in its life.
    pub state: KeyState,
    /// When it was made or brought in.
    pub created_at: Timestamp,
    /// Since when it signs no more: on the engine's clock or the computer's, whichever was later.
    pub retiring_at: Option<Timestamp>,
    /// Since when its tokens verify no more.
    pub retired_at: Option<Timestamp>,
    /// `false` while the database is a copy that does not know what became of the key: see [`crate::Engine::prove_keys`].
    /// Until the keyring has shown that it is still good, it neither signs nor verifies.
    pub proven: bool,
}

/// Which signing keys, from where on. The newest come first.
#[derive(Debug, Clone, Default)]
pub struct KeyQuery {
    /// Only those for this; `None` for all.
    pub purpose: Option<Purpose>,
    /// Only those that stand there in their life; `None` for all.
    pub state: Option<KeyState>,
    /// After this place; `None` from the beginning.
    pub after: Option<Cursor>,
    /// At most so many, and no more than [`crate::paging::LONGEST_PAGE`].
    pub most: u32,
}

impl KeyInfo {
    /// What it is, for people: "Access key, active".
    pub(crate) fn describe(&self) -> String {
        let purpose = match self.purpose {
            Purpose::Access => "Access key",
            Purpose::Refresh => "Refresh key",
            Purpose::Mfa => "Second-factor key",
            Purpose::Test => "Test key",
        };
        format!("{purpose}, {}", self.state.as_str())
    }

    /// Would it verify, were the database no copy?
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.state != KeyState::Retired && !self.proven
    }
}
