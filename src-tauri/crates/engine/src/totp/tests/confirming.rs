use super::*;
use crate::settings::ClockSetting;
use crate::{
    records::{CodeAlgorithm, CodeSettings, TooManyTries},
    totp::{BeginError, ConfirmError, OwnerError, RemoveError, SecondFactor, owner},
};
use std::time::Duration;

impl Bench {
    fn state(&self) -> SecondFactor {
        self.engine.second_factor("alice").unwrap().unwrap()
    }

    fn try_begin(&self, username: &str, password: &str) -> Result<Enrollment, BeginError> {
        self.engine.begin_enrollment(username, &Password::new(password), SESSION, &FactorOptions::default())
    }
}

#[test]
fn a_factor_is_on_only_after_a_code_has_confirmed_it() {
    let bench = Bench::with_user("alice");
    assert_eq!(bench.state(), SecondFactor::Off);
    let enrollment = bench.begin("alice");
    let phone = Phone::scan(&enrollment);
    assert_eq!(enrollment.expires_at.seconds(), START + 600);
    assert_eq!(phone.secret().len() * 8, 160);
    assert_eq!(enrollment.warnings, []);
    assert_eq!(bench.state(), SecondFactor::Pending { expires_at: enrollment.expires_at });
    assert_eq!(bench.verify("alice", &phone.code(START)), CodeCheck::NotEnrolled, "pending is good for nothing");

    let wrong = if phone.code(START) == "000000" { "000001" } else { "000000" };
    let confirm = |code: &str| bench.engine.confirm_enrollment("alice", SESSION, code);
    assert!(matches!(confirm(wrong), Err(ConfirmError::WrongCode)));
    let too_soon = confirm(&phone.code(START)).unwrap_err();
    assert_eq!(too_soon, TooManyTries { left: Some(Duration::from_secs(1)) }.into(), "guessing is slowed down");
    assert!(too_soon.to_string().ends_with("wait 1 s, then try it again"), "{too_soon}");
    bench.at(START + 1);
    assert_eq!(confirm(&phone.code(START)).unwrap().len(), 10);
    let on = SecondFactor::On {
        algorithm: CodeAlgorithm::Sha1,
        digits: 6,
        period_seconds: 30,
        confirmed_at: Timestamp::from_seconds(START + 1),
        recovery_codes_left: 10,
    };
    assert_eq!(bench.state(), on);
    assert!(matches!(confirm(&phone.code(START)), Err(ConfirmError::NothingPending)));
    let told = bench.events();
    let told: Vec<&str> = told.iter().map(String::as_str).filter(|kind| *kind != "user_created").collect();
    let refused = "second_factor_refused";
    let wanted = ["data_key_created", "second_factor_begun", refused, refused, "second_factor_confirmed"];
    assert_eq!(told, wanted);
}

#[test]
fn a_factor_that_waits_ten_minutes_is_forgotten() {
    let bench = Bench::with_user("alice");
    let phone = Phone::scan(&bench.begin("alice"));
    bench.at(START + 600);
    assert_eq!(bench.state(), SecondFactor::Off);
    let confirm = || bench.engine.confirm_enrollment("alice", SESSION, &phone.code(bench.seconds()));
    assert!(matches!(confirm(), Err(ConfirmError::Lapsed)));
    bench.at(START + 300);
    assert!(matches!(bench.state(), SecondFactor::Pending { .. }), "a clock that was ahead has forgotten nothing");

    let phone = Phone::scan(&bench.begin("alice"));
    bench.at(START + 300 + 599);
    assert!(bench.engine.confirm_enrollment("alice", SESSION, &phone.code(bench.seconds())).is_ok());
}

#[test]
fn what_was_never_confirmed_is_forgotten_by_time_that_has_really_passed() {
    let bench = Bench::with_user("alice");
    bench.create("bob");
    bench.begin("alice");
    bench.engine.set_clock(ClockSetting::Shifted { ms: 86_400_000 }).unwrap();
    bench.begin("bob");
    bench.with_a_clock_ahead(86_400).begin("bob");
    bench.engine.set_clock(ClockSetting::Real).unwrap();
    assert!(matches!(bench.state(), SecondFactor::Pending { .. }), "neither a moved clock nor a wrong one forgets it");
    for hour in 1..=4 {
        bench.at(START + hour * 3600).begin("bob");
    }
    assert!(bench.events().contains(&"second_factor_lapsed".into()));
    assert!(bench.engine.code_window("alice").unwrap().is_none(), "the secret is gone");
}

#[test]
fn only_the_session_that_began_can_confirm() {
    let bench = Bench::with_user("alice");
    bench.create("bob");
    let phone = Phone::scan(&bench.begin("alice"));
    let confirm = |user: &str, session: &str| bench.engine.confirm_enrollment(user, session, &phone.code(START));
    assert!(matches!(confirm("alice", "another"), Err(ConfirmError::OtherSession)));
    assert!(matches!(confirm("bob", SESSION), Err(ConfirmError::NothingPending)));
    assert!(matches!(confirm("nobody", SESSION), Err(ConfirmError::NothingPending)));
    assert!(confirm("alice", SESSION).is_ok());
}

#[test]
fn a_session_that_ended_takes_what_it_began_with_it() {
    let bench = Bench::with_user("alice");
    let sid = bench.engine.mint("alice", None, None).unwrap().sid;
    let begin = || {
        let password = Password::new(PASSWORD);
        Phone::scan(&bench.engine.begin_enrollment("alice", &password, &sid, &FactorOptions::default()).unwrap())
    };
    begin();
    assert!(bench.engine.cancel_enrollment(&sid).unwrap());
    assert!(!bench.engine.cancel_enrollment(&sid).unwrap());
    assert_eq!(bench.state(), SecondFactor::Off);

    let phone = begin();
    bench.engine.end_session(&sid).unwrap();
    let confirmed = bench.engine.confirm_enrollment("alice", &sid, &phone.code(START));
    assert!(matches!(confirmed, Err(ConfirmError::OtherSession | ConfirmError::NothingPending)));
}

#[test]
fn a_code_of_another_time_says_how_far_the_clocks_are_apart() {
    for (away, words) in [(-120, "2 m ago"), (300, "5 m from now")] {
        let bench = Bench::with_user("alice");
        let phone = Phone::scan(&bench.begin("alice"));
        let error = bench.engine.confirm_enrollment("alice", SESSION, &phone.code(START + away)).unwrap_err();
        assert!(matches!(error, ConfirmError::OtherTime { seconds } if (seconds - away).abs() < 30), "{error:?}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(!matches!(bench.state(), SecondFactor::On { .. }));
    }
}

#[test]
fn digits_of_other_scripts_are_digits() {
    for zero in ['٠', '۰', '०', '０'] {
        let bench = Bench::with_user("alice");
        let phone = Phone::scan(&bench.begin("alice"));
        let digit = |digit: char| char::from_u32(u32::from(zero) + digit.to_digit(10).unwrap()).unwrap();
        let typed: String = phone.code(START).chars().map(digit).collect();
        bench.engine.confirm_enrollment("alice", SESSION, &typed).unwrap();
    }
}

#[test]
fn beginning_again_replaces_what_was_pending_but_never_what_is_on() {
    let bench = Bench::with_user("alice");
    let first = Phone::scan(&bench.begin("alice"));
    let second = Phone::scan(&bench.begin("alice"));
    assert_ne!(first.secret(), second.secret());
    let confirm = |phone: &Phone| bench.engine.confirm_enrollment("alice", SESSION, &phone.code(START));
    assert!(matches!(confirm(&first), Err(ConfirmError::WrongCode)));
    bench.at(START + 1);
    confirm(&second).unwrap();
    assert!(matches!(bench.try_begin("alice", PASSWORD), Err(BeginError::AlreadyOn)));
    bench.at(START + 60);
    assert!(matches!(bench.verify("alice", &second.code(START + 60)), CodeCheck::Accepted { .. }));
}

#[test]
fn without_the_password_nothing_changes() {
    let bench = Bench::with_user("alice");
    let wrong = Some(BeginError::Owner(OwnerError::WrongCredentials));
    assert_eq!(bench.try_begin("alice", "another password").err(), wrong);
    assert_eq!(bench.try_begin("nobody", PASSWORD).err(), wrong, "and nobody learns who has an account");
    assert_eq!(bench.try_begin("alice", PASSWORD).err(), wrong, "guessing is slowed down");
    assert_eq!(bench.state(), SecondFactor::Off);
    bench.at(START + 1);
    bench.enroll("alice");
    let on = bench.state();
    let remove = |password: &str| bench.engine.remove_second_factor("alice", &Password::new(password));
    assert_eq!(remove("another password"), Err(RemoveError::Owner(OwnerError::WrongCredentials)));
    let again = bench.engine.regenerate_recovery_codes("alice", &Password::new("another password"));
    assert!(again.is_err());
    assert_eq!(bench.state(), on);

    bench.at(START + 60);
    bench.engine.set_user_active("alice", false).unwrap();
    assert_eq!(bench.try_begin("alice", PASSWORD).err(), Some(BeginError::Owner(OwnerError::Inactive)));
}

#[test]
fn removing_ends_the_sessions_and_takes_the_recovery_codes() {
    let bench = Bench::with_user("alice");
    let (phone, _) = bench.enroll("alice");
    let sid = bench.engine.mint("alice", None, None).unwrap().sid;
    bench.engine.remove_second_factor("alice", &Password::new(PASSWORD)).unwrap();
    assert_eq!(bench.state(), SecondFactor::Off);
    assert_eq!(bench.verify("alice", &phone.code(START + 30)), CodeCheck::NotEnrolled);
    let session = bench.engine.store.read(|db| store::sessions::by_sid(db, &sid)).unwrap().unwrap();
    assert!(session.ended.is_some());
    let alice = bench.id("alice");
    assert_eq!(bench.engine.store.read(|db| store::recovery_codes::left(db, alice)), Ok(0));
    let again = bench.engine.remove_second_factor("alice", &Password::new(PASSWORD));
    assert_eq!(again, Err(RemoveError::Off));
    assert!(bench.events().contains(&"second_factor_removed".into()));
    bench.enroll("alice");
}

#[test]
fn other_settings_work_to_the_end_and_are_warned_of() {
    let bench = Bench::with_user("alice");
    let settings = CodeSettings { algorithm: CodeAlgorithm::Sha512, digits: 8, period_seconds: 60 };
    let options = FactorOptions { settings, ..FactorOptions::default() };
    let password = Password::new(PASSWORD);
    let enrollment = bench.engine.begin_enrollment("alice", &password, SESSION, &options).unwrap();
    assert_eq!(enrollment.warnings.len(), 3);
    let phone = Phone::scan(&enrollment);
    let code = phone.code(START);
    assert_eq!(code.len(), 8);
    bench.engine.confirm_enrollment("alice", SESSION, &format!("{} {}", &code[..4], &code[4..])).unwrap();
    let on = bench.state();
    assert!(matches!(on, SecondFactor::On { algorithm: CodeAlgorithm::Sha512, digits: 8, period_seconds: 60, .. }));
    bench.at(START + 120);
    let step = (START + 120) / 60;
    assert_eq!(bench.verify("alice", &phone.code(START + 120)), CodeCheck::Accepted { step });
}

#[test]
fn no_secret_is_in_what_is_printed() {
    let bench = Bench::with_user("alice");
    let enrollment = bench.begin("alice");
    let printed = format!("{enrollment:?}");
    assert!(!printed.contains(enrollment.secret.expose()) && !printed.contains("otpauth") && !printed.contains("<svg"));
}

#[test]
fn a_proof_of_the_password_is_worth_nothing_once_the_password_is_another() {
    let bench = Bench::new();
    bench.create("alice");
    let proven = bench.engine.prove_owner("alice", &Password::new(PASSWORD)).unwrap();
    let is_still = || bench.engine.store.write(|tx| owner::is_still(tx, &proven)).unwrap();
    assert!(is_still());
    bench.engine.set_password("alice", &Password::new("another horse, another battery")).unwrap();
    assert!(!is_still(), "what takes two transactions must not act on the old one");
}
