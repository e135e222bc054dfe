//! Rotating the signing key: the new key is published before it signs, and the old one verifies until the last of its
//! tokens has expired.

use super::{KeyInfo, KeyState, Purpose, SigningKeyError, make::NewKey};
use crate::{
    Engine,
    clock::Timestamp,
    records::{EventKind, NewEvent},
    rules::Rules,
    store::{self, Db, DbResult, StoreError, Tx, signing_keys::KeyRow},
    vault::VaultError,
};
use jose::Algorithm;
use std::{sync::Arc, time::Duration};

/// After a rotation, another process may still finish signing with the old key for this long.
const IN_FLIGHT: Duration = Duration::from_secs(60);

/// The maximum number of retiring keys per purpose. Those for access and for tests all appear in the JWK Set, whose
/// readers have a limit (`twb`: 200 keys).
const MOST_RETIRING: usize = 90;

/// How many expired keys are retired with each rotation: more than one, so that their number shrinks.
const RETIRED_ALONG: usize = 20;

/// Why the key was not rotated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RotateError {
    /// This purpose has no keys of this algorithm, or the policy forbids it.
    #[error("{} keys cannot be for {algorithm}", purpose.as_str())]
    Algorithm {
        /// What the key would sign.
        purpose: Purpose,
        /// The algorithm asked for.
        algorithm: Algorithm,
    },
    /// A concurrent rotation to another algorithm came first and stands.
    #[error("Another change of the {} key came in between: see which key is active now", .0.as_str())]
    Overtaken(Purpose),
    /// The maximum number of keys is already retiring.
    #[error(
        "{MOST_RETIRING} {} keys are still retiring; wait until their tokens have expired, or retire some of them",
        .0.as_str()
    )]
    TooMany(Purpose),
    /// There is no usable key.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
}

/// Why a key was not retired. It is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RetireError {
    /// There is no key with this ID.
    #[error("There is no signing key {0}")]
    NotFound(String),
    /// It is active: rotate it first.
    #[error("The signing key {0} is active; rotate it first")]
    Active(String),
    /// It is retired already.
    #[error("The signing key {0} is retired already")]
    Retired(String),
    /// The vault did not delete the private part.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The outcome of publishing a key.
pub(super) enum Published {
    /// It is `next` now.
    Ours,
    /// Another process published this key of the same algorithm first.
    Other(KeyRow),
    /// Its key ID or key material is known already.
    Known {
        /// The ID of the known key.
        kid: String,
        /// The key material is the same, and so is the vault entry.
        same_key: bool,
    },
}

/// What to do if a `next` key exists already.
#[derive(Clone, Copy)]
pub(super) enum Waiting<'a> {
    /// Use it, if it has the same algorithm and is not this key, which proved unusable.
    UseUnless(Option<&'a str>),
    /// Replace it: it never signed.
    Replace,
}

impl Engine {
    /// Rotates the signing key and returns the one that is active now. `None` keeps the algorithm.
    ///
    /// The new key is stored in the vault, then published, and only then signs. From then on the old key only verifies,
    /// until the last of its tokens has expired. Keys that are due are retired along the way. The next call completes
    /// an interrupted rotation. If several run at once with the same algorithm, each caller gets a key that became
    /// active.
    ///
    /// # Errors
    /// [`RotateError`]; the previous key stays active.
    pub fn rotate_key(&self, purpose: Purpose, algorithm: Option<Algorithm>) -> Result<KeyInfo, RotateError> {
        let (active, next) = self
            .store
            .read(|db| {
                let find = |state| store::signing_keys::in_state(db, purpose, state);
                Ok((find(KeyState::Active)?, find(KeyState::Next)?))
            })
            .map_err(SigningKeyError::from)?;
        let algorithm = algorithm.or(active.map(|row| row.info.algorithm)).unwrap_or(purpose.default_algorithm());
        if !self.may_sign(purpose, algorithm).map_err(SigningKeyError::from)? {
            return Err(RotateError::Algorithm { purpose, algorithm });
        }
        let now = self.now().map_err(SigningKeyError::from)?;
        if self.too_many_retiring(purpose, now).map_err(SigningKeyError::from)? {
            return Err(RotateError::TooMany(purpose));
        }
        let mut unusable = None;
        if let Some(next) = next.filter(|next| next.info.algorithm == algorithm) {
            // Ask the vault, not the cache: a key that only this process still has must not begin to sign.
            self.loaded_keys().remove(&next.info.kid);
            match self.load(&next) {
                Ok(_) => return self.activated(&next.info, now),
                // It never signed, so nothing is lost.
                Err(SigningKeyError::Missing { kid } | SigningKeyError::Foreign { kid }) => unusable = Some(kid),
                Err(error) => return Err(error.into()),
            }
        }
        let next = self.publish_made(purpose, algorithm, unusable.as_deref(), now)?;
        self.activated(&next, now)
    }

    /// Retires the keys whose last token has expired by the settled time, which moving the clock cannot advance, and
    /// removes them from the keyring for good. Their tokens have not verified since that expiry. Returns the key IDs.
    /// If the vault fails, the rest is retired next time.
    ///
    /// # Errors
    /// [`RetireError::Vault`], [`RetireError::Store`]
    pub fn retire_due_keys(&self) -> Result<Vec<String>, RetireError> {
        self.retire_due(usize::MAX)
    }

    fn retire_due(&self, most: usize) -> Result<Vec<String>, RetireError> {
        let (now, due) = self.store.write(|tx| {
            let settled = self.settled_in(tx)?;
            let mut due = store::signing_keys::all(tx)?;
            let rules = self.rules_in(tx)?;
            due.retain(|row| is_over(&rules, &row.info, settled.at()));
            Ok((self.now_in(tx)?, due))
        })?;
        let mut retired = Vec::new();
        for row in due.into_iter().take(most) {
            self.retire(&row, now)?;
            retired.push(row.info.kid);
        }
        Ok(retired)
    }

    /// Retires a few due keys after a successful change. Failing to do so does not affect that change.
    pub(super) fn retire_along(&self) {
        if let Err(error) = self.retire_due(RETIRED_ALONG) {
            tracing::warn!(%error, "keys that are due stay for now");
        }
    }

    /// Whether this purpose has the maximum number of retiring keys.
    pub(super) fn too_many_retiring(&self, purpose: Purpose, now: Timestamp) -> Result<bool, StoreError> {
        let (rules, keys) = (self.rules()?, self.keys()?);
        let retiring = |key: &&KeyInfo| key.state == KeyState::Retiring && still_verifies(&rules, key, purpose, now);
        Ok(keys.iter().filter(retiring).count() >= MOST_RETIRING)
    }

    /// Retires a key at once, whether or not its tokens are still valid: **they are refused from now on**. Users of an
    /// access key need a new token, those of a refresh key must sign in again, and those of an `mfa` key must restart
    /// their sign-in. The private part is deleted irrecoverably, whatever the clock says: the user asked for it.
    /// Returns the names of earlier key places that could not be reached: the private part may still be there, and a
    /// copy of the database that looks there trusts it.
    ///
    /// # Errors
    /// [`RetireError`]
    pub fn retire_key(&self, kid: &str) -> Result<Vec<String>, RetireError> {
        let now = self.now()?;
        let row = self.store.read(|db| store::signing_keys::by_kid(db, kid))?;
        let row = row.ok_or_else(|| RetireError::NotFound(kid.into()))?;
        match row.info.state {
            KeyState::Active => Err(RetireError::Active(kid.into())),
            KeyState::Retired => Err(RetireError::Retired(kid.into())),
            KeyState::Retiring => self.retire(&row, now),
            KeyState::Next => {
                // Unlike in `retire`, commit first: another process may be activating this key right now.
                if !self.store.write(|tx| retire_in(tx, kid, KeyState::Next, now))? {
                    return Err(RetireError::Active(kid.into()));
                }
                self.loaded_keys().remove(kid);
                self.remember_retired(&row).unwrap_or_else(|left| {
                    tracing::warn!(%left, "the keyring does not know that the key is retired");
                });
                self.forget(&row);
                self.retire_elsewhere(&row)
            }
        }
    }

    /// Whether keys of this purpose may use this algorithm. Keys that only this profile verifies with are shared
    /// secrets.
    pub(super) fn may_sign(&self, purpose: Purpose, algorithm: Algorithm) -> Result<bool, StoreError> {
        Ok(match purpose {
            Purpose::Access | Purpose::Test => self.rules()?.algorithms.contains(&algorithm),
            Purpose::Refresh | Purpose::Mfa => algorithm == Algorithm::Hs256,
        })
    }

    /// Makes a key and publishes it. Returns the key that is `next` afterwards.
    pub(super) fn publish_made(
        &self,
        purpose: Purpose,
        algorithm: Algorithm,
        unusable: Option<&str>,
        now: Timestamp,
    ) -> Result<KeyInfo, SigningKeyError> {
        let made = self.make_key(purpose, algorithm, now)?;
        let kid = made.row.info.kid.clone();
        let being_made = self.keep(&made.row, &made.private)?;
        match self.publish(&made, Waiting::UseUnless(unusable), EventKind::KeyCreated) {
            Ok(Published::Ours) => {
                being_made.done();
                self.loaded_keys().insert(kid, Arc::new(made.key));
                Ok(made.row.info)
            }
            Ok(Published::Other(next)) => {
                self.give_up(&made.row, being_made);
                self.load(&next)?;
                Ok(next.info)
            }
            Ok(Published::Known { .. }) => {
                Err(SigningKeyError::Unmade("the source of randomness repeats itself".into()))
            }
            Err(error) => {
                self.give_up(&made.row, being_made);
                Err(error.into())
            }
        }
    }

    /// Publishes a key whose private part is in the vault: it becomes `next`.
    pub(super) fn publish(&self, new: &NewKey, waiting: Waiting<'_>, kind: EventKind) -> Result<Published, StoreError> {
        let KeyInfo { kid, purpose, algorithm, created_at: now, .. } = &new.row.info;
        let (published, replaced) = self.store.write(|tx| {
            if let Some(known) = known(tx, new)? {
                return Ok((known, None));
            }
            let old = store::signing_keys::in_state(tx, *purpose, KeyState::Next)?;
            if let Some(old) = &old {
                let replace = match waiting {
                    Waiting::Replace => true,
                    Waiting::UseUnless(unusable) => {
                        old.info.algorithm != *algorithm || unusable == Some(&*old.info.kid)
                    }
                };
                if !replace {
                    return Ok((Published::Other(old.clone()), None));
                }
                retire_in(tx, &old.info.kid, KeyState::Next, *now)?;
            }
            store::signing_keys::insert(tx, &new.row)?;
            store::events::record(tx, *now, &NewEvent::of(kind).kid(kid))?;
            Ok((Published::Ours, old))
        })?;
        if let Some(replaced) = replaced {
            self.loaded_keys().remove(&replaced.info.kid);
            self.forget(&replaced);
        }
        Ok(published)
    }

    /// Activates a published key; the previous one only verifies from then on. Returns the key that is active
    /// afterwards, or `None` if this one was replaced first.
    pub(super) fn activate(&self, key: &KeyInfo, now: Timestamp) -> Result<Option<KeyInfo>, StoreError> {
        let (kid, purpose) = (&key.kid, key.purpose);
        self.store.write(|tx| {
            let active = |tx| store::signing_keys::in_state(tx, purpose, KeyState::Active);
            match store::signing_keys::by_kid(tx, kid)?.map(|row| row.info.state) {
                None | Some(KeyState::Retired) => return Ok(None),
                // Another process activated it, and may have rotated the key again since.
                Some(KeyState::Active | KeyState::Retiring) => {}
                Some(KeyState::Next) => {
                    if let Some(old) = active(tx)? {
                        let (from, to) = (KeyState::Active, KeyState::Retiring);
                        // Use the later of the clocks: the key's last token may be from that time.
                        let since = self.latest_in(tx)?;
                        store::signing_keys::change_state(tx, &old.info.kid, from, to, since)?;
                        store::events::record(tx, now, &NewEvent::of(EventKind::KeyRetiring).kid(&old.info.kid))?;
                    }
                    store::signing_keys::change_state(tx, kid, KeyState::Next, KeyState::Active, now)?;
                    store::events::record(tx, now, &NewEvent::of(EventKind::KeyActivated).kid(kid))?;
                }
            }
            Ok(active(tx)?.map(|row| row.info))
        })
    }

    fn activated(&self, key: &KeyInfo, now: Timestamp) -> Result<KeyInfo, RotateError> {
        let active =
            self.activate(key, now).map_err(SigningKeyError::from)?.ok_or(RotateError::Overtaken(key.purpose))?;
        self.retire_along();
        Ok(active)
    }

    /// Retires a key that no longer signs. The private part is deleted first: if that fails, the key is unchanged and
    /// nothing is left behind unnoticed.
    fn retire(&self, row: &KeyRow, now: Timestamp) -> Result<Vec<String>, RetireError> {
        self.remember_retired(row)?;
        self.vault()?.delete(&self.entry(row)?)?;
        self.loaded_keys().remove(&row.info.kid);
        self.store.write(|tx| retire_in(tx, &row.info.kid, KeyState::Retiring, now))?;
        self.retire_elsewhere(row)
    }
}

/// Returns whether the key was in state `from`, so that no other process retired it first.
pub(super) fn retire_in(tx: &Tx<'_>, kid: &str, from: KeyState, now: Timestamp) -> DbResult<bool> {
    let retired = store::signing_keys::change_state(tx, kid, from, KeyState::Retired, now)?;
    if retired {
        store::events::record(tx, now, &NewEvent::of(EventKind::KeyRetired).kid(kid))?;
    }
    Ok(retired)
}

/// Whether this key is known by its ID or key material, in any state.
pub(super) fn known(tx: &Db, new: &NewKey) -> DbResult<Option<Published>> {
    let thumbprint = new.key.verifying_key().thumbprint();
    for row in store::signing_keys::all(tx)? {
        let same_key = thumbprint.is_some() && row.public_key()?.and_then(|key| key.thumbprint()) == thumbprint;
        if same_key || row.info.kid == new.row.info.kid {
            return Ok(Some(Published::Known { kid: row.info.kid, same_key }));
        }
    }
    Ok(None)
}

/// Whether tokens of this key verify for this purpose at that time. Not if it is retired. Not once the last of its
/// tokens has expired, although it stays until that is settled. Not while it is in doubt, in a copy.
pub(crate) fn still_verifies(rules: &Rules, key: &KeyInfo, purpose: Purpose, now: Timestamp) -> bool {
    key.purpose == purpose && key.state != KeyState::Retired && key.proven && !is_over(rules, key, now)
}

/// Whether the last token of a retiring key has expired by `at`.
fn is_over(rules: &Rules, key: &KeyInfo, at: Timestamp) -> bool {
    let over = key.retiring_at.is_some_and(|since| at >= last_token_of(rules, key.purpose, since));
    key.state == KeyState::Retiring && over
}

/// When the last token expires that a key of this purpose can have signed, if it signed until `since`. Does not wait
/// for tokens that were made under a clock running ahead.
pub(super) fn last_token_of(rules: &Rules, purpose: Purpose, since: Timestamp) -> Timestamp {
    let longest = match purpose {
        Purpose::Access | Purpose::Test => rules.longest_access_token_lifetime.max(rules.access_token_lifetime),
        Purpose::Refresh => rules.session_lifetime,
        Purpose::Mfa => rules.pending_token_lifetime,
    };
    let after = longest + IN_FLIGHT + Duration::from_secs(rules.leeway_seconds.into());
    Timestamp(since.0.saturating_add(i64::try_from(after.as_millis()).unwrap_or(i64::MAX)))
}
