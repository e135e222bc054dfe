//! Keys that OpenSSL and OpenSSH encrypted with one passphrase.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::decrypted;
use crate::key::{KeyError, PrivateKey};

const PASSPHRASE: &str = "plaid lantern";
const PLAIN: &str = include_str!("../../../vectors/keys/ed25519.pkcs8.pem");
const PBKDF2: &str = include_str!("../../../vectors/keys/ed25519.pbkdf2.pem");
const TRIPLE_DES: &str = include_str!("../../../vectors/keys/ed25519.des3.pem");
const SCRYPT: &str = include_str!("../../../vectors/keys/ed25519.scrypt.pem");
const COSTLY: &str = include_str!("../../../vectors/keys/ed25519.costly.pem");
const OPENSSH_PLAIN: &str = include_str!("../../../vectors/keys/openssh.ed25519");
const OPENSSH: &str = include_str!("../../../vectors/keys/openssh.ed25519.encrypted");

fn der(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap()
}

fn name_of(key: &[u8]) -> String {
    PrivateKey::read(key, None).unwrap().signing_key(None).unwrap().kid().to_owned()
}

/// Replaces the only occurrence of these bytes.
fn patched(der: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = der.windows(from.len()).position(|bytes| bytes == from).unwrap();
    [&der[..at], to, &der[at + from.len()..]].concat()
}

#[test]
fn the_passphrase_opens_what_openssl_and_openssh_encrypted() {
    for (encrypted, plain) in
        [(PBKDF2, PLAIN), (TRIPLE_DES, PLAIN), (SCRYPT, PLAIN), (OPENSSH, OPENSSH_PLAIN), (PLAIN, PLAIN)]
    {
        for form in [encrypted.as_bytes(), &der(encrypted), STANDARD.encode(der(encrypted)).as_bytes()] {
            let opened = decrypted(form, PASSPHRASE).unwrap();
            assert_eq!(name_of(&opened), name_of(plain.as_bytes()));
        }
    }
}

#[test]
fn a_wrong_passphrase_and_none_are_told_apart() {
    for encrypted in [PBKDF2, TRIPLE_DES, SCRYPT, OPENSSH] {
        assert_eq!(PrivateKey::read(encrypted.as_bytes(), None).unwrap_err(), KeyError::Encrypted);
        for wrong in ["", "plaid", "plaid lantern\n", "Plaid lantern"] {
            assert_eq!(decrypted(encrypted.as_bytes(), wrong).unwrap_err(), KeyError::WrongPassphrase);
        }
    }
}

#[test]
fn a_file_that_asks_for_minutes_of_work_is_refused_at_once() {
    // scrypt's p, and bcrypt's rounds after the salt of 16 bytes.
    let scrypt = patched(&der(SCRYPT), &[2, 1, 8, 2, 1, 1], &[2, 1, 8, 2, 1, 127]);
    let bcrypt = patched(&der(OPENSSH), &[0, 0, 0, 16, 0, 0, 0, 1], &[0, 1, 0, 0, 0, 0, 0, 1]);
    for costly in [der(COSTLY), scrypt, bcrypt] {
        #[expect(clippy::disallowed_methods, reason = "a refusal must be quick, and this measures it")]
        let start = Instant::now();
        let error = decrypted(&costly, PASSPHRASE).unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
        assert!(matches!(error, KeyError::TooCostly(_)), "{error}");
        assert!(error.to_string().contains("so it is not opened"), "{error}");
    }
}

#[test]
fn a_cost_of_scrypt_that_is_no_power_of_two_above_one_is_refused() {
    // A two-byte N and a one-byte r become a one-byte N and a two-byte r of 128.
    let cost = |n: u8| patched(&der(SCRYPT), &[2, 2, 0x40, 0, 2, 1, 8], &[2, 1, n, 2, 2, 0, 128]);
    for none in [0, 1, 3, 127] {
        assert_eq!(decrypted(&cost(none), PASSPHRASE).unwrap_err(), KeyError::UnknownEncryption, "{none}");
    }
    assert_eq!(decrypted(&cost(2), PASSPHRASE).unwrap_err(), KeyError::WrongPassphrase);
}

#[test]
fn a_damaged_file_is_refused_and_nothing_panics() {
    for pem in [PBKDF2, SCRYPT, OPENSSH] {
        let good = der(pem);
        for cut in 0..good.len() {
            let read = decrypted(&good[..cut], PASSPHRASE);
            assert!(read.is_err() || PrivateKey::read(&read.unwrap(), None).is_err(), "{cut}");
        }
    }
}
