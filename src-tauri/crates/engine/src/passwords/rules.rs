//! What is accepted as a password. No composition rules: length, and not one that everybody tries first
//! (NIST SP 800-63B-4 section 3.1.1, OWASP ASVS 5.0 section 6.2).

use crate::{policy::Policy, secret::Password};
use zxcvbn::feedback::Warning;

/// The product's own name is one of the first things tried against it.
const PRODUCT: &str = "tokenworkbench";

/// Most of what zxcvbn computes grows with the square of the length, and past this nothing changes.
const RATED_CHARACTERS: usize = 100;

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Fewer characters than the policy asks for.
    #[error("The password has fewer than {minimum} characters")]
    TooShort {
        /// The policy's number.
        minimum: usize,
    },
    /// More bytes than the policy allows.
    #[error("The password is longer than {maximum} bytes")]
    TooLong {
        /// The policy's number.
        maximum: usize,
    },
    /// One of the most used passwords.
    #[error("The password is one of the most used ones")]
    Common,
    /// The username or the product's name with at most digits and signs around it.
    #[error("The password is the username or the name of this program, or nearly so")]
    Guessable,
}

/// How good a password would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// 0 (guessed at once) to 4 (strong), as zxcvbn counts.
    pub score: u8,
    /// What would make it stronger, one sentence; empty if nothing comes to mind.
    pub advice: String,
    /// Why the policy refuses it, if it does.
    pub refusal: Option<PasswordRefusal>,
}

/// Rates `password` for `username`, without keeping it.
pub fn rate(password: &Password, username: &str, policy: &Policy) -> Rating {
    let guess = estimate(password, username);
    let advice = guess.feedback().and_then(|feedback| feedback.suggestions().first()).map(ToString::to_string);
    Rating {
        score: u8::from(guess.score()),
        advice: advice.unwrap_or_default(),
        refusal: refuse_with(&guess, password, username, policy),
    }
}

/// Why the policy refuses `password` for `username`, if it does.
pub fn refuse(password: &Password, username: &str, policy: &Policy) -> Option<PasswordRefusal> {
    refuse_with(&estimate(password, username), password, username, policy)
}

fn refuse_with(
    guess: &zxcvbn::Entropy,
    password: &Password,
    username: &str,
    policy: &Policy,
) -> Option<PasswordRefusal> {
    let typed = password.expose();
    if typed.chars().count() < policy.shortest_password {
        return Some(PasswordRefusal::TooShort { minimum: policy.shortest_password });
    }
    if typed.len() > policy.longest_password_bytes {
        return Some(PasswordRefusal::TooLong { maximum: policy.longest_password_bytes });
    }
    let core = typed.to_lowercase();
    let core = core.trim_matches(|c: char| !c.is_alphabetic());
    let name = username.to_lowercase();
    if core == PRODUCT || (!name.is_empty() && (core == name || typed.to_lowercase() == name)) {
        return Some(PasswordRefusal::Guessable);
    }
    let warning = guess.feedback().and_then(zxcvbn::feedback::Feedback::warning);
    matches!(
        warning,
        Some(Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword)
    )
    .then_some(PasswordRefusal::Common)
}

fn estimate(password: &Password, username: &str) -> zxcvbn::Entropy {
    let typed = password.expose();
    let end = typed.char_indices().nth(RATED_CHARACTERS).map_or(typed.len(), |(index, _)| index);
    zxcvbn::zxcvbn(&typed[..end], &[username, PRODUCT, "token", "workbench"])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(password: &str) -> Option<PasswordRefusal> {
        refuse(&Password::new(password), "alice", &Policy::default())
    }

    #[test]
    fn length_is_counted_in_characters_and_bounded_in_bytes() {
        assert_eq!(refusal("wq7-zt4"), Some(PasswordRefusal::TooShort { minimum: 8 }));
        assert_eq!(refusal("wq7-zt4b"), None);
        assert_eq!(refusal("ñüßé7æøå"), None, "eight characters, more bytes");
        assert_eq!(refusal(&"ab3-".repeat(2000)), Some(PasswordRefusal::TooLong { maximum: 4096 }));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for common in ["password", "12345678", "baseball1", "iloveyou", "trustno1", "PASSWORD"] {
            assert_eq!(refusal(common), Some(PasswordRefusal::Common), "{common}");
        }
        for guessable in ["alice123", "alice!!!", "ALICE2026", "tokenworkbench1"] {
            assert_eq!(refusal(guessable), Some(PasswordRefusal::Guessable), "{guessable}");
        }
    }

    #[test]
    fn no_kind_of_character_is_asked_for() {
        for fine in ["correct horse battery staple", "        zq        ", "lwkqpvnmrt", "49302719568204"] {
            assert_eq!(refusal(fine), None, "{fine}");
        }
    }

    #[test]
    fn a_rating_grows_with_strength_and_says_what_to_do() {
        let policy = Policy::default();
        let weak = rate(&Password::new("alice1"), "alice", &policy);
        let strong = rate(&Password::new("correct horse battery staple"), "alice", &policy);
        assert!(weak.score < strong.score);
        assert!(!weak.advice.is_empty());
        assert_eq!(strong.refusal, None);
        assert!(rate(&Password::new("x".repeat(1_000_000)), "alice", &policy).score < 2, "answered, not endless");
    }
}
