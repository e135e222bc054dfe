//! The keyring, or another place where the signing keys are kept.

use crate::{
    error::{Failure, WireError},
    state::{self, blocking},
};
use engine::{
    Engine, StoreError,
    keys::{Existing, PlaceError, RotateError, SigningKeyError},
    secret::Password,
    vault::{VaultError, VaultKind},
};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager, State};

/// The keyring as the window shows it.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct KeyringView {
    /// Its name in the system: "GNOME Keyring", "Keys of this session".
    pub name: String,
    /// Whether it can be used.
    pub state: KeyringState,
    /// The system's error, if there was one.
    pub system: Option<String>,
    /// The database failure that kept the key from being used, if that was the cause.
    pub store_problem: Option<WireError>,
    /// Can the window make the system show its unlock prompt?
    pub can_unlock: bool,
    /// Are the signing keys in the program's memory? They were read before the keyring was locked or ended.
    pub keys_at_hand: bool,
    /// Where the keys are kept.
    pub kind: VaultChoice,
    /// Can another place be chosen for the keys?
    pub can_choose: bool,
    /// Does the profile have keys? Choosing another place does not move them.
    pub has_keys: bool,
    /// Were the last keys made for one session only, so that they cannot be recovered?
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
    /// It has not answered yet.
    Checking,
    /// The signing key is available.
    Ready,
    /// It is locked.
    Locked,
    /// No service answers.
    Absent,
    /// It refused.
    Denied,
    /// It did not answer in time; it may be waiting for the user to answer a prompt.
    Slow,
    /// It failed in another way.
    Failed,
    /// It works, but lacks a key that the database knows.
    KeyMissing,
    /// It works, but its entry for a key that the database knows contains a different one.
    KeyChanged,
    /// It works, but has no default collection for keys yet.
    NoCollection,
    /// The keys are sealed with a passphrase that has not been entered yet.
    PassphraseDue,
    /// The database failed, so the signing key is unknown or could not be created.
    StoreFailed,
}

/// Asks the keyring again.
#[tauri::command]
#[specta::specta]
pub async fn retry_keyring(app: AppHandle) -> KeyringView {
    let this = app.state::<state::AppState>().inner().clone();
    let asked = this.clone();
    blocking(move |may| asked.check_keyring(may)).await.unwrap_or_else(|_| this.keyring())
}

/// Asks the system to unlock the keyring, which may show a prompt.
#[tauri::command]
#[specta::specta]
pub async fn unlock_keyring(app: AppHandle) -> KeyringView {
    let this = app.state::<state::AppState>().inner().clone();
    let asked = this.clone();
    blocking(move |may| asked.unlock_keyring(may)).await.unwrap_or_else(|_| this.keyring())
}

/// Opens the keys with the passphrase that seals them.
#[tauri::command]
#[specta::specta]
pub async fn enter_passphrase(state: State<'_, state::AppState>, passphrase: String) -> Result<KeyringView, WireError> {
    let (passphrase, this) = (Password::new(passphrase), state.inner().clone());
    state
        .run(move |engine| {
            engine.enter_passphrase(&passphrase).map_err(SigningKeyError::from)?;
            Ok(this.check_keys(engine))
        })
        .await
}

/// Keeps the keys in another place from now on. Existing keys stay where they are, and new ones are created.
/// `passphrase` is for a place that is sealed with one.
#[tauri::command]
#[specta::specta]
pub async fn choose_vault(
    state: State<'_, state::AppState>,
    kind: VaultChoice,
    passphrase: Option<String>,
) -> Result<KeyringView, WireError> {
    let (passphrase, this) = (passphrase.map(Password::new), state.inner().clone());
    state
        .run(move |engine| {
            engine.keep_keys_in(kind.into(), passphrase.as_ref(), Existing::Leave)?;
            Ok(this.check_keys(engine))
        })
        .await
}

/// Creates new keys for those that the keyring has lost or holds a different key for.
#[tauri::command]
#[specta::specta]
pub async fn replace_lost_keys(state: State<'_, state::AppState>) -> Result<KeyringView, WireError> {
    let this = state.inner().clone();
    state
        .run(move |engine| {
            engine.replace_lost_keys()?;
            Ok(this.check_keys(engine))
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

/// Derives the keyring's state from its answer.
pub(crate) fn keyring_view(engine: &Engine, answer: Result<(), SigningKeyError>) -> KeyringView {
    let state = match &answer {
        Ok(()) => KeyringState::Ready,
        Err(SigningKeyError::Vault(VaultError::Locked { .. })) => KeyringState::Locked,
        Err(SigningKeyError::Vault(VaultError::Absent { .. })) => KeyringState::Absent,
        Err(SigningKeyError::Vault(VaultError::Denied { .. })) => KeyringState::Denied,
        Err(SigningKeyError::Vault(VaultError::Slow { .. })) => KeyringState::Slow,
        Err(SigningKeyError::Vault(VaultError::NoCollection)) => KeyringState::NoCollection,
        Err(SigningKeyError::Vault(VaultError::PassphraseDue { .. } | VaultError::WrongPassphrase)) => {
            KeyringState::PassphraseDue
        }
        Err(SigningKeyError::Missing { .. }) => KeyringState::KeyMissing,
        Err(SigningKeyError::Foreign { .. }) => KeyringState::KeyChanged,
        Err(
            SigningKeyError::Vault(
                VaultError::Failed { .. } | VaultError::Ambiguous { .. } | VaultError::TooLong { .. },
            )
            | SigningKeyError::Unmade(_),
        ) => KeyringState::Failed,
        Err(SigningKeyError::Vault(VaultError::Full { .. })) => KeyringState::StoreFailed,
        // The database failed before the keyring was asked, or after it answered.
        Err(SigningKeyError::Store(_)) => KeyringState::StoreFailed,
    };
    let store_problem = match &answer {
        Err(SigningKeyError::Vault(VaultError::Full { file })) => Some(StoreError::Full { file: file.into() }.into()),
        Err(SigningKeyError::Store(error)) => Some(error.clone().into()),
        _ => None,
    };
    let system = answer.as_ref().err().filter(|_| state != KeyringState::PassphraseDue).map(|error| match error {
        SigningKeyError::Vault(error) => error.system().map_or_else(|| error.to_string(), str::to_owned),
        SigningKeyError::Missing { .. }
        | SigningKeyError::Foreign { .. }
        | SigningKeyError::Unmade(_)
        | SigningKeyError::Store(_) => error.to_string(),
    });
    // If the database fails too, the window shows that instead.
    let kind = engine.vault_kind().unwrap_or(VaultKind::System);
    let (name, can_unlock) =
        engine.vault().map_or_else(|_| (String::new(), false), |vault| (vault.name(), vault.can_unlock()));
    let can_unlock =
        can_unlock && matches!(state, KeyringState::Locked | KeyringState::Denied | KeyringState::NoCollection);
    KeyringView {
        name,
        state,
        system,
        can_unlock,
        store_problem,
        keys_at_hand: answer.is_ok(),
        kind: kind.into(),
        // Choosing another place needs the database too.
        can_choose: engine.passphrase_vault().is_some()
            && kind == VaultKind::System
            && state != KeyringState::StoreFailed,
        was_session: engine.last_keys_were_for_a_session().unwrap_or(false),
        has_keys: engine.has_keys().unwrap_or(true),
    }
}

/// Why a key cannot be used or kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum KeyringProblem {
    /// It is locked.
    Locked,
    /// No service answers.
    Absent,
    /// It refused.
    Denied,
    /// It did not answer in time.
    Slow,
    /// It failed in another way.
    Failed,
    /// It lacks a key that the database knows.
    KeyMissing,
    /// Its entry for a key contains a different one.
    KeyChanged,
    /// The keys are sealed with a passphrase that has not been entered yet.
    PassphraseDue,
    /// The passphrase is wrong.
    PassphraseWrong,
    /// The keys cannot be kept in another place.
    PlaceImpossible {
        /// The reason, as a sentence for the user.
        reason: String,
    },
}

impl From<SigningKeyError> for WireError {
    fn from(error: SigningKeyError) -> Self {
        let problem = match &error {
            SigningKeyError::Vault(VaultError::Locked { .. }) => KeyringProblem::Locked,
            SigningKeyError::Vault(VaultError::Absent { .. } | VaultError::NoCollection) => KeyringProblem::Absent,
            SigningKeyError::Vault(VaultError::Denied { .. }) => KeyringProblem::Denied,
            SigningKeyError::Vault(VaultError::Slow { .. }) => KeyringProblem::Slow,
            SigningKeyError::Vault(VaultError::PassphraseDue { .. }) => KeyringProblem::PassphraseDue,
            SigningKeyError::Vault(VaultError::WrongPassphrase) => KeyringProblem::PassphraseWrong,
            SigningKeyError::Vault(
                VaultError::Failed { .. } | VaultError::Ambiguous { .. } | VaultError::TooLong { .. },
            )
            | SigningKeyError::Unmade(_) => KeyringProblem::Failed,
            SigningKeyError::Missing { .. } => KeyringProblem::KeyMissing,
            SigningKeyError::Foreign { .. } => KeyringProblem::KeyChanged,
            SigningKeyError::Vault(VaultError::Full { file }) => return StoreError::Full { file: file.into() }.into(),
            SigningKeyError::Store(error) => return error.clone().into(),
        };
        let message = error.to_string();
        Self { keys: Some(Box::new(error)), ..Self::new(Failure::Keyring(problem), message) }
    }
}

impl From<RotateError> for WireError {
    fn from(error: RotateError) -> Self {
        match error {
            RotateError::Key(error) => error.into(),
            RotateError::Algorithm { .. } | RotateError::Overtaken(_) | RotateError::TooMany(_) => {
                place_impossible(&error)
            }
        }
    }
}

impl From<PlaceError> for WireError {
    fn from(error: PlaceError) -> Self {
        match error {
            PlaceError::Passphrase(refusal) => refusal.into(),
            PlaceError::Unreadable(error) => error.into(),
            // The place that was chosen, not the one in use.
            PlaceError::Key(error) => Self { keys: None, ..error.into() },
            PlaceError::Rotate(error) => error.into(),
            PlaceError::Ephemeral | PlaceError::Already | PlaceError::NoPassphrase => place_impossible(&error),
        }
    }
}

/// The engine's message is written for the user.
fn place_impossible(error: &impl ToString) -> WireError {
    let reason = error.to_string();
    WireError::new(Failure::Keyring(KeyringProblem::PlaceImpossible { reason: reason.clone() }), reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::store::StoreProblem;
    use engine::{Profile, Rules};

    #[test]
    fn a_full_disk_is_not_the_keyrings_fault() {
        let engine = Engine::open(&Profile::Ephemeral, Rules::default()).unwrap();
        let full = StoreError::Full { file: "workbench.db".into() };
        for error in [full.into(), VaultError::Full { file: "keys.vault".into() }.into()] {
            let view = keyring_view(&engine, Err(error));
            assert_eq!(view.state, KeyringState::StoreFailed);
            let problem = view.store_problem.map(|error| error.problem);
            assert!(matches!(problem, Some(Failure::Store(StoreProblem::Full { .. }))), "{problem:?}");
            assert!(!view.can_choose, "another place needs room too");
        }
    }
}
