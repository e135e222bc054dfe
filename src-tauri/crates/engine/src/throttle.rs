//! The soft lock on guessing: after a wrong password or code a user waits a moment before the next try counts.
//!
//! Pure: failures and times in, an answer out. One counter for passwords and codes, kept with the user, so that it
//! survives a restart. Never an outright ban: a stranger must not be able to lock somebody out.

use crate::clock::Timestamp;

/// How long the lock lasts, in milliseconds, after so many failures in a row.
const STEPS: [(u32, i64); 4] = [(1, 1_000), (3, 3_000), (9, 5_000), (25, 10_000)];

/// What is remembered of a user's failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// How many in a row since the last success or reset.
    pub count: u32,
    /// When the last one was.
    pub last_at: Option<Timestamp>,
}

impl Failures {
    /// Until when no try counts; `None` if one counts now.
    ///
    /// A clock that was moved back to before the last failure unlocks: a lock must never outlast its step.
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        let last = self.last_at?;
        let step = STEPS.iter().rev().find(|(count, _)| self.count >= *count).map(|(_, step)| *step)?;
        let until = last.0.saturating_add(step);
        (last.0 <= now.0 && now.0 < until).then_some(Timestamp(until))
    }

    /// The failures after one more.
    #[must_use]
    pub fn and_one_more(self, now: Timestamp) -> Self {
        Self { count: self.count.saturating_add(1), last_at: Some(now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_with_the_failures_and_ends() {
        let at = Timestamp(1_000_000);
        for (count, seconds) in
            [(0, 0), (1, 1), (2, 1), (3, 3), (8, 3), (9, 5), (24, 5), (25, 10), (100, 10), (u32::MAX, 10)]
        {
            let failures = Failures { count, last_at: Some(at) };
            let locked = |ms: i64| failures.locked_until(Timestamp(at.0 + ms)).is_some();
            assert_eq!(locked(0), seconds > 0, "{count} failures");
            assert_eq!(locked(seconds * 1000 - 1), seconds > 0, "{count} failures");
            assert!(!locked(seconds * 1000), "{count} failures");
        }
    }

    #[test]
    fn a_clock_moved_back_does_not_lock_for_longer() {
        let failures = Failures::default().and_one_more(Timestamp(1_000_000));
        assert_eq!(failures.locked_until(Timestamp(0)), None);
        assert_eq!(Failures { count: 5, last_at: Some(Timestamp(i64::MAX)) }.locked_until(Timestamp(i64::MIN)), None);
    }
}
