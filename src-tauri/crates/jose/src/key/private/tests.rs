//! Keys written by OpenSSL, keys printed in RFCs, and keys that must be refused.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::PrivateKey;
use crate::key::KeyError;
use crate::testing::pkcs8;
use crate::{Algorithm, VerifyingKey, base64url};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const RSA_PKCS1: &str = include_str!("../../../vectors/keys/rsa2048.pkcs1.pem");
const RSA_PKCS8: &str = include_str!("../../../vectors/keys/rsa2048.pkcs8.pem");
const RSA_PUBLIC: &str = include_str!("../../../vectors/keys/rsa2048.public.pem");
const P256_SEC1: &str = include_str!("../../../vectors/keys/p256.sec1.pem");
const P256_PKCS8: &str = include_str!("../../../vectors/keys/p256.pkcs8.pem");
const P256_PUBLIC: &str = include_str!("../../../vectors/keys/p256.public.pem");
const P384_SEC1: &str = include_str!("../../../vectors/keys/p384.sec1.pem");
const P384_PUBLIC: &str = include_str!("../../../vectors/keys/p384.public.pem");
const ED25519: &str = include_str!("../../../vectors/keys/ed25519.pkcs8.pem");
const ED25519_PUBLIC: &str = include_str!("../../../vectors/keys/ed25519.public.pem");
const OPENSSH_RSA: &str = include_str!("../../../vectors/keys/openssh.rsa");
const OPENSSH_ENCRYPTED: &str = include_str!("../../../vectors/keys/openssh.encrypted");
const OPENSSH_ECDSA: &str = include_str!("../../../vectors/keys/openssh.ecdsa");
const OPENSSH_ED25519: &str = include_str!("../../../vectors/keys/openssh.ed25519");
const RSA: Option<Algorithm> = Some(Algorithm::Rs256);

fn der(pem: &str) -> Vec<u8> {
    let (_, body) = pem.rsplit_once("-----BEGIN ").unwrap();
    let body: String = body.lines().skip(1).take_while(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).unwrap()
}

/// The private JWK of RFC 7520 section 3.4, without its `alg`.
fn rsa_jwk() -> Value {
    let case: Value =
        serde_json::from_str(include_str!("../../../vectors/cookbook/4_1.rsa_v15_signature.json")).unwrap();
    case["input"]["key"].clone()
}

fn printed(index: usize) -> Value {
    let vectors: Value = serde_json::from_str(include_str!("../../../vectors/jws_rfc7515_rfc8037.json")).unwrap();
    vectors["cases"][index]["key"].clone()
}

fn with(jwk: &Value, name: &str, value: impl Into<Value>) -> String {
    let mut jwk = jwk.clone();
    jwk[name] = value.into();
    jwk.to_string()
}

fn without(jwk: &Value, name: &str) -> String {
    let mut jwk = jwk.clone();
    jwk.as_object_mut().unwrap().remove(name);
    jwk.to_string()
}

fn refused(input: impl AsRef<[u8]>, algorithm: Option<Algorithm>) -> KeyError {
    let read = || {
        #[expect(clippy::disallowed_methods, reason = "a refusal must be quick, and this measures it")]
        let start = Instant::now();
        let error = PrivateKey::read(input.as_ref(), algorithm).unwrap_err();
        (start.elapsed() < Duration::from_millis(100)).then_some(error)
    };
    // The machine may be busy at times.
    (0..5).find_map(|_| read()).expect("a refusal within 100 ms")
}

/// Asserts that it signs, that its public part verifies, and that its text is read as the same key.
fn works(input: impl AsRef<[u8]>, algorithm: Option<Algorithm>) -> PrivateKey {
    let private = PrivateKey::read(input.as_ref(), algorithm).unwrap();
    let key = private.signing_key(Some("k")).unwrap();
    let signature = key.signature(b"input").unwrap();
    assert_eq!(key.verifying_key().verify(b"input", &signature), Ok(()));
    assert_eq!(key.kid(), "k");
    let text = private.dangerous_text("k");
    let again = PrivateKey::read(text.as_bytes(), Some(private.algorithm())).unwrap();
    assert_eq!(again.bytes(), private.bytes());
    let kept = PrivateKey::from_bytes(private.algorithm(), private.bytes().to_vec().into());
    assert_eq!(kept.signing_key(Some("k")).unwrap().public_jwk(), key.public_jwk());
    private
}

#[test]
fn every_form_openssl_writes_is_the_same_key() {
    for (forms, public, algorithm) in [
        (vec![RSA_PKCS1, RSA_PKCS8], RSA_PUBLIC, Algorithm::Rs256),
        (vec![RSA_PKCS1, RSA_PKCS8], RSA_PUBLIC, Algorithm::Ps256),
        (vec![P256_SEC1, P256_PKCS8], P256_PUBLIC, Algorithm::Es256),
        (vec![P384_SEC1], P384_PUBLIC, Algorithm::Es384),
        (vec![ED25519], ED25519_PUBLIC, Algorithm::EdDsa),
    ] {
        for pem in forms {
            let wanted = (algorithm.curve().is_none()).then_some(algorithm);
            let key = works(pem, wanted).signing_key(None).unwrap();
            assert_eq!(key.verifying_key().public_pem().as_deref(), Some(public), "{algorithm}");
            let read = VerifyingKey::from_spki(public.as_bytes(), wanted).unwrap();
            assert_eq!(read.thumbprint().as_deref(), Some(key.kid()));
            let der = der(pem);
            let indented = pem.replace('\n', "\r\n    ");
            for form in [&der[..], STANDARD.encode(&der).as_bytes(), indented.as_bytes()] {
                assert_eq!(works(form, wanted).signing_key(None).unwrap().kid(), key.kid());
            }
        }
    }
    assert_eq!(works(ED25519, None).bytes().len(), 48, "PKCS#8 version 1");
    assert_eq!(works(pkcs8(Algorithm::EdDsa), None).bytes().len(), 48, "from version 2 too");
    for algorithm in [Algorithm::Es512, Algorithm::Es256K] {
        assert_eq!(works(pkcs8(algorithm), None).algorithm(), algorithm);
    }
}

#[test]
fn the_private_jwks_that_rfcs_print_are_read() {
    let rsa = works(rsa_jwk().to_string(), RSA);
    assert_eq!(rsa.kid(), Some("bilbo.baggins@hobbiton.example"));
    for (index, algorithm) in
        [(0, Algorithm::Hs256), (2, Algorithm::Es256), (3, Algorithm::Es512), (5, Algorithm::EdDsa)]
    {
        let jwk = printed(index);
        assert_eq!(works(jwk.to_string(), Some(algorithm)).algorithm(), algorithm);
        assert_eq!(works(with(&jwk, "alg", algorithm.as_str()), None).algorithm(), algorithm);
    }
}

#[test]
fn what_is_no_private_key_is_refused_with_the_reason() {
    let file = |name: &str| match name {
        "encrypted" => include_str!("../../../vectors/keys/rsa2048.encrypted.pem"),
        "proc-type" => include_str!("../../../vectors/keys/rsa2048.proc-type.pem"),
        "certificate" => include_str!("../../../vectors/keys/p256.certificate.pem"),
        "explicit" => include_str!("../../../vectors/keys/p256.explicit.pem"),
        _ => include_str!("../../../vectors/keys/x25519.pkcs8.pem"),
    };
    assert_eq!(refused(file("encrypted"), RSA), KeyError::Encrypted);
    assert_eq!(refused(der(file("encrypted")), RSA), KeyError::Encrypted);
    assert_eq!(refused(file("proc-type"), RSA), KeyError::UnknownEncryption);
    assert!(KeyError::UnknownEncryption.to_string().contains("`openssl pkey -in key -aes256`"));
    for public in [RSA_PUBLIC, P256_PUBLIC, ED25519_PUBLIC, file("certificate")] {
        assert_eq!(refused(public, RSA), KeyError::PublicOnly);
        assert_eq!(refused(der(public), RSA), KeyError::PublicOnly);
    }
    for jwk in [rsa_jwk(), printed(2), printed(5)] {
        assert_eq!(refused(without(&jwk, "d"), None), KeyError::PublicOnly);
    }
    assert!(KeyError::PublicOnly.to_string().contains("private key is needed"));
    assert!(KeyError::Encrypted.to_string().contains("passphrase"));
    assert!(matches!(refused(file("explicit"), None), KeyError::UnsupportedType(_)));
    assert!(matches!(refused(file("x25519"), None), KeyError::UnsupportedType(_)));
    let openssh = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----";
    assert_eq!(refused(openssh, None), KeyError::DamagedPrivateKey);
    let error = refused(OPENSSH_RSA, RSA);
    assert!(matches!(error, KeyError::OpenSsh(_)) && error.to_string().contains("`ssh-keygen -p"), "{error}");
    assert_eq!(refused(OPENSSH_ENCRYPTED, RSA), KeyError::Encrypted);
    for text in ["", "hello", "{", "[]", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----"] {
        assert!(matches!(refused(text, None), KeyError::Unreadable(_)), "{text}");
    }
    assert!(matches!(refused(vec![b'A'; 70_000], None), KeyError::Unreadable(_)));
    assert!(matches!(refused(json!({"keys": [printed(2)]}).to_string(), None), KeyError::Unreadable(_)));
    assert_eq!(refused(json!({"kty": "AKP"}).to_string(), None), KeyError::UnsupportedType("AKP".into()));
}

#[test]
fn a_key_is_for_one_algorithm() {
    assert_eq!(refused(RSA_PKCS8, None), KeyError::AlgorithmNeeded);
    assert_eq!(refused(RSA_PKCS8, Some(Algorithm::Es256)), KeyError::WrongAlgorithm(Algorithm::Es256));
    assert_eq!(refused(P256_SEC1, Some(Algorithm::Es384)), KeyError::WrongAlgorithm(Algorithm::Es384));
    assert_eq!(refused(ED25519, RSA), KeyError::WrongAlgorithm(Algorithm::Rs256));
    assert_eq!(refused(printed(0).to_string(), None), KeyError::AlgorithmNeeded);
    assert_eq!(refused(with(&rsa_jwk(), "alg", "PS256"), RSA), KeyError::WrongAlgorithm(Algorithm::Rs256));
    assert_eq!(refused(with(&printed(2), "use", "enc"), None), KeyError::NotForSignatures);
}

#[test]
fn rsa_numbers_that_cannot_be_a_key_are_refused_with_the_reason() {
    let short = refused(include_str!("../../../vectors/keys/rsa1024.pkcs8.pem"), RSA);
    assert_eq!(short, KeyError::TooShort { algorithm: Algorithm::Rs256, least: 2048, found: 1024 });
    assert_eq!(short.to_string(), "RS256 needs at least 2048 bits, this key has 1024");
    let jwk = rsa_jwk();
    let text = |bytes: &[u8]| base64url::encode(bytes);
    let long = [&[0xC1][..], &[0xA7; 2047]].concat();
    assert_eq!(refused(with(&jwk, "n", text(&long)), RSA), KeyError::TooLong(16384));
    for e in [&[1][..], &[2], &[0xff, 0xfe]] {
        assert!(matches!(refused(with(&jwk, "e", text(e)), RSA), KeyError::BadRsaNumbers(_)), "{e:?}");
    }
    // 65537^128 has 2049 bits and is a power of 65537 modulo every prime.
    let roca = (0..128).fold(vec![1], |number: Vec<u8>, _| {
        let shifted = [&number[..], &[0, 0]].concat();
        let mut sum = vec![0; shifted.len()];
        let mut carry = 0;
        for at in (0..shifted.len()).rev() {
            let other = (at + number.len()).checked_sub(shifted.len()).map_or(0, |index| number[index]);
            let all = u16::from(shifted[at]) + u16::from(other) + carry;
            sum[at] = (all & 0xff) as u8;
            carry = all >> 8;
        }
        if carry > 0 { [&[1], &sum[..]].concat() } else { sum }
    });
    assert_eq!(refused(with(&jwk, "n", text(&roca)), RSA), KeyError::Roca);
    assert!(KeyError::Roca.to_string().contains("CVE-2017-15361"));
    let mut other = base64url::decode_strict(jwk["n"].as_str().unwrap()).unwrap();
    other[100] ^= 1;
    assert_eq!(refused(with(&jwk, "n", text(&other)), RSA), KeyError::DamagedPrivateKey);
    let d = base64url::decode_strict(jwk["d"].as_str().unwrap()).unwrap();
    assert_eq!(refused(with(&jwk, "d", text(&d[1..])), RSA), KeyError::DamagedPrivateKey);
    assert_eq!(refused(with(&jwk, "e", "Aw"), RSA), KeyError::DamagedPrivateKey);
    assert!(KeyError::DamagedPrivateKey.to_string().contains("do not belong together"));
    assert_eq!(refused(without(&jwk, "qi"), RSA), KeyError::MissingMember("qi"));
    assert!(matches!(refused(with(&jwk, "oth", json!([])), RSA), KeyError::Unreadable(_)));
}

#[test]
fn curve_keys_whose_halves_or_lengths_are_wrong_are_refused_with_the_reason() {
    let (ec, ed) = (printed(2), printed(5));
    let text = |bytes: &[u8]| base64url::encode(bytes);
    assert_eq!(refused(with(&ec, "x", text(&[1; 32])), None), KeyError::NotOnCurve);
    assert_eq!(refused(with(&ec, "x", text(&[1; 31])), None), KeyError::NotOnCurve);
    assert_eq!(refused(with(&ed, "x", text(&[1; 31])), None), KeyError::NotOnCurve);
    let short = refused(with(&ec, "d", text(&[1; 31])), None);
    assert_eq!(short, KeyError::WrongLength { expected: 32, found: 31 });
    assert_eq!(short.to_string(), "the private part has 31 bytes where 32 are needed");
    assert_eq!(refused(with(&ed, "d", text(&[1; 33])), None), KeyError::WrongLength { expected: 32, found: 33 });
    assert_eq!(refused(with(&ec, "d", text(&[0; 32])), None), KeyError::DamagedPrivateKey);
    assert_eq!(refused(with(&ec, "d", text(&[0xff; 32])), None), KeyError::DamagedPrivateKey);
    assert_eq!(refused(with(&ec, "d", text(&[1; 32])), None), KeyError::HalvesDiffer);
    assert_eq!(refused(with(&ed, "d", text(&[1; 32])), None), KeyError::HalvesDiffer);
    assert_eq!(KeyError::HalvesDiffer.to_string(), "the private part does not belong to the public part");
    assert_eq!(refused(with(&ec, "crv", "P-384"), None), KeyError::WrongLength { expected: 48, found: 32 });
    assert_eq!(refused(with(&ed, "crv", "X25519"), None), KeyError::UnsupportedType("X25519".into()));
    assert_eq!(refused(with(&ec, "x", "a\"b"), None), KeyError::NotBase64Url("x"));

    // The last bytes of an ECPrivateKey, and of PKCS#8 version 2, are the public key's.
    let mut sec1 = der(P256_SEC1);
    *sec1.last_mut().unwrap() ^= 1;
    assert_eq!(refused(&sec1, None), KeyError::NotOnCurve);
    let mut ed = pkcs8(Algorithm::EdDsa);
    *ed.last_mut().unwrap() ^= 1;
    assert!(matches!(refused(&ed, None), KeyError::HalvesDiffer | KeyError::NotOnCurve));
}

#[test]
fn a_short_shared_secret_is_refused_and_none_ever_shows() {
    for (algorithm, least) in [(Algorithm::Hs256, 32), (Algorithm::Hs384, 48), (Algorithm::Hs512, 64)] {
        let jwk = |length: usize| json!({"kty": "oct", "k": base64url::encode(&vec![0x5a; length])}).to_string();
        for length in [0, 1, least - 1] {
            let error = refused(jwk(length), Some(algorithm));
            assert_eq!(error, KeyError::TooShort { algorithm, least: least * 8, found: length * 8 });
        }
        let key = works(jwk(least), Some(algorithm));
        assert!(key.signing_key(None).is_err(), "a shared secret has no thumbprint to be named by");
        let shown = format!("{key:?} {:?}", key.signing_key(Some("k")));
        assert!(!shown.contains("Wlpa") && !shown.contains("90, 90"), "{shown}");
    }
}

#[test]
fn a_key_cut_anywhere_is_refused_and_nothing_panics() {
    for pem in [RSA_PKCS1, RSA_PKCS8, P256_SEC1, P256_PKCS8, ED25519, OPENSSH_ECDSA, OPENSSH_ED25519] {
        let der = der(pem);
        for cut in 0..der.len() {
            assert!(PrivateKey::read(&der[..cut], RSA).is_err());
            assert!(PrivateKey::read(&der[..cut], None).is_err());
        }
        for cut in 0..pem.len() - 2 {
            assert!(PrivateKey::read(&pem.as_bytes()[..cut], None).is_err());
        }
    }
}

#[test]
fn a_key_with_a_damaged_byte_is_refused_or_still_one_that_works() {
    for (pem, algorithm) in [
        (RSA_PKCS8, RSA),
        (P256_SEC1, None),
        (P256_PKCS8, None),
        (P384_SEC1, None),
        (ED25519, None),
        (OPENSSH_ED25519, None),
    ] {
        let good = der(pem);
        for at in 0..good.len() {
            let mut der = good.clone();
            der[at] ^= 0x41;
            let Ok(key) = PrivateKey::read(&der, algorithm) else { continue };
            let key = key.signing_key(None).unwrap();
            let signature = key.signature(b"input").unwrap();
            assert_eq!(key.verifying_key().verify(b"input", &signature), Ok(()), "byte {at}");
        }
    }
}

#[test]
fn openssh_s_own_form_is_read_for_curves() {
    for (file, line) in [
        (OPENSSH_ED25519, include_str!("../../../vectors/keys/openssh.ed25519.pub")),
        (OPENSSH_ECDSA, include_str!("../../../vectors/keys/openssh.ecdsa.pub")),
    ] {
        let key = works(file, None).signing_key(None).unwrap();
        assert_eq!(works(der(file), None).signing_key(None).unwrap().kid(), key.kid());
        let public = VerifyingKey::from_openssh_line(line, None).unwrap().unwrap();
        assert_eq!(public.thumbprint().as_deref(), Some(key.kid()));
    }
}

#[test]
fn a_key_for_pss_alone_signs_with_the_hashes_it_allows() {
    let any = include_str!("../../../vectors/keys/rsapss2048.pkcs8.pem");
    for algorithm in [Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512] {
        works(any, Some(algorithm));
    }
    assert_eq!(refused(any, None), KeyError::AlgorithmNeeded);
    assert_eq!(refused(any, RSA), KeyError::WrongAlgorithm(Algorithm::Rs256));
    let one = include_str!("../../../vectors/keys/rsapss2048.sha384.pkcs8.pem");
    assert_eq!(works(one, None).algorithm(), Algorithm::Ps384);
    assert_eq!(refused(one, Some(Algorithm::Ps256)), KeyError::WrongAlgorithm(Algorithm::Ps256));
    let mut der = der(one);
    let salt = der.windows(3).position(|bytes| bytes == [2, 1, 48]).unwrap();
    der[salt + 2] = 49;
    assert!(refused(&der, None).to_string().contains("RSASSA-PSS with other hashes"));
}
