//! An in-memory vault: for `--ephemeral`, and for tests that need a vault to misbehave.

use super::{Vault, VaultError};
use crate::secret::VaultText;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Named texts in memory, wiped when dropped.
#[derive(Default)]
pub struct MemoryVault {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    texts: HashMap<String, VaultText>,
    failure: Option<VaultError>,
}

impl MemoryVault {
    /// Makes every call fail with `failure` from now on; `None` ends that.
    pub fn fail_with(&self, failure: Option<VaultError>) {
        self.lock().failure = failure;
    }

    /// The names of all entries.
    pub fn entries(&self) -> Vec<String> {
        self.lock().texts.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn working(&self) -> Result<MutexGuard<'_, State>, VaultError> {
        let state = self.lock();
        state.failure.clone().map_or(Ok(state), Err)
    }
}

impl Vault for MemoryVault {
    fn name(&self) -> String {
        "Keys of this session".into()
    }

    fn read(&self, entry: &str) -> Result<Option<VaultText>, VaultError> {
        Ok(self.working()?.texts.get(entry).cloned())
    }

    fn write(&self, entry: &str, text: &VaultText) -> Result<(), VaultError> {
        self.working()?.texts.insert(entry.into(), text.clone());
        Ok(())
    }

    fn delete(&self, entry: &str) -> Result<(), VaultError> {
        self.working()?.texts.remove(entry);
        Ok(())
    }

    fn can_unlock(&self) -> bool {
        false
    }

    fn unlock(&self) -> Result<(), VaultError> {
        self.working().map(drop)
    }
}
