//! A vault for computers without a keyring: one file in the profile's folder, for its owner only (0600), whose
//! entries are sealed with a key that Argon2id (RFC 9106) makes from a passphrase.
//!
//! The file says how the key is made, holds a sealed value by which a wrong passphrase is known, and ends with a
//! digest of itself: what does not add up is damage, never a wrong passphrase. It is replaced as a whole, so it is
//! old or new.

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

/// Far more than a profile's keys take, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// What the check value is, once it is opened.
const CHECK: &[u8] = b"token-workbench passphrase vault";

/// How often, and how long apart, the lock is tried that another process holds while it writes.
const TRIES: u64 = 100;
const BETWEEN: Duration = Duration::from_millis(50);

/// Asks whoever runs the program for the passphrase. What it says instead, if it cannot, is what to do.
pub type AskPassphrase = Box<dyn Fn() -> Result<Password, String> + Send + Sync>;

/// The sealed file, and its key once the passphrase was given.
pub struct PassphraseVault {
    file: PathBuf,
    key: Mutex<Option<Key>>,
    ask: OnceLock<AskPassphrase>,
}

/// The key that a passphrase makes with one salt.
#[derive(Clone)]
struct Key {
    salt: [u8; SALT],
    bytes: Zeroizing<[u8; 32]>,
}

impl PassphraseVault {
    /// The vault of the profile in `folder`, which may not have one yet.
    pub fn inside(folder: &Path) -> Self {
        Self { file: folder.join(NAME), key: Mutex::new(None), ask: OnceLock::new() }
    }

    /// Where it is kept.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Is there one?
    pub fn exists(&self) -> bool {
        self.file.symlink_metadata().is_ok()
    }

    /// From now on `ask` is called when the passphrase is due, instead of failing. The first one stays.
    pub fn ask_with(&self, ask: AskPassphrase) {
        let _ = self.ask.set(ask);
    }

    /// Makes the file, with a fresh salt and no entries.
    ///
    /// # Errors
    /// [`VaultError`], also if there is one.
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

    /// Takes the passphrase; entries can be read and written from then on.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`]; [`VaultError::Failed`] if the file is not there or is damaged.
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

    /// The key to this file. Another process may have made a new file since the passphrase was given.
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

    /// Changes the entries, as the only one who does so at that moment.
    fn change(&self, change: impl FnOnce(&Key, &mut Contents) -> Result<(), VaultError>) -> Result<(), VaultError> {
        // The passphrase may have to be asked for: not while others wait.
        self.key(self.contents()?.salt)?;
        let _lock = self.lock_file()?;
        let mut contents = self.contents()?;
        let key = self.key(contents.salt)?;
        change(&key, &mut contents)?;
        self.replace(&contents)
    }

    /// Writes the file anew beside the old one and puts it in its place.
    fn replace(&self, contents: &Contents) -> Result<(), VaultError> {
        let new = self.file.with_extension("new");
        let written = (|| {
            // What a killed process left; whoever holds the lock is alone here.
            match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = private_file::create_new(&new)?;
            file.write_all(contents.to_text().as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &self.file)?;
            // The new name must survive a power cut as well. Windows has no such call.
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

    /// Held while the file is read and replaced, so that of two processes neither loses the other's entry.
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

/// What is authenticated with a sealed value: which file it is in, and where in it.
fn place(key: &Key, what: &str) -> String {
    format!("token-workbench vault/{}/{what}", file::encode(&key.salt))
}

#[cfg(test)]
mod tests;
