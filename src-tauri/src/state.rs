//! The shell's state while the window is open: the profile's engine, or why there is none, and the keyring's state.
//!
//! Commands run on Tauri's async threads, which they must not block. The engine is therefore handed out only against
//! [`MayBlock`], which exists on threads of their own alone; [`AppState::run`] moves the work to such a thread.

use crate::{
    commands::keyring::{KeyringState, KeyringView, VaultChoice, keyring_view},
    error::WireError,
    events::{self, Told, Topic, WorkbenchChanged},
};
use engine::{
    Engine, Profile, Rules,
    clock::{Clock, SystemClock, Timestamp},
    events::Source,
    keys::SigningKeyError,
    vault::{OsKeyring, Vault, VaultKind},
};
use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    thread,
    time::Duration,
};
use tauri::AppHandle;

/// How often to check whether another process changed the database. `PRAGMA data_version` reads a single number.
const LOOK: Duration = Duration::from_millis(250);

/// How often to look at a keyring that cannot be used.
const AWAIT: Duration = Duration::from_secs(2);

/// The proof that the current thread may wait for the database and the keyring: it is neither the window's main thread
/// nor an async one.
pub struct MayBlock(());

impl MayBlock {
    /// Starts a thread of its own.
    fn spawn(work: impl FnOnce(&MayBlock) + Send + 'static) {
        thread::spawn(move || work(&MayBlock(())));
    }
}

/// The open profile. Clones share it.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

struct Shared {
    profile: Profile,
    /// Opened again on every Retry. `None` until the first attempt has finished.
    engine: Mutex<Option<Result<Arc<Engine>, WireError>>>,
    /// Signalled when the first attempt has finished.
    answered: Condvar,
    /// The number of the newest event when the engine was opened.
    newest: AtomicI64,
    keyring: Mutex<KeyringView>,
    /// The app handle, once the window exists.
    app: OnceLock<AppHandle>,
}

impl AppState {
    /// Starts opening a profile on a separate thread, so that the window does not wait for a busy database. A failure
    /// is kept and shown by the window.
    pub fn open(profile: Profile) -> Self {
        // The provider's real name is asked for together with the key, on a thread that may wait.
        let name = "Keyring".into();
        let checking = KeyringView {
            name,
            state: KeyringState::Checking,
            system: None,
            store_problem: None,
            can_unlock: false,
            keys_at_hand: false,
            kind: VaultChoice::System,
            can_choose: false,
            has_keys: false,
            was_session: false,
        };
        let (engine, answered) = (Mutex::new(None), Condvar::new());
        let (newest, keyring, app) = (AtomicI64::new(0), Mutex::new(checking), OnceLock::new());
        let this = Self(Arc::new(Shared { profile, engine, answered, newest, keyring, app }));
        let opening = this.clone();
        MayBlock::spawn(move |may| opening.reopen(may));
        this
    }

    /// Looks up the signing key and watches for changes, each on its own thread.
    pub fn start(&self, app: &AppHandle) {
        let _ = self.0.app.set(app.clone());
        let (this, handle) = (self.clone(), app.clone());
        MayBlock::spawn(move |may| {
            // Wait until the database is open or has failed.
            let _ = this.engine(may);
            tell(&handle, vec![Topic::Health]);
            this.check_keyring(may);
            tell(&handle, vec![Topic::Health]);
        });
        let (this, handle) = (self.clone(), app.clone());
        MayBlock::spawn(move |may| this.watch(&handle, may));
        // Other systems do not report changes of their keyrings, and show a prompt at each query.
        if OsKeyring.can_unlock() {
            let (this, handle) = (self.clone(), app.clone());
            MayBlock::spawn(move |may| OsKeyring::watch(|| this.look_at_keyring(&handle, may)));
            let (this, handle) = (self.clone(), app.clone());
            MayBlock::spawn(move |may| this.await_keyring(&handle, may));
        }
    }

    /// The profile.
    pub fn profile(&self) -> &Profile {
        &self.0.profile
    }

    /// The engine, or why there is none. Blocks while the database is being opened.
    ///
    /// # Errors
    /// The failure to open the database.
    pub fn engine(&self, _: &MayBlock) -> Result<Arc<Engine>, WireError> {
        let mut engine = lock(&self.0.engine);
        loop {
            match &*engine {
                Some(answer) => return answer.clone(),
                None => engine = self.0.answered.wait(engine).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// The engine's current time; the computer's while there is no engine.
    pub fn now(&self, may: &MayBlock) -> Timestamp {
        now_of(self.engine_now(may).and_then(Result::ok).as_deref())
    }

    /// The engine, or why there is none, without waiting; `None` while the database is being opened.
    pub fn engine_now(&self, _: &MayBlock) -> Option<Result<Arc<Engine>, WireError>> {
        lock(&self.0.engine).clone()
    }

    /// The keyring's state as of the last call to it.
    pub fn keyring(&self) -> KeyringView {
        lock(&self.0.keyring).clone()
    }

    /// Opens the database again, unless it is open.
    pub fn reopen(&self, _: &MayBlock) {
        if matches!(*lock(&self.0.engine), Some(Ok(_))) {
            return;
        }
        // Do not hold the lock meanwhile: others read the state.
        let opened = Engine::open(&self.0.profile, Rules::default()).map_err(WireError::from).and_then(|engine| {
            let engine = engine.acting_through(Source::Window)?;
            engine.check_database()?;
            Ok(Arc::new(engine))
        });
        let mut engine = lock(&self.0.engine);
        if !matches!(*engine, Some(Ok(_))) {
            // The window can read everything up to here. If the number is unknown, everything counts as news.
            let newest = opened.as_ref().ok().and_then(|engine| engine.newest_event().ok());
            self.0.newest.store(newest.unwrap_or_default(), Ordering::Relaxed);
            *engine = Some(opened);
        }
        self.0.answered.notify_all();
    }

    /// Asks the keyring for the signing key, creating one if the profile has none yet.
    pub fn check_keyring(&self, may: &MayBlock) -> KeyringView {
        self.engine(may).map_or_else(|_| self.keyring(), |engine| self.check_keys(&engine))
    }

    /// The same for an engine that is at hand.
    pub fn check_keys(&self, engine: &Engine) -> KeyringView {
        let answer = engine.prepare_keys();
        if answer.is_ok()
            && let Err(error) = engine.retire_due_keys()
        {
            tracing::warn!(%error, "keys that are due stay for now");
        }
        self.keep(engine, answer)
    }

    /// Looks at a keyring that cannot be used again and again: not every provider tells that it was unlocked.
    fn await_keyring(&self, app: &AppHandle, may: &MayBlock) {
        loop {
            thread::sleep(AWAIT);
            let state = self.keyring().state;
            if matches!(state, KeyringState::Locked | KeyringState::Absent | KeyringState::NoCollection) {
                self.look_at_keyring(app, may);
            }
        }
    }

    /// Looks whether the system's keyring can still be used, or again, and tells the window if that has changed.
    fn look_at_keyring(&self, app: &AppHandle, may: &MayBlock) {
        let Ok(engine) = self.engine(may) else { return };
        let before = self.keyring().state;
        if engine.vault_kind() != Ok(VaultKind::System) || before == KeyringState::Checking {
            return;
        }
        let after = match OsKeyring::check() {
            Ok(()) if before == KeyringState::Ready => return,
            Ok(()) => self.check_keys(&engine),
            Err(error) => {
                let mut view = keyring_view(&engine, Err(error.into()));
                view.keys_at_hand = engine.prepare_keys().is_ok();
                lock(&self.0.keyring).clone_from(&view);
                view
            }
        };
        if after.state != before {
            tell(app, vec![Topic::Health]);
        }
    }

    /// Asks the system to unlock the keyring, then asks for the key.
    pub fn unlock_keyring(&self, may: &MayBlock) -> KeyringView {
        let Ok(engine) = self.engine(may) else { return self.keyring() };
        let unlocked = engine
            .vault()
            .map_err(SigningKeyError::from)
            .and_then(|vault| vault.unlock().map_err(SigningKeyError::from));
        self.keep(&engine, unlocked.and_then(|()| engine.prepare_keys()))
    }

    /// Stores the keyring's latest answer.
    pub fn keep(&self, engine: &Engine, answer: Result<(), SigningKeyError>) -> KeyringView {
        let view = keyring_view(engine, answer);
        lock(&self.0.keyring).clone_from(&view);
        view
    }

    /// Runs `work` where blocking is allowed. If it fails because of the keyring, notifies the window of the keyring's
    /// state, which may have changed since the last call.
    ///
    /// # Errors
    /// Those of `work`; the failure to open the database; an internal error if `work` panics.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, WireError> + Send + 'static,
    ) -> Result<T, WireError> {
        let this = self.clone();
        blocking(move |may| {
            let engine = this.engine(may)?;
            let answer = work(&engine);
            if let Err(WireError { keys: Some(error), .. }) = &answer {
                this.keep(&engine, Err(SigningKeyError::clone(error)));
                if let Some(app) = this.0.app.get() {
                    tell(app, vec![Topic::Health]);
                }
            }
            answer
        })
        .await?
    }

    /// Tells the window what changes, in this process and in others.
    fn watch(&self, app: &AppHandle, may: &MayBlock) {
        let mut told = None;
        loop {
            if let Ok(engine) = self.engine(may) {
                let told = told.get_or_insert_with(|| Told::up_to(self.0.newest.load(Ordering::Relaxed)));
                match told.news(&engine) {
                    Ok(topics) if topics.is_empty() => {}
                    Ok(topics) => tell(app, topics),
                    Err(error) => tracing::warn!(%error, "what changed is not known yet"),
                }
            }
            thread::sleep(LOOK);
        }
    }
}

/// The engine's current time; the computer's if there is no engine.
pub fn now_of(engine: Option<&Engine>) -> Timestamp {
    engine.and_then(|engine| engine.now().ok()).unwrap_or_else(|| SystemClock.now())
}

/// Runs `work` on a thread that may block.
///
/// # Errors
/// An internal error if `work` panics.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce(&MayBlock) -> T + Send + 'static) -> Result<T, WireError> {
    let work = move || work(&MayBlock(()));
    tauri::async_runtime::spawn_blocking(work).await.map_err(|_| WireError::internal("a command stopped unexpectedly"))
}

/// Notifies the window of what changed.
pub fn tell(app: &AppHandle, topics: Vec<Topic>) {
    events::tell(app, WorkbenchChanged { topics });
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::vault::VaultError;

    #[test]
    fn a_keyring_that_fails_in_any_command_is_remembered() {
        let state = AppState::open(Profile::Ephemeral);
        let locked = || SigningKeyError::from(VaultError::Locked { system: String::new() });
        let answer = tauri::async_runtime::block_on(state.run(move |_| Err::<(), _>(locked().into())));
        assert!(answer.is_err());
        assert_eq!(state.keyring().state, KeyringState::Locked);
    }
}
