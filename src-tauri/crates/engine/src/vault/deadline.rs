//! Every keyring call runs on a thread of its own and is waited for only so long: a locked keyring may never answer.

use super::VaultError;
use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

/// Runs `call` on a new thread and waits `deadline` for its answer. After that the thread is left to itself; it is
/// never joined, so it cannot keep the program from ending.
///
/// # Errors
/// Those of `call`; [`VaultError::Slow`] when the deadline passes.
pub(super) fn within<T: Send + 'static>(
    deadline: Duration,
    call: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    let (answer, answered) = mpsc::channel();
    let failed = |system: String| VaultError::Failed { system };
    thread::Builder::new()
        .name("keyring".into())
        .spawn(move || {
            // Nobody listens any more once the deadline has passed.
            let _ = answer.send(call());
        })
        .map_err(|error| failed(error.to_string()))?;
    match answered.recv_timeout(deadline) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(VaultError::Slow { seconds: deadline.as_secs() }),
        Err(RecvTimeoutError::Disconnected) => Err(failed("the keyring library stopped unexpectedly".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_never_answers_is_given_up() {
        let (_never, wait) = mpsc::channel::<()>();
        let given_up = within(Duration::from_millis(20), move || wait.recv().map_err(|_| unreachable()));
        assert_eq!(given_up, Err(VaultError::Slow { seconds: 0 }));
    }

    #[test]
    fn a_call_that_panics_is_a_failure_not_a_crash() {
        let failed = within(Duration::from_secs(5), || -> Result<(), VaultError> { std::panic::panic_any("quiet") });
        assert!(matches!(failed, Err(VaultError::Failed { .. })));
    }

    fn unreachable() -> VaultError {
        VaultError::Failed { system: "the sender lives".into() }
    }
}
