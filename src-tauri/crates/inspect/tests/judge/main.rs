//! Accepted means proven: this crate accepts exactly the tokens that a second, plain judge accepts.

#![expect(clippy::unwrap_used, reason = "a test that cannot make its own token should stop")]

mod bench;
#[path = "../common/dice.rs"]
mod dice;
mod examples;
mod hostile;
mod mutations;
mod second;
