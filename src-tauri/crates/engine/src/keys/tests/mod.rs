//! Signing keys as seen by a resource server, a second process and after a crash: with a real database file, a clock
//! moved by hand, and a vault that can fail.

mod crashing;
mod placing;
mod rotating;
mod tampering;
mod transferring;

use super::{KeyInfo, KeyState, Purpose, SigningKeyError};
use crate::store::Db;
use crate::{
    Engine, Profile, Rules,
    clock::{Clock, FrozenClock, Timestamp},
    entropy::SeededEntropy,
    secret::VaultText,
    vault::{MemoryVault, Vault, VaultError},
};
use jose::{Algorithm, KeySet, PrivateKey, SigningKey};
use std::{collections::HashSet, sync::Arc};
use tempfile::TempDir;

/// 2026-11-23 14:30:00 UTC.
const START: i64 = 1_795_444_200;
const HOUR: i64 = 3600;

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

    /// The number of vault entries, not counting notes of retired keys.
    fn private_parts(&self) -> usize {
        self.vault.entries().iter().filter(|entry| !entry.contains(":retired:")).count()
    }

    fn another_process(&self, seed: u64) -> Self {
        Self::open(Arc::clone(&self.folder), Arc::clone(&self.clock), Arc::clone(&self.vault), seed)
    }

    /// Another process whose clock runs ahead, or behind if negative.
    fn with_a_clock_ahead(&self, seconds: i64, seed: u64) -> Self {
        let clock = Arc::new(FrozenClock::new(self.clock.now()));
        clock.advance_seconds(seconds);
        Self::open(Arc::clone(&self.folder), clock, Arc::clone(&self.vault), seed)
    }

    fn open(folder: Arc<TempDir>, clock: Arc<FrozenClock>, vault: Arc<MemoryVault>, seed: u64) -> Self {
        let profile = Profile::Folder { name: "bench".parse().unwrap(), folder: folder.path().to_path_buf() };
        let (its_clock, its_vault) = (Arc::clone(&clock), Arc::clone(&vault));
        let entropy = Box::new(SeededEntropy::new(seed));
        let engine = Engine::open_with(&profile, Rules::default(), Box::new(its_clock), entropy, Box::new(its_vault));
        Self { engine: engine.unwrap(), clock, vault, folder }
    }

    fn key(&self, purpose: Purpose) -> Arc<SigningKey> {
        self.engine.signing_key(purpose).unwrap()
    }

    fn rotate(&self, purpose: Purpose) -> KeyInfo {
        self.engine.rotate_key(purpose, None).unwrap()
    }

    /// A token signed with the access key, and its `kid`.
    fn token(&self) -> (String, String) {
        let key = self.key(Purpose::Access);
        (key.sign("at+jwt", r#"{"sub":"alice"}"#).unwrap(), key.kid().to_owned())
    }

    /// The published keys, after checking everything a JWK Set promises.
    fn jwks(&self) -> KeySet {
        let text = self.engine.jwks().unwrap();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut kids = HashSet::new();
        for key in read["keys"].as_array().unwrap() {
            for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert!(key.get(private).is_none(), "{private} is in {text}");
            }
            assert_eq!(key["use"], "sig");
            assert!(key["alg"].is_string());
            assert!(kids.insert(key["kid"].as_str().unwrap().to_owned()), "a kid stands twice: {text}");
        }
        let set = KeySet::from_json(&text).unwrap();
        assert_eq!(set.skipped, []);
        set
    }

    fn is_published(&self, kid: &str) -> bool {
        self.jwks().find(kid).is_some()
    }

    /// Whether a resource server that has only the JWK Set accepts this token's signature.
    fn verifies(&self, token: &str, kid: &str) -> bool {
        let (input, signature) = token.rsplit_once('.').unwrap();
        let signature = decode(signature);
        self.jwks().find(kid).is_some_and(|key| key.verify(input.as_bytes(), &signature).is_ok())
    }

    fn state(&self, kid: &str) -> KeyState {
        self.engine.keys().unwrap().into_iter().find(|key| key.kid == kid).unwrap().state
    }

    fn retire_due(&self) -> Vec<String> {
        self.engine.retire_due_keys().unwrap()
    }

    /// Uses the profile for three hours, so that the present moment is settled.
    fn settle(&self) {
        for _ in 0..3 {
            self.clock.advance_seconds(HOUR);
            self.engine.store.write(|tx| self.engine.note_time(tx)).unwrap();
        }
    }

    /// Every key that is not retired has its entry, and every purpose with keys has an active one.
    fn assert_whole(&self) {
        let fresh = self.another_process(99);
        let keys = fresh.engine.keys().unwrap();
        for key in keys.iter().filter(|key| key.state != KeyState::Retired) {
            assert!(fresh.engine.signing_key_named(key.purpose, &key.kid).unwrap().is_some(), "{key:?}");
        }
        for purpose in Purpose::ALL {
            let of = |state| keys.iter().filter(|key| key.purpose == purpose && key.state == state).count();
            let any = keys.iter().any(|key| key.purpose == purpose);
            assert_eq!(of(KeyState::Active), usize::from(any), "{purpose:?}: {keys:?}");
            assert!(of(KeyState::Next) <= 1);
        }
    }

    /// The key events, oldest first: kind and `kid`.
    fn events(&self) -> Vec<(String, String)> {
        let read = |db: &Db| {
            let mut events =
                db.prepare("SELECT kind, coalesce(kid, '') FROM events WHERE kind LIKE 'key%' ORDER BY id")?;
            events.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        self.engine.store.read(read).unwrap()
    }

    /// Runs arbitrary statements on the database.
    fn sql(&self, statements: &str) {
        self.engine.store.write(|tx| tx.execute_batch(statements)).unwrap();
    }

    /// Every byte of the database and its side files.
    fn files(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

fn decode(base64url: &str) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.decode(base64url).unwrap()
}
