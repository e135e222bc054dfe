//! Secrets and passwords that everybody has: no password may be one, and no token is safe that one signed.

use crate::base64url;

/// Secrets from tutorials, templates and default settings, one on each line. A line that begins with a tab holds one
/// that is no text: its bytes in base64url, another tab, and what it is.
const WELL_KNOWN: &str = include_str!("well_known_secrets.txt");

/// The 30,000 most used passwords less those above, one on each line after two of comment: from zxcvbn 3.1.1, MIT
/// licence, copyright 2016 Joshua Holmer and 2012-2016 Dan Wheeler and Dropbox, Inc.
const COMMON: &str = include_str!("common_passwords.txt");

/// The 30,000 most used passwords and the secrets of tutorials and default settings that are text. None stands twice.
pub fn common_passwords() -> impl Iterator<Item = &'static str> {
    WELL_KNOWN.lines().filter(|line| !line.starts_with('\t')).chain(passwords())
}

/// The passwords that are no well-known secret.
pub fn passwords() -> impl Iterator<Item = &'static str> {
    COMMON.lines().skip_while(|line| line.starts_with("# "))
}

/// A secret of tutorials, templates or default settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WellKnown {
    /// A text.
    Text(&'static str),
    /// Bytes that are no text.
    Bytes {
        /// The secret.
        bytes: Vec<u8>,
        /// What it is, in words.
        what: &'static str,
    },
}

/// Every well-known secret: two hundred.
pub fn well_known_secrets() -> impl Iterator<Item = WellKnown> {
    WELL_KNOWN.lines().filter_map(|line| match line.strip_prefix('\t').and_then(|line| line.split_once('\t')) {
        None => Some(WellKnown::Text(line)),
        Some((bytes, what)) => Some(WellKnown::Bytes { bytes: base64url::decode_strict(bytes)?, what }),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{COMMON, WELL_KNOWN, passwords, well_known_secrets};
    use crate::base64url;

    #[test]
    fn the_lists_hold_what_they_say() {
        let common: HashSet<&str> = passwords().collect();
        assert_eq!(common.len() + 2, COMMON.lines().count(), "no line stands twice");
        assert!(common.contains("hunter2") && common.iter().all(|password| !password.is_empty()));
        let known: Vec<&str> = WELL_KNOWN.lines().collect();
        assert_eq!(known.iter().collect::<HashSet<_>>().len(), known.len());
        for line in known {
            assert!(!common.contains(line), "`{line}` would be tried twice");
            let bytes = line.strip_prefix('\t').map(|line| line.split_once('\t').unwrap().0);
            assert!(bytes.is_none_or(|bytes| base64url::decode_strict(bytes).is_some()), "{line}");
        }
        assert_eq!(well_known_secrets().count(), WELL_KNOWN.lines().count());
    }
}
