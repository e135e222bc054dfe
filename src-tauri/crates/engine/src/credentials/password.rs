//! Checking a password, for sign-in and for any other proof of ownership.

use crate::{
    Engine, passwords,
    records::{EventKind, NewEvent, Reason, User},
    secret::Password,
    store::{self, Stop, StoreError, users::Credentials},
};

/// A right password of an active user.
pub(crate) struct Proven {
    /// The user it belongs to.
    pub(crate) user: User,
    /// The stored hash it was compared with.
    pub(crate) hash: String,
}

/// Why a password proved nothing. The refusal is recorded.
pub(crate) enum Refusal {
    /// No such user, a wrong password, or too many attempts.
    Wrong,
    /// The password is right, but the user is inactive.
    Inactive,
    /// The database failed.
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Engine {
    /// Returns the user if the password is right. Every refusal costs one hash and one commit, with an event of kind
    /// `refused`, so that neither timing nor disk traffic reveals the reason. While the user is locked, the result is
    /// discarded.
    pub(crate) fn prove_password(
        &self,
        username: &str,
        password: &Password,
        refused: EventKind,
    ) -> Result<Proven, Refusal> {
        loop {
            let found = self.store.read(|db| store::users::credentials(db, username.trim()))?;
            let right = self.compare(password, found.as_ref())?;
            if let Some(proven) = self.judge_password(found, right, refused)? {
                return Ok(proven);
            }
        }
    }

    /// Compares a password with that of a user, or of a missing user, in the same time.
    pub(crate) fn compare(&self, password: &Password, found: Option<&Credentials>) -> Result<bool, StoreError> {
        let hash = found.map(|found| found.password_hash.as_str());
        let rules = self.rules()?;
        let (cost, longest) = (rules.bcrypt_cost, rules.longest_password_bytes);
        Ok(self.hashing.run(|| passwords::check(password, hash, cost, longest)))
    }

    /// Evaluates a comparison. `None` if the hash was replaced in the meantime, which makes the result meaningless.
    fn judge_password(
        &self,
        found: Option<Credentials>,
        right: bool,
        refused: EventKind,
    ) -> Result<Option<Proven>, Refusal> {
        self.store.decide(|tx| {
            let now = self.now_in(tx)?;
            let refuse = |user: Option<i64>, why: Reason, refusal: Refusal| {
                store::events::record(tx, now, &NewEvent::refusal(refused, user, why))?;
                Err(Stop::Refused(refusal))
            };
            let Some(found) = found else { return refuse(None, Reason::UnknownUser, Refusal::Wrong) };
            let again = store::users::credentials(tx, found.user.username.as_str())?;
            let Some(Credentials { user, password_hash: hash }) = again else {
                return refuse(None, Reason::UnknownUser, Refusal::Wrong);
            };
            if !self.admits(tx, user.id)? {
                return refuse(Some(user.id), Reason::TooManyTries, Refusal::Wrong);
            }
            if user.id != found.user.id || hash != found.password_hash {
                return Ok(None);
            }
            if !right {
                self.count_failure(tx, user.id)?;
                return refuse(Some(user.id), Reason::WrongPassword, Refusal::Wrong);
            }
            if !user.active {
                return refuse(Some(user.id), Reason::InactiveUser, Refusal::Inactive);
            }
            Ok(Some(Proven { user, hash }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign_in::SignInError;
    use crate::{
        Profile, Rules,
        clock::{FrozenClock, Timestamp},
        entropy::SeededEntropy,
        passwords::work_done,
        records::Failures,
        users::NewUser,
        vault::MemoryVault,
    };

    const COST: u32 = 5;
    const RIGHT: &str = "grey otter violin";

    fn engine() -> Engine {
        let policy = Rules { bcrypt_cost: COST, ..Rules::default() };
        let clock = Box::new(FrozenClock::new(Timestamp::from_seconds(1_795_444_200)));
        let vault = Box::new(MemoryVault::default());
        Engine::open_with(&Profile::Ephemeral, policy, clock, Box::new(SeededEntropy::new(7)), vault).unwrap()
    }

    fn new(username: &str) -> NewUser {
        NewUser {
            username: username.into(),
            display_name: String::new(),
            email: String::new(),
            password: Password::new(RIGHT),
            scopes: vec![],
        }
    }

    /// Alice, users with hashes from elsewhere, one who is inactive, and one who is locked until reset.
    fn populated() -> Engine {
        let engine = engine();
        for username in ["alice", "off", "locked"] {
            engine.create_user(&new(username)).unwrap();
        }
        for (username, hash) in [
            ("imported", bcrypt::hash(RIGHT, 4).unwrap()),
            ("old", bcrypt::hash(RIGHT, COST).unwrap().replacen("$2b$", "$2a$", 1)),
            ("odd", bcrypt::hash(RIGHT, 4).unwrap()),
        ] {
            engine.import_user(&new(username), &hash).unwrap();
        }
        engine.set_user_active("off", false).unwrap();
        let locked = Failures { count: 100, last_at: Some(Timestamp(0)) };
        engine
            .store
            .write(|tx| {
                let user = |name: &str| store::users::by_name(tx, name).map(|user| user.unwrap().id);
                store::users::set_failures(tx, user("locked")?, locked)?;
                tx.execute("UPDATE users SET password_hash = 'unusable' WHERE id = ?1", [user("odd")?]).map(drop)
            })
            .unwrap();
        engine
    }

    #[test]
    fn every_refusal_takes_one_hash_and_one_commit_with_one_event() {
        let engine = populated();
        engine.prepare_keys().unwrap();
        let long = "x".repeat(5000);
        let events = || -> i64 {
            engine.store.read(|db| db.query_row("SELECT count(*) FROM events", [], |row| row.get(0))).unwrap()
        };
        for what in ["sign-in", "owner", "recover"] {
            let refuses = |name: &str, password: &Password| match what {
                "sign-in" => engine.sign_in(name, password, None).is_err(),
                // No user here ever had a second factor.
                "recover" => {
                    let answer = engine.recover_sign_in(name, password, "00000-00000", None);
                    assert_eq!(answer, Err(SignInError::WrongCredentials), "{name}");
                    true
                }
                _ => engine.remove_second_factor(name, password).is_err(),
            };
            for username in ["nobody", "", "al\0ice", "alice", "imported", "old", "odd", "off", "locked"] {
                for password in ["wrong", "", "grey otter\0violin", &long, RIGHT] {
                    if password == RIGHT && ["alice", "imported", "old"].contains(&username) {
                        continue;
                    }
                    for _ in 0..2 {
                        let (before, writes, _) = (events(), engine.store.commits(), work_done());
                        assert!(refuses(username, &Password::new(password)), "{what} {username} {password}");
                        assert_eq!(work_done(), 1 << COST, "{what} {username} {password}");
                        let made = (engine.store.commits() - writes, events() - before);
                        assert_eq!(made, (1, 1), "{what} {username} {password}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_recovery_tells_as_little() {
        let engine = populated();
        engine.data_key_or_new().unwrap();
        engine.sign_in("alice", &Password::new(RIGHT), None).unwrap();
        for username in ["nobody", "alice", "imported", "odd", "off", "locked"] {
            for password in ["wrong", RIGHT] {
                let _ = work_done();
                let writes = engine.store.commits();
                let answer = engine.recover_sign_in(username, &Password::new(password), "00000-00000", None);
                assert_eq!(answer, Err(SignInError::WrongCredentials), "{username}");
                assert_eq!((work_done(), engine.store.commits() - writes), (1 << COST, 1), "{username}");
            }
        }
    }

    #[test]
    fn sign_ins_at_once_are_all_right_while_an_imported_hash_is_replaced() {
        let engine = populated();
        engine.sign_in("alice", &Password::new(RIGHT), None).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| engine.sign_in("imported", &Password::new(RIGHT), None).unwrap());
            }
        });
        assert_eq!(engine.failures("imported").unwrap().0.count, 0);
    }
}
