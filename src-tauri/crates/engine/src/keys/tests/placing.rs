//! Keys outside the operating system's keyring: only if somebody chose it, and always all or none of them.

use super::*;
use crate::{
    keys::{Existing, PlaceError},
    passwords::PasswordRefusal,
    secret::Password,
    vault::VaultKind,
};

fn passphrase() -> Password {
    Password::new("plaid lantern quorum drizzle")
}

fn absent() -> VaultError {
    VaultError::Absent { system: "no bus".into() }
}

#[test]
fn nothing_is_chosen_by_itself() {
    let bench = Bench::new();
    bench.vault.fail_with(Some(absent()));
    assert_eq!(bench.engine.prepare_keys(), Err(absent().into()));
    assert_eq!(bench.engine.vault_kind(), Ok(VaultKind::System));
    assert!(!bench.engine.passphrase_vault().unwrap().exists());
    assert!(bench.engine.keys().unwrap().is_empty());
}

#[test]
fn without_a_keyring_a_passphrase_keeps_the_keys_and_the_next_start_wants_it() {
    let bench = Bench::new();
    bench.vault.fail_with(Some(absent()));
    bench.engine.keep_keys_in(VaultKind::Passphrase, Some(&passphrase()), Existing::Move).unwrap();
    bench.engine.prepare_keys().unwrap();
    let kid = bench.key(Purpose::Access).kid().to_owned();

    let later = bench.another_process(2);
    assert_eq!(later.engine.vault_kind(), Ok(VaultKind::Passphrase));
    assert!(matches!(later.engine.prepare_keys(), Err(SigningKeyError::Vault(VaultError::PassphraseDue { .. }))));
    assert_eq!(later.engine.enter_passphrase(&Password::new("plaid lantern")), Err(VaultError::WrongPassphrase));
    later.engine.enter_passphrase(&passphrase()).unwrap();
    later.engine.prepare_keys().unwrap();
    assert_eq!(later.key(Purpose::Access).kid(), kid);
    assert!(bench.vault.entries().is_empty(), "nothing of it is in the keyring");
}

#[test]
fn a_weak_passphrase_or_none_changes_nothing() {
    let bench = Bench::new();
    bench.engine.prepare_keys().unwrap();
    let choose = |passphrase: Option<&Password>| {
        bench.engine.keep_keys_in(VaultKind::Passphrase, passphrase, Existing::Move).unwrap_err()
    };
    assert_eq!(choose(None), PlaceError::NoPassphrase);
    assert!(matches!(choose(Some(&Password::new("short"))), PlaceError::Passphrase(PasswordRefusal::TooShort { .. })));
    assert_eq!(choose(Some(&Password::new("password"))), PlaceError::Passphrase(PasswordRefusal::Common));
    assert_eq!(bench.engine.vault_kind(), Ok(VaultKind::System));
    assert!(!bench.engine.passphrase_vault().unwrap().exists());
    bench.assert_whole();
}

#[test]
fn keys_go_along_there_and_back_and_old_tokens_verify() {
    let bench = Bench::new();
    bench.engine.prepare_keys().unwrap();
    let kids = Purpose::FROM_THE_FIRST.map(|purpose| bench.key(purpose).kid().to_owned());
    bench.engine.keep_keys_in(VaultKind::Passphrase, Some(&passphrase()), Existing::Move).unwrap();
    assert!(bench.vault.entries().is_empty(), "they have moved");
    bench.engine.prepare_keys().unwrap();
    assert_eq!(Purpose::FROM_THE_FIRST.map(|purpose| bench.key(purpose).kid().to_owned()), kids);

    bench.engine.keep_keys_in(VaultKind::System, None, Existing::Move).unwrap();
    let later = bench.another_process(2);
    later.engine.prepare_keys().unwrap();
    assert_eq!(Purpose::FROM_THE_FIRST.map(|purpose| later.key(purpose).kid().to_owned()), kids);
    assert_eq!(bench.vault.entries().len(), 3);
    assert_eq!(later.engine.keep_keys_in(VaultKind::System, None, Existing::Move), Err(PlaceError::Already));
}

#[test]
fn keys_that_cannot_be_read_stay_and_only_a_clear_word_makes_new_ones() {
    let bench = Bench::new();
    let (token, old) = bench.token();
    bench.engine.prepare_keys().unwrap();
    let later = bench.another_process(2);
    bench.vault.fail_with(Some(absent()));
    let moved = later.engine.keep_keys_in(VaultKind::Passphrase, Some(&passphrase()), Existing::Move);
    assert_eq!(moved, Err(PlaceError::Unreadable(absent().into())));
    assert_eq!(later.engine.vault_kind(), Ok(VaultKind::System));

    later.engine.keep_keys_in(VaultKind::Passphrase, Some(&passphrase()), Existing::Leave).unwrap();
    later.engine.prepare_keys().unwrap();
    assert_ne!(later.key(Purpose::Access).kid(), old);
    assert!(later.verifies(&token, &old), "a token of the old key verifies until it expires");
    bench.vault.fail_with(None);
    assert_eq!(bench.vault.entries().len(), 3, "the old keys are where they were");
}

#[test]
fn keys_for_one_session_end_with_it_and_the_next_start_says_so() {
    let bench = Bench::new();
    bench.vault.fail_with(Some(absent()));
    bench.engine.keep_keys_in(VaultKind::Session, None, Existing::Leave).unwrap();
    bench.engine.prepare_keys().unwrap();
    assert_eq!(bench.engine.vault_kind(), Ok(VaultKind::Session));
    let (token, kid) = bench.token();
    assert!(bench.verifies(&token, &kid));

    bench.vault.fail_with(None);
    let later = bench.another_process(2);
    assert_eq!(later.engine.vault_kind(), Ok(VaultKind::System), "the choice ended with the process");
    assert!(matches!(later.engine.prepare_keys(), Err(SigningKeyError::Missing { .. })), "no new key is made silently");
    assert!(bench.vault.entries().is_empty());
    assert_eq!(later.engine.last_keys_were_for_a_session(), Ok(true), "nothing can bring them back");
    later.engine.replace_lost_keys().unwrap();
    assert_eq!(later.engine.last_keys_were_for_a_session(), Ok(false), "the new ones are in the keyring");
    later.engine.prepare_keys().unwrap();
    assert!(later.verifies(&token, &kid), "tokens of the session verify until they expire");
}

#[test]
fn a_profile_in_memory_has_no_other_place() {
    let engine = Engine::open(&Profile::Ephemeral, Rules::default()).unwrap();
    for kind in [VaultKind::Session, VaultKind::Passphrase] {
        let refused = engine.keep_keys_in(kind, Some(&passphrase()), Existing::Move);
        assert_eq!(refused, Err(PlaceError::Ephemeral));
    }
}
