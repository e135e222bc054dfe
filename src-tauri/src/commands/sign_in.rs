//! Signing a user in: with a password, then with a second factor where one is required.

use super::users::UserProblem;
use crate::{
    error::{Failure, WireError},
    held::HeldTokens,
    state::AppState,
};
use engine::{
    Engine,
    scopes::UnknownScope,
    secret::Password,
    sign_in::{SignIn, SignInError},
    totp::{CodeSettings, SecondFactor},
};
use serde::{Deserialize, Serialize};
use tauri::State;

/// A request to sign a user in.
#[derive(Clone, Deserialize, specta::Type)]
pub struct SignInRequest {
    /// The username.
    pub username: String,
    /// The password.
    pub password: String,
    /// The requested scopes; if absent, all that the user holds.
    pub scopes: Option<Vec<String>>,
}

/// The result of a sign-in or refresh. The refresh token stays in the shell.
#[derive(Clone, Serialize, specta::Type)]
pub struct SignedIn {
    /// The username, in the letter case it was created with.
    pub username: String,
    /// The access token.
    pub access_token: String,
    /// The access token's lifetime in seconds.
    pub expires_in: u32,
    /// The granted scopes: those requested that the user holds.
    pub scopes: Vec<String>,
    /// The ID of its session.
    pub sid: String,
}

/// The answer to a correct password.
#[derive(Clone, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SignInAnswer {
    /// Signed in.
    Done(SignedIn),
    /// A second factor is required before tokens are issued.
    SecondFactorDue {
        /// The handle of the pending token, for [`confirm_sign_in`].
        pending: u32,
        /// For how many seconds the pending token is valid.
        expires_in: u32,
        /// How many digits the factor's codes have.
        digits: u8,
    },
}

/// Signs a user in with a password.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(
    state: State<'_, AppState>,
    held: State<'_, HeldTokens>,
    request: SignInRequest,
) -> Result<SignInAnswer, WireError> {
    let SignInRequest { username, password, scopes } = request;
    let password = Password::new(password);
    let begin = move |engine: &Engine| {
        let answer = engine.sign_in(&username, &password, scopes.as_deref())?;
        let factor = match &answer {
            SignIn::Done(_) => None,
            SignIn::SecondFactorDue { .. } => engine.second_factor(&username)?,
        };
        Ok((answer, factor))
    };
    let (answer, factor) = state.run(begin).await?;
    Ok(match answer {
        SignIn::Done(signed_in) => SignInAnswer::Done(held.keep(signed_in)),
        SignIn::SecondFactorDue { pending, expires_in } => SignInAnswer::SecondFactorDue {
            pending: held.keep_pending(pending),
            expires_in: u32::try_from(expires_in.as_secs()).unwrap_or(u32::MAX),
            digits: match factor {
                Some(SecondFactor::On { digits, .. }) => digits,
                _ => CodeSettings::default().digits,
            },
        },
    })
}

/// Completes a sign-in with a code of the second factor or a recovery code.
#[tauri::command]
#[specta::specta]
pub async fn confirm_sign_in(
    state: State<'_, AppState>,
    held: State<'_, HeldTokens>,
    pending: u32,
    code: String,
) -> Result<SignedIn, WireError> {
    let token = pending_token(&held, pending)?;
    let answer = state.run(move |engine| engine.confirm_sign_in(&token, &code).map_err(WireError::from)).await;
    // Drop a pending token that was used or has become invalid.
    if answer.as_ref().map_or_else(|error| error.problem == Failure::SignIn(SignInProblem::PendingInvalid), |_| true) {
        held.drop_pending(pending);
    }
    answer.map(|signed_in| held.keep(signed_in))
}

/// Returns the pending token itself.
#[tauri::command]
#[specta::specta]
pub async fn reveal_pending(held: State<'_, HeldTokens>, pending: u32) -> Result<String, WireError> {
    Ok(pending_token(&held, pending)?.expose().to_owned())
}

fn pending_token(held: &HeldTokens, handle: u32) -> Result<engine::secret::PendingToken, WireError> {
    let gone = || WireError::from(SignInError::PendingInvalid);
    held.pending(handle).ok_or_else(gone)
}

/// Why a sign-in failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SignInProblem {
    /// The username or the password is wrong; the error does not say which.
    WrongCredentials,
    /// The pending token has expired, was used, or the credentials it was issued for have changed.
    PendingInvalid,
    /// The code of the second factor is wrong.
    WrongCode,
    /// The code is one of another time.
    CodeOfOtherTime {
        /// How many seconds from now; negative if it is past.
        seconds: i32,
    },
    /// The code is too short or too long.
    CodeLength {
        /// How many digits it should have.
        digits: u8,
        /// How many characters it has.
        typed: u32,
    },
    /// There were too many wrong ones, so this one was not looked at.
    TooManyTries,
    /// The code of the second factor was already used.
    UsedCode,
    /// The recovery code was already used.
    UsedRecoveryCode,
    /// The password was right, but the user is switched off.
    UserInactive,
}

impl From<SignInError> for WireError {
    fn from(error: SignInError) -> Self {
        let message = error.to_string();
        let problem = match error {
            SignInError::WrongCredentials => Failure::SignIn(SignInProblem::WrongCredentials),
            SignInError::Inactive => Failure::SignIn(SignInProblem::UserInactive),
            SignInError::PendingInvalid => Failure::SignIn(SignInProblem::PendingInvalid),
            SignInError::WrongCode => Failure::SignIn(SignInProblem::WrongCode),
            SignInError::CodeOfOtherTime { seconds } => {
                let seconds = i32::try_from(seconds).unwrap_or_default();
                Failure::SignIn(SignInProblem::CodeOfOtherTime { seconds })
            }
            SignInError::CodeLength { digits, typed } => {
                let typed = u32::try_from(typed).unwrap_or(u32::MAX);
                Failure::SignIn(SignInProblem::CodeLength { digits, typed })
            }
            SignInError::TooManyTries(_) => Failure::SignIn(SignInProblem::TooManyTries),
            SignInError::UsedCode => Failure::SignIn(SignInProblem::UsedCode),
            SignInError::UsedRecoveryCode => Failure::SignIn(SignInProblem::UsedRecoveryCode),
            SignInError::DataKey(error) => return error.into(),
            SignInError::Store(error) => return error.into(),
            SignInError::NoSuchUser(name) => Failure::Users(UserProblem::NotFound { name }),
            SignInError::Scope(UnknownScope(scope)) => Failure::Users(UserProblem::ScopeUnknown { scope }),
            SignInError::Key(error) => return error.into(),
            SignInError::ScopeOfClient(_)
            | SignInError::Lifetime { .. }
            | SignInError::ShortLived { .. }
            | SignInError::Unsigned
            | SignInError::Entropy(_) => return Self::internal(message),
        };
        Self::new(problem, message)
    }
}
