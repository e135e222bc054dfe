//! x
pub mod desktop;
