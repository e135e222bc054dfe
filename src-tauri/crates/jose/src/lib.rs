//! Tokens as bytes, for a guard: lossless bounded parsing, keys, checks, verification and signing.
//!
//! Two steps: [`parse_exact`] reads a token as it was sent, the caller looks up the evidence for it, and [`judge`]
//! returns what a server would decide. Nothing here reads a clock, the disk or the network; nothing panics. The modules
//! are public for `inspect`, which explains what is judged here; other crates need only the items at the root and the
//! content of a judgement.

mod algorithm;
pub mod base64url;
pub mod check;
pub mod choose;
pub mod digest;
pub mod guessable;
pub mod inflate;
pub mod json;
pub mod judgement;
pub mod jwe;
pub mod key;
mod kind;
pub mod parse;
pub mod policy;
pub mod steps;
#[cfg(test)]
mod testing;
pub mod visible;
pub mod words;

// The test drafts are shared with `inspect`, which refers to this crate as `jose`.
#[cfg(test)]
extern crate self as jose;

pub use algorithm::{Algorithm, Family, UnknownAlgorithm};
pub use check::{is_authentic, judge};
pub use guessable::common_passwords;
pub use key::{KeyError, KeySet, Mismatch, PrivateKey, SignError, SigningKey, SkippedKey, VerifyingKey, signing_input};
pub use kind::Kind;
pub use parse::{Parsed, parse_exact};
pub use policy::{Evidence, Facts, KeyChoice, KeyTrust, Policy, RevocationFact, UserFact};
pub use visible::{escaped_json, first_unseen, visible, visible_lines};
