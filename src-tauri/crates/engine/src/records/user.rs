//! A user, and the rules for usernames.

use super::Scope;
use crate::{clock::Timestamp, paging::Cursor};
use std::{fmt, str::FromStr};

/// The maximum length of a username, in characters.
pub const LONGEST_USERNAME: usize = 64;

/// A name to sign in with: 1 to 64 ASCII letters, digits and `.`, `_`, `-`, `@`, `+`, starting with a letter or digit.
///
/// ASCII only, so that names that look alike are equal. Usernames are case-insensitive.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(String);

/// Why a text is not a username.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Empty, or only white space.
    #[error("The username is empty")]
    Empty,
    /// More than [`LONGEST_USERNAME`] characters.
    #[error("The username has more than 64 characters")]
    TooLong,
    /// This character is not allowed, or not at the start.
    #[error("The username has \"{}\" where a letter, a digit or one of . _ - @ + is expected", .0.escape_debug())]
    Character(char),
}

impl Username {
    /// A name that was validated when it was stored.
    pub(crate) fn stored(name: String) -> Self {
        Self(name)
    }

    /// The name as typed when the user was created.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Username {
    type Err = UsernameError;

    fn from_str(typed: &str) -> Result<Self, UsernameError> {
        let name = typed.trim();
        let first = name.chars().next().ok_or(UsernameError::Empty)?;
        if let Some(odd) = name.chars().find(|&c| !c.is_ascii_alphanumeric() && !"._-@+".contains(c)) {
            return Err(UsernameError::Character(odd));
        }
        if !first.is_ascii_alphanumeric() {
            return Err(UsernameError::Character(first));
        }
        if name.len() > LONGEST_USERNAME {
            return Err(UsernameError::TooLong);
        }
        Ok(Self(name.into()))
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A user's record, without the password hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub(crate) id: i64,
    /// The name they sign in with, and the `sub` of their tokens.
    pub username: Username,
    /// The name for display; may be empty.
    pub display_name: String,
    /// The email address; may be empty.
    pub email: String,
    /// Whether they may sign in.
    pub active: bool,
    /// Their scopes, in catalog order.
    pub scopes: Vec<Scope>,
    /// When they were created.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// Increases with each change of the user's credentials: see `credentials::begin_epoch`.
    pub(crate) credential_epoch: i64,
}

/// Which users to list, and in which order.
#[derive(Debug, Clone, Default)]
pub struct UserQuery {
    /// Only users whose names, email address or scopes contain each of these words; empty for all.
    pub text: String,
    /// The sort column.
    pub sort: UserSort,
    /// Largest first.
    pub descending: bool,
    /// Start after this cursor; `None` for the beginning.
    pub after: Option<Cursor>,
    /// The maximum number of rows, no more than [`crate::paging::LONGEST_PAGE`].
    pub most: u32,
}

/// The sort column of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserSort {
    /// The username, ignoring case.
    #[default]
    Username,
    /// When they were created.
    Created,
    /// When they last signed in; those who never did come first.
    LastSignIn,
    /// Whether they may sign in; those who may not come first.
    Active,
    /// Their scopes, in catalog order.
    Scopes,
    /// Their second factor: off, pending, on.
    SecondFactor,
    /// How many of their sessions can still be used.
    Sessions,
    /// When their lock ends: those without one first, those locked until a reset last.
    Lock,
}

/// Whether a user has a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FactorState {
    /// There is none.
    #[default]
    Off,
    /// It waits for its first code.
    Pending,
    /// Sign-in requires a code.
    On,
}

/// The number of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UserCounts {
    /// All users.
    pub all: u64,
    /// Those that match the text.
    pub found: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_says_which_character_is_wrong() {
        for good in ["a", "alice", "svc-ci", "bob.smith+test@example.com", "7up", "Ålice".trim_start_matches('Å')] {
            assert!(good.parse::<Username>().is_ok(), "{good}");
        }
        assert_eq!(" alice ".parse::<Username>().map(|name| name.0), Ok("alice".into()), "white space around goes");
        for (bad, why) in [
            ("", UsernameError::Empty),
            (" \t", UsernameError::Empty),
            ("al ice", UsernameError::Character(' ')),
            ("аlice", UsernameError::Character('а')),
            ("-alice", UsernameError::Character('-')),
            ("ali\0ce", UsernameError::Character('\0')),
            ("<b>", UsernameError::Character('<')),
        ] {
            assert_eq!(bad.parse::<Username>(), Err(why), "{bad:?}");
        }
        assert!("a".repeat(64).parse::<Username>().is_ok());
        assert_eq!("a".repeat(65).parse::<Username>(), Err(UsernameError::TooLong));
    }
}
