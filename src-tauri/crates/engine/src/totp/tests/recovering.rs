use super::*;
use crate::totp::{RecoveryCheck, RegenerateError, SecondFactor, use_recovery_code};

impl Bench {
    /// Checks a recovery code as a sign-in does.
    fn recover(&self, username: &str, code: &str) -> RecoveryCheck {
        let key = self.engine.data_key().unwrap();
        let (user, now) = (self.id(username), self.engine.now().unwrap());
        self.engine.store.write(|tx| use_recovery_code(tx, &key, user, code, now)).unwrap()
    }
}

#[test]
fn a_recovery_code_works_once_for_its_own_user() {
    let bench = Bench::with_user("alice");
    bench.create("bob");
    let (_, codes) = bench.enroll("alice");
    bench.enroll("bob");
    assert_eq!(bench.recover("bob", codes[0].expose()), RecoveryCheck::Wrong);
    assert_eq!(bench.recover("alice", "00000-00000"), RecoveryCheck::Wrong);
    assert_eq!(bench.recover("alice", codes[0].expose()), RecoveryCheck::Accepted { left: 9 });
    assert_eq!(bench.recover("alice", codes[0].expose()), RecoveryCheck::Used);
    let typed = format!(" {} ", codes[1].expose().to_uppercase().replace('-', " "));
    assert_eq!(bench.recover("alice", &typed), RecoveryCheck::Accepted { left: 8 });
    let state = bench.engine.second_factor("alice").unwrap();
    assert!(matches!(state, Some(SecondFactor::On { recovery_codes_left: 8, .. })));
    assert_eq!(bench.events().iter().filter(|kind| *kind == "recovery_code_used").count(), 2);
}

#[test]
fn of_fifty_uses_of_one_recovery_code_one_is_accepted() {
    let bench = Bench::with_user("alice");
    let (_, codes) = bench.enroll("alice");
    let other = bench.another_process(2);
    let checks: Vec<RecoveryCheck> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..50)
            .map(|n| {
                let (bench, code) = (if n % 2 == 0 { &bench } else { &other }, codes[3].expose());
                scope.spawn(move || bench.recover("alice", code))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(checks.iter().filter(|check| **check == RecoveryCheck::Accepted { left: 9 }).count(), 1);
    assert_eq!(checks.iter().filter(|check| **check == RecoveryCheck::Used).count(), 49);
}

#[test]
fn a_new_set_ends_the_old_one() {
    let bench = Bench::with_user("alice");
    let again = || bench.engine.regenerate_recovery_codes("alice", &Password::new(PASSWORD));
    assert!(matches!(again(), Err(RegenerateError::Off)));
    let (_, old) = bench.enroll("alice");
    assert_eq!(bench.recover("alice", old[0].expose()), RecoveryCheck::Accepted { left: 9 });
    let new = again().unwrap();
    assert_eq!(new.len(), 10);
    for code in &old {
        assert_eq!(bench.recover("alice", code.expose()), RecoveryCheck::Wrong);
    }
    assert_eq!(bench.recover("alice", new[0].expose()), RecoveryCheck::Accepted { left: 9 });
}

#[test]
fn recovery_codes_are_not_in_the_database() {
    let bench = Bench::with_user("alice");
    let (_, codes) = bench.enroll("alice");
    let files = bench.files();
    for code in &codes {
        for text in [code.expose().to_owned(), code.expose().replace('-', "")] {
            assert!(!files.windows(text.len()).any(|window| window == text.as_bytes()));
        }
    }
}
