//! What is in the vault before the database knows of it. Whoever is killed in between leaves an entry that nobody
//! names: a note in the profile's folder does, and the entry is deleted when keys are prepared or made the next time.

use super::{KeyError, KeyState};
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

/// How the name of a note begins. The entry's name follows, so that all who make one entry share one note.
const BEGINS: &str = "being-made-";

/// An entry that is being made. Whoever makes it holds the lock of its note; the system takes it from the dead.
#[must_use]
pub(crate) struct BeingMade(Option<(PathBuf, File)>);

impl BeingMade {
    /// The database knows the entry now, or the vault does not hold it.
    pub(crate) fn done(self) {
        if let Some((note, lock)) = self.0
            // Somebody else who makes the same entry still needs the note.
            && lock.try_lock().is_ok()
            && let Err(error) = fs::remove_file(&note)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "the note of a key that is made stays");
        }
    }
}

impl Engine {
    /// Keeps a text under a name that the database does not know yet. What is not called done is looked at the next
    /// time.
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
                // One that did not answer may still write it.
                if !matches!(error, VaultError::Slow { .. }) {
                    being_made.done();
                }
                Err(error.into())
            }
        }
    }

    fn note(&self, kind: VaultKind, name: &str) -> Result<BeingMade, StoreError> {
        // What is in memory alone ends with the process.
        let Some(folder) = self.places.folder().filter(|_| kind != VaultKind::Session) else {
            return Ok(BeingMade(None));
        };
        let note = folder.join(format!("{BEGINS}{}", name.replace(':', "-")));
        let made = (|| {
            loop {
                let mut file = private_file::open_or_create(&note)?;
                // Written before it is locked: Windows lets nobody write into what is locked.
                if file.metadata()?.len() == 0 {
                    write!(file, "{} {name}", kind.as_str())?;
                    file.sync_all()?;
                }
                file.lock_shared()?;
                // Somebody who took it for left behind may have deleted it meanwhile.
                if note.exists() {
                    return Ok(BeingMade(Some((note.clone(), file))));
                }
            }
        })();
        made.map_err(|error: io::Error| StoreError::sort_io(&error, &note))
    }

    /// Deletes the entries that somebody began to make and that the database does not know. If the vault does not, they
    /// are looked at again the next time.
    pub(crate) fn forget_unfinished(&self) {
        if let Err(error) = self.try_to_forget_unfinished() {
            tracing::warn!(%error, "an unused key stays in the keyring for now");
        }
    }

    fn try_to_forget_unfinished(&self) -> Result<(), KeyError> {
        let Some(folder) = self.places.folder() else { return Ok(()) };
        let kind = self.vault_kind()?;
        for note in notes(folder).map_err(|error| StoreError::sort_io(&error, folder))? {
            // What is locked is just being made.
            let Some((left, _lock)) = left_behind(&note) else { continue };
            // Without a name the entry was not begun.
            if let Some((place, name)) = left.split_once(' ') {
                if place != kind.as_str() {
                    continue;
                }
                // A copy's note may name what the original finished since: it is left alone.
                if !self.has_noticed_restore() && !self.knows_entry(name)? {
                    self.places.of(kind).delete(&format!("{}:{name}", self.profile_id))?;
                }
            }
            fs::remove_file(&note).map_err(|error| StoreError::sort_io(&error, &note))?;
        }
        Ok(())
    }

    /// Does the database say that the vault holds something under this name?
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

/// What a note says that nobody holds.
fn left_behind(note: &Path) -> Option<(String, File)> {
    let mut file = private_file::open_existing(note).ok()?;
    file.try_lock().ok()?;
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    Some((text, file))
}
