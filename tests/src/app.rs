//! A workbench for stories: a real database file, a manual clock, seeded randomness, and a vault that can be made to
//! fail. Stories act only through the engine.

use engine::{
    Engine, Profile, Rules,
    by_hand::{ByHandError, Signer},
    clock::{Clock, FrozenClock, Timestamp},
    entropy::SeededEntropy,
    evidence::Inspection,
    keys::SigningKeyError,
    profile::{OpenError, ProfileName},
    refresh::RefreshError,
    secret::Password,
    secret::RefreshToken,
    sign_in::{SignIn, SignInError, SignedIn},
    users::NewUser,
    vault::MemoryVault,
};
use inspect::{
    Draft, Edit, Fault, UserKey,
    report::{Report, VerdictOutcome},
};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tempfile::TempDir;

/// The password of every user that a story creates.
pub const PASSWORD: &str = "correct horse battery staple";

/// When every story begins: 2026-11-23 14:30:00 UTC.
pub const START: i64 = 1_795_444_200;

/// The bcrypt cost where a story does not need hashes to be slow.
const QUICK: u32 = 4;

/// Each process gets another seed, or profiles would have the same keys.
static SEEDS: AtomicU64 = AtomicU64::new(1);

/// One engine on one profile, as in one process.
pub struct App {
    /// The engine itself.
    pub engine: Engine,
    /// The clock it reads.
    pub clock: Arc<FrozenClock>,
    /// The vault it keeps keys in.
    pub vault: Arc<MemoryVault>,
    /// Deleted once nobody uses it.
    room: Arc<TempDir>,
    folder: PathBuf,
    bcrypt_cost: u32,
}

impl Default for App {
    fn default() -> Self {
        Self::new()
    }
}

impl App {
    /// A new profile in a new folder.
    pub fn new() -> Self {
        Self::hashing_at(QUICK)
    }

    /// The same with another cost of password hashes.
    pub fn hashing_at(bcrypt_cost: u32) -> Self {
        let room = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let clock = Arc::new(FrozenClock::new(Timestamp::from_seconds(START)));
        let folder = room.path().join("story");
        Self::open(room, folder, clock, Arc::new(MemoryVault::default()), bcrypt_cost).expect("a new profile opens")
    }

    /// The same profile, clock and vault, as seen by a second process.
    pub fn another_process(&self) -> Self {
        self.try_another_process().expect("the profile opens again")
    }

    /// As [`App::another_process`], for a profile that may not open.
    ///
    /// # Errors
    /// [`OpenError`]
    pub fn try_another_process(&self) -> Result<Self, OpenError> {
        self.try_in(&self.folder)
    }

    /// Another process with the same clock and vault, on the profile in any folder.
    ///
    /// # Errors
    /// [`OpenError`]
    pub fn try_in(&self, folder: &Path) -> Result<Self, OpenError> {
        let (room, clock, vault) = (Arc::clone(&self.room), Arc::clone(&self.clock), Arc::clone(&self.vault));
        Self::open(room, folder.to_path_buf(), clock, vault, self.bcrypt_cost)
    }

    /// The profile itself.
    pub fn profile(&self) -> Profile {
        profile(&self.folder)
    }

    /// The profile's folder. Those of other profiles are beside it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The same profile, as seen by a process whose computer clock is ahead; behind if negative.
    pub fn process_with_clock_ahead(&self, seconds: i64) -> Self {
        let clock = Arc::new(FrozenClock::new(self.clock.now()));
        clock.advance_seconds(seconds);
        let (room, vault) = (Arc::clone(&self.room), Arc::clone(&self.vault));
        Self::open(room, self.folder.clone(), clock, vault, self.bcrypt_cost).expect("the profile opens again")
    }

    /// The same profile with changed rules.
    #[must_use]
    pub fn under(&self, change: impl FnOnce(&mut Rules)) -> Self {
        let mut rules = self.engine.default_rules().clone();
        change(&mut rules);
        let (room, clock, vault) = (Arc::clone(&self.room), Arc::clone(&self.clock), Arc::clone(&self.vault));
        Self::open_under(rules, room, self.folder.clone(), clock, vault).expect("the profile opens again")
    }

    /// Advances the clock by some hours while the profile is in use.
    pub fn let_hours_pass(&self, hours: u32) {
        for _ in 0..hours {
            self.clock.advance_seconds(3600);
            self.engine.purge_deny_list(0).expect("the database answers");
        }
    }

    /// Another process with the same clock and vault, on a database with these bytes in a new folder.
    ///
    /// # Errors
    /// [`OpenError`]
    pub fn on_database(&self, bytes: &[u8]) -> Result<Self, OpenError> {
        let room = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        // Nested, since the folders beside a profile's own are taken for other profiles.
        let folder = room.path().join("story");
        std::fs::create_dir(&folder).expect("a folder");
        std::fs::write(folder.join("workbench.db"), bytes).expect("the database is written");
        Self::open(room, folder, Arc::clone(&self.clock), Arc::clone(&self.vault), self.bcrypt_cost)
    }

    /// Adds an active user with all scopes for items.
    #[must_use]
    pub fn with_user(self, username: &str) -> Self {
        self.create(username, &["items:read", "items:write"]).expect("the user is created");
        self
    }

    /// Adds a user.
    ///
    /// # Errors
    /// [`engine::users::UserError`]
    pub fn create(&self, username: &str, scopes: &[&str]) -> Result<engine::users::User, engine::users::UserError> {
        self.engine.create_user(&new_user(username, scopes))
    }

    /// Signs in with the right password, for all scopes. For users without a second factor.
    pub fn sign_in(&self, username: &str) -> SignedIn {
        self.try_sign_in(username, PASSWORD).expect("the sign-in succeeds")
    }

    /// Exchanges a refresh token.
    ///
    /// # Errors
    /// [`RefreshError`]
    pub fn refresh(&self, token: &RefreshToken) -> Result<SignedIn, RefreshError> {
        self.engine.refresh(token, None)
    }

    /// Would a server accept this access token?
    pub fn lets_in(&self, access_token: &str) -> bool {
        let report = self.engine.guard(access_token, &[]).expect("the database answers");
        report.verdict.outcome == VerdictOutcome::Accepted
    }

    /// Signs in for all scopes.
    ///
    /// # Errors
    /// [`SignInError`]
    pub fn try_sign_in(&self, username: &str, password: &str) -> Result<SignedIn, SignInError> {
        match self.engine.sign_in(username, &Password::new(password), None)? {
            SignIn::Done(signed_in) => Ok(signed_in),
            SignIn::SecondFactorDue { .. } => panic!("{username} has a second factor"),
        }
    }

    /// What a server would decide about a token now.
    pub fn inspect(&self, token: &str) -> Report {
        self.inspect_by(token, None, Inspection::default())
    }

    /// The same with a given key, by other rules or at another time.
    pub fn inspect_by(&self, token: &str, key: Option<&UserKey>, how: Inspection) -> Report {
        let parsed = inspect::parse(token);
        let considered = self.engine.evidence(&parsed, Inspection { with_user_key: key.is_some(), ..how });
        let mut report = match key {
            Some(key) => inspect::check_with_user_key(&parsed, key, &considered.evidence),
            None => inspect::check(&parsed, &considered.evidence),
        };
        report.policy.chosen = considered.chosen.words().into();
        report
    }

    /// A token taken apart, with these edits applied.
    pub fn edit(&self, draft: &Draft, edits: &[Edit]) -> Draft {
        let now = self.engine.moment().seconds();
        edits.iter().fold(draft.clone(), |draft, edit| draft.apply(edit, now).expect("the draft can be changed so"))
    }

    /// Signs a draft with a key of the profile. `fault` is what the page says was broken.
    ///
    /// # Errors
    /// [`ByHandError`]
    pub fn sign(&self, draft: &Draft, signer: Signer<'_>, fault: Option<Fault>) -> Result<String, ByHandError> {
        self.engine.sign_by_hand(signer, draft.made_wrong_in(fault).as_deref(), |key| draft.sign(key))
    }

    /// Replaces this process by one on an older copy of the database.
    #[must_use]
    pub fn restore(self, copy: &std::path::Path) -> Self {
        let database = self.database();
        let Self { engine, clock, vault, room, folder, bcrypt_cost } = self;
        drop(engine);
        for side in ["db-wal", "db-shm"] {
            let _ = std::fs::remove_file(database.with_extension(side));
        }
        std::fs::rename(copy, &database).expect("the copy takes the database's place");
        Self::open(room, folder, clock, vault, bcrypt_cost).expect("the copy opens")
    }

    /// The path of the database.
    pub fn database(&self) -> PathBuf {
        self.folder.join("workbench.db")
    }

    fn open(
        room: Arc<TempDir>,
        folder: PathBuf,
        clock: Arc<FrozenClock>,
        vault: Arc<MemoryVault>,
        bcrypt_cost: u32,
    ) -> Result<Self, OpenError> {
        let rules = Rules { bcrypt_cost, ..Rules::default() };
        Self::open_under(rules, room, folder, clock, vault)
    }

    fn open_under(
        rules: Rules,
        room: Arc<TempDir>,
        folder: PathBuf,
        clock: Arc<FrozenClock>,
        vault: Arc<MemoryVault>,
    ) -> Result<Self, OpenError> {
        let (profile, bcrypt_cost) = (profile(&folder), rules.bcrypt_cost);
        let engine = Engine::open_with(
            &profile,
            rules,
            Box::new(Arc::clone(&clock)),
            Box::new(SeededEntropy::new(SEEDS.fetch_add(1, Ordering::Relaxed))),
            Box::new(Arc::clone(&vault)),
        )?;
        Ok(Self { engine, clock, vault, room, folder, bcrypt_cost })
    }
}

fn profile(folder: &Path) -> Profile {
    let name: ProfileName = "story".parse().expect("a profile name");
    Profile::Folder { name, folder: folder.to_path_buf() }
}

/// A user to create, with the stories' password.
pub fn new_user(username: &str, scopes: &[&str]) -> NewUser {
    NewUser {
        username: username.into(),
        display_name: String::new(),
        email: String::new(),
        password: Password::new(PASSWORD),
        scopes: scopes.iter().map(ToString::to_string).collect(),
    }
}

/// Makes the keyring fail with the story's chosen error, for the engine's own call.
pub fn key_failure(error: SignInError) -> Option<SigningKeyError> {
    match error {
        SignInError::Key(error) => Some(error),
        _ => None,
    }
}
