//! The engine's only source of the current time, and the only file that may read the system clock.
//!
//! **The rule.** Whatever can be undone uses the engine's clock, which can be moved and frozen at will (`Engine::now`).
//! Whatever cannot be undone (forgetting that a token was revoked or a code used, deleting a private key, forgetting an
//! enrollment) uses the *settled* time and nothing else: such a function takes a [`Settled`], which only
//! `Engine::settled_in` makes. The settled time is never ahead of the engine's clock, the computer's clock, or what the
//! computer's clock showed some hours of its own earlier; see [`Readings`].

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// A moment, in milliseconds since the Unix epoch. Negative before 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// From the first moment of the year 1 to 9999-12-30 22:00:00 UTC: the range that RFC 3339 can express in any time
    /// zone, and that every screen can show.
    pub const SHOWN: std::ops::RangeInclusive<Self> = Self(-62_135_596_800_000)..=Self(253_402_207_200_000);

    /// The moment `seconds` after the Unix epoch, or the nearest one in range.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whole seconds since the Unix epoch, rounded down (RFC 7519 section 2, NumericDate).
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

/// A time that irreversible actions may rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Settled(Timestamp);

impl Settled {
    /// The moment.
    pub(crate) fn at(self) -> Timestamp {
        self.0
    }

    /// The moment `duration` earlier.
    pub(crate) fn before(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// How the clock was running when a code was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Going {
    /// The computer's clock, running without jumps.
    Steady,
    /// The computer's clock, which jumped recently, perhaps only for this use.
    Leapt,
    /// The engine's clock, shifted or frozen.
    Moved,
}

/// The last three readings of the computer's clock that were at least an hour apart, forwards or backwards. They are
/// stored with the profile, so that a clock that jumps for a command or two is not trusted. The earliest one is
/// settled: a clock that is ahead destroys nothing until it was read three times, and never while a correct clock is
/// read in between.
///
/// A clock that stays wrong for hours is the computer's clock, because nothing else could tell the time. A clock set
/// back for good is trusted at once, because it is the earliest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Readings {
    pub(crate) oldest: Timestamp,
    pub(crate) middle: Timestamp,
    pub(crate) newest: Timestamp,
}

impl Readings {
    /// The minimum distance between readings, in milliseconds.
    const APART: u64 = 60 * 60 * 1000;

    /// The readings of a profile about which nothing is known yet: nothing is settled.
    pub(crate) const NONE: Self =
        Self { oldest: Timestamp(i64::MIN), middle: Timestamp(i64::MIN), newest: Timestamp(i64::MIN) };

    /// The readings of a profile created at this moment: nothing existed earlier that could be destroyed.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { oldest: now, middle: now, newest: now }
    }

    /// Adds a reading.
    pub(crate) fn and(self, now: Timestamp) -> Self {
        if now.0.abs_diff(self.newest.0) < Self::APART {
            self
        } else {
            Self { oldest: self.middle, middle: self.newest, newest: now }
        }
    }

    /// The settled time while the computer's clock shows `real` and the engine's shows `moved`.
    pub(crate) fn settled(self, real: Timestamp, moved: Timestamp) -> Settled {
        Settled(self.earliest().min(real).min(moved))
    }

    fn earliest(self) -> Timestamp {
        self.oldest.min(self.middle).min(self.newest)
    }

    /// The latest of the readings.
    pub(crate) fn latest(self) -> Timestamp {
        self.oldest.max(self.middle).max(self.newest)
    }

    /// Whether the clock runs without jumps. In that case the three readings span two hours and a little more.
    pub(crate) fn are_steady(self) -> bool {
        self.latest().0.abs_diff(self.earliest().0) <= 3 * Self::APART
    }
}

/// A source of the current time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Shared ownership of one clock.
impl<C: Clock> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// The computer's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this file is the one place that reads the system clock")]
        let now = SystemTime::now();
        // A clock set before 1970 yields a negative moment instead of a panic.
        Timestamp(match now.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
        })
    }
}

/// Measures how long something takes, by the computer's monotonic clock, which nobody moves.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "this file is the one place that reads the system clock")]
    /// Starts to measure.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct FrozenClock(AtomicI64);

impl FrozenClock {
    /// A clock that shows `at`.
    pub fn new(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.0))
    }

    /// Moves the clock by a number of seconds, backwards if negative.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds.saturating_mul(1000), Ordering::SeqCst);
    }
}

impl Clock for FrozenClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_round_down_on_both_sides_of_the_epoch() {
        assert_eq!(Timestamp(1_999).seconds(), 1);
        assert_eq!(Timestamp(-1).seconds(), -1);
        assert_eq!(Timestamp(-1_000).seconds(), -1);
    }

    const HOUR: i64 = 3_600_000;

    /// What is settled after readings at these hours.
    fn settled_after(hours: &[i64]) -> (i64, bool) {
        let read = |readings: Readings, hour: &i64| readings.and(Timestamp(hour * HOUR));
        let readings = hours.iter().fold(Readings::new(Timestamp(0)), read);
        (readings.earliest().0 / HOUR, readings.are_steady())
    }

    #[test]
    fn a_clock_is_believed_once_it_was_read_three_times_an_hour_apart_and_never_before() {
        let year = 8_766;
        for (readings, settled, steady) in [
            (&[][..], 0, true),
            (&[0, 0, 0], 0, true),
            (&[1, 2], 0, true),
            (&[1, 2, 3], 1, true),
            (&[1, 2, 3, 4, 5], 3, true),
            (&[year], 0, false),
            (&[year, year, year, year], 0, false),
            (&[3, 192], 0, false),
            (&[year, 10 * year], 0, false),
            (&[3, 0, 192, 0, year, 0, 10 * year, 0], 0, false),
            (&[3, 192, 0, year, 10 * year, 0, 3, 192, 0], 0, false),
            (&[3, 192, 0, 1, 2], 0, true),
            (&[-year], -year, false),
            (&[-year, 0], -year, false),
            (&[-year, 0, 1, 2], 0, true),
            (&[year, year + 1, year + 2], year, true),
            (&[year, year + 1, year + 2, 0], 0, false),
            (&[24, 48, 72, 96], 48, false),
        ] {
            assert_eq!(settled_after(readings), (settled, steady), "{readings:?}");
        }
    }

    #[test]
    fn what_is_settled_is_never_ahead_of_any_clock() {
        let readings = Readings::new(Timestamp(100));
        for (real, moved, settled) in [(200, 300, 100), (50, 300, 50), (200, 70, 70), (i64::MAX, i64::MIN, i64::MIN)] {
            assert_eq!(readings.settled(Timestamp(real), Timestamp(moved)).at(), Timestamp(settled));
        }
        let unknown = Readings::NONE.and(Timestamp(i64::MAX));
        assert_eq!(unknown.settled(Timestamp(i64::MAX), Timestamp(i64::MAX)).at(), Timestamp(i64::MIN));
        assert!(!unknown.are_steady());
    }

    #[test]
    fn a_frozen_clock_moves_only_when_moved() {
        let clock = FrozenClock::new(Timestamp::from_seconds(100));
        assert_eq!(clock.now(), clock.now());
        clock.advance_seconds(-200);
        assert_eq!(clock.now().seconds(), -100);
    }
}
