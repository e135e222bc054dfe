use super::*;
use crate::commands::{NAMES, rule};

const NOW: Duration = Duration::from_secs(1_000);

#[test]
fn without_a_gesture_nothing_is_allowed() {
    let gestures = Gestures::default();
    for act in [Act::ReadClipboard, Act::Copy, Act::FetchKeys, Act::Sign, Act::SignIn, Act::Unlock, Act::Change] {
        assert!(!gestures.spend(act, Duration::ZERO) && !gestures.spend(act, NOW), "{act:?}");
    }
}

#[test]
fn a_gesture_allows_one_of_each_and_a_few_signatures() {
    let gestures = Gestures::default();
    gestures.saw(NOW);
    for (act, times) in
        [(Act::ReadClipboard, 1), (Act::FetchKeys, 1), (Act::SignIn, 1), (Act::Change, 1), (Act::Sign, 4)]
    {
        let allowed = (0..1_000).filter(|_| gestures.spend(act, NOW)).count();
        assert_eq!(allowed, times, "{act:?}");
    }
    gestures.saw(NOW);
    assert!(gestures.spend(Act::ReadClipboard, NOW), "the next gesture counts anew");
}

#[test]
fn an_old_gesture_allows_nothing_and_a_refusal_spends_nothing() {
    let gestures = Gestures::default();
    gestures.saw(NOW);
    assert!(!gestures.spend(Act::Copy, NOW + FRESH + Duration::from_micros(1)));
    assert!(gestures.spend(Act::Copy, NOW + FRESH));
}

/// A command without a rule must be useless to a script.
#[test]
fn every_command_has_a_rule_and_no_other_has() {
    for command in NAMES {
        assert!(rule(command).is_some(), "{command}");
    }
    for other in ["", "eval", "plugin:shell|open", "Read_clipboard", "read_clipboard "] {
        assert_eq!(rule(other), None);
    }
}
