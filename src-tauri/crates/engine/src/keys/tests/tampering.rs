//! A keyring that returns something else than was stored.

use super::super::Replaced;
use super::*;
use crate::store::Db;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Replaces the entry that holds a key.
fn replace(bench: &Bench, kid: &str, text: &str) {
    let entry = bench.vault.entries().into_iter().find(|entry| entry.ends_with(kid)).unwrap();
    bench.vault.write(&entry, &VaultText::new(text)).unwrap();
}

fn other_secret() -> String {
    STANDARD.encode([7_u8; 32])
}

#[test]
fn a_shared_secret_that_was_replaced_in_the_keyring_is_never_used() {
    let bench = Bench::new();
    bench.engine.prepare_keys().unwrap();
    for purpose in [Purpose::Refresh, Purpose::Mfa] {
        let kid = bench.key(purpose).kid().to_owned();
        replace(&bench, &kid, &other_secret());
        let later = bench.another_process(2);
        let foreign = SigningKeyError::Foreign { kid: kid.clone() };
        assert_eq!(later.engine.signing_key(purpose).map(drop), Err(foreign.clone()), "it signs nothing");
        assert_eq!(later.engine.verifying_key(purpose, &kid).map(drop), Err(foreign.clone()), "and verifies nothing");
        assert!(later.engine.prepare_keys().is_err());
        let exported = later.engine.dangerous_export_private(&kid).map(drop);
        assert_eq!(exported, Err(super::super::ExportError::Key(foreign)), "nor is it handed out as the profile's");
    }
}

#[test]
fn a_replaced_secret_verifies_no_access_token() {
    let bench = Bench::new();
    let kid = bench.engine.rotate_key(Purpose::Access, Some(Algorithm::Hs256)).unwrap().kid;
    let forged = PrivateKey::from_bytes(Algorithm::Hs256, vec![7; 32].into()).signing_key(Some(&kid)).unwrap();
    let forged = forged.sign("at+jwt", r#"{"sub":"alice"}"#).unwrap();
    replace(&bench, &kid, &other_secret());
    let later = bench.another_process(2);
    let judged = later.engine.guard(&forged, &[]).unwrap();
    assert_ne!(judged.verdict.outcome, jose::judgement::VerdictOutcome::Accepted);
    assert_ne!(judged.signature.state, jose::judgement::SignatureState::Verified);
}

#[test]
fn a_key_from_before_fingerprints_is_taken_on_trust_once() {
    let bench = Bench::new();
    bench.engine.prepare_keys().unwrap();
    let kid = bench.key(Purpose::Refresh).kid().to_owned();
    let fingerprint = || {
        let read =
            |db: &Db| db.query_row("SELECT fingerprint FROM signing_keys WHERE kid = ?1", [&kid], |row| row.get(0));
        bench.engine.store.read(read).unwrap()
    };
    let made: Option<String> = fingerprint();
    assert!(made.is_some(), "a new key has one from the start");
    bench.sql("UPDATE signing_keys SET fingerprint = NULL");
    bench.another_process(2).engine.prepare_keys().unwrap();
    assert_eq!(fingerprint(), made);
    replace(&bench, &kid, &other_secret());
    assert_eq!(bench.another_process(3).engine.prepare_keys(), Err(SigningKeyError::Foreign { kid }));
}

#[test]
fn new_keys_take_the_place_of_lost_and_changed_ones_when_asked_for() {
    let bench = Bench::new();
    bench.engine.prepare_keys().unwrap();
    let kids = Purpose::FROM_THE_FIRST.map(|purpose| bench.key(purpose).kid().to_owned());
    let [access, refresh, mfa] = &kids;
    replace(&bench, refresh, &other_secret());
    let lost = bench.vault.entries().into_iter().find(|entry| entry.ends_with(mfa.as_str())).unwrap();
    bench.vault.delete(&lost).unwrap();

    let later = bench.another_process(2);
    let locked = VaultError::Locked { system: "IsLocked".into() };
    bench.vault.fail_with(Some(locked.clone()));
    assert_eq!(later.engine.replace_lost_keys(), Err(super::super::RotateError::Key(locked.into())));
    bench.vault.fail_with(None);
    assert!(later.engine.prepare_keys().is_err(), "never by itself");
    let replaced = later.engine.replace_lost_keys().unwrap();
    assert_eq!(replaced, Replaced { purposes: vec![Purpose::Refresh, Purpose::Mfa], sessions: 0 });
    later.engine.prepare_keys().unwrap();
    let state = |kid: &str| later.engine.keys().unwrap().into_iter().find(|key| key.kid == kid).unwrap().state;
    assert_eq!((state(refresh), state(mfa)), (KeyState::Retired, KeyState::Retired), "nothing they sign counts");
    let nothing = Replaced { purposes: Vec::new(), sessions: 0 };
    assert_eq!(later.engine.replace_lost_keys(), Ok(nothing), "and that was all");
    assert_eq!(later.key(Purpose::Access).kid(), access, "what is whole stays");
    assert_ne!(later.key(Purpose::Refresh).kid(), refresh);
    assert_ne!(later.key(Purpose::Mfa).kid(), mfa);
}
