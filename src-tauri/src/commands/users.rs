//! Users and the scope catalog.

use crate::{
    convert::{sign_in_error, store_error, user_error, user_view},
    error::WireError,
    state::Workbench,
};
use engine::{Engine, secret::Password};
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
    /// Why no password or code of theirs is looked at now. Only [`list_users`] knows.
    pub lock: Option<LockView>,
}

/// How a lock after wrong passwords and codes ends.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LockView {
    /// By itself.
    Until {
        /// When, in milliseconds since the Unix epoch on the computer's clock.
        ms: i64,
    },
    /// With [`reset_failures`], a new password, or a recovery code.
    UntilReset,
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
    let users = state.run(|engine| engine.users_and_locks().map_err(store_error)).await?;
    Ok(users.into_iter().map(user_view).collect())
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

/// Forgets a user's wrong passwords and codes, which ends their lock.
#[tauri::command]
#[specta::specta]
pub async fn reset_failures(state: State<'_, Workbench>, username: String) -> Result<(), WireError> {
    state.run(move |engine| engine.reset_failures(&username).map_err(sign_in_error)).await
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
