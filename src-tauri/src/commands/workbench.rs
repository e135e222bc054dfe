//! The profile, and whether its database and its keyring can be used.

use crate::{
    convert::{key_error, place_error, rotate_error, start_anew_error, store_error},
    error::WireError,
    state::{self, blocking},
};
use engine::{Engine, keys::Existing, secret::Password, vault::VaultKind};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tauri::{AppHandle, Manager, State};

/// What the frame around the views shows.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct Workbench {
    /// The program's version.
    pub version: String,
    /// The profile in use.
    pub profile: ProfileView,
    /// The database is being opened, and it is not known yet whether it can be used.
    pub opening: bool,
    /// What was done because the database is a copy, until somebody has read it.
    pub restored: Option<RestoredView>,
    /// The failure that keeps the database from being used, if there is one.
    pub store_problem: Option<WireError>,
    /// The keyring.
    pub keyring: KeyringView,
    /// The engine's clock, in milliseconds since the Unix epoch.
    pub now_ms: i64,
    /// How that clock runs.
    pub clock: ClockView,
}

/// What was done when the database turned out to be a copy, and what it cannot know.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct RestoredView {
    /// How it was noticed.
    pub cause: RestoreCause,
    /// The moment of the last thing the copy knows of, in milliseconds since the Unix epoch; absent if it knows of
    /// none.
    pub since_ms: Option<i64>,
    /// How many sessions were ended.
    pub sessions: u32,
    /// How many recovery codes were used up.
    pub recovery_codes: u32,
    /// How many keys were retired, because the keyring or another database knows them as retired.
    pub retired_keys: u32,
    /// How many keys verify nothing until the keyring has shown that they are still good.
    pub doubted_keys: u32,
}

/// How it was noticed that a database is a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum RestoreCause {
    /// A backup wrote the file.
    Backup,
    /// It is older than what was written down beside it.
    Behind,
    /// Nothing is written down beside it, though it was in use.
    Unmarked,
    /// What is written down beside it belongs to another database.
    ForeignMark,
    /// The whole folder was copied, and the original is still there.
    CopiedFolder,
    /// The whole folder was copied, and no original is left.
    PutBack,
}

/// How the engine's clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ClockView {
    /// As the computer's.
    Real,
    /// Ahead of the computer's; behind it, if negative.
    Shifted {
        /// So many milliseconds.
        ms: i64,
    },
    /// It stands still.
    Frozen,
}

/// The folder of state in use.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ProfileView {
    /// `default` unless chosen.
    pub name: String,
    /// Its folder; absent if everything lives in memory.
    pub folder: Option<String>,
    /// Everything, keys too, lives in memory and ends with the program.
    pub ephemeral: bool,
}

/// The keyring as the window shows it.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct KeyringView {
    /// What the system calls it: "GNOME Keyring", "Keys of this session".
    pub name: String,
    /// Whether it can be used.
    pub state: KeyringState,
    /// What the system said, where it said something.
    pub system: Option<String>,
    /// The failure of the database that kept the key from being used, if it was the database's.
    pub store_problem: Option<WireError>,
    /// Can the window ask the system to show its unlock prompt?
    pub can_unlock: bool,
    /// Where the keys are kept.
    pub kind: VaultChoice,
    /// May another place be chosen for the keys?
    pub can_choose: bool,
    /// Does the profile have keys? They stay where they are if another place is chosen.
    pub has_keys: bool,
    /// Were the last keys made for one session only, so that nothing can bring them back?
    pub was_session: bool,
}

/// A place for keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum VaultChoice {
    /// The system's keyring.
    System,
    /// A file in the profile's folder, sealed with a passphrase.
    Passphrase,
    /// The memory of this program: the keys end with it.
    Session,
}

/// Whether the keyring can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyringState {
    /// The first answer is still due.
    Checking,
    /// The signing key is at hand.
    Ready,
    /// It is locked.
    Locked,
    /// No service answers.
    Absent,
    /// It refused.
    Denied,
    /// It did not answer in time; perhaps it waits for a prompt to be answered.
    Slow,
    /// It failed in another way.
    Failed,
    /// It works, but does not hold the key that the database knows.
    KeyMissing,
    /// It works, but what it holds for a key that the database knows is not that key.
    KeyChanged,
    /// It works, and has no default collection to keep keys in yet.
    NoCollection,
    /// The keys are sealed with a passphrase that was not given yet.
    PassphraseDue,
    /// The database failed, so the key that signs is not known or could not be made.
    StoreFailed,
}

/// What the frame around the views shows now.
#[tauri::command]
#[specta::specta]
pub async fn workbench(app: AppHandle) -> Workbench {
    described(app.state::<state::Workbench>().inner()).await
}

/// Remembers that somebody has read what a copy cannot know.
#[tauri::command]
#[specta::specta]
pub async fn confirm_restore(state: State<'_, state::Workbench>) -> Result<(), WireError> {
    state.run(|engine| engine.confirm_restore().map(drop).map_err(store_error)).await
}

/// Puts aside what is left of a profile whose database is missing or damaged, and opens a new one.
#[tauri::command]
#[specta::specta]
pub async fn start_anew(state: State<'_, state::Workbench>) -> Result<(), WireError> {
    let this = state.inner().clone();
    blocking(move || {
        this.profile().start_anew().map_err(start_anew_error)?;
        this.reopen();
        this.check_keyring();
        this.engine().map(drop)
    })
    .await?
}

/// Opens the database again after a failure.
#[tauri::command]
#[specta::specta]
pub async fn retry_store(app: AppHandle) -> Workbench {
    let this = app.state::<state::Workbench>().inner().clone();
    let opened = this.clone();
    // What stops the attempt shows in the answer: the problem is still there.
    let _ = blocking(move || {
        opened.reopen();
        opened.check_keyring()
    })
    .await;
    described(&this).await
}

/// Asks the keyring again.
#[tauri::command]
#[specta::specta]
pub async fn retry_keyring(app: AppHandle) -> KeyringView {
    let this = app.state::<state::Workbench>().inner().clone();
    let asked = this.clone();
    blocking(move || asked.check_keyring()).await.unwrap_or_else(|_| this.keyring())
}

/// Asks the system to unlock the keyring, which may show its prompt.
#[tauri::command]
#[specta::specta]
pub async fn unlock_keyring(app: AppHandle) -> KeyringView {
    let this = app.state::<state::Workbench>().inner().clone();
    let asked = this.clone();
    blocking(move || asked.unlock_keyring()).await.unwrap_or_else(|_| this.keyring())
}

/// Takes the passphrase that the keys are sealed with.
#[tauri::command]
#[specta::specta]
pub async fn enter_passphrase(
    state: State<'_, state::Workbench>,
    passphrase: String,
) -> Result<KeyringView, WireError> {
    let (passphrase, this) = (Password::new(passphrase), state.inner().clone());
    state
        .run(move |engine| {
            engine.enter_passphrase(&passphrase).map_err(|error| key_error(error.into()))?;
            Ok(this.check_keyring())
        })
        .await
}

/// Keeps the keys in another place from now on. Keys that the profile has stay where they are, and new ones are made.
/// The passphrase is for a place that is sealed with one.
#[tauri::command]
#[specta::specta]
pub async fn choose_vault(
    state: State<'_, state::Workbench>,
    kind: VaultChoice,
    passphrase: Option<String>,
) -> Result<KeyringView, WireError> {
    let (passphrase, this) = (passphrase.map(Password::new), state.inner().clone());
    state
        .run(move |engine| {
            engine.keep_keys_in(kind.into(), passphrase.as_ref(), Existing::Leave).map_err(place_error)?;
            Ok(this.check_keyring())
        })
        .await
}

/// Has new keys made for those that the keyring has lost, or holds others for.
#[tauri::command]
#[specta::specta]
pub async fn replace_lost_keys(state: State<'_, state::Workbench>) -> Result<KeyringView, WireError> {
    let this = state.inner().clone();
    state
        .run(move |engine| {
            engine.replace_lost_keys().map_err(rotate_error)?;
            Ok(this.check_keyring())
        })
        .await
}

impl From<VaultChoice> for VaultKind {
    fn from(choice: VaultChoice) -> Self {
        match choice {
            VaultChoice::System => Self::System,
            VaultChoice::Passphrase => Self::Passphrase,
            VaultChoice::Session => Self::Session,
        }
    }
}

impl From<VaultKind> for VaultChoice {
    fn from(kind: VaultKind) -> Self {
        match kind {
            VaultKind::System => Self::System,
            VaultKind::Passphrase => Self::Passphrase,
            VaultKind::Session => Self::Session,
        }
    }
}

async fn described(state: &state::Workbench) -> Workbench {
    let (this, asked) = (state.clone(), state.clone());
    blocking(move || describe(&this, this.engine_now()))
        .await
        .unwrap_or_else(|problem| describe(&asked, Some(Err(problem))))
}

fn describe(state: &state::Workbench, engine: Option<Result<Arc<Engine>, WireError>>) -> Workbench {
    let opening = engine.is_none();
    let store_problem = engine.as_ref().and_then(|engine| engine.as_ref().err()).cloned();
    let engine = engine.and_then(Result::ok);
    let engine = engine.as_deref();
    Workbench {
        version: env!("CARGO_PKG_VERSION").into(),
        profile: state.profile().into(),
        opening,
        restored: engine.and_then(|engine| engine.restore_notice().ok().flatten()).map(Into::into),
        store_problem,
        keyring: state.keyring(),
        now_ms: state.now().0,
        clock: engine.and_then(|engine| engine.clock_setting().ok()).map_or(ClockView::Real, Into::into),
    }
}
