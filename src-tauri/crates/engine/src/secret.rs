//! Types for secrets: `Debug` prints a placeholder, they cannot be serialised, and they are wiped when dropped.

use std::fmt;
use zeroize::Zeroizing;

macro_rules! secret_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes ownership of the text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(Zeroizing::new(text.into()))
            }

            /// The text. Keep it out of logs, errors and events.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}

secret_text! {
    /// A password as a person typed it.
    Password
}

secret_text! {
    /// A refresh token in compact form. Only its hash is ever stored.
    RefreshToken
}

secret_text! {
    /// The token between password and second factor, in compact form. Good for nothing else.
    PendingToken
}

secret_text! {
    /// Text that its owner is shown once: a second factor's secret, its URI and picture, a recovery code, an exported
    /// private key.
    SecretText
}

secret_text! {
    /// Text stored in the vault: a private key or a symmetric key in base64.
    VaultText
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_secret() {
        assert!(!format!("{:?} {:?}", Password::new("canary-1"), VaultText::new("canary-2")).contains("canary"));
    }
}
