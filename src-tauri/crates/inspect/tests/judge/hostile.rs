//! Explicit attack tokens: the checklist's rows about tokens, each with every policy and every fact.

use crate::bench::{Bench, NOW, facts, policies, signer};
use crate::second::Ruling;

const HEADER: &str = r#"{"alg":"HS256","typ":"at+jwt","kid":"k"}"#;

fn claims(extra: &str) -> String {
    format!(
        r#"{{"iss":"https://issuer.example","sub":"alice","aud":"api","client_id":"c","iat":{},"exp":{},"jti":"j","sid":"s","scope":"read"{extra}}}"#,
        NOW - 60,
        NOW + 600
    )
}

fn without(name: &str) -> String {
    claims("").replacen(&format!("\"{name}\":"), "\"unnamed\":", 1)
}

fn with(name: &str, value: &str) -> String {
    let all = without(name);
    format!("{},\"{name}\":{value}}}", &all[..all.len() - 1])
}

fn signed(header: &str, payload: impl AsRef<[u8]>) -> String {
    signer().dangerous_sign(header, payload.as_ref()).unwrap()
}

fn benches() -> Vec<Bench> {
    let facts = facts();
    policies().iter().flat_map(|policy| facts.iter().map(|facts| Bench::own(policy.clone(), facts.clone()))).collect()
}

/// No policy and no fact makes one of these acceptable.
#[track_caller]
fn never(benches: &[Bench], token: &str) {
    for bench in benches {
        assert_ne!(bench.agree_with_inspect(token), Ruling::Accept, "{token:.200}");
    }
}

#[test]
fn the_good_token_is_accepted_by_rules_of_every_kind() {
    let benches = benches();
    let good = signed(HEADER, claims(""));
    assert!(benches.iter().filter(|bench| bench.agree_with_inspect(&good) == Ruling::Accept).count() > 20);
}

/// JWT-02, JWT-05, JWT-19, JWT-28 and RFC 7797.
#[test]
fn headers_that_ask_for_something_else_are_refused() {
    let benches = benches();
    for alg in ["none", "None", "NONE", "nOnE", "hs256", "HS256 ", "", "HS1", "ML-DSA-44", "ES256", "RS256", "Ed25519"]
    {
        let header = format!(r#"{{"alg":"{alg}","typ":"at+jwt","kid":"k"}}"#);
        let token = signed(&header, claims(""));
        never(&benches, &token);
        let unsigned = &token[..=token.rfind('.').unwrap()];
        never(&benches, unsigned);
    }
    for alg in ["7", "null", "[\"HS256\"]", "{}", "true"] {
        never(&benches, &signed(&format!(r#"{{"alg":{alg},"typ":"at+jwt"}}"#), claims("")));
    }
    for more in [
        r#""crit":["b64"],"b64":true"#,
        r#""crit":[]"#,
        r#""crit":["alg"]"#,
        r#""crit":["exp"],"exp":1"#,
        r#""crit":null"#,
        r#""crit":"exp""#,
        r#""crit":{}"#,
        r#""crit":[1]"#,
        r#""crit":["x"],"crit":["x"]"#,
        r#""b64":false"#,
        r#""b64":"true""#,
        r#""b64":null"#,
        r#""x":"\ud800""#,
    ] {
        never(&benches, &signed(&format!("{},{more}}}", &HEADER[..HEADER.len() - 1]), claims("")));
    }
    for typ in ["JWT", "rt+jwt", "mfa+jwt", "logout+jwt", "text/at+jwt", "at+jwt ", "application/at+jwt", "AT+JWT"] {
        let token = signed(&format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#), claims(""));
        for bench in &benches {
            bench.agree_with_inspect(&token);
        }
    }
}

/// JWT-12: refused by the issuer's own rules; by others the judges agree, and a name that a check reads is never
/// accepted.
#[test]
fn names_that_stand_twice_are_refused_by_the_own_rules_and_judged_alike_by_others() {
    let benches = benches();
    let header = |more: &str| signed(&format!("{},{more}}}", &HEADER[..HEADER.len() - 1]), claims(""));
    let unread = [
        header(r#""x":1,"x":1"#),
        header(r#""x":{"a":1,"a":1}"#),
        signed(HEADER, claims(",\"role\":1,\"role\":1")),
        signed(HEADER, claims(",\"x\":{\"a\":1,\"a\":2}")),
        signed(HEADER, claims(",\"x\":[[{\"a\":1,\"\\u0061\":2}]]")),
    ];
    let read = [
        header(r#""alg":"HS256""#),
        header(r#""al\u0067":"HS256""#),
        signed(HEADER, claims(",\"sub\":\"root\"")),
        signed(HEADER, claims(",\"s\\u0075b\":\"root\"")),
        signed(HEADER, claims(",\"exp\":9999999999")),
    ];
    for (tokens, is_read) in [(&unread, false), (&read, true)] {
        for (bench, token) in benches.iter().flat_map(|bench| tokens.iter().map(move |token| (bench, token))) {
            let ruling = bench.agree_with_inspect(token);
            assert!(ruling != Ruling::Accept || !(is_read || bench.evidence.policy.own_tokens), "{token}");
        }
    }
}

/// JWT-08, JWT-10, JWT-20, JWT-24.
#[test]
fn texts_that_only_look_like_the_token_are_refused() {
    let benches = benches();
    let token = signed(HEADER, claims(""));
    let segments: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = segments[..] else { unreachable!("three segments") };
    let cut = &signature[..signature.len() - 1];
    for text in [
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}.{signature}."),
        format!("{header}.{payload}.{signature}.{signature}"),
        format!("{header}.{payload}.{signature}.{signature}.{signature}"),
        format!(".{payload}.{signature}"),
        format!("{header}..{signature}"),
        format!("{payload}.{header}.{signature}"),
        format!("{header}.{payload}.{}", "A".repeat(43)),
        format!("{header}.{payload}.AA"),
        format!("{header}.{payload}.{cut}"),
        format!("{header}.{payload}.{}", signature.to_uppercase()),
    ] {
        never(&benches, &text);
    }
    // With something around it, a person means the token, but a server refuses it.
    for text in [
        format!("{token}="),
        format!("{token}\n"),
        format!(" {token}"),
        format!("\u{feff}{token}"),
        format!("Bearer {token}"),
        format!("{header} .{payload}.{signature}"),
        format!("{header}.{payload}=.{signature}"),
        format!("{token}\0"),
    ] {
        for bench in &benches {
            assert_ne!(bench.agree(&text), Ruling::Accept, "{text}");
        }
    }
}

/// JWT-11, JWT-12, JWT-13: payloads that are not a claims set, and ambiguous ones.
#[test]
fn payloads_that_are_no_claims_set_are_refused() {
    let benches = benches();
    let good = claims("");
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut payloads: Vec<Vec<u8>> = vec![
        utf16,
        [b"\xEF\xBB\xBF", good.as_bytes()].concat(),
        [good.as_bytes(), b"\0"].concat(),
        [good.as_bytes(), good.as_bytes()].concat(),
        [good.as_bytes(), b"\xff"].concat(),
        good.replace("alice", "al\u{1}ice").into_bytes(),
    ];
    let deep = |open: &str, close: &str, depth: usize| format!("{}{}", open.repeat(depth), close.repeat(depth));
    let many: String = (0..10_001).map(|n| format!(",\"m{n}\":1")).collect();
    for text in [
        "[]",
        "null",
        "7",
        "\"hello\"",
        "hello",
        "true",
        "",
        "{",
        "[{}]",
        "\"{}\"",
        &deep("[", "]", 64),
        &deep("[", "]", 65),
        &deep("[", "]", 5000),
        &deep("{\"a\":", "}", 65).replace("}", "1}"),
        &claims(",\"x\":\"\\ud800\""),
        &claims(",\"\\udc00\":1"),
        &claims(",\"x\":01"),
        &claims(",\"x\":NaN"),
        &claims(",\"x\":1,"),
        &claims(&many),
        &claims(&format!(",\"x\":{}", deep("[", "]", 64))),
        &signed(HEADER, claims("")),
        &format!("\"{}\"", signed(HEADER, claims(""))),
    ] {
        payloads.push(text.as_bytes().to_vec());
    }
    for payload in payloads {
        let token = signed(HEADER, &payload);
        for bench in benches.iter().step_by(if payload.len() > 9_000 { 7 } else { 1 }) {
            assert_ne!(bench.agree_with_inspect(&token), Ruling::Accept, "{:.200}", String::from_utf8_lossy(&payload));
        }
    }
    assert!(benches.iter().any(|bench| {
        let at_limit = claims(&format!(",\"x\":{}", deep("[", "]", 63)));
        bench.agree(&signed(HEADER, at_limit)) == Ruling::Accept
    }));
}

/// JWT-14 to JWT-18: claims of every type and around every boundary; both judges agree on each.
#[test]
fn claims_of_every_type_and_at_every_edge_are_judged_alike() {
    let benches = benches();
    let [longest, longer] = [255, 256].map(|length| format!("\"{}\"", "é".repeat(length)));
    let values = [
        longest.as_str(),
        &longer,
        "\"1795444327\"",
        "null",
        "true",
        "[1]",
        "{}",
        "-1",
        "-0",
        "0",
        "1e400",
        "-1e400",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "1795440726",
        "1795440727",
        "1795440728",
        "1795440727.9",
        "1795440697",
        "1795440757",
        "1795440787",
        "1795444267",
        "1795444268",
        "1795444327",
        "1e-9",
        "\"api\"",
        "[\"api\"]",
        "[\"x\",\"api\"]",
        "[]",
        "\"API\"",
        "\"api/\"",
        "\"ap\"",
        "\"api\\u0000\"",
        "\"https://issuer.example\"",
        "\"https://issuer.example/\"",
        "\"HTTPS://issuer.example\"",
        "[\"https://issuer.example\"]",
        "\"read\"",
        "\"read write\"",
        "\"admin\"",
        "\"\"",
    ];
    let mut accepted = 0;
    for name in ["iss", "sub", "aud", "client_id", "iat", "nbf", "exp", "jti", "sid", "scope", "scp", "auth_time"] {
        let missing = signed(HEADER, without(name));
        let tokens = values.iter().map(|value| signed(HEADER, with(name, value))).chain([missing]);
        for token in tokens {
            accepted += benches.iter().filter(|bench| bench.agree(&token) == Ruling::Accept).count();
        }
    }
    assert!(accepted > 1000, "{accepted}");
}

/// JWT-06, JWT-07: what the header says about keys changes nothing.
#[test]
fn keys_and_names_of_keys_in_the_header_change_nothing() {
    let benches = benches();
    let long = "k".repeat(200_000);
    let plain: Vec<bool> =
        benches.iter().map(|bench| bench.agree(&signed(HEADER, claims(""))) == Ruling::Accept).collect();
    for more in [
        r#""kid":"../../dev/null""#,
        r#""kid":"x' UNION SELECT '1';--""#,
        r#""kid":"|sleep 10""#,
        r#""kid":"\u0000""#,
        r#""kid":7"#,
        &format!(r#""kid":"{long}""#),
        r#""jwk":{"kty":"oct","k":"AAAA"}"#,
        r#""jku":"http://127.0.0.1:1/""#,
        r#""x5u":"file:///etc/passwd""#,
        r#""x5c":["AAAA"]"#,
        r#""zip":"DEF""#,
        r#""cty":"JWT""#,
        r#""enc":"A128GCM""#,
        r#""b64":true"#,
    ] {
        let token = signed(&format!(r#"{{"alg":"HS256","typ":"at+jwt",{more}}}"#), claims(""));
        for (bench, plain) in benches.iter().zip(&plain) {
            assert_eq!(bench.agree(&token) == Ruling::Accept, *plain, "{more:.80}");
        }
        let forged = format!("{}A", &token[..token.len() - 1]);
        let forged = if forged == token { format!("{}E", &token[..token.len() - 1]) } else { forged };
        assert!(benches.iter().all(|bench| bench.agree(&forged) != Ruling::Accept));
    }
}
