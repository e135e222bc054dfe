//! Every number and rule of the engine, in one value.

use crate::passwords::Lengths;
use jose::Algorithm;
use std::time::Duration;

/// The rules the engine works by. [`Policy::default`] is what a new profile uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `iss` of every token.
    pub issuer: String,
    /// `aud` of every access token: the API it is for.
    pub audience: String,
    /// `client_id` of every access token (RFC 9068 section 2.2).
    pub client_id: String,
    /// How long an access token lives.
    pub access_token_lifetime: Duration,
    /// The longest lifetime an access token may be minted with.
    pub longest_access_token_lifetime: Duration,
    /// The longest a session lasts, however often it is refreshed (RFC 9700 section 4.14.2).
    pub session_lifetime: Duration,
    /// How long a session lasts without being refreshed.
    pub session_idle_limit: Duration,
    /// How long the token between password and second factor lives.
    pub pending_token_lifetime: Duration,
    /// How long a second factor may wait for its first code.
    pub enrollment_lifetime: Duration,
    /// How long an access token lives while revocation is [`Revocation::ShortLived`].
    pub short_lived_lifetime: Duration,
    /// What presenting a refresh token again means.
    pub rotation: Rotation,
    /// How a revoked access token is refused.
    pub revocation: Revocation,
    /// Algorithms a signature may be made with.
    pub algorithms: Vec<Algorithm>,
    /// How many seconds the time checks forgive.
    pub leeway_seconds: u32,
    /// bcrypt's cost for new password hashes: 12 takes 250 to 300 ms on a present computer.
    pub bcrypt_cost: u32,
    /// The fewest characters of a password, counted in code points (NIST SP 800-63B-4 section 3.1.1).
    pub shortest_password: usize,
    /// The same for a user without a second factor, whose password has to do alone. NIST asks for 15.
    pub shortest_password_alone: ShortestAlone,
    /// The most bytes of a password, so that nobody makes the engine hash a film.
    pub longest_password_bytes: usize,
    /// How long the keyring may take to answer.
    pub keyring_deadline: Duration,
    /// How long a person may take to answer the keyring's own prompt.
    pub unlock_deadline: Duration,
}

/// What presenting a refresh token that was used before means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// A replay: the family ends (RFC 9700 section 4.14.2).
    Strict,
    /// The same successor again, for so many seconds after the first use, and only until the successor is used itself.
    /// After that, a replay.
    Grace {
        /// How many seconds.
        seconds: u32,
    },
    /// A new successor in place of the old one, as long as neither token of that was ever used. After that, a replay.
    Evidence,
    /// Nothing: a refresh token is never used up. To show why that is bad.
    None,
}

/// How a revoked access token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// Every token's `jti` and session are looked up.
    DenyList,
    /// Tokens live five minutes and are not looked up: a revoked one is good until it expires. Those that live longer,
    /// from before the change, still are.
    ShortLived,
}

/// The fewest characters of a password that has to do alone: 8, unless it is raised, to 64 at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShortestAlone(u8);

impl ShortestAlone {
    /// The number; `None` if it is not 8 to 64: a password of 64 characters must be accepted (NIST SP 800-63B-4 section
    /// 3.1.1.2).
    pub fn new(characters: u8) -> Option<Self> {
        (8..=64).contains(&characters).then_some(Self(characters))
    }

    /// How many characters.
    pub fn characters(self) -> usize {
        self.0.into()
    }
}

impl Default for ShortestAlone {
    fn default() -> Self {
        Self(8)
    }
}

impl Policy {
    /// How long a password or passphrase may be, as far as nothing else asks for more.
    pub fn password_lengths(&self) -> Lengths {
        Lengths { shortest: self.shortest_password, longest_bytes: self.longest_password_bytes }
    }
}

impl Default for Policy {
    fn default() -> Self {
        use Algorithm::{EdDsa, Es256, Es384, Hs256, Ps256, Rs256};
        Self {
            issuer: "http://localhost:8787".into(),
            audience: "items-api".into(),
            client_id: "workbench".into(),
            access_token_lifetime: Duration::from_secs(15 * 60),
            longest_access_token_lifetime: Duration::from_secs(24 * 60 * 60),
            session_lifetime: Duration::from_secs(7 * 24 * 60 * 60),
            session_idle_limit: Duration::from_secs(24 * 60 * 60),
            pending_token_lifetime: Duration::from_secs(5 * 60),
            enrollment_lifetime: Duration::from_secs(10 * 60),
            short_lived_lifetime: Duration::from_secs(5 * 60),
            rotation: Rotation::Strict,
            revocation: Revocation::DenyList,
            algorithms: vec![Es256, Es384, Rs256, Ps256, EdDsa, Hs256],
            leeway_seconds: 0,
            bcrypt_cost: 12,
            shortest_password: 8,
            shortest_password_alone: ShortestAlone::default(),
            longest_password_bytes: 4096,
            keyring_deadline: Duration::from_secs(5),
            unlock_deadline: Duration::from_secs(120),
        }
    }
}
