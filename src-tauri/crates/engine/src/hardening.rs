//! Protects the memory of a process with secrets: no core dumps, no debuggers, and private files. Wiping freed memory
//! is up to the programs: each sets `zeroizing_alloc` as its allocator.
//!
//! macOS has `PT_DENY_ATTACH`, and Windows a stricter access list for the process; neither can be set from safe Rust.

/// Disables core dumps, so that a crash leaves nothing behind. Call it first.
pub fn keep_memory_private() {
    #[cfg(unix)]
    if let Err(error) = no_core_dumps() {
        tracing::warn!(%error, "core dumps are still possible");
    }
}

/// Keeps unprivileged debuggers away. From then on other processes of the same user cannot read this process's `/proc`
/// entries, so services that identify their callers by them must have done so before.
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

/// Lets the process have thousands of connections open, if the system allows it: many systems start with 1024 files.
pub fn allow_many_connections() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        const ENOUGH: u64 = 8192;
        let limit = getrlimit(Resource::Nofile);
        let wanted = limit.maximum.map_or(ENOUGH, |most| most.min(ENOUGH));
        if limit.current.is_some_and(|now| now < wanted)
            && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum })
        {
            tracing::warn!(%error, "at most {:?} files can be open", limit.current);
        }
    }
}

/// Makes every new file and folder private to its owner, including those that libraries create.
pub fn keep_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}
