//! A user, and what a username may be.

use super::Scope;
use crate::{clock::Timestamp, paging::Cursor};
use std::{fmt, str::FromStr};

/// The longest username, display name and email address, in characters.
pub const LONGEST_USERNAME: usize = 64;

/// A name to sign in with: 1 to 64 ASCII letters, digits and `.`, `_`, `-`, `@`, `+`, beginning with a letter or digit.
///
/// ASCII only, so that two names that look alike are alike; letter case does not tell users apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(String);

/// Why a text is not a username.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Nothing but white space.
    #[error("The username is empty")]
    Empty,
    /// More than [`LONGEST_USERNAME`] characters.
    #[error("The username has more than 64 characters")]
    TooLong,
    /// This character is not allowed, or not at the beginning.
    #[error("The username has \"{}\" where a letter, a digit or one of . _ - @ + is expected", .0.escape_debug())]
    Character(char),
}

impl Username {
    /// A name that was checked when it was stored.
    pub(crate) fn stored(name: String) -> Self {
        Self(name)
    }

    /// The name as it was typed when the user was created.
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

/// A user as everybody but the sign-in sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub(crate) id: i64,
    /// The name they sign in with; `sub` of their tokens.
    pub username: Username,
    /// The name people read; may be empty.
    pub display_name: String,
    /// The email address; may be empty.
    pub email: String,
    /// May they sign in?
    pub active: bool,
    /// What they hold, in the catalog's order.
    pub scopes: Vec<Scope>,
    /// When they were created.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// Another number after each change of how they prove who they are: see `credentials::begin_epoch`.
    pub(crate) credential_epoch: i64,
}

/// Which users, in which order, from where on.
#[derive(Debug, Clone, Default)]
pub struct UserQuery {
    /// Only those in whose names, email address and scopes each of these words is found; empty for all.
    pub text: String,
    /// What they are sorted by.
    pub sort: UserSort,
    /// The largest first.
    pub descending: bool,
    /// After this place; `None` from the beginning.
    pub after: Option<Cursor>,
    /// At most so many, and no more than [`crate::paging::LONGEST_PAGE`].
    pub most: u32,
}

/// What users are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserSort {
    /// The username, whatever its letter case.
    #[default]
    Username,
    /// When they were created.
    Created,
    /// When they last signed in; before all others, those who never did.
    LastSignIn,
    /// Whether they may sign in; those who may not come first.
    Active,
}

/// How many users there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UserCounts {
    /// All of them.
    pub all: u64,
    /// Those that the text is found in.
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
