//! A vault for computers without a keyring: one file in the profile's folder, readable only by its owner (0600). Its
//! entries are sealed with a key that Argon2id (RFC 9106) derives from a passphrase.
//!
//! The file states the derivation parameters, holds a sealed check value that detects a wrong passphrase, and ends with
//! a digest of itself. A mismatching digest means damage, never a wrong passphrase. The file is replaced atomically.

mod file;

use super::{Vault, VaultError};
use crate::{
    entropy::{Entropy, OsEntropy},
    named_file, passwords, private_file,
    sealed::{open, seal},
    secret::{Password, VaultText},
};
use argon2::{Algorithm, Argon2, Params, Version};
use file::{Contents, Cost, SALT};
use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
    thread,
    time::Duration,
};
use zeroize::Zeroizing;

/// The file's name inside a profile's folder.
pub(super) const NAME: &str = "keys.vault";

/// The size limit in bytes, far above what a profile's keys need.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The plaintext of the check value.
const CHECK: &[u8] = b"token-workbench passphrase vault";

/// How often, and at what interval, to try a lock that another process holds while it writes.
const TRIES: u64 = 100;
const BETWEEN: Duration = Duration::from_millis(50);

/// Asks the user for the passphrase. An error says what to do instead.
pub type AskPassphrase = Box<dyn Fn() -> Result<Password, String> + Send + Sync>;

/// The sealed file, and its key once the passphrase was entered.
pub struct PassphraseVault {
    file: PathBuf,
    key: Mutex<Option<Key>>,
    ask: OnceLock<AskPassphrase>,
}

/// The key derived from a passphrase and a salt.
#[derive(Clone)]
struct Key {
    salt: [u8; SALT],
    bytes: Zeroizing<[u8; 32]>,
}

impl PassphraseVault {
    /// The vault of the profile in `folder`; its file need not exist yet.
    pub fn inside(folder: &Path) -> Self {
        Self { file: folder.join(NAME), key: Mutex::new(None), ask: OnceLock::new() }
    }

    /// The path of the file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether the file exists.
    pub fn exists(&self) -> bool {
        self.file.symlink_metadata().is_ok()
    }

    /// Calls `ask` when the passphrase is needed, instead of failing. The first callback stays.
    pub fn ask_with(&self, ask: AskPassphrase) {
        let _ = self.ask.set(ask);
    }

    /// Creates the file with a new salt and no entries.
    ///
    /// # Errors
    /// [`VaultError`], also if the file already exists.
    pub fn create(&self, passphrase: &Password) -> Result<(), VaultError> {
        let _lock = self.lock_file()?;
        if self.exists() {
            return Err(self.failed("it is there already"));
        }
        let mut salt = [0; SALT];
        OsEntropy.fill(&mut salt).map_err(|error| self.failed(&error.to_string()))?;
        let key = self.derive(passphrase, Cost::NEW, salt)?;
        let check = self.seal(&key, "check", CHECK)?;
        self.replace(&Contents { cost: Cost::NEW, salt, check, entries: BTreeMap::new() })?;
        self.keep(key);
        Ok(())
    }

    /// Enters the passphrase, so that entries can be read and written.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`]; [`VaultError::Failed`] if the file is missing or damaged.
    pub fn enter(&self, passphrase: &Password) -> Result<(), VaultError> {
        let contents = self.contents()?;
        let key = self.derive(passphrase, contents.cost, contents.salt)?;
        let opened = open(&key.bytes, &place(&key, "check"), &contents.check);
        if opened.is_none_or(|opened| opened.as_slice() != CHECK) {
            return Err(VaultError::WrongPassphrase);
        }
        self.keep(key);
        Ok(())
    }

    fn keep(&self, key: Key) {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
    }

    /// The key for a file with this salt. Another process may have created a new file since the passphrase was entered.
    fn key(&self, salt: [u8; SALT]) -> Result<Key, VaultError> {
        let known = || {
            let key = self.key.lock().unwrap_or_else(PoisonError::into_inner).clone();
            key.filter(|key| key.salt == salt)
        };
        if let Some(key) = known() {
            return Ok(key);
        }
        let due = |hint: &str| VaultError::PassphraseDue { hint: hint.into() };
        let ask = self.ask.get().ok_or_else(|| due("enter it on the keyring screen"))?;
        self.enter(&ask().map_err(|hint| due(&hint))?)?;
        known().ok_or_else(|| self.failed("it was replaced meanwhile; try again"))
    }

    fn derive(&self, passphrase: &Password, cost: Cost, salt: [u8; SALT]) -> Result<Key, VaultError> {
        let mut bytes = Zeroizing::new([0; 32]);
        let parameters = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(bytes.len()));
        parameters
            .and_then(|parameters| {
                let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
                argon2.hash_password_into(passwords::normalise(passphrase.expose()).as_bytes(), &salt, &mut *bytes)
            })
            .map_err(|error| self.failed(&format!("no key could be made from the passphrase: {error}")))?;
        Ok(Key { salt, bytes })
    }

    fn seal(&self, key: &Key, what: &str, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let sealed = seal(&key.bytes, &place(key, what), secret, &OsEntropy);
        sealed.map_err(|error| self.failed(&error.to_string()))?.ok_or_else(|| self.failed("nothing could be sealed"))
    }

    fn contents(&self) -> Result<Contents, VaultError> {
        let bytes = named_file::read(&self.file, LARGEST).map_err(|error| self.failed(&error.to_string()))?;
        let contents = str::from_utf8(&bytes).ok().and_then(Contents::parse);
        contents.ok_or_else(|| self.failed("it is damaged; put a copy of it back"))
    }

    /// Changes the entries while holding the file lock.
    fn change(&self, change: impl FnOnce(&Key, &mut Contents) -> Result<(), VaultError>) -> Result<(), VaultError> {
        // Get the key before locking: asking for the passphrase must not make others wait.
        self.key(self.contents()?.salt)?;
        let _lock = self.lock_file()?;
        let mut contents = self.contents()?;
        let key = self.key(contents.salt)?;
        change(&key, &mut contents)?;
        self.replace(&contents)
    }

    /// Writes a new file beside the old one, then renames it over the old one.
    fn replace(&self, contents: &Contents) -> Result<(), VaultError> {
        let new = self.file.with_extension("new");
        let written = (|| {
            // Left by a killed process; we hold the lock, so nobody is using it.
            match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = private_file::create_new(&new)?;
            file.write_all(contents.to_text().as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &self.file)?;
            // The new name must survive a power cut too. Windows has no such call.
            if cfg!(unix)
                && let Some(folder) = self.file.parent()
            {
                File::open(folder)?.sync_all()
            } else {
                Ok(())
            }
        })();
        written.map_err(|error| {
            let _ = fs::remove_file(&new);
            self.sort_io(&error)
        })
    }

    /// Hold this while reading and replacing the file, so that two processes cannot lose each other's entries.
    fn lock_file(&self) -> Result<File, VaultError> {
        let path = self.file.with_extension("lock");
        let lock = private_file::open_or_create(&path).map_err(|error| self.sort_io(&error))?;
        for _ in 0..TRIES {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::WouldBlock) => thread::sleep(BETWEEN),
                Err(TryLockError::Error(error)) => return Err(self.failed(&error.to_string())),
            }
        }
        Err(VaultError::Slow { seconds: (BETWEEN * 100).as_secs() })
    }

    fn sort_io(&self, error: &io::Error) -> VaultError {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                VaultError::Full { file: self.file.display().to_string() }
            }
            _ => self.failed(&error.to_string()),
        }
    }

    fn failed(&self, system: &str) -> VaultError {
        VaultError::Failed { system: format!("{}: {system}", self.file.display()) }
    }
}

impl Vault for PassphraseVault {
    fn name(&self) -> String {
        "Passphrase vault".into()
    }

    fn read(&self, entry: &str) -> Result<Option<VaultText>, VaultError> {
        let contents = self.contents()?;
        let key = self.key(contents.salt)?;
        let Some(sealed) = contents.entries.get(entry) else { return Ok(None) };
        let opened = open(&key.bytes, &place(&key, &entry_place(entry)), sealed);
        let text = opened.and_then(|bytes| std::str::from_utf8(&bytes).map(VaultText::new).ok());
        text.map(Some).ok_or_else(|| self.failed(&format!("the entry {entry} is damaged; put a copy of the file back")))
    }

    fn write(&self, entry: &str, text: &VaultText) -> Result<(), VaultError> {
        self.change(|key, contents| {
            let sealed = self.seal(key, &entry_place(entry), text.expose().as_bytes())?;
            contents.entries.insert(entry.into(), sealed);
            Ok(())
        })
    }

    fn delete(&self, entry: &str) -> Result<(), VaultError> {
        self.change(|_, contents| {
            contents.entries.remove(entry);
            Ok(())
        })
    }

    fn can_unlock(&self) -> bool {
        false
    }

    fn unlock(&self) -> Result<(), VaultError> {
        self.key(self.contents()?.salt).map(drop)
    }
}

fn entry_place(entry: &str) -> String {
    format!("entry/{entry}")
}

/// The associated data of a sealed value: its file and its place in it.
fn place(key: &Key, what: &str) -> String {
    format!("token-workbench vault/{}/{what}", file::encode(&key.salt))
}

#[cfg(test)]
mod tests;
