//! Where a profile's keys are kept, and changing that.
//!
//! A profile uses the operating system's keyring until somebody chooses another place for it; nothing is ever chosen
//! by itself. The choice is a setting of the profile. *This session only* is the exception: it is a choice of one
//! process, and the keys it makes are known to the database like any other. When they are gone, with the process, the
//! profile has lost its keys, and says so until somebody has new ones made.

use super::{KeyError, KeyState, Purpose, RotateError, rotation::retire_in};
use crate::{
    Engine,
    passwords::{self, PasswordRefusal},
    records::{EndReason, EventKind, NewEvent},
    secret::{Password, VaultText},
    store::{self, Db, StoreError, signing_keys::KeyRow},
    vault::{AskPassphrase, PassphraseVault, Vault, VaultError, VaultKind},
};
use serde_json::json;
use std::sync::PoisonError;

/// The name of the setting that says where keys are kept.
const VAULT: &str = "vault";

/// The name of the setting that lists the places keys were left in when the profile went on elsewhere.
const LEFT_IN: &str = "vaults_left";

/// What becomes of the keys that a profile has when their place changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// They go along. Every one of them has to be readable where it is.
    Move,
    /// They stay where they are, out of reach, and new keys sign from now on. Access tokens that were signed with the
    /// old ones verify until they expire, unless their key is a shared secret; refresh tokens, pending tokens and
    /// second factors need the old place.
    Leave,
}

/// What was done about keys that were lost or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// What they were for. New ones sign now.
    pub purposes: Vec<Purpose>,
    /// How many sessions ended.
    pub sessions: usize,
}

/// Why the place of the keys was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// A profile in memory keeps its keys there too.
    #[error("A profile in memory has no other place for its keys")]
    Ephemeral,
    /// They are kept there already.
    #[error("The keys of this profile are kept there already")]
    Already,
    /// The new vault's passphrase is too weak.
    #[error("The passphrase cannot be used. {0}")]
    Passphrase(PasswordRefusal),
    /// A passphrase is needed for that place.
    #[error("A passphrase is needed to seal the keys with")]
    NoPassphrase,
    /// A key cannot be read where it is now.
    #[error("The keys cannot be moved: {0}")]
    Unreadable(KeyError),
    /// The new place failed, or the database did. Nothing has changed, unless new keys were to be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No new key could be made in the new place.
    #[error(transparent)]
    Rotate(#[from] RotateError),
}

impl From<StoreError> for PlaceError {
    fn from(error: StoreError) -> Self {
        Self::Key(error.into())
    }
}

impl From<VaultError> for PlaceError {
    fn from(error: VaultError) -> Self {
        Self::Key(error.into())
    }
}

fn kind_kept(chosen: Option<&str>) -> VaultKind {
    chosen.and_then(|name| name.parse().ok()).unwrap_or(VaultKind::System)
}

impl Engine {
    /// Where this profile's keys are kept now.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn vault_kind(&self) -> Result<VaultKind, StoreError> {
        if self.places.is_session_only() {
            return Ok(VaultKind::Session);
        }
        self.stored_vault_kind()
    }

    fn stored_vault_kind(&self) -> Result<VaultKind, StoreError> {
        // Asked each time: another process may have chosen meanwhile.
        let chosen = self.store.read(|db| store::settings::read(db, VAULT))?;
        Ok(kind_kept(chosen.as_deref()))
    }

    /// The other places that may still hold keys of this profile.
    pub(super) fn left_places(&self) -> Result<Vec<VaultKind>, StoreError> {
        let left = self.store.read(|db| store::settings::read(db, LEFT_IN))?.unwrap_or_default();
        let mut places: Vec<VaultKind> = left.split(' ').filter_map(|name| name.parse().ok()).collect();
        places.push(self.stored_vault_kind()?);
        let now = self.vault_kind()?;
        places.sort_unstable_by_key(|kind| kind.as_str());
        places.dedup();
        places.retain(|kind| *kind != now);
        Ok(places)
    }

    /// The vault that holds this profile's keys now. It is not asked anything.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn vault(&self) -> Result<&dyn Vault, StoreError> {
        Ok(self.places.of(self.vault_kind()?))
    }

    /// The same by that setting as it is kept.
    pub(crate) fn vault_kept(&self, chosen: Option<&str>) -> &dyn Vault {
        let kind = if self.places.is_session_only() { VaultKind::Session } else { kind_kept(chosen) };
        self.places.of(kind)
    }

    /// Does the database know keys that are not retired?
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn has_keys(&self) -> Result<bool, StoreError> {
        Ok(self.keys()?.iter().any(|key| key.state != KeyState::Retired))
    }

    /// Was the last place that was chosen the memory of one session? Its keys ended with it.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn last_keys_were_for_a_session(&self) -> Result<bool, StoreError> {
        let chosen = self.store.read(store::events::last_place)?;
        Ok(chosen.as_deref() == Some(VaultKind::Session.as_str()))
    }

    /// Takes the passphrase that this profile's keys are sealed with.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`]; [`VaultError::Failed`] if there is no such vault, or it is damaged.
    pub fn enter_passphrase(&self, passphrase: &Password) -> Result<(), VaultError> {
        self.passphrase_vault().ok_or_else(no_passphrase_vault)?.enter(passphrase)
    }

    /// From now on `ask` is called when the passphrase is needed and was not given.
    pub fn ask_for_passphrase(&self, ask: AskPassphrase) {
        if let Some(vault) = self.passphrase_vault() {
            vault.ask_with(ask);
        }
    }

    /// The file that a passphrase seals, whether or not there is one; `None` for an ephemeral profile.
    pub fn passphrase_vault(&self) -> Option<&PassphraseVault> {
        self.places.passphrase()
    }

    /// Keeps this profile's keys in another place from now on. A passphrase is needed for a passphrase vault: the one
    /// to seal it with, or the one that an earlier vault of this profile is sealed with.
    ///
    /// # Errors
    /// [`PlaceError`]
    pub fn keep_keys_in(
        &self,
        kind: VaultKind,
        passphrase: Option<&Password>,
        existing: Existing,
    ) -> Result<(), PlaceError> {
        let Some(sealed) = self.passphrase_vault() else { return Err(PlaceError::Ephemeral) };
        let before = self.vault_kind()?;
        if kind == before {
            return Err(PlaceError::Already);
        }
        let (moved, notes) = match existing {
            Existing::Move => (
                self.all_entries().map_err(PlaceError::Unreadable)?,
                self.retired_notes().map_err(PlaceError::Unreadable)?,
            ),
            Existing::Leave => (Vec::new(), Vec::new()),
        };
        if kind == VaultKind::Passphrase {
            let passphrase = passphrase.ok_or(PlaceError::NoPassphrase)?;
            let lengths = self.rules()?.password_lengths();
            if sealed.exists() {
                sealed.enter(passphrase)?;
            } else if let Some(refusal) = passwords::refuse(passphrase, "", lengths) {
                return Err(PlaceError::Passphrase(refusal));
            } else {
                sealed.create(passphrase)?;
            }
        }
        let new = self.places.of(kind);
        for (entry, text) in &moved {
            new.write(entry, text)?;
        }
        for (note, text) in &notes {
            new.write(note, text)?;
        }
        self.choose(kind, before)?;
        match existing {
            // What is kept for a session only is also kept where it was. Notes stay: an older copy of the database
            // looks for them there.
            Existing::Move if kind != VaultKind::Session => {
                let mut all_gone = true;
                for (entry, _) in &moved {
                    if let Err(left) = self.places.of(before).delete(entry) {
                        tracing::warn!(%left, "a key that was moved stays where it was as well");
                        all_gone = false;
                    }
                }
                if all_gone {
                    self.has_left(before)?;
                }
            }
            Existing::Move => {}
            // Whoever goes back to the old place finds them there: sessions wait for that.
            Existing::Leave => self.make_anew(&self.lost_keys()?)?,
        }
        Ok(())
    }

    /// Has new keys made for those that sign and that the vault does not hold any more, or holds others for: they sign
    /// from now on. Keys that can be read stay. If any was lost, every session ends, and a lost shared secret verifies
    /// no more: what it signed cannot be told from what somebody else did.
    ///
    /// # Errors
    /// [`RotateError`], also if the vault does not answer: nothing is lost then.
    pub fn replace_lost_keys(&self) -> Result<Replaced, RotateError> {
        let lost = self.lost_keys()?;
        let mut replaced = Replaced { purposes: lost.iter().map(|row| row.info.purpose).collect(), sessions: 0 };
        if lost.is_empty() {
            self.note_that_keys_last()?;
            return Ok(replaced);
        }
        let now = self.now().map_err(KeyError::from)?;
        // First of all: whoever is stopped halfway finds the keys lost still, and does it again.
        let ended = self.store.write(|tx| {
            let ended = store::sessions::end_all(tx, EndReason::KeysLost, now)?;
            if ended > 0 {
                let event = NewEvent::of(EventKind::SessionEnded).detail(json!({ "sessions": ended }));
                store::events::record(tx, now, &event)?;
            }
            Ok(ended)
        });
        replaced.sessions = ended.map_err(KeyError::from)?;
        self.make_anew(&lost)?;
        for row in lost.iter().filter(|row| row.info.algorithm.is_symmetric()) {
            self.store.write(|tx| retire_in(tx, &row.info.kid, KeyState::Retiring, now)).map_err(KeyError::from)?;
            self.forget(row);
        }
        Ok(replaced)
    }

    /// The keys that sign and that the vault does not hold any more, or holds others for.
    fn lost_keys(&self) -> Result<Vec<KeyRow>, KeyError> {
        // The vault is asked, not memory.
        self.forget_loaded_keys();
        let mut lost = Vec::new();
        for purpose in Purpose::ALL {
            let active = |db: &Db| store::signing_keys::in_state(db, purpose, KeyState::Active);
            let Some(row) = self.store.read(active)? else { continue };
            match self.signing_key(purpose) {
                Ok(_) => {}
                Err(KeyError::Missing { .. } | KeyError::Foreign { .. }) => lost.push(row),
                Err(error) => return Err(error),
            }
        }
        Ok(lost)
    }

    fn make_anew(&self, lost: &[KeyRow]) -> Result<(), RotateError> {
        for row in lost {
            self.rotate_key(row.info.purpose, None)?;
        }
        for purpose in Purpose::FROM_THE_FIRST {
            self.signing_key(purpose)?;
        }
        self.note_that_keys_last()
    }

    /// The keys are not those of a session from now on: losing them is another matter.
    fn note_that_keys_last(&self) -> Result<(), RotateError> {
        let kind = self.vault_kind().map_err(KeyError::from)?;
        if kind != VaultKind::Session && self.last_keys_were_for_a_session().map_err(KeyError::from)? {
            self.choose(kind, VaultKind::Session).map_err(KeyError::from)?;
        }
        Ok(())
    }

    fn choose(&self, kind: VaultKind, before: VaultKind) -> Result<(), StoreError> {
        let now = self.now()?;
        self.store.write(|tx| {
            match kind {
                VaultKind::System => store::settings::write(tx, VAULT, None)?,
                VaultKind::Passphrase => store::settings::write(tx, VAULT, Some(kind.as_str()))?,
                VaultKind::Session => {}
            }
            if kind != VaultKind::Session && before != VaultKind::Session {
                // Until it is known that nothing is left there.
                let left = store::settings::read(tx, LEFT_IN)?.unwrap_or_default();
                if !left.split(' ').any(|name| name == before.as_str()) {
                    store::settings::write(tx, LEFT_IN, Some(format!("{left} {}", before.as_str()).trim()))?;
                }
            }
            store::events::record(
                tx,
                now,
                &NewEvent::of(EventKind::VaultChosen).detail(json!({ "place": kind.as_str() })),
            )
        })?;
        self.places.set_session_only(kind == VaultKind::Session);
        self.forget_loaded_keys();
        Ok(())
    }

    /// Remembers that a place holds no key of this profile any more.
    fn has_left(&self, place: VaultKind) -> Result<(), StoreError> {
        self.store.write(|tx| {
            let left = store::settings::read(tx, LEFT_IN)?.unwrap_or_default();
            let others: Vec<_> = left.split(' ').filter(|name| *name != place.as_str()).collect();
            let others = others.join(" ");
            store::settings::write(tx, LEFT_IN, (!others.is_empty()).then_some(others.as_str()))
        })
    }

    fn forget_loaded_keys(&self) {
        self.loaded_keys().clear();
        *self.loaded_data_key.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The entries of all keys that are not retired, each known to be the key that the database means.
    fn all_entries(&self) -> Result<Vec<(String, VaultText)>, KeyError> {
        let rows = self.store.read(store::signing_keys::all)?;
        let mut entries = Vec::new();
        for row in rows.iter().filter(|row| row.info.state != KeyState::Retired) {
            self.kept(row)?;
            entries.push(self.whole_entry(self.entry(row)?, row)?);
        }
        if let Some(entry) = self.known_data_key_entry()?
            && let Some(text) = self.vault()?.read(&entry)?
        {
            entries.push((entry, text));
        }
        Ok(entries)
    }

    fn whole_entry(&self, entry: String, row: &KeyRow) -> Result<(String, VaultText), KeyError> {
        let text = self.vault()?.read(&entry)?.ok_or_else(|| KeyError::Missing { kid: row.info.kid.clone() })?;
        Ok((entry, text))
    }
}

fn no_passphrase_vault() -> VaultError {
    VaultError::Failed { system: "this profile has no passphrase vault".into() }
}
