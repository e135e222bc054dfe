//! The keys of a database that turned out to be a copy. The copy does not know which keys were retired after it was
//! made. The keyring does: retiring a key replaces its private part with a note.

use super::{KeyState, Purpose, RetireError, SigningKeyError, rotation::retire_in};
use crate::{
    Engine,
    records::{EventKind, NewEvent},
    secret::VaultText,
    store::{self, StoreError, signing_keys::KeyRow},
    vault::{Vault, VaultError},
};

/// The content of a retired key's note.
const RETIRED: &str = "retired";

impl Engine {
    /// Resolves the doubt about a copy's keys as far as the keyring allows. A key the keyring knows as retired is
    /// retired here too, and a key whose private part it holds is good. A key it does not hold stays in doubt and
    /// verifies nothing. Accesses the keyring only if a key is in doubt.
    ///
    /// May wait for the keyring; never call it from a UI thread or one that serves others.
    ///
    /// # Errors
    /// [`SigningKeyError`] if the keyring does not answer; the remaining keys stay in doubt.
    pub fn prove_keys(&self) -> Result<(), SigningKeyError> {
        for row in self.store.read(store::signing_keys::doubted)? {
            self.prove(&row)?;
        }
        Ok(())
    }

    fn prove(&self, row: &KeyRow) -> Result<(), SigningKeyError> {
        let (now, kid) = (self.now()?, &row.info.kid);
        if self.is_known_retired(row)? {
            self.store.write(|tx| {
                if retire_in(tx, kid, row.info.state, now)? { store::restores::add_retired(tx, 1) } else { Ok(()) }
            })?;
            self.loaded_keys().remove(kid);
            return Ok(());
        }
        match self.load(row) {
            Ok(_) => Ok(self.store.write(|tx| {
                store::signing_keys::proven(tx, kid)?;
                store::events::record(tx, now, &NewEvent::of(EventKind::KeyProven).kid(kid))
            })?),
            Err(SigningKeyError::Missing { .. } | SigningKeyError::Foreign { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Leaves a note that a key is retired, for copies of this database that still trust it. Keys that only this
    /// profile verifies with need none: their tokens end with the copy's sessions.
    pub(super) fn remember_retired(&self, row: &KeyRow) -> Result<(), RetireError> {
        self.write_note(row, self.vault()?)
    }

    /// Does the same in the places where the profile kept its keys earlier, and deletes the private part there. Returns
    /// the places that could not be reached, which still hold the key.
    pub(super) fn retire_elsewhere(&self, row: &KeyRow) -> Result<Vec<String>, RetireError> {
        let entry = self.entry(row)?;
        let mut unreached = Vec::new();
        for kind in self.left_places()? {
            let place = self.places.of(kind);
            let retired = self.write_note(row, place).and_then(|()| Ok(place.delete(&entry)?));
            if let Err(error) = retired {
                tracing::warn!(%error, "a retired key may still be kept elsewhere");
                unreached.push(place.name());
            }
        }
        Ok(unreached)
    }

    fn write_note(&self, row: &KeyRow, place: &dyn Vault) -> Result<(), RetireError> {
        if matches!(row.info.purpose, Purpose::Refresh | Purpose::Mfa) {
            return Ok(());
        }
        let note = format!("{}:{}", self.profile_id, self.note_name(row)?);
        Ok(place.write(&note, &VaultText::new(RETIRED.to_owned()))?)
    }

    /// The notes in the vault about this profile's retired keys.
    pub(super) fn retired_notes(&self) -> Result<Vec<(String, VaultText)>, SigningKeyError> {
        let mut notes = Vec::new();
        for row in self.store.read(store::signing_keys::all)? {
            let is_noted =
                row.info.state == KeyState::Retired && !matches!(row.info.purpose, Purpose::Refresh | Purpose::Mfa);
            if !is_noted {
                continue;
            }
            let note = format!("{}:{}", self.profile_id, self.note_name(&row)?);
            if let Some(text) = self.vault()?.read(&note)? {
                notes.push((note, text));
            }
        }
        Ok(notes)
    }

    fn is_known_retired(&self, row: &KeyRow) -> Result<bool, SigningKeyError> {
        let note = self.note_name(row)?;
        for id in std::iter::once(&self.profile_id).chain(&self.origins) {
            if self.vault()?.read(&format!("{id}:{note}"))?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn note_name(&self, row: &KeyRow) -> Result<String, StoreError> {
        Ok(format!("{RETIRED}:{}", self.entry_name(row)?))
    }

    /// Reads the vault entry of this name. A copy takes over its original's entry by copying it to one under its own
    /// ID; the original's entry stays unchanged.
    pub(crate) fn read_or_take_over<E>(&self, name: &str) -> Result<Option<VaultText>, E>
    where
        E: From<VaultError> + From<StoreError>,
    {
        let own = format!("{}:{name}", self.profile_id);
        if let Some(text) = self.vault()?.read(&own)? {
            return Ok(Some(text));
        }
        for id in &self.origins {
            if let Some(text) = self.vault()?.read(&format!("{id}:{name}"))? {
                self.vault()?.write(&own, &text)?;
                return Ok(Some(text));
            }
        }
        Ok(None)
    }
}
