//! The second factor: time-based codes from a shared secret (TOTP, RFC 6238), and recovery codes for a lost phone.
//!
//! Beginning a factor takes the password. It is pending until a code confirms it in the same session, and then on until
//! it is removed, which takes the password again. Its secret is sealed in the database; see `sealed.rs`.

mod bring_in;
mod codes;
mod draft;
pub(crate) mod enrollment;
mod owner;
mod picture;
mod qr;
mod recovery;
mod settings;

#[cfg(test)]
mod tests;

pub use crate::records::{CodeAlgorithm, CodeSettings};
pub use bring_in::{Account, BringInError, Found, Label, Part, Unusable, find_accounts};
pub(crate) use codes::CodeCheck;
pub use codes::{CodeWindow, CodeWindowError, WindowStep};
pub use draft::{DraftCodes, DraftError, FactorCard, FactorDraft};
pub use enrollment::{BeginError, ConfirmError, Enrollment};
pub use owner::{OwnerError, RemoveError};
pub use picture::{LARGEST_PICTURE, LONGEST_PICTURE_SIDE, PictureError, read_qr_codes};
pub use qr::QrDrawing;
pub use recovery::RegenerateError;
pub(crate) use recovery::{RecoveryCheck, use_recovery_code};
pub use settings::{AppWarning, CodeSetting, FactorOptions, LabelError, OptionsError};

use crate::{
    Engine,
    clock::Timestamp,
    sealed::Place,
    store::{self, StoreError, totp_factors::FactorRow},
};
use std::time::Duration;

/// The state of a user's second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    /// There is none.
    Off,
    /// It waits for its first code and cannot be used yet.
    Pending {
        /// When it is discarded.
        expires_at: Timestamp,
    },
    /// Sign-in requires a code.
    On {
        /// The HMAC algorithm of the codes.
        algorithm: CodeAlgorithm,
        /// The number of digits.
        digits: u8,
        /// How long a code lasts, in seconds.
        period_seconds: u32,
        /// When it was confirmed.
        confirmed_at: Timestamp,
        /// How many recovery codes are unused.
        recovery_codes_left: u32,
    },
}

impl Engine {
    /// The state of a user's second factor; `None` if there is no such user. Needs no key.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn second_factor(&self, username: &str) -> Result<Option<SecondFactor>, StoreError> {
        let now = self.now()?;
        self.store.read(|db| {
            let lifetime = self.rules_in(db)?.enrollment_lifetime;
            let Some(user) = store::users::by_name(db, username.trim())? else { return Ok(None) };
            let Some(row) = store::totp_factors::of_user(db, user.id)? else { return Ok(Some(SecondFactor::Off)) };
            let expires_at = expiry(&row, lifetime);
            Ok(Some(match row.confirmed_at {
                None if now >= expires_at => SecondFactor::Off,
                None => SecondFactor::Pending { expires_at },
                Some(confirmed_at) => SecondFactor::On {
                    algorithm: row.settings.algorithm,
                    digits: row.settings.digits,
                    period_seconds: row.settings.period_seconds,
                    confirmed_at,
                    recovery_codes_left: store::recovery_codes::left(db, user.id)?,
                },
            }))
        })
    }
}

/// When a pending factor is discarded.
fn expiry(row: &FactorRow, lifetime: Duration) -> Timestamp {
    Timestamp(row.begun_at.0.saturating_add(milliseconds(lifetime)))
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Where a user's secret is stored.
fn secret_of(user: i64) -> Place {
    Place { table: "totp_factors", column: "sealed_secret", row: user }
}
