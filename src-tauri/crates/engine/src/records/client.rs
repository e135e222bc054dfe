//! A client of the local issuer (RFC 6749 section 2) and what it may do.

use crate::{clock::Timestamp, records::Scope};
use std::{fmt, str::FromStr, time::Duration};

/// How a client asks for tokens: the values of `grant_type` that the issuer knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// A username and a password (RFC 6749 section 4.3).
    Password,
    /// A refresh token (RFC 6749 section 6).
    RefreshToken,
    /// The second step of a sign-in: a pending token and a code, as Auth0 names it.
    MfaOtp,
    /// The same with a recovery code.
    MfaRecoveryCode,
    /// The client on its own behalf (RFC 6749 section 4.4).
    ClientCredentials,
}

impl Grant {
    /// Every grant.
    pub const ALL: [Self; 5] =
        [Self::Password, Self::RefreshToken, Self::MfaOtp, Self::MfaRecoveryCode, Self::ClientCredentials];

    /// The value of `grant_type`, which is also the stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::RefreshToken => "refresh_token",
            Self::MfaOtp => "http://auth0.com/oauth/grant-type/mfa-otp",
            Self::MfaRecoveryCode => "http://auth0.com/oauth/grant-type/mfa-recovery-code",
            Self::ClientCredentials => "client_credentials",
        }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no known `grant_type`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("There is no grant type \"{}\"", .0.escape_debug())]
pub struct UnknownGrant(pub String);

impl FromStr for Grant {
    type Err = UnknownGrant;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == text).ok_or_else(|| UnknownGrant(text.to_owned()))
    }
}

/// The `typ` in the header of a client's access tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AccessTyp {
    /// `at+jwt` (RFC 9068 section 2.1).
    #[default]
    AtJwt,
    /// `JWT`, for resource servers that refuse the other, as Spring Security 7 does by default.
    Jwt,
}

impl AccessTyp {
    /// The header's value, which is also the stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtJwt => "at+jwt",
            Self::Jwt => "JWT",
        }
    }
}

/// The text is no `typ` of an access token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{}\" is neither at+jwt nor JWT", .0.escape_debug())]
pub struct UnknownTyp(pub String);

impl FromStr for AccessTyp {
    type Err = UnknownTyp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::AtJwt, Self::Jwt].into_iter().find(|typ| typ.as_str() == text).ok_or_else(|| UnknownTyp(text.to_owned()))
    }
}

/// A client. Its secret is not part of it: only a hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// A name for people; may be empty.
    pub name: String,
    /// It has a secret and must present it (RFC 6749 section 2.1).
    pub confidential: bool,
    /// The grants it may use.
    pub grants: Vec<Grant>,
    /// The scopes that its tokens may have at most; `None`: all of the catalog.
    pub scopes: Option<Vec<Scope>>,
    /// The lifetime of its access tokens; `None`: the policy's.
    pub access_token_lifetime: Option<Duration>,
    /// The `typ` of its access tokens.
    pub typ: AccessTyp,
    /// When it was added; `None` for the one that always exists.
    pub created_at: Option<Timestamp>,
}

impl Client {
    /// The public client that always exists. It may do all that needs no secret.
    pub(crate) fn builtin(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: "Token Workbench".into(),
            confidential: false,
            grants: vec![Grant::Password, Grant::RefreshToken, Grant::MfaOtp, Grant::MfaRecoveryCode],
            scopes: None,
            access_token_lifetime: None,
            typ: AccessTyp::default(),
            created_at: None,
        }
    }

    /// Is it the one that always exists?
    pub fn is_builtin(&self) -> bool {
        self.created_at.is_none()
    }

    /// May its tokens have this scope?
    pub fn allows(&self, scope: &Scope) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.contains(scope))
    }
}
