//! The real window, driven on a private desktop. One file per story.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failing step fails the test")]
#![expect(clippy::disallowed_methods, reason = "how long a test waits for another process is real time")]

mod accessibility;
mod activity;
mod another_key;
mod by_keyboard;
mod by_keyboard_factor;
mod edit;
mod enrolling;
mod ephemeral;
mod first_slice;
mod gestures;
mod handover;
mod harness;
mod hostile;
mod keyring_elsewhere;
mod keyring_locked;
mod keys;
mod many_users;
mod memory;
mod navigation;
mod no_display;
mod policies;
mod references;
mod revocation;
mod room;
mod secrets;
mod sessions;
mod single_instance;
mod steps;
mod store_unusable;
mod two_processes;
mod users;
