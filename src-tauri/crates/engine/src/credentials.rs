//! What users prove their identity with: how it is checked, and what becomes void when it changes.

mod password;

pub(crate) use password::Refusal;

use crate::{
    clock::Timestamp,
    records::{EventKind, NewEvent},
    store::{self, DbResult, Tx},
};

/// Begins a new epoch of a user's credentials. Call it after the event, in the transaction that changed the
/// credentials: the password, second factor, recovery codes or active flag changed, or the user signed out everywhere.
/// It voids whatever was begun with the old ones: pending tokens, which carry the epoch, password proofs that another
/// transaction is about to use, and a second factor waiting for its first code.
pub(crate) fn begin_epoch(tx: &Tx<'_>, user: i64, now: Timestamp) -> DbResult<()> {
    store::users::begin_epoch(tx, user)?;
    forget_pending_of(tx, user, now)
}

/// Discards a user's pending second factor.
pub(crate) fn forget_pending_of(tx: &Tx<'_>, user: i64, now: Timestamp) -> DbResult<()> {
    let forgotten = store::totp_factors::forget_pending_of(tx, user)?;
    lapsed(tx, forgotten.then_some(user).into_iter().collect(), now)
}

pub(crate) fn lapsed(tx: &Tx<'_>, users: Vec<i64>, now: Timestamp) -> DbResult<()> {
    users
        .into_iter()
        .try_for_each(|user| store::events::record(tx, now, &NewEvent::of(EventKind::SecondFactorLapsed).user(user)))
}

/// Discards what is pending in a session that ends. Returns whether there was anything.
pub(crate) fn forget_pending_in(tx: &Tx<'_>, session: &str, now: Timestamp) -> DbResult<bool> {
    let users = store::totp_factors::forget_pending_in(tx, session)?;
    let any = !users.is_empty();
    lapsed(tx, users, now).map(|()| any)
}
