//! Where private keys are kept: the operating system's keyring, a file sealed with a passphrase, or memory.

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
    /// The name users know: "GNOME Keyring". Makes no call, so it may be generic before the vault was used.
    fn name(&self) -> String;

    /// Reads an entry; `None` if the vault works but has no such entry.
    ///
    /// # Errors
    /// [`VaultError`]
    fn read(&self, entry: &str) -> Result<Option<VaultText>, VaultError>;

    /// Writes an entry, replacing an existing one.
    ///
    /// # Errors
    /// [`VaultError`]
    fn write(&self, entry: &str, text: &VaultText) -> Result<(), VaultError>;

    /// Deletes an entry. A missing one is no error.
    ///
    /// # Errors
    /// [`VaultError`]
    fn delete(&self, entry: &str) -> Result<(), VaultError>;

    /// Whether [`Vault::unlock`] can make the system show a prompt.
    fn can_unlock(&self) -> bool;

    /// Asks the system to unlock the vault, which may show its own prompt and wait for a person.
    ///
    /// # Errors
    /// [`VaultError`]
    fn unlock(&self) -> Result<(), VaultError>;
}

/// Shared ownership of one vault.
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

/// Why a vault call failed. `system` is the operating system's message; it never contains a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The keyring is locked.
    #[error("The keyring is locked: {system}")]
    Locked {
        /// The system's message.
        system: String,
    },
    /// No keyring service answers.
    #[error("No keyring service answers: {system}")]
    Absent {
        /// The system's message.
        system: String,
    },
    /// The keyring refused, or the person at its prompt did.
    #[error("The keyring refused: {system}")]
    Denied {
        /// The system's message.
        system: String,
    },
    /// No answer before the deadline; it may be waiting for a person.
    #[error("The keyring did not answer within {seconds} s")]
    Slow {
        /// The deadline in seconds.
        seconds: u64,
    },
    /// The keyring works but has no default collection yet, as in WSL or a new account.
    #[error(
        "The keyring has no default collection yet; make one in the keyring screen or in the keyring's own program"
    )]
    NoCollection,
    /// The keyring holds several entries with this name, and nothing says which one counts.
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
    /// The text is longer than the keyring can store. Nothing was written.
    #[error("The keyring keeps at most {limit} bytes for each entry, and this key has {length}; use a shorter key")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
        /// The length of the text in bytes.
        length: usize,
    },
    /// The keys are sealed with a passphrase that was not entered yet.
    #[error("The keys of this profile are sealed with a passphrase: {hint}")]
    PassphraseDue {
        /// How to enter it.
        hint: String,
    },
    /// The passphrase is wrong.
    #[error("This is not the passphrase that the keys of this profile are sealed with")]
    WrongPassphrase,
    /// The disk has no room for the sealed file.
    #[error("No room left to write {file}")]
    Full {
        /// The file.
        file: String,
    },
    /// Anything else.
    #[error("The keyring failed: {system}")]
    Failed {
        /// The system's message.
        system: String,
    },
}

impl VaultError {
    /// The operating system's message.
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
