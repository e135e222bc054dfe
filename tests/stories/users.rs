//! Creating users and changing what they may do.

use crate::second_factor::{code, enrolled};
use engine::{
    events::EventsOf,
    passwords::PasswordRefusal,
    secret::Password,
    users::{AttemptOutcome, FactorState, NewUser, UserEdit, UserError, UsernameError},
};
use workbench_tests::app::{App, PASSWORD, new_user};

#[test]
fn a_refused_user_is_not_saved_by_half() {
    let app = App::new().with_user("alice");
    let base = || new_user("bob", &["items:read"]);
    let refuse = |new: NewUser| app.engine.create_user(&new).unwrap_err();

    assert_eq!(refuse(NewUser { username: "  ".into(), ..base() }), UserError::Username(UsernameError::Empty));
    assert_eq!(refuse(NewUser { username: "b".repeat(65), ..base() }), UserError::Username(UsernameError::TooLong));
    assert!(
        matches!(refuse(NewUser { username: "ALICE".into(), ..base() }), UserError::Taken(name) if name.as_str() == "alice")
    );
    assert_eq!(refuse(NewUser { display_name: "x".repeat(101), ..base() }), UserError::DisplayNameTooLong);
    let display_name = "b\u{202E}ob".into();
    assert_eq!(refuse(NewUser { display_name, ..base() }), UserError::DisplayNameCharacter('\u{202E}'));
    assert_eq!(refuse(NewUser { email: "bob".into(), ..base() }), UserError::Email);
    let weak = |password: &str| refuse(NewUser { password: Password::new(password), ..base() });
    assert_eq!(weak("short"), UserError::Password(PasswordRefusal::TooShort { minimum: 8 }));
    assert_eq!(weak("password"), UserError::Password(PasswordRefusal::Common));
    assert_eq!(weak("bob"), UserError::Password(PasswordRefusal::TooShort { minimum: 8 }));
    assert_eq!(
        refuse(NewUser { username: "bob-the-builder".into(), password: Password::new("Bob-the-builder!"), ..base() }),
        UserError::Password(PasswordRefusal::Guessable)
    );
    assert!(matches!(refuse(NewUser { scopes: vec!["items:delete".into()], ..base() }), UserError::Scope(_)));

    let names: Vec<_> = app.engine.users().unwrap().iter().map(|one| one.user.username.to_string()).collect();
    assert_eq!(names, ["alice"]);
}

#[test]
fn scopes_are_kept_in_the_catalogs_order_and_each_once() {
    let app = App::new();
    let user = app.create("alice", &["users:admin", "items:read", "users:admin"]).unwrap();
    assert_eq!(engine::scopes::join(&user.scopes), "items:read users:admin");
    let user = app.engine.set_user_scopes("Alice", &["items:write".into()]).unwrap();
    assert_eq!(engine::scopes::join(&user.scopes), "items:write");
    assert_eq!(app.engine.user("ALICE").unwrap().unwrap().user, user);
    assert!(matches!(app.engine.set_user_scopes("nobody", &[]), Err(UserError::NotFound(_))));
    assert!(matches!(app.engine.set_user_active("nobody", true), Err(UserError::NotFound(_))));
}

#[test]
fn of_many_who_take_a_name_at_once_one_gets_it() {
    let app = App::new();
    let created = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..16).map(|_| scope.spawn(|| app.create("alice", &[]))).collect();
        tries.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(created.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(created.iter().all(|answer| matches!(answer, Ok(_) | Err(UserError::Taken(_)))), "{created:?}");
}

#[test]
fn a_password_that_does_alone_is_longer_where_the_profile_asks_for_it() {
    let app = App::new().with_user("alice");
    let set = |password: &str| app.engine.set_password("alice", &Password::new(password)).map(drop);
    let short = Err(UserError::Password(PasswordRefusal::TooShort { minimum: 15 }));
    set("grey-ott").unwrap();

    app.engine.set_rule("shortest_password_alone", "15").unwrap();
    let other = app.another_process();
    app.try_sign_in("alice", "grey-ott").expect("a password that is in use stays good");
    assert_eq!(set("grey-otter-19v"), short);
    assert_eq!(other.engine.rate_password(&Password::new("grey-otter-19v"), "nobody").unwrap().refusal, {
        Some(PasswordRefusal::TooShort { minimum: 15 })
    });
    let new = NewUser { password: Password::new("grey-otter-19v"), ..new_user("bob", &[]) };
    assert_eq!(other.engine.create_user(&new).map(drop), short);
    set("grey-otter-19vi").unwrap();

    let password = Password::new("grey-otter-19vi");
    app.engine.begin_enrollment("alice", &password, "story", &Default::default()).unwrap();
    assert_eq!(set("grey-ott"), short, "a factor that was never confirmed helps nothing");
    app.engine.begin_enrollment("alice", &password, "story", &Default::default()).unwrap();
    let code = app.engine.code_window("alice").unwrap().unwrap().steps[1].code.expose().to_owned();
    app.engine.confirm_enrollment("alice", "story", &code).unwrap();
    assert_eq!(set("otter-7"), Err(UserError::Password(PasswordRefusal::TooShort { minimum: 8 })));
    set("grey-ott").unwrap();
}

#[test]
fn one_password_is_one_however_its_letters_are_put_together() {
    let app = App::new().with_user("alice");
    app.engine.set_password("alice", &Password::new("\u{C5}ngstrom-violin")).unwrap();
    app.try_sign_in("alice", "A\u{30A}ngstrom-violin").unwrap();
}

#[test]
fn passwords_that_differ_late_are_never_interchangeable() {
    let app = App::new().with_user("alice");
    let faces = |last: char| (0x1F600..0x1F63F).filter_map(char::from_u32).chain([last]).collect::<String>();
    let long = "grey otter, nineteen violins and a ladder that nobody asked for at the seventh door; ".repeat(12);
    for (right, wrong) in [
        (faces('🦀'), faces('🐙')),
        (format!("{long}x"), format!("{long}y")),
        (format!("{}x", &long[..72]), format!("{}y", &long[..72])),
    ] {
        app.engine.set_password("alice", &Password::new(right.as_str())).unwrap();
        assert!(app.try_sign_in("alice", &wrong).is_err(), "{wrong}");
        app.engine.reset_failures("alice").unwrap();
        app.try_sign_in("alice", &right).unwrap();
    }
}

/// PW-08, PW-09.
#[test]
fn a_hash_of_another_program_is_replaced_by_ours_at_the_next_sign_in() {
    assert_eq!(engine::Rules::default().bcrypt_cost, 12);
    let app = App::new();
    // "correct horse" with cost 4, as htpasswd writes it.
    let theirs =
        bcrypt::hash_with_result("correct horse battery", 4).unwrap().format_for_version(bcrypt::Version::TwoY);
    app.engine.import_user(&new_user("alice", &[]), &theirs).unwrap();
    let stored = || -> String {
        let db = rusqlite::Connection::open(app.database()).unwrap();
        db.query_row("SELECT password_hash FROM users", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(stored(), theirs);
    app.try_sign_in("alice", "wrong").unwrap_err();
    assert_eq!(stored(), theirs, "only whoever has the password has it hashed anew");
    app.clock.advance_seconds(60);
    app.try_sign_in("alice", "correct horse battery").unwrap();
    assert!(stored().starts_with("$bcrypt-sha256$v=2,"), "{}", stored());
    app.try_sign_in("alice", "correct horse battery").unwrap();
}

#[test]
fn a_hash_of_passlibs_first_version_signs_in_and_becomes_one_of_its_second() {
    let app = App::new();
    // "password", of passlib's own tests.
    let theirs = "$bcrypt-sha256$2b,5$5Hg1DKFqPE8C2aflZ5vVoe$12BjNE0p7axMg55.Y/mHsYiVuFBDQyu";
    app.engine.import_user(&new_user("alice", &[]), theirs).unwrap();
    app.try_sign_in("alice", "passwords").unwrap_err();
    app.clock.advance_seconds(60);
    app.try_sign_in("alice", "password").unwrap();
    let db = rusqlite::Connection::open(app.database()).unwrap();
    let stored: String = db.query_row("SELECT password_hash FROM users", [], |row| row.get(0)).unwrap();
    assert!(stored.starts_with("$bcrypt-sha256$v=2,"), "{stored}");
    app.try_sign_in("alice", "password").unwrap();
}

#[test]
fn who_a_user_is_can_be_changed_and_what_is_wrong_is_named() {
    let app = App::new().with_user("alice");
    let edit = |name: &str, email: &str| UserEdit {
        display_name: Some(name.into()),
        email: Some(email.into()),
        ..UserEdit::default()
    };
    let set = |name: &str, email: &str| app.engine.edit_user("ALICE", &edit(name, email));
    let user = set(" Alice Archer ", "alice@example.com").unwrap();
    assert_eq!((user.display_name.as_str(), user.email.as_str()), ("Alice Archer", "alice@example.com"));
    assert_eq!(app.engine.user("alice").unwrap().unwrap().user, user);
    let events = app.engine.newest_event().unwrap();
    set("Alice Archer", "alice@example.com").unwrap();
    assert_eq!(app.engine.newest_event().unwrap(), events, "nothing changed");

    assert_eq!(set("Alice", "alice"), Err(UserError::Email));
    assert_eq!(set(&"x".repeat(101), ""), Err(UserError::DisplayNameTooLong));
    assert_eq!(app.engine.user("alice").unwrap().unwrap().user, user);
    let by_scopes = |scopes: &[&str]| UserEdit {
        scopes: Some(scopes.iter().map(ToString::to_string).collect()),
        ..edit("Alice A.", "")
    };
    assert!(matches!(app.engine.edit_user("alice", &by_scopes(&["items:delete"])), Err(UserError::Scope(_))));
    assert_eq!(app.engine.user("alice").unwrap().unwrap().user, user, "not even by half");
    let user = app.engine.edit_user("alice", &by_scopes(&["users:admin"])).unwrap();
    assert_eq!((user.display_name.as_str(), engine::scopes::join(&user.scopes).as_str()), ("Alice A.", "users:admin"));
    assert_eq!(app.engine.user("alice").unwrap().unwrap().user, user);
    assert_eq!(app.engine.edit_user("bob", &UserEdit::default()), Err(UserError::NotFound("bob".into())));
}

#[test]
fn a_deleted_users_tokens_are_refused_even_where_another_takes_the_name() {
    let (app, _) = enrolled();
    let pending = crate::second_factor::pending(&app);
    let held = app.engine.confirm_sign_in(&crate::second_factor::pending(&app), &code(&app)).unwrap();
    assert!(app.lets_in(&held.access_token));
    assert_eq!(app.engine.user("alice").unwrap().unwrap().second_factor, FactorState::On);

    assert_eq!(app.engine.delete_user("ALICE").unwrap().username.as_str(), "alice");
    assert_eq!(app.engine.delete_user("alice"), Err(UserError::NotFound("alice".into())));
    assert!(!app.lets_in(&held.access_token));
    assert!(app.refresh(&held.refresh_token.clone().unwrap()).is_err());
    let event = app.engine.events(EventsOf::All, 1).unwrap().remove(0);
    assert_eq!((event.kind.as_str(), event.username), ("user_deleted", None));
    assert_eq!(event.detail.unwrap().to_string(), r#"{"username":"alice","sessions":1}"#);

    let app = app.with_user("alice");
    let new = app.engine.user("alice").unwrap().unwrap();
    assert_eq!((new.second_factor, new.active_sessions), (FactorState::Off, 0));
    assert!(!app.lets_in(&held.access_token));
    assert!(app.engine.confirm_sign_in(&pending, &code_of_nobody()).is_err());
    app.sign_in("alice");
}

fn code_of_nobody() -> String {
    "000000".into()
}

#[test]
fn the_attempts_that_led_to_a_lock_are_told_newest_first() {
    let (app, _) = enrolled();
    let outcomes = || -> Vec<_> {
        app.engine.sign_in_attempts("Alice", 4).unwrap().iter().map(|attempt| attempt.outcome).collect()
    };
    assert_eq!(outcomes(), []);
    assert!(app.engine.sign_in("alice", &Password::new("wrong password"), None).is_err());
    assert!(app.engine.sign_in("alice", &Password::new(PASSWORD), None).is_err());
    assert_eq!(outcomes(), [AttemptOutcome::NotChecked, AttemptOutcome::WrongPassword]);
    app.engine.reset_failures("alice").unwrap();
    let token = crate::second_factor::pending(&app);
    assert!(app.engine.confirm_sign_in(&token, "000000").is_err());
    let expected = [
        AttemptOutcome::WrongCode,
        AttemptOutcome::PasswordRight,
        AttemptOutcome::FailuresReset,
        AttemptOutcome::NotChecked,
    ];
    assert_eq!(outcomes(), expected);
    app.clock.advance_seconds(1);
    app.engine.confirm_sign_in(&token, &code(&app)).unwrap();
    assert_eq!(outcomes()[0], AttemptOutcome::SignedIn);
    assert_eq!(app.engine.sign_in_attempts("bob", 4), Err(UserError::NotFound("bob".into())));
}
