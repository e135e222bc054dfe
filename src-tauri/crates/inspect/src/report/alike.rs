//! Why a text that is not a JWT looks like one.

use serde::Serialize;

/// What makes a text look like a JWT, and how each part differs from one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Alike {
    /// In a few words: "three parts with dots".
    pub why: String,
    /// The three parts.
    pub parts: Vec<AlikePart>,
}

/// One part beside that of a JWT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AlikePart {
    /// "First", "Second", "Third".
    pub name: &'static str,
    /// What a JWT has there.
    pub jwt: &'static str,
    /// What this text has there.
    pub found: String,
}
