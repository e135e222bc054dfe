//! How strong a password would be.

use crate::{
    error::{Failure, WireError, code_point, limit},
    state::AppState,
};
use engine::{
    Engine,
    passwords::{PasswordRefusal, Rating},
    secret::Password,
};
use serde::Serialize;
use tauri::State;

/// How strong a password would be.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct PasswordRating {
    /// zxcvbn's score, from 0 (guessed at once) to 4 (strong).
    pub score: u8,
    /// Suggestions to make it stronger; may be empty.
    pub advice: String,
    /// Why the policy refuses it, if it does.
    pub refusal: Option<WireError>,
}

/// Rates a password for this user, without keeping it.
#[tauri::command]
#[specta::specta]
pub async fn rate_password(
    state: State<'_, AppState>,
    password: String,
    username: String,
) -> Result<PasswordRating, WireError> {
    let password = Password::new(password);
    let rate = move |engine: &Engine| engine.rate_password(&password, &username).map(PasswordRating::from);
    state.run(move |engine| rate(engine).map_err(WireError::from)).await
}

/// A new random password, which is not kept.
#[tauri::command]
#[specta::specta]
pub async fn generate_password(state: State<'_, AppState>) -> Result<String, WireError> {
    let make = |engine: &Engine| engine.generate_password().map_err(|error| WireError::internal(error.to_string()));
    Ok(state.run(make).await?.expose().to_owned())
}

impl From<Rating> for PasswordRating {
    fn from(rating: Rating) -> Self {
        Self { score: rating.score, advice: rating.advice, refusal: rating.refusal.map(WireError::from) }
    }
}

/// Why the policy refuses a password or passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PasswordProblem {
    /// It has too few characters.
    TooShort {
        /// The least number of characters.
        minimum: u32,
    },
    /// It has too many bytes.
    TooLong {
        /// The limit.
        maximum: u32,
    },
    /// It has an invisible character.
    Unseen {
        /// The character: "U+200B".
        character: String,
    },
    /// It is only white space.
    Blank,
    /// It is one of the most used ones, or close to one.
    Common,
    /// It is the username or the product's name with little added.
    Guessable,
    /// It repeats the same few characters.
    Repeated,
    /// It is a row of neighbouring keys, letters or digits, or a date.
    Sequence,
    /// It can be guessed within a thousand tries in another way.
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
