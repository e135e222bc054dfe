//! The operating system's keyring through the `keyring` crate. The only file that calls it.
//!
//! What is written is text in base64: KWallet keeps text only, and Windows at most 2,560 bytes.

use super::{Vault, VaultError, deadline::within};
use crate::secret::VaultText;
use keyring_core::{Entry, Error};
use std::time::Duration;

/// The service every entry belongs to. No dot: on Windows names with one may collide.
const SERVICE: &str = "token-workbench";

/// What Windows keeps at most (CRED_MAX_CREDENTIAL_BLOB_SIZE).
const LONGEST_ON_WINDOWS: usize = 2560;

/// The keyring of the person who runs the program.
#[derive(Debug)]
pub struct OsKeyring {
    deadline: Duration,
    unlock_deadline: Duration,
    /// Which service answers, once one has.
    #[cfg(all(unix, not(target_os = "macos")))]
    provider: std::sync::OnceLock<String>,
}

impl OsKeyring {
    /// A keyring whose calls are given up after `deadline`, and whose prompt is after `unlock_deadline`.
    pub fn new(deadline: Duration, unlock_deadline: Duration) -> Self {
        Self {
            deadline,
            unlock_deadline,
            #[cfg(all(unix, not(target_os = "macos")))]
            provider: std::sync::OnceLock::new(),
        }
    }
}

impl Vault for OsKeyring {
    fn name(&self) -> String {
        #[cfg(target_os = "macos")]
        let name = "macOS Keychain".into();
        #[cfg(windows)]
        let name = "Windows Credential Manager".into();
        #[cfg(all(unix, not(target_os = "macos")))]
        let name = self.provider.get().cloned().unwrap_or_else(|| {
            match within(self.deadline, super::secret_service::provider) {
                Ok(name) => self.provider.get_or_init(|| name).clone(),
                Err(_) => "Secret Service".into(),
            }
        });
        name
    }

    fn read(&self, entry: &str) -> Result<Option<VaultText>, VaultError> {
        let entry = entry.to_owned();
        within(self.deadline, move || match open(&entry)?.get_secret() {
            Ok(bytes) => String::from_utf8(bytes)
                .map(|text| Some(VaultText::new(text)))
                .map_err(|_| VaultError::Failed { system: "the entry is not text".into() }),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(sort(&error)),
        })
    }

    fn write(&self, entry: &str, text: &VaultText) -> Result<(), VaultError> {
        let (entry, text) = (entry.to_owned(), text.clone());
        if cfg!(windows) && text.expose().len() > LONGEST_ON_WINDOWS {
            let system =
                format!("Windows keeps at most {LONGEST_ON_WINDOWS} bytes; this key has {}", text.expose().len());
            return Err(VaultError::Denied { system });
        }
        within(self.deadline, move || open(&entry)?.set_secret(text.expose().as_bytes()).map_err(|e| sort(&e)))
    }

    fn delete(&self, entry: &str) -> Result<(), VaultError> {
        let entry = entry.to_owned();
        within(self.deadline, move || match open(&entry)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(sort(&error)),
        })
    }

    fn can_unlock(&self) -> bool {
        cfg!(all(unix, not(target_os = "macos")))
    }

    fn unlock(&self) -> Result<(), VaultError> {
        #[cfg(all(unix, not(target_os = "macos")))]
        return within(self.unlock_deadline, super::secret_service::unlock);
        // Elsewhere the system asks by itself whenever an entry is read.
        #[cfg(not(all(unix, not(target_os = "macos"))))]
        return Ok(());
    }
}

/// An entry in the platform's own store. Does not touch the entry itself.
///
/// `keyring` tries the platform's store once and remembers a failure for the life of the process, and on Linux a
/// service may come, go and restart. There every call gets a connection of its own from the store `keyring` would use.
#[cfg(all(unix, not(target_os = "macos")))]
fn open(entry: &str) -> Result<Entry, VaultError> {
    use keyring_core::api::CredentialStoreApi;
    super::secret_service::check_unlocked()?;
    let store = zbus_secret_service_keyring_store::Store::new().map_err(|error| sort(&error))?;
    store.build(SERVICE, entry, None).map_err(|error| sort(&error))
}

/// An entry in the platform's own store. Does not touch the entry itself.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn open(entry: &str) -> Result<Entry, VaultError> {
    keyring::Entry::store_status().as_ref().map_err(sort)?;
    keyring::Entry::new(SERVICE, entry).map(|entry| entry.inner).map_err(|error| sort(&error))
}

/// Sorts what the keyring library said by what a person can do about it.
fn sort(error: &Error) -> VaultError {
    let system = error.to_string();
    match error {
        Error::NoStorageAccess(_) => VaultError::Denied { system },
        Error::NoDefaultStore => VaultError::Absent { system },
        Error::PlatformFailure(cause) if is_connection_failure(cause.as_ref()) => VaultError::Absent { system },
        // `NoEntry` is an answer; the other kinds say what is wrong with an entry, which a person cannot mend from here.
        _ => VaultError::Failed { system },
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn is_connection_failure(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    cause.downcast_ref::<::secret_service::Error>().is_some_and(super::secret_service::is_absent)
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn is_connection_failure(_cause: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    false
}
