//! What happened: one event for every change of state, written in the transaction that makes the change.

use crate::{
    Engine,
    clock::Timestamp,
    store::{self, StoreError},
};

/// What happened once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, by the engine's clock.
    pub at: Timestamp,
    /// The name of its kind: [`EventKind::as_str`], or one of another version of this program.
    pub kind: String,
    /// The user it is about, if it is about one who still exists.
    pub username: Option<String>,
    /// What it is about beside the user. Never a secret.
    pub subject: String,
}

impl Engine {
    /// What happened last, the newest first; at most so many events.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn events(&self, most: u32) -> Result<Vec<Event>, StoreError> {
        self.store.read(|db| store::events::latest(db, most))
    }
}

/// A kind of event. The names are stored; never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A user was created.
    UserCreated,
    /// A user was switched on.
    UserActivated,
    /// A user was switched off; their sessions ended with it.
    UserDeactivated,
    /// A user's scopes were replaced.
    UserScopesChanged,
    /// A user signed in; the subject is the session.
    SignedIn,
    /// A sign-in was refused; the subject is the reason.
    SignInRefused,
    /// An access token was minted without a sign-in; the subject is its session.
    TokenMinted,
    /// A token that a person edited was signed with a key of this profile; the subject names the key, whom the token
    /// speaks of and what it is for.
    TokenSigned,
    /// A signing key was made; the subject is its `kid`.
    KeyCreated,
    /// A signing key was brought in from outside.
    KeyImported,
    /// A signing key signs from now on.
    KeyActivated,
    /// A signing key verifies only from now on.
    KeyRetiring,
    /// A signing key verifies no longer; its private part was deleted.
    KeyRetired,
    /// The private part of a signing key was shown.
    KeyExported,
    /// The password was right and a second factor is due.
    SecondFactorDue,
    /// A user's failures were forgotten by hand.
    FailuresReset,
    /// A user's password was changed; their sessions ended with it.
    PasswordChanged,
    /// A password hash of an outdated kind was replaced at sign-in.
    HashUpgraded,
    /// A refresh token was traded for its successor; the subject names session and generation.
    Refreshed,
    /// A used refresh token was forgiven, because nothing of its successor was ever used.
    RefreshForgiven,
    /// A used refresh token was presented again: its session ended with it.
    RefreshReplayed,
    /// A session was ended; the subject is its `sid`.
    SessionEnded,
    /// An access token was revoked; the subject is its `jti`.
    TokenRevoked,
    /// A second factor was begun and waits for its first code; the subject is the username.
    SecondFactorBegun,
    /// A second factor was confirmed with a code.
    SecondFactorConfirmed,
    /// A second factor that was never confirmed was forgotten.
    SecondFactorLapsed,
    /// A user's second factor was removed; their sessions ended with it.
    SecondFactorRemoved,
    /// A change of a second factor was refused; the subject is the reason.
    SecondFactorRefused,
    /// A user's recovery codes were replaced by a new set.
    RecoveryCodesReplaced,
    /// A recovery code was used; the subject is how many are left.
    RecoveryCodeUsed,
    /// The key that seals second factors was made; the subject is its fingerprint.
    DataKeyCreated,
    /// Somebody chose where the keys are kept; the subject is the kind of place.
    VaultChosen,
    /// The clock was moved, frozen or freed.
    ClockSet,
    /// A setting of the policy was changed.
    PolicyChanged,
    /// A named policy was saved, perhaps in the place of an older one; the subject is its name.
    PolicySaved,
    /// A named policy was deleted; the subject is its name.
    PolicyDeleted,
    /// The database turned out to be a copy: every session was ended, every code used up, every key doubted.
    Restored,
    /// Somebody has read what a copy cannot know.
    RestoreRead,
    /// A signing key of a copy was found where it belongs, and verifies again; the subject is its `kid`.
    KeyProven,
}

impl EventKind {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserCreated => "user_created",
            Self::UserActivated => "user_activated",
            Self::UserDeactivated => "user_deactivated",
            Self::UserScopesChanged => "user_scopes_changed",
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::TokenMinted => "token_minted",
            Self::TokenSigned => "token_signed",
            Self::KeyCreated => "key_created",
            Self::KeyImported => "key_imported",
            Self::KeyActivated => "key_activated",
            Self::KeyRetiring => "key_retiring",
            Self::KeyRetired => "key_retired",
            Self::KeyExported => "key_exported",
            Self::SecondFactorDue => "second_factor_due",
            Self::FailuresReset => "failures_reset",
            Self::PasswordChanged => "password_changed",
            Self::HashUpgraded => "hash_upgraded",
            Self::Refreshed => "refreshed",
            Self::RefreshForgiven => "refresh_forgiven",
            Self::RefreshReplayed => "refresh_replayed",
            Self::SessionEnded => "session_ended",
            Self::TokenRevoked => "token_revoked",
            Self::SecondFactorBegun => "second_factor_begun",
            Self::SecondFactorConfirmed => "second_factor_confirmed",
            Self::SecondFactorLapsed => "second_factor_lapsed",
            Self::SecondFactorRemoved => "second_factor_removed",
            Self::SecondFactorRefused => "second_factor_refused",
            Self::RecoveryCodesReplaced => "recovery_codes_replaced",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::DataKeyCreated => "data_key_created",
            Self::VaultChosen => "vault_chosen",
            Self::ClockSet => "clock_set",
            Self::PolicyChanged => "policy_changed",
            Self::PolicySaved => "policy_saved",
            Self::PolicyDeleted => "policy_deleted",
            Self::Restored => "restored",
            Self::RestoreRead => "restore_read",
            Self::KeyProven => "key_proven",
        }
    }
}
