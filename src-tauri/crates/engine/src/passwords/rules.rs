//! Which passwords are accepted. There are no composition rules, only length, no invisible characters, and none that
//! everyone tries first (NIST SP 800-63B-4 section 3.1.1, OWASP ASVS 5.0 section 6.2).

use super::normalise;
use crate::secret::Password;
use std::{collections::HashSet, sync::LazyLock};
use zeroize::Zeroizing;
use zxcvbn::{Score, matching::patterns::MatchPattern};

/// An attacker tries the product's name early.
const PRODUCT: &str = "tokenworkbench";

/// zxcvbn's running time is roughly quadratic in the length, and beyond this the result does not change.
const RATED_CHARACTERS: usize = 100;

/// Shorter names occur in too many words to search a password for them.
const SHORTEST_NAME: usize = 3;

/// Attackers also try a common password with a few digits and signs around it, if it is longer than a syllable.
const SHORTEST_CORE: usize = 6;
const MOST_AROUND: usize = 4;

/// The most common passwords, each normalised by [`fold`].
static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| jose::common_passwords().map(fold).collect());

/// The limits on a password's length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lengths {
    /// The minimum number of characters.
    pub shortest: usize,
    /// The maximum number of bytes.
    pub longest_bytes: usize,
}

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Fewer characters than the policy requires.
    #[error("The password has fewer than {minimum} characters")]
    TooShort {
        /// The policy's minimum.
        minimum: usize,
    },
    /// More bytes than the policy allows.
    #[error("The password is longer than {maximum} bytes")]
    TooLong {
        /// The policy's maximum.
        maximum: usize,
    },
    /// A control or invisible character: nobody could retype the password from sight.
    #[error("The password contains an invisible character (U+{:04X})", u32::from(*.0))]
    Unseen(char),
    /// Only white space.
    #[error("The password is nothing but spaces")]
    Blank,
    /// One of the most common passwords, perhaps with digits for letters, or with a few digits and signs around it.
    #[error("The password is a common one, or close to one")]
    Common,
    /// Little more than the username or the product's name.
    #[error("The password is little more than the username or the name of this program")]
    Guessable,
    /// The same few characters repeated.
    #[error("The password repeats the same characters over and over")]
    Repeated,
    /// Adjacent keys, consecutive letters or digits, or a date.
    #[error("The password is a sequence of keys, letters or digits, or a date")]
    Sequence,
    /// Guessable within a thousand attempts in some other way.
    #[error("The password would be found within a thousand guesses")]
    Weak,
}

/// How strong a password would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// zxcvbn's score, from 0 (guessed at once) to 4 (strong).
    pub score: u8,
    /// One sentence on how to make it stronger; may be empty.
    pub advice: String,
    /// Why the policy refuses it, if it does.
    pub refusal: Option<PasswordRefusal>,
}

/// Rates `password` for `username` without storing it.
pub fn rate(password: &Password, username: &str, lengths: Lengths) -> Rating {
    let guess = estimate(password.expose(), username);
    let advice = guess.feedback().and_then(|feedback| feedback.suggestions().first()).map(ToString::to_string);
    Rating {
        score: u8::from(guess.score()),
        advice: advice.unwrap_or_default(),
        refusal: refuse(password, username, lengths),
    }
}

/// Why `password` is refused for `username`, if it is. Judges the normalised form that gets hashed.
pub fn refuse(password: &Password, username: &str, lengths: Lengths) -> Option<PasswordRefusal> {
    let Lengths { shortest, longest_bytes } = lengths;
    if password.expose().len() > longest_bytes {
        return Some(PasswordRefusal::TooLong { maximum: longest_bytes });
    }
    let seen: Zeroizing<String> =
        Zeroizing::new(normalise(password.expose()).chars().filter(|&sign| !joins_signs(sign)).collect());
    if let Some(unseen) = jose::first_unseen(&seen) {
        return Some(PasswordRefusal::Unseen(unseen));
    }
    if seen.chars().count() < shortest {
        return Some(PasswordRefusal::TooShort { minimum: shortest });
    }
    if seen.chars().all(char::is_whitespace) {
        return Some(PasswordRefusal::Blank);
    }
    if is_name(&seen, username, shortest) {
        return Some(PasswordRefusal::Guessable);
    }
    let cores = cores(&seen);
    if cores.iter().any(|core| is_listed(core) || is_listed(&unit(core))) {
        return Some(PasswordRefusal::Common);
    }
    let repeats = |core: &&str| {
        let unit = unit(core).chars().count();
        unit < shortest && unit < core.chars().count()
    };
    if cores.iter().any(repeats) {
        return Some(PasswordRefusal::Repeated);
    }
    refuse_pattern(&seen, username)
}

/// Checks the whole password with zxcvbn.
fn refuse_pattern(seen: &str, username: &str) -> Option<PasswordRefusal> {
    if seen.chars().count() > RATED_CHARACTERS {
        return None;
    }
    let guess = estimate(seen, username);
    match guess.score() {
        Score::Zero => known_parts(&guess).or(Some(PasswordRefusal::Weak)),
        Score::Four => None,
        _ => known_parts(&guess),
    }
}

/// Refuses a password made only of sequences, repeats, dates and the most common passwords. A few other characters do
/// not save a single common password, but several of them together may be good enough.
fn known_parts(guess: &zxcvbn::Entropy) -> Option<PasswordRefusal> {
    let (mut listed, mut others) = (0, 0);
    for part in guess.sequence() {
        match &part.pattern {
            MatchPattern::Spatial(_)
            | MatchPattern::Sequence(_)
            | MatchPattern::Repeat(_)
            | MatchPattern::Date(_)
            | MatchPattern::Regex(_) => {}
            // A dictionary word of digits only is a sequence or date that is also on a list.
            MatchPattern::Dictionary(_) if part.token.chars().all(|sign| sign.is_ascii_digit()) => {}
            MatchPattern::Dictionary(_) if is_listed(&part.token) => listed += 1,
            MatchPattern::BruteForce => others += part.token.chars().count(),
            MatchPattern::Dictionary(_) => return None,
        }
    }
    let is_strong = guess.score() >= Score::Three;
    match (listed, others) {
        (1, 0..=MOST_AROUND) => Some(PasswordRefusal::Common),
        (2.., 0..=MOST_AROUND) if !is_strong => Some(PasswordRefusal::Common),
        (0, 0) if !is_strong => Some(PasswordRefusal::Sequence),
        _ => None,
    }
}

/// Joiners and variation selectors: people type them within emoji and words, but they do not count as characters.
fn joins_signs(sign: char) -> bool {
    matches!(sign, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}')
}

/// Whether too little is left of a password without a well-known name.
fn is_name(seen: &str, username: &str, shortest: usize) -> bool {
    let text = Zeroizing::new(fold(seen));
    let letters: Zeroizing<String> = Zeroizing::new(text.chars().filter(|sign| sign.is_alphanumeric()).collect());
    let account = username.split('@').next().unwrap_or_default();
    let names = [(&*text, fold(username)), (&*text, fold(account)), (&*letters, fold(PRODUCT))];
    names.iter().any(|(text, name)| {
        if name.chars().count() < SHORTEST_NAME {
            return !name.is_empty() && text.trim_matches(|sign: char| !sign.is_alphabetic()) == name;
        }
        let rest = Zeroizing::new(text.replace(name.as_str(), ""));
        rest.len() < text.len() && rest.chars().count() < shortest
    })
}

/// The password as it is, and without the few digits and signs before it, after it, or both.
fn cores(seen: &str) -> Vec<&str> {
    let odd = |sign: char| !sign.is_alphabetic();
    let length = seen.chars().count();
    let trimmed = [seen.trim_matches(odd), seen.trim_start_matches(odd), seen.trim_end_matches(odd)];
    let is_core = |core: &&str| {
        let inside = core.chars().count();
        inside >= SHORTEST_CORE && length - inside <= MOST_AROUND
    };
    std::iter::once(seen).chain(trimmed.into_iter().filter(is_core)).collect()
}

fn is_listed(text: &str) -> bool {
    COMMON.contains(Zeroizing::new(fold(text)).as_str())
}

/// Lower-cases and maps digits and signs to the letter they stand for, so that variants compare equal.
fn fold(text: &str) -> String {
    let letter = |sign: char| match sign {
        '0' => 'o',
        '1' | '!' | '|' | 'l' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    };
    text.to_lowercase().chars().map(letter).collect()
}

/// The shortest part that makes up the whole when repeated at least twice, or else the whole. In lower case.
fn unit(text: &str) -> Zeroizing<String> {
    let signs: Zeroizing<Vec<char>> = Zeroizing::new(text.to_lowercase().chars().collect());
    let repeats = |length: &usize| signs.iter().zip(&signs[*length..]).all(|(one, next)| one == next);
    let length = (1..=signs.len() / 2).find(repeats).unwrap_or(signs.len());
    Zeroizing::new(signs[..length].iter().collect())
}

fn estimate(typed: &str, username: &str) -> zxcvbn::Entropy {
    let end = typed.char_indices().nth(RATED_CHARACTERS).map_or(typed.len(), |(index, _)| index);
    zxcvbn::zxcvbn(&typed[..end], &[username, PRODUCT, "token", "workbench"])
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTHS: Lengths = Lengths { shortest: 8, longest_bytes: 4096 };

    fn refusal(password: &str) -> Option<PasswordRefusal> {
        refuse(&Password::new(password), "alice", LENGTHS)
    }

    #[test]
    fn length_is_counted_in_characters_and_bounded_in_bytes() {
        assert_eq!(refusal("wq7-zt4"), Some(PasswordRefusal::TooShort { minimum: 8 }));
        assert_eq!(refusal("wq7-zt4b"), None);
        assert_eq!(refusal("ñüßé7æøå"), None, "eight characters, more bytes");
        assert_eq!(refusal(&"ab3-".repeat(2000)), Some(PasswordRefusal::TooLong { maximum: 4096 }));
    }

    #[test]
    fn a_letter_of_two_code_points_is_one_and_a_joiner_is_none() {
        let short = Some(PasswordRefusal::TooShort { minimum: 8 });
        assert_eq!(refusal("a\u{301}e\u{301}u\u{301}o\u{301}"), short, "four letters with an accent each");
        assert_eq!(refusal("n\u{303}u\u{308}xe\u{301}7kqz"), None, "eight");
        assert_eq!(refusal("k\u{200D}q\u{FE0F}z\u{200D}7"), short);
        assert_eq!(refusal("❤\u{FE0F}🦀🐙👩\u{200D}💻🎺🥨🪁"), None, "emoji as phones type them");
    }

    #[test]
    fn sixty_four_characters_and_a_thousand_are_taken_whole() {
        let words = "grey otter Ångström juggles 19 violins; nobody asked for the 7th! ";
        assert!(words.chars().count() >= 64);
        assert_eq!(refusal(words), None);
        assert_eq!(refusal(&words.repeat(15)), None, "about a thousand characters");
        let faces: String = (0..64).filter_map(|n| char::from_u32(0x1F600 + n * 37 % 64)).collect();
        assert_eq!((faces.chars().count(), refusal(&faces)), (64, None), "256 bytes");
    }

    #[test]
    fn what_cannot_be_seen_is_no_password() {
        for unseen in ['\u{200B}', '\0', '\u{1B}', '\t', '\u{AD}', '\u{2060}', '\u{FEFF}', '\u{3164}', '\u{E0041}'] {
            for password in [unseen.to_string().repeat(8), format!("wq7-zt4b{unseen}")] {
                assert!(matches!(refusal(&password), Some(PasswordRefusal::Unseen(_))), "{password:?}");
            }
        }
        for blank in ["        ", "\u{A0}\u{3000} \u{A0}\u{3000} \u{A0}\u{3000}", &" ".repeat(64)] {
            assert_eq!(refusal(blank), Some(PasswordRefusal::Blank), "{blank:?}");
        }
    }

    #[test]
    fn every_common_password_of_allowed_length_is_refused() {
        let mut long_enough = 0;
        for common in jose::common_passwords().filter(|common| common.chars().count() >= 8) {
            assert!(refusal(common).is_some(), "{common}");
            assert!(refusal(&common.to_uppercase()).is_some(), "{common}");
            long_enough += 1;
        }
        assert!(long_enough > 3000, "{long_enough}");
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for common in [
            "password",
            "12345678",
            "baseball1",
            "iloveyou",
            "trustno1",
            "PASSWORD",
            "pa55word",
            "p@ssw0rd",
            "P@$$w0rd",
            "11111111",
            "963852741",
            "Password1!",
            "passw0rd2026",
            "!!monkey!!",
            "ｐａｓｓｗｏｒｄ",
            "passwordpassword",
            "password12345678901",
            "2026-11-28dragon",
            "qwertyuiopmonkey",
        ] {
            assert_eq!(refusal(common), Some(PasswordRefusal::Common), "{common}");
        }
        for guessable in [
            "alice123",
            "alice!!!",
            "ALICE2026",
            "al1ce2026",
            "xxalicexx9",
            "alicealice",
            "tokenworkbench1",
            "Token-Workbench",
            "t0ken workbench!",
        ] {
            assert_eq!(refusal(guessable), Some(PasswordRefusal::Guessable), "{guessable}");
        }
        assert_eq!(refusal("malice in wonderland, twice"), None, "enough is left without the name");
    }

    #[test]
    fn repeats_and_rows_are_refused_however_long() {
        for repeated in ["zzzzzzzz", "zqzqzqzq", "xkzxkzxkz", "xkzxkzxk", "wq7wq7wq7wq7wq7wq7", &"é".repeat(64)] {
            assert_eq!(refusal(repeated), Some(PasswordRefusal::Repeated), "{repeated}");
        }
        for row in ["hijklmnop", "zyxwvuts", "sdfghjkl;", "cvbnm,./", "23456789876", "30.11.1987", "abcdefgh12345678"] {
            let refused = refusal(row);
            assert!(matches!(refused, Some(PasswordRefusal::Sequence | PasswordRefusal::Common)), "{row}: {refused:?}");
        }
        for known in ["aaaaaaaa", "abcabcabc", "qwertyui", "aaaaaaab", "aaaaaaa1", "aaaabbbb", "abababab1"] {
            assert!(refusal(known).is_some(), "{known}");
        }
        assert_eq!(refusal("grey otter, violinsgrey otter, violins"), None, "what is repeated is good enough itself");
    }

    #[test]
    fn no_kind_of_character_is_asked_for() {
        for fine in [
            "correct horse battery staple",
            "horse battery staple",
            "lwkqpvnmrt",
            "49302719568204",
            "KQZWPVNMRT",
            "{)]*&~?<",
        ] {
            assert_eq!(refusal(fine), None, "{fine}");
        }
    }

    #[test]
    fn a_rating_grows_with_strength_and_says_what_to_do() {
        let weak = rate(&Password::new("alice1"), "alice", LENGTHS);
        let strong = rate(&Password::new("correct horse battery staple"), "alice", LENGTHS);
        assert!(weak.score < strong.score);
        assert!(!weak.advice.is_empty());
        assert_eq!(strong.refusal, None);
        assert!(rate(&Password::new("x".repeat(1_000_000)), "alice", LENGTHS).score < 2, "answered, not endless");
    }
}
