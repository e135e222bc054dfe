//! Counts the bytes scanned to read a text, in debug builds only: a scan that restarts for each token, line or member
//! shows up as a number, even on a busy machine.

/// Records that this many bytes were scanned.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn walk(_bytes: usize) {}

/// Records that this many bytes were scanned.
#[cfg(debug_assertions)]
pub fn walk(bytes: usize) {
    WALKED.set(WALKED.get() + bytes);
}

#[cfg(debug_assertions)]
thread_local! {
    static WALKED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How many bytes `work` scans.
#[cfg(debug_assertions)]
pub fn of(work: impl FnOnce()) -> usize {
    let before = WALKED.get();
    work();
    WALKED.get() - before
}
