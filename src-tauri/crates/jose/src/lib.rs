//! Tokens as bytes: lossless bounded parsing, inspection, checks, verification and signing.
//!
//! Three steps: [`parse`] takes any text and reads what it can, the caller looks up a key and facts for it, and
//! [`judge`] answers what a server would decide, [`check`] with everything explained. Nothing here reads a clock, the disk or the network; nothing panics.

mod algorithm;
mod base64url;
mod check;
mod clean;
mod compare;
mod edit;
mod explain;
mod findings;
mod given;
mod guessable;
mod json;
mod judgement;
mod key;
mod meaning;
mod parse;
mod pasted;
mod policy;
pub mod report;
mod steps;
#[cfg(test)]
mod testing;
mod visible;
mod words;

pub use algorithm::{Algorithm, Family, UnknownAlgorithm};
pub use check::judge;
pub use compare::{changes, compare};
pub use edit::{Draft, Edit, EditError, Fault, Unbroken};
pub use explain::check;
pub use findings::guess_secret;
pub use given::{GivenKey, SecretForm, check_given};
pub use guessable::common_passwords;
pub use judgement::Cure;
pub use key::{KeyError, KeySet, Mismatch, PrivateKey, SignError, SigningKey, SkippedKey, VerifyingKey, signing_input};
pub use parse::{Parsed, parse_exact};
pub use pasted::{Pasted, parse};
pub use policy::{Evidence, Facts, KeyChoice, KeyTrust, Policy, RevocationFact, UserFact};
pub use visible::{escaped_json, first_unseen, visible, visible_lines};
