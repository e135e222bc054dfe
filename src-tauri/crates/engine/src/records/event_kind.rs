//! The kinds of events, and the groups that a reader picks them by.

/// Declares the kinds, so that none can be missing from the list of all.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $stored:literal,)*) => {
        /// A kind of event. The names are stored; never change one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum EventKind {
            $($(#[$doc])* $name,)*
        }

        impl EventKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stored name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $stored,)*
                }
            }
        }
    };
}

kinds! {
    /// A user was created.
    UserCreated = "user_created",
    /// A user was activated.
    UserActivated = "user_activated",
    /// A user was deactivated; their sessions ended.
    UserDeactivated = "user_deactivated",
    /// A user's display name or email address was changed.
    UserEdited = "user_edited",
    /// A user was deleted, with their sessions and second factor: `username`; `sessions`, how many could still be used.
    UserDeleted = "user_deleted",
    /// A user's scopes were replaced: `scopes`, a list.
    UserScopesChanged = "user_scopes_changed",
    /// Users were imported: `created` and `updated`, how many.
    UsersImported = "users_imported",
    /// A scope was added to the catalog or changed: `scope`, and `before`, its earlier name or null.
    ScopeSaved = "scope_saved",
    /// A scope was deleted and taken from its holders: `scope`; `holders`, how many.
    ScopeDeleted = "scope_deleted",
    /// A user signed in.
    SignedIn = "signed_in",
    /// A sign-in was refused: `reason`.
    SignInRefused = "sign_in_refused",
    /// An access token was minted without a sign-in, in a session of its own.
    TokenMinted = "token_minted",
    /// A hand-edited token was signed with a key of this profile: `sub`, the token's subject, shortened, or null;
    /// `fault`, what was made wrong in it, or null.
    TokenSigned = "token_signed",
    /// A signing key was made.
    KeyCreated = "key_created",
    /// A signing key was imported.
    KeyImported = "key_imported",
    /// A signing key became active.
    KeyActivated = "key_activated",
    /// A signing key stopped signing and only verifies.
    KeyRetiring = "key_retiring",
    /// A signing key no longer verifies; its private part was deleted.
    KeyRetired = "key_retired",
    /// A signing key was named: `name`.
    KeyRenamed = "key_renamed",
    /// The record of a retired signing key was deleted.
    KeyDeleted = "key_deleted",
    /// The private part of a signing key was exported.
    KeyExported = "key_exported",
    /// The password was right and a second factor is due.
    SecondFactorDue = "second_factor_due",
    /// A user's failures were reset by hand.
    FailuresReset = "failures_reset",
    /// A user's password was changed; their sessions ended.
    PasswordChanged = "password_changed",
    /// An outdated password hash was replaced at sign-in.
    HashUpgraded = "hash_upgraded",
    /// A refresh token was exchanged for its successor; `generation` is the successor's. `kept`: the token, or an
    /// unused successor, was returned again with a new access token.
    Refreshed = "refreshed",
    /// A used refresh token was forgiven, because nothing of its successor was ever used.
    RefreshForgiven = "refresh_forgiven",
    /// A used refresh token was presented again, `used_seconds_ago`; its session ended.
    RefreshReplayed = "refresh_replayed",
    /// A session was ended; without a `sid`, all of a user's: `sessions`, how many.
    SessionEnded = "session_ended",
    /// An access token was revoked.
    TokenRevoked = "token_revoked",
    /// A second factor was begun and waits for its first code.
    SecondFactorBegun = "second_factor_begun",
    /// A second factor was confirmed with a code.
    SecondFactorConfirmed = "second_factor_confirmed",
    /// A pending second factor was discarded.
    SecondFactorLapsed = "second_factor_lapsed",
    /// A user's second factor was removed; their sessions ended.
    SecondFactorRemoved = "second_factor_removed",
    /// A change of a second factor was refused: `reason`.
    SecondFactorRefused = "second_factor_refused",
    /// A user's recovery codes were replaced by a new set.
    RecoveryCodesReplaced = "recovery_codes_replaced",
    /// A recovery code was used: `left`, how many remain.
    RecoveryCodeUsed = "recovery_code_used",
    /// The key that seals second factors was made: `fingerprint`.
    DataKeyCreated = "data_key_created",
    /// The place of the keys was chosen: `place`.
    VaultChosen = "vault_chosen",
    /// The clock was moved, frozen or released: `clock`, *real*, *shifted* by `ms` or *frozen* at `at_ms`.
    ClockSet = "clock_set",
    /// A setting of the policy was changed: `setting` and `value`.
    PolicyChanged = "policy_changed",
    /// A named policy was saved, perhaps replacing an older one: `name`.
    PolicySaved = "policy_saved",
    /// A named policy was deleted: `name`.
    PolicyDeleted = "policy_deleted",
    /// A client of the issuer was added: `client`, its `client_id`.
    ClientAdded = "client_added",
    /// A client's secret was replaced: `client`.
    ClientSecretReplaced = "client_secret_replaced",
    /// A client was removed; its sessions ended: `client`; `sessions`, how many could still be used.
    ClientRemoved = "client_removed",
    /// A client was given a token on its own behalf: `client`.
    ClientSignedIn = "client_signed_in",
    /// The database turned out to be a copy: all sessions ended, all codes were used up, and all keys are in doubt.
    /// `cause`; `sessions` and `recovery_codes`, how many of each; `keys_retired_since`, how many keys are known to be
    /// retired elsewhere.
    Restored = "restored",
    /// The user confirmed having read what a copy cannot know.
    RestoreRead = "restore_read",
    /// A copy's signing key was found in its place, and verifies again.
    KeyProven = "key_proven",
}

impl EventKind {
    /// Is it done on behalf of the user whom it is about, rather than to them?
    pub(crate) fn is_by_user(self) -> bool {
        matches!(
            self,
            Self::SignedIn
                | Self::SignInRefused
                | Self::SecondFactorDue
                | Self::RecoveryCodeUsed
                | Self::Refreshed
                | Self::RefreshForgiven
                | Self::RefreshReplayed
        )
    }
}

/// A group of events. A kind may belong to two: a replay is a refresh that was refused, and it ended a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventGroup {
    /// Signing in, and tokens that were made without it.
    SignIn,
    /// Uses of refresh tokens.
    Refresh,
    /// What ended: sessions and access tokens.
    Ended,
    /// What was refused.
    Refused,
    /// Changes of users, their passwords, scopes and second factors.
    Users,
    /// Changes and uses of keys.
    Keys,
    /// Changes of the profile and its rules.
    Profile,
}

impl EventGroup {
    /// Every group.
    pub const ALL: &[Self] =
        &[Self::SignIn, Self::Refresh, Self::Ended, Self::Refused, Self::Users, Self::Keys, Self::Profile];
}

impl EventKind {
    /// The groups it belongs to.
    pub fn groups(self) -> &'static [EventGroup] {
        use EventGroup::{Ended, Keys, Profile, Refresh, Refused, SignIn, Users};
        match self {
            Self::SignedIn
            | Self::ClientSignedIn
            | Self::TokenMinted
            | Self::SecondFactorDue
            | Self::RecoveryCodeUsed => &[SignIn],
            Self::SignInRefused => &[SignIn, Refused],
            Self::Refreshed | Self::RefreshForgiven => &[Refresh],
            Self::RefreshReplayed => &[Refresh, Ended, Refused],
            Self::SessionEnded | Self::TokenRevoked => &[Ended],
            Self::UserDeactivated | Self::UserDeleted | Self::PasswordChanged | Self::SecondFactorRemoved => {
                &[Ended, Users]
            }
            Self::SecondFactorRefused => &[Refused, Users],
            Self::UserCreated
            | Self::UserActivated
            | Self::UserEdited
            | Self::UserScopesChanged
            | Self::UsersImported
            | Self::ScopeSaved
            | Self::ScopeDeleted
            | Self::FailuresReset
            | Self::HashUpgraded
            | Self::SecondFactorBegun
            | Self::SecondFactorConfirmed
            | Self::SecondFactorLapsed
            | Self::RecoveryCodesReplaced => &[Users],
            Self::TokenSigned
            | Self::KeyCreated
            | Self::KeyImported
            | Self::KeyActivated
            | Self::KeyRetiring
            | Self::KeyRetired
            | Self::KeyRenamed
            | Self::KeyDeleted
            | Self::KeyExported
            | Self::KeyProven
            | Self::DataKeyCreated
            | Self::VaultChosen => &[Keys],
            Self::Restored => &[Ended, Profile],
            Self::ClientRemoved => &[Ended, Profile],
            Self::ClockSet
            | Self::PolicyChanged
            | Self::PolicySaved
            | Self::PolicyDeleted
            | Self::ClientAdded
            | Self::ClientSecretReplaced
            | Self::RestoreRead => &[Profile],
        }
    }
}
