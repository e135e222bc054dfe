//! Why a sign-in, or a token asked for without one, is refused.

use crate::{
    credentials::Refusal,
    data_key::DataKeyError,
    entropy::NoEntropy,
    keys::SigningKeyError,
    records::{TooManyTries, UnknownScope},
    store::StoreError,
};
use jose::words::span;
use std::time::Duration;

/// Why no token was issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The username or password is wrong, or there were too many attempts. One variant and one duration for all: the
    /// difference would tell a stranger who has an account here (OWASP ASVS 5.0 section 6.3.8).
    #[error("Incorrect username or password")]
    WrongCredentials,
    /// The password was right, but the user is inactive.
    #[error("Inactive user")]
    Inactive,
    /// The pending token is not from this profile, has expired or was used, or the user's password, second factor,
    /// recovery codes or active flag changed since it was issued. Or the client was removed during the sign-in.
    #[error("This sign-in has expired or is no longer valid; sign in again")]
    PendingInvalid,
    /// The code is wrong. An answer to a stranger, over HTTP, is this one for each of the next three, too: they are for
    /// the owner of the profile.
    #[error("Invalid 2FA code")]
    WrongCode,
    /// The code is one of another time: the clocks disagree, or it was typed late.
    #[error(
        "This 2FA code belongs to a time {} {}: compare the clocks of the phone and of this computer",
        span(seconds.unsigned_abs()),
        if *seconds < 0 { "ago" } else { "from now" }
    )]
    CodeOfOtherTime {
        /// How many seconds from now; negative if it is past.
        seconds: i64,
    },
    /// The code is too short or too long.
    #[error("A 2FA code of this user has {digits} digits, and this one has {typed}")]
    CodeLength {
        /// How many digits it should have.
        digits: u8,
        /// How many characters it has.
        typed: usize,
    },
    /// There were wrong attempts just before, so the code was not looked at.
    #[error(transparent)]
    TooManyTries(#[from] TooManyTries),
    /// The code is right, but it or a later one was used.
    #[error("This 2FA code or a later one was used already; wait for a newer one")]
    UsedCode,
    /// The recovery code was used before, or a restored copy used up all of them.
    #[error("This recovery code was used already; use another one, or make new ones once you are signed in")]
    UsedRecoveryCode,
    /// There is no such user. Only reported to the owner of the profile, who mints without a password.
    #[error("There is no user \"{0}\"")]
    NoSuchUser(String),
    /// A scope is not in the catalog (`invalid_scope`).
    #[error(transparent)]
    Scope(#[from] UnknownScope),
    /// The client may not have this scope.
    #[error("This client may not have the scope \"{0}\"")]
    ScopeOfClient(String),
    /// The requested lifetime is zero or exceeds the policy's limit.
    #[error("A token lives at least 1 second and at most {} seconds", .longest.as_secs())]
    Lifetime {
        /// The policy's limit.
        longest: Duration,
    },
    /// The requested lifetime exceeds the limit of short-lived mode.
    #[error(
        "Tokens are short-lived in this profile: at most {} seconds; ask for less, or change the policy to deny-list",
        .longest.as_secs()
    )]
    ShortLived {
        /// The mode's limit.
        longest: Duration,
    },
    /// There is no key to sign with.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    /// The secret of the second factor cannot be opened.
    #[error(transparent)]
    DataKey(#[from] DataKeyError),
    /// The crypto library did not sign.
    #[error("The token could not be signed")]
    Unsigned,
    /// No randomness was available for a token ID.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for SignInError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wrong => Self::WrongCredentials,
            Refusal::Inactive => Self::Inactive,
            Refusal::Store(error) => Self::Store(error),
        }
    }
}
