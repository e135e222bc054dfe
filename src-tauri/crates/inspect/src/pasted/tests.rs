//! Tests of what pasted text is parsed into, and of hostile text.

mod several;

use crate::parse;
use crate::report::Report;
use crate::testing::{Draft, key, outcomes};
use jose::json::ValueKind;
use jose::judgement::{Outcome, VerdictOutcome};
use jose::parse::{Format, SegmentKind};
use jose::{base64url, parse_exact};

fn titles(report: &Report) -> Vec<&str> {
    report.problems.iter().map(|problem| problem.title.as_str()).collect()
}

fn judge(token: &str) -> Report {
    Draft::new().judge(token)
}

fn compact(header: &[u8], payload: &[u8]) -> String {
    format!("{}.{}.c2ln", base64url::encode(header), base64url::encode(payload))
}

const HEADER: &[u8] = br#"{"alg":"ES256"}"#;

#[test]
fn offsets_select_the_characters_that_carry_a_member() {
    let report = Draft::new().report();
    for member in report.header.iter().chain(&report.claims) {
        let characters = &report.token[member.start as usize..member.end as usize];
        let segment = report.segments.iter().find(|segment| segment.end >= member.end).unwrap();
        // Decoding from the nearest group of four gives the member and at most two bytes before it.
        let lead = (member.start - segment.start) % 4;
        let group = &report.token[(member.start - lead) as usize..member.end as usize];
        let decoded = String::from_utf8_lossy(&base64url::decode(group).bytes).into_owned();
        assert!(decoded.contains(&format!("\"{}\":", member.name)), "{decoded}");
        assert!(decoded.contains(member.value.as_str()), "{decoded} {}", member.value);
        assert!(characters.len() <= (member.name.len() + member.value.len() + 3) * 4 / 3 + 2);
    }
    let kinds: Vec<SegmentKind> = report.segments.iter().map(|segment| segment.kind).collect();
    assert_eq!(kinds, [SegmentKind::Header, SegmentKind::Payload, SegmentKind::Signature]);
}

#[test]
fn digits_escapes_and_order_are_shown_as_they_stand() {
    let report = judge(&compact(HEADER, br#"{"b":9007199254740993,"a":1e400,"c":-0,"d":"\u202e\/<b>","e":[1.0]}"#));
    let values: Vec<&str> = report.claims.iter().map(|member| member.value.as_str()).collect();
    assert_eq!(values, ["9007199254740993", "1e400", "-0", r#""\u202e\/<b>""#, "[1.0]"]);
    assert_eq!(report.claims[4].kind, ValueKind::Array);
    assert!(report.claims_json.contains("9007199254740993"));
    assert!(report.claims_json.contains("1.0"));
}

#[test]
fn hidden_characters_in_names_and_values_are_written_out() {
    let report = judge(&compact(HEADER, "{\"a\u{202E}b\":\"x\u{2066}\u{200B}\",\"c\\u202e\":1}".as_bytes()));
    assert_eq!(report.claims[0].name, r"a\u{202E}b");
    assert_eq!(report.claims[0].value, r#""x\u{2066}\u{200B}""#);
    assert_eq!(report.claims[1].name, r"c\u{202E}");
    assert!(report.claims_json.contains(r"\u2066"), "{}", report.claims_json);
}

#[test]
fn incomplete_tokens_are_read_as_far_as_they_go() {
    let header = base64url::encode(HEADER);
    let payload = base64url::encode(br#"{"sub":"alice"}"#);
    for (text, summary, title) in [
        (header.clone(), "Part of a token, one segment", "Only one segment"),
        (format!("{header}.{payload}"), "Token without a signature, two segments", "The signature is missing"),
        (format!("{header}.{payload}.YQ.YQ"), "Signed token, 4 segments", "4 segments"),
        (format!("{header}..YQ"), "Signed token, three segments", "The payload is empty"),
    ] {
        let report = judge(&text);
        assert_eq!(report.summary, summary);
        assert_eq!(titles(&report), [title]);
        assert_eq!(report.header[0].value, "\"ES256\"");
        assert_eq!(report.trace[0].outcome, Outcome::Fail);
    }
    let unsecured = judge(&format!("{}.{payload}.", base64url::encode(br#"{"alg":"none"}"#)));
    assert_eq!(unsecured.summary, "Unsecured token, three segments");
    assert_eq!(unsecured.problems, []);
    let headless = judge(&format!("xxxx.{payload}.YQ"));
    assert_eq!(headless.format, Format::JwsCompact, "a token that lost its beginning still shows its claims");
    assert_eq!(headless.claims[0].name, "sub");
}

#[test]
fn five_segments_are_encrypted_only_where_the_header_says_so_or_cannot_be_read() {
    let token = Draft::new().token();
    let signed = judge(&format!("{token}.a.b"));
    assert_eq!((signed.format, signed.summary.as_str()), (Format::JwsCompact, "Signed token, 5 segments"));
    assert_eq!(titles(&signed), ["5 segments"]);
    assert_eq!(
        signed.problems[0].message,
        "A signed token has three; five are an encrypted one's, whose header has `enc`."
    );
    assert_eq!(signed.claims.len(), 12);
    let encrypted = base64url::encode(br#"{"alg":"dir","enc":"A128GCM"}"#);
    assert_eq!(judge(&format!("{encrypted}..YQ.YQ.YQ")).format, Format::JweCompact);
    assert_eq!(judge(&format!("{}.YQ.YQ.YQ.YQ", &encrypted[..20])).format, Format::JweCompact);
    let cut = judge(&format!("{}...", &token[..token.rfind('.').unwrap()]));
    assert_eq!(cut.summary, "Token without a signature, two segments");
    assert_eq!(titles(&cut), ["The token breaks off", "The signature is missing"]);
}

#[test]
fn base64_tricks_are_named_with_their_place_and_still_read() {
    let token = Draft::new().token();
    let segments: Vec<&str> = token.split('.').collect();
    let join = |header: &str, payload: &str, signature: &str| judge(&format!("{header}.{payload}.{signature}"));
    let padded = join(segments[0], &format!("{}=", segments[1]), segments[2]);
    assert!(padded.problems[0].title.starts_with("Padding at character "));
    assert_eq!(padded.claims.len(), 12);
    assert_eq!(outcomes(&padded)[8], Outcome::Pass, "the claims can be read, so the rest is checked");
    assert_eq!(padded.verdict.title, "Rejected");
    // 64 bytes leave four spare bits in the last symbol.
    let last = segments[2].chars().last().unwrap();
    let twin = char::from(last as u8 + 1);
    let malleated = join(segments[0], segments[1], &format!("{}{twin}", &segments[2][..85]));
    assert!(malleated.problems[0].title.starts_with("Unused bits are set"), "{:?}", titles(&malleated));
    assert_eq!(malleated.verdict.detail, "401 at check 1 of 9, parse");
    let dangling = join(segments[0], segments[1], &format!("{}YQYQ1", &segments[2][..84]));
    assert!(dangling.problems[0].title.starts_with("The signature is cut"), "{:?}", titles(&dangling));
    let slash = join(segments[0], segments[1], &format!("/{}", &segments[2][1..]));
    assert_eq!(slash.problems[0].message, "Found `/`, which belongs to plain base64. base64url writes `_` instead.");
    assert_eq!(slash.problems[0].segment, Some(SegmentKind::Signature));
}

#[test]
fn a_foreign_character_is_written_out_so_that_offsets_stay_characters() {
    let token = Draft::new().token();
    let report = judge(&token.replacen("J", "…", 1));
    assert!(report.token.is_ascii());
    assert!(report.token.contains("\\u{2026}"));
    assert_eq!(report.problems[0].message, "Found an ellipsis: whatever printed this token shortened it.");
    let at = report.problems[0].at.unwrap() as usize;
    assert!(report.token[at..].starts_with("\\u{2026}"));
}

#[test]
fn text_encodings_other_than_utf8_are_named() {
    let mark = judge(&compact(HEADER, b"\xEF\xBB\xBF{\"sub\":\"alice\"}"));
    assert_eq!(titles(&mark), ["Payload starts with a byte order mark"]);
    assert_eq!(mark.claims[0].value, "\"alice\"");
    let latin = judge(&compact(HEADER, b"{\"sub\":\"alice\",\"n\":\"Andr\xE9\",\"x\":1}"));
    assert_eq!(titles(&latin), ["Payload is not UTF-8 at byte 24"]);
    assert_eq!(latin.problems[0].message, "Found the byte 0xe9. 1 claim recovered.");
    let utf16: Vec<u8> = "{\"sub\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(titles(&judge(&compact(HEADER, &utf16))), ["Payload is not JSON in UTF-8"]);
    let marked = judge(&compact(HEADER, b"\xFF\xFE{\0"));
    assert_eq!(marked.problems[0].message, "It starts like UTF-16. JSON in a token is UTF-8.");
    let lone = judge(&compact(HEADER, br#"{"sub":"\ud83d"}"#));
    assert_eq!(titles(&lone), ["Half a character at byte 8"]);
}

#[test]
fn what_is_no_claims_set_is_said_to_be_none() {
    for (payload, found) in [("[1]", "an array"), ("\"x\"", "a string"), ("null", "null"), ("1", "a number")] {
        let report = judge(&compact(HEADER, payload.as_bytes()));
        assert_eq!(titles(&report), ["Not a JWT claims set"]);
        assert!(report.trace[0].reason.contains(found), "{}", report.trace[0].reason);
        assert_eq!(report.verdict.title, "Not a valid token");
    }
    assert_eq!(titles(&judge(&compact(HEADER, b"hello"))), ["Payload is not JSON from byte 0"]);
    assert_eq!(titles(&judge(&compact(HEADER, br#"{"sub":"alice""#))), ["Payload JSON ends early at byte 14"]);
}

#[test]
fn texts_that_are_no_tokens_get_an_answer() {
    let cases = [
        ("", Format::Empty),
        (" \n\u{FEFF} ", Format::Empty),
        ("hello", Format::Opaque),
        ("2YotnFZFEjr1zCsicMWpAA", Format::Opaque),
        ("a.b.c", Format::Opaque),
        ("...", Format::Opaque),
        ("{}", Format::Opaque),
        ("{\"ciphertext\":\"x\",\"protected\":\"eyJhbGciOiJkaXIifQ\"}", Format::JweJson),
        (".", Format::Opaque),
        ("eyJhbGciOiJIUzI1NiJ9.e30.AA.a.b", Format::JwsCompact),
        ("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aXY.Y3Q.dGFn", Format::JweCompact),
    ];
    for (text, format) in cases {
        let report = judge(text);
        assert_eq!(report.format, format, "{text:?}");
        assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
        assert_eq!(report.trace.len(), 9);
        assert_eq!(report.problems.len(), 1);
    }
}

#[test]
fn what_is_no_token_is_called_what_it_is() {
    let opaque = "Opaque token: no maker known";
    let words = "This is not a token";
    let public = "A public key";
    let private = "A private key";
    for (text, summary, title) in [
        ("2YotnFZFEjr1zCsicMWpAA", "Opaque token", opaque),
        ("hello world", "Text without a token", words),
        ("hello\nworld", "Text without a token", words),
        (include_str!("../../../jose/vectors/keys/p256.public.pem"), "Public key", public),
        (include_str!("../../../jose/vectors/keys/ed25519.pkcs8.pem"), "Private key", private),
        ("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----", "Private key", private),
        ("-----BEGIN CERTIFICATE-----\nAAAA", "Certificate", "A certificate"),
        (r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#, "Public key", public),
        (r#"{"kty":"EC","crv":"P-256","d":"AA"}"#, "Private key", private),
        (r#"{"kty":"oct","k":"AA"}"#, "Shared secret", "A shared secret"),
        (r#"{"keys":[{"kty":"EC"}]}"#, "JWK Set", "A JWK Set"),
        (r#"{"sub":"alice","exp":1}"#, "Claims set", "A claims set"),
        (r#"{"alg":"ES256"}"#, "JOSE header", "A JOSE header"),
        ("[1]", "JSON", "JSON"),
    ] {
        let report = judge(text);
        assert_eq!((report.format, report.summary.as_str()), (Format::Opaque, summary), "{text}");
        assert_eq!(titles(&report), [title], "{text}");
        let asks = report.problems[0].message.contains("introspection endpoint");
        assert_eq!(asks, title == opaque, "only an opaque token has an issuer to ask");
    }
}

#[test]
fn a_server_takes_nothing_off() {
    let token = Draft::new().token();
    assert!(parse_exact(&token).is_well_formed());
    for text in [format!(" {token}"), format!("{token}\n"), format!("\"{token}\""), format!("Bearer {token}")] {
        assert!(parse(&text).is_well_formed(), "{text:?}");
        assert!(!parse_exact(&text).is_well_formed(), "{text:?}");
        assert!(!parse_exact(&text).is_readable() || !parse_exact(&text).faults.is_empty());
    }
}

#[test]
fn lookups_give_unescaped_text_of_names_that_stand_once() {
    let parsed = parse(&compact(
        br#"{"alg":"ES256","k\u0069d":"\u0061bc"}"#,
        br#"{"sub":"x","sub":"y","n":1,"exp":17,"s":"\ud83d\ude00","f":1.5}"#,
    ));
    assert_eq!(parsed.header_text("kid"), Some("abc"));
    assert_eq!(parsed.claim_text("sub"), None);
    assert_eq!(parsed.claim_text("n"), None);
    assert_eq!(parsed.claim_text("s"), Some("😀"));
    assert_eq!(parsed.claim_seconds("exp"), Some(17));
    assert_eq!(parsed.claim_seconds("f"), Some(1));
    assert_eq!(parsed.algorithm(), Some(jose::Algorithm::Es256));
}

#[test]
fn the_limit_is_one_mebibyte_of_characters() {
    assert_eq!(parse(&"é".repeat(1024 * 1024)).format(), Format::Opaque);
    assert_eq!(parse(&"é".repeat(1024 * 1024 + 1)).format(), Format::TooLarge);
    for (text, length) in [("a", 10_000_000), (".", 10_000_000), ("a", 100_000_000), ("\u{202E}", 100_000_000 / 3)] {
        let report = judge(&text.repeat(length));
        assert_eq!(report.trace[0].reason, "Longer than 1 MiB");
        assert!(report.token.len() < 5 * 1024 * 1024, "what was too long is not kept");
    }
}

#[test]
fn hostile_megabytes_are_answered() {
    const MEGABYTE: usize = 1024 * 1024;
    let header = base64url::encode(HEADER);
    let wrap = |payload: &str| compact(HEADER, payload.as_bytes());
    let claims: Vec<String> = (0..60_000).map(|index| format!("\"{index}\":1")).collect();
    let same: Vec<&str> = std::iter::repeat_n("\"a\":1", 100_000).collect();
    let texts = [
        ".".repeat(MEGABYTE),
        format!("{header}{}", ".".repeat(MEGABYTE - header.len())),
        wrap(&format!("{{{}}}", claims.join(","))),
        wrap(&format!("{{{}}}", same.join(","))),
        wrap(&"[".repeat(700_000)),
        wrap(&format!("{{\"a\":{}", "{\"a\":".repeat(100_000))),
        wrap(&format!("{{\"scope\":\"{}\"}}", "a ".repeat(350_000))),
        wrap(&format!("{{\"aud\":[{}1]}}", "\"a\",".repeat(150_000))),
        compact(format!("{{\"alg\":\"ES256\",\"crit\":[{}\"a\"]}}", "\"a\",".repeat(100_000)).as_bytes(), b"{}"),
        compact(format!("{{\"kid\":\"{}\"}}", "k".repeat(700_000)).as_bytes(), b"{}"),
        format!("{header}.e30.{}", "A".repeat(MEGABYTE - 100)),
        "=ey".repeat(MEGABYTE / 3),
        "{\"token\":".repeat(MEGABYTE / 9),
        " \"".repeat(MEGABYTE / 2),
        format!("curl {}", "bearer ".repeat(MEGABYTE / 8)),
        "\u{202E}".repeat(MEGABYTE),
        format!("{header}.{}", "é".repeat(MEGABYTE - 100)),
        format!("Bearer {}", "Bearer ".repeat(MEGABYTE / 8)),
        wrap(&format!("{{\"a\":[{}{{}}]}}", "{\"e\":\"a@b.cc\"},".repeat(45_000))),
        wrap(&format!("{{\"a\":[{}{{}}]}}", "{\"kty\":\"x\"},".repeat(60_000))),
        format!("{{\"ciphertext\":\"e30\",\"recipients\":[{}{{}}]}}", "{\"header\":{}},".repeat(70_000)),
        format!("{{\"payload\":\"{}\",\"protected\":\"{header}\",\"signature\":\"YQ\"}}", "e30".repeat(330_000)),
    ];
    for text in texts {
        let report = judge(&text);
        assert_eq!(report.trace.len(), 9);
        assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted);
        assert!(report.claims.len() <= 10_000);
        assert!(report.segments.len() <= 8);
        assert!(report.findings.len() <= 30);
        assert!(report.tokens.len() <= 50);
        assert!(report.trace.iter().all(|step| step.reason.chars().count() < 600));
    }
}

#[test]
fn a_huge_good_token_is_still_a_good_token() {
    let token = key().sign("at+jwt", &format!("{{\"exp\":9000000000,\"x\":\"{}\"}}", "a".repeat(700_000))).unwrap();
    assert_eq!(outcomes(&judge(&token))[3], Outcome::Pass);
}

#[test]
fn five_segments_without_enc_are_a_signed_token_with_two_too_many() {
    let report = judge(&format!("{}.a.b", Draft::new().token()));
    assert_eq!(report.problems[0].title, "5 segments");
    assert!(report.claims.len() > 5);
}

#[test]
fn five_segments_with_a_header_that_cannot_be_read_may_be_encrypted() {
    assert_eq!(judge("eyJhbGciOiJkaXIi.a.b.c.d").format, Format::JweCompact);
}
