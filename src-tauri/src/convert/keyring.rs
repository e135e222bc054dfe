//! What the keyring answered, as the window shows it.

use super::store_error;
use crate::commands::workbench::{KeyringState, KeyringView};
use engine::{
    Engine, StoreError,
    keys::KeyError,
    vault::{VaultError, VaultKind},
};

/// The keyring's state from what it answered.
pub(crate) fn keyring_view(engine: &Engine, answer: Result<(), KeyError>) -> KeyringView {
    let state = match &answer {
        Ok(()) => KeyringState::Ready,
        Err(KeyError::Vault(VaultError::Locked { .. })) => KeyringState::Locked,
        Err(KeyError::Vault(VaultError::Absent { .. })) => KeyringState::Absent,
        Err(KeyError::Vault(VaultError::Denied { .. })) => KeyringState::Denied,
        Err(KeyError::Vault(VaultError::Slow { .. })) => KeyringState::Slow,
        Err(KeyError::Vault(VaultError::NoCollection)) => KeyringState::NoCollection,
        Err(KeyError::Vault(VaultError::PassphraseDue { .. } | VaultError::WrongPassphrase)) => {
            KeyringState::PassphraseDue
        }
        Err(KeyError::Missing { .. }) => KeyringState::KeyMissing,
        Err(KeyError::Foreign { .. }) => KeyringState::KeyChanged,
        Err(
            KeyError::Vault(VaultError::Failed { .. } | VaultError::Ambiguous { .. } | VaultError::TooLong { .. })
            | KeyError::Unmade(_),
        ) => KeyringState::Failed,
        Err(KeyError::Vault(VaultError::Full { .. })) => KeyringState::StoreFailed,
        // The database failed before the keyring could be asked, or after it had answered.
        Err(KeyError::Store(_)) => KeyringState::StoreFailed,
    };
    let store_problem = match &answer {
        Err(KeyError::Vault(VaultError::Full { file })) => Some(store_error(StoreError::Full { file: file.into() })),
        Err(KeyError::Store(error)) => Some(store_error(error.clone())),
        _ => None,
    };
    let system = answer.as_ref().err().filter(|_| state != KeyringState::PassphraseDue).map(|error| match error {
        KeyError::Vault(error) => error.system().map_or_else(|| error.to_string(), str::to_owned),
        KeyError::Missing { .. } | KeyError::Foreign { .. } | KeyError::Unmade(_) | KeyError::Store(_) => {
            error.to_string()
        }
    });
    // If even the database fails, the window shows that instead.
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
        kind: kind.into(),
        // Another place needs the database too.
        can_choose: engine.passphrase_vault().is_some()
            && kind == VaultKind::System
            && state != KeyringState::StoreFailed,
        was_session: engine.last_keys_were_for_a_session().unwrap_or(false),
        has_keys: engine.has_keys().unwrap_or(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use engine::{Policy, Profile};

    #[test]
    fn a_full_disk_is_not_the_keyrings_fault() {
        let engine = Engine::open(&Profile::Ephemeral, Policy::default()).unwrap();
        let full = StoreError::Full { file: "workbench.db".into() };
        for error in [full.into(), VaultError::Full { file: "keys.vault".into() }.into()] {
            let view = keyring_view(&engine, Err(error));
            assert_eq!(view.state, KeyringState::StoreFailed);
            assert_eq!(view.store_problem.map(|problem| problem.code), Some(ErrorCode::StoreFull));
            assert!(!view.can_choose, "another place needs room too");
        }
    }
}
