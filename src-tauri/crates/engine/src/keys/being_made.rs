//! Vault entries that the database does not know yet. A process killed in between leaves an orphaned entry. A note in
//! the profile's folder names it, and the entry is deleted the next time keys are prepared or made.

use super::{KeyState, SigningKeyError};
use crate::{
    Engine, private_file,
    secret::VaultText,
    store::{self, StoreError},
    vault::{VaultError, VaultKind},
};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// The prefix of a note's file name. The entry's name follows, so that all processes making one entry share one note.
const BEGINS: &str = "being-made-";

/// An entry being made. Its maker holds a lock on the note; the system releases the lock if the process dies.
#[must_use]
pub(crate) struct BeingMade(Option<(PathBuf, File)>);

impl BeingMade {
    /// Call this once the database knows the entry, or the vault does not hold it.
    pub(crate) fn done(self) {
        if let Some((note, lock)) = self.0
            // Another process making the same entry still needs the note.
            && lock.try_lock().is_ok()
            && let Err(error) = fs::remove_file(&note)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "the note of a key that is made stays");
        }
    }
}

impl Engine {
    /// Writes a vault entry that the database does not know yet. Unless [`BeingMade::done`] is called, the entry is
    /// checked the next time.
    pub(crate) fn keep_entry<E>(&self, name: &str, text: &VaultText) -> Result<BeingMade, E>
    where
        E: From<VaultError> + From<StoreError>,
    {
        self.forget_unfinished();
        let kind = self.vault_kind()?;
        let being_made = self.note(kind, name)?;
        match self.places.of(kind).write(&format!("{}:{name}", self.profile_id), text) {
            Ok(()) => Ok(being_made),
            Err(error) => {
                // A vault that timed out may still write the entry.
                if !matches!(error, VaultError::Slow { .. }) {
                    being_made.done();
                }
                Err(error.into())
            }
        }
    }

    fn note(&self, kind: VaultKind, name: &str) -> Result<BeingMade, StoreError> {
        // The session vault ends with the process, so it needs no note.
        let Some(folder) = self.places.folder().filter(|_| kind != VaultKind::Session) else {
            return Ok(BeingMade(None));
        };
        let note = folder.join(format!("{BEGINS}{}", name.replace(':', "-")));
        let made = (|| {
            loop {
                let mut file = private_file::open_or_create(&note)?;
                // Write before locking: Windows lets nobody write to a locked file.
                if file.metadata()?.len() == 0 {
                    write!(file, "{} {name}", kind.as_str())?;
                    file.sync_all()?;
                }
                file.lock_shared()?;
                // Another process may have deleted the note in the meantime, taking it for left behind.
                if note.exists() {
                    return Ok(BeingMade(Some((note.clone(), file))));
                }
            }
        })();
        made.map_err(|error: io::Error| StoreError::sort_io(&error, &note))
    }

    /// Deletes entries that were begun but never became known to the database. If the vault fails, they are checked
    /// again next time.
    pub(crate) fn forget_unfinished(&self) {
        if let Err(error) = self.try_to_forget_unfinished() {
            tracing::warn!(%error, "an unused key stays in the keyring for now");
        }
    }

    fn try_to_forget_unfinished(&self) -> Result<(), SigningKeyError> {
        let Some(folder) = self.places.folder() else { return Ok(()) };
        let kind = self.vault_kind()?;
        for note in notes(folder).map_err(|error| StoreError::sort_io(&error, folder))? {
            // A locked note means that the entry is being made right now.
            let Some((left, _lock)) = left_behind(&note) else { continue };
            // A note without a name means that the entry was never begun.
            if let Some((place, name)) = left.split_once(' ') {
                if place != kind.as_str() {
                    continue;
                }
                // A copy's note may name an entry that the original has completed since, so leave it alone.
                if !self.has_noticed_restore() && !self.knows_entry(name)? {
                    self.places.of(kind).delete(&format!("{}:{name}", self.profile_id))?;
                }
            }
            fs::remove_file(&note).map_err(|error| StoreError::sort_io(&error, &note))?;
        }
        Ok(())
    }

    /// Whether the database expects the vault to hold this entry.
    fn knows_entry(&self, name: &str) -> Result<bool, StoreError> {
        for row in self.store.read(store::signing_keys::all)? {
            if row.info.state != KeyState::Retired && self.entry_name(&row)? == name {
                return Ok(true);
            }
        }
        Ok(self.known_data_key_entry()?.is_some_and(|entry| entry == format!("{}:{name}", self.profile_id)))
    }
}

fn notes(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let files = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let is_note = |file: &fs::DirEntry| file.file_name().to_str().is_some_and(|name| name.starts_with(BEGINS));
    Ok(files.into_iter().filter(is_note).map(|file| file.path()).collect())
}

/// The content of a note that nobody has locked.
fn left_behind(note: &Path) -> Option<(String, File)> {
    let mut file = private_file::open_existing(note).ok()?;
    file.try_lock().ok()?;
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    Some((text, file))
}
