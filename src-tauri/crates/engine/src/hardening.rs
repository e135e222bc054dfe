//! What keeps the memory of a process with secrets in it from lying around: no core dumps, and none of its files open
//! to others. Wiping what is freed is the programs' part: each sets `zeroizing_alloc` as its allocator.
//!
//! macOS has `PT_DENY_ATTACH` and Windows a stricter access list for the process; neither can be set from safe Rust.

/// Makes a crash leave nothing behind. Call it first.
pub fn keep_memory_private() {
    #[cfg(unix)]
    if let Err(error) = no_core_dumps() {
        tracing::warn!(%error, "core dumps are still possible");
    }
}

/// Keeps debuggers without special rights away. From then on nothing of the same user can read the process's `/proc`
/// entries: services that identify their callers by them must have done so before.
pub fn keep_debuggers_away() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "a debugger may still read the memory");
    }
}

#[cfg(unix)]
fn no_core_dumps() -> rustix::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
}

/// Keeps every file and folder that is made from now on to its owner, whoever makes it: libraries do so as well.
pub fn keep_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}
