//! What follows the token of an SD-JWT (RFC 9901 section 4).

use serde::Serialize;

use super::Member;

/// The disclosures and the key binding of an SD-JWT.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PresentationReport {
    /// The text after the token, from its first `~` on, without white space.
    pub text: String,
    /// The number of disclosures that match a digest, at any depth.
    pub disclosed: u32,
    /// The number of those that are not disclosures, or that match no digest.
    pub stray: u32,
    /// The number of digests without a disclosure, at any depth: hidden claims, or decoys.
    pub hidden: u32,
    /// The first of those digests at the top level, truncated.
    pub digests: Vec<String>,
    /// The key binding; `None` if the token is bound to no key.
    pub key_binding: Option<KeyBindingReport>,
}

/// The key binding of an SD-JWT (RFC 9901 section 4.3).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct KeyBindingReport {
    /// The key binding JWT, to be opened as a token; `None` if it is absent.
    pub token: Option<String>,
    /// Does it prove that the sender holds the key in `cnf`, for this presentation and the policy's audience?
    pub is_proven: bool,
    /// What was found out, in a sentence.
    pub note: String,
    /// Its claims.
    pub members: Vec<Member>,
}
