//! Recovery codes: ten single-use codes for when the phone is lost.
//!
//! A code has 50 random bits. It is stored as a hash under the data key instead of a slow password hash: without the
//! key, which is in the keyring, the database reveals nothing about a code, and with it 50 bits are far more than
//! anyone can try one by one at sign-in.

use super::owner::{self, OwnerError};
use crate::{
    Engine,
    clock::Timestamp,
    credentials::begin_epoch,
    data_key::DataKeyError,
    entropy::{Entropy, NoEntropy},
    records::{EventKind, NewEvent},
    sealed::DataKey,
    secret::{Password, SecretText},
    store::{self, DbResult, Stop, StoreError, Tx},
};
use serde_json::json;
use zeroize::Zeroizing;

/// The number of codes in a set.
const CODES: usize = 10;
/// The length of a code in characters, without the hyphen in the middle.
const LENGTH: usize = 10;
/// Crockford's base32: no letters that look like digits, and no `u`. 5 bits per character.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The result of checking a recovery code at sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecoveryCheck {
    /// The code is right, and used up now.
    Accepted {
        /// How many are left.
        left: u32,
    },
    /// The code was used before.
    Used,
    /// The user has no such code.
    Wrong,
}

/// Why no new recovery codes were made. The old ones still work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegenerateError {
    /// The password did not prove ownership.
    #[error(transparent)]
    Owner(#[from] OwnerError),
    /// There is no confirmed second factor.
    #[error("Recovery codes belong to a second factor, and there is none")]
    Off,
    /// There is no key to hash them with.
    #[error(transparent)]
    DataKey(#[from] DataKeyError),
    /// No randomness was available.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Uses up a recovery code within the sign-in's transaction. Case, white space, hyphens and look-alike characters make
/// no difference.
pub(crate) fn use_recovery_code(
    tx: &Tx<'_>,
    key: &DataKey,
    user: i64,
    typed: &str,
    now: Timestamp,
) -> DbResult<RecoveryCheck> {
    let hash = hash(key, user, typed);
    if store::recovery_codes::use_up(tx, user, &hash, now)? {
        let left = store::recovery_codes::left(tx, user)?;
        let used = NewEvent::of(EventKind::RecoveryCodeUsed).user(user).detail(json!({ "left": left }));
        store::events::record(tx, now, &used)?;
        return Ok(RecoveryCheck::Accepted { left });
    }
    let known = store::recovery_codes::used_at(tx, user, &hash)?.is_some();
    Ok(if known { RecoveryCheck::Used } else { RecoveryCheck::Wrong })
}

/// Replaces the user's codes.
pub(super) fn keep(tx: &Tx<'_>, key: &DataKey, user: i64, codes: &[SecretText]) -> DbResult<()> {
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash(key, user, code.expose())).collect();
    store::recovery_codes::replace(tx, user, &hashes)
}

/// Makes a set of codes of the form `xxxxx-xxxxx`.
pub(super) fn make_codes(entropy: &dyn Entropy) -> Result<Vec<SecretText>, NoEntropy> {
    let mut bytes = Zeroizing::new([0_u8; CODES * LENGTH]);
    entropy.fill(&mut *bytes)?;
    // 256 is a multiple of 32, so all characters are equally likely.
    let letters: Zeroizing<Vec<u8>> = Zeroizing::new(bytes.iter().map(|b| ALPHABET[usize::from(b % 32)]).collect());
    let code = |letters: &[u8]| {
        let (left, right) = letters.split_at(LENGTH / 2);
        let text = [left, b"-", right].concat();
        SecretText::new(text.into_iter().map(char::from).collect::<String>())
    };
    Ok(letters.chunks(LENGTH).map(code).collect())
}

fn hash(key: &DataKey, user: i64, code: &str) -> Vec<u8> {
    let message = Zeroizing::new(format!("{user}:{}", *normalise(code)));
    key.keyed_hash("recovery code", &message)
}

/// The canonical form of a code, for comparison.
fn normalise(typed: &str) -> Zeroizing<String> {
    let counted = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
    Zeroizing::new(
        counted
            .map(|c| match c.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            })
            .collect(),
    )
}

impl Engine {
    /// Makes ten new recovery codes, to be shown once. The old ones stop working.
    ///
    /// # Errors
    /// [`RegenerateError`]
    pub fn regenerate_recovery_codes(
        &self,
        username: &str,
        password: &Password,
    ) -> Result<Vec<SecretText>, RegenerateError> {
        let user = self.prove_owner(username, password)?;
        if !self.store.read(|db| store::totp_factors::is_on(db, user.id))? {
            return Err(RegenerateError::Off);
        }
        let key = self.data_key()?;
        let codes = make_codes(&*self.entropy)?;
        let now = self.now()?;
        self.store.decide(|tx| {
            // Check again: while the password was being hashed, the password or the factor may have changed.
            if !owner::is_still(tx, &user)? {
                return Err(Stop::Refused(OwnerError::WrongCredentials.into()));
            }
            if !store::totp_factors::is_on(tx, user.id)? {
                return Err(Stop::Refused(RegenerateError::Off));
            }
            keep(tx, &key, user.id, &codes)?;
            store::events::record(tx, now, &NewEvent::of(EventKind::RecoveryCodesReplaced).user(user.id))?;
            begin_epoch(tx, user.id, now)?;
            Ok(())
        })?;
        Ok(codes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn ten_codes_of_fifty_bits_without_signs_that_look_alike() {
        let codes = make_codes(&SeededEntropy::new(7)).unwrap();
        assert_eq!(codes.len(), 10);
        for code in &codes {
            let (left, right) = code.expose().split_once('-').unwrap();
            assert_eq!((left.len(), right.len()), (5, 5));
            assert!(code.expose().chars().all(|c| c == '-' || (c.is_ascii_alphanumeric() && !"iloIOLu".contains(c))));
        }
        let different: std::collections::HashSet<&str> = codes.iter().map(SecretText::expose).collect();
        assert_eq!(different.len(), 10);
        assert!(!format!("{codes:?}").contains(codes[0].expose()));
    }

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        assert_eq!(*normalise("01abc-defgh"), *normalise(" OLABC defgh\n"));
        assert_eq!(*normalise("1111100000"), *normalise("iIlL1-oO0oO"));
        assert_ne!(*normalise("01abc-defgh"), *normalise("01abc-defgj"));
    }
}
