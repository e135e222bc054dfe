//! Refresh token rotation: the rule, its presets, and thirteen ways in which it has gone wrong elsewhere.

use crate::second_factor::code;
use engine::{
    refresh::RefreshError,
    revoke::Revoked,
    rules::Rotation,
    secret::RefreshToken,
    sessions::{EndReason, SessionState},
    sign_in::SignedIn,
};
use std::sync::Barrier;
use workbench_tests::app::{App, PASSWORD};

fn start(rotation: Rotation) -> (App, SignedIn) {
    let app = App::new().with_user("alice");
    app.engine.set_rotation(rotation).unwrap();
    let signed_in = app.sign_in("alice");
    (app, signed_in)
}

fn token(signed_in: &SignedIn) -> &RefreshToken {
    signed_in.refresh_token.as_ref().unwrap()
}

fn is_replay(answer: &Result<SignedIn, RefreshError>) -> bool {
    matches!(answer, Err(RefreshError::Replayed { .. }))
}

#[test]
fn a_refresh_gives_a_new_pair_and_uses_the_old_one_up() {
    let (app, first) = start(Rotation::Strict);
    app.clock.advance_seconds(60);
    let second = app.refresh(token(&first)).unwrap();
    assert_ne!(token(&second), token(&first));
    assert_ne!(second.access_token, first.access_token);
    assert_eq!((&second.sid, &second.scopes), (&first.sid, &first.scopes));
    assert!(app.lets_in(&first.access_token) && app.lets_in(&second.access_token));
    let family = app.engine.family(&first.sid).unwrap();
    assert_eq!(
        family.iter().map(|member| (member.generation, member.active)).collect::<Vec<_>>(),
        [(0, false), (1, true)]
    );
}

#[test]
fn a_replayed_token_ends_its_family_and_its_access_tokens() {
    let (app, first) = start(Rotation::Strict);
    let bystander = app.sign_in("alice");
    let second = app.refresh(token(&first)).unwrap();
    app.clock.advance_seconds(90);
    let replay = app.refresh(token(&first));
    assert_eq!(replay, Err(RefreshError::Replayed { generation: 0, used_seconds_ago: 90 }));
    assert_eq!(app.refresh(token(&second)), Err(RefreshError::SessionEnded), "its successor falls with it");
    assert!(!app.lets_in(&first.access_token) && !app.lets_in(&second.access_token), "and every access token");
    assert!(app.lets_in(&bystander.access_token), "the user's other sessions stay");
    app.refresh(token(&bystander)).unwrap();

    let ended = app.engine.sessions().unwrap().into_iter().find(|session| session.sid == first.sid).unwrap();
    assert!(matches!(ended.state, SessionState::Ended { reason: Some(EndReason::Replay), .. }));
    let later = app.another_process();
    assert_eq!(later.refresh(token(&second)), Err(RefreshError::SessionEnded), "it was committed before the answer");
}

#[test]
fn two_rotations_within_one_second_are_told_apart() {
    let (app, first) = start(Rotation::Strict);
    let second = app.refresh(token(&first)).unwrap();
    let third = app.refresh(token(&second)).unwrap();
    assert_ne!(token(&second), token(&third));
    assert!(is_replay(&app.refresh(token(&second))));
}

#[test]
fn of_many_at_once_exactly_one_wins() {
    for (rotation, rounds) in [(Rotation::Strict, 100), (Rotation::Grace { seconds: 10 }, 10), (Rotation::Evidence, 10)]
    {
        for callers in [2, 8, 32, 100] {
            let app = App::new().with_user("alice");
            app.engine.set_rotation(rotation).unwrap();
            let other = app.another_process();
            for _ in 0..rounds {
                let first = app.sign_in("alice");
                let barrier = Barrier::new(callers);
                let answers = std::thread::scope(|scope| {
                    let threads: Vec<_> = (0..callers)
                        .map(|n| {
                            let (process, barrier, first) = (if n % 2 == 0 { &app } else { &other }, &barrier, &first);
                            scope.spawn(move || {
                                barrier.wait();
                                process.refresh(token(first))
                            })
                        })
                        .collect();
                    threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
                });
                for answer in &answers {
                    assert!(
                        matches!(answer, Ok(_) | Err(RefreshError::Replayed { .. } | RefreshError::SessionEnded)),
                        "no other error: {answer:?}"
                    );
                }
                let family = app.engine.family(&first.sid).unwrap();
                let live = family.iter().filter(|member| member.active).count();
                assert_eq!(live, 1, "{rotation:?}, {callers} callers");
                if rotation == Rotation::Strict {
                    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{callers} callers");
                }
            }
        }
    }
}

#[test]
fn an_unknown_token_revokes_nothing_and_mints_nothing() {
    let (app, first) = start(Rotation::Strict);
    let (other, foreign) = start(Rotation::Strict);
    let good = token(&first).expose().to_owned();
    let mut tampered = good.clone();
    tampered.replace_range(good.len() - 3.., "AAA");
    for odd in [
        "bogus",
        &tampered,
        &good[..good.len() - 1],
        &format!("{good}="),
        &format!(" {good}"),
        token(&foreign).expose(),
    ] {
        assert_eq!(app.refresh(&RefreshToken::new(odd)), Err(RefreshError::Unknown), "{odd}");
    }
    for (odd, what) in [
        ("", "not a token"),
        ("null", "not a token"),
        (&*format!("Bearer {good}"), "a text with the scheme Bearer, which does not belong to the token"),
        (&*first.access_token, "an access token"),
        (&*format!("\"{good}\""), "a text in quotes, which do not belong to the token"),
        (&*format!(r#"{{"refresh_token":"{good}"}}"#), "JSON, of which only the value of refresh_token is needed"),
    ] {
        assert_eq!(app.refresh(&RefreshToken::new(odd)), Err(RefreshError::NotRefresh(what)));
    }
    app.refresh(token(&first)).unwrap();
    other.refresh(token(&foreign)).unwrap();
}

#[test]
fn scopes_narrow_for_one_answer_and_never_widen() {
    let app = App::new();
    app.create("bob", &["items:read", "items:write", "users:admin"]).unwrap();
    let wanted = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let answer = app.engine.sign_in(
        "bob",
        &engine::secret::Password::new(workbench_tests::app::PASSWORD),
        Some(&wanted(&["items:read", "items:write"])),
    );
    let Ok(engine::sign_in::SignIn::Done(first)) = answer else { panic!("{answer:?}") };
    let narrow = app.engine.refresh(token(&first), Some(&wanted(&["items:read"]))).unwrap();
    assert_eq!(engine::scopes::join(&narrow.scopes), "items:read");
    let refused = app.engine.refresh(token(&narrow), Some(&wanted(&["users:admin"])));
    assert_eq!(refused, Err(RefreshError::Scope("users:admin".into())), "held by the user, not granted to the session");
    assert_eq!(app.engine.refresh(token(&narrow), Some(&wanted(&["x"]))), Err(RefreshError::Scope("x".into())));
    let whole = app.refresh(token(&narrow)).unwrap();
    assert_eq!(engine::scopes::join(&whole.scopes), "items:read items:write", "the session keeps its own");
    app.engine.set_user_scopes("bob", &["items:read".into()]).unwrap();
    let less = app.refresh(token(&whole)).unwrap();
    assert_eq!(engine::scopes::join(&less.scopes), "items:read", "what the user lost is lost");
}

#[test]
fn the_absolute_and_the_idle_limit_hold() {
    let (app, first) = start(Rotation::Strict);
    app.clock.advance_seconds(24 * 60 * 60);
    assert_eq!(app.refresh(token(&first)), Err(RefreshError::Expired), "idle for a day");

    let (app, mut current) = start(Rotation::Strict);
    for _ in 0..13 {
        app.clock.advance_seconds(12 * 60 * 60);
        current = app.refresh(token(&current)).unwrap();
    }
    app.clock.advance_seconds(12 * 60 * 60 - 1);
    current = app.refresh(token(&current)).unwrap();
    app.clock.advance_seconds(1);
    assert_eq!(app.refresh(token(&current)), Err(RefreshError::Expired), "seven days, however often it was used");
}

#[test]
fn grace_gives_the_same_successor_to_the_direct_predecessor_for_a_while() {
    let (app, first) = start(Rotation::Grace { seconds: 10 });
    let second = app.refresh(token(&first)).unwrap();
    app.clock.advance_seconds(6);
    let again = app.refresh(token(&first)).unwrap();
    assert_eq!(token(&again), token(&second), "the new token, not the presented one");
    app.clock.advance_seconds(4);
    assert!(is_replay(&app.refresh(token(&first))), "using the grace did not extend it");
}

#[test]
fn grace_is_over_once_the_successor_is_used() {
    let (app, first) = start(Rotation::Grace { seconds: 10 });
    let second = app.refresh(token(&first)).unwrap();
    let third = app.refresh(token(&second)).unwrap();
    assert!(is_replay(&app.refresh(token(&first))), "only the direct predecessor of the live one");
    assert_eq!(app.refresh(token(&third)), Err(RefreshError::SessionEnded));
}

#[test]
fn grace_is_over_once_the_successor_was_presented_and_refused() {
    let (app, first) = start(Rotation::Grace { seconds: 10 });
    let second = app.refresh(token(&first)).unwrap();
    let wider = app.engine.refresh(token(&second), Some(&["users:admin".into()]));
    assert!(matches!(wider, Err(RefreshError::Scope(_))), "{wider:?}");
    assert!(is_replay(&app.refresh(token(&first))), "whoever presents the new token has got it");
}

#[test]
fn evidence_forgives_a_lost_answer_until_anything_of_it_was_used() {
    let (app, first) = start(Rotation::Evidence);
    let lost = app.refresh(token(&first)).unwrap();
    app.clock.advance_seconds(3600);
    let second = app.refresh(token(&first)).unwrap();
    assert_ne!(token(&second), token(&lost));
    assert!(!app.lets_in(&lost.access_token), "the lost pair was withdrawn");
    assert!(app.lets_in(&second.access_token));
    assert!(is_replay(&app.refresh(token(&first))), "its access token was used: the answer had arrived");

    let (app, first) = start(Rotation::Evidence);
    let lost = app.refresh(token(&first)).unwrap();
    app.refresh(token(&first)).unwrap();
    assert!(is_replay(&app.refresh(token(&lost))), "a withdrawn token that turns up is a replay");
}

#[test]
fn evidence_counts_a_token_that_arrived_and_was_refused() {
    let uses: [fn(&App, &SignedIn); 2] = [
        |app, pair| {
            let judgement = app.engine.guard(&pair.access_token, &["users:admin".to_owned()]).unwrap();
            assert_eq!(judgement.verdict.status, Some(403));
        },
        |app, pair| drop(app.engine.revoke(&pair.access_token).unwrap()),
    ];
    for used in uses {
        let (app, first) = start(Rotation::Evidence);
        let second = app.refresh(token(&first)).unwrap();
        used(&app, &second);
        assert!(is_replay(&app.refresh(token(&first))), "the answer had arrived");
    }
}

#[test]
fn evidence_counts_a_refresh_token_that_arrived_whatever_the_answer() {
    // Deactivating a user through the engine also ends their sessions; another program might only clear the flag.
    fn set_active(app: &App, active: bool) {
        let db = rusqlite::Connection::open(app.database()).unwrap();
        db.execute("UPDATE users SET active = ?1", [active]).unwrap();
    }
    let uses: [fn(&App, &RefreshToken); 5] = [
        |app, presented| {
            let wider = app.engine.refresh(presented, Some(&["users:admin".into()]));
            assert_eq!(wider, Err(RefreshError::Scope("users:admin".into())));
        },
        |app, presented| {
            set_active(app, false);
            assert_eq!(app.refresh(presented), Err(RefreshError::Inactive));
            set_active(app, true);
        },
        |app, presented| {
            app.clock.advance_seconds(24 * 60 * 60);
            assert_eq!(app.refresh(presented), Err(RefreshError::Expired));
            app.clock.advance_seconds(-24 * 60 * 60);
        },
        |app, presented| {
            app.engine.set_rotation(Rotation::None).unwrap();
            assert_eq!(token(&app.refresh(presented).unwrap()), presented);
            app.engine.set_rotation(Rotation::Evidence).unwrap();
        },
        |app, presented| {
            app.engine.set_rotation(Rotation::Grace { seconds: 10 }).unwrap();
            assert!(app.engine.refresh(presented, Some(&["users:admin".into()])).is_err());
            app.engine.set_rotation(Rotation::Evidence).unwrap();
        },
    ];
    for (case, used) in uses.into_iter().enumerate() {
        let (app, first) = start(Rotation::Evidence);
        let second = app.refresh(token(&first)).unwrap();
        used(&app, token(&second));
        assert!(is_replay(&app.refresh(token(&first))), "{case}: the answer had arrived");
        assert_eq!(app.refresh(token(&second)), Err(RefreshError::SessionEnded), "{case}");
    }

    let (app, first) = start(Rotation::Evidence);
    let second = app.refresh(token(&first)).unwrap();
    assert!(app.lets_in(&second.access_token));
    app.engine.set_rotation(Rotation::Grace { seconds: 10 }).unwrap();
    assert!(is_replay(&app.refresh(token(&first))), "what has arrived has, under any preset");
}

#[test]
fn a_refresh_token_that_was_refused_still_works_itself() {
    let (app, first) = start(Rotation::Evidence);
    let second = app.refresh(token(&first)).unwrap();
    assert!(app.engine.refresh(token(&second), Some(&["users:admin".into()])).is_err());
    let third = app.refresh(token(&second)).unwrap();
    app.refresh(token(&second)).expect("nothing of the third pair has arrived");
    assert!(!app.lets_in(&third.access_token));
}

#[test]
fn without_rotation_a_token_works_again_and_again() {
    let (app, first) = start(Rotation::None);
    for _ in 0..3 {
        let again = app.refresh(token(&first)).unwrap();
        assert_eq!(token(&again), token(&first));
    }
    app.engine.set_rotation(Rotation::Strict).unwrap();
    app.refresh(token(&first)).unwrap();
    assert!(is_replay(&app.refresh(token(&first))), "the preset is switched at any time");
}

#[test]
fn a_late_replay_is_still_a_replay() {
    let (app, first) = start(Rotation::Strict);
    app.refresh(token(&first)).unwrap();
    app.clock.advance_seconds(30 * 24 * 60 * 60);
    assert!(is_replay(&app.refresh(token(&first))), "not merely expired");
}

#[test]
fn what_ends_a_users_sessions_ends_their_families() {
    type End = fn(&App, &SignedIn);
    let ends: [(&str, End); 4] = [
        ("switched off", |app, _| drop(app.engine.set_user_active("alice", false).unwrap())),
        ("password changed", |app, _| {
            drop(app.engine.set_password("alice", &engine::secret::Password::new("another good password 9")).unwrap());
        }),
        ("second factor removed", |app, first| {
            let password = engine::secret::Password::new(PASSWORD);
            app.engine.begin_enrollment("alice", &password, "story", &Default::default()).unwrap();
            app.engine.confirm_enrollment("alice", "story", &code(app)).unwrap();
            assert!(app.lets_in(&first.access_token), "the factor itself ends nothing");
            app.engine.remove_second_factor("alice", &password).unwrap();
        }),
        ("signed out everywhere", |app, _| assert_eq!(app.engine.end_sessions_of("alice").unwrap(), 1)),
    ];
    for (what, end) in ends {
        let (app, first) = start(Rotation::Strict);
        end(&app, &first);
        assert_eq!(app.refresh(token(&first)), Err(RefreshError::SessionEnded), "{what}");
        assert!(!app.lets_in(&first.access_token), "{what}");
    }
}

/// An existing session continues under every preset, and a token issued again is byte for byte the same.
#[test]
fn another_issuer_breaks_no_session_from_before() {
    for rotation in [Rotation::Strict, Rotation::Grace { seconds: 10 }, Rotation::Evidence, Rotation::None] {
        let (before, first) = start(rotation);
        let used = before.sign_in("alice");
        let given = before.refresh(token(&used)).unwrap();
        let app = before.under(|policy| {
            policy.issuer = "https://auth.example".into();
            policy.audience = "another-api".into();
            policy.client_id = "another-client".into();
        });
        let again = app.refresh(token(&used));
        match rotation {
            Rotation::Strict => assert!(is_replay(&again)),
            Rotation::Grace { .. } => assert_eq!(token(&again.unwrap()), token(&given)),
            Rotation::Evidence => assert_ne!(token(&again.unwrap()), token(&given)),
            Rotation::None => assert_eq!((token(&again.unwrap()), token(&given)), (token(&used), token(&used))),
        }
        let second = app.refresh(token(&first)).unwrap();
        assert!(app.lets_in(&second.access_token), "{rotation}");
        assert!(!app.lets_in(&first.access_token), "{rotation}: what was issued for another API is not for this one");
        let third = app.refresh(token(&second)).unwrap();
        assert!(app.lets_in(&third.access_token), "{rotation}");
        assert_eq!(app.engine.revoke(token(&third).expose()).unwrap(), Revoked::Session { sid: first.sid.clone() });
        assert_eq!(app.refresh(token(&third)), Err(RefreshError::SessionEnded), "{rotation}");
    }
}
