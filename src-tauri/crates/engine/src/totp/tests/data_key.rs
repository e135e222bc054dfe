use super::*;
use crate::{
    data_key::DataKeyError,
    totp::{BeginError, CodeWindowError, ConfirmError, RegenerateError, SecondFactor},
};

impl Bench {
    fn data_keys(&self) -> Vec<String> {
        self.vault.entries().into_iter().filter(|entry| entry.contains(":data-key:")).collect()
    }

    fn try_begin_for(&self, username: &str) -> Result<Enrollment, BeginError> {
        let password = Password::new(PASSWORD);
        self.engine.begin_enrollment(username, &password, SESSION, &FactorOptions::default())
    }
}

#[test]
fn a_secret_is_nowhere_in_the_database() {
    let bench = Bench::with_user("alice");
    let enrollment = bench.begin("alice");
    let phone = Phone::scan(&enrollment);
    bench.engine.confirm_enrollment("alice", SESSION, &phone.code(START)).unwrap();
    let files = bench.files();
    let contains = |text: &[u8]| files.windows(text.len()).any(|window| window == text);
    assert!(contains(b"second_factor_confirmed"), "the search finds what is there");
    assert!(!contains(phone.secret()));
    assert!(!contains(enrollment.secret.expose().as_bytes()));
    assert!(!contains(enrollment.secret.expose().to_lowercase().as_bytes()));
    assert!(!contains(phone.code(START).as_bytes()));
}

#[test]
fn a_secret_that_was_moved_to_another_user_does_not_open() {
    let bench = Bench::with_user("alice");
    bench.create("bob");
    let (mallory, _) = bench.enroll("bob");
    bench.enroll("alice");
    // An attacker with write access to the file gives Alice the secret of Bob's phone.
    let database = Db::open(bench.database()).unwrap();
    let (alice, bob) = (bench.id("alice"), bench.id("bob"));
    let swap = "UPDATE totp_factors SET sealed_secret = (SELECT sealed_secret FROM totp_factors WHERE user_id = ?2)
                WHERE user_id = ?1";
    database.execute(swap, [alice, bob]).unwrap();
    bench.at(START + 60);
    assert_eq!(bench.verify("alice", &mallory.code(START + 60)), CodeCheck::Unreadable);
    assert!(matches!(bench.engine.code_window("alice"), Err(CodeWindowError::Unreadable)));
    assert!(matches!(bench.verify("bob", &mallory.code(START + 60)), CodeCheck::Accepted { .. }));
}

#[test]
fn processes_that_make_the_data_key_at_the_same_moment_end_with_one() {
    let bench = Bench::new();
    let users: Vec<String> = (0..8).map(|n| format!("user-{n}")).collect();
    users.iter().for_each(|user| bench.create(user));
    let phones: Vec<Phone> = std::thread::scope(|scope| {
        let threads: Vec<_> = (10..)
            .zip(&users)
            .map(|(seed, user)| {
                let process = bench.another_process(seed);
                scope.spawn(move || Phone::scan(&process.begin(user)))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(bench.data_keys().len(), 1);
    for (user, phone) in users.iter().zip(&phones) {
        bench.engine.confirm_enrollment(user, SESSION, &phone.code(START)).unwrap();
    }
    assert_eq!(bench.events().iter().filter(|kind| *kind == "data_key_created").count(), 1);
}

#[test]
fn a_lost_data_key_is_told_and_never_replaced_while_something_is_sealed() {
    let bench = Bench::with_user("alice");
    bench.create("bob");
    bench.enroll("alice");
    let entry = bench.data_keys().remove(0);
    bench.vault.delete(&entry).unwrap();

    let later = bench.another_process(2);
    assert_eq!(later.engine.data_key().err(), Some(DataKeyError::Missing));
    assert!(matches!(later.try_begin_for("bob"), Err(BeginError::DataKey(DataKeyError::Missing))));
    let again = later.engine.regenerate_recovery_codes("alice", &Password::new(PASSWORD));
    assert!(matches!(again, Err(RegenerateError::DataKey(DataKeyError::Missing))));
    assert_eq!(later.data_keys(), [""; 0], "no new key was made");
    assert!(matches!(later.engine.second_factor("alice").unwrap(), Some(SecondFactor::On { .. })));

    // The way out: removal needs the password, not the key.
    later.engine.remove_second_factor("alice", &Password::new(PASSWORD)).unwrap();
    later.enroll("alice");
    assert_eq!(later.data_keys().len(), 1);
    bench.at(START + 60);
    let window = bench.engine.code_window("alice").unwrap().unwrap();
    assert_eq!(window.steps.len(), 3, "a process that remembers the old key takes the new one");
}

#[test]
fn a_pending_secret_that_lapsed_does_not_keep_a_lost_key() {
    let bench = Bench::with_user("alice");
    bench.begin("alice");
    bench.vault.delete(&bench.data_keys().remove(0)).unwrap();
    let later = bench.another_process(2);
    assert!(matches!(later.try_begin_for("alice"), Err(BeginError::DataKey(DataKeyError::Missing))));
    for hour in 1..=3 {
        bench.at(START + hour * 3600);
        let _ = later.try_begin_for("alice");
    }
    bench.at(START + 4 * 3600);
    assert!(later.try_begin_for("alice").is_ok());
}

#[test]
fn another_key_under_the_same_name_is_not_taken() {
    let bench = Bench::with_user("alice");
    bench.enroll("alice");
    let entry = bench.data_keys().remove(0);
    bench.vault.write(&entry, &VaultText::new("AAAA".repeat(11))).unwrap();
    let later = bench.another_process(2);
    assert_eq!(later.engine.data_key().err(), Some(DataKeyError::Foreign));
}

#[test]
fn a_locked_keyring_changes_nothing_and_is_told() {
    let bench = Bench::with_user("alice");
    let locked = VaultError::Locked { system: "locked".into() };
    bench.vault.fail_with(Some(locked.clone()));
    let wanted = Some(BeginError::DataKey(DataKeyError::Vault(locked.clone())));
    assert_eq!(bench.try_begin_for("alice").err(), wanted);
    assert_eq!(bench.engine.second_factor("alice").unwrap(), Some(SecondFactor::Off));
    bench.vault.fail_with(None);
    let phone = Phone::scan(&bench.begin("alice"));

    bench.vault.fail_with(Some(locked.clone()));
    let later = bench.another_process(2);
    let confirm = |bench: &Bench| bench.engine.confirm_enrollment("alice", SESSION, &phone.code(START)).err();
    assert_eq!(confirm(&later), Some(ConfirmError::DataKey(DataKeyError::Vault(locked))));
    assert_eq!(confirm(&bench), None, "what was read before the lock is still known");
    let removed = later.engine.remove_second_factor("alice", &Password::new(PASSWORD));
    assert_eq!(removed, Ok(()), "removing needs no key");
}
