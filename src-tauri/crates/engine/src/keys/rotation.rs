//! Changing the key that signs: the new one is published first and signs after, the old one verifies until the last of
//! its tokens has expired.

use super::{KeyError, KeyInfo, KeyState, Purpose, make::NewKey};
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

/// A process that is just signing may finish with the old key this long after another has changed it.
const IN_FLIGHT: Duration = Duration::from_secs(60);

/// How many keys of one purpose may wait for the last of their tokens: those for access and for tests all stand in
/// the JWK Set, and readers of one have a limit, `twb` 200.
const MOST_RETIRING: usize = 90;

/// How many keys that are due go with each change of a key: more than one, so that they become fewer.
const RETIRED_ALONG: usize = 20;

/// Why the key was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RotateError {
    /// The purpose has no keys of this algorithm, or the policy refuses it.
    #[error("{} keys cannot be for {algorithm}", purpose.as_str())]
    Algorithm {
        /// What the key would sign.
        purpose: Purpose,
        /// The algorithm asked for.
        algorithm: Algorithm,
    },
    /// Another change of the key, to another algorithm, came in between and stands.
    #[error("Another change of the {} key came in between: see which key is active now", .0.as_str())]
    Overtaken(Purpose),
    /// As many keys as there may be wait for the last of their tokens.
    #[error("{MOST_RETIRING} {} keys are still retiring; wait until their tokens have expired, or retire some of them", .0.as_str())]
    TooMany(Purpose),
    /// There is no key to use.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Why a key was not retired. It is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RetireError {
    /// No key has that name.
    #[error("There is no signing key {0}")]
    NotFound(String),
    /// It signs: change it first.
    #[error("The signing key {0} is active; rotate it first")]
    Active(String),
    /// It was retired before.
    #[error("The signing key {0} is retired already")]
    Retired(String),
    /// The vault did not delete the private part.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a key that was to be published.
pub(super) enum Published {
    /// It is `next` now.
    Ours,
    /// Another process published one of the same algorithm meanwhile: that one.
    Other(KeyRow),
    /// Its name or its numbers are known already.
    Known {
        /// The name under which they are.
        kid: String,
        /// The numbers are the same, and so is the entry in the vault.
        same_key: bool,
    },
}

/// A key that is `next` already when another is to be.
#[derive(Clone, Copy)]
pub(super) enum Waiting<'a> {
    /// Is used instead, if it is of the same algorithm and not this one, which was found to be unusable.
    UseUnless(Option<&'a str>),
    /// Is replaced: it never signed.
    Replace,
}

impl Engine {
    /// Changes the key that signs, and answers with the one that does now. `None` keeps the algorithm.
    ///
    /// The new key is kept in the vault, published, and only then does it sign; the old one verifies from then on,
    /// until the last of its tokens has expired. Keys that are due are retired along with it. A change that was cut
    /// short is taken up by the next one. Of several at once, all of one algorithm, everybody gets a key that was
    /// made active.
    ///
    /// # Errors
    /// [`RotateError`]; the key that signed before signs on.
    pub fn rotate_key(&self, purpose: Purpose, algorithm: Option<Algorithm>) -> Result<KeyInfo, RotateError> {
        let (active, next) = self
            .store
            .read(|db| {
                let find = |state| store::signing_keys::in_state(db, purpose, state);
                Ok((find(KeyState::Active)?, find(KeyState::Next)?))
            })
            .map_err(KeyError::from)?;
        let algorithm = algorithm.or(active.map(|row| row.info.algorithm)).unwrap_or(purpose.default_algorithm());
        if !self.may_sign(purpose, algorithm).map_err(KeyError::from)? {
            return Err(RotateError::Algorithm { purpose, algorithm });
        }
        let now = self.now().map_err(KeyError::from)?;
        if self.too_many_retiring(purpose, now).map_err(KeyError::from)? {
            return Err(RotateError::TooMany(purpose));
        }
        let mut unusable = None;
        if let Some(next) = next.filter(|next| next.info.algorithm == algorithm) {
            // The vault is asked, not memory: a key that only this process still has must not begin to sign.
            self.loaded_keys().remove(&next.info.kid);
            match self.load(&next) {
                Ok(_) => return self.activated(&next.info, now),
                // It never signed, so nothing is lost with it.
                Err(KeyError::Missing { kid } | KeyError::Foreign { kid }) => unusable = Some(kid),
                Err(error) => return Err(error.into()),
            }
        }
        let next = self.publish_made(purpose, algorithm, unusable.as_deref(), now)?;
        self.activated(&next, now)
    }

    /// Retires the keys whose last token has expired by the settled time, which no moved clock hurries on: they leave
    /// the keyring for good. Their tokens verify no more since that token expired. Answers with their names. If the
    /// vault fails, the rest is done the next time.
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

    /// Retires a few of the keys that are due, after a change that has succeeded whether or not they go.
    pub(super) fn retire_along(&self) {
        if let Err(error) = self.retire_due(RETIRED_ALONG) {
            tracing::warn!(%error, "keys that are due stay for now");
        }
    }

    /// Are there as many retiring keys of a purpose as there may be?
    pub(super) fn too_many_retiring(&self, purpose: Purpose, now: Timestamp) -> Result<bool, StoreError> {
        let (rules, keys) = (self.rules()?, self.keys()?);
        let retiring = |key: &&KeyInfo| key.state == KeyState::Retiring && still_verifies(&rules, key, purpose, now);
        Ok(keys.iter().filter(retiring).count() >= MOST_RETIRING)
    }

    /// Retires a key at once, whether or not tokens of it are still valid: **those are refused from now on**. The
    /// users of an access key need a new token, those of a refresh key have to sign in again, and those of an `mfa`
    /// key have to start their sign-in over. The private part is deleted and cannot be brought back, whatever the
    /// clock shows: this is the user's own act. Answers with the names of the places where the profile kept its keys
    /// earlier and that could not be reached: the private part may still be there, and a copy of the database that
    /// looks there believes it.
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
                // The other way round than `retire`: another process may just be making it active.
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

    /// May keys of this purpose be for this algorithm? Those that only this profile reads are shared secrets.
    pub(super) fn may_sign(&self, purpose: Purpose, algorithm: Algorithm) -> Result<bool, StoreError> {
        Ok(match purpose {
            Purpose::Access | Purpose::Test => self.rules()?.algorithms.contains(&algorithm),
            Purpose::Refresh | Purpose::Mfa => algorithm == Algorithm::Hs256,
        })
    }

    /// Makes a key and publishes it. Answers with the one that is `next` after that.
    pub(super) fn publish_made(
        &self,
        purpose: Purpose,
        algorithm: Algorithm,
        unusable: Option<&str>,
        now: Timestamp,
    ) -> Result<KeyInfo, KeyError> {
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
            Ok(Published::Known { .. }) => Err(KeyError::Unmade("the source of randomness repeats itself".into())),
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

    /// Lets a published key sign, and the one before it verify only. Answers with the key that signs after that; `None`
    /// if this one was replaced before it could.
    pub(super) fn activate(&self, key: &KeyInfo, now: Timestamp) -> Result<Option<KeyInfo>, StoreError> {
        let (kid, purpose) = (&key.kid, key.purpose);
        self.store.write(|tx| {
            let active = |tx| store::signing_keys::in_state(tx, purpose, KeyState::Active);
            match store::signing_keys::by_kid(tx, kid)?.map(|row| row.info.state) {
                None | Some(KeyState::Retired) => return Ok(None),
                // Another process did it, and perhaps changed the key once more since.
                Some(KeyState::Active | KeyState::Retiring) => {}
                Some(KeyState::Next) => {
                    if let Some(old) = active(tx)? {
                        let (from, to) = (KeyState::Active, KeyState::Retiring);
                        // The later of the clocks: its last token may be of that time.
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
        let active = self.activate(key, now).map_err(KeyError::from)?.ok_or(RotateError::Overtaken(key.purpose))?;
        self.retire_along();
        Ok(active)
    }

    /// Retires a key that signs no more. The private part goes first: if that fails, the key is as it was, and nothing
    /// of it stays behind unnoticed.
    fn retire(&self, row: &KeyRow, now: Timestamp) -> Result<Vec<String>, RetireError> {
        self.remember_retired(row)?;
        self.vault()?.delete(&self.entry(row)?)?;
        self.loaded_keys().remove(&row.info.kid);
        self.store.write(|tx| retire_in(tx, &row.info.kid, KeyState::Retiring, now))?;
        self.retire_elsewhere(row)
    }
}

/// Says if it was in that state, and not retired by another process meanwhile.
pub(super) fn retire_in(tx: &Tx<'_>, kid: &str, from: KeyState, now: Timestamp) -> DbResult<bool> {
    let retired = store::signing_keys::change_state(tx, kid, from, KeyState::Retired, now)?;
    if retired {
        store::events::record(tx, now, &NewEvent::of(EventKind::KeyRetired).kid(kid))?;
    }
    Ok(retired)
}

/// Is this key known, by its name or by its numbers, in whatever state?
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

/// Does what a key signed for this purpose verify at that moment? Not if it is retired, and not once the last of
/// its tokens has expired, though it stays until that is settled; not while it is in doubt, in a copy.
pub(crate) fn still_verifies(rules: &Rules, key: &KeyInfo, purpose: Purpose, now: Timestamp) -> bool {
    key.purpose == purpose && key.state != KeyState::Retired && key.proven && !is_over(rules, key, now)
}

/// Has the last token of a retiring key expired by then?
fn is_over(rules: &Rules, key: &KeyInfo, at: Timestamp) -> bool {
    let over = key.retiring_at.is_some_and(|since| at >= last_token_of(rules, key.purpose, since));
    key.state == KeyState::Retiring && over
}

/// When the last token has expired that a key of this purpose, which signed until `since`, can have signed. Tokens
/// that were made under a clock that was ahead then are not waited for.
pub(super) fn last_token_of(rules: &Rules, purpose: Purpose, since: Timestamp) -> Timestamp {
    let longest = match purpose {
        Purpose::Access | Purpose::Test => rules.longest_access_token_lifetime.max(rules.access_token_lifetime),
        Purpose::Refresh => rules.session_lifetime,
        Purpose::Mfa => rules.pending_token_lifetime,
    };
    let after = longest + IN_FLIGHT + Duration::from_secs(rules.leeway_seconds.into());
    Timestamp(since.0.saturating_add(i64::try_from(after.as_millis()).unwrap_or(i64::MAX)))
}
