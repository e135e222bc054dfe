//! Secrets with something around them, and the diagnosis's diagnosis.

use super::*;

fn diagnosed(signed_with: &[u8], given_as: &str, form: SecretForm) -> Report {
    let report = judge(&with_secret(signed_with), given_as, form);
    assert_eq!(report.signature.state, SignatureState::Mismatch, "{given_as}");
    report
}

#[test]
fn hexadecimal_is_read_with_a_prefix_and_with_colons() {
    for text in ["0xdeadBEEF", "0XDEADBEEF", "de:ad:be:ef", "DE-AD-BE-EF", "dead beef", "dead:beef"] {
        assert_verified(&judge(&with_secret(b"\xde\xad\xbe\xef"), text, SecretForm::Hex));
        let report = diagnosed(b"\xde\xad\xbe\xef", text, SecretForm::Text);
        assert_eq!(super::given(&report).remedy, Some(Remedy::ReadAsHex), "{text}");
    }
    for text in ["0x", "0xdeadbee", "d:e:a:d", "x0dead", "0x0xdead", "ded:ad"] {
        let report = judge(&with_secret(b"\xde\xad"), text, SecretForm::Hex);
        assert_ne!(report.signature.state, SignatureState::Verified, "{text}");
    }
}

#[test]
fn what_settings_files_and_editors_put_around_a_secret_is_found_out() {
    let bytes = b"\x00\xff secret bytes of any kind, 32+";
    let base64 = "AP8gc2VjcmV0IGJ5dGVzIG9mIGFueSBraW5kLCAzMis=";
    let (text, hex) = (SecretForm::Text, SecretForm::Hex);
    let wrapped = base64.replace("dGVz", "dGVz\r\n");
    for (signed_with, given_as, form, changes) in [
        (&b"pass phrase"[..], "\"pass phrase\"", text, "without the quotes around it"),
        (b"pass phrase", "'pass phrase'\n", text, "without the quotes around it"),
        (b"pass phrase", "JWT_SECRET=pass phrase", text, "without the name in front of it"),
        (
            b"pass phrase",
            "export JWT_SECRET=\"pass phrase\"",
            text,
            "without the name in front of it and the quotes around it",
        ),
        (b"pass phrase\r\n", "pass phrase", text, "with a line break of Windows after it (CR and LF)"),
        (b"pass phrase\n", "\"pass phrase\"", text, "without the quotes around it, with a line break after it"),
        (bytes, &format!("\"{base64}\""), text, "read as base64, without the quotes around it"),
        (base64.as_bytes(), &wrapped, text, "without the line breaks in it"),
        (base64.as_bytes(), &format!("{base64}\n"), hex, "read as plain text"),
        (b"pass phrase", "cGFzcyBwaHJhc2UK", SecretForm::Base64, "without the line break that was encoded with it"),
        (
            b"pass phrase",
            "cGFzcyBwaHJhc2UNCg==",
            text,
            "read as base64, without the line break that was encoded with it",
        ),
    ] {
        let report = diagnosed_or_no_key(signed_with, given_as, form);
        assert_eq!(report.signature.reason, format!("Matches the secret {changes}"), "{given_as}");
        assert_eq!(super::given(&report).remedy, None);
    }
    let report = diagnosed(bytes, &wrapped, text);
    assert_eq!(super::given(&report).remedy, Some(Remedy::ReadAsBase64));
}

/// Text that is not hexadecimal is not a key at all.
fn diagnosed_or_no_key(signed_with: &[u8], given_as: &str, form: SecretForm) -> Report {
    let report = judge(&with_secret(signed_with), given_as, form);
    let step = report.trace.iter().find(|step| step.check == Check::Signature).unwrap();
    if report.signature.state == SignatureState::Mismatch {
        assert!(step.fix.starts_with("Take the secret "), "{}", step.fix);
    } else {
        assert_eq!((form, report.signature.state), (SecretForm::Hex, SignatureState::NoKey));
        assert_eq!(report.verdict.detail, "Signature not accepted: see check 4 of 9");
        assert_eq!(step.reason, report.signature.reason);
    }
    report
}

#[test]
fn a_secret_in_another_character_set_or_out_of_a_url_is_found_out() {
    let utf16: Vec<u8> = "geheim".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (signed_with, given_as, words) in [
        (
            &b"a+b/c=long enough to be a secret"[..],
            "a%2Bb%2Fc%3Dlong%20enough%20to%20be%20a%20secret",
            "percent-decoded",
        ),
        (b"schl\xfcssel", "schlüssel", "Latin-1"),
        (&utf16, "geheim", "UTF-16, as .NET's Encoding.Unicode is"),
    ] {
        let report = diagnosed(signed_with, given_as, SecretForm::Text);
        assert!(report.signature.reason.contains(words), "{}", report.signature.reason);
    }
}

#[test]
fn a_signature_that_was_cut_or_has_more_at_its_end_is_called_that() {
    let token = with_secret(b"pass phrase");
    let cut = text(&token[..token.len() - 3], "pass phrase");
    assert!(cut.signature.reason.starts_with("Only the first 30 of 32 bytes are there"), "{}", cut.signature.reason);
    assert_eq!(cut.verdict.outcome, VerdictOutcome::Rejected);
    let other = text(&token[..token.len() - 3], "pass phrases");
    assert!(!other.signature.reason.starts_with("Only the first"), "{}", other.signature.reason);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let mut bytes = jose::base64url::decode(signature).bytes;
    bytes.extend([1, 2]);
    let longer = text(&format!("{input}.{}", jose::base64url::encode(&bytes)), "pass phrase");
    assert!(longer.signature.reason.contains("bytes after its end"), "{}", longer.signature.reason);
    assert_eq!(longer.verdict.outcome, VerdictOutcome::Rejected);
}

#[test]
fn a_secret_that_only_looks_like_a_setting_is_one() {
    assert_verified(&text(&with_secret(b"JWT_SECRET=pass"), "JWT_SECRET=pass"));
    assert_verified(&text(&with_secret(b"\"pass\""), "\"pass\""));
    assert_verified(&text(&with_secret(b"[1,2]"), "[1,2]"));
    assert_verified(&text(&with_secret(b"-----BEGIN MY SECRET-----"), "-----BEGIN MY SECRET-----"));
}

#[test]
fn a_short_secret_that_does_not_match_is_not_called_weak() {
    let weak = |report: &Report| report.findings.iter().any(|finding| finding.id == "weak_secret");
    assert!(!weak(&text(&with_secret(b"something else entirely, but long"), "oops")));
    assert!(!weak(&text(&with_pem(RSA, Algorithm::Rs256), "abc")));
    assert!(weak(&text(&with_secret(b"oops"), "oops")));
}

#[test]
fn a_zlib_stream_inside_an_encrypted_token_is_read_and_it_is_said() {
    use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
    use jose::base64url::encode;
    use std::io::Write;

    let header = encode(br#"{"alg":"dir","enc":"A128GCM","zip":"DEF"}"#);
    let seal = |plain: &[u8]| {
        let mut text = plain.to_vec();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &[1; 16]).unwrap());
        let nonce = Nonce::assume_unique_for_key([7; 12]);
        let tag = key.seal_in_place_separate_tag(nonce, Aad::from(header.as_bytes()), &mut text).unwrap();
        let parts = [&[7; 12][..], &text, tag.as_ref()].map(encode);
        judge(&format!("{header}..{}", parts.join(".")), &"01".repeat(16), SecretForm::Hex)
    };
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(br#"{"sub":"alice"}"#).unwrap();
    let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    bare.write_all(br#"{"sub":"alice"}"#).unwrap();
    let bare = bare.finish().unwrap();
    for (plain, is_told) in [(&zlib.finish().unwrap()[..], true), (&bare, false)] {
        let report = seal(plain);
        assert_eq!((&*report.verdict.title, &*report.claims[0].name), ("Decrypted", "sub"));
        assert_eq!(report.trace[0].fix, "Send a signed token: nothing inside of this one is signed");
        assert_eq!(report.findings.iter().any(|finding| finding.id == "zlib_for_deflate"), is_told);
    }
    let followed = seal(&[&bare[..], b"x"].concat());
    assert!(super::given(&followed).problem.as_deref().unwrap().starts_with("Bytes follow the compressed content"));
}
