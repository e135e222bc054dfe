//! A key as text, before anybody reads it.

use serde::{Deserialize, Serialize};

/// How the text of a shared secret becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SecretForm {
    /// Its characters as UTF-8.
    #[default]
    Text,
    /// Base64 in either alphabet, with or without padding (RFC 4648 sections 4 and 5).
    Base64,
    /// Hexadecimal digits.
    Hex,
}

/// A key that is no secret: a throw-away one, or one that anybody knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct KeyText {
    /// What a user would type.
    pub text: String,
    /// The form of a secret.
    pub form: SecretForm,
}
