//! The operating system's keyring, through the `keyring` crate. No other file calls it.
//!
//! Entries are base64 text: KWallet stores only text, and Windows at most 2,560 bytes.

use super::{Vault, VaultError, accessor::ACCESSOR};
use crate::secret::VaultText;
use keyring_core::{Entry, Error};
use std::{sync::OnceLock, time::Duration};

/// The service of all entries. No dot: on Windows names that contain one may collide.
const SERVICE: &str = "token-workbench";

/// The limit on Windows in bytes (CRED_MAX_CREDENTIAL_BLOB_SIZE).
const LONGEST: Option<usize> = if cfg!(windows) { Some(2560) } else { None };

/// The keyring's name before the first call.
const NAME: &str = if cfg!(target_os = "macos") {
    "macOS Keychain"
} else if cfg!(windows) {
    "Windows Credential Manager"
} else {
    "Secret Service"
};

/// The service that answered first. One per process, like the bus.
static PROVIDER: OnceLock<String> = OnceLock::new();

/// How long the keyring may take to answer.
const DEADLINE: Duration = Duration::from_secs(5);

/// How long a person may take to answer the keyring's prompt.
const PROMPT_DEADLINE: Duration = Duration::from_secs(120);

/// The keyring of the user who runs the program.
#[derive(Debug)]
pub struct OsKeyring;

impl OsKeyring {
    /// Whether it can be used now. Shows no prompt and reads no entry. Only the Secret Service of Linux can tell.
    ///
    /// # Errors
    /// [`VaultError`]
    pub fn check() -> Result<(), VaultError> {
        #[cfg(all(unix, not(target_os = "macos")))]
        return ACCESSOR.call(DEADLINE, super::secret_service::check_unlocked);
        #[cfg(not(all(unix, not(target_os = "macos"))))]
        return Ok(());
    }

    /// Calls `changed` whenever the keyring may have been locked, unlocked, started or ended elsewhere. Returns when no
    /// more changes can be seen: when the session bus ends, and at once on systems that tell nobody.
    pub fn watch(changed: impl FnMut()) {
        #[cfg(all(unix, not(target_os = "macos")))]
        if let Err(error) = super::secret_service::watch(changed) {
            tracing::warn!(%error, "changes of the keyring are not seen");
        }
        #[cfg(not(all(unix, not(target_os = "macos"))))]
        drop(changed);
    }
}

impl Vault for OsKeyring {
    fn name(&self) -> String {
        PROVIDER.get().map_or(NAME, String::as_str).into()
    }

    fn read(&self, entry: &str) -> Result<Option<VaultText>, VaultError> {
        let name = entry.to_owned();
        ACCESSOR.call(DEADLINE, move || match open(&name)?.get_secret() {
            // Bytes that are not text cannot be a key of ours: comparing fingerprints will report that.
            Ok(bytes) => Ok(Some(VaultText::new(String::from_utf8_lossy(&bytes)))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(sort(&error, &name)),
        })
    }

    fn write(&self, entry: &str, text: &VaultText) -> Result<(), VaultError> {
        fits(text, LONGEST)?;
        let (name, text) = (entry.to_owned(), text.clone());
        ACCESSOR.call(DEADLINE, move || {
            open(&name)?.set_secret(text.expose().as_bytes()).map_err(|error| sort(&error, &name))
        })
    }

    fn delete(&self, entry: &str) -> Result<(), VaultError> {
        let name = entry.to_owned();
        ACCESSOR.call(DEADLINE, move || match open(&name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(sort(&error, &name)),
        })
    }

    fn can_unlock(&self) -> bool {
        cfg!(all(unix, not(target_os = "macos")))
    }

    fn unlock(&self) -> Result<(), VaultError> {
        #[cfg(all(unix, not(target_os = "macos")))]
        return ACCESSOR.prompt(PROMPT_DEADLINE, super::secret_service::unlock);
        // Other systems prompt by themselves whenever an entry is read.
        #[cfg(not(all(unix, not(target_os = "macos"))))]
        return ACCESSOR.prompt(PROMPT_DEADLINE, || Ok(()));
    }
}

/// Refuses a text that the keyring would truncate or refuse.
fn fits(text: &VaultText, longest: Option<usize>) -> Result<(), VaultError> {
    let length = text.expose().len();
    longest.filter(|limit| length > *limit).map_or(Ok(()), |limit| Err(VaultError::TooLong { limit, length }))
}

/// Opens an entry in the platform's own store without accessing the entry itself.
///
/// `keyring` tries the platform's store once and remembers a failure for the life of the process, but on Linux a
/// service may come, go and restart. So every call here opens a new connection to the store that `keyring` would use.
#[cfg(all(unix, not(target_os = "macos")))]
fn open(entry: &str) -> Result<Entry, VaultError> {
    use keyring_core::api::CredentialStoreApi;
    if PROVIDER.get().is_none()
        && let Ok(name) = super::secret_service::provider()
    {
        PROVIDER.get_or_init(|| name);
    }
    super::secret_service::check_unlocked()?;
    let store = zbus_secret_service_keyring_store::Store::new().map_err(|error| sort(&error, entry))?;
    store.build(SERVICE, entry, None).map_err(|error| sort(&error, entry))
}

/// Opens an entry in the platform's own store without accessing the entry itself.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn open(entry: &str) -> Result<Entry, VaultError> {
    keyring::Entry::store_status().as_ref().map_err(|error| sort(error, entry))?;
    // Local: the default, Enterprise, would roam the keys to every computer the user signs in to.
    #[cfg(windows)]
    let made = Entry::new_with_modifiers(SERVICE, entry, &std::collections::HashMap::from([("persistence", "Local")]));
    #[cfg(not(windows))]
    let made = Entry::new(SERVICE, entry);
    made.map_err(|error| sort(&error, entry))
}

/// Classifies an error of the keyring library by what a person can do about it.
fn sort(error: &Error, entry: &str) -> VaultError {
    match error {
        Error::NoStorageAccess(_) => VaultError::Denied { system: error.to_string() },
        Error::NoDefaultStore => VaultError::Absent { system: error.to_string() },
        Error::PlatformFailure(cause) if is_connection_failure(cause.as_ref()) => {
            VaultError::Absent { system: error.to_string() }
        }
        Error::Ambiguous(found) => VaultError::Ambiguous { entry: entry.into(), count: found.len() },
        // The error's own text is not readable.
        Error::BadDataFormat(..) => VaultError::Failed { system: "the entry is damaged".into() },
        // `NoEntry` is handled by the callers. The other kinds describe a broken entry, which a person cannot fix from
        // here.
        _ => VaultError::Failed { system: error.to_string() },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_windows_would_not_keep_is_refused_with_the_limit() {
        let text = |length: usize| VaultText::new("A".repeat(length));
        assert_eq!(fits(&text(2560), Some(2560)), Ok(()));
        let refused = fits(&text(2561), Some(2560)).unwrap_err();
        assert_eq!(refused, VaultError::TooLong { limit: 2560, length: 2561 });
        assert_eq!(
            refused.to_string(),
            "The keyring keeps at most 2560 bytes for each entry, and this key has 2561; use a shorter key"
        );
        assert_eq!(fits(&text(100_000), None), Ok(()));
        // The longest key made here: RSA 3072 in PKCS#8, in base64.
        assert_eq!(fits(&text(1800_usize.div_ceil(3) * 4), Some(2560)), Ok(()));
    }

    #[test]
    fn two_entries_of_one_name_are_told_in_words_of_people() {
        let said = sort(&Error::Ambiguous(Vec::new()), "profile:kid");
        assert!(matches!(said, VaultError::Ambiguous { .. }));
        let sentence = said.to_string();
        assert!(sentence.contains("delete all but the right one") && !sentence.contains('/'), "{sentence}");
    }

    #[test]
    fn the_keyring_has_a_name_before_it_was_asked() {
        let keyring = OsKeyring;
        assert!(!keyring.name().is_empty());
        assert!(!SERVICE.contains('.'), "on Windows a dot divides user and service");
    }
}
