//! The signing keys as they are listed: names, counts, and the end of retired keys.

use super::{KeyQuery, KeyState, ListedKey, rotation::last_token_of};
use crate::{
    Engine,
    paging::{LONGEST_PAGE, Page},
    records::{EventKind, NewEvent},
    rules::Rules,
    store::{self, Stop, StoreError, signing_keys::ListedRow},
};
use serde_json::json;

/// The longest name of a key, in characters.
pub const LONGEST_KEY_NAME: usize = 40;

/// Why a key was not named. Its name is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The name is empty, too long, or contains invisible characters or ones that change the text direction.
    #[error("The name of a key must have 1 to {LONGEST_KEY_NAME} characters, none of them invisible")]
    Name,
    /// There is no key with this ID.
    #[error("There is no signing key {0}")]
    NotFound(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a key was not deleted. It is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeleteError {
    /// There is no key with this ID.
    #[error("There is no signing key {0}")]
    NotFound(String),
    /// Only a retired key can be deleted: its tokens do not verify any more.
    #[error("The signing key {0} is {state}; retire it first", state = .1.as_str())]
    InUse(String, KeyState),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// A page of the signing keys, by purpose, newest first, and the number of all keys. Does not access the keyring.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn key_page(&self, query: &KeyQuery) -> Result<(Page<ListedKey>, u64), StoreError> {
        let most = query.most.min(LONGEST_PAGE);
        self.store.snapshot(|db| {
            let rules = self.rules_in(db)?;
            let (page, all) = store::signing_keys::page(db, query.after.as_ref(), most)?;
            let rows = page.rows.into_iter().map(|row| listed(&rules, row)).collect();
            Ok((Page { rows, next: page.next }, u64::try_from(all).unwrap_or_default()))
        })
    }

    /// One signing key, and how many of its tokens may still be valid: an upper bound, since tokens that were revoked
    /// one by one are included. That number is unknown for keys whose tokens are not recorded.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn key(&self, kid: &str) -> Result<Option<(ListedKey, Option<u64>)>, StoreError> {
        self.store.snapshot(|db| {
            let Some(row) = store::signing_keys::listed(db, kid)? else { return Ok(None) };
            let now = self.now_in(db)?;
            let living = match row.row.info.state {
                KeyState::Next | KeyState::Retired => Some(0),
                KeyState::Active | KeyState::Retiring => store::signing_keys::living_tokens(db, &row.row.info, now)?,
            };
            let living = living.map(|count| u64::try_from(count).unwrap_or_default());
            Ok(Some((listed(&*self.rules_in(db)?, row), living)))
        })
    }

    /// Names a key. Tokens and the JWK Set carry its `kid`, which never changes.
    ///
    /// # Errors
    /// [`NameError`]
    pub fn rename_key(&self, kid: &str, name: &str) -> Result<(), NameError> {
        let name = name.trim();
        if !(1..=LONGEST_KEY_NAME).contains(&name.chars().count()) || jose::first_unseen(name).is_some() {
            return Err(NameError::Name);
        }
        let now = self.now()?;
        self.store.decide(|tx| {
            if !store::signing_keys::set_name(tx, kid, name)? {
                return Err(Stop::Refused(NameError::NotFound(kid.into())));
            }
            let renamed = NewEvent::of(EventKind::KeyRenamed).kid(kid).detail(json!({ "name": name }));
            Ok(store::events::record(tx, now, &renamed)?)
        })
    }

    /// Deletes the record of a retired key, whose private part is gone already. Its tokens stay refused, as those of an
    /// unknown key.
    ///
    /// # Errors
    /// [`DeleteError`]
    pub fn delete_key(&self, kid: &str) -> Result<(), DeleteError> {
        let now = self.now()?;
        self.store.decide(|tx| {
            if store::signing_keys::delete_retired(tx, kid)? {
                let deleted = NewEvent::of(EventKind::KeyDeleted).kid(kid);
                return Ok(store::events::record(tx, now, &deleted)?);
            }
            Err(Stop::Refused(match store::signing_keys::by_kid(tx, kid)? {
                Some(row) => DeleteError::InUse(kid.into(), row.info.state),
                None => DeleteError::NotFound(kid.into()),
            }))
        })
    }
}

fn listed(rules: &Rules, row: ListedRow) -> ListedKey {
    let ListedRow { row, name, signed, signed_at } = row;
    let info = row.info;
    let is_retiring = info.state == KeyState::Retiring;
    let verifies_until = info.retiring_at.filter(|_| is_retiring).map(|at| last_token_of(rules, info.purpose, at));
    let signed = u64::try_from(signed).unwrap_or_default();
    ListedKey { info, name, signed, last_signed_at: signed_at, verifies_until }
}
