//! Tests that texts which are not a JWT are identified, and that a JWT never is.

mod tokens;

use crate::report::{Format, Report, VerdictOutcome};
use crate::testing::{self, Draft};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

fn judge(text: &str) -> Report {
    Draft::new().judge(text)
}

/// The name and the title of a text, which is refused and nothing of it is taken for a header.
fn named(text: &str) -> (String, String) {
    let report = judge(text);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected, "{text}");
    assert_eq!((report.format, report.header.len(), report.segments.len()), (Format::Opaque, 0, 0), "{text}");
    assert_eq!((report.problems.len(), report.findings.len()), (1, 0), "{text}");
    let name = report.not_a_jwt.unwrap_or_else(|| panic!("{text} has no name: {:?}", report.problems));
    assert_eq!(report.summary, name);
    assert_eq!(report.trace[0].reason, format!("{name}, not a JWT"));
    assert!(report.problems[0].message.ends_with('.') && !report.trace[0].fix.is_empty());
    (name.into_owned(), report.problems[0].title.clone())
}

fn are_all(name: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(named(text).0, name, "{text}");
    }
}

fn claims(text: &str) -> Vec<(String, String)> {
    judge(text).claims.into_iter().map(|member| (member.name.to_string(), member.value.to_string())).collect()
}

#[test]
fn a_jwt_is_never_called_anything_else() {
    let token = Draft::new().token();
    let inner = token.split('.').collect::<Vec<_>>();
    for text in [
        token.clone(),
        format!("Authorization: Bearer {token}"),
        format!("Cookie: JSESSIONID=0123; sid={token}"),
        format!("ghp_0123456789012345678901234567890123456789 {token}"),
        format!("{}.{}", inner[0], inner[1]),
        inner[0].to_owned(),
        token[..token.len() - 20].to_owned(),
        // A header without `alg` is a header.
        format!("e30.{}.{}", inner[1], inner[2]),
        format!("eyB9.aGVsbG8.{}", inner[2]),
        format!("{{\"access_token\":\"{token}\",\"error\":null}}"),
    ] {
        let report = judge(&text);
        assert_eq!((report.not_a_jwt, report.format), (None, Format::JwsCompact), "{text}");
    }
}

#[test]
fn a_place_that_was_not_filled_says_so() {
    for word in ["null", "undefined", "None", "nil", "NaN", "<nil>", "(null)", "[object Object]", "false"] {
        for text in [word.to_owned(), format!("Authorization: Bearer {word}"), format!("\"{word}\"\n")] {
            let (name, title) = named(&text);
            let expected = format!("The client sent the word {word}: it had no token");
            assert_eq!((name, title), (format!("The word {word}"), expected), "{text}");
        }
    }
    are_all(
        "Unfilled place",
        &[
            "${TOKEN}",
            "$TOKEN",
            "$env:TOKEN",
            "%TOKEN%",
            "{{token}}",
            "{{ .Values.token }}",
            "${{ secrets.API_TOKEN }}",
            "$(cat token.txt)",
            "<token>",
            "<your token>",
            "<YOUR_TOKEN>",
            "{access_token}",
            "#{token}",
            "<%= token %>",
            ":token",
            "process.env.TOKEN",
            "YOUR_TOKEN",
            "YOUR_ACCESS_TOKEN_HERE",
            "your-jwt-here",
            "my-token",
            "access_token",
            "xxxxx.yyyyy.zzzzz",
            "Bearer ${TOKEN}",
            "Authorization: Bearer {{access_token}}",
            "curl -H 'Authorization: Bearer ${TOKEN}' https://api.example",
            "curl -H \"Authorization: Bearer {{ token }}\" https://api.example",
            "headers: { Authorization: \"Bearer <token>\" }",
            "Bearer",
            "Authorization: Bearer",
        ],
    );
    assert!(judge("Bearer [object Promise]").problems[0].message.starts_with("The token was not awaited"));
    let shown = judge("Authorization: Bearer ${TOKEN}");
    assert_eq!(shown.problems[0].title, "The place ${TOKEN} was not filled in");
    assert_eq!(shown.trace[0].fix, "Send the token itself");
}

#[test]
fn a_masked_token_cannot_be_read_and_what_is_left_of_it_is_shown() {
    are_all(
        "Masked token",
        &[
            "***",
            "Bearer ********",
            "[REDACTED]",
            "eyJ***",
            "eyJ•••••••",
            "abc***xyz",
            "eyJhbGciOi...abcd",
            "eyJhbGciOi...-s3Y",
            "eyJhbGciOi..._s3Y",
        ],
    );
    let token = Draft::new().token();
    let inner = token.split('.').collect::<Vec<_>>();
    for text in [
        format!("{}.{}.***", inner[0], inner[1]),
        format!("{}.{}.[REDACTED]", inner[0], inner[1]),
        format!("{}.***.***", inner[0]),
        format!("Authorization: Bearer {}.{}.xxxxxxxx", inner[0], inner[1]),
        format!("{}****{}", &token[..60], &token[token.len() - 6..]),
        format!("{}...{}", &token[..60], &token[token.len() - 6..]),
    ] {
        let report = judge(&text);
        assert_eq!(report.not_a_jwt.as_deref(), Some("Masked token"), "{text}");
        assert_eq!(report.problems[0].title, "A part of the token is masked", "{text}");
        assert_eq!(report.trace[0].fix, "Paste the whole token", "{text}");
        assert_eq!(report.header[0].name, "alg", "{text}");
    }
}

#[test]
fn a_missing_chunk_of_a_cookie_is_named() {
    let token = Draft::new().token();
    let [a, b, c] = [&token[..60], &token[60..120], &token[120..]];
    let encoded = jose::base64url::encode(format!(r#"{{"access_token":"{token}"}}"#).as_bytes());
    let (start, rest) = encoded.split_at(100);
    for (text, title) in [
        (format!("s.0={a}; s.2={c}"), "The chunk `s.1` of the cookie is missing"),
        (format!("Cookie: x=1; s.t.0={a}; s.t.3={c}; y=2"), "The chunks `s.t.1` and `s.t.2` of the cookie are missing"),
        (format!("next-auth.session-token.1={b}"), "The chunk `next-auth.session-token.0` of the cookie is missing"),
        (format!("a-token.1={b}; a-token.2={c}"), "The chunk `a-token.0` of the cookie is missing"),
        (format!("session.0={a}"), "The chunk `session.1` of the cookie is missing"),
        (format!(".AuthC2={b}; .AuthC3={c}"), "The chunk `.AuthC1` of the cookie is missing"),
        (format!(".Auth=chunks-3; .AuthC1={a}; .AuthC2={b}"), "The chunk `.AuthC3` of the cookie is missing"),
        (format!("sb-a-auth-token.0=base64-{start}"), "The chunk `sb-a-auth-token.1` of the cookie is missing"),
        (
            format!("sb-a-auth-token.0=base64-{start}; sb-a-auth-token.2={rest}"),
            "The chunk `sb-a-auth-token.1` of the cookie is missing",
        ),
    ] {
        let report = judge(&text);
        assert_eq!(
            (&*report.problems[0].title, report.not_a_jwt.as_deref()),
            (title, Some("Incomplete token")),
            "{text}"
        );
        assert_eq!(report.trace[0].reason, title);
        assert!(report.trace[0].fix.contains("Copy all chunks of the cookie `"), "{}", report.trace[0].fix);
    }
    for text in [
        format!("s.0={a}; s.1={b}; s.2={c}"),
        format!("token.1={token}"),
        format!("Authorization: Bearer {token}\r\nCookie: s.0={a}; s.2={c}"),
        "_ga_1=GS1.1.1700000000.1.1.1700000001.0.0.0; _ga_3=x".to_owned(),
        "item.1=abcdefghijklmnopqrstuvwxyz; item.3=abcdefghijklmnopqrstuvwxyz".to_owned(),
    ] {
        let report = judge(&text);
        assert_ne!(report.not_a_jwt.as_deref(), Some("Incomplete token"), "{text}");
    }
}

#[test]
fn credentials_of_other_schemes_are_named_and_not_decoded() {
    let basic = BASE64_STANDARD.encode("alice:c4n4ry-password");
    for text in [
        format!("Authorization: Basic {basic}"),
        format!("Basic {basic}"),
        format!("curl -H 'Authorization: Basic {basic}' https://api.example"),
        format!("GET / HTTP/1.1\r\nHost: api.example\r\nauthorization: basic {basic}\r\n\r\n"),
        format!("{{\"headers\":{{\"Authorization\":\"Basic {basic}\"}}}}"),
    ] {
        assert_eq!(
            named(&text),
            (
                "Basic credentials".to_owned(),
                "These are Basic credentials (name and password in base64), not a bearer token".to_owned()
            ),
            "{text}"
        );
        assert!(!format!("{:?}", judge(&text)).contains("c4n4ry"));
    }
    are_all("Digest answer (RFC 7616)", &["Authorization: Digest username=\"a\", realm=\"b\", response=\"c\""]);
    are_all("NTLM message", &["Authorization: NTLM TlRMTVNTUAABAAAA"]);
    are_all("Negotiate answer", &["Negotiate YIIJvwYGKwYBBQUCoIIJszCCCa8"]);
    are_all(
        "AWS signature (Signature Version 4)",
        &["Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261123/eu/s3/aws4_request, Signature=ab"],
    );
    are_all("OAuth 1.0 signature (RFC 5849)", &["OAuth oauth_consumer_key=\"a\", oauth_signature=\"b\""]);
    are_all("API key", &["X-Api-Key: 6a1b2c", "Authorization: ApiKey 6a1b2c"]);
    are_all("Shared access signature of Azure", &["SharedAccessSignature sr=a&sig=b&se=1"]);
}

#[test]
fn keys_hashes_and_json_are_named() {
    let public = include_str!("../../../jose/vectors/keys/p256.public.pem");
    let der = |pem: &str| pem.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\n");
    let in_hex = |pem: &str| -> String {
        let bytes = BASE64_STANDARD.decode(der(pem).replace('\n', "")).unwrap();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    for (text, name) in [
        (public.to_owned(), "Public key"),
        (public.replace('\n', " "), "Public key"),
        (der(public), "Public key in base64"),
        (in_hex(public), "Public key in hexadecimal"),
        (in_hex(include_str!("../../../jose/vectors/keys/p256.certificate.pem")), "Certificate in hexadecimal"),
        (in_hex(include_str!("../../../jose/vectors/keys/ed25519.pkcs8.pem")), "Private key in hexadecimal"),
        (der(include_str!("../../../jose/vectors/keys/p256.certificate.pem")), "Certificate in base64"),
        (der(include_str!("../../../jose/vectors/keys/ed25519.pkcs8.pem")).replace('\n', ""), "Private key in base64"),
        (der(include_str!("../../../jose/vectors/keys/rsa2048.pkcs1.pem")), "Private key in base64"),
        (der(include_str!("../../../jose/vectors/keys/rsa2048.public.pem")), "Public key in base64"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----".to_owned(), "Private key"),
        ("-----BEGIN CERTIFICATE REQUEST-----\nMIIB".to_owned(), "Certificate request"),
        ("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ".to_owned(), "PGP key"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB alice@example.com".to_owned(), "SSH public key"),
        ("$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW".to_owned(), "Password hash"),
        ("alice:$2y$05$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW".to_owned(), "Password hash"),
        ("$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub".to_owned(), "Password hash"),
        ("pbkdf2_sha256$600000$abcdefghijkl$c29tZXRoaW5nIGxvbmc=".to_owned(), "Password hash"),
        ("otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example".to_owned(), "Authenticator secret"),
        (r#"{"issuer":"https://a.example","jwks_uri":"https://a.example/keys"}"#.to_owned(), "OpenID configuration"),
        (r#"{"error":"invalid_grant","error_description":"expired"}"#.to_owned(), "Error answer"),
        (r#"{"active":true,"sub":"alice","exp":1}"#.to_owned(), "Answer to an introspection request"),
        (r#"{"sub":"alice","exp":1}"#.to_owned(), "Claims set"),
        ("6f1d9c3e-8a52-4c11-9d0b-2f3a4b5c6d7e".to_owned(), "UUID"),
        ("9e107d9d372bb6826bd81d3542a419d6".to_owned(), "Hexadecimal number"),
    ] {
        assert_eq!(named(&text).0, name, "{text}");
    }
    // It begins as a public key does.
    let encrypted = der(include_str!("../../../jose/vectors/keys/ed25519.pbkdf2.pem"));
    assert!(!judge(&encrypted).is_key);
}

#[test]
fn an_otpauth_uri_is_not_repeated_in_any_sentence() {
    let report = judge("otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example");
    let sentences = format!("{:?}{:?}{:?}", report.problems, report.trace, report.verdict);
    assert!(!sentences.contains("JBSWY3"), "{sentences}");
}

#[test]
fn an_opaque_token_has_no_maker_and_words_stay_words() {
    for (text, title, name) in [
        ("2YotnFZFEjr1zCsicMWpAA", "Opaque token: no maker known", Some("Opaque token")),
        ("Bearer abc123def456", "Opaque token: no maker known", Some("Opaque token")),
        ("password", "No JSON header", None),
        ("hello world", "This is not a token", Some("Text")),
        ("mF_9.B5f-4.1JqM", "Opaque token: no maker known", Some("Opaque token")),
        ("the token is null and void", "This is not a token", Some("Text")),
        ("a.b.c", "This is not a token", Some("Text")),
        ("session=8c1f02d0e6a94d5f; path=/", "This is not a token", Some("Text")),
    ] {
        let report = judge(text);
        assert_eq!((report.not_a_jwt.as_deref(), report.problems[0].title.as_str()), (name, title), "{text}");
    }
}

#[test]
fn versions_addresses_dates_and_names_are_no_opaque_token() {
    for text in "1.2.3 v1.2.3 go1.22.3 1.2.3-rc.1 1.2.3+build.5 3.11.0b2 1.2.3-SNAPSHOT 3.14 10.0.0.1 10.0.0.0/8 \
                 192.168.1.1:8080 ::1 2001:db8:85a3::8a2e:370:7334 localhost:8080 api.example.com 2024-01-02 02.01.2024 \
                 01/02/2024 02-Jan-2024 2024-01-02T03:04:05Z 20240102T030405Z 1795856340 +1-555-0100 /v1/items \
                 report-2024.pdf node_modules.tar.bz2 a-file-with-a-long-name MY_ENVIRONMENT_VARIABLE user@example.com"
        .split_whitespace()
    {
        let report = judge(text);
        let shown = (report.not_a_jwt.as_deref(), report.problems[0].title.as_str());
        assert_eq!(shown, (Some("Text"), "This is not a token"), "{text}");
        assert!(!format!("{:?}{:?}", report.summary, report.problems).contains("paque"), "{text}");
    }
    for text in ["AB12-CD34-EF56", "ab12-cd34-ef56", "mF_9.B5f-4.1JqM", "SlAV32hkKG", "tGzv3JOkF0XG5Qx2TlKWIA"] {
        assert_eq!(judge(text).not_a_jwt.as_deref(), Some("Opaque token"), "{text}");
    }
}

#[test]
fn a_link_without_a_token_is_called_a_link() {
    for (text, said) in [
        ("https://app.example/callback?code=4b1d0c7e&state=x", "authorization code"),
        ("https://app.example/callback#error=access_denied&state=x", "was refused"),
        ("http://app.example/items?page=2", "Nothing in it"),
    ] {
        assert_eq!(named(text), ("Link".to_owned(), "A link without a token".to_owned()), "{text}");
        assert!(judge(text).problems[0].message.contains(said), "{text}");
    }
}

#[test]
fn a_makers_token_goes_to_its_maker_and_is_not_to_be_looked_for() {
    for text in ["ya29.a0AfH6SMBabcdefghijklmnop", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"] {
        assert!(judge(text).trace[0].fix.starts_with("Send it to the server that issued it"), "{text}");
    }
}

#[test]
fn hostile_megabytes_take_no_longer_than_reading_them() {
    const MEGABYTE: usize = 1024 * 1024;
    // A few hundred bytes that inflate to far more than is kept.
    let bomb = testing::deflated(&vec![b' '; 64 * MEGABYTE]);
    let zlib = testing::zlib(&vec![b' '; 64 * MEGABYTE]);
    let sig = "A".repeat(27);
    for text in [
        "a=".repeat(MEGABYTE / 2),
        "ghp_ ".repeat(MEGABYTE / 5),
        "authorization:".repeat(MEGABYTE / 14),
        "=;".repeat(MEGABYTE / 2),
        "--".repeat(MEGABYTE / 2),
        format!("v4.public.{}", "A".repeat(MEGABYTE - 20)),
        "MDA".repeat(MEGABYTE / 3),
        "k".repeat(2048),
        "<Issuer".repeat(MEGABYTE / 7),
        format!("SAMLRequest={}", BASE64_STANDARD.encode(&bomb)),
        format!(".{}.awvyjg.{sig}", jose::base64url::encode(&zlib)),
        format!("eyJ{}", "%3D".repeat(MEGABYTE / 3 - 2)),
        "{\"a\":".repeat(MEGABYTE / 5),
        "***".repeat(MEGABYTE / 3),
    ] {
        assert_eq!(judge(&text).verdict.outcome, VerdictOutcome::Rejected);
    }
}

#[test]
fn a_key_is_said_to_be_one_and_base64_shows_what_it_holds() {
    let key = judge(include_str!("../../../jose/vectors/keys/rsa2048.public.pem"));
    assert!(key.is_key && key.inside.is_none());
    let held = r#"{"hello":"world","n":1}"#;
    let encoded = BASE64_STANDARD.encode(held);
    assert_eq!(named(&encoded), ("Text in base64".into(), "Text in base64".into()));
    let report = judge(&encoded);
    assert!(!report.is_key);
    assert_eq!(report.inside.as_deref(), Some(held));
    // Neither bytes nor a word.
    for text in [BASE64_STANDARD.encode([0xfe; 40]), "opaquetokenwithoutmeaning".into(), "password".into()] {
        assert_eq!(judge(&text).inside, None, "{text}");
    }
}
