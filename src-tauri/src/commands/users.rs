//! Users and the scope catalog.

use crate::{
    convert::{store_error, user_error},
    error::WireError,
    state::Workbench,
};
use engine::secret::Password;
use serde::{Deserialize, Serialize};
use tauri::State;

/// One user as the window shows it.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct UserView {
    /// The name they sign in with.
    pub username: String,
    /// The name people read; may be empty.
    pub display_name: String,
    /// The email address; may be empty.
    pub email: String,
    /// May they sign in?
    pub active: bool,
    /// The scopes they hold, in the catalog's order.
    pub scopes: Vec<String>,
    /// When they were created, in milliseconds since the Unix epoch.
    pub created_at_ms: i64,
    /// When they last signed in.
    pub last_sign_in_at_ms: Option<i64>,
}

/// One named permission of the catalog.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ScopeView {
    /// `items:read`
    pub name: String,
    /// "Read items"
    pub description: String,
}

/// A user to create.
#[derive(Clone, Deserialize, specta::Type)]
pub struct NewUser {
    /// The name they will sign in with.
    pub username: String,
    /// The name people read; may be empty.
    pub display_name: String,
    /// The email address; may be empty.
    pub email: String,
    /// The password.
    pub password: String,
    /// The scopes to grant.
    pub scopes: Vec<String>,
}

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

/// All users, by name.
#[tauri::command]
#[specta::specta]
pub async fn list_users(state: State<'_, Workbench>) -> Result<Vec<UserView>, WireError> {
    let users = state.run(|engine| engine.users().map_err(store_error)).await?;
    Ok(users.into_iter().map(UserView::from).collect())
}

/// The scope catalog.
#[tauri::command]
#[specta::specta]
pub async fn list_scopes(state: State<'_, Workbench>) -> Result<Vec<ScopeView>, WireError> {
    let catalog = state.run(|engine| engine.scope_catalog().map_err(store_error)).await?;
    Ok(catalog.into_iter().map(ScopeView::from).collect())
}

/// Creates a user.
#[tauri::command]
#[specta::specta]
pub async fn create_user(state: State<'_, Workbench>, user: NewUser) -> Result<UserView, WireError> {
    let new = engine::users::NewUser {
        username: user.username,
        display_name: user.display_name,
        email: user.email,
        password: Password::new(user.password),
        scopes: user.scopes,
    };
    state.run(move |engine| engine.create_user(&new).map(UserView::from).map_err(user_error)).await
}

/// Switches a user on or off; off ends their sessions.
#[tauri::command]
#[specta::specta]
pub async fn set_user_active(
    state: State<'_, Workbench>,
    username: String,
    active: bool,
) -> Result<UserView, WireError> {
    state.run(move |engine| engine.set_user_active(&username, active).map(UserView::from).map_err(user_error)).await
}

/// Replaces the scopes a user holds; tokens already issued keep theirs.
#[tauri::command]
#[specta::specta]
pub async fn set_user_scopes(
    state: State<'_, Workbench>,
    username: String,
    scopes: Vec<String>,
) -> Result<UserView, WireError> {
    state.run(move |engine| engine.set_user_scopes(&username, &scopes).map(UserView::from).map_err(user_error)).await
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
    state.run(move |engine| Ok(engine.rate_password(&password, &username).into())).await
}
