//! How a session started, why it ended, and queries for the list of sessions.

use super::UnknownName;
use crate::paging::Cursor;
use std::str::FromStr;

/// Why a session ended early. The names are stored; never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Somebody revoked it, or signed out.
    Revoked,
    /// A used refresh token was presented again.
    Replay,
    /// The user was deactivated.
    UserDeactivated,
    /// The user's password was changed.
    PasswordChanged,
    /// The user's second factor was removed or reset.
    FactorRemoved,
    /// The database is an older copy: what happened since is unknown.
    Restored,
    /// The keys of its tokens were lost or changed, and new ones were made.
    KeysLost,
}

impl EndReason {
    const ALL: [Self; 7] = [
        Self::Revoked,
        Self::Replay,
        Self::UserDeactivated,
        Self::PasswordChanged,
        Self::FactorRemoved,
        Self::Restored,
        Self::KeysLost,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Replay => "replay",
            Self::UserDeactivated => "user_deactivated",
            Self::PasswordChanged => "password_changed",
            Self::FactorRemoved => "factor_removed",
            Self::Restored => "restored",
            Self::KeysLost => "keys_lost",
        }
    }

    pub(crate) fn stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// How a session started. The names are stored; never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A user signed in.
    SignIn,
    /// The owner of the profile minted a token without a sign-in. It cannot be refreshed.
    Minted,
}

impl SessionKind {
    const ALL: [Self; 2] = [Self::SignIn, Self::Minted];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Minted => "minted",
        }
    }
}

impl FromStr for SessionKind {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownName)
    }
}

/// Which sessions to list, and in which order.
#[derive(Debug, Clone, Default)]
pub struct SessionQuery {
    /// Only sessions whose user, ID or scopes contain each of these words; empty for all.
    pub text: String,
    /// Only sessions that can be used, or only those that ended or expired; `None` for all.
    pub active: Option<bool>,
    /// The sort column.
    pub sort: SessionSort,
    /// Largest first.
    pub descending: bool,
    /// Start after this cursor; `None` for the beginning.
    pub after: Option<Cursor>,
    /// The maximum number of rows, no more than [`crate::paging::LONGEST_PAGE`].
    pub most: u32,
}

/// The sort column of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SessionSort {
    /// The username.
    User,
    /// The session ID.
    Sid,
    /// When it started.
    #[default]
    Started,
    /// When it was last refreshed.
    LastUsed,
    /// When it expires or ended.
    Ends,
}

/// The number of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionCounts {
    /// All sessions.
    pub all: u64,
    /// Those that can still be used.
    pub active: u64,
}
