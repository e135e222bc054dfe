//! Signing a user in: with a password, then with a second factor where one is due.

use super::{keyring::KeyringProblem, users::UserProblem};
use crate::{
    error::{Failure, WireError},
    held::HeldTokens,
    state::Workbench,
};
use engine::{
    Engine,
    data_key::DataKeyError,
    keys::KeyError,
    scopes::UnknownScope,
    secret::Password,
    sign_in::{SignIn, SignInError},
    totp::{CodeSettings, SecondFactor},
};
use serde::{Deserialize, Serialize};
use tauri::State;

/// Who signs in, and for what.
#[derive(Clone, Deserialize, specta::Type)]
pub struct SignInRequest {
    /// The username.
    pub username: String,
    /// The password.
    pub password: String,
    /// The scopes asked for; absent means all the user holds.
    pub scopes: Option<Vec<String>>,
}

/// What a sign-in or a refresh answers with. The refresh token stays in the shell.
#[derive(Clone, Serialize, specta::Type)]
pub struct SignedIn {
    /// Who signed in, in the letter case they were created with.
    pub username: String,
    /// The access token.
    pub access_token: String,
    /// How many seconds it is valid.
    pub expires_in: u32,
    /// The scopes granted: those asked for that the user holds.
    pub scopes: Vec<String>,
    /// The session it belongs to.
    pub sid: String,
}

/// What a right password leads to.
#[derive(Clone, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SignInAnswer {
    /// Signed in.
    Done(SignedIn),
    /// A second factor is due before there are tokens.
    SecondFactorDue {
        /// The handle of the pending token, for [`confirm_sign_in`].
        pending: u32,
        /// For how many seconds it proves that the password was right.
        expires_in: u32,
        /// How many digits the codes of the factor have.
        digits: u8,
    },
}

/// Signs a user in with a password.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(
    state: State<'_, Workbench>,
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

/// Finishes a sign-in with a code of the second factor, or with a recovery code.
#[tauri::command]
#[specta::specta]
pub async fn confirm_sign_in(
    state: State<'_, Workbench>,
    held: State<'_, HeldTokens>,
    pending: u32,
    code: String,
) -> Result<SignedIn, WireError> {
    let token = pending_token(&held, pending)?;
    let answer = state.run(move |engine| engine.confirm_sign_in(&token, &code).map_err(WireError::from)).await;
    // Used, or good for nothing any more.
    if answer.as_ref().map_or_else(|error| error.problem == Failure::SignIn(SignInProblem::PendingInvalid), |_| true) {
        held.drop_pending(pending);
    }
    answer.map(|signed_in| held.keep(signed_in))
}

/// The pending token itself, for whoever wants to see what it says.
#[tauri::command]
#[specta::specta]
pub async fn reveal_pending(held: State<'_, HeldTokens>, pending: u32) -> Result<String, WireError> {
    Ok(pending_token(&held, pending)?.expose().to_owned())
}

fn pending_token(held: &HeldTokens, handle: u32) -> Result<engine::secret::PendingToken, WireError> {
    let gone = || WireError::from(SignInError::PendingInvalid);
    held.pending(handle).ok_or_else(gone)
}

/// Why there is no sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SignInProblem {
    /// The username or the password is wrong; which one is not told.
    WrongCredentials,
    /// The token between password and second factor has expired, was used, or what it was begun with has changed.
    PendingInvalid,
    /// The code of the second factor is wrong, or too many were.
    WrongCode,
    /// The code of the second factor was used already.
    UsedCode,
    /// The recovery code was used already.
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
            SignInError::UsedCode => Failure::SignIn(SignInProblem::UsedCode),
            SignInError::UsedRecoveryCode => Failure::SignIn(SignInProblem::UsedRecoveryCode),
            SignInError::DataKey(DataKeyError::Vault(error)) => return KeyError::from(error).into(),
            SignInError::DataKey(DataKeyError::Missing) => Failure::Keyring(KeyringProblem::KeyMissing),
            SignInError::DataKey(DataKeyError::Foreign) => Failure::Keyring(KeyringProblem::KeyChanged),
            SignInError::DataKey(DataKeyError::Replaced | DataKeyError::Unsealed | DataKeyError::Entropy(_)) => {
                Failure::Keyring(KeyringProblem::Failed)
            }
            SignInError::DataKey(DataKeyError::Store(error)) | SignInError::Store(error) => return error.into(),
            SignInError::NoSuchUser(name) => Failure::Users(UserProblem::NotFound { name }),
            SignInError::Scope(UnknownScope(scope)) => Failure::Users(UserProblem::ScopeUnknown { scope }),
            SignInError::Key(error) => return error.into(),
            SignInError::Lifetime { .. }
            | SignInError::ShortLived { .. }
            | SignInError::Unsigned
            | SignInError::Entropy(_) => return Self::internal(message),
        };
        Self::new(problem, message)
    }
}
