//! Events, as data.

use crate::clock::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

/// One event. It is pure data: the reader turns it into a sentence. It never contains a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its number. Numbers only increase.
    pub id: i64,
    /// When it happened, by the engine's clock.
    pub at: Timestamp,
    /// The name of its kind: [`EventKind::as_str`], or a name from another version of this program.
    pub kind: String,
    /// The user it is about, if there is one who still exists.
    pub username: Option<String>,
    /// The session.
    pub sid: Option<String>,
    /// The token.
    pub jti: Option<String>,
    /// The signing key.
    pub kid: Option<String>,
    /// The generation of the refresh token within its family; 0 is the first.
    pub generation: Option<i64>,
    /// Further details: an object whose members depend on the kind, see [`EventKind`].
    pub detail: Option<Value>,
}

/// Which events to read.
#[derive(Debug, Clone, Copy)]
pub enum EventsOf<'a> {
    /// All events.
    All,
    /// One user's.
    User(&'a str),
    /// One session's.
    Session(&'a str),
    /// One signing key's.
    Key(&'a str),
    /// Those of one kind.
    Kind(EventKind),
}

/// An event to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent<'a> {
    pub(crate) kind: EventKind,
    pub(crate) user: Option<i64>,
    pub(crate) sid: Option<&'a str>,
    pub(crate) jti: Option<&'a str>,
    pub(crate) kid: Option<&'a str>,
    pub(crate) generation: Option<i64>,
    pub(crate) detail: Option<Value>,
}

impl<'a> NewEvent<'a> {
    pub(crate) fn of(kind: EventKind) -> Self {
        Self { kind, user: None, sid: None, jti: None, kid: None, generation: None, detail: None }
    }

    /// The refusal of an attempt at a password or code.
    pub(crate) fn refusal(kind: EventKind, user: Option<i64>, reason: Reason) -> Self {
        Self { user, detail: Some(json!({ "reason": reason })), ..Self::of(kind) }
    }

    pub(crate) fn user(self, user: i64) -> Self {
        Self { user: Some(user), ..self }
    }

    pub(crate) fn sid(self, sid: &'a str) -> Self {
        Self { sid: Some(sid), ..self }
    }

    pub(crate) fn jti(self, jti: &'a str) -> Self {
        Self { jti: Some(jti), ..self }
    }

    pub(crate) fn kid(self, kid: &'a str) -> Self {
        Self { kid: Some(kid), ..self }
    }

    pub(crate) fn generation(self, generation: i64) -> Self {
        Self { generation: Some(generation), ..self }
    }

    pub(crate) fn detail(self, detail: Value) -> Self {
        Self { detail: Some(detail), ..self }
    }
}

/// Why an attempt at a password or code was refused. The names are stored; never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    UnknownUser,
    InactiveUser,
    WrongPassword,
    TooManyTries,
    OutdatedPendingToken,
    UsedPendingToken,
    WrongCode,
    /// A code of a step in the past.
    EarlierCode,
    /// A code of a step to come.
    FutureCode,
    UsedCode,
    UnreadableSecondFactor,
    WrongRecoveryCode,
    UsedRecoveryCode,
    OtherSession,
}

/// A kind of event. The names are stored; never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A user was created.
    UserCreated,
    /// A user was activated.
    UserActivated,
    /// A user was deactivated; their sessions ended.
    UserDeactivated,
    /// A user's display name or email address was changed.
    UserEdited,
    /// A user was deleted, with their sessions and second factor: `username`; `sessions`, how many could still be used.
    UserDeleted,
    /// A user's scopes were replaced: `scopes`, a list.
    UserScopesChanged,
    /// Users were imported: `created` and `updated`, how many.
    UsersImported,
    /// A scope was added to the catalog or changed: `scope`, and `before`, its earlier name or null.
    ScopeSaved,
    /// A scope was deleted and taken from its holders: `scope`; `holders`, how many.
    ScopeDeleted,
    /// A user signed in.
    SignedIn,
    /// A sign-in was refused: `reason`.
    SignInRefused,
    /// An access token was minted without a sign-in, in a session of its own.
    TokenMinted,
    /// A hand-edited token was signed with a key of this profile: `sub`, the token's subject, shortened, or null;
    /// `fault`, what was made wrong in it, or null.
    TokenSigned,
    /// A signing key was made.
    KeyCreated,
    /// A signing key was imported.
    KeyImported,
    /// A signing key became active.
    KeyActivated,
    /// A signing key stopped signing and only verifies.
    KeyRetiring,
    /// A signing key no longer verifies; its private part was deleted.
    KeyRetired,
    /// A signing key was named: `name`.
    KeyRenamed,
    /// The record of a retired signing key was deleted.
    KeyDeleted,
    /// The private part of a signing key was exported.
    KeyExported,
    /// The password was right and a second factor is due.
    SecondFactorDue,
    /// A user's failures were reset by hand.
    FailuresReset,
    /// A user's password was changed; their sessions ended.
    PasswordChanged,
    /// An outdated password hash was replaced at sign-in.
    HashUpgraded,
    /// A refresh token was exchanged for its successor; `generation` is the successor's.
    Refreshed,
    /// A used refresh token was forgiven, because nothing of its successor was ever used.
    RefreshForgiven,
    /// A used refresh token was presented again, `used_seconds_ago`; its session ended.
    RefreshReplayed,
    /// A session was ended; without a `sid`, all of a user's: `sessions`, how many.
    SessionEnded,
    /// An access token was revoked.
    TokenRevoked,
    /// A second factor was begun and waits for its first code.
    SecondFactorBegun,
    /// A second factor was confirmed with a code.
    SecondFactorConfirmed,
    /// A pending second factor was discarded.
    SecondFactorLapsed,
    /// A user's second factor was removed; their sessions ended.
    SecondFactorRemoved,
    /// A change of a second factor was refused: `reason`.
    SecondFactorRefused,
    /// A user's recovery codes were replaced by a new set.
    RecoveryCodesReplaced,
    /// A recovery code was used: `left`, how many remain.
    RecoveryCodeUsed,
    /// The key that seals second factors was made: `fingerprint`.
    DataKeyCreated,
    /// The place of the keys was chosen: `place`.
    VaultChosen,
    /// The clock was moved, frozen or released: `clock`, *real*, *shifted* by `ms` or *frozen* at `at_ms`.
    ClockSet,
    /// A setting of the policy was changed: `setting` and `value`.
    PolicyChanged,
    /// A named policy was saved, perhaps replacing an older one: `name`.
    PolicySaved,
    /// A named policy was deleted: `name`.
    PolicyDeleted,
    /// The database turned out to be a copy: all sessions ended, all codes were used up, and all keys are in doubt.
    /// `cause`; `sessions` and `recovery_codes`, how many of each; `keys_retired_since`, how many keys are known to be
    /// retired elsewhere.
    Restored,
    /// The user confirmed having read what a copy cannot know.
    RestoreRead,
    /// A copy's signing key was found in its place, and verifies again.
    KeyProven,
}

impl EventKind {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserCreated => "user_created",
            Self::UserActivated => "user_activated",
            Self::UserDeactivated => "user_deactivated",
            Self::UserEdited => "user_edited",
            Self::UserDeleted => "user_deleted",
            Self::UserScopesChanged => "user_scopes_changed",
            Self::UsersImported => "users_imported",
            Self::ScopeSaved => "scope_saved",
            Self::ScopeDeleted => "scope_deleted",
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::TokenMinted => "token_minted",
            Self::TokenSigned => "token_signed",
            Self::KeyCreated => "key_created",
            Self::KeyImported => "key_imported",
            Self::KeyActivated => "key_activated",
            Self::KeyRetiring => "key_retiring",
            Self::KeyRetired => "key_retired",
            Self::KeyRenamed => "key_renamed",
            Self::KeyDeleted => "key_deleted",
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
