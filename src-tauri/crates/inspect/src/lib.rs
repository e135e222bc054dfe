//! Explains pasted text: what was around the token, what its members mean, what is weak about it, which key would
//! match, what a change to it would do; and the report that contains all that.
//!
//! Three steps: [`parse`] takes any text and reads what it can, the caller looks up the evidence for it, and
//! [`check`] judges it as a server would ([`jose::judge`]) and explains the judgement. Nothing here reads a clock,
//! the disk or the network; nothing panics.

mod app_signature;
mod clean;
mod compare;
mod decoding;
mod differences;
mod edit;
mod explain;
mod findings;
mod key_text;
mod kinds;
mod link;
mod meaning;
mod not_jwt;
mod pasted;
pub mod report;
mod samples;
mod sd_jwt;
#[cfg(test)]
mod testing;
mod user_keys;

pub use compare::{changes, compare};
pub use edit::{Draft, Edit, EditError, Fault, Unbroken, blank_claims, unsigned};
pub use explain::check;
pub use findings::guess_secret;
pub use key_text::{KeyText, SecretForm};
pub use pasted::{Pasted, parse, parse_as_pasted};
pub use samples::{Sample, SampleToken, Seed};
pub use user_keys::{UserKey, check_with_user_key};
