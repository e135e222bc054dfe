//! Guessing passwords.

use engine::{
    secret::Password,
    settings::ClockSetting,
    sign_in::{SignIn, SignInError},
    throttle::{Failures, Lock},
};
use std::sync::{
    Barrier,
    atomic::{AtomicUsize, Ordering},
};
use workbench_tests::app::{App, PASSWORD};

const HOUR: i64 = 60 * 60;

/// Fails until tries are no longer evaluated.
fn fail_until_locked(app: &App) {
    for _ in 0..100 {
        assert!(app.engine.sign_in("alice", &Password::new("wrong password"), None).is_err());
        app.clock.advance_seconds(HOUR);
    }
    assert_eq!(app.engine.failures("alice").unwrap().1, Some(Lock::UntilReset));
}

/// A user with a second factor, and the recovery codes.
fn enrolled() -> (App, Vec<String>) {
    let app = App::new().with_user("alice");
    app.engine.begin_enrollment("alice", &Password::new(PASSWORD), "story", &Default::default()).unwrap();
    let code = app.engine.code_window("alice").unwrap().unwrap().steps[1].code.expose().to_owned();
    let codes = app.engine.confirm_enrollment("alice", "story", &code).unwrap();
    (app, codes.iter().map(|code| code.expose().to_owned()).collect())
}

#[test]
fn a_wrong_password_makes_the_next_try_wait_even_with_the_right_one() {
    let app = App::new().with_user("alice").with_user("bob");
    assert_eq!(app.try_sign_in("alice", "wrong password"), Err(SignInError::WrongCredentials));
    assert_eq!(app.try_sign_in("alice", PASSWORD), Err(SignInError::WrongCredentials), "alike in answer");
    app.sign_in("bob");
    app.clock.advance_seconds(1);
    app.sign_in("alice");
    assert_eq!(app.engine.failures("alice").unwrap().0.count, 0, "a success forgets the failures");
}

#[test]
fn a_hundred_wrong_passwords_lock_until_somebody_ends_it() {
    let mut app = App::new().with_user("alice").with_user("bob");
    for n in 0..100 {
        assert_eq!(app.try_sign_in("alice", "wrong password"), Err(SignInError::WrongCredentials), "{n}");
        app.clock.advance_seconds(HOUR);
        if n == 50 {
            app = app.another_process();
        }
    }
    assert_eq!(app.engine.failures("alice").unwrap().0.count, 100, "each of them was evaluated");
    app.clock.advance_seconds(365 * 24 * HOUR);
    app = app.another_process();
    assert_eq!(app.try_sign_in("alice", PASSWORD), Err(SignInError::WrongCredentials), "the same words as ever");
    let (failures, lock) = app.engine.failures("alice").unwrap();
    assert_eq!((failures.count, lock), (100, Some(Lock::UntilReset)), "a try that was not evaluated does not count");
    let locks = |app: &App| -> Vec<_> {
        app.engine.users().unwrap().into_iter().map(|one| (one.user.username.to_string(), one.lock)).collect()
    };
    assert_eq!(locks(&app), [("alice".to_owned(), Some(Lock::UntilReset)), ("bob".to_owned(), None)]);
    app.sign_in("bob");

    app.engine.reset_failures("alice").unwrap();
    app.sign_in("alice");
    assert!(locks(&app).iter().all(|(_, lock)| lock.is_none()));
}

#[test]
fn a_new_password_ends_a_lock() {
    let app = App::new().with_user("alice");
    fail_until_locked(&app);
    app.engine.set_password("alice", &Password::new("another long passphrase")).unwrap();
    app.try_sign_in("alice", "another long passphrase").unwrap();
}

#[test]
fn password_and_recovery_code_together_end_a_lock() {
    let (app, recovery) = enrolled();
    fail_until_locked(&app);
    let recover = |username: &str, password: &str, code: &str| {
        app.engine.recover_sign_in(username, &Password::new(password), code, None)
    };
    for (username, password, code) in [
        ("alice", PASSWORD, "00000-00000"),
        ("alice", PASSWORD, ""),
        ("alice", "wrong password", "00000-00000"),
        ("nobody", PASSWORD, &recovery[0]),
    ] {
        assert_eq!(recover(username, password, code), Err(SignInError::WrongCredentials), "{username} {password}");
    }
    assert_eq!(app.engine.failures("alice").unwrap().1, Some(Lock::UntilReset));
    recover("alice", PASSWORD, &recovery[0]).unwrap();
    assert_eq!(app.engine.failures("alice").unwrap(), (Failures::default(), None));
    app.engine.sign_in("alice", &Password::new(PASSWORD), None).unwrap();
}

#[test]
fn a_stolen_recovery_code_is_good_for_one_guess_at_the_password() {
    let (app, recovery) = enrolled();
    fail_until_locked(&app);
    let wrong = app.engine.recover_sign_in("alice", &Password::new("a guess"), &recovery[0], None);
    let right = app.engine.recover_sign_in("alice", &Password::new(PASSWORD), &recovery[0], None);
    assert_eq!((wrong, right), (Err(SignInError::WrongCredentials), Err(SignInError::WrongCredentials)));
    assert_eq!(app.engine.failures("alice").unwrap().1, Some(Lock::UntilReset));
}

#[test]
fn the_engines_own_clock_neither_opens_a_lock_nor_keeps_it_shut() {
    let app = App::new().with_user("alice");
    let at = app.engine.now().unwrap();
    for setting in [
        ClockSetting::Frozen { at },
        ClockSetting::Shifted { ms: 365 * 24 * HOUR * 1000 },
        ClockSetting::Shifted { ms: -365 * 24 * HOUR * 1000 },
    ] {
        let _ = app.try_sign_in("alice", "wrong password");
        app.engine.set_clock(setting).unwrap();
        assert!(app.try_sign_in("alice", PASSWORD).is_err(), "{setting:?}");
        app.clock.advance_seconds(1);
        app.sign_in("alice");
    }
}

#[test]
fn a_computers_clock_set_back_restarts_the_wait() {
    let app = App::new().with_user("alice");
    let _ = app.try_sign_in("alice", "wrong password");
    app.clock.advance_seconds(-24 * HOUR);
    assert!(app.try_sign_in("alice", PASSWORD).is_err(), "it does not open at once");
    app.clock.advance_seconds(1);
    app.sign_in("alice");
}

#[test]
fn of_sixty_guesses_at_once_one_is_evaluated() {
    let (app, _) = enrolled();
    let other = app.another_process();
    let pending = match app.engine.sign_in("alice", &Password::new(PASSWORD), None).unwrap() {
        SignIn::SecondFactorDue { pending, .. } => pending,
        SignIn::Done(_) => panic!("alice has a second factor"),
    };
    let at_once = |guess: &(dyn Fn(&App) + Sync)| {
        let before = app.engine.failures("alice").unwrap().0.count;
        let together = Barrier::new(60);
        std::thread::scope(|scope| {
            for n in 0..60 {
                let process = if n % 2 == 0 { &app } else { &other };
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    guess(process);
                });
            }
        });
        app.engine.failures("alice").unwrap().0.count - before
    };
    for round in 0..5 {
        let codes = at_once(&|process| {
            let refused = process.engine.confirm_sign_in(&pending, "000000").unwrap_err();
            assert!(matches!(refused, SignInError::WrongCode | SignInError::TooManyTries(_)), "{refused}");
        });
        assert_eq!(codes, 1, "codes, round {round}");
        app.clock.advance_seconds(10);
        let passwords = at_once(&|process| {
            assert_eq!(process.try_sign_in("alice", "wrong password"), Err(SignInError::WrongCredentials));
        });
        assert_eq!(passwords, 1, "passwords, round {round}");
        app.clock.advance_seconds(10);
    }
}

#[test]
fn a_queue_of_a_hundred_sign_ins_slows_nobody_else() {
    let app = App::hashing_at(10).with_user("alice");
    let access = app.sign_in("alice").access_token;
    let (begun, done) = (Barrier::new(101), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| {
                begun.wait();
                app.sign_in("alice");
                done.fetch_add(1, Ordering::SeqCst);
            });
        }
        begun.wait();
        // A hundred hashes take seconds; these calls take milliseconds, unless they wait in the same queue.
        for _ in 0..10 {
            assert!(app.lets_in(&access));
        }
        assert!(done.load(Ordering::SeqCst) < 50, "they did not wait for the queue");
    });
    assert_eq!(done.into_inner(), 100);
}

#[test]
fn a_failing_keyring_does_not_tell_a_locked_out_stranger_that_a_guess_was_right() {
    let app = App::new().with_user("alice").another_process();
    let _ = app.try_sign_in("alice", "wrong password");
    app.vault.fail_with(Some(engine::vault::VaultError::Absent { system: "no bus".into() }));
    assert_eq!(app.try_sign_in("alice", PASSWORD), Err(SignInError::WrongCredentials));
    app.clock.advance_seconds(1);
    assert!(matches!(app.try_sign_in("alice", PASSWORD), Err(SignInError::Key(_))));
}

#[test]
fn a_try_while_locked_does_not_count_and_the_owner_can_unlock() {
    let app = App::new().with_user("alice");
    for _ in 0..20 {
        let _ = app.try_sign_in("alice", "wrong password");
    }
    assert_eq!(app.engine.failures("alice").unwrap().0.count, 1);
    app.engine.reset_failures("alice").unwrap();
    app.sign_in("alice");
}
