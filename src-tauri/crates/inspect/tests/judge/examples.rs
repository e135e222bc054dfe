//! The examples of RFC 7515, 7519, 7520, 7797, 8037 and 9068, unchanged and with symbols changed.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{Algorithm, Facts, Policy, PrivateKey, VerifyingKey};
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::second::{Key, Keyed, Ruling};

/// A time before the examples' `exp`, 1300819380.
const NOW: i64 = 1_300_819_000;

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The key of an example, as each judge takes it.
fn key(jwk: &Value, algorithm: Algorithm) -> (VerifyingKey, Keyed) {
    let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let numbers = match jwk["kty"].as_str().unwrap() {
        "oct" => Key::Hmac(Box::new(hmac::Key::new(hmac::HMAC_SHA256, &number("k")))),
        "RSA" => Key::Rsa { n: number("n"), e: number("e") },
        "EC" => Key::Point([vec![4], number("x"), number("y")].concat()),
        _ => Key::Point(number("x")),
    };
    let mut text = jwk.clone();
    text.as_object_mut().unwrap().remove("alg");
    (VerifyingKey::from_jwk(&text.to_string(), Some(algorithm)).unwrap(), Keyed { algorithm, key: numbers })
}

/// The examples of RFC 7515 and RFC 8037.
fn examples() -> Vec<Value> {
    let file = read(include_str!("../../../jose/vectors/jws_rfc7515_rfc8037.json"));
    file["cases"].as_array().unwrap().clone()
}

fn example(id: &str) -> Value {
    examples().into_iter().find(|case| case["id"] == id).unwrap()
}

fn open_policy() -> Policy {
    Policy { algorithms: Algorithm::ALL.to_vec(), required_claims: Vec::new(), ..Policy::default() }
}

/// An example with the key of another one.
fn bench_of(jwk: &Value, algorithm: &str) -> Bench {
    let key = key(jwk, algorithm.parse().unwrap());
    let mut bench = Bench::new(open_policy(), Facts::unknown("an example"), Some(key));
    bench.evidence.now = NOW;
    bench
}

/// Judges an example, and every change of one of its symbols.
fn judged_on(bench: &Bench, token: &str) -> Ruling {
    for at in (0..token.len()).step_by(3) {
        for with in ["", ".", "A", "="] {
            let changed = format!("{}{with}{}", &token[..at], &token[at + 1..]);
            if changed != token {
                assert_ne!(bench.agree(&changed), Ruling::Accept, "{token:.60} at {at}");
            }
        }
    }
    bench.agree_with_inspect(token)
}

fn judged(token: &str, jwk: &Value, algorithm: &str) -> Ruling {
    judged_on(&bench_of(jwk, algorithm), token)
}

/// RFC 7515 A.1 to A.4, which RFC 7519 section 3.1 and RFC 7797 section 4 repeat, RFC 8037 A.4, RFC 7520 4.1 to 4.4.
#[test]
fn the_examples_are_accepted_where_they_are_tokens_and_refused_where_they_are_texts() {
    let mut accepted = 0;
    for case in examples() {
        let (Some(token), Some(algorithm)) = (case["jws"].as_str(), case["alg"].as_str()) else { continue };
        let Ok(_) = algorithm.parse::<Algorithm>() else { continue };
        let ruling = judged(token, &case["key"], algorithm);
        accepted += usize::from(ruling == Ruling::Accept);
        // Three examples contain claims; the others contain prose.
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        assert_eq!(ruling == Ruling::Accept, payload.starts_with(b"{"), "{}", case["id"]);
    }
    assert_eq!(accepted, 3);
    for text in [
        include_str!("../../../jose/vectors/cookbook/4_1.rsa_v15_signature.json"),
        include_str!("../../../jose/vectors/cookbook/4_2.rsa-pss_signature.json"),
        include_str!("../../../jose/vectors/cookbook/4_3.ecdsa_signature.json"),
        include_str!("../../../jose/vectors/cookbook/4_4.hmac-sha2_integrity_protection.json"),
    ] {
        let case = read(text);
        let token = case["output"]["compact"].as_str().unwrap();
        let ruling = judged(token, &case["input"]["key"], case["input"]["alg"].as_str().unwrap());
        assert_eq!(ruling, Ruling::Refuse("not a JSON object"));
        let header = token.split('.').next().unwrap();
        assert_ne!(
            judged(&format!("{header}.e30.AA"), &case["input"]["key"], case["input"]["alg"].as_str().unwrap()),
            Ruling::Accept
        );
    }
}

/// RFC 7519 section 6.1, the same as RFC 7515 A.5: no key makes an unsecured token valid.
#[test]
fn the_unsecured_example_is_refused_with_every_key_and_without_one() {
    let token = example("RFC7515-A.5")["jws"].as_str().unwrap().to_owned();
    assert!(token.starts_with("eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2Ui") && token.ends_with('.'));
    let mut benches = vec![Bench::new(open_policy(), Facts::unknown("an example"), None)];
    benches[0].evidence.now = NOW;
    for id in ["RFC7515-A.1", "RFC7515-A.2", "RFC7515-A.3", "RFC7515-A.4", "RFC8037-A.4"] {
        let case = example(id);
        benches.push(bench_of(&case["key"], case["alg"].as_str().unwrap()));
    }
    for bench in &benches {
        assert_ne!(judged_on(bench, &token), Ruling::Accept);
        assert_ne!(bench.agree_with_inspect(token.trim_end_matches('.')), Ruling::Accept);
    }
}

/// RFC 7515 A.6 and A.7, and RFC 7520 4.5 to 4.8: a server accepts only a compact JWS.
#[test]
fn the_examples_in_json_and_with_their_payload_elsewhere_are_no_bearer_tokens() {
    let [rs256, es256] = ["RFC7515-A.2", "RFC7515-A.3"].map(example);
    let parts = |case: &Value| {
        let parts: Vec<_> = case["jws"].as_str().unwrap().split('.').map(str::to_owned).collect();
        <[String; 3]>::try_from(parts).unwrap()
    };
    let [protected, payload, signature] = parts(&rs256);
    let first = json!({"protected": protected, "header": {"kid": "2010-12-29"}, "signature": signature});
    let [protected, _, signature] = parts(&es256);
    let header = json!({"kid": "e9bc097a-ce51-4036-9562-d2ade882db0d"});
    let second = json!({"protected": protected, "header": header, "signature": signature});
    let general = json!({"payload": payload, "signatures": [first, second]}).to_string();
    let flattened =
        json!({"payload": payload, "protected": protected, "header": header, "signature": signature}).to_string();
    for (case, algorithm) in [(&rs256, "RS256"), (&es256, "ES256")] {
        let bench = bench_of(&case["key"], algorithm);
        for text in [&general, &flattened] {
            assert_eq!(bench.agree_with_inspect(text), Ruling::Refuse("not three segments"), "{algorithm}");
        }
        assert_eq!(bench.agree(case["jws"].as_str().unwrap()), Ruling::Accept, "the same parts, side by side");
    }
    for text in [
        include_str!("../../../jose/vectors/cookbook/4_5.signature_with_detached_content.json"),
        include_str!("../../../jose/vectors/cookbook/4_6.protecting_specific_header_fields.json"),
        include_str!("../../../jose/vectors/cookbook/4_7.protecting_content_only.json"),
    ] {
        let case = read(text);
        let bench = bench_of(&case["input"]["key"], "HS256");
        for output in case["output"].as_object().unwrap().values() {
            let text = output.as_str().map_or_else(|| output.to_string(), str::to_owned);
            assert_ne!(bench.agree_with_inspect(&text), Ruling::Accept);
        }
    }
    let several = read(include_str!("../../../jose/vectors/cookbook/4_8.multiple_signatures.json"));
    for (n, algorithm) in ["RS256", "ES512", "HS256"].into_iter().enumerate() {
        let bench = bench_of(&several["input"]["key"][n], algorithm);
        assert_ne!(bench.agree_with_inspect(&several["output"]["json"].to_string()), Ruling::Accept);
    }
}

/// RFC 7797 section 4: a payload that is not encoded is understood by neither judge.
#[test]
fn the_examples_with_an_unencoded_payload_are_refused() {
    const PROTECTED: &str = "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19";
    const SIGNATURE: &str = "A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY";
    let bench = bench_of(&example("RFC7515-A.1")["key"], "HS256");
    // Section 4.1, the control: the same payload, encoded as in every JWS. It is signed, but not a claims set.
    let control = "eyJhbGciOiJIUzI1NiJ9.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ";
    assert_eq!(judged_on(&bench, control), Ruling::Refuse("not a JSON object"));
    let flattened = json!({"protected": PROTECTED, "payload": "$.02", "signature": SIGNATURE}).to_string();
    for text in [
        flattened,
        format!("{PROTECTED}..{SIGNATURE}"),
        format!("{PROTECTED}.$.02.{SIGNATURE}"),
        format!("{PROTECTED}.JC4wMg.{SIGNATURE}"),
    ] {
        assert_ne!(judged_on(&bench, &text), Ruling::Accept, "{text}");
    }
    for text in [
        include_str!("../../../jose/vectors/cookbook/rfc7797.4_1.json"),
        include_str!("../../../jose/vectors/cookbook/rfc7797.4_2.json"),
    ] {
        for output in read(text)["output"].as_object().unwrap().values() {
            let text = output.as_str().map_or_else(|| output.to_string(), str::to_owned);
            assert_ne!(bench.agree_with_inspect(&text), Ruling::Accept, "{text}");
        }
    }
    // Unencoded claims, signed as in the RFC: they are not read either.
    let claims = r#"{"exp":4102444800}"#;
    let secret = URL_SAFE_NO_PAD.decode(example("RFC7515-A.1")["key"]["k"].as_str().unwrap()).unwrap();
    let signed = format!("{PROTECTED}.{claims}");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
    assert_ne!(bench.agree_with_inspect(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))), Ruling::Accept);
}

/// The header and the claims of RFC 9068 section 3. The RFC shows no signature, so a key of these tests makes one.
#[test]
fn the_access_token_of_rfc_9068_is_accepted_by_its_own_rules_and_without_any_of_its_claims_refused() {
    const HEADER: &str = r#"{"typ":"at+JWT","alg":"RS256","kid":"RjEwOwOA"}"#;
    const CLAIMS: &str = r#"{
     "iss": "https://authorization-server.example.com/",
     "sub": "5ba552d67",
     "aud":   "https://rs.example.com/",
     "exp": 1639528912,
     "iat": 1618354090,
     "jti" : "dbe39bf3a3ba4238a513f51d6e1691c4",
     "client_id": "s6BhdRkqt3",
     "scope": "openid profile reademail"
   }"#;
    /// Section 2.2.
    const REQUIRED: [&str; 7] = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"];
    let pem = include_bytes!("../../../jose/vectors/keys/rsa2048.pkcs8.pem");
    let signer = PrivateKey::read(pem, Some(Algorithm::Rs256)).unwrap().signing_key(None).unwrap();
    let jwk = read(&signer.public_jwk().unwrap());
    let bench = |change: fn(&mut Policy)| {
        let mut policy = Policy {
            issuer: Some("https://authorization-server.example.com/".to_owned()),
            audience: Some("https://rs.example.com/".to_owned()),
            algorithms: vec![Algorithm::Rs256],
            typ: Some("at+jwt".to_owned()),
            required_claims: REQUIRED.map(str::to_owned).to_vec(),
            required_scopes: vec!["profile".to_owned()],
            ..Policy::default()
        };
        change(&mut policy);
        let key = key(&jwk, Algorithm::Rs256);
        let mut bench = Bench::new(policy, Facts::unknown("an example"), Some(key));
        bench.evidence.now = 1_618_354_091;
        bench
    };
    let own = bench(|_| {});
    let sign = |header: &str, claims: &str| signer.dangerous_sign(header, claims.as_bytes()).unwrap();
    let token = sign(HEADER, CLAIMS);
    assert_eq!(judged_on(&own, &token), Ruling::Accept);
    for name in REQUIRED {
        let without = CLAIMS.replacen(&format!("\"{name}\""), "\"unnamed\"", 1);
        assert_eq!(own.agree_with_inspect(&sign(HEADER, &without)), Ruling::Refuse("a required claim is missing"));
    }
    for header in [
        HEADER.replace("at+JWT", "JWT"),
        HEADER.replace(r#""typ":"at+JWT","#, ""),
        HEADER.replace("RS256", "none"),
        HEADER.replace("RS256", "HS256"),
    ] {
        assert_ne!(own.agree_with_inspect(&sign(&header, CLAIMS)), Ruling::Accept, "{header}");
    }
    assert_eq!(own.agree_with_inspect(&sign(&HEADER.replace("at+JWT", "application/at+jwt"), CLAIMS)), Ruling::Accept);
    let changes: [fn(&mut Policy); 4] = [
        |policy| policy.issuer = Some("https://authorization-server.example.com".to_owned()),
        |policy| policy.audience = Some("https://rs.example.com".to_owned()),
        |policy| policy.required_scopes = vec!["email".to_owned()],
        |policy| policy.algorithms = vec![Algorithm::Ps256],
    ];
    for change in changes {
        assert_ne!(bench(change).agree_with_inspect(&token), Ruling::Accept);
    }
    let mut late = bench(|_| {});
    late.evidence.now = 1_639_528_912;
    assert_eq!(late.agree_with_inspect(&token), Ruling::Refuse("expired"));
}
