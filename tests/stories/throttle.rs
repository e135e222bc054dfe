//! Guessing passwords.

use engine::sign_in::SignInError;
use std::sync::{
    Barrier,
    atomic::{AtomicUsize, Ordering},
};
use workbench_tests::app::{App, PASSWORD};

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
fn a_hundred_wrong_passwords_never_ban_and_survive_a_restart() {
    let mut app = App::new().with_user("alice");
    for n in 0..100 {
        app.clock.advance_seconds(10);
        assert_eq!(app.try_sign_in("alice", "wrong password"), Err(SignInError::WrongCredentials), "{n}");
        if n == 50 {
            app = app.another_process();
        }
    }
    let (failures, locked_until) = app.engine.failures("alice").unwrap();
    assert_eq!(failures.count, 100);
    assert!(locked_until.is_some());
    app.clock.advance_seconds(9);
    assert!(app.try_sign_in("alice", PASSWORD).is_err());
    app.clock.advance_seconds(1);
    app.sign_in("alice");
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
        // A hundred hashes take seconds; these take milliseconds, unless they wait in the same queue.
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
