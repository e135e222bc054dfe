//! Removing a second factor, and proving ownership of the account with the password before any change to it.

use crate::{
    Engine,
    clock::Timestamp,
    credentials::{Refusal, begin_epoch},
    records::{EndReason, EventKind, NewEvent, Reason, User},
    secret::Password,
    store::{self, DbResult, Stop, StoreError, Tx},
};

/// Why the password did not prove ownership.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnerError {
    /// The username or password is wrong, or there were too many attempts. As at sign-in, which one is not revealed.
    #[error("Incorrect username or password")]
    WrongCredentials,
    /// The password was right, but the user is inactive.
    #[error("Inactive user")]
    Inactive,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a second factor was not removed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoveError {
    /// The password did not prove ownership.
    #[error(transparent)]
    Owner(#[from] OwnerError),
    /// There is no second factor.
    #[error("There is no second factor to remove")]
    Off,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Removes a user's second factor, pending or confirmed, and the recovery codes, and ends all sessions. Needs no
    /// key, so it works even if the keyring lost it.
    ///
    /// # Errors
    /// [`RemoveError`]; nothing was changed.
    pub fn remove_second_factor(&self, username: &str, password: &Password) -> Result<(), RemoveError> {
        let user = self.prove_owner(username, password)?;
        let now = self.now()?;
        self.store.decide(|tx| {
            if !is_still(tx, &user)? {
                return Err(Stop::Refused(OwnerError::WrongCredentials.into()));
            }
            if !store::totp_factors::remove(tx, user.id)? {
                return Err(Stop::Refused(RemoveError::Off));
            }
            store::recovery_codes::replace(tx, user.id, &[])?;
            store::sessions::end_all_of(tx, user.id, EndReason::FactorRemoved, now)?;
            store::events::record(tx, now, &NewEvent::of(EventKind::SecondFactorRemoved).user(user.id))?;
            begin_epoch(tx, user.id, now)?;
            Ok(())
        })
    }

    /// Returns the user if the password is right. Takes as long as at sign-in, and failures count towards the same
    /// limit.
    pub(super) fn prove_owner(&self, username: &str, password: &Password) -> Result<User, OwnerError> {
        Ok(self.prove_password(username, password, EventKind::SecondFactorRefused)?.user)
    }
}

impl From<Refusal> for OwnerError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wrong => Self::WrongCredentials,
            Refusal::Inactive => Self::Inactive,
            Refusal::Store(error) => Self::Store(error),
        }
    }
}

/// Whether these are still the credentials that [`Engine::prove_owner`] checked before this transaction.
pub(super) fn is_still(tx: &Tx<'_>, proven: &User) -> DbResult<bool> {
    let user = store::users::by_name(tx, proven.username.as_str())?;
    Ok(user.is_some_and(|user| user.credential_epoch == proven.credential_epoch))
}

/// Refuses a change of a second factor and records the refusal.
pub(super) fn refuse<T, E>(tx: &Tx<'_>, user: i64, now: Timestamp, why: Reason, error: E) -> Result<T, Stop<E>> {
    store::events::record(tx, now, &NewEvent::refusal(EventKind::SecondFactorRefused, Some(user), why))?;
    Err(Stop::Refused(error))
}
