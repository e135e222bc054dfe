//! Where a profile's keys are kept, and how to change that.
//!
//! A profile uses the operating system's keyring until somebody chooses another place; no place is ever chosen
//! automatically. The choice is a setting of the profile. The exception is *this session only*: one process chooses it,
//! and the database knows the keys it makes like any others. When the process ends, the profile has lost those keys,
//! and reports so until somebody has new ones made.

use super::{KeyState, Purpose, RotateError, SigningKeyError, rotation::retire_in};
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

/// The setting that says where keys are kept.
const VAULT: &str = "vault";

/// The setting that lists places where keys were left behind.
const LEFT_IN: &str = "vaults_left";

/// What happens to existing keys when their place changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// They are moved. Each one must be readable in its current place.
    Move,
    /// They stay out of reach in the old place, and new keys sign from now on. Access tokens signed with the old keys
    /// verify until they expire, unless the key is a shared secret. Refresh tokens, pending tokens and second factors
    /// need the old place.
    Leave,
}

/// The outcome of replacing lost or changed keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The purposes of the lost keys. New keys sign for them now.
    pub purposes: Vec<Purpose>,
    /// How many sessions ended.
    pub sessions: usize,
}

/// Why the place of the keys was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// A profile in memory also keeps its keys there.
    #[error("A profile in memory has no other place for its keys")]
    Ephemeral,
    /// The keys are kept there already.
    #[error("The keys of this profile are kept there already")]
    Already,
    /// The passphrase for the new vault is too weak.
    #[error("The passphrase cannot be used. {0}")]
    Passphrase(PasswordRefusal),
    /// This place needs a passphrase.
    #[error("A passphrase is needed to seal the keys with")]
    NoPassphrase,
    /// A key cannot be read from its current place.
    #[error("The keys cannot be moved: {0}")]
    Unreadable(SigningKeyError),
    /// The new place or the database failed. Nothing has changed, unless new keys were to be made.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
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
    /// Where this profile's keys are kept.
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
        // Read it each time: another process may have changed it.
        let chosen = self.store.read(|db| store::settings::read(db, VAULT))?;
        Ok(kind_kept(chosen.as_deref()))
    }

    /// Other places that may still hold keys of this profile.
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

    /// The vault that holds this profile's keys. Does not access the vault.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn vault(&self) -> Result<&dyn Vault, StoreError> {
        Ok(self.places.of(self.vault_kind()?))
    }

    /// The vault for a stored setting.
    pub(crate) fn vault_kept(&self, chosen: Option<&str>) -> &dyn Vault {
        let kind = if self.places.is_session_only() { VaultKind::Session } else { kind_kept(chosen) };
        self.places.of(kind)
    }

    /// Whether the database knows any keys that are not retired.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn has_keys(&self) -> Result<bool, StoreError> {
        Ok(self.keys()?.iter().any(|key| key.state != KeyState::Retired))
    }

    /// Whether the last chosen place was the memory of a session, whose keys ended with it.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn last_keys_were_for_a_session(&self) -> Result<bool, StoreError> {
        let chosen = self.store.read(store::events::last_place)?;
        Ok(chosen.as_deref() == Some(VaultKind::Session.as_str()))
    }

    /// Enters the passphrase that seals this profile's keys.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`]; [`VaultError::Failed`] if there is no such vault or it is damaged.
    pub fn enter_passphrase(&self, passphrase: &Password) -> Result<(), VaultError> {
        self.passphrase_vault().ok_or_else(no_passphrase_vault)?.enter(passphrase)
    }

    /// Sets a callback that asks for the passphrase when it is needed and was not entered.
    pub fn ask_for_passphrase(&self, ask: AskPassphrase) {
        if let Some(vault) = self.passphrase_vault() {
            vault.ask_with(ask);
        }
    }

    /// The passphrase vault, whether or not its file exists; `None` for an ephemeral profile.
    pub fn passphrase_vault(&self) -> Option<&PassphraseVault> {
        self.places.passphrase()
    }

    /// Changes where this profile's keys are kept. A passphrase vault needs a passphrase: the one to seal it with, or
    /// the one that already seals an earlier vault of this profile.
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
            // The session vault only holds copies, so the originals stay. Notes stay too: an older copy of the database
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
            // The old place keeps the keys, so that sessions resume if somebody goes back to it.
            Existing::Leave => self.make_anew(&self.lost_keys()?)?,
        }
        Ok(())
    }

    /// Replaces the active keys that the vault no longer holds, or holds another key for; the new ones sign from now
    /// on. Readable keys stay. If any key was lost, every session ends, and a lost shared secret no longer verifies:
    /// its tokens cannot be told from those signed by someone else.
    ///
    /// # Errors
    /// [`RotateError`], also if the vault does not answer, in which case no key counts as lost.
    pub fn replace_lost_keys(&self) -> Result<Replaced, RotateError> {
        let lost = self.lost_keys()?;
        let mut replaced = Replaced { purposes: lost.iter().map(|row| row.info.purpose).collect(), sessions: 0 };
        if lost.is_empty() {
            self.note_that_keys_last()?;
            return Ok(replaced);
        }
        let now = self.now().map_err(SigningKeyError::from)?;
        // End the sessions first: after an interruption the keys are still lost, and the call can be repeated.
        let ended = self.store.write(|tx| {
            let ended = store::sessions::end_all(tx, EndReason::KeysLost, now)?;
            if ended > 0 {
                let event = NewEvent::of(EventKind::SessionEnded).detail(json!({ "sessions": ended }));
                store::events::record(tx, now, &event)?;
            }
            Ok(ended)
        });
        replaced.sessions = ended.map_err(SigningKeyError::from)?;
        self.make_anew(&lost)?;
        for row in lost.iter().filter(|row| row.info.algorithm.is_symmetric()) {
            self.store
                .write(|tx| retire_in(tx, &row.info.kid, KeyState::Retiring, now))
                .map_err(SigningKeyError::from)?;
            self.forget(row);
        }
        Ok(replaced)
    }

    /// The active keys that the vault no longer holds, or holds another key for.
    fn lost_keys(&self) -> Result<Vec<KeyRow>, SigningKeyError> {
        // Ask the vault, not the cache.
        self.forget_loaded_keys();
        let mut lost = Vec::new();
        for purpose in Purpose::ALL {
            let active = |db: &Db| store::signing_keys::in_state(db, purpose, KeyState::Active);
            let Some(row) = self.store.read(active)? else { continue };
            match self.signing_key(purpose) {
                Ok(_) => {}
                Err(SigningKeyError::Missing { .. } | SigningKeyError::Foreign { .. }) => lost.push(row),
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

    /// Records that the keys are no longer tied to a session, so losing them is reported differently.
    fn note_that_keys_last(&self) -> Result<(), RotateError> {
        let kind = self.vault_kind().map_err(SigningKeyError::from)?;
        if kind != VaultKind::Session && self.last_keys_were_for_a_session().map_err(SigningKeyError::from)? {
            self.choose(kind, VaultKind::Session).map_err(SigningKeyError::from)?;
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
                // Until the place is known to be empty.
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

    /// Records that a place no longer holds keys of this profile.
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

    /// The entries of all keys that are not retired, each checked against the database.
    fn all_entries(&self) -> Result<Vec<(String, VaultText)>, SigningKeyError> {
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

    fn whole_entry(&self, entry: String, row: &KeyRow) -> Result<(String, VaultText), SigningKeyError> {
        let text = self.vault()?.read(&entry)?.ok_or_else(|| SigningKeyError::Missing { kid: row.info.kid.clone() })?;
        Ok((entry, text))
    }
}

fn no_passphrase_vault() -> VaultError {
    VaultError::Failed { system: "this profile has no passphrase vault".into() }
}
