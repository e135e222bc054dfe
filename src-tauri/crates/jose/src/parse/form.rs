//! What a text is: its form, its segments, and what is wrong with it.

use serde::Serialize;

/// What a pasted text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Nothing but white space.
    Empty,
    /// JWS compact serialization (RFC 7515 section 7.1), also with a missing or empty signature.
    JwsCompact,
    /// JWS JSON serialization (RFC 7515 section 7.2).
    JwsJson,
    /// JWE compact serialization (RFC 7516 section 7.1): encrypted, not signed.
    JweCompact,
    /// JWE JSON serialization (RFC 7516 section 7.2), flat or general: encrypted, not signed.
    JweJson,
    /// No JSON header was found: a token that only its issuer can read, or no token at all.
    Opaque,
    /// Longer than this crate reads.
    TooLarge,
}

/// One of several tokens in a paste, in JSON or inside another token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FoundToken {
    /// The name it is under, or a description: `refresh_token`, `Signature 1, ES256, kid x`, `Level 2, payload, RS256`.
    /// May be empty.
    pub name: String,
    /// The token.
    pub token: String,
}

/// One segment of a compact token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Segment {
    /// What the segment is.
    pub kind: SegmentKind,
    /// First byte of the segment in the token.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
}

/// What a segment of a compact token holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SegmentKind {
    /// The JOSE header.
    Header,
    /// The claims set of a JWS.
    Payload,
    /// The signature of a JWS.
    Signature,
    /// The encrypted content encryption key of a JWE; empty where the key is agreed on or shared (RFC 7516).
    EncryptedKey,
    /// The initialization vector of a JWE.
    InitializationVector,
    /// The encrypted content of a JWE.
    Ciphertext,
    /// The authentication tag of a JWE, which protects its ciphertext and header.
    AuthenticationTag,
    /// A segment that no serialization defines.
    Extra,
}

/// Something wrong with the text itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Problem {
    /// A short title: "Character 188 is not base64url".
    pub title: String,
    /// The reason, and what to do: "Found `+`, which belongs to plain base64. base64url writes `-` instead."
    /// In a report it is empty if an earlier problem says the same.
    pub message: String,
    /// The segment it is in, if it is in one.
    pub segment: Option<SegmentKind>,
    /// The byte of the token it points at, if it points at one.
    pub at: Option<u32>,
}
