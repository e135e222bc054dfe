//! Shared by all tests: a workbench for stories, and a desktop for the real window.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]
#![expect(clippy::disallowed_methods, reason = "waiting for a real program takes a real deadline")]

pub mod app;
pub mod desktop;
pub mod tokens;
