//! Signing in with a second factor.

use engine::{
    secret::Password,
    sign_in::{SignIn, SignInError},
    throttle::TooManyTries,
    totp::SecondFactor,
    users::AttemptOutcome,
};
use std::time::Duration;
use workbench_tests::app::{App, PASSWORD};

pub(crate) fn pending(app: &App) -> engine::secret::PendingToken {
    match app.engine.sign_in("alice", &Password::new(PASSWORD), None).unwrap() {
        SignIn::SecondFactorDue { pending, .. } => pending,
        SignIn::Done(_) => panic!("the password alone must not be enough"),
    }
}

pub(crate) fn code(app: &App) -> String {
    let window = app.engine.code_window("alice").unwrap().unwrap();
    let now = window.now;
    let step = window.steps.iter().rfind(|step| step.begins_at <= now).unwrap();
    step.code.expose().to_owned()
}

/// Alice with a confirmed factor, half a minute later; and her recovery codes.
pub(crate) fn enrolled() -> (App, Vec<String>) {
    let app = App::new().with_user("alice");
    app.engine.begin_enrollment("alice", &Password::new(PASSWORD), "story", &Default::default()).unwrap();
    let codes = app.engine.confirm_enrollment("alice", "story", &code(&app)).unwrap();
    app.clock.advance_seconds(30);
    (app, codes.iter().map(|code| code.expose().to_owned()).collect())
}

#[test]
fn a_right_password_and_a_right_code_sign_in() {
    let (app, _) = enrolled();
    let signed_in = app.engine.confirm_sign_in(&pending(&app), &code(&app)).unwrap();
    let report = app.inspect(&signed_in.access_token);
    assert!(report.claims_json.contains("\"otp\""), "{}", report.claims_json);
    assert!(app.lets_in(&signed_in.access_token));
}

#[test]
fn the_confirming_code_and_every_used_code_are_used_up() {
    let app = App::new().with_user("alice");
    app.engine.begin_enrollment("alice", &Password::new(PASSWORD), "story", &Default::default()).unwrap();
    let first = code(&app);
    app.engine.confirm_enrollment("alice", "story", &first).unwrap();
    assert_eq!(app.engine.confirm_sign_in(&pending(&app), &first), Err(SignInError::UsedCode));
    app.clock.advance_seconds(31);
    let second = code(&app);
    app.engine.confirm_sign_in(&pending(&app), &second).unwrap();
    assert_eq!(app.engine.confirm_sign_in(&pending(&app), &second), Err(SignInError::UsedCode));
}

#[test]
fn a_pending_token_is_good_for_one_sign_in_for_five_minutes_and_for_nothing_else() {
    let (app, recovery) = enrolled();
    let token = pending(&app);
    assert!(!app.lets_in(token.expose()));
    app.engine.confirm_sign_in(&token, &code(&app)).unwrap();
    app.clock.advance_seconds(30);
    assert_eq!(app.engine.confirm_sign_in(&token, &code(&app)), Err(SignInError::PendingInvalid), "used");
    let token = pending(&app);
    app.clock.advance_seconds(300);
    assert_eq!(app.engine.confirm_sign_in(&token, &recovery[0]), Err(SignInError::PendingInvalid), "too old");
}

#[test]
fn what_was_not_confirmed_ends_with_its_session() {
    let app = App::new().with_user("alice");
    let signed_in = app.sign_in("alice");
    let begun = app.engine.begin_enrollment("alice", &Password::new(PASSWORD), &signed_in.sid, &Default::default());
    let begun = begun.unwrap();
    let sealed = rows(&app);
    assert_eq!(sealed.len(), 1, "the sealed secret is kept until then");
    app.engine.end_session(&signed_in.sid).unwrap();
    assert!(app.engine.code_window("alice").unwrap().is_none(), "the secret is gone");
    assert_eq!(app.engine.second_factor("alice").unwrap(), Some(SecondFactor::Off));
    assert_eq!(rows(&app), [[0_u8; 0]; 0]);
    app.try_sign_in("alice", PASSWORD).expect("the password is enough, as before");
    // The secret is in no file of the profile: not as text, URI or image.
    for file in std::fs::read_dir(app.folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        for text in [&begun.secret, &begun.uri, &begun.qr_svg] {
            assert!(!holds(text.expose().as_bytes()));
        }
        assert!(!holds(b"otpauth:") && !holds(b"<svg"));
    }
}

/// The sealed secrets in the database.
fn rows(app: &App) -> Vec<Vec<u8>> {
    let db = rusqlite::Connection::open(app.database()).unwrap();
    let mut query = db.prepare("SELECT sealed_secret FROM totp_factors").unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_recovery_code_works_once() {
    let (app, recovery) = enrolled();
    assert_eq!(recovery.len(), 10);
    app.engine.confirm_sign_in(&pending(&app), &recovery[3]).unwrap();
    assert_eq!(app.engine.confirm_sign_in(&pending(&app), &recovery[3]), Err(SignInError::UsedRecoveryCode));
    app.clock.advance_seconds(1);
    app.engine.confirm_sign_in(&pending(&app), &recovery[4].to_uppercase().replace('-', " ")).unwrap();
}

/// The sentence and the event tell the owner what was wrong with a code.
#[test]
fn a_refused_code_is_called_early_late_short_or_wrong() {
    let (app, _) = enrolled();
    let reason = || -> String {
        let db = rusqlite::Connection::open(app.database()).unwrap();
        let newest = "SELECT json_extract(detail, '$.reason') FROM events ORDER BY id DESC LIMIT 1";
        db.query_row(newest, [], |row| row.get(0)).unwrap()
    };
    let refused = |code: &str| app.engine.confirm_sign_in(&pending(&app), code).unwrap_err();
    let now = code(&app);
    app.clock.advance_seconds(120);
    assert_eq!((refused(&now), reason()), (SignInError::CodeOfOtherTime { seconds: -120 }, "earlier_code".to_owned()));
    assert_eq!(app.engine.sign_in_attempts("alice", 1).unwrap()[0].outcome, AttemptOutcome::EarlierCode);
    app.engine.reset_failures("alice").unwrap();
    app.clock.advance_seconds(600);
    let later = code(&app);
    app.clock.advance_seconds(-600);
    let error = refused(&later);
    assert_eq!((&error, reason()), (&SignInError::CodeOfOtherTime { seconds: 600 }, "future_code".to_owned()));
    assert!(error.to_string().contains("10 m from now"), "{error}");
    app.engine.reset_failures("alice").unwrap();
    let (short, long) = (&code(&app)[1..], format!("{}0", code(&app)));
    assert_eq!(refused(short), SignInError::CodeLength { digits: 6, typed: 5 });
    app.engine.reset_failures("alice").unwrap();
    assert_eq!(refused(&long), SignInError::CodeLength { digits: 6, typed: 7 });
    assert_eq!(reason(), "wrong_code");
}

#[test]
fn wrong_codes_and_wrong_passwords_are_counted_together() {
    let (app, _) = enrolled();
    let token = pending(&app);
    for _ in 0..3 {
        assert_eq!(app.engine.confirm_sign_in(&token, "000000"), Err(SignInError::WrongCode));
        app.clock.advance_seconds(1);
    }
    assert_eq!(
        app.engine.confirm_sign_in(&token, "000000"),
        Err(TooManyTries { left: Some(Duration::from_secs(2)) }.into())
    );
    let _ = app.try_sign_in("alice", "wrong password");
    assert_eq!(app.engine.failures("alice").unwrap().0.count, 3, "the last try came too soon to count");
    app.clock.advance_seconds(2);
    app.engine.confirm_sign_in(&token, &code(&app)).unwrap();
}

#[test]
fn of_fifty_sign_ins_with_one_good_code_exactly_one_wins() {
    let (app, _) = enrolled();
    let other = app.another_process();
    let (tokens, code) = ((0..50).map(|_| pending(&app)).collect::<Vec<_>>(), code(&app));
    let answers = std::thread::scope(|scope| {
        let threads: Vec<_> = tokens
            .iter()
            .enumerate()
            .map(|(n, token)| {
                let (process, code) = (if n % 2 == 0 { &app } else { &other }, &code);
                scope.spawn(move || process.engine.confirm_sign_in(token, code))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(SignInError::UsedCode | SignInError::WrongCode))));
}
