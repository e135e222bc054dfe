//! How good a password would be.

use super::store::store_error;
use crate::{
    error::{Details, ErrorCode, WireError, code_point, number},
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
    state.run(move |engine| rate(engine).map_err(store_error)).await
}

impl From<Rating> for PasswordRating {
    fn from(rating: Rating) -> Self {
        Self { score: rating.score, advice: rating.advice, refusal: rating.refusal.map(password_refusal) }
    }
}

pub(crate) fn password_refusal(refusal: PasswordRefusal) -> WireError {
    let message = refusal.to_string();
    let (code, details) = match refusal {
        PasswordRefusal::TooShort { minimum } => {
            (ErrorCode::PasswordTooShort, Details { minimum: number(minimum), ..Details::default() })
        }
        PasswordRefusal::TooLong { maximum } => {
            (ErrorCode::PasswordTooLong, Details { maximum: number(maximum), ..Details::default() })
        }
        PasswordRefusal::Unseen(sign) => {
            let value = Some(code_point(sign));
            (ErrorCode::PasswordUnseen, Details { value, ..Details::default() })
        }
        PasswordRefusal::Blank => (ErrorCode::PasswordBlank, Details::default()),
        PasswordRefusal::Common => (ErrorCode::PasswordCommon, Details::default()),
        PasswordRefusal::Guessable => (ErrorCode::PasswordGuessable, Details::default()),
        PasswordRefusal::Repeated => (ErrorCode::PasswordRepeated, Details::default()),
        PasswordRefusal::Sequence => (ErrorCode::PasswordSequence, Details::default()),
        PasswordRefusal::Weak => (ErrorCode::PasswordWeak, Details::default()),
    };
    WireError::with(code, message, details)
}
