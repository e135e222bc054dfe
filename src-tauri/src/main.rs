//! The desktop program's entry: command line and display are settled before any window library is touched.

// A release build on Windows has no console of its own.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::{alloc::System, process::ExitCode};
use zeroizing_alloc::ZeroAlloc;

/// Passwords and keys pass through many hands on their way here, JSON's among them: all memory is wiped when it is
/// freed.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    token_workbench::run()
}
