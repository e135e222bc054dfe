//! How a session came about and why it ended, and what of the list of sessions is asked for.

use super::UnknownName;
use crate::paging::Cursor;
use std::str::FromStr;

/// Why a session ended before its time. The names are stored; never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Somebody revoked it, or signed out.
    Revoked,
    /// A used refresh token was presented again.
    Replay,
    /// The user was switched off.
    UserDeactivated,
    /// The user's password was changed.
    PasswordChanged,
    /// The user's second factor was removed or reset.
    FactorRemoved,
    /// The database is an older copy: what has happened since is not known.
    Restored,
    /// The keys of its tokens were lost or changed, and new ones made.
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

/// How a session came about. The names are stored; never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A user signed in.
    SignIn,
    /// The owner of the profile had a token minted, without a sign-in. It cannot be refreshed.
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

/// Which sessions, in which order, from where on.
#[derive(Debug, Clone, Default)]
pub struct SessionQuery {
    /// Only those in whose user, id and scopes each of these words is found; empty for all.
    pub text: String,
    /// Only those that stand so; `None` for all.
    pub standing: Option<Standing>,
    /// What they are sorted by.
    pub sort: SessionSort,
    /// The largest first.
    pub descending: bool,
    /// After this place; `None` from the beginning.
    pub after: Option<Cursor>,
    /// At most so many, and no more than [`crate::paging::LONGEST_PAGE`].
    pub most: u32,
}

/// Whether a session can still be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Active,
    /// It was ended, or has expired.
    Ended,
}

/// What sessions are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SessionSort {
    /// The username.
    User,
    /// The session's id.
    Sid,
    /// When it started.
    #[default]
    Started,
    /// When it was last refreshed.
    LastUsed,
    /// When it ends, or has ended.
    Ends,
}

/// How many sessions there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionCounts {
    /// All of them.
    pub all: u64,
    /// Those that can still be used.
    pub active: u64,
}
