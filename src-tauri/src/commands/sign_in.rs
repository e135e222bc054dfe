//! Signing a user in.

use crate::{convert::sign_in_answer, error::WireError, state::Workbench};
use engine::secret::Password;
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

/// What a sign-in answers with.
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

/// Signs a user in with a password.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(state: State<'_, Workbench>, request: SignInRequest) -> Result<SignedIn, WireError> {
    let SignInRequest { username, password, scopes } = request;
    let password = Password::new(password);
    state.run(move |engine| sign_in_answer(engine.sign_in(&username, &password, scopes.as_deref()))).await
}
