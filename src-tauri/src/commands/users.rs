//! Users and the scope catalog.

use super::{number, place};
use crate::{
    error::{Failure, WireError, code_point, limit},
    state::AppState,
};
use engine::{
    passwords::HashError,
    scopes::{Scope, ScopeEntry, UnknownScope},
    secret::Password,
    throttle::Lock,
    users::{
        FactorState, LONGEST_DISPLAY_NAME, LONGEST_USERNAME, ListedUser, UserError, UserQuery, UserSort, UsernameError,
    },
};
use serde::{Deserialize, Serialize};
use tauri::State;

/// One user as the window shows it.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct UserView {
    /// The name they sign in with.
    pub username: String,
    /// The display name; may be empty.
    pub display_name: String,
    /// The email address; may be empty.
    pub email: String,
    /// Whether they may sign in.
    pub active: bool,
    /// The scopes they hold, in the catalog's order.
    pub scopes: Vec<String>,
    /// The time of creation, in milliseconds since the Unix epoch.
    pub created_at_ms: i64,
    /// The time of the last sign-in.
    pub last_sign_in_at_ms: Option<i64>,
    /// The lock that keeps their passwords and codes from being checked, if any.
    pub lock: Option<LockView>,
    /// The number of their active sessions.
    pub active_sessions: u32,
    /// Whether they have a second factor.
    pub second_factor: FactorStateView,
}

/// Whether a user has a second factor.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum FactorStateView {
    /// There is none.
    Off,
    /// It waits for its first code.
    Pending,
    /// Sign-in requires a code.
    On,
}

/// Which users to list, in which order, and from where.
#[derive(Debug, Clone, Deserialize, specta::Type)]
pub struct UserListRequest {
    /// Lists only users whose names, email address or scopes contain each of these words; empty for all.
    pub text: String,
    /// What they are sorted by.
    pub sort: UserColumn,
    /// Sorts in descending order.
    pub descending: bool,
    /// The `next` of the previous page; null for the first page.
    pub after: Option<String>,
    /// The page size.
    pub most: u32,
}

/// A sort order of users.
#[derive(Debug, Clone, Copy, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum UserColumn {
    /// The username.
    Username,
    /// The time of creation.
    Created,
    /// The time of the last sign-in; users who never signed in come first.
    LastSignIn,
    /// Whether they may sign in; inactive users come first.
    Active,
    /// Their scopes, in catalog order.
    Scopes,
    /// The second factor: off, pending, on.
    SecondFactor,
    /// The number of active sessions.
    Sessions,
    /// When the lock ends; users without one come first.
    Lock,
}

/// A page of users.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct UserListPage {
    /// The users.
    pub users: Vec<UserView>,
    /// Where the next page begins; null at the end.
    pub next: Option<String>,
    /// The number of users.
    pub all: u32,
    /// The number of users that match the text.
    pub found: u32,
}

/// How a lock after wrong passwords and codes ends.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LockView {
    /// It ends by itself.
    Until {
        /// The time when it ends, in milliseconds since the Unix epoch on the computer's clock.
        ms: i64,
    },
    /// It ends with [`reset_failures`], a new password, or a recovery code.
    UntilReset,
}

/// A scope of the catalog.
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
    /// The display name; may be empty.
    pub display_name: String,
    /// The email address; may be empty.
    pub email: String,
    /// The password.
    pub password: String,
    /// The scopes to grant.
    pub scopes: Vec<String>,
}

/// A page of users.
#[tauri::command]
#[specta::specta]
pub async fn list_users(state: State<'_, AppState>, request: UserListRequest) -> Result<UserListPage, WireError> {
    let query = UserQuery {
        text: request.text.trim().to_owned(),
        sort: match request.sort {
            UserColumn::Username => UserSort::Username,
            UserColumn::Created => UserSort::Created,
            UserColumn::LastSignIn => UserSort::LastSignIn,
            UserColumn::Active => UserSort::Active,
            UserColumn::Scopes => UserSort::Scopes,
            UserColumn::SecondFactor => UserSort::SecondFactor,
            UserColumn::Sessions => UserSort::Sessions,
            UserColumn::Lock => UserSort::Lock,
        },
        descending: request.descending,
        after: place(request.after),
        most: request.most,
    };
    let (page, counts) = state.run(move |engine| engine.user_page(&query).map_err(WireError::from)).await?;
    Ok(UserListPage {
        users: page.rows.into_iter().map(UserView::from).collect(),
        next: page.next.map(|next| next.to_string()),
        all: number(counts.all),
        found: number(counts.found),
    })
}

/// One user; null if no user has that name.
#[tauri::command]
#[specta::specta]
pub async fn show_user(state: State<'_, AppState>, username: String) -> Result<Option<UserView>, WireError> {
    let found = state.run(move |engine| engine.user(&username).map_err(WireError::from)).await?;
    Ok(found.map(UserView::from))
}

/// The scope catalog.
#[tauri::command]
#[specta::specta]
pub async fn list_scopes(state: State<'_, AppState>) -> Result<Vec<ScopeView>, WireError> {
    let catalog = state.run(|engine| engine.scope_catalog().map_err(WireError::from)).await?;
    Ok(catalog.into_iter().map(ScopeView::from).collect())
}

/// Creates a user.
#[tauri::command]
#[specta::specta]
pub async fn create_user(state: State<'_, AppState>, user: NewUser) -> Result<UserView, WireError> {
    let new = engine::users::NewUser {
        username: user.username,
        display_name: user.display_name,
        email: user.email,
        password: Password::new(user.password),
        scopes: user.scopes,
    };
    let user = state.run(move |engine| engine.create_user(&new).map_err(WireError::from)).await?;
    // A new user has no failures and no sessions.
    Ok(UserView::from(ListedUser { user, lock: None, active_sessions: 0, second_factor: FactorState::Off }))
}

/// Activates or deactivates a user; deactivating ends their sessions.
#[tauri::command]
#[specta::specta]
pub async fn set_user_active(state: State<'_, AppState>, username: String, active: bool) -> Result<(), WireError> {
    state.run(move |engine| engine.set_user_active(&username, active).map(drop).map_err(WireError::from)).await
}

/// Replaces a user's scopes; tokens already issued keep theirs.
#[tauri::command]
#[specta::specta]
pub async fn set_user_scopes(
    state: State<'_, AppState>,
    username: String,
    scopes: Vec<String>,
) -> Result<(), WireError> {
    state.run(move |engine| engine.set_user_scopes(&username, &scopes).map(drop).map_err(WireError::from)).await
}

/// Clears a user's count of wrong passwords and codes, which ends their lock.
#[tauri::command]
#[specta::specta]
pub async fn reset_failures(state: State<'_, AppState>, username: String) -> Result<(), WireError> {
    state.run(move |engine| engine.reset_failures(&username).map_err(WireError::from)).await
}

impl From<ListedUser> for UserView {
    fn from(ListedUser { user, lock, active_sessions, second_factor }: ListedUser) -> Self {
        let lock = lock.map(|lock| match lock {
            Lock::Until(at) => LockView::Until { ms: at.0 },
            Lock::UntilReset => LockView::UntilReset,
        });
        Self {
            username: user.username.to_string(),
            display_name: user.display_name,
            email: user.email,
            active: user.active,
            scopes: names(&user.scopes),
            created_at_ms: user.created_at.0,
            last_sign_in_at_ms: user.last_sign_in_at.map(|at| at.0),
            lock,
            active_sessions: number(active_sessions),
            second_factor: match second_factor {
                FactorState::Off => FactorStateView::Off,
                FactorState::Pending => FactorStateView::Pending,
                FactorState::On => FactorStateView::On,
            },
        }
    }
}

impl From<ScopeEntry> for ScopeView {
    fn from(entry: ScopeEntry) -> Self {
        Self { name: entry.name.to_string(), description: entry.description }
    }
}

/// Why a request about a user failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum UserProblem {
    /// No username was given.
    UsernameEmpty,
    /// The username has too many characters.
    UsernameTooLong {
        /// The limit.
        maximum: u32,
    },
    /// The username has a character that is not allowed.
    UsernameCharacter {
        /// The character.
        character: String,
    },
    /// Another user has that name, perhaps in a different letter case.
    UsernameTaken {
        /// The name.
        name: String,
    },
    /// A client of the issuer has that name.
    UsernameIsClient {
        /// The name.
        name: String,
    },
    /// The display name has too many characters.
    DisplayNameTooLong {
        /// The limit.
        maximum: u32,
    },
    /// The display name has an invisible character.
    DisplayNameCharacter {
        /// The character: "U+200B".
        character: String,
    },
    /// The email address has no local part or no domain, or contains white space.
    EmailInvalid,
    /// The catalog has no such scope.
    ScopeUnknown {
        /// The scope.
        scope: String,
    },
    /// The text is no password hash of a known format.
    HashUnreadable,
    /// The hash begins with `$2x$`.
    HashBuggy,
    /// The hash is of another scheme.
    HashScheme {
        /// The scheme.
        scheme: String,
    },
    /// The cost of the hash is out of range.
    HashCost {
        /// The cost.
        cost: u32,
    },
    /// No user has that name.
    NotFound {
        /// The name.
        name: String,
    },
}

impl From<UserError> for WireError {
    fn from(error: UserError) -> Self {
        let message = error.to_string();
        let problem = match error {
            UserError::Username(UsernameError::Empty) => UserProblem::UsernameEmpty,
            UserError::Username(UsernameError::TooLong) => {
                UserProblem::UsernameTooLong { maximum: limit(LONGEST_USERNAME) }
            }
            UserError::Username(UsernameError::Character(odd)) => {
                UserProblem::UsernameCharacter { character: odd.escape_debug().to_string() }
            }
            UserError::Taken(name) => UserProblem::UsernameTaken { name: name.to_string() },
            UserError::IsClient(name) => UserProblem::UsernameIsClient { name: name.to_string() },
            UserError::DisplayNameTooLong => UserProblem::DisplayNameTooLong { maximum: limit(LONGEST_DISPLAY_NAME) },
            UserError::DisplayNameCharacter(odd) => UserProblem::DisplayNameCharacter { character: code_point(odd) },
            UserError::Email => UserProblem::EmailInvalid,
            UserError::Password(refusal) => return refusal.into(),
            UserError::Scope(UnknownScope(scope)) => UserProblem::ScopeUnknown { scope },
            UserError::NotFound(name) => UserProblem::NotFound { name },
            UserError::Hash(HashError::Unreadable) => UserProblem::HashUnreadable,
            UserError::Hash(HashError::BuggyBcrypt) => UserProblem::HashBuggy,
            UserError::Hash(HashError::OtherScheme(scheme)) => UserProblem::HashScheme { scheme: scheme.into() },
            UserError::Hash(HashError::Cost(cost)) => UserProblem::HashCost { cost },
            UserError::Hash(HashError::Entropy(_)) => return Self::internal(message),
            UserError::Store(error) => return error.into(),
        };
        Self::new(Failure::Users(problem), message)
    }
}

/// The names of the scopes.
pub(crate) fn names(scopes: &[Scope]) -> Vec<String> {
    scopes.iter().map(Scope::to_string).collect()
}
