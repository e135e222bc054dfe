//! Limits guessing: after a wrong password or code, a user must wait before the next attempt counts. The wait grows
//! with each failure, and after a hundred in a row it lasts until someone resets it.
//!
//! Passwords and codes share one counter, which is stored with the user and so survives a restart. It uses the
//! computer's clock: the engine's can be shifted and frozen, which must neither open a lock nor keep it shut.

pub use crate::records::{Failures, Lock, TooManyTries};

use crate::{
    Engine,
    records::{EventKind, NewEvent},
    sign_in::SignInError,
    store::{self, Db, DbResult, Stop, Tx},
};

impl Engine {
    /// Whether an attempt at a user's password or code is evaluated now. The caller holds the write lock until the
    /// outcome is counted, so that simultaneous attempts cannot exceed what the lock allows.
    pub(crate) fn admits(&self, tx: &Tx<'_>, user: i64) -> DbResult<bool> {
        Ok(self.wait(tx, user)?.is_none())
    }

    /// The same for a user who has proved the password and may be told how long to wait; `None` if it is evaluated now.
    pub(crate) fn wait(&self, tx: &Tx<'_>, user: i64) -> DbResult<Option<TooManyTries>> {
        let now = self.clock.now();
        let failures = store::users::failures(tx, user)?;
        let known = failures.known_by(now);
        if known != failures {
            store::users::set_failures(tx, user, known)?;
        }
        Ok(known.lock(now, self.rules_in(tx)?.most_failures).map(|lock| TooManyTries { left: lock.left(now) }))
    }

    /// Counts an evaluated attempt that was wrong.
    pub(crate) fn count_failure(&self, tx: &Tx<'_>, user: i64) -> DbResult<()> {
        let failures = store::users::failures(tx, user)?;
        store::users::set_failures(tx, user, failures.and_one_more(self.clock.now()))
    }

    /// Resets a user's failures, which ends their lock.
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

    /// A user's consecutive failures, and the resulting lock.
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
