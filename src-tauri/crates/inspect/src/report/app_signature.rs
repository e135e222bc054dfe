//! The signature of a cookie or another value that an app signs for itself.

use serde::Serialize;

/// A signature that only the app's own secret can check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AppSignature {
    /// Whose way of signing it is: "Flask".
    pub maker: &'static str,
    /// What the app calls its secret: "SECRET_KEY".
    pub secret: &'static str,
    /// When it was signed, in seconds since the Unix epoch, if it says so.
    pub signed_at: Option<i64>,
    /// How it writes that time.
    pub time_written: String,
    /// How many seconds a session is taken after that, unless the app sets another time.
    pub lifetime: Option<u32>,
    /// The signature in hexadecimal.
    pub mac: String,
    /// Its length and its algorithm.
    pub mac_note: String,
    /// Its parts in [`super::Report::token`]; empty if that writes them in another way.
    pub parts: Vec<AppSignaturePart>,
    /// What the given secret showed.
    pub state: AppSignatureState,
    /// The same in a sentence.
    pub reason: String,
}

/// One part of a signed value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AppSignaturePart {
    /// "Session", "Time".
    pub name: &'static str,
    /// Where it starts.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// What is known about such a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppSignatureState {
    /// No secret was given.
    NotChecked,
    /// The given secret signed it.
    Verified,
    /// The given secret did not sign it.
    Mismatch,
}
