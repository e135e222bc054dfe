//! The inputs of the checks: the rules, the key, and the known facts. All of them are passed in as values.

use crate::Algorithm;
use crate::key::VerifyingKey;
use crate::kind::Kind;

/// The rules of one resource server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its display name: "items-api".
    pub name: String,
    /// The exact `iss` required (RFC 7519 section 4.1.1); `None` leaves `iss` unchecked.
    pub issuer: Option<String>,
    /// The value `aud` must be or contain (RFC 7519 section 4.1.3); `None` leaves `aud` unchecked.
    pub audience: Option<String>,
    /// The allow list of algorithms (RFC 8725 section 3.1). Empty allows none.
    pub algorithms: Vec<Algorithm>,
    /// The `typ` required, without `application/` (RFC 8725 section 3.11); `None` leaves `typ` unchecked.
    pub typ: Option<String>,
    /// Required claims: "exp", "sub".
    pub required_claims: Vec<String>,
    /// Scopes that the endpoint requires, all of them. Empty: no endpoint chosen.
    pub required_scopes: Vec<String>,
    /// The leeway of the time checks, in seconds.
    pub leeway_seconds: u32,
    /// The longest time between `iat` and `exp`, in seconds, that raises no finding; with [`Policy::own_tokens`], the
    /// longest that is accepted. Zero or less: any.
    pub max_lifetime_seconds: i64,
    /// The issuer's public keys as a JWK Set, kept with the rules: they check the signature unless a key is given.
    pub jwks: Option<String>,
    /// The kind of token that the rules are for, if that kind has rules of its own.
    pub kind: Option<Kind>,
    /// These are the issuer's own rules: user and revocation must be known, a `jti` has 1 to 255 characters, a
    /// `client_id` is a string, and no token lives longer than `max_lifetime_seconds`. None of that can be known about
    /// foreign tokens.
    pub own_tokens: bool,
}

/// The issuer of the samples to learn with; nobody can register a name below `.example` (RFC 2606 section 2).
pub const SAMPLE_ISSUER: &str = "https://issuer.sample.example";

/// The audience that [`Policy::for_samples`] asks for.
pub const SAMPLE_AUDIENCE: &str = "orders-api";

impl Policy {
    /// The rules for the samples to learn with: those of an API that expects [`SAMPLE_ISSUER`] and [`SAMPLE_AUDIENCE`].
    pub fn for_samples() -> Self {
        Policy {
            name: "sample API".to_owned(),
            issuer: Some(SAMPLE_ISSUER.to_owned()),
            audience: Some(SAMPLE_AUDIENCE.to_owned()),
            algorithms: Algorithm::ALL.to_vec(),
            ..Policy::default()
        }
    }

    /// The rules for tokens of a kind from anywhere. Every algorithm is allowed, since each key has exactly one.
    pub fn for_kind(kind: Kind) -> Self {
        Policy {
            name: kind.name().to_owned(),
            algorithms: Algorithm::ALL.to_vec(),
            required_claims: kind.required_claims().iter().map(|name| (*name).to_owned()).collect(),
            kind: Some(kind),
            ..Policy::default()
        }
    }
}

impl Default for Policy {
    /// A policy for foreign tokens: it allows every algorithm but HMAC's and requires no claim but `exp`.
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
            jwks: None,
            kind: None,
            own_tokens: false,
        }
    }
}

/// The evidence to judge a token by: the rules, the key, the known facts, and the time.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The rules.
    pub policy: Policy,
    /// The key to check the signature with.
    pub key: KeyChoice,
    /// What is known about the token and its user.
    pub facts: Facts,
    /// The current time, in seconds since the epoch.
    pub now: i64,
}

/// The key to check the signature with, chosen by the caller. It is never a key from the token itself.
#[derive(Debug, Clone)]
pub enum KeyChoice {
    /// There is no key for this token.
    None {
        /// The reason, in one line: "No key has the kid acc-2026-11".
        reason: String,
    },
    /// A key is available.
    Found {
        /// The key, which has exactly one algorithm.
        key: VerifyingKey,
        /// Its `kid`.
        kid: String,
        /// Where it came from: "this profile", "GNOME Keyring".
        origin: String,
        /// What it is: "Access key, active".
        note: String,
        /// Why its signatures can be trusted.
        trust: KeyTrust,
    },
    /// There may be a key, but it is not available now.
    Unavailable {
        /// The reason, in one line: "GNOME Keyring is locked".
        reason: String,
    },
}

/// Why a key's signatures can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyTrust {
    /// It is the issuer's key, or was given for this token.
    Issuer,
    /// It is the issuer's test key, which signs any claims but is published.
    Test,
    /// It is the issuer's test key and not published: no server trusts its signatures.
    HiddenTest,
}

/// The engine's facts about the token and its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Is the token revoked?
    pub revocation: RevocationFact,
    /// Does its user exist?
    pub user: UserFact,
}

/// What is known about the token's revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevocationFact {
    /// Nothing can be known in this profile; the text says why: "Issued elsewhere".
    Unknown(String),
    /// It should be known but could not be looked up; the text says why.
    Unavailable(String),
    /// The issuer keeps no record of it, by its own rules; the text says so.
    NotKept(String),
    /// Neither the token nor its session is revoked.
    Live {
        /// When its session expires, in seconds since the epoch.
        until: Option<i64>,
    },
    /// This token was revoked.
    TokenRevoked {
        /// When, in seconds since the epoch.
        at: i64,
    },
    /// This refresh token was already used: presenting it again is a replay.
    TokenUsed {
        /// When, in seconds since the epoch.
        at: i64,
    },
    /// Its session has ended.
    SessionEnded {
        /// When, in seconds since the epoch.
        at: i64,
    },
    /// This issuer never started the session it names.
    SessionMissing,
    /// The session it names belongs to a user other than `sub`.
    SessionOfAnother,
    /// It expired so long ago that its revocation would be forgotten.
    Forgotten,
}

/// What is known about the token's user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserFact {
    /// Nothing can be known in this profile; the text says why: "Issued elsewhere".
    Unknown(String),
    /// It should be known but could not be looked up; the text says why.
    Unavailable(String),
    /// There is no such user.
    Missing,
    /// The user exists and may sign in.
    Active {
        /// The scopes the user holds.
        scopes: Vec<String>,
    },
    /// The user exists but is deactivated.
    Inactive,
    /// There is no user: `sub` names the client that asked for the token on its own behalf (RFC 9068 section 2.2).
    Client {
        /// The scopes that the client may have; `None` for all.
        scopes: Option<Vec<String>>,
    },
}

impl RevocationFact {
    /// Is it for this reason that nothing can be said?
    pub(crate) fn is_open_for(&self, why: &str) -> bool {
        matches!(self, Self::Unknown(reason) | Self::Unavailable(reason) if reason == why)
    }
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

    /// Facts for when a lookup failed; `reason` says why: "The database is damaged".
    pub fn unavailable(reason: &str) -> Self {
        Facts {
            revocation: RevocationFact::Unavailable(reason.to_owned()),
            user: UserFact::Unavailable(reason.to_owned()),
        }
    }

    /// Facts for when nothing is known about the token; `reason` says why: "Issued elsewhere".
    pub fn unknown(reason: &str) -> Self {
        Facts { revocation: RevocationFact::Unknown(reason.to_owned()), user: UserFact::Unknown(reason.to_owned()) }
    }
}
