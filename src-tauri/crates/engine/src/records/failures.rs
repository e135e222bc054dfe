//! A user's failed attempts, and the lock that follows from them.

use crate::clock::Timestamp;
use jose::words::span;
use std::time::Duration;

/// The lock's duration in seconds, by the number of consecutive failures from which it applies.
const STEPS: [(u32, i64); 9] =
    [(1, 1), (3, 3), (9, 5), (25, 10), (40, 30), (50, 60), (60, 5 * 60), (70, 15 * 60), (80, 60 * 60)];

/// A user's failed attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// The number of consecutive failures since the last success or reset.
    pub count: u32,
    /// The time of the last failure, by the computer's clock.
    pub last_at: Option<Timestamp>,
}

/// Why no attempt is evaluated now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// It ends by itself at that time.
    Until(Timestamp),
    /// [`crate::Rules::most_failures`] was reached: the lock ends with [`crate::Engine::reset_failures`],
    /// [`crate::Engine::set_password`] or [`crate::Engine::recover_sign_in`].
    UntilReset,
}

/// An attempt came too soon after wrong ones, so it was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This 2FA code was not looked at after wrong attempts: {}, then try it again", .left.map_or_else(
    || "end the lock of the user".to_owned(),
    |left| format!("wait {}", span(left.as_secs())),
))]
pub struct TooManyTries {
    /// How long to wait, in whole seconds; `None` if the lock lasts until it is ended.
    pub left: Option<Duration>,
}

impl Lock {
    /// How long it lasts from a time of the computer's clock, rounded up to whole seconds; `None` if until reset.
    pub fn left(self, now: Timestamp) -> Option<Duration> {
        let Self::Until(until) = self else { return None };
        let milliseconds = u64::try_from(until.0.saturating_sub(now.0)).unwrap_or_default();
        Some(Duration::from_secs(milliseconds.div_ceil(1_000)))
    }
}

impl Failures {
    /// The lock at a time of the computer's clock, where `most` failures lock until reset; `None` if an attempt is
    /// evaluated now.
    pub fn lock(self, now: Timestamp, most: u32) -> Option<Lock> {
        if self.count >= most {
            return Some(Lock::UntilReset);
        }
        let last = self.known_by(now).last_at?;
        let (_, seconds) = STEPS.iter().rev().find(|(count, _)| self.count >= *count)?;
        let until = last.0.saturating_add(seconds * 1_000);
        (now.0 < until).then_some(Lock::Until(Timestamp(until)))
    }

    /// A failure cannot lie in the future: the clock was set back since. That neither opens the lock nor extends it
    /// beyond its duration from now.
    pub(crate) fn known_by(self, now: Timestamp) -> Self {
        Self { last_at: self.last_at.map(|last| last.min(now)), ..self }
    }

    /// Adds a failure.
    pub(crate) fn and_one_more(self, now: Timestamp) -> Self {
        Self { count: self.count.saturating_add(1), last_at: Some(now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: u32 = 100;

    #[test]
    fn the_wait_grows_with_the_failures_and_ends() {
        let at = Timestamp(1_000_000);
        for (count, seconds) in [
            (0, 0),
            (1, 1),
            (2, 1),
            (3, 3),
            (8, 3),
            (9, 5),
            (24, 5),
            (25, 10),
            (40, 30),
            (50, 60),
            (60, 300),
            (70, 900),
            (80, 3600),
            (99, 3600),
        ] {
            let failures = Failures { count, last_at: Some(at) };
            let locked = |ms: i64| failures.lock(Timestamp(at.0 + ms), MOST).is_some();
            assert_eq!(locked(0), seconds > 0, "{count} failures");
            assert_eq!(locked(seconds * 1000 - 1), seconds > 0, "{count} failures");
            assert!(!locked(seconds * 1000), "{count} failures");
        }
    }

    #[test]
    fn a_hundred_failures_lock_until_somebody_ends_it() {
        for count in [MOST, MOST + 1, u32::MAX] {
            for now in [Timestamp(i64::MIN), Timestamp(0), Timestamp(i64::MAX)] {
                assert_eq!(Failures { count, last_at: Some(Timestamp(0)) }.lock(now, MOST), Some(Lock::UntilReset));
            }
        }
    }

    #[test]
    fn a_clock_set_back_neither_opens_a_lock_nor_makes_it_last() {
        let failures = Failures::default().and_one_more(Timestamp(1_000_000));
        assert_eq!(failures.lock(Timestamp(0), MOST), Some(Lock::Until(Timestamp(1_000))));
        let last = Failures { count: 5, last_at: Some(Timestamp(i64::MAX)) };
        assert_eq!(last.lock(Timestamp(0), MOST), Some(Lock::Until(Timestamp(3_000))));
        assert_eq!(last.known_by(Timestamp(0)).lock(Timestamp(3_000), MOST), None, "counted from when it was seen");
    }

    #[test]
    fn the_documented_number_of_tries_takes_the_documented_time() {
        let mut failures = Failures::default();
        let mut now = Timestamp(0);
        while failures.count < MOST {
            if let Some(Lock::Until(until)) = failures.lock(now, MOST) {
                now = until;
            }
            failures = failures.and_one_more(now);
        }
        assert_eq!(now.seconds(), 85_150, "docs/security.md, section Guessing");
    }
}
