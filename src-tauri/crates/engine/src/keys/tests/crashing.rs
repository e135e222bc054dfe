//! Interruptions: the database refuses a step, the process is gone, and another one starts.

use super::*;
use crate::{
    keys::BeingMade,
    store::{self, signing_keys::KeyRow},
};
use std::fs;

/// Makes the database refuse this change of the keys until the test reverts it.
const REFUSE: [(&str, &str); 2] = [
    ("publish", "CREATE TRIGGER stop BEFORE INSERT ON signing_keys BEGIN SELECT RAISE(ABORT, 'stopped'); END"),
    ("activate", "CREATE TRIGGER stop BEFORE UPDATE ON signing_keys BEGIN SELECT RAISE(ABORT, 'stopped'); END"),
];

#[test]
fn a_database_that_fails_at_any_step_leaves_the_old_key_signing() {
    for (step, refuse) in REFUSE {
        let bench = Bench::new();
        bench.engine.prepare_keys().unwrap();
        let (token, kid) = bench.token();
        bench.sql(refuse);
        for purpose in [Purpose::Access, Purpose::Refresh] {
            assert!(bench.engine.rotate_key(purpose, None).is_err(), "{step}");
        }
        for app in [&bench, &bench.another_process(2)] {
            assert_eq!(app.token().1, kid, "{step}");
            assert!(app.verifies(&token, &kid), "{step}");
        }
        bench.sql("DROP TRIGGER stop");
        bench.assert_whole();
        let later = bench.another_process(3);
        assert_ne!(later.rotate(Purpose::Access).kid, kid);
        later.rotate(Purpose::Refresh);
        bench.assert_whole();
        assert_eq!(bench.vault.entries().len(), 5, "{step}: two old keys, three that sign, nothing left over");
    }
}

/// A key of which only the private part is stored yet.
fn begin(bench: &Bench) -> (KeyRow, BeingMade) {
    let now = bench.engine.now().unwrap();
    let made = bench.engine.make_key(Purpose::Access, Algorithm::Es256, now).unwrap();
    let being_made = bench.engine.keep(&made.row, &made.private).unwrap();
    (made.row, being_made)
}

fn notes(bench: &Bench) -> usize {
    let names = fs::read_dir(bench.folder.path()).unwrap().map(|file| file.unwrap().file_name());
    names.filter(|name| name.to_str().unwrap().starts_with("being-made")).count()
}

#[test]
fn an_entry_that_a_killed_program_left_is_deleted_when_keys_are_prepared_or_made_again() {
    type Next = fn(&Bench);
    let nexts: [Next; 3] = [
        |later| later.engine.prepare_keys().unwrap(),
        |later| drop(later.rotate(Purpose::Access)),
        |later| drop(later.engine.data_key_or_new().unwrap()),
    ];
    for next in nexts {
        let bench = Bench::new();
        bench.engine.prepare_keys().unwrap();
        let (_, kid) = bench.token();
        let (row, killed) = begin(&bench);
        let text = VaultText::new("a data key");
        drop((killed, bench.engine.keep_entry::<SigningKeyError>("data-key:unknown", &text).unwrap()));
        let entry = bench.engine.entry(&row).unwrap();
        assert!(bench.vault.entries().contains(&entry) && notes(&bench) == 2);

        let later = bench.another_process(2);
        assert_eq!(later.token().1, kid);
        assert!(!later.is_published(&row.info.kid));
        next(&later);
        bench.assert_whole();
        assert!(bench.vault.entries().iter().all(|left| *left != entry && !left.contains("unknown")));
        assert_eq!(notes(&bench), 0);
    }
}

#[test]
fn an_entry_that_somebody_is_just_making_or_that_the_database_knows_stays() {
    let bench = Bench::new();
    bench.engine.prepare_keys().unwrap();
    let (row, being_made) = begin(&bench);
    let entry = bench.engine.entry(&row).unwrap();
    bench.another_process(2).engine.prepare_keys().unwrap();
    assert!(bench.vault.entries().contains(&entry), "whoever makes it is alive");
    bench.engine.store.write(|tx| store::signing_keys::insert(tx, &row)).unwrap();
    drop(being_made);
    bench.another_process(3).engine.prepare_keys().unwrap();
    assert!(bench.vault.entries().contains(&entry), "the end came after the commit");
    assert_eq!(notes(&bench), 0);
    bench.assert_whole();
}

#[test]
fn a_vault_that_fails_leaves_no_notes_and_one_that_failed_to_delete_is_asked_again() {
    let bench = Bench::new();
    bench.engine.prepare_keys().unwrap();
    let (row, killed) = begin(&bench);
    drop(killed);
    let absent = VaultError::Absent { system: "nobody".into() };
    bench.vault.fail_with(Some(absent));
    for _ in 0..3 {
        assert!(bench.engine.rotate_key(Purpose::Access, None).is_err());
    }
    assert_eq!(notes(&bench), 1, "the one of the entry that is there");
    bench.vault.fail_with(None);
    bench.engine.prepare_keys().unwrap();
    assert!(!bench.vault.entries().contains(&bench.engine.entry(&row).unwrap()));
    assert_eq!(notes(&bench), 0);
}

#[test]
fn a_key_that_was_published_and_never_used_is_used_by_the_next_rotation() {
    let bench = Bench::new();
    let (_, kid) = bench.token();
    let now = bench.engine.now().unwrap();
    let next = bench.engine.publish_made(Purpose::Access, Algorithm::Es256, None, now).unwrap();
    let later = bench.another_process(2);
    assert!(later.is_published(&next.kid), "known to everybody before it signs");
    assert_eq!(later.token().1, kid, "a start does not finish the change by itself");
    assert_eq!(later.rotate(Purpose::Access).kid, next.kid);
    assert_eq!(later.token().1, next.kid);
    bench.assert_whole();
}

#[test]
fn a_key_that_was_published_and_never_used_gives_way_to_another_algorithm_or_is_retired_by_hand() {
    let bench = Bench::new();
    bench.token();
    let now = bench.engine.now().unwrap();
    let next = bench.engine.publish_made(Purpose::Access, Algorithm::Es256, None, now).unwrap();
    let key = bench.engine.rotate_key(Purpose::Access, Some(Algorithm::EdDsa)).unwrap();
    assert_eq!((key.algorithm, bench.state(&next.kid)), (Algorithm::EdDsa, KeyState::Retired));
    assert!(!bench.is_published(&next.kid));
    assert_eq!(bench.vault.entries().len(), 2, "its private part is gone");

    let next = bench.engine.publish_made(Purpose::Access, Algorithm::EdDsa, None, now).unwrap();
    bench.engine.retire_key(&next.kid).unwrap();
    assert_eq!((bench.state(&next.kid), bench.private_parts()), (KeyState::Retired, 2));
    assert_eq!(bench.engine.activate(&next, now), Ok(None), "it does not come back");
    bench.assert_whole();
}

#[test]
fn a_published_key_that_the_vault_has_lost_is_replaced_and_one_it_cannot_show_now_is_not() {
    let bench = Bench::new();
    let (_, kid) = bench.token();
    let now = bench.engine.now().unwrap();
    let next = bench.engine.publish_made(Purpose::Access, Algorithm::Es256, None, now).unwrap();
    let later = bench.another_process(2);
    let locked = VaultError::Locked { system: "IsLocked".into() };
    bench.vault.fail_with(Some(locked.clone()));
    let failed = later.engine.rotate_key(Purpose::Access, None).unwrap_err();
    assert_eq!(failed, SigningKeyError::Vault(locked).into());
    assert_eq!(bench.state(&next.kid), KeyState::Next);
    bench.vault.fail_with(None);
    let entry = bench.vault.entries().into_iter().find(|entry| entry.ends_with(&next.kid)).unwrap();
    bench.vault.delete(&entry).unwrap();
    let key = bench.rotate(Purpose::Access);
    assert!(key.kid != next.kid && key.kid != kid, "though the process that made it still has it in memory");
    assert_eq!(bench.state(&next.kid), KeyState::Retired);
    bench.assert_whole();
}

#[test]
fn a_vault_that_has_lost_the_active_key_never_gets_a_new_one_by_itself() {
    let bench = Bench::new();
    bench.engine.prepare_keys().unwrap();
    bench.key(Purpose::Test);
    for entry in bench.vault.entries() {
        bench.vault.delete(&entry).unwrap();
    }
    let later = bench.another_process(2);
    for purpose in Purpose::ALL {
        assert!(matches!(later.engine.signing_key(purpose), Err(SigningKeyError::Missing { .. })));
    }
    assert!(later.vault.entries().is_empty());
    // An explicit rotation is the way out.
    for purpose in Purpose::ALL {
        later.rotate(purpose);
    }
    later.another_process(3).engine.prepare_keys().unwrap();
}

#[test]
fn an_end_while_retiring_is_taken_up_the_next_time() {
    let bench = Bench::new();
    let (_, old) = bench.token();
    bench.rotate(Purpose::Access);
    bench.clock.advance_seconds(25 * HOUR);
    bench.settle();
    bench.sql(REFUSE[1].1);
    assert!(bench.engine.retire_due_keys().is_err());
    bench.sql("DROP TRIGGER stop");
    let later = bench.another_process(2);
    assert_eq!(later.state(&old), KeyState::Retiring);
    assert_eq!(later.retire_due(), [old]);
    bench.assert_whole();
}

#[test]
fn two_first_starts_at_once_share_their_keys() {
    for round in 0..10 {
        let bench = Bench::new();
        let other = bench.another_process(100 + round);
        std::thread::scope(|scope| {
            for app in [&bench, &other] {
                scope.spawn(move || app.engine.prepare_keys().unwrap());
            }
        });
        assert_eq!((bench.engine.keys().unwrap().len(), bench.vault.entries().len()), (3, 3));
        for purpose in Purpose::ALL {
            assert_eq!(bench.key(purpose).kid(), other.key(purpose).kid());
        }
        bench.assert_whole();
    }
}

#[test]
fn randomness_that_repeats_itself_never_overwrites_a_key() {
    let bench = Bench::new();
    bench.engine.prepare_keys().unwrap();
    let before: HashSet<String> = bench.vault.entries().into_iter().collect();
    let twin = bench.another_process(1);
    // With the same seed, the same secret and name come up sooner or later.
    for _ in 0..6 {
        let _ = twin.engine.rotate_key(Purpose::Refresh, None);
    }
    assert!(before.iter().all(|entry| bench.vault.entries().contains(entry)));
    bench.assert_whole();
}
