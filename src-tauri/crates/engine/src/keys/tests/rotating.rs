//! Rotation, undisturbed and concurrent.

use super::super::{RetireError, RotateError, still_verifies};
use super::*;
use crate::settings::ClockSetting;

#[test]
fn every_purpose_gets_its_key_at_first_need() {
    let bench = Bench::new();
    assert!(bench.engine.keys().unwrap().is_empty());
    assert_eq!(bench.engine.jwks().unwrap(), "{\n  \"keys\": []\n}");
    bench.engine.prepare_keys().unwrap();
    bench.engine.prepare_keys().unwrap();
    let keys = bench.engine.keys().unwrap();
    let kinds: HashSet<_> = keys.iter().map(|key| (key.purpose, key.algorithm, key.state)).collect();
    let active = |purpose, algorithm| (purpose, algorithm, KeyState::Active);
    assert_eq!(
        kinds,
        HashSet::from([
            active(Purpose::Access, Algorithm::Es256),
            active(Purpose::Refresh, Algorithm::Hs256),
            active(Purpose::Mfa, Algorithm::Hs256)
        ])
    );
    assert_eq!((keys.len(), bench.vault.entries().len(), bench.jwks().keys.len()), (3, 3, 1));
    let access = bench.key(Purpose::Access);
    assert_eq!(access.verifying_key().thumbprint().as_deref(), Some(access.kid()), "RFC 7638");
    assert_ne!(bench.key(Purpose::Refresh).kid(), bench.key(Purpose::Mfa).kid());
    bench.assert_whole();
}

#[test]
fn every_algorithm_signs_and_verifies_through_what_is_published() {
    let bench = Bench::new();
    for algorithm in Rules::default().algorithms {
        let key = bench.engine.rotate_key(Purpose::Access, Some(algorithm)).unwrap();
        assert_eq!((key.algorithm, key.state), (algorithm, KeyState::Active));
        let (token, kid) = bench.token();
        assert_eq!(kid, key.kid);
        assert_eq!(bench.verifies(&token, &kid), !algorithm.is_symmetric(), "{algorithm}");
        let found = bench.engine.verifying_key(Purpose::Access, &kid).unwrap().unwrap();
        assert_eq!((found.algorithm(), found.is_weak()), (algorithm, false));
        let (input, signature) = token.rsplit_once('.').unwrap();
        assert!(found.verify(input.as_bytes(), &decode(signature)).is_ok(), "{algorithm}");
        assert_eq!(key.describe(), "Access key, active");
    }
    assert_eq!(bench.jwks().keys.len(), 5, "all but HS256");
    bench.assert_whole();
}

#[test]
fn a_key_of_one_purpose_is_none_of_another() {
    let bench = Bench::new();
    bench.engine.prepare_keys().unwrap();
    for purpose in Purpose::ALL {
        let kid = bench.key(purpose).kid().to_owned();
        for other in Purpose::ALL {
            let found = bench.engine.verifying_key(other, &kid).unwrap();
            assert_eq!(found.is_some(), purpose == other, "{purpose:?} {other:?}");
        }
    }
    assert!(bench.engine.verifying_key(Purpose::Access, "nobody's").unwrap().is_none());
    for (purpose, algorithm) in [(Purpose::Refresh, Algorithm::Es256), (Purpose::Access, Algorithm::Es512)] {
        let refused = bench.engine.rotate_key(purpose, Some(algorithm));
        assert_eq!(refused, Err(RotateError::Algorithm { purpose, algorithm }));
    }
}

#[test]
fn old_tokens_verify_until_the_last_of_them_has_expired() {
    let bench = Bench::new();
    let (old, old_kid) = bench.token();
    bench.clock.advance_seconds(HOUR);
    let new = bench.rotate(Purpose::Access);
    assert_ne!(new.kid, old_kid);
    assert_eq!(bench.token().1, new.kid, "new tokens carry the new kid");
    assert_eq!(bench.jwks().keys[0].kid(), Some(&*new.kid), "the active key stands first");
    assert_eq!((bench.state(&old_kid), bench.verifies(&old, &old_kid)), (KeyState::Retiring, true));
    let kinds: Vec<String> = bench.events().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["key_created", "key_created", "key_retiring", "key_activated"]);

    // A token minted for a day just before the rotation still has to verify at its end.
    bench.clock.advance_seconds(24 * HOUR);
    assert!(bench.retire_due().is_empty());
    let later = bench.another_process(2);
    assert!(later.verifies(&old, &old_kid), "a restart in the middle changes nothing");
    assert_eq!(later.token().1, new.kid);
    bench.clock.advance_seconds(60);
    assert!(!bench.verifies(&old, &old_kid));
    assert!(bench.engine.verifying_key(Purpose::Access, &old_kid).unwrap().is_none());
    assert!(bench.engine.signing_key_named(Purpose::Access, &old_kid).unwrap().is_none());
    assert!(later.retire_due().is_empty(), "the clock may be ahead");
    assert_eq!(bench.vault.entries().len(), 2);
    bench.settle();
    assert_eq!(later.retire_due(), std::slice::from_ref(&old_kid));
    assert_eq!(bench.private_parts(), 1, "its private part is gone");
    let info = bench.engine.keys().unwrap().into_iter().find(|key| key.kid == old_kid).unwrap();
    assert_eq!(info.retiring_at, Some(Timestamp::from_seconds(START + HOUR)));
    assert_eq!(info.retired_at, Some(Timestamp::from_seconds(START + 28 * HOUR + 60)));
    assert!(bench.retire_due().is_empty());
    bench.assert_whole();
}

#[test]
fn each_purpose_waits_as_long_as_its_tokens_live() {
    let bench = Bench::new();
    bench.engine.prepare_keys().unwrap();
    let old = [Purpose::Access, Purpose::Refresh, Purpose::Mfa]
        .map(|purpose| (bench.key(purpose).kid().to_owned(), bench.rotate(purpose)));
    let [(access, _), (refresh, _), (mfa, _)] = old;
    let rules = Rules::default();
    let mut at = 0;
    for (kid, lives) in [
        (mfa, rules.pending_token_lifetime),
        (access, rules.longest_access_token_lifetime),
        (refresh, rules.session_lifetime),
    ] {
        let lives = i64::try_from(lives.as_secs()).unwrap() + 60;
        let verifies = || {
            let key = bench.engine.keys().unwrap().into_iter().find(|key| key.kid == kid).unwrap();
            still_verifies(&bench.engine.rules().unwrap(), &key, key.purpose, bench.engine.now().unwrap())
        };
        bench.clock.advance_seconds(lives - 1 - at);
        assert!(verifies() && bench.retire_due().is_empty(), "{kid}");
        bench.clock.advance_seconds(1);
        assert!(!verifies(), "{kid}");
        bench.settle();
        assert_eq!(bench.retire_due(), [kid]);
        at = lives + 3 * HOUR;
    }
    bench.assert_whole();
}

#[test]
fn a_key_is_retired_by_hand_at_once_unless_it_signs() {
    let bench = Bench::new();
    let (token, old) = bench.token();
    assert_eq!(bench.engine.retire_key(&old), Err(RetireError::Active(old.clone())));
    assert_eq!(bench.engine.retire_key("nobody's"), Err(RetireError::NotFound("nobody's".into())));
    bench.rotate(Purpose::Access);
    let locked = VaultError::Locked { system: "IsLocked".into() };
    bench.vault.fail_with(Some(locked.clone()));
    assert_eq!(bench.engine.retire_key(&old), Err(RetireError::Vault(locked)));
    assert!(bench.verifies(&token, &old), "a key that could not be deleted is as it was");
    bench.vault.fail_with(None);
    bench.engine.retire_key(&old).unwrap();
    assert!(!bench.verifies(&token, &old));
    assert_eq!(bench.engine.retire_key(&old), Err(RetireError::Retired(old)));
    bench.assert_whole();
}

#[test]
fn a_moved_or_jumping_clock_retires_no_key_whose_tokens_live() {
    let bench = Bench::new();
    let (token, old) = bench.token();
    bench.settle();
    // With the clock set back, a key that stops signing has still signed a moment ago.
    bench.engine.set_clock(ClockSetting::Shifted { ms: -30 * 24 * HOUR * 1000 }).unwrap();
    bench.rotate(Purpose::Access);
    for ms in [-365, 8, 3650].map(|days| days * 24 * HOUR * 1000) {
        bench.engine.set_clock(ClockSetting::Shifted { ms }).unwrap();
        assert!(bench.another_process(2).retire_due().is_empty());
    }
    bench.engine.set_clock(ClockSetting::Real).unwrap();
    for days in [[8, 30], [3650, -3650], [-30, -31], [8, 8]] {
        for (seed, days) in (3..).zip(days) {
            let jumped = bench.with_a_clock_ahead(days * 24 * HOUR, seed);
            assert!(jumped.retire_due().is_empty());
            jumped.engine.rotate_key(Purpose::Access, Some(Algorithm::EdDsa)).unwrap();
        }
        assert!(bench.retire_due().is_empty());
    }
    assert!(bench.verifies(&token, &old));
    bench.settle();
    assert!(bench.retire_due().is_empty());
    assert!(bench.verifies(&token, &old));
    bench.assert_whole();
}

#[test]
fn a_change_of_the_key_takes_along_those_that_are_due() {
    let bench = Bench::new();
    bench.token();
    for _ in 0..3 {
        bench.rotate(Purpose::Access);
    }
    assert_eq!(bench.private_parts(), 4);
    bench.clock.advance_seconds(25 * HOUR);
    bench.settle();
    bench.rotate(Purpose::Access);
    assert_eq!(bench.private_parts(), 2, "the one that signs and the one before it");
    bench.assert_whole();
}

#[test]
fn keys_do_not_pile_up_until_nobody_can_read_the_set() {
    let bench = Bench::new();
    bench.token();
    for _ in 0..90 {
        bench.rotate(Purpose::Access);
    }
    let active = bench.key(Purpose::Access).kid().to_owned();
    assert_eq!(bench.engine.rotate_key(Purpose::Access, None), Err(RotateError::TooMany(Purpose::Access)));
    let other = bench.engine.rotate_key(Purpose::Access, Some(Algorithm::EdDsa));
    assert_eq!(other, Err(RotateError::TooMany(Purpose::Access)));
    assert_eq!(bench.jwks().keys.len(), 91, "twb reads what it publishes");
    assert_eq!(bench.key(Purpose::Access).kid(), active);
    bench.rotate(Purpose::Refresh);
    bench.clock.advance_seconds(25 * HOUR);
    assert_eq!(bench.jwks().keys.len(), 1, "the old ones are for no token any more");
    bench.settle();
    bench.rotate(Purpose::Access);
    assert_eq!(bench.retire_due().len(), 70, "20 went along");
    bench.assert_whole();
}

#[test]
fn many_rotations_at_once_lose_no_key_and_leave_one_that_signs() {
    let bench = Bench::new();
    let other = bench.another_process(2);
    std::thread::scope(|scope| {
        for n in 0..8 {
            let app = if n % 2 == 0 { &bench } else { &other };
            scope.spawn(move || {
                for purpose in [Purpose::Access, Purpose::Refresh, Purpose::Access] {
                    app.engine.rotate_key(purpose, None).unwrap();
                    let (token, kid) = app.token();
                    assert!(app.verifies(&token, &kid), "signed with a key that is not published");
                }
            });
        }
    });
    bench.assert_whole();
    let alive = bench.engine.keys().unwrap().len();
    assert_eq!(bench.vault.entries().len(), alive, "and nothing stays behind in the vault");
}

#[test]
fn rotations_to_different_algorithms_at_once_end_with_one_of_them() {
    let bench = Bench::new();
    let other = bench.another_process(2);
    let wanted = [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa, Algorithm::Hs256];
    std::thread::scope(|scope| {
        for (n, algorithm) in wanted.into_iter().enumerate() {
            let app = if n % 2 == 0 { &bench } else { &other };
            scope.spawn(move || {
                for _ in 0..4 {
                    let answer = app.engine.rotate_key(Purpose::Access, Some(algorithm));
                    assert!(matches!(answer, Ok(_) | Err(RotateError::Overtaken(Purpose::Access))), "{answer:?}");
                }
            });
        }
    });
    bench.assert_whole();
    let alive = bench.engine.keys().unwrap().into_iter().filter(|key| key.state != KeyState::Retired).count();
    assert_eq!(bench.vault.entries().len(), alive);
}

#[test]
fn no_secret_reaches_the_database_an_error_or_a_debug_text() {
    let bench = Bench::new();
    bench.engine.prepare_keys().unwrap();
    let secrets: Vec<VaultText> =
        bench.vault.entries().iter().map(|entry| bench.vault.read(entry).unwrap().unwrap()).collect();
    let entry = bench.vault.entries().into_iter().find(|entry| !entry.contains(bench.key(Purpose::Access).kid()));
    let entry = entry.unwrap();
    bench.vault.write(&entry, &VaultText::new("c2hvcnQ=")).unwrap();
    let later = bench.another_process(2);
    let error = later.engine.prepare_keys().unwrap_err();
    assert!(matches!(error, SigningKeyError::Foreign { .. }));
    let shown = format!(
        "{error} {error:?} {:?} {:?} {:?}",
        bench.key(Purpose::Refresh),
        bench.engine.keys(),
        bench.engine.verifying_key(Purpose::Refresh, bench.key(Purpose::Refresh).kid())
    );
    let files = bench.files();
    for secret in secrets {
        let text = secret.expose();
        assert!(!shown.contains(text), "{shown}");
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).unwrap();
        assert!(!files.windows(text.len()).any(|window| window == text.as_bytes()));
        assert!(!files.windows(bytes.len()).any(|window| window == bytes));
    }
}

#[test]
fn a_stored_key_that_was_tampered_with_never_gets_private_members_out() {
    let bench = Bench::new();
    bench.token();
    bench.sql(r#"UPDATE signing_keys SET public_jwk = json_set(public_jwk, '$.d', 'AAAA', '$.k', 'AAAA')"#);
    assert_eq!(bench.jwks().keys.len(), 1);
    bench.sql(r#"UPDATE signing_keys SET public_jwk = json_set(public_jwk, '$.kid', 'other')"#);
    assert!(bench.engine.jwks().is_err(), "a key under another name is damage, not an answer");
}
