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
    decrypt(&parse_exact(token), &key).map(|plain| plain.content.to_vec())
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

/// The bytes of a JWK, and whether it is a private key.
fn key_of_jwk(jwk: &Value) -> (Vec<u8>, bool) {
    key_of(&serde_json::json!({"input": {"key": jwk}}))
}

#[test]
fn a_jwe_in_json_opens_for_each_recipient_with_their_own_key() {
    let several = example!("5_13.encrypting_to_multiple_recipients");
    let token = several["output"]["json"].to_string();
    let keys = several["input"]["key"].as_array().unwrap();
    let plain = several["input"]["plaintext"].as_str().unwrap();
    // RSA1_5, of the first, is not decrypted here.
    let outcomes: Vec<_> = keys.iter().map(|jwk| opened(&token, &key_of_jwk(jwk))).collect();
    assert_eq!(outcomes[0].as_ref().unwrap_err(), &JweError::Unsupported);
    for outcome in &outcomes[1..] {
        assert_eq!(outcome.as_deref(), Ok(plain.as_bytes()));
    }
    for example in [
        example!("5_10.including_additional_authentication_data"),
        example!("5_11.protecting_specific_header_fields"),
        example!("5_12.protecting_content_only"),
        example!("5_8.key_wrap_using_aes-keywrap_with_aes-gcm"),
    ] {
        let key = key_of(&example);
        let plain = example["input"]["plaintext"].as_str().unwrap();
        for form in ["json", "json_flat"] {
            let token = &example["output"][form];
            assert_eq!(opened(&token.to_string(), &key).as_deref(), Ok(plain.as_bytes()), "{}", example["title"]);
            for name in ["protected", "aad", "iv", "ciphertext", "tag"] {
                let Some(text) = token[name].as_str() else { continue };
                let mut changed = token.clone();
                let mut bytes = base64url::decode_strict(text).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                changed[name] = base64url::encode(&bytes).into();
                assert!(opened(&changed.to_string(), &key).is_err(), "{}, {name}", example["title"]);
            }
        }
    }
}

/// RFC 7516 section 4: each name is in only one of the headers. And trying many passwords takes too long.
#[test]
fn headers_that_contradict_each_other_and_many_costly_recipients_are_refused() {
    let mut twice = example!("5_11.protecting_specific_header_fields")["output"]["json_flat"].clone();
    let key = key_of(&example!("5_11.protecting_specific_header_fields"));
    assert!(opened(&twice.to_string(), &key).is_ok());
    twice["unprotected"]["enc"] = "A128GCM".into();
    assert_eq!(opened(&twice.to_string(), &key).unwrap_err(), JweError::Damaged);
    let recipient = r#"{"header":{"alg":"PBES2-HS256+A128KW","p2s":"AAAA","p2c":400001},"encrypted_key":"AAAA"}"#;
    let token = |count: usize| {
        let list = vec![recipient; count].join(",");
        format!(
            r#"{{"protected":"eyJlbmMiOiJBMTI4R0NNIn0","recipients":[{list}],"iv":"AAAA","ciphertext":"AA","tag":"AA"}}"#
        )
    };
    assert_eq!(opened(&token(8), &(b"password".to_vec(), false)).unwrap_err(), JweError::WrongKey);
    let mut rounds = super::MOST_ROUNDS;
    let envelopes = super::envelope::of_json(&token(8)).unwrap();
    let tried = envelopes.iter().map(|one| one.open(&DecryptionKey::Secret(b"password"), &mut rounds).unwrap_err());
    assert_eq!(tried.filter(|error| *error == JweError::TooCostly).count(), 6);
}

/// RFC 8037 appendix A.6 in the cookbook's words.
#[test]
fn a_key_of_x25519_agrees_and_an_ed25519_key_does_not() {
    let example = example!("rfc8037.ecdh-es");
    let token = example["output"]["compact"].as_str().unwrap();
    let plain = example["input"]["plaintext"].as_str().unwrap();
    let key = super::x25519::private_key(example["input"]["key"].to_string().as_bytes()).unwrap();
    assert_eq!(opened(token, &(key.to_vec(), true)).as_deref(), Ok(plain.as_bytes()));
    let again = super::x25519::private_key(&key).unwrap();
    assert_eq!(again, key);
    let pem = include_str!("../../vectors/keys/x25519.pkcs8.pem").lines().filter(|line| !line.starts_with('-'));
    let other = super::x25519::private_key(&base64_of(&pem.collect::<String>())).unwrap();
    assert_eq!(opened(token, &(other.to_vec(), true)).unwrap_err(), JweError::WrongKey);
    let ed25519 = include_str!("../../vectors/keys/ed25519.pkcs8.pem").lines().filter(|line| !line.starts_with('-'));
    let ed25519 = base64_of(&ed25519.collect::<String>());
    assert_eq!(super::x25519::private_key(&ed25519), None);
    assert_eq!(opened(token, &(ed25519, true)).unwrap_err(), JweError::UnfitKey);
}

fn base64_of(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

/// A token whose content is sealed with A128GCM.
fn sealed(header: &str, content_key: &[u8], encrypted_key: &[u8], content: &[u8]) -> String {
    let header = base64url::encode(header.as_bytes());
    let key = super::UnboundKey::new(&super::aead::AES_128_GCM, content_key).unwrap();
    let mut text = content.to_vec();
    let nonce = super::Nonce::assume_unique_for_key([7; 12]);
    let tag = super::LessSafeKey::new(key)
        .seal_in_place_separate_tag(nonce, super::Aad::from(header.as_bytes()), &mut text)
        .unwrap();
    let parts = [encrypted_key, &[7; 12], &text, tag.as_ref()].map(base64url::encode);
    format!("{header}.{}", parts.join("."))
}

/// JWT-22.
#[test]
fn content_that_inflates_beyond_250_kb_is_not_inflated_further() {
    let deflated = |size: usize| {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, &vec![0; size]).unwrap();
        encoder.finish().unwrap()
    };
    let header = r#"{"alg":"dir","enc":"A128GCM","zip":"DEF"}"#;
    let of_size = |size| opened(&sealed(header, &[1; 16], b"", &deflated(size)), &(vec![1; 16], false));
    assert_eq!(of_size(250_000).map(|plain| plain.len()), Ok(250_000));
    assert_eq!(of_size(1_048_576), Err(JweError::NotInflated));
    assert_eq!(of_size(64 * 1_048_576), Err(JweError::NotInflated));
}

/// RFC 7516 section 4.1.3.
#[test]
fn compressed_content_is_one_bare_stream() {
    let header = r#"{"alg":"dir","enc":"A128GCM","zip":"DEF"}"#;
    let open = |bytes: &[u8]| {
        let token = sealed(header, &[1; 16], b"", bytes);
        decrypt(&parse_exact(&token), &DecryptionKey::Secret(&[1; 16])).map(|plain| plain.is_zlib)
    };
    let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut bare, b"{}").unwrap();
    let bare = bare.finish().unwrap();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut zlib, b"{}").unwrap();
    assert_eq!(open(&bare), Ok(false));
    assert_eq!(open(&zlib.finish().unwrap()), Ok(true), "it is read, and it is said");
    assert_eq!(open(&[&bare[..], b"x"].concat()), Err(JweError::TrailingBytes));
}

/// JWT-23, RFC 8725 section 3.4.
#[test]
fn a_point_off_the_curve_agrees_on_nothing() {
    let example = example!("5_5.key_agreement_using_ecdh-es_with_aes-cbc-hmac-sha2");
    let key = key_of(&example);
    let other = base64url::encode(&[7; 32]);
    for (x, y) in [(&*other, &*other), ("AAAA", "AAAA"), (&base64url::encode(&[0; 32]), &base64url::encode(&[0; 32]))] {
        let epk = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#);
        let token = sealed(&format!(r#"{{"alg":"ECDH-ES","enc":"A128GCM","epk":{epk}}}"#), &[1; 16], b"", b"");
        let error = opened(&token, &key).unwrap_err();
        assert!(matches!(error, JweError::WrongKey | JweError::Damaged), "{error}");
    }
    // Of X25519 the point of order one: the secret would be zero whatever the key (RFC 8037 section 3.2).
    let zero = format!(r#"{{"kty":"OKP","crv":"X25519","x":"{}"}}"#, base64url::encode(&[0; 32]));
    let token = sealed(&format!(r#"{{"alg":"ECDH-ES","enc":"A128GCM","epk":{zero}}}"#), &[1; 16], b"", b"");
    let key = super::x25519::private_key(example!("rfc8037.ecdh-es")["input"]["key"].to_string().as_bytes()).unwrap();
    assert_eq!(opened(&token, &(key.to_vec(), true)).unwrap_err(), JweError::WrongKey);
}

/// RFC 3394 section 4.2, 128 bits of key data with a 192-bit key.
#[test]
fn a_key_wrapped_with_192_bits_opens() {
    let number = |text: &str| -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    let kek = number("000102030405060708090A0B0C0D0E0F1011121314151617");
    let wrapped = number("96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D");
    let content_key = number("00112233445566778899AABBCCDDEEFF");
    let token = sealed(r#"{"alg":"A192KW","enc":"A128GCM"}"#, &content_key, &wrapped, b"content");
    assert_eq!(opened(&token, &(kek.clone(), false)).as_deref(), Ok(&b"content"[..]));
    assert_eq!(opened(&token, &(vec![7; 24], false)).unwrap_err(), JweError::WrongKey);
    assert_eq!(opened(&token, &(kek[..16].to_vec(), false)).unwrap_err(), JweError::UnfitKey);
}

#[test]
fn what_would_take_too_long_or_is_not_known_is_refused() {
    let token = |header: &str| {
        format!("{}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", base64url::encode(header.as_bytes()))
    };
    let refused = |header: &str| opened(&token(header), &(vec![7; 32], false)).unwrap_err();
    let rounds =
        |count: &str| refused(&format!(r#"{{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AAAA","p2c":{count}}}"#));
    for count in ["-1", "0", "1.5", "\"1\"", "null"] {
        assert_eq!(rounds(count), JweError::Damaged, "{count}");
    }
    for count in ["1200001", "4294967296", "1e300"] {
        assert_eq!(rounds(count), JweError::TooCostly, "{count}");
    }
    assert_eq!(rounds("1000"), JweError::WrongKey);
    assert_eq!(refused(r#"{"alg":"RSA1_5","enc":"A128GCM"}"#), JweError::Unsupported);
    assert_eq!(refused(r#"{"alg":"dir","enc":"ROT13"}"#), JweError::Unsupported);
    assert_eq!(refused(r#"{"alg":"A128KW","enc":"A128GCM","crit":["x"]}"#), JweError::Unsupported);
    assert_eq!(refused(r#"{"alg":"RSA-OAEP","enc":"A128GCM"}"#), JweError::UnfitKey);
}
