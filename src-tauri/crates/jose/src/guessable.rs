//! Publicly known secrets and passwords: no password may be one, and a token signed with one is not safe.

use crate::base64url;

/// Secrets from tutorials, templates and default settings, one per line. A line that begins with a tab holds a binary
/// one: its bytes in base64url, another tab, and a description.
const WELL_KNOWN: &str = include_str!("well_known_secrets.txt");

/// The 30,000 most used passwords except those above, one per line after two comment lines: from zxcvbn 3.1.1, MIT
/// licence, copyright 2016 Joshua Holmer and 2012-2016 Dan Wheeler and Dropbox, Inc.
const COMMON: &str = include_str!("common_passwords.txt");

/// The 30,000 most used passwords and the textual secrets of tutorials and default settings, without duplicates.
pub fn common_passwords() -> impl Iterator<Item = &'static str> {
    WELL_KNOWN.lines().filter(|line| !line.starts_with('\t')).chain(passwords())
}

/// The passwords that are not well-known secrets.
pub fn passwords() -> impl Iterator<Item = &'static str> {
    COMMON.lines().skip_while(|line| line.starts_with("# "))
}

/// A secret of tutorials, templates or default settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WellKnown {
    /// A text.
    Text(&'static str),
    /// Bytes that are not text.
    Bytes {
        /// The secret.
        bytes: Vec<u8>,
        /// Its description.
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
