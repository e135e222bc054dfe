//! Codes: generating them, and accepting each at most once.

use super::{CodeAlgorithm, CodeSettings, secret_of, settings};
use crate::{
    Engine,
    clock::{Going, Timestamp},
    data_key::DataKeyError,
    sealed::DataKey,
    secret::SecretText,
    store::{self, Db, DbResult, StoreError, Tx, totp_factors::FactorRow},
};
use aws_lc_rs::constant_time;
use std::time::Duration;
use zeroize::Zeroizing;

/// How many time steps before and after the present one are accepted: phone clocks drift, and people type slowly (RFC
/// 6238 section 5.2). With six digits, a blind guess succeeds 3 times in a million.
const TOLERANCE: i64 = 1;

/// How long used codes are remembered. Older ones are always refused, whatever the clock shows.
const REMEMBERED: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The result of checking a code at sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeCheck {
    /// The code is right, and used up now.
    Accepted {
        /// The time step it belongs to.
        step: i64,
    },
    /// The code is right, but it or a later one was accepted before.
    Replayed {
        /// The time step it belongs to.
        step: i64,
    },
    /// The code belongs to no step accepted now.
    Wrong,
    /// It is a code of another time within an hour.
    OtherTime {
        /// How many seconds from now; negative if it is past.
        seconds: i64,
    },
    /// It has another length than the codes of this factor.
    OtherLength {
        /// How many digits these have.
        digits: u8,
        /// How many characters were typed.
        typed: usize,
    },
    /// The user has no confirmed factor.
    NotEnrolled,
    /// The stored secret was not sealed for this user with this key.
    Unreadable,
}

/// The codes a server accepts at one moment, for comparison with the phone's.
#[derive(Debug, Clone)]
pub struct CodeWindow {
    /// The moment.
    pub now: Timestamp,
    /// The length of a step in seconds.
    pub period_seconds: u32,
    /// The accepted steps, oldest first. There are no steps before 1970.
    pub steps: Vec<WindowStep>,
}

/// One step of a [`CodeWindow`].
#[derive(Debug, Clone)]
pub struct WindowStep {
    /// Its number: periods since 1970 (RFC 6238 section 4.2, T).
    pub step: i64,
    /// When it begins on an accurate clock.
    pub begins_at: Timestamp,
    /// Its code.
    pub code: SecretText,
    /// It no longer works, because its code or a later one was accepted before.
    pub used: bool,
}

/// Why the codes cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeWindowError {
    /// The secret cannot be opened.
    #[error(transparent)]
    DataKey(#[from] DataKeyError),
    /// The stored secret was not sealed for this user.
    #[error("The stored second factor cannot be read: it was changed, or belongs to somebody else")]
    Unreadable,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Checks a code and uses it up, within the sign-in's transaction. White space in the code is ignored.
    ///
    /// Writes no event; the sign-in does, because it knows what the code was for.
    pub(crate) fn verify_code(
        &self,
        tx: &Tx<'_>,
        key: &DataKey,
        user: i64,
        typed: &str,
        now: Timestamp,
    ) -> DbResult<CodeCheck> {
        let row = store::totp_factors::of_user(tx, user)?.filter(|row| row.confirmed_at.is_some());
        let Some(row) = row else { return Ok(CodeCheck::NotEnrolled) };
        let Some(generator) = Generator::open(key, user, &row) else { return Ok(CodeCheck::Unreadable) };
        let going = self.going_in(tx)?;
        let spent = spent_at(tx, user, &row, &generator, now, going)?;
        let Some(step) = generator.find(typed, now, &spent) else {
            let (wanted, length) = (row.settings.digits, digits(typed).chars().count());
            return Ok(match generator.clock_difference(typed, now) {
                Some(seconds) => CodeCheck::OtherTime { seconds },
                None if length != usize::from(wanted) => CodeCheck::OtherLength { digits: wanted, typed: length },
                None => CodeCheck::Wrong,
            });
        };
        if spent.contains(&step) || !store::totp_factors::use_step(tx, user, step, going)? {
            return Ok(CodeCheck::Replayed { step });
        }
        let remembered = self.settled_in(tx)?.before(REMEMBERED).seconds();
        store::totp_factors::forget_steps_before(tx, user, remembered.div_euclid(i64::from(generator.period_seconds)))?;
        Ok(CodeCheck::Accepted { step })
    }

    /// The codes that would be accepted now for a user, whose factor may be pending or confirmed; `None` if there is no
    /// factor. For the owner of the profile, who sees both sides of a second factor.
    ///
    /// # Errors
    /// [`CodeWindowError`]
    pub fn code_window(&self, username: &str) -> Result<Option<CodeWindow>, CodeWindowError> {
        let now = self.now()?;
        let found = self.store.read(|db| {
            let Some(user) = store::users::by_name(db, username.trim())? else { return Ok(None) };
            Ok(store::totp_factors::of_user(db, user.id)?.map(|row| (user.id, row)))
        })?;
        let Some((user, row)) = found else { return Ok(None) };
        let generator = Generator::open(&*self.data_key()?, user, &row).ok_or(CodeWindowError::Unreadable)?;
        let spent = self.store.read(|db| spent_at(db, user, &row, &generator, now, self.going_in(db)?))?;
        Ok(Some(generator.window(now, &spent)))
    }
}

/// The accepted steps whose codes no longer work.
pub(super) fn spent_at(
    db: &Db,
    user: i64,
    row: &FactorRow,
    generator: &Generator,
    now: Timestamp,
    going: Going,
) -> DbResult<Vec<i64>> {
    let mut spent = Vec::new();
    for step in generator.accepted_at(now) {
        // While a clock runs steadily, a code older than a used one is at most this far behind it.
        if store::totp_factors::is_spent(db, user, row, step..=step + 2 * TOLERANCE, going)? {
            spent.push(step);
        }
    }
    Ok(spent)
}

/// Generates the codes of one secret.
pub(super) struct Generator {
    totp: totp_rs::Totp,
    period_seconds: u32,
}

impl Generator {
    /// A generator for a user's stored secret; `None` if it was not sealed for them with this key.
    pub(super) fn open(key: &DataKey, user: i64, row: &FactorRow) -> Option<Self> {
        let secret = key.open(secret_of(user), &row.sealed_secret)?;
        Self::new(&secret, row.settings)
    }

    /// `None` if these settings or this secret make no codes.
    pub(super) fn new(secret: &[u8], settings: CodeSettings) -> Option<Self> {
        Self::labelled(secret, settings, None)
    }

    /// With the labels for its URI: issuer, account.
    pub(super) fn labelled(secret: &[u8], settings: CodeSettings, label: Option<(&str, &str)>) -> Option<Self> {
        if !settings::are_allowed(settings) || secret.len() < settings::SHORTEST_SECRET {
            return None;
        }
        let mut builder = totp_rs::Builder::new()
            .with_algorithm(match settings.algorithm {
                CodeAlgorithm::Sha1 => totp_rs::Algorithm::SHA1,
                CodeAlgorithm::Sha256 => totp_rs::Algorithm::SHA256,
                CodeAlgorithm::Sha512 => totp_rs::Algorithm::SHA512,
            })
            .with_digits(settings.digits)
            .with_step_duration(u64::from(settings.period_seconds))
            .with_secret(secret.to_vec());
        if let Some((issuer, account)) = label {
            builder = builder.with_issuer(Some(issuer)).with_account_name(account);
        }
        // `build` refuses secrets of 80 bits, which many servers hand out.
        Some(Self { totp: builder.build_noncompliant(), period_seconds: settings.period_seconds })
    }

    /// The codes that are accepted at a moment.
    pub(super) fn window(&self, now: Timestamp, spent: &[i64]) -> CodeWindow {
        let steps = self.accepted_at(now).filter_map(|step| {
            Some(WindowStep {
                step,
                begins_at: Timestamp::from_seconds(step.saturating_mul(i64::from(self.period_seconds))),
                code: SecretText::new(self.code(step)?.as_str()),
                used: spent.contains(&step),
            })
        });
        CodeWindow { now, period_seconds: self.period_seconds, steps: steps.collect() }
    }

    /// The step of a moment.
    pub(super) fn step_at(&self, now: Timestamp) -> i64 {
        now.seconds().div_euclid(i64::from(self.period_seconds))
    }

    /// The `otpauth` URI.
    pub(super) fn uri(&self) -> Result<SecretText, totp_rs::TotpError> {
        self.totp.to_url().map(SecretText::new)
    }

    /// The secret for typing into an app: base32 without padding (RFC 4648 section 6).
    pub(super) fn secret_text(&self) -> SecretText {
        SecretText::new(self.totp.secret().to_base32())
    }

    /// The code of a step; `None` before 1970.
    pub(super) fn code(&self, step: i64) -> Option<Zeroizing<String>> {
        let time = u64::try_from(step).ok()?.checked_mul(u64::from(self.period_seconds))?;
        Some(Zeroizing::new(self.totp.generate(time).to_string()))
    }

    /// The steps whose codes are accepted at that moment.
    pub(super) fn accepted_at(&self, now: Timestamp) -> std::ops::RangeInclusive<i64> {
        let present = self.step_at(now);
        present - TOLERANCE..=present + TOLERANCE
    }

    /// The step a code belongs to. If two steps share a code, the older one that is not `spent`.
    ///
    /// Compares every step, each in constant time, so that timing reveals nothing.
    pub(super) fn find(&self, typed: &str, now: Timestamp, spent: &[i64]) -> Option<i64> {
        let typed = digits(typed);
        let mut found = None;
        for step in self.accepted_at(now) {
            if self.is_code(step, &typed) && found.is_none_or(|earlier| spent.contains(&earlier)) {
                found = Some(step);
            }
        }
        found
    }

    /// By how many seconds the phone's clock seems to be ahead, or behind if negative, if the code is one of another
    /// time within an hour. For the owner of the profile only: a stranger who learned of it would guess better.
    pub(super) fn clock_difference(&self, typed: &str, now: Timestamp) -> Option<i64> {
        const HOUR: i64 = 3_600;
        let typed = digits(typed);
        let period = i64::from(self.period_seconds);
        let present = now.seconds().div_euclid(period);
        let nearest_first = (1..=HOUR / period).flat_map(|away| [-away, away]);
        nearest_first.into_iter().find(|away| self.is_code(present + away, &typed)).map(|away| away * period)
    }

    fn is_code(&self, step: i64, typed: &str) -> bool {
        let same = |code: Zeroizing<String>| constant_time::verify_slices_are_equal(code.as_bytes(), typed.as_bytes());
        self.code(step).is_some_and(|code| same(code).is_ok())
    }
}

/// A code as it was typed, without white space and with the digits of other scripts as ASCII ones.
fn digits(typed: &str) -> Zeroizing<String> {
    // The zeros of the scripts whose keyboards type their own digits (Unicode, general category Nd): Arabic, Persian,
    // Devanagari, Bengali, Gurmukhi, Gujarati, Tamil, Telugu, Kannada, Malayalam, Thai, Lao, Tibetan, Burmese, Khmer,
    // full width.
    const ZEROS: [u32; 16] = [
        0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040, 0x17E0,
        0xFF10,
    ];
    let digit = |symbol: char| {
        let value = ZEROS.iter().find_map(|zero| u32::from(symbol).checked_sub(*zero).filter(|value| *value < 10));
        value.and_then(|value| char::from_digit(value, 10)).unwrap_or(symbol)
    };
    Zeroizing::new(typed.chars().filter(|symbol| !symbol.is_whitespace()).map(digit).collect())
}
