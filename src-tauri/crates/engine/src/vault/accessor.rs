//! All keyring calls of the process go through one thread, in order, and each has a deadline: a locked keyring may
//! never answer, and some systems do not order simultaneous calls on one entry.
//!
//! A call that never returns blocks the thread. Until it does return, later calls are refused at once, so that retrying
//! creates no further threads or connections. The thread is never replaced: a call ends when the service or bus that
//! blocks it ends, and a second thread would only get stuck in the same place. It is never joined, so it does not delay
//! the end of the program.

use super::VaultError;
use std::{
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};

/// The accessor shared by the whole process.
pub(super) static ACCESSOR: Accessor = Accessor::new();

/// One thread that makes calls in sequence.
pub(super) struct Accessor {
    state: Mutex<State>,
}

struct State {
    /// The thread's queue, once it was started.
    queue: Option<Sender<Task>>,
    /// The number of the newest call.
    newest: u64,
    /// The call being made.
    running: Option<Running>,
}

struct Running {
    number: u64,
    /// Nobody waits for it any more.
    given_up: bool,
    /// A person has to answer it first, so other callers need not wait.
    prompts: bool,
}

struct Task {
    number: u64,
    prompts: bool,
    /// Whether the caller still waits. If set to false in time, the call is never made.
    wanted: Arc<Mutex<bool>>,
    /// Makes the call and returns a closure that answers the caller.
    call: Box<dyn FnOnce() -> Box<dyn FnOnce()> + Send>,
}

/// A call that was queued.
struct Pending<T> {
    accessor: &'static Accessor,
    number: u64,
    deadline: Duration,
    wanted: Arc<Mutex<bool>>,
    answered: Receiver<Result<T, VaultError>>,
}

impl<T> Pending<T> {
    fn wait(self) -> Result<T, VaultError> {
        match self.answered.recv_timeout(self.deadline) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                // A call reported as failed must not happen later, unless it has already begun.
                *lock(&self.wanted) = false;
                let mut state = lock(&self.accessor.state);
                if let Some(running) = state.running.as_mut().filter(|running| running.number == self.number) {
                    running.given_up = true;
                }
                Err(VaultError::Slow { seconds: self.deadline.as_secs() })
            }
            Err(RecvTimeoutError::Disconnected) => Err(failed("the keyring library stopped unexpectedly".into())),
        }
    }
}

impl Accessor {
    pub(super) const fn new() -> Self {
        Self { state: Mutex::new(State { queue: None, newest: 0, running: None }) }
    }

    /// Queues `call` and waits up to `deadline` for its answer.
    ///
    /// # Errors
    /// Those of `call`; [`VaultError::Slow`] when the deadline passes, or at once while an earlier call is stuck.
    pub(super) fn call<T: Send + 'static>(
        &'static self,
        deadline: Duration,
        call: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        self.begin(deadline, false, call)?.wait()
    }

    /// Like [`Accessor::call`], for calls that prompt a person: other calls are refused at once meanwhile.
    ///
    /// # Errors
    /// As [`Accessor::call`].
    pub(super) fn prompt<T: Send + 'static>(
        &'static self,
        deadline: Duration,
        call: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        self.begin(deadline, true, call)?.wait()
    }

    fn begin<T: Send + 'static>(
        &'static self,
        deadline: Duration,
        prompts: bool,
        call: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
    ) -> Result<Pending<T>, VaultError> {
        let mut state = lock(&self.state);
        if state.running.as_ref().is_some_and(|running| running.given_up || running.prompts) {
            return Err(VaultError::Slow { seconds: deadline.as_secs() });
        }
        state.newest += 1;
        let number = state.newest;
        let (answer, answered) = mpsc::channel();
        let wanted = Arc::new(Mutex::new(true));
        let call = Box::new(move || -> Box<dyn FnOnce()> {
            let result = call();
            // Fails harmlessly if the deadline has passed and nobody listens.
            Box::new(move || drop(answer.send(result)))
        });
        self.enqueue(&mut state, Task { number, prompts, wanted: Arc::clone(&wanted), call })?;
        Ok(Pending { accessor: self, number, deadline, wanted, answered })
    }

    fn enqueue(&'static self, state: &mut State, task: Task) -> Result<(), VaultError> {
        if state.queue.is_none() {
            let (queue, tasks) = mpsc::channel::<Task>();
            let work = move || tasks.into_iter().for_each(|task| self.make(task));
            thread::Builder::new().name("keyring".into()).spawn(work).map_err(|error| failed(error.to_string()))?;
            state.queue = Some(queue);
        }
        let queue = state.queue.as_ref().ok_or_else(|| failed("the keyring's thread is gone".into()))?;
        queue.send(task).map_err(|_| failed("the keyring's thread is gone".into()))
    }

    fn make(&self, task: Task) {
        let Task { number, prompts, wanted, call } = task;
        {
            // Take both locks: a caller that gives up must find the call either not begun or running.
            let mut state = lock(&self.state);
            if !*lock(&wanted) {
                return;
            }
            state.running = Some(Running { number, given_up: false, prompts });
        }
        // A panic drops the caller's channel, which reports the failure; the thread survives for the next call.
        let tell = panic::catch_unwind(AssertUnwindSafe(call));
        // Clear it before answering: the caller may call again at once.
        lock(&self.state).running = None;
        if let Ok(tell) = tell {
            tell();
        }
    }
}

fn failed(system: String) -> VaultError {
    VaultError::Failed { system }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        collections::HashSet,
        sync::atomic::{AtomicUsize, Ordering},
        thread::ThreadId,
    };

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(20);

    /// An accessor for this test only.
    fn accessor() -> &'static Accessor {
        Box::leak(Box::new(Accessor::new()))
    }

    #[test]
    fn however_often_a_stuck_keyring_is_asked_there_is_one_thread_and_one_call() {
        let accessor = accessor();
        let (end, wait) = mpsc::channel::<()>();
        let calls = Arc::new(AtomicUsize::new(0));
        let count = |calls: &Arc<AtomicUsize>| {
            let calls = Arc::clone(calls);
            move || Ok(calls.fetch_add(1, Ordering::SeqCst))
        };
        let (begun, has_begun) = mpsc::channel::<()>();
        let stuck = accessor.begin(SHORT, false, move || {
            let _ = begun.send(());
            let _ = wait.recv();
            Ok(())
        });
        has_begun.recv().unwrap();
        assert_eq!(stuck.unwrap().wait(), Err(VaultError::Slow { seconds: 0 }));
        // With a deadline longer than this test may take: the answer must come without waiting.
        for _ in 0..40 {
            assert_eq!(accessor.call(LONG, count(&calls)), Err(VaultError::Slow { seconds: 60 }));
        }
        assert_eq!(calls.load(Ordering::SeqCst), 0, "no press reached the keyring");

        // When the stuck call finally ends, the same thread continues.
        end.send(()).unwrap();
        while lock(&accessor.state).running.is_some() {
            thread::yield_now();
        }
        assert_eq!(accessor.call(LONG, count(&calls)), Ok(0));
    }

    #[test]
    fn calls_from_many_threads_are_made_by_one() {
        let accessor = accessor();
        let threads: HashSet<ThreadId> = thread::scope(|scope| {
            let calls: Vec<_> =
                (0..8).map(|_| scope.spawn(|| accessor.call(LONG, || Ok(thread::current().id())).unwrap())).collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        assert_eq!(threads.len(), 1);
        assert!(!threads.contains(&thread::current().id()));
    }

    #[test]
    fn a_call_that_was_given_up_before_it_began_is_never_made() {
        let accessor = accessor();
        let (end, wait) = mpsc::channel::<()>();
        let (begun, has_begun) = mpsc::channel::<()>();
        let written = Arc::new(AtomicUsize::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                accessor.call(LONG, move || {
                    let _ = begun.send(());
                    let _ = wait.recv();
                    Ok(())
                })
            });
            has_begun.recv().unwrap();
            let write = Arc::clone(&written);
            let given_up = accessor.call(SHORT, move || Ok(write.fetch_add(1, Ordering::SeqCst)));
            assert_eq!(given_up, Err(VaultError::Slow { seconds: 0 }));
            end.send(()).unwrap();
        });
        accessor.call(LONG, || Ok(())).unwrap();
        assert_eq!(written.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn while_a_prompt_waits_for_a_person_nobody_else_does() {
        let accessor = accessor();
        let (end, wait) = mpsc::channel::<()>();
        let (begun, has_begun) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let prompt = scope.spawn(|| {
                accessor.prompt(LONG, move || {
                    let _ = begun.send(());
                    let _ = wait.recv();
                    Ok(())
                })
            });
            has_begun.recv().unwrap();
            assert_eq!(accessor.call(LONG, || Ok(())), Err(VaultError::Slow { seconds: 60 }));
            end.send(()).unwrap();
            assert_eq!(prompt.join().unwrap(), Ok(()));
            assert_eq!(accessor.call(LONG, || Ok(())), Ok(()), "whoever was let in may ask at once");
        });
    }

    #[test]
    fn a_call_that_panics_is_a_failure_and_the_next_one_works() {
        let accessor = accessor();
        let failed = accessor.call(LONG, || -> Result<(), VaultError> { panic::panic_any("quiet") });
        assert!(matches!(failed, Err(VaultError::Failed { .. })));
        assert_eq!(accessor.call(LONG, || Ok(1)), Ok(1));
    }
}
