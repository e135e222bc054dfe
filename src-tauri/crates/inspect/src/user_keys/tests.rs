//! Tests of what users enter as a key, and what they are told.

mod diagnosis;
mod disguised;
mod foreign;
mod keys;
mod secrets;

use super::*;
use crate::check;
use crate::testing::{NOW, evidence, key, no_key, signing_key};
use crate::{parse, report::Remedy};
use jose::key::PrivateKey;
use jose::{Algorithm, Policy, SigningKey};

const RSA: &str = include_str!("../../../jose/vectors/keys/rsa2048.pkcs8.pem");
const RSA_PKCS1: &str = include_str!("../../../jose/vectors/keys/rsa2048.pkcs1.pem");
const RSA_PUBLIC: &str = include_str!("../../../jose/vectors/keys/rsa2048.public.pem");
const ENCRYPTED: &str = include_str!("../../../jose/vectors/keys/rsa2048.encrypted.pem");
const P256: &str = include_str!("../../../jose/vectors/keys/p256.sec1.pem");
const CERTIFICATE: &str = include_str!("../../../jose/vectors/keys/p256.certificate.pem");
const SECRET: &str = "b64-looking-secret-of-32-bytes-xx==";

fn judge(token: &str, key: &str, form: SecretForm) -> Report {
    let policy = Policy { algorithms: Algorithm::ALL.to_vec(), ..Policy::default() };
    check_with_user_key(&parse(token), &UserKey::new(key, form), &evidence(policy, no_key()))
}

fn text(token: &str, key: &str) -> Report {
    judge(token, key, SecretForm::Text)
}

fn claims() -> String {
    format!(r#"{{"sub":"alice","exp":{}}}"#, NOW + 900)
}

fn with_secret(secret: &[u8]) -> String {
    SigningKey::dangerous_from_hmac(Algorithm::Hs256, secret, "k").unwrap().sign("at+jwt", &claims()).unwrap()
}

fn with_pem(pem: &str, algorithm: Algorithm) -> String {
    let key = PrivateKey::read(pem.as_bytes(), Some(algorithm)).unwrap().signing_key(None).unwrap();
    key.sign("at+jwt", &claims()).unwrap()
}

fn given(report: &Report) -> &UserKeyReport {
    report.user_key.as_ref().unwrap()
}

fn assert_verified(report: &Report) {
    assert_eq!(report.signature.state, SignatureState::Verified, "{} {:?}", report.signature.reason, report.user_key);
}

#[test]
fn what_signs_is_checked_by_what_was_given() {
    let jwk = format!(r#"{{"kty":"oct","k":"{}","kid":"mine","alg":"HS512"}}"#, "A".repeat(86));
    for (text, wanted, algorithm, kid) in [
        (RSA, Some(Algorithm::Ps384), Algorithm::Ps384, "theirs"),
        (RSA_PKCS1, None, Algorithm::Rs256, "theirs"),
        (P256, Some(Algorithm::Hs256), Algorithm::Es256, "theirs"),
        (&RSA.replace('\n', "\\n"), Some(Algorithm::Rs256), Algorithm::Rs256, "theirs"),
        ("secret", Some(Algorithm::Hs384), Algorithm::Hs384, "theirs"),
        ("secret", Some(Algorithm::Es256), Algorithm::Hs256, "theirs"),
        (&jwk, None, Algorithm::Hs512, "mine"),
    ] {
        let given = UserKey::new(text, SecretForm::Text);
        let key = given.signing_key(wanted, Some("theirs")).unwrap();
        assert_eq!((key.algorithm(), key.kid()), (algorithm, kid));
        let token = parse(&key.sign("JWT", "{}").unwrap());
        let report = check_with_user_key(&token, &given, &evidence(Policy::default(), no_key()));
        assert_eq!(report.signature.state, SignatureState::Verified, "{algorithm}: {}", report.signature.reason);
    }
    assert_eq!(UserKey::new("secret", SecretForm::Text).signing_key(None, None).unwrap().kid(), "");
}

#[test]
fn what_cannot_sign_says_why() {
    for (text, form, reason) in [
        (RSA_PUBLIC, SecretForm::Text, "public"),
        (CERTIFICATE, SecretForm::Text, "public"),
        (ENCRYPTED, SecretForm::Text, "ncrypted"),
        (" ", SecretForm::Text, "Type a secret"),
        ("zz", SecretForm::Hex, "not hexadecimal"),
        (r#"{"keys":[]}"#, SecretForm::Text, "set of keys"),
        (r#"{"kty":"oct","k":"c2hvcnQ","alg":"HS512"}"#, SecretForm::Text, "at least 512 bits"),
    ] {
        let error = UserKey::new(text, form).signing_key(Some(Algorithm::Rs256), None).unwrap_err();
        assert!(error.contains(reason), "{error}");
        assert!(error.chars().next().is_some_and(char::is_uppercase), "{error}");
    }
}

#[test]
fn a_secret_is_read_as_it_is_said_to_be() {
    let token = with_secret(b"\x00\xff secret bytes of any kind, 32+");
    for (key, form) in [
        ("AP8gc2VjcmV0IGJ5dGVzIG9mIGFueSBraW5kLCAzMis=", SecretForm::Base64),
        ("AP8gc2VjcmV0IGJ5dGVzIG9mIGFueSBraW5kLCAzMis", SecretForm::Base64),
        ("00FF20736563726574206279746573206f6620616e79206b696e642c2033322b", SecretForm::Hex),
    ] {
        let report = judge(&token, key, form);
        assert_verified(&report);
        assert_eq!(given(&report).summary, "Secret, 32 bytes");
        assert_eq!(report.verdict.title, "Accepted");
    }
    assert_verified(&text(&with_secret(SECRET.as_bytes()), SECRET));
}

#[test]
fn the_diagnosis_names_the_change_that_makes_a_secret_match() {
    let bytes = crate::decoding::base64("c2VjcmV0LW9mLTMyLWJ5dGVzLWluLWJhc2U2NA").unwrap();
    for (signed_with, given_as, form, remedy, words) in [
        (
            &bytes[..],
            "c2VjcmV0LW9mLTMyLWJ5dGVzLWluLWJhc2U2NA",
            SecretForm::Text,
            Remedy::ReadAsBase64,
            "read as base64",
        ),
        (b"deadbeef", "deadbeef", SecretForm::Hex, Remedy::ReadAsText, "read as plain text"),
        (b"\xde\xad\xbe\xef", "deadbeef", SecretForm::Text, Remedy::ReadAsHex, "read as hexadecimal"),
        (b"pass phrase", " pass phrase ", SecretForm::Text, Remedy::Trim, "without the white space"),
        (b"pass phrase\n", "pass phrase", SecretForm::Text, Remedy::AddLineBreak, "`echo` without `-n`"),
    ] {
        let report = judge(&with_secret(signed_with), given_as, form);
        assert_eq!(report.signature.state, SignatureState::Mismatch);
        assert_eq!(given(&report).remedy, Some(remedy));
        assert!(report.signature.reason.contains(words), "{}", report.signature.reason);
        let step = report.trace.iter().find(|step| step.check == Check::Signature).unwrap();
        assert_eq!((&*step.reason, step.outcome), (&*report.signature.reason, Outcome::Fail));
        assert!(!step.fix.is_empty());
    }
    let report = text(&with_secret(b"something else entirely"), "wrong");
    assert_eq!((report.signature.state, given(&report).remedy), (SignatureState::Mismatch, None));
}

#[test]
fn every_form_of_a_public_key_verifies_and_a_private_one_does_with_its_public_half() {
    let rsa = with_pem(RSA, Algorithm::Rs256);
    let ec = with_pem(P256, Algorithm::Es256);
    for (token, key, summary) in [
        (&rsa, RSA_PUBLIC, "Public key, RS256"),
        (&rsa, RSA, "Private key, RS256"),
        (&rsa, RSA_PKCS1, "Private key, RS256"),
        (&with_pem(RSA, Algorithm::Ps384), RSA_PUBLIC, "Public key, PS384"),
        (&ec, CERTIFICATE, "Certificate, ES256"),
        (&ec, P256, "Private key, ES256"),
    ] {
        let report = text(token, key);
        assert_verified(&report);
        assert_eq!((given(&report).summary.as_str(), &given(&report).repairs), (summary, &Vec::new()));
    }
    let jwk = key().public_jwk().unwrap();
    let token = key().sign("at+jwt", &claims()).unwrap();
    assert_verified(&text(&token, &jwk));
    assert_verified(&text(&token, &format!(r#"{{"keys":[{jwk}]}}"#)));
}

#[test]
fn pem_that_lost_its_shape_is_put_back() {
    let token = with_pem(RSA, Algorithm::Rs256);
    let body: String = RSA_PUBLIC.lines().filter(|line| !line.starts_with('-')).collect();
    for (broken, word) in [
        (RSA_PUBLIC.trim().replace('\n', "\\n"), "written out"),
        (format!("\"{}\"", RSA_PUBLIC.trim().replace('\n', "\\r\\n")), "written out"),
        (format!("-----BEGIN PUBLIC KEY-----{body}-----END PUBLIC KEY-----"), "one line"),
        (format!("BEGIN PUBLIC KEY\n{body}\nEND PUBLIC KEY"), "Dashes"),
        (format!("-----BEGIN PUBLIC KEY-----\n{body}"), "last line"),
        (body, "first and last line"),
    ] {
        let report = text(&token, &broken);
        assert_verified(&report);
        assert!(given(&report).repairs.iter().any(|repair| repair.contains(word)), "{:?}", given(&report).repairs);
    }
    let windows = text(&token, &RSA_PUBLIC.replace('\n', "\r\n"));
    assert_verified(&windows);
    assert!(given(&windows).repairs.is_empty(), "line breaks of Windows are no damage");
}

#[test]
fn a_token_signed_with_the_public_key_as_its_secret_is_a_critical_finding_and_never_verified() {
    let token = with_secret(RSA_PUBLIC.as_bytes());
    for key in [RSA_PUBLIC, RSA_PUBLIC.trim()] {
        let report = text(&token, key);
        assert_ne!(report.signature.state, SignatureState::Verified);
        assert_eq!(report.verdict.title, "Rejected");
        let finding = report.findings.first().unwrap();
        assert_eq!((finding.id, finding.severity), ("public_key_as_secret", Severity::Critical));
    }
}

#[test]
fn a_der_signature_is_recognised() {
    let token = with_pem(P256, Algorithm::Es256);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let raw = jose::base64url::decode_strict(signature).unwrap();
    let number = |bytes: &[u8]| {
        let significant: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
        let sign: &[u8] = if significant[0] >= 0x80 { &[0] } else { &[] };
        [&[2, u8::try_from(sign.len() + significant.len()).unwrap()], sign, &significant].concat()
    };
    let numbers = [number(&raw[..32]), number(&raw[32..])].concat();
    let der = [&[0x30, u8::try_from(numbers.len()).unwrap()], &numbers[..]].concat();
    let report = text(&format!("{input}.{}", jose::base64url::encode(&der)), P256);
    assert_eq!(report.signature.state, SignatureState::Mismatch);
    assert!(report.signature.reason.starts_with("The signature is DER"), "{}", report.signature.reason);
}

#[test]
fn a_set_is_searched_by_kid_and_then_tried() {
    let (one, two) = (signing_key(Algorithm::Es256), signing_key(Algorithm::Es256).with_kid("two"));
    let set = format!(r#"{{"keys":[{},{}]}}"#, one.public_jwk().unwrap(), two.public_jwk().unwrap());
    assert_verified(&text(&two.sign("at+jwt", &claims()).unwrap(), &set));
    let stranger = signing_key(Algorithm::Es256).with_kid("two").sign("at+jwt", &claims()).unwrap();
    assert_eq!(text(&stranger, &set).signature.state, SignatureState::Mismatch);

    let wrong_name = two.dangerous_sign(&format!(r#"{{"alg":"ES256","kid":{:?}}}"#, one.kid()), claims().as_bytes());
    let report = text(&wrong_name.unwrap(), &set);
    assert_eq!(report.signature.reason, "Matches the key two of the set, which is not the one the header names");
    let unknown = two.dangerous_sign(r#"{"alg":"ES256","kid":"three"}"#, claims().as_bytes()).unwrap();
    let report = text(&unknown, &set);
    assert_eq!(given(&report).problem.as_deref(), Some("No key of the set has the kid three"));
    assert_eq!(report.signature.state, SignatureState::NoKey);
    assert_verified(&text(&two.dangerous_sign(r#"{"alg":"ES256"}"#, claims().as_bytes()).unwrap(), &set));
}

#[test]
fn what_cannot_be_a_key_says_why() {
    let token = with_pem(RSA, Algorithm::Rs256);
    for (key, form, problem) in [
        ("", SecretForm::Text, "Type a secret"),
        ("xyz", SecretForm::Hex, "The secret is not hexadecimal"),
        ("a b!", SecretForm::Base64, "The secret is not base64"),
        ("secret", SecretForm::Text, "This reads as a secret; RS256 needs a public key: paste it"),
        (ENCRYPTED, SecretForm::Text, "The private key is encrypted"),
        ("{\"kty\":\"EC\"}", SecretForm::Text, "The member `crv` is missing"),
        ("{\"keys\":[]}", SecretForm::Text, "No key of the set"),
        ("{", SecretForm::Text, "Not a readable key"),
    ] {
        let report = judge(&token, key, form);
        assert_ne!(report.signature.state, SignatureState::Verified);
        let said = given(&report).problem.as_deref().unwrap();
        assert!(said.starts_with(problem), "{said}");
    }
}

#[test]
fn a_key_that_the_token_brings_along_stays_unused() {
    let header = format!(r#"{{"alg":"ES256","jwk":{}}}"#, key().public_jwk().unwrap());
    let token = key().dangerous_sign(&header, claims().as_bytes()).unwrap();
    let report = text(&token, &signing_key(Algorithm::Es256).public_jwk().unwrap());
    assert_eq!(report.signature.state, SignatureState::Mismatch);
}

#[test]
fn a_secret_from_a_tutorial_is_found_without_being_given() {
    let token = with_secret(b"your-256-bit-secret");
    let report = check(&parse(&token), &evidence(Policy::default(), no_key()));
    let finding = report.findings.iter().find(|finding| finding.id == "well_known_secret").unwrap();
    assert!(finding.message.contains("`your-256-bit-secret`"));
    let report = text(&with_secret(SECRET.as_bytes()), SECRET);
    assert!(report.findings.iter().all(|finding| finding.id != "well_known_secret"));
}

#[test]
fn the_secret_is_never_in_the_report() {
    let report = text(&with_secret(SECRET.as_bytes()), &format!("{SECRET} "));
    assert!(!format!("{report:?}").contains(SECRET));
    assert!(!format!("{:?}", UserKey::new(SECRET, SecretForm::Text)).contains(SECRET));
}

#[test]
fn only_a_public_key_as_the_secret_is_confusion() {
    let jwk = r#"{"kty":"oct","alg":"HS256","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}"#;
    for text_of_key in [RSA, jwk, ENCRYPTED] {
        let report = text(&with_secret(text_of_key.as_bytes()), text_of_key);
        assert!(report.findings.iter().all(|finding| finding.id != "public_key_as_secret"), "{text_of_key}");
        assert!(report.signature.reason.contains("text of this key file"), "{}", report.signature.reason);
    }
}

#[test]
fn a_secret_may_look_like_json_and_base64_may_have_line_breaks() {
    assert_verified(&text(&with_secret(b"{kD8#x"), "{kD8#x"));
    let token = with_secret(b"\x00\xff secret bytes of any kind, 32+");
    assert_verified(&judge(&token, "AP8gc2VjcmV0IGJ5dGVz\nIG9mIGFueSBraW5kLCAzMis=\n", SecretForm::Base64));
    let report = judge(&with_secret(b"my secret"), "my secret ", SecretForm::Base64);
    assert_ne!(given(&report).remedy, Some(Remedy::Trim), "one change must be enough");
}

#[test]
fn damaged_pem_is_not_called_a_secret() {
    let token = with_pem(RSA, Algorithm::Rs256);
    let report = text(&token, &RSA_PUBLIC.replacen("MII", "MI!", 1));
    let problem = given(&report).problem.as_deref().unwrap();
    assert_eq!(problem, "What stands between the first and the last line of the PUBLIC KEY is not base64");
    let quoted: String = RSA_PUBLIC.lines().map(|line| format!("> {line}\n")).collect();
    assert_verified(&text(&token, &quoted));
    assert_verified(&text(&token, &RSA_PUBLIC.replace('\n', "\r\n").replace("-----BEGIN", "\u{FEFF}-----BEGIN")));
}

#[test]
fn a_key_of_another_kind_is_said_to_be_one_and_a_skipped_one_why() {
    let body: String = RSA_PUBLIC.lines().filter(|line| !line.starts_with('-')).collect();
    let report = text(&with_pem(P256, Algorithm::Es256), &body);
    assert_eq!(given(&report).summary, "Public key, RS256");
    let set = r#"{"keys":[{"kty":"RSA","kid":"A","n":"AQAB","e":"AQAB"}]}"#;
    let token = key().dangerous_sign(r#"{"alg":"ES256","kid":"A"}"#, claims().as_bytes()).unwrap();
    let report = text(&token, set);
    let problem = given(&report).problem.as_deref().unwrap();
    assert!(problem.starts_with("Key 1: "), "{problem}");
}

#[test]
fn nothing_is_diagnosed_where_nothing_can_be_checked() {
    let secret = b"secret-of-32-bytes-in-base64";
    let encoded = jose::base64url::encode(secret);
    let key = SigningKey::dangerous_from_hmac(Algorithm::Hs256, secret, "k").unwrap();
    let token = key.dangerous_sign(r#"{"alg":"HS256","b64":false}"#, claims().as_bytes()).unwrap();
    let report = text(&token, &encoded);
    assert_eq!((report.signature.state, given(&report).remedy), (SignatureState::Unsupported, None));
    assert!(report.signature.reason.contains("b64"), "{}", report.signature.reason);
}

#[test]
fn a_name_that_is_a_description_is_not_cut() {
    let report = text(&with_pem(RSA, Algorithm::Rs256), RSA_PUBLIC);
    assert_eq!(report.signature.reason, "256 bytes, verified with the public key (RS256)");
}

#[test]
fn who_is_told_that_a_signature_does_not_match_is_told_who_could_make_one() {
    let of = |report: &Report| {
        let step = report.trace.iter().find(|step| step.check == jose::judgement::Check::Signature).unwrap();
        (step.reason.to_string(), step.fix.to_string())
    };
    let mut forged = with_pem(RSA, Algorithm::Rs256);
    let last = forged.rfind('.').unwrap() + 1;
    forged.replace_range(last..=last, if forged[last..].starts_with('A') { "B" } else { "A" });
    let public =
        ("The signature does not match this RSA key", "Sign with the matching private key, or use the issuer's key");
    let secret = ("The signature does not match this secret", "Sign with this secret, or use the issuer's secret");
    for (report, (reason, fix)) in
        [(text(&forged, RSA_PUBLIC), public), (text(&with_secret(b"another"), "no secret"), secret)]
    {
        assert_eq!(of(&report), (reason.to_owned(), fix.to_owned()));
    }
}

#[test]
fn neither_many_keys_nor_a_long_token_make_it_slow() {
    let many = format!("{{\"keys\":[{}]}}", vec![r#"{"kty":"oct","alg":"HS256","k":"YQ"}"#; 300].join(","));
    let report = text(&with_secret(b"something else entirely"), &many);
    assert_eq!(given(&report).problem.as_deref(), Some("Not a readable key (it has more than 200 keys)"));
    let report = text(&with_secret(b"something else entirely"), &"x".repeat(300_000));
    assert_eq!(given(&report).problem.as_deref(), Some("A key or a set of keys has no more than 256 KiB"));
}
