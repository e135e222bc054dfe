//! A user's latest attempts to sign in, which explain a lock.

use super::UserError;
use crate::{
    Engine,
    clock::Timestamp,
    records::{Event, EventKind},
    store,
};

/// One attempt, or what ended a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// When it happened, by the engine's clock.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: AttemptOutcome,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// They signed in.
    SignedIn,
    /// The password was right, and a code was asked for.
    PasswordRight,
    /// The password was wrong.
    WrongPassword,
    /// The code was wrong.
    WrongCode,
    /// The code was one of an earlier time.
    EarlierCode,
    /// The code was one of a time to come.
    FutureCode,
    /// The code had been used before.
    UsedCode,
    /// The recovery code was wrong.
    WrongRecoveryCode,
    /// The recovery code had been used before.
    UsedRecoveryCode,
    /// A recovery code was accepted.
    RecoveryCodeUsed,
    /// Nothing was checked, because of the lock.
    NotChecked,
    /// The password was right, but they may not sign in.
    Inactive,
    /// The pending token had been used, or was issued for older credentials.
    PendingTokenInvalid,
    /// The second factor could not be read.
    UnreadableSecondFactor,
    /// Their failures were forgotten.
    FailuresReset,
    /// Their password was changed, which forgets their failures.
    PasswordChanged,
}

impl Engine {
    /// A user's latest attempts, newest first, at most `most`.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`UserError::Store`]
    pub fn sign_in_attempts(&self, username: &str, most: u32) -> Result<Vec<Attempt>, UserError> {
        let found = self.store.snapshot(|db| match store::users::by_name(db, username)? {
            Some(user) => store::events::attempts_of(db, user.id, most).map(Some),
            None => Ok(None),
        })?;
        let events = found.ok_or_else(|| UserError::NotFound(username.into()))?;
        Ok(events.iter().filter_map(Attempt::of).collect())
    }
}

impl Attempt {
    /// `None` for an event of another kind, or a reason of another version of this program.
    fn of(event: &Event) -> Option<Self> {
        let reason = event.detail.as_ref().and_then(|detail| detail["reason"].as_str());
        let is = |kind: EventKind| event.kind == kind.as_str();
        let outcome = if is(EventKind::SignedIn) {
            AttemptOutcome::SignedIn
        } else if is(EventKind::SecondFactorDue) {
            AttemptOutcome::PasswordRight
        } else if is(EventKind::RecoveryCodeUsed) {
            AttemptOutcome::RecoveryCodeUsed
        } else if is(EventKind::FailuresReset) {
            AttemptOutcome::FailuresReset
        } else if is(EventKind::PasswordChanged) {
            AttemptOutcome::PasswordChanged
        } else {
            match reason? {
                "wrong_password" => AttemptOutcome::WrongPassword,
                "wrong_code" => AttemptOutcome::WrongCode,
                "earlier_code" => AttemptOutcome::EarlierCode,
                "future_code" => AttemptOutcome::FutureCode,
                "used_code" => AttemptOutcome::UsedCode,
                "wrong_recovery_code" => AttemptOutcome::WrongRecoveryCode,
                "used_recovery_code" => AttemptOutcome::UsedRecoveryCode,
                "too_many_tries" => AttemptOutcome::NotChecked,
                "inactive_user" => AttemptOutcome::Inactive,
                "outdated_pending_token" | "used_pending_token" => AttemptOutcome::PendingTokenInvalid,
                "unreadable_second_factor" => AttemptOutcome::UnreadableSecondFactor,
                _ => return None,
            }
        };
        Some(Self { at: event.at, outcome })
    }
}
