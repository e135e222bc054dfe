//! What may be changed while a profile is in use: the clock, the rotation preset, how revocation works. Kept with the
//! profile, so that the window and `twb` go by the same.

mod clock;

pub use clock::{ClockError, ClockSetting};

use crate::{
    Engine,
    policy::{Revocation, Rotation, ShortestAlone},
    records::{EventKind, NewEvent},
    store::{self, Db, DbResult, StoreError, settings},
};
use serde_json::{Value, json};
use std::{fmt, str::FromStr};

const ROTATION: &str = "rotation";
const TEST_KEY: &str = "test_key";

/// The one value of [`TEST_KEY`]; without it the test key is not published.
const PUBLISHED: &str = "published";
const SHORTEST_ALONE: &str = "shortest_password_alone";

/// A stored setting that this version cannot read. It is then as if it were not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{}\" is not a known setting", .0.escape_debug())]
pub struct UnknownSetting(String);

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

impl fmt::Display for ShortestAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.characters())
    }
}

impl FromStr for ShortestAlone {
    type Err = UnknownSetting;

    fn from_str(text: &str) -> Result<Self, UnknownSetting> {
        text.parse().ok().and_then(Self::new).ok_or_else(|| UnknownSetting(text.into()))
    }
}

impl Engine {
    /// What presenting a used refresh token means now.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn rotation(&self) -> Result<Rotation, StoreError> {
        self.store.read(|db| self.rotation_in(db))
    }

    /// Changes what presenting a used refresh token means, from the next refresh on.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn set_rotation(&self, rotation: Rotation) -> Result<(), StoreError> {
        self.set(ROTATION, Some(&rotation.to_string()), "rotation", json!(rotation.to_string()))
    }

    /// How revoked access tokens are refused now.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn revocation(&self) -> Result<Revocation, StoreError> {
        self.store.read(|db| self.revocation_in(db))
    }

    /// Changes how revoked access tokens are refused. Tokens that were made before and live longer than short-lived
    /// ones are looked up until they expire.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn set_revocation(&self, revocation: Revocation) -> Result<(), StoreError> {
        self.set(settings::REVOCATION, Some(&revocation.to_string()), "revocation", json!(revocation.to_string()))
    }

    /// Is the test key published, so that servers accept what it signs?
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn publishes_test_key(&self) -> Result<bool, StoreError> {
        self.store.read(|db| self.publishes_test_key_in(db))
    }

    /// Publishes the test key, or withdraws it. What it signed is taken from then on, or no longer.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn publish_test_key(&self, publish: bool) -> Result<(), StoreError> {
        self.set(TEST_KEY, publish.then_some(PUBLISHED), "test_key_published", json!(publish))
    }

    pub(crate) fn publishes_test_key_in(&self, db: &Db) -> DbResult<bool> {
        Ok(publishes_test_key(settings::read(db, TEST_KEY)?.as_deref()))
    }

    /// The fewest characters of the password of a user without a second factor.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn shortest_password_alone(&self) -> Result<ShortestAlone, StoreError> {
        self.store.read(|db| read_or(db, SHORTEST_ALONE, self.policy.shortest_password_alone))
    }

    /// Changes the fewest characters of the password of a user without a second factor, from the next new password on.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn set_shortest_password_alone(&self, shortest: ShortestAlone) -> Result<(), StoreError> {
        let value = shortest.to_string();
        self.set(SHORTEST_ALONE, Some(&value), "shortest_password_alone", json!(shortest.characters()))
    }

    pub(crate) fn rotation_in(&self, db: &Db) -> DbResult<Rotation> {
        Ok(self.rotation_kept(settings::read(db, ROTATION)?.as_deref()))
    }

    /// The rotation preset by that setting as it is kept.
    pub(crate) fn rotation_kept(&self, kept: Option<&str>) -> Rotation {
        kept_or(kept, self.policy.rotation)
    }

    pub(crate) fn revocation_in(&self, db: &Db) -> DbResult<Revocation> {
        Ok(self.revocation_kept(settings::read(db, settings::REVOCATION)?.as_deref()))
    }

    /// How revocation works by a setting as it is kept.
    pub(crate) fn revocation_kept(&self, kept: Option<&str>) -> Revocation {
        kept_or(kept, self.policy.revocation)
    }

    /// Keeps a value, and writes down under which name a person knows it and what it is.
    fn set(&self, name: &str, value: Option<&str>, known_as: &str, shown: Value) -> Result<(), StoreError> {
        let at = self.clock.now();
        let event = NewEvent::of(EventKind::PolicyChanged).detail(json!({ "setting": known_as, "value": shown }));
        self.store.write(|tx| {
            settings::write(tx, name, value)?;
            store::events::record(tx, at, &event)
        })
    }
}

fn read_or<T: FromStr>(db: &Db, name: &str, default: T) -> DbResult<T> {
    Ok(kept_or(settings::read(db, name)?.as_deref(), default))
}

/// Is the test key published, by that setting as it is kept?
pub(crate) fn publishes_test_key(kept: Option<&str>) -> bool {
    kept == Some(PUBLISHED)
}

/// A setting as it is kept, or what holds without it.
fn kept_or<T: FromStr>(kept: Option<&str>, default: T) -> T {
    kept.and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    #[test]
    fn what_is_kept_is_read_back() {
        for setting in [
            ClockSetting::Real,
            ClockSetting::Shifted { ms: -90_000 },
            ClockSetting::Shifted { ms: i64::MIN },
            ClockSetting::Frozen { at: Timestamp(-1) },
        ] {
            assert_eq!(setting.to_string().parse(), Ok(setting));
        }
        for rotation in [Rotation::Strict, Rotation::Grace { seconds: 10 }, Rotation::Evidence, Rotation::None] {
            assert_eq!(rotation.to_string().parse(), Ok(rotation));
        }
        for mode in [Revocation::DenyList, Revocation::ShortLived] {
            assert_eq!(mode.to_string().parse(), Ok(mode));
        }
        for shortest in [8, 15, 64].map(|characters| ShortestAlone::new(characters).unwrap()) {
            assert_eq!(shortest.to_string().parse(), Ok(shortest));
        }
        for odd in ["", "7", "65", "-8", "256", "8 "] {
            assert!(odd.parse::<ShortestAlone>().is_err(), "{odd}");
        }
        for odd in ["", "shifted", "shifted x", "strict 1", "grace", "grace -1", "grace 1 2"] {
            assert!(odd.parse::<ClockSetting>().is_err() && odd.parse::<Rotation>().is_err(), "{odd}");
        }
    }
}
