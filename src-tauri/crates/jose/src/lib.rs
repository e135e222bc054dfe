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
mod findings;
mod given;
mod json;
mod key;
mod meaning;
mod parse;
mod policy;
pub mod report;
mod sign;
mod steps;
#[cfg(test)]
mod testing;
mod visible;
mod words;

pub use algorithm::{Algorithm, Family, UnknownAlgorithm};
pub use check::{check, judge};
pub use compare::{changes, compare};
pub use edit::{Draft, Edit, EditError, Fault, Unbroken};
pub use findings::{common_passwords, guess_secret};
pub use given::{GivenKey, SecretForm, check_given};
pub use key::{KeyError, KeySet, Mismatch, PrivateKey, SkippedKey, VerifyingKey};
pub use parse::{Parsed, parse, parse_exact};
pub use policy::{Evidence, Facts, KeyChoice, KeyTrust, Policy, RevocationFact, UserFact};
pub use sign::{SignError, SigningKey, signing_input};
pub use visible::{escaped_json, first_unseen, visible, visible_lines};
