//! What happened: one event for every change of state, written in the transaction that makes the change.

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
    /// An access token was minted without a sign-in; the subject is its `jti`.
    TokenMinted,
    /// A signing key was made; the subject is its `kid`.
    KeyCreated,
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
            Self::KeyCreated => "key_created",
        }
    }
}
