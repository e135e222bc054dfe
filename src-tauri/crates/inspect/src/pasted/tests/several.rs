//! Texts that contain several tokens: JSON with signatures, and nested tokens.

use super::{HEADER, compact, judge, titles};
use crate::parse;
use crate::report::Report;
use crate::testing::{Draft, key};
use jose::base64url::encode;
use jose::judgement::{Outcome, SignatureState, VerdictOutcome};
use jose::parse::{Format, FoundToken};

fn names(report: &Report) -> Vec<&str> {
    report.tokens.iter().map(|found| found.name.as_str()).collect()
}

/// A token whose payload is the given one, signed with the correct key.
fn around(inner: &str) -> String {
    key().dangerous_sign(r#"{"alg":"ES256","cty":"JWT"}"#, inner.as_bytes()).unwrap()
}

fn shown<'a>(report: &'a Report, start: &str) -> &'a FoundToken {
    report.tokens.iter().find(|found| found.name.starts_with(start)).unwrap()
}

#[test]
fn json_serialization_is_named_with_each_signature() {
    let protected = encode(br#"{"alg":"RS256","kid":"one"}"#);
    let general = format!(
        r#"{{"payload":"eyJzdWIiOiJhbGljZSJ9","signatures":[{{"protected":"{protected}","signature":"YQ"}},
        {{"header":{{"alg":"none","kid":"two"}},"signature":"YQ"}}]}}"#
    );
    let report = judge(&general);
    assert_eq!(report.format, Format::JwsJson);
    assert_eq!(report.summary, "Signed token in JSON, 2 signatures");
    assert_eq!(
        report.problems[0].message,
        "2 signatures: RS256 with kid one, none (unprotected) with kid two (unprotected). A JWT is always compact, so \
         a JWT library refuses this. A JOSE library that takes it decides for itself whether one good signature is \
         enough (RFC 7515 section 5.2): name the one that must be good."
    );
    assert_eq!(report.claims[0].value, "\"alice\"");
    assert_eq!((report.claims[0].start, report.claims[0].end), (0, 0));
    assert_eq!(report.trace[0].reason, "JWS JSON serialization, not a compact token");
    assert_eq!(names(&report), ["JSON, 2 signatures", "Signature 1, RS256, kid one"]);
    assert_eq!(report.tokens[0].token, general);
    assert_eq!(report.tokens[1].token, format!("{protected}.eyJzdWIiOiJhbGljZSJ9.YQ"));
    assert_eq!(
        titles(&report)[1..],
        ["The algorithm is not signed", "1 of 2 signatures can be looked at alone"],
        "the second has nothing protected, so it has no compact form"
    );
}

#[test]
fn each_signature_of_json_is_verified_as_the_compact_token_it_is() {
    let token = Draft::new().token();
    let [protected, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { unreachable!() };
    for json in [
        format!(r#"{{"payload":"{payload}","protected":"{protected}","signature":"{signature}"}}"#),
        format!(r#"{{"payload":"{payload}","signatures":[{{"protected":"{protected}","signature":"{signature}"}}]}}"#),
    ] {
        let report = judge(&json);
        assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected, "JSON is no JWT, however good its signature");
        assert_eq!(report.tokens[1].token, token);
        assert_eq!(judge(&report.tokens[1].token).signature.state, SignatureState::Verified);
    }
}

#[test]
fn an_algorithm_outside_the_protected_header_is_marked_and_never_becomes_the_token_s() {
    let protected = encode(br#"{"kid":"one"}"#);
    let json = format!(r#"{{"payload":"e30","protected":"{protected}","header":{{"alg":"HS256"}},"signature":"YQ"}}"#);
    let report = judge(&json);
    assert_eq!(names(&report)[1], "Signature 1, HS256 (unprotected), kid one");
    assert!(titles(&report).contains(&"The algorithm is not signed"));
    assert_eq!(parse(&report.tokens[1].token).algorithm(), None);
    assert_eq!(report.header.len(), 1);
}

#[test]
fn json_that_says_two_things_is_told_so() {
    let protected = encode(br#"{"alg":"ES256","kid":"one"}"#);
    let both = format!(r#"{{"payload":"e30","protected":"{protected}","signature":"YQ","signatures":[]}}"#);
    assert!(titles(&judge(&both)).contains(&"Flat and general form at once"));
    let twice = format!(r#"{{"payload":"e30","protected":"{protected}","header":{{"kid":"two"}},"signature":"YQ"}}"#);
    assert!(titles(&judge(&twice)).contains(&"A name stands in both headers"));
    let detached = judge(&format!(r#"{{"protected":"{protected}","signature":"YQ"}}"#));
    assert_eq!(detached.format, Format::JwsJson);
    assert!(titles(&detached).contains(&"The payload is missing"));
    let general = judge(&format!(r#"{{"signatures":[{{"protected":"{protected}","signature":"YQ"}}]}}"#));
    assert_eq!(general.format, Format::JwsJson);
    assert_eq!(judge(r#"{"payload":"e30","signatures":[]}"#).summary, "Signed token in JSON, no signature");
}

#[test]
fn a_payload_that_is_not_encoded_is_not_decoded() {
    let protected = encode(br#"{"alg":"HS256","b64":false,"crit":["b64"]}"#);
    let report = judge(&format!(r#"{{"payload":"eyJhIjoxfQ","protected":"{protected}","signature":"YQ"}}"#));
    assert!(titles(&report).contains(&"The payload is not encoded"));
    assert_eq!(report.claims, []);
    assert_eq!(report.tokens, []);
}

#[test]
fn text_in_json_that_would_make_another_token_is_not_listed() {
    let protected = encode(br#"{"alg":"ES256"}"#);
    for (payload, signature) in [("e30.e30", "YQ"), ("e30", "YQ.YQ"), ("e3\\u002e0", "YQ"), ("e30 ", "YQ")] {
        let json = format!(r#"{{"payload":"{payload}","protected":"{protected}","signature":"{signature}"}}"#);
        assert_eq!(judge(&json).tokens, [], "{json}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "that the work is bounded is what this measures")]
fn ten_thousand_signatures_are_answered_soon_and_listed_to_a_limit() {
    let protected = encode(br#"{"alg":"ES256"}"#);
    let signatures: Vec<String> = (0..10_000)
        .map(|n| format!(r#"{{"protected":"{protected}","signature":"{}"}}"#, encode(&[n as u8, (n >> 8) as u8])))
        .collect();
    let json = format!(r#"{{"payload":"e30","signatures":[{}]}}"#, signatures.join(","));
    let begin = std::time::Instant::now();
    let report = judge(&json);
    // Listing each with all the others would take gigabytes.
    assert!(begin.elapsed().as_secs() < 20);
    assert_eq!(report.summary, "Signed token in JSON, 10000 signatures");
    assert_eq!(report.tokens.len(), 50);
    assert!(titles(&report).contains(&"49 of 10000 signatures can be looked at alone"));
    let payload = "A".repeat(900_000);
    let long = format!(r#"{{"payload":"{payload}","signatures":[{}]}}"#, signatures[..20].join(","));
    assert_eq!(judge(&long).tokens.len(), 2, "a long payload is not multiplied");
}

#[test]
fn a_nested_token_is_named_and_listed_from_the_outside_in() {
    let inner = Draft::new().token();
    let outer = around(&inner);
    let report = judge(&outer);
    assert_eq!(report.trace[0].reason, "The payload is another token");
    assert_eq!(titles(&report), ["The payload is another token"]);
    assert_eq!(names(&report), ["Outer token", "Level 2, payload, ES256"]);
    assert_eq!(report.tokens[0].token, outer);
    assert_eq!(report.tokens[1].token, inner);
    assert_eq!(names(&judge(&format!("Bearer {outer}"))), names(&report));
    assert_eq!(judge(&inner).tokens, []);
    let quoted = compact(br#"{"alg":"ES256"}"#, format!("\"{inner}\"").as_bytes());
    assert_eq!(titles(&judge(&quoted)), ["The payload is another token", "cty does not say JWT"]);
    assert_eq!(judge(&quoted).tokens[1].token, inner);
}

#[test]
fn a_good_inner_token_does_not_make_the_outer_one_good_nor_a_bad_one_bad() {
    let good = Draft::new().token();
    let report = judge(&around(&good));
    assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
    assert_eq!(report.claims, [], "the inner claims are not the outer token's");
    assert_eq!(report.signature.state, SignatureState::Verified, "the outer signature stands on its own");
    let forged = around(&good).replacen(".Z", ".A", 1);
    assert_eq!(judge(&forged).signature.state, SignatureState::Mismatch);
    let bad = format!("{}A", &good[..good.len() - 4]);
    let carrier = Draft::new().claim("id_token", format!("\"{bad}\"")).report();
    assert_eq!(carrier.verdict.outcome, VerdictOutcome::Accepted);
    assert_eq!(carrier.trace[0].outcome, Outcome::Pass);
    assert_eq!(names(&carrier), ["Outer token", "Level 2, id_token, ES256"]);
}

#[test]
fn only_whole_tokens_count_as_tokens_inside() {
    let inner = Draft::new().token();
    for text in [&inner[1..], &inner[..20], &format!("Bearer {inner}"), &format!("{inner}."), "eyJ.a.b", "e30.e30.YQ"] {
        assert_eq!(Draft::new().claim("x", format!("\"{text}\"")).report().tokens, [], "{text}");
    }
    let encrypted = format!("{}.a.b.c.d", encode(br#"{"alg":"dir","enc":"A256GCM"}"#));
    let carrier = Draft::new().claim("x", format!("\"{encrypted}\"")).report();
    assert_eq!(names(&carrier)[1], "Level 2, x, encrypted");
    let opened = judge(&carrier.tokens[1].token);
    assert_eq!((opened.format, opened.claims.len()), (Format::JweCompact, 0));
}

#[test]
fn tokens_in_tokens_are_opened_to_a_depth_and_no_further() {
    let nested = |levels: usize| (1..levels).fold(Draft::new().token(), |inner, _| around(&inner));
    let five = judge(&nested(5));
    assert_eq!(names(&five)[4], "Level 5, payload, ES256");
    assert_eq!(five.findings, []);
    let six = judge(&nested(6));
    assert_eq!(six.tokens.len(), 5);
    assert_eq!(six.findings[0].title, "Not every token inside is listed");
    assert_eq!(
        six.findings[0].message,
        "Level 5 holds another token, which was not opened: inspect level 5 on its own to go on"
    );
    assert_eq!(judge(&six.tokens[4].token).tokens.len(), 2);
    assert_eq!(judge(&nested(20)).tokens.len(), 5);
    // Each level is a third longer than the one inside it: fifty levels would take hundreds of megabytes.
    assert_eq!(judge(&nested(32)).format, Format::TooLarge);
}

#[test]
fn many_tokens_in_one_are_listed_to_a_limit() {
    let claims: Vec<String> =
        (0..200).map(|n| format!("\"t{n}\":\"{}\"", compact(HEADER, format!("{{\"n\":{n}}}").as_bytes()))).collect();
    let report = judge(&compact(HEADER, format!("{{{}}}", claims.join(",")).as_bytes()));
    assert_eq!(report.tokens.len(), 50);
    assert!(report.findings.iter().any(|finding| finding.id == "unlisted_tokens"));
    let same: Vec<String> = (0..200).map(|n| format!("\"t{n}\":\"{}\"", compact(HEADER, b"{}"))).collect();
    assert_eq!(judge(&compact(HEADER, format!("{{{}}}", same.join(",")).as_bytes())).tokens.len(), 2);
}

#[test]
fn of_several_tokens_in_a_paste_each_is_listed_with_what_is_inside_it() {
    let plain = Draft::new().token();
    let outer = around(&Draft::new().claim("jti", "\"other\"").token());
    let report = judge(&format!(r#"{{"access_token":"{plain}","id_token":"{outer}"}}"#));
    assert_eq!(names(&report), ["access_token", "id_token", "Level 2, payload, ES256"]);
    assert_eq!(report.token, plain);
    assert_eq!(shown(&report, "id_token").token, outer);
}

#[test]
fn the_recipients_of_encrypted_json_are_named() {
    let json = r#"{"protected":"eyJlbmMiOiJBMTI4R0NNIn0","unprotected":{"alg":"A128KW"},"iv":"YQ","ciphertext":"YQ","tag":"YQ",
        "recipients":[{"encrypted_key":"YQ","header":{"kid":"one"}},{"encrypted_key":"YQ","header":{"alg":"RSA-OAEP"}}]}"#;
    let report = judge(json);
    assert_eq!(
        report.problems[0].message,
        "2 recipients: A128KW (unprotected) with kid one (unprotected), RSA-OAEP (unprotected). Nothing but the \
         header can be read without the key, and nothing proves who made it."
    );
}

#[test]
fn encrypted_json_is_named_with_its_parts_like_the_compact_form() {
    let protected = encode(br#"{"alg":"RSA-OAEP","enc":"A128GCM","kid":"one"}"#);
    let parts = r#""iv":"aXY","ciphertext":"Y2lwaGVy","tag":"dGFn""#;
    let flat = format!(r#"{{"protected":"{protected}","encrypted_key":"a2V5",{parts}}}"#);
    let general = format!(r#"{{{parts}, "protected":"{protected}","recipients":[{{"encrypted_key":"a2V5"}}]}}"#);
    for json in [&flat, &general] {
        let report = judge(json);
        assert_eq!(report.format, Format::JweJson);
        assert_eq!(report.summary, "Encrypted token in JSON");
        assert_eq!(titles(&report), ["Encrypted, not signed"]);
        assert_eq!(report.trace[0].reason, "JWE JSON serialization: encrypted, not signed");
        let shown: Vec<&str> =
            report.segments.iter().map(|segment| &json[segment.start as usize..segment.end as usize]).collect();
        for part in [protected.as_str(), "a2V5", "aXY", "Y2lwaGVy", "dGFn"] {
            assert!(shown.contains(&part), "{part} of {shown:?}");
        }
        assert_eq!(report.header[1].value, "\"A128GCM\"");
        let carried = &json[report.header[1].start as usize..report.header[1].end as usize];
        assert!(protected.contains(carried) && !carried.is_empty());
    }
    // Positions are reported only for ASCII texts, and not for escaped strings.
    assert_eq!(judge(&format!("{},\"n\":\"é\"}}", flat.trim_end_matches('}'))).segments, []);
    assert_eq!(judge(&flat.replace("Y2lwaGVy", "Y2lw\\u0061GVy")).segments.len(), 4);
}
