//! Types for what must not be seen: their `Debug` prints a placeholder, they cannot be serialised, and they are wiped.

use std::fmt;
use zeroize::Zeroizing;

/// A password as a person typed it.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes a typed password over.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(Zeroizing::new(typed.into()))
    }

    /// The typed text. Keep it out of logs, errors and events.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}

/// Text that the vault keeps: a private key or a symmetric key in base64.
#[derive(Clone)]
pub struct VaultText(Zeroizing<String>);

impl VaultText {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text. Only the vault and the code that parses keys call this.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for VaultText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultText(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_secret() {
        assert!(!format!("{:?} {:?}", Password::new("canary-1"), VaultText::new("canary-2".into())).contains("canary"));
    }
}
