//! Signing a user in: with a password, then with a second factor where one is due.

use super::{keyring::key_error, store::store_error};
use crate::{
    error::{Details, ErrorCode, WireError},
    held::HeldTokens,
    state::Workbench,
};
use engine::{
    Engine,
    data_key::DataKeyError,
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
        let answer = engine.sign_in(&username, &password, scopes.as_deref()).map_err(sign_in_error)?;
        let factor = match &answer {
            SignIn::Done(_) => None,
            SignIn::SecondFactorDue { .. } => engine.second_factor(&username).map_err(store_error)?,
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
    let answer = state.run(move |engine| engine.confirm_sign_in(&token, &code).map_err(sign_in_error)).await;
    // Used, or good for nothing any more.
    if answer.as_ref().map_or_else(|error| error.code == ErrorCode::PendingInvalid, |_| true) {
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
    let gone = || WireError::new(ErrorCode::PendingInvalid, SignInError::PendingInvalid.to_string());
    held.pending(handle).ok_or_else(gone)
}

pub(crate) fn sign_in_error(error: SignInError) -> WireError {
    let message = error.to_string();
    let plain = |code| WireError::new(code, message.clone());
    let value = |code, value: String| {
        WireError::with(code, message.clone(), Details { value: Some(value), ..Details::default() })
    };
    match error {
        SignInError::WrongCredentials => plain(ErrorCode::WrongCredentials),
        SignInError::Inactive => plain(ErrorCode::UserInactive),
        SignInError::PendingInvalid => plain(ErrorCode::PendingInvalid),
        SignInError::WrongCode => plain(ErrorCode::WrongCode),
        SignInError::UsedCode => plain(ErrorCode::UsedCode),
        SignInError::UsedRecoveryCode => plain(ErrorCode::UsedRecoveryCode),
        SignInError::DataKey(DataKeyError::Vault(error)) => key_error(error.into()),
        SignInError::DataKey(DataKeyError::Missing) => plain(ErrorCode::KeyMissing),
        SignInError::DataKey(DataKeyError::Foreign) => plain(ErrorCode::KeyChanged),
        SignInError::DataKey(_) => plain(ErrorCode::KeyringFailed),
        SignInError::NoSuchUser(name) => value(ErrorCode::UserNotFound, name),
        SignInError::Scope(UnknownScope(scope)) => value(ErrorCode::ScopeUnknown, scope),
        SignInError::Key(error) => key_error(error),
        SignInError::Lifetime { .. }
        | SignInError::ShortLived { .. }
        | SignInError::Unsigned
        | SignInError::Entropy(_) => plain(ErrorCode::Internal),
        SignInError::Store(error) => store_error(error),
    }
}
