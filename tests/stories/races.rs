//! Races: one refresh token presented many times at once, as the window shows it, and rehearsed under each preset.

use engine::{
    refresh::{RaceTimes, RefreshError},
    rules::Rotation,
    sessions::SessionState,
};
use workbench_tests::app::App;

#[test]
fn a_race_goes_as_its_rehearsal_said_and_the_rehearsal_leaves_nothing() {
    const REQUESTS: usize = 8;
    for (at, preset) in
        [Rotation::Strict, Rotation::Grace { seconds: 10 }, Rotation::Evidence, Rotation::None].into_iter().enumerate()
    {
        let app = App::new().with_user("alice");
        app.engine.set_rotation(preset).unwrap();
        let signed_in = app.sign_in("alice");
        let token = signed_in.refresh_token.as_ref().unwrap();
        let before = app.engine.newest_event().unwrap();
        let race = app.engine.race(token, REQUESTS, None).unwrap();
        let won = race.answers.iter().filter(|answer| answer.outcome.is_ok()).count();
        let ended = matches!(app.engine.session(&signed_in.sid).unwrap().unwrap().state, SessionState::Ended { .. });
        assert_eq!((race.presets[at].rotation, race.presets[at].won, race.presets[at].ends), (preset, won, ended));
        assert_eq!(race.rotation, preset);
        let told = race.presets.iter().map(|one| (one.won, one.ends)).collect::<Vec<_>>();
        assert_eq!(told, [(1, true), (REQUESTS, false), (REQUESTS, false), (REQUESTS, false)]);
        // One event for each token given, and one for the replay.
        let events = app.engine.newest_event().unwrap() - before;
        assert_eq!(usize::try_from(events).unwrap(), won + usize::from(ended), "{preset:?}");
        let mut numbers: Vec<usize> = race.answers.iter().map(|answer| answer.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=REQUESTS).collect::<Vec<_>>());
        for RaceTimes { sent, decides, decided, answered } in race.answers.iter().map(|answer| answer.times) {
            assert!(sent <= decides && decides <= decided && decided <= answered);
        }
        assert!(race.answers.is_sorted_by_key(|answer| answer.times.decided), "one at a time");
    }
}

#[test]
fn a_race_by_another_preset_does_not_change_the_profiles() {
    let app = App::new().with_user("alice");
    let signed_in = app.sign_in("alice");
    let token = signed_in.refresh_token.as_ref().unwrap();
    let race = app.engine.race(token, 4, Some(Rotation::Grace { seconds: 0 })).unwrap();
    assert_eq!(race.rotation, Rotation::Grace { seconds: 10 });
    assert!(race.answers.iter().all(|answer| answer.outcome.is_ok()));
    assert_eq!(app.engine.rules().unwrap().rotation, Rotation::Strict);
    assert!(matches!(app.engine.race(token, 2, None).unwrap().answers[0].outcome, Err(RefreshError::Replayed { .. })));
}
