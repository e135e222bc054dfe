//! The way back for a user who is locked until somebody ends it: the password and a recovery code, both at once.

use super::{SignInError, SignedIn};
use crate::{
    Engine,
    records::{EventKind, NewEvent, Reason, Scope},
    secret::Password,
    store::{self, Stop, users::Credentials},
    totp::{RecoveryCheck, use_recovery_code},
};

impl Engine {
    /// Signs a user in with password and recovery code together, whatever lock is on them, and ends the lock.
    ///
    /// It is no way around the lock. A right code is used up even if the password is wrong, so that each guess at the
    /// password takes a recovery code of its own; and a code has 50 random bits. The refusal does not tell which of the
    /// two was wrong, and takes as long as any other.
    ///
    /// # Errors
    /// [`SignInError`]; no session has started then, and the lock is as it was.
    pub fn recover_sign_in(
        &self,
        username: &str,
        password: &Password,
        recovery_code: &str,
        wanted: Option<&[String]>,
    ) -> Result<SignedIn, SignInError> {
        // The keys come first, for everybody: a keyring that fails must not tell what was right.
        let wanted: Option<Vec<Scope>> = self.known(wanted)?;
        let data_key = self.data_key_if_made()?;
        let opening = self.opening(wanted, &["pwd", "otp"], None, true)?;
        let found = self.store.read(|db| store::users::credentials(db, username.trim()))?;
        let right = self.compare(password, found.as_ref())?;

        self.store.decide(|tx| {
            let now = self.now_in(tx)?;
            let refuse = |user: Option<i64>, why: Reason, error: SignInError| {
                store::events::record(tx, now, &NewEvent::refusal(EventKind::SignInRefused, user, why))?;
                Err(Stop::Refused(error))
            };
            let Some(found) = found else { return refuse(None, Reason::UnknownUser, SignInError::WrongCredentials) };
            let again = store::users::credentials(tx, found.user.username.as_str())?;
            let Some(Credentials { user, password_hash }) = again.filter(|again| again.user.id == found.user.id) else {
                return refuse(None, Reason::UnknownUser, SignInError::WrongCredentials);
            };
            let check = match &data_key {
                Some(data_key) => use_recovery_code(tx, data_key, user.id, recovery_code, now)?,
                // Nobody has a second factor, so nobody has a recovery code.
                None => RecoveryCheck::Wrong,
            };
            match check {
                RecoveryCheck::Accepted { .. } => {}
                RecoveryCheck::Used => {
                    return refuse(Some(user.id), Reason::UsedRecoveryCode, SignInError::WrongCredentials);
                }
                RecoveryCheck::Wrong => {
                    return refuse(Some(user.id), Reason::WrongRecoveryCode, SignInError::WrongCredentials);
                }
            }
            if !right || password_hash != found.password_hash {
                self.count_failure(tx, user.id)?;
                return refuse(Some(user.id), Reason::WrongPassword, SignInError::WrongCredentials);
            }
            if !user.active {
                return refuse(Some(user.id), Reason::InactiveUser, SignInError::Inactive);
            }
            self.finish(tx, user, &opening)
        })
    }
}
