//! How good a password would be.

use crate::{
    error::{Failure, WireError, code_point, limit},
    state::Workbench,
};
use engine::{
    Engine,
    passwords::{PasswordRefusal, Rating},
    secret::Password,
};
use serde::Serialize;
use tauri::State;

/// How good a password would be.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct PasswordRating {
    /// 0 (guessed at once) to 4 (strong), as zxcvbn counts.
    pub score: u8,
    /// What would make it stronger; may be empty.
    pub advice: String,
    /// Why the policy refuses it, if it does.
    pub refusal: Option<WireError>,
}

/// Says how good a password would be for this user, without keeping it.
#[tauri::command]
#[specta::specta]
pub async fn rate_password(
    state: State<'_, Workbench>,
    password: String,
    username: String,
) -> Result<PasswordRating, WireError> {
    let password = Password::new(password);
    let rate = move |engine: &Engine| engine.rate_password(&password, &username).map(PasswordRating::from);
    state.run(move |engine| rate(engine).map_err(WireError::from)).await
}

impl From<Rating> for PasswordRating {
    fn from(rating: Rating) -> Self {
        Self { score: rating.score, advice: rating.advice, refusal: rating.refusal.map(WireError::from) }
    }
}

/// Why the policy refuses a password or a passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PasswordProblem {
    /// It has too few characters.
    TooShort {
        /// So many are needed.
        minimum: u32,
    },
    /// It has too many bytes.
    TooLong {
        /// So many are allowed.
        maximum: u32,
    },
    /// It has a character that cannot be seen.
    Unseen {
        /// Which: "U+200B".
        character: String,
    },
    /// It is nothing but white space.
    Blank,
    /// It is one of the most used ones, or nearly so.
    Common,
    /// It is the username, or the product's name, with too little besides.
    Guessable,
    /// It is the same few characters over and over.
    Repeated,
    /// It is a row of neighbouring keys, letters or digits, or a date.
    Sequence,
    /// It is found within a thousand guesses in another way.
    Weak,
}

impl From<PasswordRefusal> for WireError {
    fn from(refusal: PasswordRefusal) -> Self {
        let message = refusal.to_string();
        let problem = match refusal {
            PasswordRefusal::TooShort { minimum } => PasswordProblem::TooShort { minimum: limit(minimum) },
            PasswordRefusal::TooLong { maximum } => PasswordProblem::TooLong { maximum: limit(maximum) },
            PasswordRefusal::Unseen(sign) => PasswordProblem::Unseen { character: code_point(sign) },
            PasswordRefusal::Blank => PasswordProblem::Blank,
            PasswordRefusal::Common => PasswordProblem::Common,
            PasswordRefusal::Guessable => PasswordProblem::Guessable,
            PasswordRefusal::Repeated => PasswordProblem::Repeated,
            PasswordRefusal::Sequence => PasswordProblem::Sequence,
            PasswordRefusal::Weak => PasswordProblem::Weak,
        };
        Self::new(Failure::Passwords(problem), message)
    }
}
