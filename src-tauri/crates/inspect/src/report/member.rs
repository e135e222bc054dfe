//! The members of the header and the claims set, with their meanings.

use std::borrow::Cow;

use compact_str::CompactString;
use serde::Serialize;

use jose::json::ValueKind;

/// One member of the header or of the claims set.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Member {
    /// The name, unescaped, with invisible and direction-changing characters written as `\u{…}`.
    #[cfg_attr(feature = "specta", specta(type = String))]
    pub name: CompactString,
    /// The value as JSON text exactly as written (digits, escapes and spacing kept), escaped like `name`.
    #[cfg_attr(feature = "specta", specta(type = String))]
    pub value: CompactString,
    /// The value's JSON type.
    pub kind: ValueKind,
    /// The member's meaning as a short phrase: "Issuer", "ECDSA P-256, SHA-256". Empty if unknown.
    pub meaning: Cow<'static, str>,
    /// Where it is defined: "7519 §4.1.1". Empty if unknown.
    pub reference: &'static str,
    /// The first byte of the token's characters that encode this member, as far as base64url's groups of four allow.
    pub start: u32,
    /// One past the last byte of those characters.
    pub end: u32,
    /// True for every member whose name appears more than once.
    pub duplicate: bool,
    /// The value as a time, for registered time claims with a number that fits.
    pub time: Option<i64>,
    /// The value's words, for `scope`, `scp`, `amr` and `aud`; for scopes also, at the end, those that the policy
    /// requires and the token lacks.
    pub words: Vec<Word>,
    /// For a claim that an SD-JWT discloses: its disclosure's place in [`PresentationReport::text`].
    ///
    /// [`PresentationReport::text`]: super::PresentationReport::text
    pub disclosed: Option<Place>,
}

/// A part of a text, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Place {
    /// Where it starts.
    pub start: u32,
    /// One past its last character.
    pub end: u32,
}

/// One word of a member that lists several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Word {
    /// The word itself.
    pub text: String,
    /// For scopes: its state for the user and the policy.
    pub state: ScopeState,
}

/// The state of a scope for the user and the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ScopeState {
    /// No state, or it is not a scope.
    Plain,
    /// The user holds it; if no user is known, the policy requires it.
    Granted,
    /// The user does not hold it.
    NotHeld,
    /// The policy requires it, but the token does not have it.
    Missing,
}
