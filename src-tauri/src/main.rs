//! The desktop program's entry point: command line and display are checked before any window library is used.

// A release build on Windows opens no console.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::{alloc::System, process::ExitCode};
use zeroizing_alloc::ZeroAlloc;

/// Passwords and keys pass through many buffers on their way here, JSON's among them, so all memory is wiped when it is
/// freed.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    token_workbench::run()
}
