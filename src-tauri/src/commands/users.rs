//! Users and the scope catalog.

use super::{passwords::password_refusal, sign_in::sign_in_error, store::store_error};
use crate::{
    error::{Details, ErrorCode, WireError, code_point, number},
    state::Workbench,
};
use engine::{
    scopes::{Scope, ScopeEntry, UnknownScope},
    secret::Password,
    throttle::Lock,
    users::{LONGEST_DISPLAY_NAME, LONGEST_USERNAME, User, UserError, UsernameError},
};
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

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            username: user.username.to_string(),
            display_name: user.display_name,
            email: user.email,
            active: user.active,
            scopes: names(&user.scopes),
            created_at_ms: user.created_at.0,
            last_sign_in_at_ms: user.last_sign_in_at.map(|at| at.0),
            lock: None,
        }
    }
}

/// A user with the lock they are under.
pub(crate) fn user_view((user, lock): (User, Option<Lock>)) -> UserView {
    let lock = lock.map(|lock| match lock {
        Lock::Until(at) => LockView::Until { ms: at.0 },
        Lock::UntilReset => LockView::UntilReset,
    });
    UserView { lock, ..UserView::from(user) }
}

impl From<ScopeEntry> for ScopeView {
    fn from(entry: ScopeEntry) -> Self {
        Self { name: entry.name.to_string(), description: entry.description }
    }
}

pub(crate) fn user_error(error: UserError) -> WireError {
    let message = error.to_string();
    let plain = |code| WireError::new(code, message.clone());
    let value = |code, value: String| {
        WireError::with(code, message.clone(), Details { value: Some(value), ..Details::default() })
    };
    let maximum = |code, maximum: usize| {
        WireError::with(code, message.clone(), Details { maximum: number(maximum), ..Details::default() })
    };
    match error {
        UserError::Username(UsernameError::Empty) => plain(ErrorCode::UsernameEmpty),
        UserError::Username(UsernameError::TooLong) => maximum(ErrorCode::UsernameTooLong, LONGEST_USERNAME),
        UserError::Username(UsernameError::Character(odd)) => {
            value(ErrorCode::UsernameInvalid, odd.escape_debug().to_string())
        }
        UserError::Taken(name) => value(ErrorCode::UsernameTaken, name.to_string()),
        UserError::DisplayNameTooLong => maximum(ErrorCode::DisplayNameTooLong, LONGEST_DISPLAY_NAME),
        UserError::DisplayNameCharacter(odd) => value(ErrorCode::DisplayNameInvalid, code_point(odd)),
        UserError::Email => plain(ErrorCode::EmailInvalid),
        UserError::Password(refusal) => password_refusal(refusal),
        UserError::Scope(UnknownScope(scope)) => value(ErrorCode::ScopeUnknown, scope),
        UserError::NotFound(name) => value(ErrorCode::UserNotFound, name),
        UserError::Hash(_) => plain(ErrorCode::Internal),
        UserError::Store(error) => store_error(error),
    }
}

/// As the window names them.
pub(crate) fn names(scopes: &[Scope]) -> Vec<String> {
    scopes.iter().map(Scope::to_string).collect()
}
