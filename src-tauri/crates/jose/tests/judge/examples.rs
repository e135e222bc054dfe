//! Every signed example of the RFCs, whole and with each of its symbols changed.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{Algorithm, Facts, Policy, VerifyingKey};
use serde_json::Value;

use crate::bench::Bench;
use crate::second::{Key, Keyed, Ruling};

/// A moment at which the examples' `exp`, 1300819380, has not passed.
const NOW: i64 = 1_300_819_000;

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The key of an example as either judge takes it.
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

/// Judges an example and every change of one of its symbols.
fn judged(token: &str, jwk: &Value, algorithm: &str) -> Ruling {
    let policy = Policy { algorithms: Algorithm::ALL.to_vec(), required_claims: Vec::new(), ..Policy::default() };
    let key = key(jwk, algorithm.parse().unwrap());
    let mut bench = Bench::new(policy, Facts::unknown("an example"), Some(key));
    bench.now = NOW;
    for at in (0..token.len()).step_by(3) {
        for with in ["", ".", "A", "="] {
            let changed = format!("{}{with}{}", &token[..at], &token[at + 1..]);
            if changed != token {
                assert_ne!(bench.agree(&changed), Ruling::Accept, "{algorithm} at {at}");
            }
        }
    }
    bench.agree_with_inspect(token)
}

#[test]
fn the_examples_are_accepted_where_they_are_tokens_and_refused_where_they_are_texts() {
    let mut accepted = 0;
    for case in read(include_str!("../../vectors/jws_rfc7515_rfc8037.json"))["cases"].as_array().unwrap() {
        let (Some(token), Some(algorithm)) = (case["jws"].as_str(), case["alg"].as_str()) else { continue };
        let Ok(_) = algorithm.parse::<Algorithm>() else { continue };
        let ruling = judged(token, &case["key"], algorithm);
        accepted += usize::from(ruling == Ruling::Accept);
        // Three examples carry claims; what the others carry is prose.
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        assert_eq!(ruling == Ruling::Accept, payload.starts_with(b"{"), "{}", case["id"]);
    }
    assert_eq!(accepted, 3);
    for text in [
        include_str!("../../vectors/cookbook/4_1.rsa_v15_signature.json"),
        include_str!("../../vectors/cookbook/4_2.rsa-pss_signature.json"),
        include_str!("../../vectors/cookbook/4_3.ecdsa_signature.json"),
        include_str!("../../vectors/cookbook/4_4.hmac-sha2_integrity_protection.json"),
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
