//! Published vectors, and keys that must be refused.

use serde_json::Value;

use super::{KeyError, KeySet, VerifyingKey};
use crate::testing::{pkcs8, signing_key};
use crate::{Algorithm, SigningKey, base64url};

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn with(jwk: &str, name: &str, value: &str) -> String {
    let mut jwk = read(jwk);
    jwk[name] = read(value);
    jwk.to_string()
}

fn verify(jwk: &Value, algorithm: &str, token: &str) -> bool {
    let key = VerifyingKey::from_jwk(&jwk.to_string(), Some(algorithm.parse().unwrap())).unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = base64url::decode_strict(signature).unwrap();
    let mut wrong = signature.clone();
    wrong[10] ^= 1;
    assert!(key.verify(input.as_bytes(), &wrong).is_err());
    assert!(key.verify(&input.as_bytes()[1..], &signature).is_err());
    key.verify(input.as_bytes(), &signature).is_ok()
}

#[test]
fn the_vectors_of_rfc_7515_and_rfc_8037_verify() {
    let vectors = read(include_str!("../../vectors/jws_rfc7515_rfc8037.json"));
    let mut verified = 0;
    for case in vectors["cases"].as_array().unwrap() {
        if case["expect_verify"] == "valid" {
            assert!(
                verify(&case["key"], case["alg"].as_str().unwrap(), case["jws"].as_str().unwrap()),
                "{}",
                case["id"]
            );
            verified += 1;
        }
    }
    assert_eq!(verified, 5);
}

#[test]
fn the_examples_of_rfc_7520_verify() {
    for text in [
        include_str!("../../vectors/cookbook/4_1.rsa_v15_signature.json"),
        include_str!("../../vectors/cookbook/4_2.rsa-pss_signature.json"),
        include_str!("../../vectors/cookbook/4_3.ecdsa_signature.json"),
        include_str!("../../vectors/cookbook/4_4.hmac-sha2_integrity_protection.json"),
    ] {
        let case = read(text);
        let mut jwk = case["input"]["key"].clone();
        let algorithm = case["input"]["alg"].as_str().unwrap();
        jwk.as_object_mut().unwrap().remove("alg");
        assert!(verify(&jwk, algorithm, case["output"]["compact"].as_str().unwrap()), "{}", case["title"]);
    }
}

#[test]
fn thumbprints_equal_the_published_ones() {
    for case in read(include_str!("../../vectors/jwk_thumbprints.json")).as_array().unwrap() {
        let key = VerifyingKey::from_jwk(&case["jwk"].to_string(), None).unwrap();
        assert_eq!(key.thumbprint().as_deref(), case["sha256"].as_str(), "{}", case["id"]);
    }
}

#[test]
fn a_published_jwk_is_public_and_reads_back() {
    for algorithm in Algorithm::ALL {
        let key = signing_key(algorithm);
        let Some(jwk) = key.public_jwk() else {
            assert!(algorithm.is_symmetric(), "only a shared secret has no public half");
            continue;
        };
        let members = read(&jwk);
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(members.get(private).is_none(), "{private}");
        }
        assert_eq!(members["use"], "sig");
        assert_eq!(members["alg"], algorithm.as_str());
        assert_eq!(members["kid"], key.kid());
        let back = VerifyingKey::from_jwk(&jwk, None).unwrap();
        assert_eq!(back.algorithm(), algorithm);
        assert_eq!(back.thumbprint().as_deref(), Some(key.kid()));
        assert_eq!(back.public_jwk().as_deref(), Some(&*jwk));
        assert_eq!(key.kid().len(), 43);
    }
}

#[test]
fn only_the_public_part_of_a_private_jwk_is_read() {
    let case = read(include_str!("../../vectors/jws_rfc7515_rfc8037.json"));
    let private = case["cases"][2]["key"].to_string();
    let key = VerifyingKey::from_jwk(&private, None).unwrap();
    assert!(!key.public_jwk().unwrap().contains("\"d\""));
    assert!(!format!("{key:?}").contains("jpsQnnGQ"));
}

#[test]
fn a_damaged_jwk_is_refused_with_its_reason() {
    let ec = signing_key(Algorithm::Es256).public_jwk().unwrap();
    let rsa = signing_key(Algorithm::Rs256).public_jwk().unwrap();
    let okp = signing_key(Algorithm::EdDsa).public_jwk().unwrap();
    let off_curve = base64url::encode(&[1; 32]);
    let short = base64url::encode(&[0xC1; 128]);
    let refuse = |jwk: &str| VerifyingKey::from_jwk(jwk, None).unwrap_err();
    assert_eq!(refuse(&with(&ec, "x", &format!("\"{off_curve}\""))), KeyError::NotOnCurve);
    assert_eq!(refuse(&with(&ec, "x", "\"AA\"")), KeyError::NotOnCurve);
    assert_eq!(refuse(&with(&ec, "x", r#""a\"b""#)), KeyError::NotBase64Url("x"));
    assert_eq!(refuse(&with(&ec, "x", "\"ab\\n\"")), KeyError::NotBase64Url("x"));
    assert_eq!(refuse(&with(&ec, "crv", "\"P-384\"")), KeyError::WrongAlgorithm(Algorithm::Es256));
    assert_eq!(refuse(&with(&ec, "crv", "\"P-192\"")), KeyError::UnsupportedType("P-192".to_owned()));
    assert_eq!(refuse(&with(&ec, "use", "\"enc\"")), KeyError::NotForSignatures);
    assert_eq!(refuse(&with(&ec, "key_ops", "[\"encrypt\"]")), KeyError::NotForSignatures);
    assert_eq!(refuse(&with(&ec, "alg", "\"HS256\"")), KeyError::WrongAlgorithm(Algorithm::Hs256));
    assert_eq!(refuse(&with(&ec, "alg", "\"ES257\"")), KeyError::UnsupportedAlgorithm("ES257".to_owned()));
    assert_eq!(refuse(&with(&ec, "kty", "\"RSA\"")), KeyError::MissingMember("n"));
    assert_eq!(
        refuse(&with(&rsa, "n", &format!("\"{short}\""))),
        KeyError::TooShort { algorithm: Algorithm::Rs256, least: 2048, found: 1024 }
    );
    assert!(matches!(refuse(&with(&rsa, "e", "\"AQ\"")), KeyError::BadRsaNumbers(_)));
    assert!(matches!(refuse(&with(&rsa, "e", "\"Ag\"")), KeyError::BadRsaNumbers(_)));
    assert_eq!(refuse(&with(&okp, "x", &format!("\"{}\"", base64url::encode(&[3; 31])))), KeyError::NotOnCurve);
    assert_eq!(refuse(&with(&okp, "crv", "\"X25519\"")), KeyError::UnsupportedType("X25519".to_owned()));
    assert_eq!(
        refuse(r#"{"kty":"oct","k":"","alg":"HS256"}"#),
        KeyError::TooShort { algorithm: Algorithm::Hs256, least: 256, found: 0 }
    );
    assert_eq!(refuse(r#"{"kty":"EC","kty":"RSA"}"#), KeyError::DuplicateMember("kty".to_owned()));
    assert!(matches!(refuse("{"), KeyError::Unreadable(_)));
    assert!(matches!(refuse("[]"), KeyError::Unreadable(_)));
    let unnamed = read(&rsa).as_object().unwrap().iter().filter(|(name, _)| *name != "alg").fold(
        serde_json::Map::new(),
        |mut members, (name, value)| {
            members.insert(name.clone(), value.clone());
            members
        },
    );
    let unnamed = Value::Object(unnamed).to_string();
    assert_eq!(refuse(&unnamed), KeyError::AlgorithmNeeded);
    assert_eq!(VerifyingKey::from_jwk(&unnamed, Some(Algorithm::Ps512)).unwrap().algorithm(), Algorithm::Ps512);
    assert_eq!(
        VerifyingKey::from_jwk(&rsa, Some(Algorithm::Ps256)).unwrap_err(),
        KeyError::WrongAlgorithm(Algorithm::Ps256)
    );
}

#[test]
fn the_point_that_fits_every_signature_is_refused() {
    // For these keys the signature "R = identity, s = 0" fits one message in eight or every message.
    let order_eight = "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU";
    let zero = base64url::encode(&[0; 32]);
    let mut one = [0; 32];
    one[0] = 1;
    let mut negative_zero = [0; 32];
    negative_zero[31] = 0x80;
    for x in [order_eight, &zero, &base64url::encode(&one), &base64url::encode(&negative_zero)] {
        let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#);
        assert_eq!(VerifyingKey::from_jwk(&jwk, None).unwrap_err(), KeyError::NotOnCurve);
    }
}

#[test]
fn short_secrets_do_not_sign_and_secrets_never_show() {
    for (algorithm, least) in [(Algorithm::Hs256, 32), (Algorithm::Hs384, 48), (Algorithm::Hs512, 64)] {
        for length in [0, 1, least - 1] {
            let refused = SigningKey::from_hmac(algorithm, &vec![1; length], "k").unwrap_err();
            assert!(matches!(refused, KeyError::TooShort { .. }));
        }
        assert!(SigningKey::from_hmac(algorithm, &vec![1; least], "k").is_ok());
        assert!(VerifyingKey::from_hmac(algorithm, b"x").unwrap().is_weak());
        assert!(VerifyingKey::from_hmac(algorithm, b"").is_err());
    }
    assert!(SigningKey::from_hmac(Algorithm::Es256, &[1; 64], "k").is_err());
    let key = SigningKey::from_hmac(Algorithm::Hs256, b"correct horse battery staple long", "k").unwrap();
    let shown = format!("{key:?} {:?}", key.verifying_key());
    assert!(!shown.contains("horse") && shown.contains("[secret]"), "{shown}");
    assert_eq!(key.verifying_key().thumbprint(), None);
}

#[test]
fn damaged_private_keys_are_refused() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        let good = pkcs8(algorithm);
        assert_eq!(SigningKey::from_pkcs8(algorithm, b"").unwrap_err(), KeyError::DamagedPrivateKey);
        assert_eq!(
            SigningKey::from_pkcs8(algorithm, &good[..good.len() / 2]).unwrap_err(),
            KeyError::DamagedPrivateKey
        );
    }
    let p256 = pkcs8(Algorithm::Es256);
    assert_eq!(SigningKey::from_pkcs8(Algorithm::Es384, &p256).unwrap_err(), KeyError::DamagedPrivateKey);
    assert_eq!(
        SigningKey::from_pkcs8(Algorithm::Hs256, &p256).unwrap_err(),
        KeyError::WrongAlgorithm(Algorithm::Hs256)
    );
}

#[test]
fn a_public_key_in_pem_is_the_same_key() {
    // openssl asn1parse names: SubjectPublicKeyInfo of the RFC 8037 A.1 key.
    let mut der = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    der.extend(base64url::decode_strict("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap());
    let from_der = VerifyingKey::from_spki(&der, None).unwrap();
    assert_eq!(from_der.thumbprint().as_deref(), Some("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"));
    let body = base64url::encode(&der).replace('-', "+").replace('_', "/");
    let padded = format!("{body}{}", "=".repeat((4 - body.len() % 4) % 4));
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{padded}\n-----END PUBLIC KEY-----\n");
    assert_eq!(VerifyingKey::from_spki(pem.as_bytes(), None).unwrap().thumbprint(), from_der.thumbprint());
    for cut in 0..der.len() {
        assert!(VerifyingKey::from_spki(&der[..cut], None).is_err());
    }
    assert!(VerifyingKey::from_spki(b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", None).is_err());
    let case = read(include_str!("../../vectors/jwk_thumbprints.json"));
    let n = base64url::decode_strict(case[0]["jwk"]["n"].as_str().unwrap()).unwrap();
    let mut key = vec![0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00];
    key.extend(&n);
    key.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
    let mut rsa = vec![0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09];
    rsa.extend([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x0f, 0x00]);
    rsa.extend(&key);
    assert_eq!(VerifyingKey::from_spki(&rsa, None).unwrap_err(), KeyError::AlgorithmNeeded);
    let read = VerifyingKey::from_spki(&rsa, Some(Algorithm::Rs256)).unwrap();
    assert_eq!(read.thumbprint().as_deref(), case[0]["sha256"].as_str());
}

#[test]
fn a_key_set_keeps_what_works_and_refuses_what_is_ambiguous() {
    let (one, two) = (signing_key(Algorithm::Es256), signing_key(Algorithm::EdDsa));
    let (first, second) = (one.public_jwk().unwrap(), two.public_jwk().unwrap());
    let odd = r#"{"kty":"AKP","alg":"ML-DSA-44","pub":"AA"},{"kty":"EC","crv":"P-192","x":"","y":""}"#;
    let set = KeySet::from_json(&format!(r#"{{"keys":[{first},{odd},{second}]}}"#)).unwrap();
    assert_eq!((set.keys.len(), set.skipped.len()), (2, 2));
    assert_eq!(set.find(two.kid()).unwrap().algorithm(), Algorithm::EdDsa);
    assert!(set.skipped[0].reason.starts_with("Key 2: "));
    assert!(KeySet::from_json(&format!(r#"{{"keys":[{first},{first}]}}"#)).is_err());
    let secret = r#"{"kty":"oct","alg":"HS256","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;
    assert!(KeySet::from_json(&format!(r#"{{"keys":[{first},{secret}]}}"#)).is_err());
    // Another reader might take a key without an algorithm, or an unusable one, for the secret.
    for secret in [
        r#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
        r#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","kid":"h"}"#,
        r#"{"kty":"oct","k":""}"#,
    ] {
        let mixed = KeySet::from_json(&format!(r#"{{"keys":[{first},{secret}]}}"#)).unwrap_err();
        assert!(mixed.to_string().contains("mixes shared secrets with public keys"), "{mixed}");
    }
    // One of two keys with the same name is no better for being unusable here; a key for encryption is not meant.
    let kid = one.kid();
    for twin in [
        format!(r#"{{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"{kid}"}}"#),
        format!(r#"{{"kty":"RSA","n":"AA","e":"AQAB","alg":"RS256","kid":"{kid}"}}"#),
    ] {
        let error = KeySet::from_json(&format!(r#"{{"keys":[{first},{twin}]}}"#)).unwrap_err();
        assert!(error.to_string().contains("two keys have the kid"), "{error}");
    }
    let other = format!(r#"{{"kty":"RSA","n":"AA","e":"AQAB","use":"enc","kid":"{kid}"}}"#);
    assert!(KeySet::from_json(&format!(r#"{{"keys":[{first},{other}]}}"#)).is_ok());
    let for_encryption =
        r#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAA","use":"enc"},{"kty":"oct","k":"AA","alg":"A128KW"}"#;
    assert!(KeySet::from_json(&format!(r#"{{"keys":[{first},{for_encryption}]}}"#)).is_ok());
    assert!(KeySet::from_json(r#"{"keys":1}"#).is_err());
    assert!(KeySet::from_json("[]").is_err());
    assert_eq!(KeySet::from_json(r#"{"keys":[]}"#).unwrap().keys.len(), 0);
}

#[test]
fn keys_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<VerifyingKey>();
    shared::<SigningKey>();
}

#[test]
fn keys_for_pss_alone_verify_it_and_nothing_else() {
    let pem = include_str!("../../vectors/keys/rsapss2048.public.pem");
    for algorithm in [Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512] {
        assert_eq!(VerifyingKey::from_spki(pem.as_bytes(), Some(algorithm)).unwrap().algorithm(), algorithm);
    }
    let refused = |wanted| VerifyingKey::from_spki(pem.as_bytes(), wanted).unwrap_err();
    assert_eq!(refused(None), KeyError::AlgorithmNeeded);
    assert_eq!(refused(Some(Algorithm::Rs256)), KeyError::WrongAlgorithm(Algorithm::Rs256));
}

#[test]
fn the_line_of_an_openssh_key_is_the_same_key() {
    for (line, own, wanted) in [
        (include_str!("../../vectors/keys/openssh.ed25519.pub"), Algorithm::EdDsa, None),
        (include_str!("../../vectors/keys/openssh.ecdsa.pub"), Algorithm::Es256, None),
        (include_str!("../../vectors/keys/openssh.rsa.pub"), Algorithm::Ps512, Some(Algorithm::Ps512)),
    ] {
        let key = VerifyingKey::from_openssh_line(line, wanted).unwrap().unwrap();
        assert_eq!(key.algorithm(), own);
        let without_comment = line.trim_end().as_bytes();
        assert!(key.encodings().iter().any(|(_, form)| form == without_comment), "it is written as it was read");
        let commented = format!("{} alice@example.com\n", line.trim_end());
        let again = VerifyingKey::from_openssh_line(&commented, wanted).unwrap().unwrap();
        assert_eq!(again.thumbprint(), key.thumbprint());
    }
    let dsa = "ssh-dss AAAAB3NzaC1kc3M=";
    let error = VerifyingKey::from_openssh_line(dsa, None).unwrap().unwrap_err();
    assert_eq!(error, KeyError::UnsupportedType("ssh-dss".to_owned()));
    for text in ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa AAAAB3NzaC1kc3M=", "correct horse battery"] {
        assert!(VerifyingKey::from_openssh_line(text, None).is_none(), "{text}");
    }
}
