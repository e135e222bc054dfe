//! Importing and exporting keys.

use super::super::{ExportError, Imported, KeyImportError};
use super::*;

const RSA: &str = include_str!("../../../../jose/vectors/keys/rsa2048.pkcs1.pem");
const RSA_PUBLIC: &str = include_str!("../../../../jose/vectors/keys/rsa2048.public.pem");
const P256: &str = include_str!("../../../../jose/vectors/keys/p256.sec1.pem");
const P256_PUBLIC: &str = include_str!("../../../../jose/vectors/keys/p256.public.pem");
const P384: &str = include_str!("../../../../jose/vectors/keys/p384.sec1.pem");
const P384_PUBLIC: &str = include_str!("../../../../jose/vectors/keys/p384.public.pem");
const ED25519: &str = include_str!("../../../../jose/vectors/keys/ed25519.pkcs8.pem");
const ED25519_PUBLIC: &str = include_str!("../../../../jose/vectors/keys/ed25519.public.pem");
const ENCRYPTED: &str = include_str!("../../../../jose/vectors/keys/rsa2048.encrypted.pem");
const SHORT_RSA: &str = include_str!("../../../../jose/vectors/keys/rsa1024.pkcs8.pem");
/// RFC 7515 A.3, with a `kid`.
const EC_JWK: &str = r#"{"kty":"EC","crv":"P-256","kid":"issuer/2024 \"a\"",
 "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
 "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
const SECRET_JWK: &str =
    r#"{"kty":"oct","alg":"HS256","kid":"shared","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}"#;

#[test]
fn what_comes_in_signs_and_goes_out_as_the_same_key() {
    let bench = Bench::new();
    bench.token();
    assert_eq!(bench.key(Purpose::Access).algorithm(), Algorithm::Es256, "a new profile's key");
    let rsa = bench.engine.rotate_key(Purpose::Access, Some(Algorithm::Rs256)).unwrap();
    let public: serde_json::Value = serde_json::from_str(&bench.engine.export_public(&rsa.kid).unwrap().jwk).unwrap();
    assert_eq!(public["n"].as_str().unwrap().len(), 512, "3072 bits in base64url");
    for (input, public, algorithm) in [
        (RSA, RSA_PUBLIC, Algorithm::Ps256),
        (P256, P256_PUBLIC, Algorithm::Es256),
        (P384, P384_PUBLIC, Algorithm::Es384),
        (ED25519, ED25519_PUBLIC, Algorithm::EdDsa),
    ] {
        let (_, before) = bench.token();
        let Imported { key, short_rsa_bits } = bench.engine.import_key(input.as_bytes(), Some(algorithm)).unwrap();
        assert_eq!(short_rsa_bits, (algorithm == Algorithm::Ps256).then_some(2048));
        assert_eq!((key.purpose, key.algorithm, key.state), (Purpose::Access, algorithm, KeyState::Active));
        let (token, kid) = bench.token();
        assert_eq!(kid, key.kid);
        assert!(bench.verifies(&token, &kid));
        assert_eq!(bench.state(&before), KeyState::Retiring);
        let out = bench.engine.export_public(&kid).unwrap();
        assert_eq!(out.pem, public);
        let read = jose::VerifyingKey::from_jwk(&out.jwk, None).unwrap();
        assert_eq!((read.kid(), read.thumbprint().as_deref()), (Some(&*kid), Some(&*kid)));
        let private = bench.engine.dangerous_export_private(&kid).unwrap();
        assert!(private.expose().starts_with("-----BEGIN PRIVATE KEY-----\n"));
        assert_eq!(format!("{private:?}"), "SecretText(redacted)");
        let elsewhere = Bench::new();
        let again = elsewhere.engine.import_key(private.expose().as_bytes(), Some(algorithm)).unwrap().key;
        assert_eq!(again.kid, kid);
        assert!(bench.verifies(&elsewhere.token().0, &kid));
    }
    bench.assert_whole();
    let (kind, subject) = bench.events().pop().unwrap();
    assert_eq!((&*kind, subject), ("key_exported", bench.token().1), "that it was shown is known");
    assert!(bench.events().iter().any(|(kind, _)| kind == "key_imported"));
}

#[test]
fn a_jwk_keeps_its_name_and_a_shared_secret_gets_one() {
    let bench = Bench::new();
    let key = bench.engine.import_key(EC_JWK.as_bytes(), None).unwrap().key;
    assert_eq!(key.kid, "issuer/2024 \"a\"");
    let (token, kid) = bench.token();
    assert!(bench.verifies(&token, &kid));
    assert!(bench.vault.entries().iter().all(|entry| !entry.contains("issuer")), "the name stays out of the keyring");

    let key = bench.engine.import_key(SECRET_JWK.as_bytes(), None).unwrap().key;
    assert_eq!((key.algorithm, key.kid.len()), (Algorithm::Hs256, 22));
    assert!(!bench.is_published(&key.kid));
    assert_eq!(bench.engine.export_public(&key.kid), Err(ExportError::NoPublicPart(key.kid.clone())));
    let out = bench.engine.dangerous_export_private(&key.kid).unwrap();
    let read = PrivateKey::read(out.expose().as_bytes(), None).unwrap();
    assert_eq!((read.bytes(), read.kid()), (&b"0123456789abcdef0123456789abcdef"[..], Some(&*key.kid)));
    bench.assert_whole();
    let files = bench.files();
    for secret in ["0123456789abcdef", "MDEyMzQ1Njc4", "jpsQnnGQmL"] {
        assert!(!files.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[test]
fn what_may_not_come_in_is_refused_with_the_reason_and_changes_nothing() {
    let bench = Bench::new();
    let (_, kid) = bench.token();
    let short_secret = SECRET_JWK.replace("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY", "MDEyMw");
    let off_curve = EC_JWK.replace("f83OJ3", "f83OJ4");
    let mixed = EC_JWK.replace("jpsQnn", "jpsQnm");
    let control = EC_JWK.replace("issuer/2024", r"issuer\u0000");
    let long = EC_JWK.replace("issuer/2024", &"x".repeat(129));
    let same_name = EC_JWK.replace(r#"issuer/2024 \"a\""#, &kid);
    for (input, algorithm, reason) in [
        (
            SHORT_RSA,
            Some(Algorithm::Rs256),
            "This key cannot be used: RS256 needs at least 2048 bits, this key has 1024",
        ),
        (ENCRYPTED, Some(Algorithm::Rs256), "is encrypted: give its passphrase"),
        (P256_PUBLIC, None, "only the public part; the private key is needed"),
        (RSA, None, "fits several algorithms: name one"),
        (RSA, Some(Algorithm::Rs512), "Access tokens of this profile are not signed with RS512"),
        (&short_secret, None, "HS256 needs at least 256 bits, this key has 32"),
        (&off_curve, None, "the coordinates are not a point of the curve"),
        (&mixed, None, "the private part does not belong to the public part"),
        (&control, None, "1 to 128 bytes and no invisible characters"),
        (&long, None, "1 to 128 bytes and no invisible characters"),
        (&same_name, None, "This profile has that key already"),
        ("hello", None, "neither PEM, DER nor a JWK"),
    ] {
        let error = bench.engine.import_key(input.as_bytes(), algorithm).unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("jpsQnn") && !shown.contains("MDEy"), "{shown}");
    }
    assert_eq!((bench.token().1, bench.engine.keys().unwrap().len(), bench.vault.entries().len()), (kid, 1, 1));
}

#[test]
fn a_key_comes_in_once_and_a_retired_one_does_not_come_back() {
    let bench = Bench::new();
    let key = bench.engine.import_key(P256.as_bytes(), None).unwrap().key;
    let again = || bench.engine.import_key(P256.as_bytes(), None);
    assert_eq!(again(), Err(KeyImportError::Known { kid: key.kid.clone() }));
    bench.assert_whole();
    bench.rotate(Purpose::Access);
    bench.engine.retire_key(&key.kid).unwrap();
    assert_eq!(again(), Err(KeyImportError::Known { kid: key.kid.clone() }));
    let gone = bench.engine.dangerous_export_private(&key.kid).err();
    assert_eq!(gone, Some(ExportError::Retired(key.kid.clone())));
    assert_eq!(bench.engine.export_public(&key.kid).unwrap().pem, P256_PUBLIC);
    assert_eq!(bench.engine.export_public("nobody's"), Err(ExportError::NotFound("nobody's".into())));
}

#[test]
fn one_key_brought_in_by_many_at_once_is_one_key_and_keeps_its_private_part() {
    let bench = Bench::new();
    let other = bench.another_process(2);
    let mut came_in = 0;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|n| {
                let app = if n % 2 == 0 { &bench } else { &other };
                scope.spawn(move || app.engine.import_key(P256.as_bytes(), None))
            })
            .collect();
        for thread in threads {
            match thread.join().unwrap() {
                Ok(_) => came_in += 1,
                Err(error) => assert!(matches!(error, KeyImportError::Known { .. }), "{error}"),
            }
        }
    });
    assert_eq!(came_in, 1);
    bench.assert_whole();
}

#[test]
fn a_key_that_came_in_just_before_the_end_signs_after_the_next_start() {
    let bench = Bench::new();
    bench.sql("CREATE TRIGGER stop BEFORE UPDATE ON signing_keys BEGIN SELECT RAISE(ABORT, 'stopped'); END");
    assert!(bench.engine.import_key(P256.as_bytes(), None).is_err());
    bench.sql("DROP TRIGGER stop");
    let later = bench.another_process(2);
    let (token, kid) = later.token();
    assert_eq!(bench.engine.export_public(&kid).unwrap().pem, P256_PUBLIC);
    assert!(later.verifies(&token, &kid));
    bench.assert_whole();
}
