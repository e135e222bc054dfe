//! The engine's clock: equal to the computer's, shifted, or frozen. Also records readings of the computer's clock.

use super::{UnknownSetting, kept_or, read_or};
use crate::{
    Engine,
    clock::{Going, Readings, Settled, Timestamp},
    records::{EventKind, NewEvent},
    store::{self, Db, DbResult, Stop, StoreError, Tx, settings},
};
use serde_json::{Value, json};
use std::{fmt, str::FromStr};

const CLOCK: &str = "clock";

/// How the engine's clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockSetting {
    /// Equal to the computer's clock.
    Real,
    /// This many milliseconds ahead of the computer's clock, or behind it if negative.
    Shifted {
        /// The difference in milliseconds.
        ms: i64,
    },
    /// Frozen.
    Frozen {
        /// The time it shows.
        at: Timestamp,
    },
}

impl ClockSetting {
    /// What the clock shows while the computer's shows `real`, clamped to [`Timestamp::SHOWN`].
    pub fn apply(self, real: Timestamp) -> Timestamp {
        self.unbounded(real).clamp(*Timestamp::SHOWN.start(), *Timestamp::SHOWN.end())
    }

    fn unbounded(self, real: Timestamp) -> Timestamp {
        match self {
            Self::Real => real,
            Self::Shifted { ms } => Timestamp(real.0.saturating_add(ms)),
            Self::Frozen { at } => at,
        }
    }
}

/// Why the clock was not moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// It would show a time outside the years 1 to 9999.
    #[error("The clock can show the years 1 to 9999; it stays as it is")]
    OutOfRange,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl fmt::Display for ClockSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real => f.write_str("real"),
            Self::Shifted { ms } => write!(f, "shifted {ms}"),
            Self::Frozen { at } => write!(f, "frozen {}", at.0),
        }
    }
}

impl FromStr for ClockSetting {
    type Err = UnknownSetting;

    fn from_str(text: &str) -> Result<Self, UnknownSetting> {
        let unknown = || UnknownSetting(text.into());
        let (kind, number) = text.split_once(' ').unwrap_or((text, ""));
        let number = || number.parse::<i64>().map_err(|_| unknown());
        match kind {
            "real" => Ok(Self::Real),
            "shifted" => Ok(Self::Shifted { ms: number()? }),
            "frozen" => Ok(Self::Frozen { at: Timestamp(number()?) }),
            _ => Err(unknown()),
        }
    }
}

impl Engine {
    /// The engine's present moment.
    ///
    /// # Errors
    /// [`StoreError`]: the clock's setting is stored with the profile.
    pub fn now(&self) -> Result<Timestamp, StoreError> {
        self.store.read(|db| self.now_in(db))
    }

    /// The present moment, within a transaction.
    pub(crate) fn now_in(&self, db: &Db) -> DbResult<Timestamp> {
        Ok(self.now_kept(settings::read(db, CLOCK)?.as_deref()))
    }

    /// The present moment, by the clock's stored setting.
    pub(crate) fn now_kept(&self, kept: Option<&str>) -> Timestamp {
        kept_or(kept, ClockSetting::Real).apply(self.clock.now())
    }

    /// Reads the computer's clock and returns the settled time, for irreversible actions. The new reading counts from
    /// the next transaction on.
    pub(crate) fn settled_in(&self, tx: &Tx<'_>) -> DbResult<Settled> {
        let real = self.clock.now();
        Ok(take_reading(tx, real)?.settled(real, self.now_in(tx)?))
    }

    /// Records a reading of the computer's clock, so that the settled time advances while the profile is in use.
    pub(crate) fn note_time(&self, tx: &Tx<'_>) -> DbResult<()> {
        take_reading(tx, self.clock.now()).map(drop)
    }

    /// Records a reading when a profile is opened, unless another process is writing: every process leaves a reading,
    /// even one that only reads.
    pub(crate) fn note_time_if_free(&self) {
        let real = self.clock.now();
        let noted = self.store.read(store::profile::readings).and_then(|before| {
            if before.and(real) == before {
                return Ok(());
            }
            self.store.write_if_free(|tx| take_reading(tx, real).map(drop))
        });
        if let Err(error) = noted {
            tracing::debug!(%error, "the time was not noted");
        }
    }

    /// How the engine's clock is running.
    pub(crate) fn going_in(&self, db: &Db) -> DbResult<Going> {
        if read_or(db, CLOCK, ClockSetting::Real)? != ClockSetting::Real {
            return Ok(Going::Moved);
        }
        let readings = store::profile::readings(db)?.and(self.clock.now());
        Ok(if readings.are_steady() { Going::Steady } else { Going::Leapt })
    }

    /// The latest time that any clock shows or has shown lately. Use it for expiries, so that nothing made earlier is
    /// measured from too early a time.
    pub(crate) fn latest_in(&self, db: &Db) -> DbResult<Timestamp> {
        Ok(self.now_in(db)?.max(self.clock.now()).max(store::profile::readings(db)?.latest()))
    }

    /// The clock's setting.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn clock_setting(&self) -> Result<ClockSetting, StoreError> {
        self.store.read(|db| read_or(db, CLOCK, ClockSetting::Real))
    }

    /// Moves, freezes or releases the clock. Sessions, tokens, codes and everything else that can be undone use it;
    /// locks use the computer's clock.
    ///
    /// # Errors
    /// [`ClockError`]
    pub fn set_clock(&self, setting: ClockSetting) -> Result<(), ClockError> {
        self.change_clock(|_| setting)
    }

    /// Moves the clock from its present time, back if `seconds` is negative. It keeps running or stays frozen as
    /// before.
    ///
    /// # Errors
    /// [`ClockError`]
    pub fn move_clock(&self, seconds: i64) -> Result<(), ClockError> {
        let by = seconds.saturating_mul(1_000);
        self.change_clock(|before| match before {
            ClockSetting::Real => ClockSetting::Shifted { ms: by },
            ClockSetting::Shifted { ms } => ClockSetting::Shifted { ms: ms.saturating_add(by) },
            ClockSetting::Frozen { at } => ClockSetting::Frozen { at: Timestamp(at.0.saturating_add(by)) },
        })
    }

    /// One transaction, so that two simultaneous moves both count.
    fn change_clock(&self, change: impl FnOnce(ClockSetting) -> ClockSetting) -> Result<(), ClockError> {
        self.store.decide(|tx| {
            let at = self.clock.now();
            let setting = match change(read_or(tx, CLOCK, ClockSetting::Real)?) {
                ClockSetting::Shifted { ms: 0 } => ClockSetting::Real,
                setting => setting,
            };
            if setting != ClockSetting::Real && !Timestamp::SHOWN.contains(&setting.unbounded(at)) {
                return Err(Stop::Refused(ClockError::OutOfRange));
            }
            // Take a reading, so that a profile whose first change is to its clock knows the real time.
            take_reading(tx, at)?;
            put_clock(tx, at, setting)?;
            Ok(())
        })
    }
}

/// Adds a reading of the computer's clock. Returns the readings before it.
fn take_reading(tx: &Tx<'_>, real: Timestamp) -> DbResult<Readings> {
    let before = store::profile::readings(tx)?;
    let after = before.and(real);
    if after != before {
        store::profile::keep_readings(tx, after)?;
    }
    Ok(before)
}

fn put_clock(tx: &Db, at: Timestamp, setting: ClockSetting) -> DbResult<()> {
    let text = (setting != ClockSetting::Real).then(|| setting.to_string());
    settings::write(tx, CLOCK, text.as_deref())?;
    store::events::record(tx, at, &NewEvent::of(EventKind::ClockSet).detail(described(setting)))
}

fn described(setting: ClockSetting) -> Value {
    match setting {
        ClockSetting::Real => json!({ "clock": "real" }),
        ClockSetting::Shifted { ms } => json!({ "clock": "shifted", "ms": ms }),
        ClockSetting::Frozen { at } => json!({ "clock": "frozen", "at_ms": at.0 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for odd in ["", "shifted", "shifted x"] {
            assert!(odd.parse::<ClockSetting>().is_err(), "{odd}");
        }
    }

    #[test]
    fn no_clock_shows_a_moment_that_no_screen_can_show() {
        let (first, last) = (*Timestamp::SHOWN.start(), *Timestamp::SHOWN.end());
        assert_eq!(ClockSetting::Shifted { ms: i64::MAX }.apply(Timestamp(1)), last);
        assert_eq!(ClockSetting::Shifted { ms: i64::MIN }.apply(Timestamp(-1)), first);
        assert_eq!(ClockSetting::Real.apply(Timestamp(i64::MAX)), last, "a computer's clock in the year 285,000,000");
        assert_eq!(ClockSetting::Frozen { at: Timestamp(i64::MIN) }.apply(Timestamp(0)), first);
    }
}
