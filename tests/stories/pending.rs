//! Anything begun with credentials that have since changed is void (RT-08).

use engine::{
    events::EventsOf,
    refresh::RefreshError,
    secret::{Password, PendingToken},
    sign_in::{SignIn, SignInError},
    totp::ConfirmError,
};
use serde_json::json;
use workbench_tests::app::{App, PASSWORD};

const OTHER: &str = "another horse, another battery";

/// A change of the credentials: its name, and how to make it.
type Change = (&'static str, fn(&App));

/// Begins a sign-in with the password.
fn begin(app: &App, password: &str) -> PendingToken {
    match app.engine.sign_in("alice", &Password::new(password), None).unwrap() {
        SignIn::SecondFactorDue { pending, .. } => pending,
        SignIn::Done(_) => panic!("the password alone must not be enough"),
    }
}

/// The code of the current step.
fn code(app: &App) -> String {
    let window = app.engine.code_window("alice").unwrap().unwrap();
    let step = window.steps.iter().rfind(|step| step.begins_at <= window.now).unwrap();
    step.code.expose().to_owned()
}

/// Sets up a second factor and waits out its first step.
fn enrol(app: &App, password: &str) -> Vec<String> {
    app.engine.begin_enrollment("alice", &Password::new(password), "story", &Default::default()).unwrap();
    let codes = app.engine.confirm_enrollment("alice", "story", &code(app)).unwrap();
    app.clock.advance_seconds(60);
    codes.iter().map(|code| code.expose().to_owned()).collect()
}

#[test]
fn a_pending_token_dies_with_what_it_was_begun_with() {
    let changes: [Change; 6] = [
        ("another password", |app| drop(app.engine.set_password("alice", &Password::new(OTHER)).unwrap())),
        ("off and on again", |app| {
            app.engine.set_user_active("alice", false).unwrap();
            app.engine.set_user_active("alice", true).unwrap();
        }),
        ("another factor", |app| {
            app.engine.remove_second_factor("alice", &Password::new(PASSWORD)).unwrap();
            enrol(app, PASSWORD);
        }),
        ("new recovery codes", |app| {
            app.engine.regenerate_recovery_codes("alice", &Password::new(PASSWORD)).unwrap();
        }),
        ("signed out everywhere", |app| {
            app.engine.end_sessions_of("alice").unwrap();
        }),
        ("the same password once more", |app| {
            drop(app.engine.set_password("alice", &Password::new(PASSWORD)).unwrap());
        }),
    ];
    for (change, make) in changes {
        let app = App::new().with_user("alice");
        enrol(&app, PASSWORD);
        let before = begin(&app, PASSWORD);
        make(&app);
        let answer = app.engine.confirm_sign_in(&before, &code(&app));
        assert_eq!(answer, Err(SignInError::PendingInvalid), "{change}");
        let password = if change == "another password" { OTHER } else { PASSWORD };
        let again = begin(&app, password);
        app.engine.confirm_sign_in(&again, &code(&app)).unwrap();
        let told = app.engine.events(EventsOf::User("alice"), 50).unwrap();
        assert!(
            told.iter().any(|event| event.detail == Some(json!({"reason": "outdated_pending_token"}))),
            "{change}: it is written down"
        );
    }
}

#[test]
fn a_pending_token_survives_what_does_not_concern_it() {
    let app = App::new().with_user("alice").with_user("bob");
    enrol(&app, PASSWORD);
    let pending = begin(&app, PASSWORD);
    app.engine.set_password("bob", &Password::new(OTHER)).unwrap();
    app.engine.set_user_scopes("alice", &["items:read".into()]).unwrap();
    app.engine.set_user_active("alice", true).unwrap();
    app.engine.confirm_sign_in(&pending, &code(&app)).unwrap();
}

#[test]
fn a_refused_outdated_token_uses_up_no_code_and_counts_as_no_failure() {
    let app = App::new().with_user("alice");
    let recovery = enrol(&app, PASSWORD);
    let pending = begin(&app, PASSWORD);
    app.engine.set_password("alice", &Password::new(OTHER)).unwrap();
    for code in [code(&app), recovery[0].clone(), "000000".into()] {
        assert_eq!(app.engine.confirm_sign_in(&pending, &code), Err(SignInError::PendingInvalid));
    }
    assert_eq!(app.engine.failures("alice").unwrap().0.count, 0);
    app.engine.confirm_sign_in(&begin(&app, OTHER), &recovery[0]).unwrap();
}

#[test]
fn a_pending_token_does_not_outlive_a_restore() {
    let app = App::new().with_user("alice");
    let recovery = enrol(&app, PASSWORD);
    let copy = app.database().with_extension("copy");
    let before = begin(&app, PASSWORD);
    app.engine.back_up(&copy).unwrap();
    app.create("bob", &[]).unwrap();
    let after = begin(&app, PASSWORD);
    let app = app.restore(&copy);
    for pending in [before, after] {
        assert_eq!(app.engine.confirm_sign_in(&pending, &recovery[0]), Err(SignInError::PendingInvalid));
    }
}

#[test]
fn a_factor_that_a_thief_of_the_password_began_ends_with_the_password() {
    let app = App::new().with_user("alice");
    app.engine.begin_enrollment("alice", &Password::new(PASSWORD), "twb", &Default::default()).unwrap();
    let code = code(&app);
    app.engine.set_password("alice", &Password::new(OTHER)).unwrap();
    assert_eq!(app.engine.confirm_enrollment("alice", "twb", &code), Err(ConfirmError::NothingPending));
    assert!(app.engine.code_window("alice").unwrap().is_none(), "the secret is gone");
}

#[test]
fn switching_a_user_off_and_on_revives_no_session() {
    let app = App::new().with_user("alice");
    let (signed_in, minted) = (app.sign_in("alice"), app.engine.mint("alice", None, None).unwrap());
    app.engine.set_user_active("alice", false).unwrap();
    app.engine.set_user_active("alice", true).unwrap();
    assert_eq!(app.refresh(signed_in.refresh_token.as_ref().unwrap()), Err(RefreshError::SessionEnded));
    assert!(!app.lets_in(&signed_in.access_token));
    assert!(!app.lets_in(&minted.access_token));
}

/// A refusal without a commit would be faster than one with it, and would reveal whether the user exists.
#[test]
fn every_refusal_of_a_pending_token_is_written_down() {
    let spoilt: [Change; 4] = [
        ("deleted", |app| drop(app.engine.delete_user("alice").unwrap())),
        ("another password", |app| drop(app.engine.set_password("alice", &Password::new(OTHER)).unwrap())),
        ("switched off", |app| drop(app.engine.set_user_active("alice", false).unwrap())),
        ("nothing but a wrong code", |_| {}),
    ];
    for (change, make) in spoilt {
        let app = App::new().with_user("alice");
        enrol(&app, PASSWORD);
        let pending = begin(&app, PASSWORD);
        make(&app);
        let refusals = || {
            let events = app.engine.events(EventsOf::All, 1_000).unwrap();
            events.iter().filter(|event| event.kind == "sign_in_refused").count()
        };
        let before = refusals();
        app.engine.confirm_sign_in(&pending, "000000").unwrap_err();
        assert_eq!(refusals(), before + 1, "{change}");
    }
    let app = App::new().with_user("alice");
    enrol(&app, PASSWORD);
    let pending = begin(&app, PASSWORD);
    app.engine.confirm_sign_in(&pending, &code(&app)).unwrap();
    assert_eq!(app.engine.confirm_sign_in(&pending, "000000"), Err(SignInError::PendingInvalid));
    let last = app.engine.events(EventsOf::All, 1).unwrap();
    assert_eq!(last[0].detail, Some(json!({"reason": "used_pending_token"})));
}
