//! What the header and the claims set say: their members, with what each means.

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
    /// The value as JSON text exactly as it stands (digits, escapes and spacing kept), made visible as `name` is.
    #[cfg_attr(feature = "specta", specta(type = String))]
    pub value: CompactString,
    /// The value's JSON type.
    pub kind: ValueKind,
    /// What the member means, a short phrase for people: "Issuer", "ECDSA P-256, SHA-256". Empty if nothing is known.
    pub meaning: Cow<'static, str>,
    /// Where it is defined: "7519 §4.1.1". Empty if nowhere known.
    pub reference: &'static str,
    /// The characters of the token that carry this member, as far as base64url's groups of four allow; first byte.
    pub start: u32,
    /// One past the last byte of those characters.
    pub end: u32,
    /// True for every member whose name appears more than once.
    pub duplicate: bool,
    /// The value as a time, for registered time claims that hold a number that fits.
    pub time: Option<i64>,
    /// The value's words, for `scope`, `scp`, `amr` and `aud`; of scopes also those the policy asks for and the token
    /// lacks, last.
    pub words: Vec<Word>,
}

/// One word of a member that lists several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Word {
    /// The word itself.
    pub text: String,
    /// For scopes: what user and policy say of it.
    pub standing: Standing,
}

/// What user and policy say of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing, or it is no scope.
    Plain,
    /// The user holds it; where no user is known, the policy asks for it.
    Granted,
    /// The user does not hold it.
    NotHeld,
    /// The policy asks for it, and the token does not have it.
    Missing,
}
