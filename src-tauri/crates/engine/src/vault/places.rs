//! The places where a profile can keep its keys. Which one it uses is a setting of the profile; see `keys::place`.

use super::{MemoryVault, PassphraseVault, Vault};
use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::atomic::{AtomicBool, Ordering},
};

/// A kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VaultKind {
    /// The operating system's keyring; memory for an ephemeral profile.
    System,
    /// A file in the profile's folder, sealed with a passphrase.
    Passphrase,
    /// The memory of this process. The keys and the choice end with it.
    Session,
}

impl VaultKind {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Passphrase => "passphrase",
            Self::Session => "session",
        }
    }
}

/// The stored name is not a place that can be saved with a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of vault that is kept with a profile")]
pub struct UnknownVault;

impl FromStr for VaultKind {
    type Err = UnknownVault;

    fn from_str(name: &str) -> Result<Self, UnknownVault> {
        [Self::System, Self::Passphrase].into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownVault)
    }
}

/// All places of one profile.
pub(crate) struct Places {
    /// The profile's folder; absent for an ephemeral profile.
    folder: Option<PathBuf>,
    system: Box<dyn Vault>,
    /// Absent for an ephemeral profile.
    passphrase: Option<PassphraseVault>,
    session: MemoryVault,
    session_only: AtomicBool,
}

impl Places {
    pub(crate) fn new(system: Box<dyn Vault>, folder: Option<&Path>) -> Self {
        let passphrase = folder.map(PassphraseVault::inside);
        Self {
            folder: folder.map(Path::to_path_buf),
            system,
            passphrase,
            session: MemoryVault::default(),
            session_only: AtomicBool::new(false),
        }
    }

    /// The vault of this kind, or the system's if there is none.
    pub(crate) fn of(&self, kind: VaultKind) -> &dyn Vault {
        match (kind, &self.passphrase) {
            (VaultKind::Session, _) => &self.session,
            (VaultKind::Passphrase, Some(vault)) => vault,
            (VaultKind::System | VaultKind::Passphrase, _) => &*self.system,
        }
    }

    /// The profile's folder; `None` for an ephemeral profile.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    pub(crate) fn passphrase(&self) -> Option<&PassphraseVault> {
        self.passphrase.as_ref()
    }

    /// Whether somebody chose to keep keys for this session only.
    pub(crate) fn is_session_only(&self) -> bool {
        self.session_only.load(Ordering::SeqCst)
    }

    pub(crate) fn set_session_only(&self, on: bool) {
        self.session_only.store(on, Ordering::SeqCst);
    }
}
