//! Where private keys live: the operating system's keyring, a file that is sealed with a passphrase, or memory.

mod accessor;
mod memory;
mod os_keyring;
mod passphrase;
mod places;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;

pub use memory::MemoryVault;
pub use os_keyring::OsKeyring;
pub use passphrase::{AskPassphrase, PassphraseVault};
pub(crate) use places::Places;
pub use places::{UnknownVault, VaultKind};

use crate::secret::VaultText;
use std::sync::Arc;

/// A place that keeps named secret texts.
pub trait Vault: Send + Sync {
    /// What people call it: "GNOME Keyring". Asks nobody: before the vault was used it may be a general name.
    fn name(&self) -> String;

    /// The text of that name; `None` if the vault works and has none.
    ///
    /// # Errors
    /// [`VaultError`]
    fn read(&self, entry: &str) -> Result<Option<VaultText>, VaultError>;

    /// Keeps a text under a name, replacing what was there.
    ///
    /// # Errors
    /// [`VaultError`]
    fn write(&self, entry: &str, text: &VaultText) -> Result<(), VaultError>;

    /// Forgets a text. No error if there is none.
    ///
    /// # Errors
    /// [`VaultError`]
    fn delete(&self, entry: &str) -> Result<(), VaultError>;

    /// Can [`Vault::unlock`] make the system show a prompt?
    fn can_unlock(&self) -> bool;

    /// Asks the system to unlock the vault, which may show its own prompt and wait for a person.
    ///
    /// # Errors
    /// [`VaultError`]
    fn unlock(&self) -> Result<(), VaultError>;
}

/// A vault that several hold is one vault.
impl<V: Vault> Vault for Arc<V> {
    fn name(&self) -> String {
        (**self).name()
    }
    fn read(&self, entry: &str) -> Result<Option<VaultText>, VaultError> {
        (**self).read(entry)
    }
    fn write(&self, entry: &str, text: &VaultText) -> Result<(), VaultError> {
        (**self).write(entry, text)
    }
    fn delete(&self, entry: &str) -> Result<(), VaultError> {
        (**self).delete(entry)
    }
    fn can_unlock(&self) -> bool {
        (**self).can_unlock()
    }
    fn unlock(&self) -> Result<(), VaultError> {
        (**self).unlock()
    }
}

/// Why a vault did not do what it was asked. `system` is what the operating system said; it never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It is locked.
    #[error("The keyring is locked: {system}")]
    Locked {
        /// What the system said.
        system: String,
    },
    /// No service answers.
    #[error("No keyring service answers: {system}")]
    Absent {
        /// What the system said.
        system: String,
    },
    /// It, or the person at its prompt, refused.
    #[error("The keyring refused: {system}")]
    Denied {
        /// What the system said.
        system: String,
    },
    /// It did not answer before the deadline; it may be waiting for a person.
    #[error("The keyring did not answer within {seconds} s")]
    Slow {
        /// The deadline.
        seconds: u64,
    },
    /// It works, and has no default collection to keep things in yet: so in WSL, or for a new account.
    #[error(
        "The keyring has no default collection yet; make one in the keyring screen or in the keyring's own program"
    )]
    NoCollection,
    /// It holds more than one entry of that name, and nothing says which one counts.
    #[error(
        "The keyring holds {count} entries named {entry} for token-workbench; delete all but the right one in the \
         keyring's own program"
    )]
    Ambiguous {
        /// The entry's name.
        entry: String,
        /// How many there are.
        count: usize,
    },
    /// It keeps no text of that length. Nothing was written.
    #[error("The keyring keeps at most {limit} bytes for each entry, and this key has {length}; use a shorter key")]
    TooLong {
        /// What it keeps at most, in bytes.
        limit: usize,
        /// What was to be kept, in bytes.
        length: usize,
    },
    /// The keys are sealed with a passphrase that was not given yet.
    #[error("The keys of this profile are sealed with a passphrase: {hint}")]
    PassphraseDue {
        /// How to give it.
        hint: String,
    },
    /// The passphrase is not the one that the keys are sealed with.
    #[error("This is not the passphrase that the keys of this profile are sealed with")]
    WrongPassphrase,
    /// The disk has no room for the file that the keys are sealed in.
    #[error("No room left to write {file}")]
    Full {
        /// The file.
        file: String,
    },
    /// Anything else.
    #[error("The keyring failed: {system}")]
    Failed {
        /// What the system said.
        system: String,
    },
}

impl VaultError {
    /// What the operating system said.
    pub fn system(&self) -> Option<&str> {
        match self {
            Self::Locked { system } | Self::Absent { system } | Self::Denied { system } | Self::Failed { system } => {
                Some(system)
            }
            Self::Slow { .. }
            | Self::NoCollection
            | Self::Ambiguous { .. }
            | Self::TooLong { .. }
            | Self::Full { .. }
            | Self::PassphraseDue { .. }
            | Self::WrongPassphrase => None,
        }
    }
}
