//! Whoever changes a second factor proves with the password that the account is theirs; and removing it.

use crate::{
    Engine,
    clock::Timestamp,
    credentials::{Refusal, begin_epoch},
    records::{EndReason, EventKind, NewEvent, Reason, User},
    secret::Password,
    store::{self, DbResult, Stop, StoreError, Tx},
};

/// Why the password did not prove that the account is theirs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnerError {
    /// The username or the password is wrong, or too many tries came before; which it was is not told, as at sign-in.
    #[error("Incorrect username or password")]
    WrongCredentials,
    /// The password was right, but the user is switched off.
    #[error("Inactive user")]
    Inactive,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a second factor was not removed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoveError {
    /// The password.
    #[error(transparent)]
    Owner(#[from] OwnerError),
    /// There is none.
    #[error("There is no second factor to remove")]
    Off,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Removes a user's second factor, pending or confirmed, and their recovery codes; ends their sessions. Needs no
    /// key, so that it works when the keyring has lost it.
    ///
    /// # Errors
    /// [`RemoveError`]; nothing was changed then.
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

    /// The user whose password this is. Takes as long as at a sign-in, and counts a wrong one with those of sign-ins.
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

/// Are these still the credentials that [`Engine::prove_owner`] checked, in a transaction before this one?
pub(super) fn is_still(tx: &Tx<'_>, proven: &User) -> DbResult<bool> {
    let user = store::users::by_name(tx, proven.username.as_str())?;
    Ok(user.is_some_and(|user| user.credential_epoch == proven.credential_epoch))
}

/// Writes down that a change of a second factor was refused, and refuses it.
pub(super) fn refuse<T, E>(tx: &Tx<'_>, user: i64, now: Timestamp, why: Reason, error: E) -> Result<T, Stop<E>> {
    store::events::record(tx, now, &NewEvent::refusal(EventKind::SecondFactorRefused, Some(user), why))?;
    Err(Stop::Refused(error))
}
