//! Stories over the engine: each says a promise to a user, or a threat and what comes of it.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod health;
mod keys;
mod sign_in;
mod two_processes;
mod users;
