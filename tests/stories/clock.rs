//! One clock for everything, moved to odd times; and a computer clock that jumps. Nothing irreversible follows either
//! (CLK-01, KEY-08, OTP-02).

use crate::second_factor::{code, enrolled, pending};
use engine::{
    clock::Timestamp,
    keys::{KeyState, Purpose},
    refresh::RefreshError,
    revoke::Revoked,
    secret::Password,
    settings::{ClockError, ClockSetting},
    sign_in::SignInError,
};
use workbench_tests::app::{App, PASSWORD, START};

const HOUR: i64 = 3600;
const YEAR: i64 = 365 * 24 * HOUR;

/// Where a clock is for a while, in seconds relative to where it was.
enum Elsewhere {
    /// The engine's clock runs this far ahead.
    Shifted(i64),
    /// The engine's clock is frozen there.
    Frozen(i64),
    /// The computer's clock shows these times, one for each process in turn.
    Jumped(&'static [i64]),
}

impl Elsewhere {
    /// Runs `act` there, then restores the clock.
    fn visit(&self, app: &App, act: impl Fn(&App)) {
        let setting = match *self {
            Self::Shifted(seconds) => ClockSetting::Shifted { ms: seconds * 1000 },
            Self::Frozen(seconds) => ClockSetting::Frozen { at: Timestamp::from_seconds(START + seconds) },
            Self::Jumped(processes) => {
                return processes.iter().for_each(|seconds| act(&app.process_with_clock_ahead(*seconds)));
            }
        };
        app.engine.set_clock(setting).unwrap();
        act(app);
        act(&app.another_process());
        app.engine.set_clock(ClockSetting::Real).unwrap();
    }
}

/// Every place where a clock has been known to go, and how it gets there.
const ELSEWHERE: [Elsewhere; 16] = [
    Elsewhere::Shifted(HOUR),
    Elsewhere::Shifted(-HOUR),
    Elsewhere::Shifted(192 * HOUR),
    Elsewhere::Shifted(10 * YEAR),
    Elsewhere::Shifted(-START - 5 * HOUR),
    Elsewhere::Shifted(2_147_483_648 - START),
    Elsewhere::Frozen(2 * HOUR),
    Elsewhere::Frozen(-30 * 24 * HOUR),
    Elsewhere::Jumped(&[HOUR]),
    Elsewhere::Jumped(&[-HOUR]),
    Elsewhere::Jumped(&[3 * HOUR, 3 * HOUR, 3 * HOUR]),
    Elsewhere::Jumped(&[3 * HOUR, 192 * HOUR]),
    Elsewhere::Jumped(&[10 * YEAR, 20 * YEAR]),
    Elsewhere::Jumped(&[-START - 5 * HOUR]),
    Elsewhere::Jumped(&[2_147_483_648 - START]),
    Elsewhere::Jumped(&[9_000_000_000_000_000, -9_000_000_000_000_000]),
];

#[test]
fn what_a_clock_does_for_a_while_destroys_nothing() {
    let app = App::new().with_user("alice");
    let (live, revoked, expired) = (app.sign_in("alice"), app.sign_in("alice"), app.sign_in("alice"));
    app.clock.advance_seconds(901);
    assert!(!app.lets_in(&expired.access_token));
    let renew = |session: &engine::sign_in::SignedIn| app.refresh(session.refresh_token.as_ref().unwrap()).unwrap();
    let (live, revoked) = (renew(&live), renew(&revoked));
    app.engine.revoke(&revoked.access_token).unwrap();
    for purpose in Purpose::ALL {
        app.engine.rotate_key(purpose, None).unwrap();
    }
    let keys = |state| app.engine.keys().unwrap().into_iter().filter(|key| key.state == state).count();
    let (kept, denied) = (app.vault.entries().len(), app.engine.deny_list_length().unwrap());
    assert_eq!((keys(KeyState::Retiring), denied), (3, 1));

    for (place, elsewhere) in ELSEWHERE.iter().enumerate() {
        elsewhere.visit(&app, |app| {
            let there = app.sign_in("alice");
            app.refresh(there.refresh_token.as_ref().unwrap()).unwrap();
            app.engine.revoke(&there.access_token).unwrap();
            app.engine.purge_deny_list(u32::MAX).unwrap();
            app.engine.retire_due_keys().unwrap();
            let _ = app.try_sign_in("alice", "wrong password");
            app.engine.reset_failures("alice").unwrap();
        });
        let app = app.another_process();
        assert!(app.lets_in(&live.access_token), "{place}: what lived lives");
        assert!(!app.lets_in(&revoked.access_token), "{place}: what was revoked stays revoked");
        assert!(!app.lets_in(&expired.access_token), "{place}: what expired stays expired");
        assert_eq!((keys(KeyState::Retired), app.vault.entries().len()), (0, kept), "{place}: every key is there");
    }
    let again = app.another_process();
    again.refresh(live.refresh_token.as_ref().unwrap()).unwrap();
    let replayed = again.refresh(live.refresh_token.as_ref().unwrap());
    assert!(matches!(replayed, Err(RefreshError::Replayed { .. })), "{replayed:?}");
}

#[test]
fn a_token_is_revoked_though_it_has_expired_on_the_clock_that_is_moved() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    app.engine.set_clock(ClockSetting::Shifted { ms: 2 * HOUR * 1000 }).unwrap();
    assert!(matches!(app.engine.revoke(&token).unwrap(), Revoked::AccessToken { .. }));
    app.engine.set_clock(ClockSetting::Real).unwrap();
    assert!(!app.lets_in(&token));
}

#[test]
fn a_clock_moved_back_to_before_a_revocation_was_forgotten_revives_nothing() {
    let app = App::new().with_user("alice");
    let (token, lost) = (app.sign_in("alice").access_token, app.sign_in("alice").access_token);
    app.engine.revoke(&token).unwrap();
    app.let_hours_pass(5);
    assert_eq!(app.engine.purge_deny_list(u32::MAX).unwrap(), 1, "it is forgotten by now");
    app.engine.set_clock(ClockSetting::Frozen { at: Timestamp::from_seconds(START) }).unwrap();
    assert!(!app.lets_in(&token));
    assert!(!app.lets_in(&lost), "nobody knows any more that it was not revoked");
    app.engine.set_clock(ClockSetting::Real).unwrap();
    assert!(app.lets_in(&app.sign_in("alice").access_token), "and the present is as it was");
}

#[test]
fn a_clock_that_is_wrong_for_good_does_not_stop_the_deny_list_from_shrinking() {
    let app = App::new().with_user("alice");
    for jump in [10 * YEAR, -10 * YEAR] {
        app.let_hours_pass(5);
        app.clock.advance_seconds(jump);
        let token = app.sign_in("alice").access_token;
        app.engine.revoke(&token).unwrap();
        app.let_hours_pass(5);
        assert_eq!(app.engine.purge_deny_list(u32::MAX).unwrap(), 1, "{jump} s from where it was");
    }
}

#[test]
fn a_second_factor_used_in_a_moved_future_blocks_that_code_and_not_the_present() {
    let (app, _) = enrolled();
    let sign_in = |app: &App| app.engine.confirm_sign_in(&pending(app), &code(app)).map(drop);
    for elsewhere in [Elsewhere::Shifted(YEAR), Elsewhere::Jumped(&[YEAR]), Elsewhere::Shifted(-YEAR)] {
        elsewhere.visit(&app.another_process(), |there| {
            let _ = sign_in(there);
            assert_eq!(sign_in(there), Err(SignInError::UsedCode));
        });
        sign_in(&app).unwrap();
        assert_eq!(sign_in(&app), Err(SignInError::UsedCode), "a used code never works again");
        assert_eq!(app.engine.failures("alice").unwrap().0.count, 0, "and is no wrong one");
        app.clock.advance_seconds(30);
    }
}

#[test]
fn a_session_that_is_over_on_a_moved_clock_goes_on_by_the_real_one() {
    let app = App::new().with_user("alice");
    let signed_in = app.sign_in("alice");
    let token = signed_in.refresh_token.as_ref().unwrap();
    app.engine.set_clock(ClockSetting::Shifted { ms: 8 * 24 * HOUR * 1000 }).unwrap();
    assert_eq!(app.refresh(token).err(), Some(RefreshError::Expired));
    app.engine.sessions().unwrap();
    app.engine.set_clock(ClockSetting::Shifted { ms: -8 * 24 * HOUR * 1000 }).unwrap();
    let next = app.refresh(token).unwrap();
    app.engine.set_clock(ClockSetting::Real).unwrap();
    app.refresh(next.refresh_token.as_ref().unwrap()).unwrap();
    assert!(matches!(app.refresh(token), Err(RefreshError::Replayed { .. })), "what was used stays used");
}

#[test]
fn the_clock_shows_only_what_every_screen_can_show() {
    let app = App::new().with_user("alice");
    let days = |days: i64| ClockSetting::Shifted { ms: days * 24 * HOUR * 1000 };
    for setting in [days(3_000_000), days(-800_000), ClockSetting::Frozen { at: Timestamp(i64::MAX) }] {
        assert_eq!(app.engine.set_clock(setting), Err(ClockError::OutOfRange));
    }
    for seconds in [9_000_000_000_000_000, -9_000_000_000_000_000, i64::MAX, i64::MIN] {
        assert_eq!(app.engine.move_clock(seconds), Err(ClockError::OutOfRange));
    }
    assert_eq!(app.engine.clock_setting().unwrap(), ClockSetting::Real);
    let late = app.process_with_clock_ahead(9_000_000_000_000_000);
    assert!(Timestamp::SHOWN.contains(&late.engine.now().unwrap()), "a computer's clock in the year 285,000,000");
    late.sign_in("alice");
    assert!(late.engine.move_clock(60).is_err());
    late.engine.set_clock(ClockSetting::Real).unwrap();
    assert!(late.engine.sign_in("alice", &Password::new(PASSWORD), None).is_ok());
}

#[test]
fn everything_follows_the_clock_and_both_processes_have_one() {
    let app = App::new().with_user("alice");
    let other = app.another_process();
    let signed_in = app.sign_in("alice");
    app.engine.set_clock(ClockSetting::Shifted { ms: 900_000 }).unwrap();
    assert!(!other.lets_in(&signed_in.access_token), "expired on the shifted clock, in the other process too");
    app.engine.set_clock(ClockSetting::Frozen { at: Timestamp::from_seconds(START) }).unwrap();
    app.clock.advance_seconds(5000);
    assert!(other.lets_in(&signed_in.access_token), "time stands still");
    other.engine.set_clock(ClockSetting::Real).unwrap();
    assert_eq!(app.engine.now().unwrap(), Timestamp::from_seconds(START + 5000));
}

#[test]
fn no_moment_makes_it_panic_or_let_somebody_in() {
    let app = App::new().with_user("alice");
    let signed_in = app.sign_in("alice");
    let year = 365 * 24 * 60 * 60;
    let (first, last) = (Timestamp::SHOWN.start().seconds(), Timestamp::SHOWN.end().seconds());
    for seconds in
        [-START - 1, -10_000_000_000, first - START, 10 * year, -10 * year, 2_147_483_648 - START, last - START]
    {
        let at = Timestamp::from_seconds(START.saturating_add(seconds));
        app.engine.set_clock(ClockSetting::Frozen { at }).unwrap();
        assert!(!app.lets_in(&signed_in.access_token), "{seconds} s away");
        let _ = app.try_sign_in("alice", "wrong password");
        app.engine.reset_failures("alice").unwrap();
        let now = app.sign_in("alice");
        let _ = app.refresh(now.refresh_token.as_ref().unwrap());
        app.engine.purge_deny_list(10).unwrap();
        app.engine.sessions().unwrap();
    }
    app.engine.set_clock(ClockSetting::Real).unwrap();
    assert!(app.lets_in(&signed_in.access_token), "and back in real time it is what it was");
}
