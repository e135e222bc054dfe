//! What users prove who they are with: checking it, and what becomes void when it is changed.

mod password;

pub(crate) use password::Refusal;

use crate::{
    clock::Timestamp,
    records::{EventKind, NewEvent},
    store::{self, DbResult, Tx},
};

/// Begins a new epoch of a user's credentials, in the transaction that changed them and after its event: their
/// password, second factor or recovery codes are others now, they were switched on or off, or they signed out
/// everywhere. What was begun with the old ones is good for nothing more: pending tokens, which carry the epoch,
/// proofs of the password that another transaction acts on, and a second factor that waits for its first code.
pub(crate) fn begin_epoch(tx: &Tx<'_>, user: i64, now: Timestamp) -> DbResult<()> {
    store::users::begin_epoch(tx, user)?;
    forget_pending_of(tx, user, now)
}

/// Forgets what a user began and never confirmed.
pub(crate) fn forget_pending_of(tx: &Tx<'_>, user: i64, now: Timestamp) -> DbResult<()> {
    let forgotten = store::totp_factors::forget_pending_of(tx, user)?;
    lapsed(tx, forgotten.then_some(user).into_iter().collect(), now)
}

pub(crate) fn lapsed(tx: &Tx<'_>, users: Vec<i64>, now: Timestamp) -> DbResult<()> {
    users
        .into_iter()
        .try_for_each(|user| store::events::record(tx, now, &NewEvent::of(EventKind::SecondFactorLapsed).user(user)))
}

/// Forgets what was begun in a session that ends. Says whether there was something.
pub(crate) fn forget_pending_in(tx: &Tx<'_>, session: &str, now: Timestamp) -> DbResult<bool> {
    let users = store::totp_factors::forget_pending_in(tx, session)?;
    let any = !users.is_empty();
    lapsed(tx, users, now).map(|()| any)
}
