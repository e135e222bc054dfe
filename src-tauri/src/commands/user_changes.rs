//! Editing and deleting a user, their password as an administrator sets it, and what explains a lock.

use crate::{error::WireError, state::AppState};
use engine::{
    Engine,
    secret::Password,
    sign_in::SignInError,
    totp::SecondFactor,
    users::{Attempt, AttemptOutcome, UserEdit},
};
use serde::{Deserialize, Serialize};
use tauri::State;

/// How many attempts the window shows.
const ATTEMPTS: u32 = 8;

/// How a user proves who they are, and how that went lately.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct UserSecurity {
    /// The number of consecutive failed attempts.
    pub failures: u32,
    /// The second factor.
    pub second_factor: SecondFactorView,
    /// The latest attempts to sign in, newest first.
    pub attempts: Vec<AttemptView>,
}

/// A user's second factor.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SecondFactorView {
    /// There is none.
    Off,
    /// It waits for its first code.
    Pending {
        /// When it is discarded, in milliseconds since the Unix epoch.
        expires_at_ms: i64,
    },
    /// Sign-in requires a code.
    On {
        /// The HMAC algorithm: "SHA1".
        algorithm: String,
        /// The number of digits.
        digits: u8,
        /// How long a code lasts, in seconds.
        period_seconds: u32,
        /// When it was confirmed.
        confirmed_at_ms: i64,
        /// How many recovery codes are unused.
        recovery_codes_left: u32,
    },
}

/// An attempt to sign in, or what ended a lock.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct AttemptView {
    /// When it happened.
    pub at_ms: i64,
    /// What came of it.
    pub outcome: AttemptOutcomeView,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "as in `AttemptOutcome`")]
pub enum AttemptOutcomeView {
    SignedIn,
    PasswordRight,
    WrongPassword,
    WrongCode,
    EarlierCode,
    FutureCode,
    UsedCode,
    WrongRecoveryCode,
    UsedRecoveryCode,
    RecoveryCodeUsed,
    NotChecked,
    Inactive,
    PendingTokenInvalid,
    UnreadableSecondFactor,
    FailuresReset,
    PasswordChanged,
}

/// What to change of a user.
#[derive(Debug, Clone, Deserialize, specta::Type)]
pub struct UserChanges {
    /// The display name; may be empty.
    pub display_name: String,
    /// The email address; may be empty.
    pub email: String,
    /// The scopes to hold; null to keep them.
    pub scopes: Option<Vec<String>>,
}

/// Changes a user's display name, email address and scopes.
#[tauri::command]
#[specta::specta]
pub async fn edit_user(state: State<'_, AppState>, username: String, changes: UserChanges) -> Result<(), WireError> {
    let UserChanges { display_name, email, scopes } = changes;
    let edit = UserEdit { display_name: Some(display_name), email: Some(email), scopes };
    let change = move |engine: &Engine| engine.edit_user(&username, &edit).map(drop);
    state.run(move |engine| change(engine).map_err(WireError::from)).await
}

/// Sets a user's password, which ends their sessions and their lock.
#[tauri::command]
#[specta::specta]
pub async fn set_user_password(
    state: State<'_, AppState>,
    username: String,
    password: String,
) -> Result<(), WireError> {
    let password = Password::new(password);
    state.run(move |engine| engine.set_password(&username, &password).map(drop).map_err(WireError::from)).await
}

/// Deletes a user with their sessions and second factor.
#[tauri::command]
#[specta::specta]
pub async fn delete_user(state: State<'_, AppState>, username: String) -> Result<(), WireError> {
    state.run(move |engine| engine.delete_user(&username).map(drop).map_err(WireError::from)).await
}

/// A user's second factor, and their latest attempts to sign in.
#[tauri::command]
#[specta::specta]
pub async fn user_security(state: State<'_, AppState>, username: String) -> Result<UserSecurity, WireError> {
    let read = move |engine: &Engine| {
        let (failures, _) = engine.failures(&username)?;
        let factor = engine.second_factor(&username)?;
        let factor = factor.ok_or_else(|| SignInError::NoSuchUser(username.clone()))?;
        let attempts = engine.sign_in_attempts(&username, ATTEMPTS)?;
        Ok(UserSecurity {
            failures: failures.count,
            second_factor: factor.into(),
            attempts: attempts.into_iter().map(AttemptView::from).collect(),
        })
    };
    state.run(read).await
}

impl From<SecondFactor> for SecondFactorView {
    fn from(factor: SecondFactor) -> Self {
        match factor {
            SecondFactor::Off => Self::Off,
            SecondFactor::Pending { expires_at } => Self::Pending { expires_at_ms: expires_at.0 },
            SecondFactor::On { algorithm, digits, period_seconds, confirmed_at, recovery_codes_left } => Self::On {
                algorithm: algorithm.as_str().into(),
                digits,
                period_seconds,
                confirmed_at_ms: confirmed_at.0,
                recovery_codes_left,
            },
        }
    }
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        let outcome = match attempt.outcome {
            AttemptOutcome::SignedIn => AttemptOutcomeView::SignedIn,
            AttemptOutcome::PasswordRight => AttemptOutcomeView::PasswordRight,
            AttemptOutcome::WrongPassword => AttemptOutcomeView::WrongPassword,
            AttemptOutcome::WrongCode => AttemptOutcomeView::WrongCode,
            AttemptOutcome::EarlierCode => AttemptOutcomeView::EarlierCode,
            AttemptOutcome::FutureCode => AttemptOutcomeView::FutureCode,
            AttemptOutcome::UsedCode => AttemptOutcomeView::UsedCode,
            AttemptOutcome::WrongRecoveryCode => AttemptOutcomeView::WrongRecoveryCode,
            AttemptOutcome::UsedRecoveryCode => AttemptOutcomeView::UsedRecoveryCode,
            AttemptOutcome::RecoveryCodeUsed => AttemptOutcomeView::RecoveryCodeUsed,
            AttemptOutcome::NotChecked => AttemptOutcomeView::NotChecked,
            AttemptOutcome::Inactive => AttemptOutcomeView::Inactive,
            AttemptOutcome::PendingTokenInvalid => AttemptOutcomeView::PendingTokenInvalid,
            AttemptOutcome::UnreadableSecondFactor => AttemptOutcomeView::UnreadableSecondFactor,
            AttemptOutcome::FailuresReset => AttemptOutcomeView::FailuresReset,
            AttemptOutcome::PasswordChanged => AttemptOutcomeView::PasswordChanged,
        };
        Self { at_ms: attempt.at.0, outcome }
    }
}
