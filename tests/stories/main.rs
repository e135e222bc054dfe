//! Stories about the engine: each states a promise to the user, or a threat and its outcome.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

mod checklist;
mod clients;
mod clock;
mod edit;
mod guard;
mod handover;
mod health;
mod house;
mod keys;
mod lifetimes;
mod lists;
mod moved_or_lost;
mod pending;
mod policies;
mod races;
mod refresh;
mod restore;
mod revocation;
mod rules;
mod scopes;
mod second_factor;
mod session_list;
mod shipped;
mod sign_in;
mod signed_by_hand;
mod throttle;
mod two_processes;
mod user_import;
mod users;
