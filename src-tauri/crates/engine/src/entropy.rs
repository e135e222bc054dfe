//! The engine's only source of randomness, and the only file that may use the system's.
//!
//! Signing keys are not made from it: the crypto library uses its own randomness and accepts no other.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::sync::Mutex;

/// A source of random bytes.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// [`NoEntropy`] if the operating system provides none.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy>;
}

/// The operating system provided no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The operating system gave no random bytes")]
pub struct NoEntropy;

/// Makes an identifier of 128 random bits, as 22 characters of base64url.
///
/// Used for `jti`, `sid` and the profile ID: unguessable, and never derived from the clock, which can be moved.
///
/// # Errors
/// [`NoEntropy`]
pub fn make_id(entropy: &dyn Entropy) -> Result<String, NoEntropy> {
    let mut bytes = [0_u8; 16];
    entropy.fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The operating system's randomness.
#[derive(Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        #[expect(clippy::disallowed_methods, reason = "this file is the one place that draws system randomness")]
        getrandom::fill(bytes).map_err(|_| NoEntropy)
    }
}

/// Bytes derived from a seed, the same in every run. For tests and reproducible fixtures only.
pub struct SeededEntropy {
    seed: u64,
    drawn: Mutex<u64>,
}

impl SeededEntropy {
    /// A source whose entire output depends on `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: Mutex::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        let mut drawn = self.drawn.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        for chunk in bytes.chunks_mut(32) {
            let block = [self.seed.to_le_bytes(), drawn.to_le_bytes()].concat();
            chunk.copy_from_slice(&digest::digest(&digest::SHA256, &block).as_ref()[..chunk.len()]);
            *drawn += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_ids_and_another_seed_others() {
        let (one, again, other) = (SeededEntropy::new(1), SeededEntropy::new(1), SeededEntropy::new(2));
        let first = make_id(&one).unwrap();
        assert_eq!(first, make_id(&again).unwrap());
        assert_ne!(first, make_id(&one).unwrap(), "a source does not repeat itself");
        assert_ne!(first, make_id(&other).unwrap());
    }

    #[test]
    fn an_id_has_128_bits_and_only_url_safe_characters() {
        let id = make_id(&OsEntropy).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(&id).unwrap().len(), 16);
        let many: std::collections::HashSet<_> = (0..100_000).map(|_| make_id(&OsEntropy).unwrap()).collect();
        assert_eq!(many.len(), 100_000);
    }
}
