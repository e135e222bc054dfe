//! Passwords: which are accepted, and how they are stored and checked.

mod generate;
mod rules;
mod scheme;
mod slots;

pub(crate) use generate::generate;
pub use rules::{Lengths, PasswordRefusal, Rating, rate, refuse};
#[cfg(test)]
pub(crate) use scheme::work_done;
pub use scheme::{HASH_COSTS, HashError, Recognised, check, importable, is_outdated, make_hash, recognise};
pub(crate) use slots::Slots;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Normalises a password before hashing, so that different encodings of one character match (NIST SP 800-63B-4 section
/// 3.1.1.2: NFKC or NFKD).
pub(crate) fn normalise(typed: &str) -> Zeroizing<String> {
    Zeroizing::new(typed.nfkc().collect())
}
