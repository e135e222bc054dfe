//! Files that OpenSSL and keytool wrote, with one passphrase.

use std::time::{Duration, Instant};

use crate::key::{KeyError, PrivateKey, VerifyingKey, decrypted, is_encrypted};

const PASSPHRASE: &str = "plaid lantern";
const MODERN: &[u8] = include_bytes!("../../../vectors/keys/p256.p12");
const TRIPLE_DES: &[u8] = include_bytes!("../../../vectors/keys/p256.des3.p12");
const KEYTOOL: &[u8] = include_bytes!("../../../vectors/keys/keytool.p12");
const CERTIFICATE: &[u8] = include_bytes!("../../../vectors/keys/p256.certificate.p12");
/// With no encryption at all, and with an empty passphrase.
const OPEN: &[u8] = include_bytes!("../../../vectors/keys/p256.open.p12");
const EMPTY: &[u8] = include_bytes!("../../../vectors/keys/p256.empty.p12");
/// 1,000,001 rounds of Triple DES.
const COSTLY: &[u8] = include_bytes!("../../../vectors/keys/p256.costly.p12");
const PEM: &str = include_str!("../../../vectors/keys/p256.pkcs8.pem");

fn name_of(key: &[u8]) -> String {
    PrivateKey::read(key, None).unwrap().signing_key(None).unwrap().kid().to_owned()
}

/// Replaces every occurrence of these bytes.
fn patched(der: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut patched = der.to_vec();
    let places: Vec<usize> = (0..der.len() - from.len()).filter(|at| der[*at..].starts_with(from)).collect();
    assert!(!places.is_empty());
    for at in places {
        patched[at..at + from.len()].copy_from_slice(to);
    }
    patched
}

#[test]
fn the_passphrase_opens_the_private_key_in_it() {
    for file in [MODERN, TRIPLE_DES] {
        assert_eq!(name_of(&decrypted(file, PASSPHRASE).unwrap()), name_of(PEM.as_bytes()));
    }
    assert!(!name_of(&decrypted(KEYTOOL, PASSPHRASE).unwrap()).is_empty());
    assert_eq!(name_of(&decrypted(EMPTY, "").unwrap()), name_of(PEM.as_bytes()));
    assert_eq!(name_of(&decrypted(OPEN, "any").unwrap()), name_of(PEM.as_bytes()));
}

#[test]
fn without_a_key_in_it_the_certificate_is_taken() {
    let found = decrypted(CERTIFICATE, PASSPHRASE).unwrap();
    assert_eq!(PrivateKey::read(&found, None).unwrap_err(), KeyError::PublicOnly);
    let key = PrivateKey::read(PEM.as_bytes(), None).unwrap().signing_key(None).unwrap();
    assert!(VerifyingKey::from_public_der(&found, None).unwrap().is_same_key(key.verifying_key()));
}

#[test]
fn a_wrong_passphrase_and_none_are_told_apart() {
    for file in [MODERN, TRIPLE_DES, KEYTOOL, CERTIFICATE] {
        assert!(is_encrypted(file));
        assert_eq!(PrivateKey::read(file, None).unwrap_err(), KeyError::Encrypted);
        for wrong in ["", "plaid", "plaid lantern ", "plaid lantern\u{1F511}"] {
            assert_eq!(decrypted(file, wrong).unwrap_err(), KeyError::WrongPassphrase);
        }
    }
}

#[test]
fn a_file_that_asks_for_minutes_of_work_is_refused_at_once() {
    #[expect(clippy::disallowed_methods, reason = "a refusal must be quick, and this measures it")]
    let start = Instant::now();
    assert!(matches!(decrypted(COSTLY, PASSPHRASE).unwrap_err(), KeyError::TooCostly(_)));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    // No rounds at all.
    let none = patched(TRIPLE_DES, &[2, 2, 8, 0], &[2, 2, 0, 0]);
    assert!(matches!(decrypted(&none, PASSPHRASE).unwrap_err(), KeyError::Unreadable(_)));
}

#[test]
fn a_damaged_file_is_refused_and_nothing_panics() {
    for file in [MODERN, TRIPLE_DES, OPEN] {
        for cut in 0..file.len() {
            let read = decrypted(&file[..cut], PASSPHRASE);
            assert!(read.is_err() || PrivateKey::read(&read.unwrap(), None).is_err(), "{cut}");
        }
    }
    for at in 0..OPEN.len() {
        let mut changed = OPEN.to_vec();
        changed[at] ^= 0xff;
        drop(decrypted(&changed, PASSPHRASE).map(|key| PrivateKey::read(&key, None).map(drop)));
    }
}
