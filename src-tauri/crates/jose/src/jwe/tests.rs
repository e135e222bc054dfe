//! Tests of decryption: the examples of RFC 7520, with the right key, a wrong one, and changed.

use super::{DecryptionKey, JweError, decrypt};
use crate::{Algorithm, PrivateKey, base64url, parse_exact};
use serde_json::Value;

macro_rules! example {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../../vectors/cookbook/", $name, ".json"))).unwrap()
    };
}

fn examples() -> [Value; 8] {
    [
        example!("5_2.key_encryption_using_rsa-oaep_with_aes-gcm"),
        example!("5_3.key_wrap_using_pbes2-aes-keywrap_with-aes-cbc-hmac-sha2"),
        example!("5_4.key_agreement_with_key_wrapping_using_ecdh-es_and_aes-keywrap_with_aes-gcm"),
        example!("5_5.key_agreement_using_ecdh-es_with_aes-cbc-hmac-sha2"),
        example!("5_6.direct_encryption_using_aes-gcm"),
        example!("5_7.key_wrap_using_aes-gcm_keywrap_with_aes-cbc-hmac-sha2"),
        example!("5_8.key_wrap_using_aes-keywrap_with_aes-gcm"),
        example!("5_9.compressed_content"),
    ]
}

/// The bytes of an example's key, and whether it is a private key.
fn key_of(example: &Value) -> (Vec<u8>, bool) {
    let input = &example["input"];
    if let Some(password) = input["pwd"].as_str() {
        return (password.as_bytes().to_vec(), false);
    }
    let mut jwk = input["key"].clone();
    if let Some(secret) = jwk["k"].as_str() {
        return (base64url::decode_strict(secret).unwrap(), false);
    }
    for name in ["alg", "use"] {
        jwk.as_object_mut().unwrap().remove(name);
    }
    let algorithm = (jwk["kty"] == "RSA").then_some(Algorithm::Rs256);
    (PrivateKey::read(jwk.to_string().as_bytes(), algorithm).unwrap().bytes().to_vec(), true)
}

fn opened(token: &str, (bytes, is_private): &(Vec<u8>, bool)) -> Result<Vec<u8>, JweError> {
    let key = if *is_private { DecryptionKey::Private(bytes) } else { DecryptionKey::Secret(bytes) };
    decrypt(&parse_exact(token), &key).map(|plain| plain.to_vec())
}

#[test]
fn the_examples_of_rfc_7520_open_with_their_key_and_no_change_of_them_does() {
    for example in examples() {
        let title = &example["title"];
        let token = example["output"]["compact"].as_str().unwrap();
        let key = key_of(&example);
        let plain = example["input"]["plaintext"].as_str().unwrap();
        assert_eq!(opened(token, &key).as_deref(), Ok(plain.as_bytes()), "{title}");
        let parts: Vec<&str> = token.split('.').collect();
        for at in 0..5 {
            let mut changed: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            let mut bytes = base64url::decode_strict(parts[at]).unwrap();
            match bytes.len() {
                0 => bytes.push(1),
                length => bytes[length / 2] ^= 1,
            }
            changed[at] = base64url::encode(&bytes);
            assert!(opened(&changed.join("."), &key).is_err(), "{title}, segment {at}");
        }
        let other = (vec![7; key.0.len()], false);
        assert!(opened(token, &other).is_err(), "{title}");
        assert!(opened(token, &(vec![7; 3], true)).is_err(), "{title}");
    }
}

#[test]
fn what_would_take_too_long_or_is_not_known_is_refused() {
    let token = |header: &str| {
        format!("{}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", base64url::encode(header.as_bytes()))
    };
    let refused = |header: &str| opened(&token(header), &(vec![7; 32], false)).unwrap_err();
    let rounds =
        |count: &str| refused(&format!(r#"{{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AAAA","p2c":{count}}}"#));
    for count in ["1200001", "4294967296", "-1", "0", "1e300", "\"1\""] {
        assert_eq!(rounds(count), JweError::TooCostly, "{count}");
    }
    assert_eq!(rounds("1000"), JweError::WrongKey);
    assert_eq!(refused(r#"{"alg":"RSA1_5","enc":"A128GCM"}"#), JweError::Unsupported);
    assert_eq!(refused(r#"{"alg":"dir","enc":"ROT13"}"#), JweError::Unsupported);
    assert_eq!(refused(r#"{"alg":"A128KW","enc":"A128GCM","crit":["x"]}"#), JweError::Unsupported);
    assert_eq!(refused(r#"{"alg":"RSA-OAEP","enc":"A128GCM"}"#), JweError::UnfitKey);
}
