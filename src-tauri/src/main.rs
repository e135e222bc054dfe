//! The desktop program's entry: command line and display are settled before any window library is touched.

// A release build on Windows has no console of its own.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    token_workbench::run()
}
