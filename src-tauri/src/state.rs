//! What the shell holds while the window is open: the profile's engine, or why there is none, and the keyring's state.
//!
//! Commands run on Tauri's async threads and never work there: [`Workbench::run`] takes the work to a thread that may
//! block.

use crate::{
    commands::keyring::{KeyringState, KeyringView, VaultChoice, keyring_view},
    error::WireError,
    events::{self, Topic, WorkbenchChanged},
};
use engine::{
    Engine, Profile, Rules,
    clock::{Clock, SystemClock, Timestamp},
    keys::KeyError,
};
use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    thread,
    time::Duration,
};
use tauri::AppHandle;

/// How often the database is asked whether another process changed it. `PRAGMA data_version` reads one number.
const LOOK: Duration = Duration::from_millis(250);

/// The open profile. Clones share it.
#[derive(Clone)]
pub struct Workbench(Arc<Shared>);

struct Shared {
    profile: Profile,
    /// Opens anew on every Retry. `None` until the first attempt has an answer.
    engine: Mutex<Option<Result<Arc<Engine>, WireError>>>,
    /// The first attempt has an answer.
    answered: Condvar,
    keyring: Mutex<KeyringView>,
    /// The program that shows the window, once it does.
    app: OnceLock<AppHandle>,
}

impl Workbench {
    /// Begins to open a profile, on a thread of its own: the window does not wait for whoever keeps the database
    /// busy. A failure is kept, and shown by the window.
    pub fn open(profile: Profile) -> Self {
        // Who provides the keyring is asked together with the key, on a thread that may wait for the answer.
        let name = "Keyring".into();
        let checking = KeyringView {
            name,
            state: KeyringState::Checking,
            system: None,
            store_problem: None,
            can_unlock: false,
            kind: VaultChoice::System,
            can_choose: false,
            has_keys: false,
            was_session: false,
        };
        let (engine, answered) = (Mutex::new(None), Condvar::new());
        let this =
            Self(Arc::new(Shared { profile, engine, answered, keyring: Mutex::new(checking), app: OnceLock::new() }));
        let opening = this.clone();
        thread::spawn(move || opening.reopen());
        this
    }

    /// Looks for the signing key, and watches for changes, both on threads of their own.
    pub fn start(&self, app: &AppHandle) {
        let _ = self.0.app.set(app.clone());
        let (this, handle) = (self.clone(), app.clone());
        thread::spawn(move || {
            // Waits until the database has an answer.
            let _ = this.engine();
            tell(&handle, vec![Topic::Health]);
            this.check_keyring();
            tell(&handle, vec![Topic::Health]);
        });
        let (this, handle) = (self.clone(), app.clone());
        thread::spawn(move || this.watch(&handle));
    }

    /// The profile.
    pub fn profile(&self) -> &Profile {
        &self.0.profile
    }

    /// The engine, or why there is none. Waits while the database is being opened: not for async threads.
    ///
    /// # Errors
    /// The failure to open the database.
    pub fn engine(&self) -> Result<Arc<Engine>, WireError> {
        let mut engine = lock(&self.0.engine);
        loop {
            match &*engine {
                Some(answer) => return answer.clone(),
                None => engine = self.0.answered.wait(engine).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// The engine's present moment; the computer's while there is no engine.
    pub fn now(&self) -> Timestamp {
        let engine = self.engine_now().and_then(Result::ok);
        engine.and_then(|engine| engine.now().ok()).unwrap_or_else(|| SystemClock.now())
    }

    /// The engine, or why there is none, without waiting; `None` while the database is being opened.
    pub fn engine_now(&self) -> Option<Result<Arc<Engine>, WireError>> {
        lock(&self.0.engine).clone()
    }

    /// The keyring as it was when it was last asked.
    pub fn keyring(&self) -> KeyringView {
        lock(&self.0.keyring).clone()
    }

    /// Opens the database again, unless it is open.
    pub fn reopen(&self) {
        if matches!(*lock(&self.0.engine), Some(Ok(_))) {
            return;
        }
        // Not under the lock: others ask meanwhile how it stands.
        let opened = Engine::open(&self.0.profile, Rules::default()).map_err(WireError::from).and_then(|engine| {
            engine.check_database()?;
            Ok(Arc::new(engine))
        });
        let mut engine = lock(&self.0.engine);
        if !matches!(*engine, Some(Ok(_))) {
            *engine = Some(opened);
        }
        self.0.answered.notify_all();
    }

    /// Asks the keyring for the signing key, making it if the profile has none yet.
    pub fn check_keyring(&self) -> KeyringView {
        let Ok(engine) = self.engine() else { return self.keyring() };
        let answer = engine.prepare_keys();
        if answer.is_ok()
            && let Err(error) = engine.retire_due_keys()
        {
            tracing::warn!(%error, "keys that are due stay for now");
        }
        self.keep(&engine, answer)
    }

    /// Asks the system to unlock the keyring, then asks for the key.
    pub fn unlock_keyring(&self) -> KeyringView {
        let Ok(engine) = self.engine() else { return self.keyring() };
        let unlocked = engine.vault().map_err(KeyError::from).and_then(|vault| vault.unlock().map_err(KeyError::from));
        self.keep(&engine, unlocked.and_then(|()| engine.prepare_keys()))
    }

    /// Remembers what the keyring answered last.
    pub fn keep(&self, engine: &Engine, answer: Result<(), KeyError>) -> KeyringView {
        let view = keyring_view(engine, answer);
        lock(&self.0.keyring).clone_from(&view);
        view
    }

    /// Runs `work` where blocking is allowed. If it fails over the keyring, the window is told how the keyring
    /// stands: it may have been locked since it was last asked.
    ///
    /// # Errors
    /// Those of `work`; the failure to open the database; an internal one if `work` panics.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, WireError> + Send + 'static,
    ) -> Result<T, WireError> {
        let this = self.clone();
        blocking(move || {
            let engine = this.engine()?;
            let answer = work(&engine);
            if let Err(WireError { keys: Some(error), .. }) = &answer {
                this.keep(&engine, Err(KeyError::clone(error)));
                if let Some(app) = this.0.app.get() {
                    tell(app, vec![Topic::Health]);
                }
            }
            answer
        })
        .await?
    }

    fn watch(&self, app: &AppHandle) {
        // What happened before the window asked for everything is in that answer.
        let mut last =
            self.engine().and_then(|engine| engine.newest_event().map_err(WireError::from)).unwrap_or_default();
        let version = || self.engine().ok().and_then(|engine| engine.version().ok());
        let mut seen = version();
        loop {
            thread::sleep(LOOK);
            let now = version();
            if now == seen {
                continue;
            }
            seen = now;
            let Ok(engine) = self.engine() else { continue };
            match events::topics_since(&engine, last) {
                Ok((topics, newest)) => {
                    last = newest;
                    if !topics.is_empty() {
                        tell(app, topics);
                    }
                }
                Err(error) => tracing::warn!(%error, "what changed is not known"),
            }
        }
    }
}

/// Runs `work` on a thread that may block.
///
/// # Errors
/// an internal one if `work` panics.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, WireError> {
    tauri::async_runtime::spawn_blocking(work).await.map_err(|_| WireError::internal("a command stopped unexpectedly"))
}

/// Tells the window what changed.
pub fn tell(app: &AppHandle, topics: Vec<Topic>) {
    events::tell(app, WorkbenchChanged { topics });
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
