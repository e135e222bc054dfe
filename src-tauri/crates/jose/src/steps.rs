//! How many bytes of a text are walked over to read it, counted in debug builds alone: a scan that begins anew for
//! each token, line or member shows there as a number, on a busy machine too.

/// Notes that so many bytes were walked over.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn walk(_bytes: usize) {}

/// Notes that so many bytes were walked over.
#[cfg(debug_assertions)]
pub fn walk(bytes: usize) {
    WALKED.set(WALKED.get() + bytes);
}

#[cfg(debug_assertions)]
thread_local! {
    static WALKED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How many bytes `work` walks over.
#[cfg(debug_assertions)]
pub fn of(work: impl FnOnce()) -> usize {
    let before = WALKED.get();
    work();
    WALKED.get() - before
}
