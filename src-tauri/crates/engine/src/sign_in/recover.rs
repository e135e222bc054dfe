//! The way back for a user who is locked until reset: password and recovery code together.

use super::{SignInError, SignedIn};
use crate::{
    Engine,
    records::{EventKind, NewEvent, Reason, Scope},
    secret::Password,
    store::{self, Stop, users::Credentials},
    totp::{RecoveryCheck, use_recovery_code},
};

impl Engine {
    /// Signs a user in with password and recovery code together, despite any lock, and ends the lock.
    ///
    /// This does not bypass the lock. A right code is used up even if the password is wrong, so each password guess
    /// costs a recovery code, which has 50 random bits. A refusal does not reveal which of the two was wrong, and takes
    /// as long as any other.
    ///
    /// # Errors
    /// [`SignInError`]; no session was started, and the lock is unchanged.
    pub fn recover_sign_in(
        &self,
        username: &str,
        password: &Password,
        recovery_code: &str,
        wanted: Option<&[String]>,
    ) -> Result<SignedIn, SignInError> {
        // Load the keys first, for everybody: a failing keyring must not reveal what was right.
        let wanted: Option<Vec<Scope>> = self.known(wanted)?;
        let data_key = self.data_key_if_made()?;
        let opening = self.opening(&self.builtin_client()?, wanted, &["pwd", "otp"], None, true)?;
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
                // Without a data key nobody has a second factor, and so no recovery codes either.
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
