//! The engine's rules as one value. A profile stores only those it changed; the others are the program's defaults.

mod changed;
mod table;

pub use table::{Allowed, RULES, Rule};

pub use changed::RulesError;
pub(crate) use changed::{Changed, KnownRules};

use crate::passwords::Lengths;
use jose::Algorithm;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::Duration};

/// The engine's rules; `twb policy` shows them. [`Rules::default`] applies to a new profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// `iss` of every token.
    pub issuer: String,
    /// `aud` of every access token: the API it is for.
    pub audience: String,
    /// `client_id` of every access token (RFC 9068 section 2.2).
    pub client_id: String,
    /// The lifetime of an access token.
    #[serde(with = "seconds")]
    pub access_token_lifetime: Duration,
    /// The maximum lifetime with which an access token may be minted.
    #[serde(with = "seconds")]
    pub longest_access_token_lifetime: Duration,
    /// The lifetime of an access token while revocation is [`Revocation::ShortLived`].
    #[serde(with = "seconds")]
    pub short_lived_lifetime: Duration,
    /// The maximum lifetime of a session, however often it is refreshed (RFC 9700 section 4.14.2).
    #[serde(with = "seconds")]
    pub session_lifetime: Duration,
    /// How long a session lasts without being refreshed.
    #[serde(with = "seconds")]
    pub session_idle_limit: Duration,
    /// The lifetime of the token between password and second factor.
    #[serde(with = "seconds")]
    pub pending_token_lifetime: Duration,
    /// How long a second factor may wait for its first code.
    #[serde(with = "seconds")]
    pub enrollment_lifetime: Duration,
    /// What happens when a refresh token is presented again.
    #[serde(with = "text")]
    pub rotation: Rotation,
    /// How revoked access tokens are refused.
    #[serde(with = "text")]
    pub revocation: Revocation,
    /// The allowed signature algorithms.
    #[serde(with = "algorithms")]
    pub algorithms: Vec<Algorithm>,
    /// Whether the test key is published, so that servers accept its tokens.
    pub test_key_published: bool,
    /// The tolerance of the time checks, in seconds.
    pub leeway_seconds: u32,
    /// The bcrypt cost of new password hashes: 12 takes 250 to 300 ms on a present-day computer.
    pub bcrypt_cost: u32,
    /// The minimum length of a password in code points (NIST SP 800-63B-4 section 3.1.1).
    pub shortest_password: usize,
    /// The minimum length for a user without a second factor. NIST requires 15.
    pub shortest_password_alone: usize,
    /// The maximum length of a password in bytes, so that nobody makes the engine hash huge inputs.
    pub longest_password_bytes: usize,
    /// The number of consecutive failures that locks a user until reset (NIST SP 800-63B-4 section 3.2.2).
    pub most_failures: u32,
}

/// What happens when a used refresh token is presented again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// It is a replay: the family ends (RFC 9700 section 4.14.2).
    Strict,
    /// Returns the same successor for this many seconds after the first use, and only until the successor itself is
    /// used. After that it is a replay.
    Grace {
        /// The grace period in seconds.
        seconds: u32,
    },
    /// Issues a new successor in place of the old one, until either token of that pair is used. After that it is a
    /// replay.
    Evidence,
    /// Nothing: a refresh token is never used up. To demonstrate why that is bad.
    None,
}

/// How a revoked access token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// Every token's `jti` and session are looked up.
    DenyList,
    /// Tokens live five minutes and are not looked up, so a revoked token works until it expires. Tokens with a longer
    /// lifetime, from before the change, are still looked up.
    ShortLived,
}

/// The text is not a valid value for a rule or the clock.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{}\" is not a known setting", .0.escape_debug())]
pub struct UnknownSetting(pub(crate) String);

impl Rules {
    /// The limits on a password or passphrase, where nothing stricter applies.
    pub fn password_lengths(&self) -> Lengths {
        Lengths { shortest: self.shortest_password, longest_bytes: self.longest_password_bytes }
    }

    /// The idle limit of a session, in milliseconds.
    pub(crate) fn session_idle_ms(&self) -> i64 {
        i64::try_from(self.session_idle_limit.as_millis()).unwrap_or(i64::MAX)
    }

    /// The maximum lifetime of any access token in the present revocation mode.
    pub(crate) fn longest_lifetime(&self) -> Duration {
        match self.revocation {
            Revocation::DenyList => self.longest_access_token_lifetime,
            Revocation::ShortLived => self.short_lived_lifetime.min(self.longest_access_token_lifetime),
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        use Algorithm::{EdDsa, Es256, Es384, Hs256, Ps256, Rs256};
        Self {
            issuer: "http://localhost:8787".into(),
            audience: "items-api".into(),
            client_id: "workbench".into(),
            access_token_lifetime: Duration::from_secs(15 * 60),
            longest_access_token_lifetime: Duration::from_secs(24 * 60 * 60),
            short_lived_lifetime: Duration::from_secs(5 * 60),
            session_lifetime: Duration::from_secs(7 * 24 * 60 * 60),
            session_idle_limit: Duration::from_secs(24 * 60 * 60),
            pending_token_lifetime: Duration::from_secs(5 * 60),
            enrollment_lifetime: Duration::from_secs(10 * 60),
            rotation: Rotation::Strict,
            revocation: Revocation::DenyList,
            algorithms: vec![Es256, Es384, Rs256, Ps256, EdDsa, Hs256],
            test_key_published: false,
            leeway_seconds: 0,
            bcrypt_cost: 12,
            shortest_password: 8,
            shortest_password_alone: 8,
            longest_password_bytes: 4096,
            most_failures: 100,
        }
    }
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strict => f.write_str("strict"),
            Self::Grace { seconds } => write!(f, "grace {seconds}"),
            Self::Evidence => f.write_str("evidence"),
            Self::None => f.write_str("none"),
        }
    }
}

impl FromStr for Rotation {
    type Err = UnknownSetting;

    fn from_str(text: &str) -> Result<Self, UnknownSetting> {
        match text.split_once(' ').unwrap_or((text, "")) {
            ("strict", "") => Ok(Self::Strict),
            ("evidence", "") => Ok(Self::Evidence),
            ("none", "") => Ok(Self::None),
            ("grace", seconds) => {
                seconds.parse().map(|seconds| Self::Grace { seconds }).map_err(|_| UnknownSetting(text.into()))
            }
            _ => Err(UnknownSetting(text.into())),
        }
    }
}

impl fmt::Display for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DenyList => "deny-list",
            Self::ShortLived => "short-lived",
        })
    }
}

impl FromStr for Revocation {
    type Err = UnknownSetting;

    fn from_str(text: &str) -> Result<Self, UnknownSetting> {
        match text {
            "deny-list" => Ok(Self::DenyList),
            "short-lived" => Ok(Self::ShortLived),
            _ => Err(UnknownSetting(text.into())),
        }
    }
}

/// A value stored as the text that it is shown as.
mod text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::{fmt::Display, str::FromStr};

    pub(super) fn serialize<S: Serializer>(value: &impl Display, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub(super) fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// A duration as whole seconds.
mod seconds {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::time::Duration;

    pub(super) fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(duration.as_secs())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_secs)
    }
}

/// Algorithms by their names.
mod algorithms {
    use jose::Algorithm;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(algorithms: &[Algorithm], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(algorithms.iter().map(|algorithm| algorithm.as_str()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Algorithm>, D::Error> {
        let names = Vec::<String>::deserialize(from)?;
        names.iter().map(|name| name.parse().map_err(D::Error::custom)).collect()
    }
}
