//! Second factors as seen by their owner and by an attacker: with a real database file and a clock moved by hand.

mod bringing_in;
mod confirming;
mod data_key;
mod drafting;
mod names;
mod recovering;
mod verifying;

use super::{CodeCheck, Enrollment, FactorOptions};
use crate::{
    Engine, Profile, Rules,
    clock::{Clock, FrozenClock, Timestamp},
    entropy::SeededEntropy,
    secret::{Password, SecretText, VaultText},
    store::{self, Db},
    users::NewUser,
    vault::{MemoryVault, Vault, VaultError},
};
use std::{path::PathBuf, sync::Arc};
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery staple";
/// 2026-11-23 14:30:00 UTC: the first second of a step.
const START: i64 = 1_795_444_200;
const SESSION: &str = "the-session";

/// One process's engine, and what it shares with others.
struct Bench {
    engine: Engine,
    clock: Arc<FrozenClock>,
    vault: Arc<MemoryVault>,
    folder: Arc<TempDir>,
}

impl Bench {
    fn new() -> Self {
        let clock = Arc::new(FrozenClock::new(Timestamp::from_seconds(START)));
        Self::open(Arc::new(tempfile::tempdir().unwrap()), clock, Arc::new(MemoryVault::default()), 1)
    }

    fn with_user(username: &str) -> Self {
        let bench = Self::new();
        bench.create(username);
        bench
    }

    fn another_process(&self, seed: u64) -> Self {
        Self::open(Arc::clone(&self.folder), Arc::clone(&self.clock), Arc::clone(&self.vault), seed)
    }

    /// Another process whose clock runs ahead.
    fn with_a_clock_ahead(&self, seconds: i64) -> Self {
        let clock = Arc::new(FrozenClock::new(self.clock.now()));
        clock.advance_seconds(seconds);
        Self::open(Arc::clone(&self.folder), clock, Arc::clone(&self.vault), 7)
    }

    fn open(folder: Arc<TempDir>, clock: Arc<FrozenClock>, vault: Arc<MemoryVault>, seed: u64) -> Self {
        let profile = Profile::Folder { name: "bench".parse().unwrap(), folder: folder.path().to_path_buf() };
        let policy = Rules { bcrypt_cost: 4, ..Rules::default() };
        let (its_clock, its_vault) = (Arc::clone(&clock), Arc::clone(&vault));
        let entropy = Box::new(SeededEntropy::new(seed));
        let engine = Engine::open_with(&profile, policy, Box::new(its_clock), entropy, Box::new(its_vault)).unwrap();
        Self { engine, clock, vault, folder }
    }

    fn create(&self, username: &str) {
        let new = NewUser {
            username: username.into(),
            display_name: String::new(),
            email: String::new(),
            password: Password::new(PASSWORD),
            scopes: vec![],
        };
        self.engine.create_user(&new).unwrap();
    }

    fn begin(&self, username: &str) -> Enrollment {
        let password = Password::new(PASSWORD);
        self.engine.begin_enrollment(username, &password, SESSION, &FactorOptions::default()).unwrap()
    }

    /// Gives a user a confirmed factor: the phone, and the recovery codes. Uses up the present code.
    fn enroll(&self, username: &str) -> (Phone, Vec<SecretText>) {
        let phone = Phone::scan(&self.begin(username));
        let codes = self.engine.confirm_enrollment(username, SESSION, &phone.code(self.seconds())).unwrap();
        (phone, codes)
    }

    /// Checks a code as a sign-in does.
    fn verify(&self, username: &str, code: &str) -> CodeCheck {
        let key = self.engine.data_key().unwrap();
        let now = self.engine.now().unwrap();
        let user = self.id(username);
        self.engine.store.write(|tx| self.engine.verify_code(tx, &key, user, code, now)).unwrap()
    }

    fn id(&self, username: &str) -> i64 {
        self.engine.store.read(|db| store::users::by_name(db, username)).unwrap().unwrap().id
    }

    fn seconds(&self) -> i64 {
        self.clock.now().seconds()
    }

    /// Moves the clock to that moment.
    fn at(&self, seconds: i64) -> &Self {
        self.clock.advance_seconds(seconds - self.seconds());
        self
    }

    /// The kinds of all events, oldest first.
    fn events(&self) -> Vec<String> {
        let read = |db: &Db| {
            let mut kinds = db.prepare("SELECT kind FROM events ORDER BY id")?;
            kinds.query_map([], |row| row.get(0))?.collect()
        };
        self.engine.store.read(read).unwrap()
    }

    /// Every byte of the database and its side files.
    fn files(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("workbench.db")
    }
}

/// An authenticator app. It knows only what the QR code told it, and shares no code with us but the HMAC.
struct Phone(totp_rs::Totp);

impl Phone {
    fn scan(enrollment: &Enrollment) -> Self {
        Self(totp_rs::Totp::from_url(enrollment.uri.expose()).unwrap())
    }

    fn code(&self, seconds: i64) -> String {
        self.0.generate(u64::try_from(seconds).unwrap()).to_string()
    }

    fn secret(&self) -> &[u8] {
        self.0.secret().as_bytes()
    }
}
