//! What the tests of the whole house share: a workbench for stories, and a desktop for the real window.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test support: a failure here is a failed test")]

pub mod app;
pub mod desktop;
