//! Keys given as secrets, in every encoding, and keys that are also in the token.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

const EXPLICIT: &str = include_str!("../../../../jose/vectors/keys/p256.explicit.pem");
const P384_PUBLIC: &str = include_str!("../../../../jose/vectors/keys/p384.public.pem");
const OPENSSH_RSA: &str = include_str!("../../../../jose/vectors/keys/openssh.rsa.pub");
const ED25519_PUBLIC: &str = include_str!("../../../../jose/vectors/keys/ed25519.public.pem");
const X25519: &str = include_str!("../../../../jose/vectors/keys/x25519.pkcs8.pem");

/// The bytes of the last block, since OpenSSL writes a curve's parameters before its key.
fn der(pem: &str) -> Vec<u8> {
    let (_, block) = pem.rsplit_once("-----BEGIN ").unwrap();
    STANDARD.decode(block.lines().skip(1).filter(|line| !line.starts_with('-')).collect::<String>()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn modulus() -> Vec<u8> {
    // In the SubjectPublicKeyInfo the modulus follows 33 bytes of names, lengths and its sign.
    der(RSA_PUBLIC)[33..289].to_vec()
}

/// Asserts that it is called a key, does not verify what it signed as a secret, and signs nothing as one.
#[track_caller]
fn refused(secret: &[u8], given_as: &str, form: SecretForm, word: &str) {
    let report = judge(&with_secret(secret), given_as, form);
    assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted, "{word}");
    assert_ne!(report.signature.state, SignatureState::Verified, "{word}");
    let said = format!("{:?} {}", given(&report).problem, report.signature.reason);
    assert!(said.contains(word), "{said} lacks {word}");
    let signed = UserKey::new(given_as, form).signing_key(Some(Algorithm::Hs256), None);
    assert!(signed.is_err_and(|error| !error.is_empty()));
    let other = judge(&with_secret(b"something else entirely"), given_as, form);
    assert_ne!(other.verdict.outcome, VerdictOutcome::Accepted);
    let (summary, problem) = (&given(&other).summary, &given(&other).problem);
    assert!(problem.is_some() || !summary.starts_with("Secret"), "{word}: it is called a key before it signs anything");
}

/// JWT-04.
#[test]
fn a_key_in_any_encoding_is_called_a_key_and_never_verifies_as_a_secret() {
    let keys = [
        (der(RSA_PUBLIC), "DER"),
        (der(RSA_PUBLIC)[24..].to_vec(), "DER"),
        (der(CERTIFICATE), "DER"),
        ([der(CERTIFICATE), vec![0x30, 0]].concat(), "DER"),
        (der(P384_PUBLIC), "DER"),
        (der(ED25519_PUBLIC), "DER"),
        (der(RSA), "private key in DER"),
        (der(RSA_PKCS1), "private key in DER"),
        (der(P256), "private key in DER"),
        (der(EXPLICIT), "private key in DER"),
        (der(X25519), "private key in DER"),
        (der(P384_PUBLIC)[23..].to_vec(), "point"),
        (modulus(), "modulus"),
        ([vec![0], modulus()].concat(), "modulus"),
    ];
    for (bytes, word) in &keys {
        for text in [STANDARD.encode(bytes), URL_SAFE_NO_PAD.encode(bytes)] {
            refused(bytes, &text, SecretForm::Base64, word);
            refused(text.as_bytes(), &text, SecretForm::Text, word);
        }
        refused(bytes, &hex(bytes), SecretForm::Hex, word);
        refused(hex(bytes).as_bytes(), &hex(bytes), SecretForm::Text, word);
    }
}

/// JWT-04: self-describing keys, in the encodings used by configuration files, two of them at a time.
#[test]
fn a_key_of_any_form_is_found_through_the_encodings_around_it() {
    let ssh = STANDARD.decode(OPENSSH_RSA.split(' ').nth(1).unwrap()).unwrap();
    let jwk = key().public_jwk().unwrap();
    let point = &der(P384_PUBLIC)[23..];
    let compressed = [&[2 + (point[96] & 1)], &point[1..49]].concat();
    let utf16: Vec<u8> = RSA_PUBLIC.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let keys: [(Vec<u8>, &str); 9] = [
        (ssh, "OpenSSH"),
        (format!(r#"{{"keys":[{jwk}]}}"#).into_bytes(), "public JWK"),
        (format!("[{jwk}]").into_bytes(), "public JWK"),
        (format!(r#"["{}"]"#, STANDARD.encode(der(CERTIFICATE))).into_bytes(), "DER"),
        (compressed, "point"),
        (decimal(&modulus()).into_bytes(), "modulus"),
        (format!("Modulus={}\n", hex(&modulus()).to_uppercase()).into_bytes(), "modulus"),
        (utf16, "PEM"),
        (der(RSA_PUBLIC), "DER"),
    ];
    type Wrap = fn(&[u8]) -> String;
    let wraps: [Wrap; 4] = [
        |bytes| STANDARD.encode(bytes),
        |bytes| URL_SAFE_NO_PAD.encode(bytes),
        hex,
        |bytes| base32::encode(base32::Alphabet::Rfc4648 { padding: true }, bytes),
    ];
    for (bytes, word) in &keys {
        for inner in wraps {
            let text = inner(bytes);
            refused(text.as_bytes(), &text, SecretForm::Text, word);
            for outer in wraps {
                let text = outer(text.as_bytes());
                refused(text.as_bytes(), &text, SecretForm::Text, word);
            }
        }
        refused(bytes, &STANDARD.encode(bytes), SecretForm::Base64, word);
        refused(bytes, &hex(bytes), SecretForm::Hex, word);
    }
}

/// JWT-04: what `openssl rsa -modulus` prints, with its line break and without.
#[test]
fn a_modulus_as_openssl_writes_it_is_no_secret() {
    let digits = hex(&modulus()).to_uppercase();
    for text in [format!("Modulus={digits}\n"), format!("Modulus={digits}\r\n"), format!("Modulus={digits}")] {
        refused(text.as_bytes(), &text, SecretForm::Text, "modulus");
    }
    let short = "Modulus=00ff";
    let report = judge(&with_secret(short.as_bytes()), short, SecretForm::Text);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Accepted, "too short for a key");
}

/// The digits of a number, by long division.
fn decimal(number: &[u8]) -> String {
    let (mut number, mut digits) = (number.to_vec(), Vec::new());
    while number.iter().any(|byte| *byte > 0) {
        let mut rest = 0_u32;
        for byte in &mut number {
            rest = (rest << 8) | u32::from(*byte);
            *byte = u8::try_from(rest / 10).unwrap();
            rest %= 10;
        }
        digits.push(char::from_digit(rest, 10).unwrap());
    }
    digits.iter().rev().collect()
}

/// JWT-04.
#[test]
fn pem_of_every_label_and_damaged_pem_is_no_secret() {
    let body: String = CERTIFICATE.lines().filter(|line| !line.starts_with('-')).collect();
    for label in [
        "CERTIFICATE",
        "X509 CERTIFICATE",
        "TRUSTED CERTIFICATE",
        "CERTIFICATE REQUEST",
        "NEW CERTIFICATE REQUEST",
        "PUBLIC KEY",
        "RSA PUBLIC KEY",
        "EC PUBLIC KEY",
        "SSH2 PUBLIC KEY",
        "PGP PUBLIC KEY BLOCK",
    ] {
        for text in [
            format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"),
            format!("-----BEGIN {label}-----\n{}!\n-----END {label}-----", &body[..40]),
            format!("-----BEGIN {label}-----\n{}", &body[..41]),
            format!("-----BEGIN {label}-----"),
        ] {
            refused(text.as_bytes(), &text, SecretForm::Text, "");
            refused(text.as_bytes(), &STANDARD.encode(&text), SecretForm::Base64, "");
        }
    }
    let jwk = key().public_jwk().unwrap();
    let without_type = jwk.replacen("\"kty\":\"EC\",", "", 1);
    for text in [&jwk, &without_type] {
        refused(text.as_bytes(), text, SecretForm::Text, "");
        refused(text.as_bytes(), &STANDARD.encode(text), SecretForm::Base64, "JWK");
        let inside = format!(r#"{{"kty":"oct","alg":"HS256","k":"{}"}}"#, URL_SAFE_NO_PAD.encode(text));
        refused(text.as_bytes(), &inside, SecretForm::Text, "JWK");
        let set = format!(r#"{{"keys":[{inside}]}}"#);
        let report = super::text(&with_secret(text.as_bytes()), &set);
        assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted);
    }
}

#[test]
fn a_public_key_that_signed_as_a_secret_is_a_critical_finding() {
    for bytes in [der(RSA_PUBLIC), der(CERTIFICATE), modulus()] {
        let report = judge(&with_secret(&bytes), &STANDARD.encode(&bytes), SecretForm::Base64);
        assert_eq!(report.verdict.title, "Rejected", "{}", report.signature.reason);
        let finding = report.findings.first().unwrap();
        assert_eq!((finding.id, finding.severity), ("public_key_as_secret", Severity::Critical));
    }
}

#[test]
fn a_secret_stays_one() {
    let mut even = modulus();
    even[255] &= 0xfe;
    for bytes in [
        &[0x30; 64][..],
        &[4; 65],
        &even,
        &[0xff; 256],
        &modulus()[..128],
        b"KEY",
        b"-----BEGIN MY SECRET-----",
        b"0\x03abc",
    ] {
        assert_verified(&judge(&with_secret(bytes), &STANDARD.encode(bytes), SecretForm::Base64));
    }
    let jwk = format!(r#"{{"kty":"oct","alg":"HS256","k":"{}"}}"#, URL_SAFE_NO_PAD.encode(modulus()));
    assert_verified(&text(&with_secret(&modulus()), &jwk));
}

/// JWT-06.
#[test]
fn a_key_that_the_token_brings_along_proves_nothing_when_it_is_given_either() {
    let public = key().public_jwk().unwrap();
    let pem = key().verifying_key().public_pem().unwrap();
    let token = key().dangerous_sign(&format!(r#"{{"alg":"ES256","jwk":{public}}}"#), claims().as_bytes()).unwrap();
    let set = format!(r#"{{"keys":[{public}]}}"#);
    for given_as in [&public, &pem, &set] {
        let report = text(&token, given_as);
        assert_eq!(report.verdict.outcome, VerdictOutcome::NotVerified, "{given_as}");
        assert!(report.trace[2].reason.contains("brings this key along in jwk"), "{}", report.trace[2].reason);
    }
    let certificate: String = CERTIFICATE.lines().filter(|line| !line.starts_with('-')).collect();
    let signer = PrivateKey::read(P256.as_bytes(), None).unwrap().signing_key(None).unwrap();
    let header = format!(r#"{{"alg":"ES256","x5c":["{certificate}"]}}"#);
    let token = signer.dangerous_sign(&header, claims().as_bytes()).unwrap();
    assert_eq!(text(&token, CERTIFICATE).verdict.outcome, VerdictOutcome::NotVerified);
    let secret = r#"{"alg":"HS256","jwk":{"kty":"oct","k":"c29tZSBzZWNyZXQ"}}"#;
    let hmac = SigningKey::dangerous_from_hmac(Algorithm::Hs256, b"some secret", "k").unwrap();
    let token = hmac.dangerous_sign(secret, claims().as_bytes()).unwrap();
    assert_eq!(text(&token, "some secret").verdict.outcome, VerdictOutcome::NotVerified);
    let stranger = signing_key(Algorithm::Es256).public_jwk().unwrap();
    let token = key().dangerous_sign(&format!(r#"{{"alg":"ES256","jwk":{stranger}}}"#), claims().as_bytes()).unwrap();
    assert_eq!(
        text(&token, &public).verdict.outcome,
        VerdictOutcome::Accepted,
        "another key in the header is no matter"
    );
}
