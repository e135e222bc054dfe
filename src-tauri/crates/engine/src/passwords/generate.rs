//! Passwords made by the program.

use crate::{
    entropy::{Entropy, NoEntropy},
    secret::Password,
};
use zeroize::Zeroizing;

/// No characters that look alike. There are 32, so that each stands for 5 random bits.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const GROUPS: usize = 4;
const GROUP: usize = 5;

/// A password of 100 random bits: `k7wqm-3xbtz-…`.
pub(crate) fn generate(entropy: &dyn Entropy) -> Result<Password, NoEntropy> {
    let mut bytes = Zeroizing::new([0_u8; GROUPS * GROUP]);
    entropy.fill(&mut *bytes)?;
    let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP + 1)));
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    Ok(Password::new(text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        entropy::OsEntropy,
        passwords::{Lengths, refuse},
    };

    #[test]
    fn a_generated_password_is_accepted_and_never_the_same() {
        let lengths = Lengths { shortest: 15, longest_bytes: 4096 };
        let made: Vec<Password> = (0..100).map(|_| generate(&OsEntropy).unwrap()).collect();
        for (at, password) in made.iter().enumerate() {
            assert_eq!(password.expose().len(), 23);
            assert_eq!(refuse(password, "alice", lengths), None);
            assert!(!made[..at].contains(password));
        }
    }
}
