//! The lock on guessing: after a wrong password or code a user waits before the next try counts, longer with each
//! failure, and after a hundred in a row until somebody ends the lock.
//!
//! One counter for passwords and codes, kept with the user, so that it survives a restart. It goes by the computer's
//! clock: the engine's own can be shifted and frozen, which must neither open a lock nor keep one shut.

pub use crate::records::{Failures, Lock};

use crate::{
    Engine,
    records::{EventKind, NewEvent},
    sign_in::SignInError,
    store::{self, Db, DbResult, Stop, Tx},
};

impl Engine {
    /// Is a try at a user's password or code evaluated now? The caller holds the write lock until the outcome is
    /// counted, so that of any number of simultaneous tries only as many are evaluated as the lock lets through.
    pub(crate) fn admits(&self, tx: &Tx<'_>, user: i64) -> DbResult<bool> {
        let now = self.clock.now();
        let failures = store::users::failures(tx, user)?;
        let known = failures.known_by(now);
        if known != failures {
            store::users::set_failures(tx, user, known)?;
        }
        Ok(known.lock(now, self.rules_in(tx)?.most_failures).is_none())
    }

    /// Counts a try that was evaluated and wrong.
    pub(crate) fn count_failure(&self, tx: &Tx<'_>, user: i64) -> DbResult<()> {
        let failures = store::users::failures(tx, user)?;
        store::users::set_failures(tx, user, failures.and_one_more(self.clock.now()))
    }

    /// Forgets a user's failures, which ends their lock.
    ///
    /// # Errors
    /// [`SignInError::NoSuchUser`], [`SignInError::Store`]
    pub fn reset_failures(&self, username: &str) -> Result<(), SignInError> {
        let now = self.now()?;
        self.store.decide(|tx| {
            let Some(user) = store::users::by_name(tx, username.trim())? else {
                return Err(Stop::Refused(SignInError::NoSuchUser(username.into())));
            };
            store::users::set_failures(tx, user.id, Failures::default())?;
            store::events::record(tx, now, &NewEvent::of(EventKind::FailuresReset).user(user.id))?;
            Ok(())
        })
    }

    /// A user's failures in a row, and the lock that follows from them now.
    ///
    /// # Errors
    /// [`SignInError::NoSuchUser`], [`SignInError::Store`]
    pub fn failures(&self, username: &str) -> Result<(Failures, Option<Lock>), SignInError> {
        let found = self.store.read(|db| match store::users::by_name(db, username.trim())? {
            Some(user) => self.failures_in(db, user.id).map(Some),
            None => Ok(None),
        })?;
        found.ok_or_else(|| SignInError::NoSuchUser(username.into()))
    }

    fn failures_in(&self, db: &Db, user: i64) -> DbResult<(Failures, Option<Lock>)> {
        let failures = store::users::failures(db, user)?;
        Ok((failures, failures.lock(self.clock.now(), self.rules_in(db)?.most_failures)))
    }
}
