//! One clock for everything, moved to odd places.

use engine::{clock::Timestamp, settings::ClockSetting};
use workbench_tests::app::{App, START};

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
    for seconds in [
        -START - 1,
        -10_000_000_000,
        i64::MIN / 1000,
        10 * year,
        -10 * year,
        2_147_483_648 - START,
        i64::MAX / 1000 - START,
    ] {
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
