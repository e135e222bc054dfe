//! What `hardening` asks of the system, in a process of its own: it holds for all of it, and to its end.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use engine::hardening;
use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

#[test]
fn a_hardened_process_leaves_no_core_and_lets_no_debugger_in() {
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::Dumpable);
    hardening::keep_memory_private();
    hardening::keep_debuggers_away();
    let limit = getrlimit(Resource::Core);
    assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
}
