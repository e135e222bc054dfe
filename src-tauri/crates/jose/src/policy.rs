//! What the checks are made against: the rules, the key, and what the world knows. All of it comes in as values.

use crate::Algorithm;
use crate::key::VerifyingKey;

/// The rules of one resource server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its name for people: "items-api".
    pub name: String,
    /// The exact `iss` that is wanted (RFC 7519 section 4.1.1); `None` leaves `iss` unchecked.
    pub issuer: Option<String>,
    /// The value `aud` must be or contain (RFC 7519 section 4.1.3); `None` leaves `aud` unchecked.
    pub audience: Option<String>,
    /// The allow list of algorithms (RFC 8725 section 3.1). Empty allows none.
    pub algorithms: Vec<Algorithm>,
    /// The `typ` that is wanted, without `application/` (RFC 8725 section 3.11); `None` leaves `typ` unchecked.
    pub typ: Option<String>,
    /// Claims that must be there: "exp", "sub".
    pub required_claims: Vec<String>,
    /// Scopes the endpoint needs, all of them. Empty: no endpoint chosen.
    pub required_scopes: Vec<String>,
    /// Seconds the time checks forgive.
    pub leeway_seconds: u32,
    /// The longest time between `iat` and `exp`, in seconds, that raises no finding, or that is accepted at all if
    /// these are [`Policy::own_tokens`]. Zero or less: any.
    pub max_lifetime_seconds: i64,
    /// These are the rules of the issuer itself: user and revocation must be known, a `jti` has 1 to 255 characters,
    /// a `client_id` is a string, and no token lives longer than `max_lifetime_seconds`. Of a stranger's tokens
    /// nobody here can know that.
    pub own_tokens: bool,
}

impl Default for Policy {
    /// A policy that allows every algorithm but HMAC's and wants nothing of the claims but `exp`: for a foreign token.
    fn default() -> Self {
        Policy {
            name: "any issuer".to_owned(),
            issuer: None,
            audience: None,
            algorithms: Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric()).collect(),
            typ: None,
            required_claims: vec!["exp".to_owned()],
            required_scopes: Vec::new(),
            leeway_seconds: 0,
            max_lifetime_seconds: 0,
            own_tokens: false,
        }
    }
}

/// What a token is judged by: the rules, the key, what is known of it, and the moment.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The rules.
    pub policy: Policy,
    /// The key to check the signature with.
    pub key: KeyChoice,
    /// What is known of the token and its user.
    pub facts: Facts,
    /// The moment, in seconds since the epoch.
    pub now: i64,
}

/// The key to check the signature with, chosen by the caller. A key that the token brings along is never one.
#[derive(Debug, Clone)]
pub enum KeyChoice {
    /// There is no key for this token.
    None {
        /// Why not, one line: "No key has the kid acc-2026-11".
        reason: String,
    },
    /// This key.
    Found {
        /// The key; it knows its one algorithm.
        key: VerifyingKey,
        /// Its `kid`.
        kid: String,
        /// Where it came from: "this profile", "GNOME Keyring".
        origin: String,
        /// What it is: "Access key, active".
        note: String,
        /// Why what it signed may be believed.
        trust: KeyTrust,
    },
    /// There may be a key, but it cannot be had now.
    Unavailable {
        /// Why not, one line: "GNOME Keyring is locked".
        reason: String,
    },
}

/// Why what a key signed may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyTrust {
    /// It is the issuer's, or was given for this token.
    Issuer,
    /// It is the issuer's test key, which signs any claims, and is published all the same.
    Test,
    /// It is the issuer's test key and not published: nobody believes what it signed.
    HiddenTest,
}

/// What the engine knows about the token and its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Is it revoked?
    pub revocation: RevocationFact,
    /// Does its user exist?
    pub user: UserFact,
}

/// What is known about the token's revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevocationFact {
    /// Nothing can be known here; the text says why: "Issued elsewhere".
    Unknown(String),
    /// It should be known and could not be looked up; the text says why.
    Unavailable(String),
    /// The issuer keeps no record of it, by its own rules; the text says so.
    NotKept(String),
    /// Neither the token nor its session is revoked.
    Live {
        /// When its session ends by itself, in seconds since the epoch.
        until: Option<i64>,
    },
    /// This token was revoked.
    TokenRevoked {
        /// When, in seconds since the epoch.
        at: i64,
    },
    /// This refresh token was used before: presenting it again is a replay.
    TokenUsed {
        /// When, in seconds since the epoch.
        at: i64,
    },
    /// The session it belongs to has ended.
    SessionEnded {
        /// When, in seconds since the epoch.
        at: i64,
    },
    /// This issuer never started the session it names.
    SessionMissing,
    /// The session it names belongs to another user than `sub`.
    SessionOfAnother,
    /// It ended so long ago that a revocation of it would be forgotten.
    Forgotten,
}

/// What is known about the token's user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserFact {
    /// Nothing can be known here; the text says why: "Issued elsewhere".
    Unknown(String),
    /// It should be known and could not be looked up; the text says why.
    Unavailable(String),
    /// There is no such user.
    Missing,
    /// The user exists and may sign in.
    Active {
        /// The scopes the user holds.
        scopes: Vec<String>,
    },
    /// The user exists and is switched off.
    Inactive,
}

impl Facts {
    /// True if anything at all is known about the token.
    pub fn are_known(&self) -> bool {
        use RevocationFact::{Unavailable, Unknown};
        !matches!(
            (&self.revocation, &self.user),
            (Unknown(_) | Unavailable(_), UserFact::Unknown(_) | UserFact::Unavailable(_))
        )
    }

    /// What should be known could not be looked up; `reason` says why: "The database is damaged".
    pub fn unavailable(reason: &str) -> Self {
        Facts {
            revocation: RevocationFact::Unavailable(reason.to_owned()),
            user: UserFact::Unavailable(reason.to_owned()),
        }
    }

    /// Nothing is known about the token; `reason` says why: "Issued elsewhere".
    pub fn unknown(reason: &str) -> Self {
        Facts { revocation: RevocationFact::Unknown(reason.to_owned()), user: UserFact::Unknown(reason.to_owned()) }
    }
}
