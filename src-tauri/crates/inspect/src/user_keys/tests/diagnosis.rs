//! What people get wrong about a signature, each with its own sentence.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use jose::base64url::{decode_strict, encode};

/// A token of these texts, signed as they are.
fn signed(header: &str, payload: &str, key: &SigningKey) -> String {
    let input = jose::signing_input(header.as_bytes(), payload.as_bytes());
    over(&input, &input, key)
}

/// `shown` with a signature over `covered`.
fn over(shown: &str, covered: &str, key: &SigningKey) -> String {
    format!("{shown}.{}", encode(&key.signature(covered.as_bytes()).unwrap()))
}

fn hmac(secret: &[u8]) -> SigningKey {
    SigningKey::dangerous_from_hmac(Algorithm::Hs256, secret, "").unwrap()
}

fn private(pem: &str, algorithm: Algorithm) -> SigningKey {
    PrivateKey::read(pem.as_bytes(), Some(algorithm)).unwrap().signing_key(None).unwrap()
}

fn public(pem: &str, algorithm: Algorithm) -> String {
    private(pem, algorithm).verifying_key().public_pem().unwrap()
}

/// Never verified, and every word of `words` is in the reason.
fn assert_diagnosed(report: &Report, words: &[&str]) {
    assert_ne!(report.signature.state, SignatureState::Verified);
    assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted);
    for words in words {
        assert!(report.signature.reason.contains(words), "{words}: {}", report.signature.reason);
    }
}

const LONG: &str = "a-secret-that-is-long-enough-for-HS256";
const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
const ES256: &str = r#"{"alg":"ES256"}"#;

/// `openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:222`.
const RS256_SIGNED_AS_PSS: &str = "BIhQ7nkS_wYQ1Cw5QxUYBFVEIcOZjB3wBBYt3eWc3mV4Sb3h6tpAXtHMjozXZSntjAZvHyhO06rLLYn3AczVP9jhZCiOCJOzvzK3\
     viyVkOtUENlFqiL9uYmFmkKok8uKSlhVuUZAkPAeo0lsr_L6qvKXCyT38JM_p4YWZkrdHdyyGSAh1YIHwkX1x-Yfyl1did6K5vxj\
     tiEkweZmKDn5fgUj2XqUGJOpaYxuaFcEuS78gPtpprw5hl59qhX6XTYfwi75A2EAiDchdts6uFFfEMv0eSQ1Ju18ZIRNxz5g4BOJ\
     THSmCaFvIx-DL4rYsNPofM3m6s9jOxdVgSFPHi_eNg";

fn split(token: &str) -> (&str, Vec<u8>) {
    let (input, signature) = token.rsplit_once('.').unwrap();
    (input, decode_strict(signature).unwrap())
}

fn in_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_signature_written_in_another_way_is_read_as_that() {
    let token = signed(HS256, &claims(), &hmac(LONG.as_bytes()));
    let (input, mac) = split(&token);
    for (signature, words) in [
        (in_hex(&mac), "HMAC written in hexadecimal"),
        (in_hex(&mac).to_uppercase(), "HMAC written in hexadecimal"),
        (encode(in_hex(&mac).as_bytes()), "HMAC written in hexadecimal"),
        (encode(encode(&mac).as_bytes()), "base64 twice"),
        (STANDARD.encode(&mac), "over the text as it stands"),
    ] {
        assert_diagnosed(&text(&format!("{input}.{signature}"), LONG), &[words, "matches this secret"]);
    }
    let token = signed(ES256, &claims(), &private(P256, Algorithm::Es256));
    let key = public(P256, Algorithm::Es256);
    let (input, pair) = split(&token);
    let (r, s) = pair.split_at(32);
    for (signature, words) in [(encode(&[s, r].concat()), "s before r"), (in_hex(&pair), "hexadecimal")] {
        assert_diagnosed(&text(&format!("{input}.{signature}"), &key), &[words, "matches this key"]);
    }
    // A different signature by the same key is not one of the readings.
    assert_diagnosed(&text(&format!("{input}.{}", encode(&[0x41; 64])), &key), &["does not match"]);
}

#[test]
fn a_token_signed_in_plain_base64_is_read_and_cured_once() {
    // These texts need `+` or `/` in header and payload.
    let (header, payload) = (r#"{"alg":"HS256","x":"???>>>"}"#, r#"{"sub":"~~~???>>>","exp":4102444800}"#);
    let input = format!("{}.{}", STANDARD.encode(header), STANDARD.encode(payload));
    assert!(input.contains(['+', '/']));
    let mac = hmac(LONG.as_bytes()).signature(input.as_bytes()).unwrap();
    for signature in [STANDARD.encode(&mac), encode(&mac)] {
        let report = text(&format!("{input}.{signature}"), LONG);
        assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted);
        assert!(report.claims.iter().any(|member| member.name == "sub"), "the claims are read");
        let reasons: String = report.trace.iter().map(|step| step.reason.as_ref()).collect();
        assert!(reasons.contains("Payload has /") || reasons.contains("Payload has +"), "{reasons}");
    }
    let report = text(&format!("{input}.{}", STANDARD.encode(&mac)), LONG);
    assert_diagnosed(&report, &["over the text as it stands", "base64 instead of base64url"]);
    let fixes: Vec<&str> = report.trace.iter().map(|step| &*step.fix).filter(|fix| !fix.is_empty()).collect();
    assert_eq!(fixes, ["Sign and send the token in base64url without padding (RFC 7515 §2)"]);
}

#[test]
fn padding_of_every_segment_is_named_and_cured_once() {
    let token = signed(r#"{"alg":"HS256","a":1}"#, r#"{"sub":"ab","exp":4102444800}"#, &hmac(LONG.as_bytes()));
    let padded: Vec<String> =
        token.split('.').map(|part| format!("{part}{}", &"=="[..(4 - part.len() % 4) % 4 % 3])).collect();
    let report = text(&padded.join("."), LONG);
    assert_diagnosed(&report, &["once the padding is removed"]);
    let named = ["Header", "Payload", "Signature"].into_iter().zip(&padded).filter(|(_, part)| part.ends_with('='));
    let named: Vec<String> = named.map(|(name, _)| format!("{name} ends in =")).collect();
    assert!(named.len() > 1, "{padded:?}");
    assert_eq!(report.trace[0].reason, named.join("; "));
    let fixes: Vec<&str> = report.trace.iter().map(|step| &*step.fix).filter(|fix| !fix.is_empty()).collect();
    assert_eq!(fixes, ["Send the token without padding (RFC 7515 §2)"]);
}

#[test]
fn numbers_without_their_zero_bytes_are_put_right() {
    let key = private(P256, Algorithm::Es256);
    let public = public(P256, Algorithm::Es256);
    // One signature in about 128 has a short number.
    let token = (0..20_000).map(|n| signed(ES256, &format!(r#"{{"n":{n}}}"#), &key)).find(|token| {
        let (_, pair) = split(token);
        pair[0] == 0 || pair[32] == 0
    });
    let token = token.unwrap();
    let (input, pair) = split(&token);
    let short: Vec<u8> =
        pair.chunks(32).flat_map(|number| number.strip_prefix(&[0]).unwrap_or(number)).copied().collect();
    assert!(short.len() < 64);
    assert_diagnosed(&text(&format!("{input}.{}", encode(&short)), &public), &["zero byte", "matches this key"]);
    let rsa = private(RSA, Algorithm::Rs256);
    let token = signed(r#"{"alg":"RS256"}"#, &claims(), &rsa);
    let (input, mut bytes) = split(&token);
    bytes.reverse();
    let report = text(&format!("{input}.{}", encode(&bytes)), RSA_PUBLIC);
    assert_diagnosed(&report, &["lowest byte first", "matches this key"]);
}

#[test]
fn what_was_changed_after_signing_is_found() {
    let key = hmac(LONG.as_bytes());
    let payload = r#"{"sub":"zoë/1","url":"https://a.example/x?a=1&b=2","n":[1,2],"exp":4102444800}"#;
    let escaped = payload.replace('ë', "\\u00eb");
    let crlf = |payload: &str| jose::json::pretty(payload).replace('\n', "\r\n");
    let sorted = r#"{"exp":4102444800,"n":[1,2],"sub":"zoë/1","url":"https://a.example/x?a=1&b=2"}"#;
    for (covered, sent, words) in [
        (
            payload.replace(":", ": ").replace("https: ", "https:").replace(",", ", "),
            payload.to_owned(),
            "as Python does",
        ),
        (payload.to_owned(), payload.replace(",", ", "), "without spaces"),
        (payload.replace('/', "\\/"), payload.to_owned(), "as PHP does"),
        (payload.to_owned(), payload.replace('/', "\\/"), "slashes not escaped"),
        (escaped.clone(), payload.to_owned(), "Unicode escaped"),
        (payload.to_owned(), escaped.clone(), "Unicode not escaped"),
        (payload.replace('&', "\\u0026"), payload.to_owned(), "as Go does"),
        (sorted.to_owned(), payload.to_owned(), "another order"),
        (format!("{payload}\n"), payload.to_owned(), "line break at its end"),
        ("{\r\n\"a\":1}".to_owned(), "{\n\"a\":1}".to_owned(), "Windows (CRLF) in place of those of Unix (LF):"),
        (jose::json::pretty(payload), crlf(payload), "Unix (LF) in place of those of Windows (CRLF):"),
        (crlf(payload), jose::json::pretty(payload), "Windows (CRLF) in place of those of Unix (LF):"),
        (crlf(payload), payload.to_owned(), "the line endings of Windows (CRLF) and two spaces"),
        (jose::json::pretty(payload), payload.to_owned(), "as an editor does"),
    ] {
        let input = |payload: &str| jose::signing_input(HS256.as_bytes(), payload.as_bytes());
        let token = over(&input(&sent), &input(&covered), &key);
        assert_diagnosed(&text(&token, LONG), &["the payload is written", words, "written again after it was signed"]);
    }
    let six = r#"{"zone":1,"aud":"x","email":"a","iss":"y","exp":4102444800,"b":[2,1]}"#;
    let other = r#"{"email":"a","zone":1,"exp":4102444800,"b":[2,1],"iss":"y","aud":"x"}"#;
    let input = |payload: &str| jose::signing_input(HS256.as_bytes(), payload.as_bytes());
    assert_diagnosed(&text(&over(&input(six), &input(other), &key), LONG), &["another order"]);
    let input = |header: &str| jose::signing_input(header.as_bytes(), payload.as_bytes());
    let token = over(&input(HS256), &input(r#"{"typ":"JWT","alg":"HS256"}"#), &key);
    assert_diagnosed(&text(&token, LONG), &["the header is written", "another order"]);
    let nonce = encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"abc").as_ref());
    let header = |nonce: &str| format!(r#"{{"nonce":"{nonce}","alg":"HS256"}}"#);
    let token = over(&input(&header("abc")), &input(&header(&nonce)), &key);
    assert_diagnosed(&text(&token, LONG), &["nonce", "SHA-256", "only Graph"]);
}

#[test]
fn other_encodings_of_what_was_signed_are_found() {
    let key = hmac(LONG.as_bytes());
    let (header, payload) = (r#"{"alg":"HS256","kid":"a"}"#, r#"{"sub":"ü>>>","exp":4102444800}"#);
    let with =
        |engine: &base64::engine::GeneralPurpose| format!("{}.{}", engine.encode(header), engine.encode(payload));
    let url = jose::signing_input(header.as_bytes(), payload.as_bytes());
    for (shown, covered, words) in [
        (&url, &with(&URL_SAFE), "padding is put back"),
        (&with(&URL_SAFE), &url, "padding is removed"),
        (&with(&STANDARD), &url, "in base64url"),
        (&url, &with(&STANDARD), "plain base64"),
        (&url, &format!("{header}.{payload}"), "the JSON was signed"),
        (&url, &format!("{}.{payload}", encode(header.as_bytes())), "payload is not encoded"),
    ] {
        assert_ne!(shown, covered);
        assert_diagnosed(&text(&over(shown, covered, &key), LONG), &["matches this secret once", words]);
    }
}

#[test]
fn an_aws_load_balancer_pads_and_the_padding_stays() {
    let key = private(P256, Algorithm::Es256);
    let public = public(P256, Algorithm::Es256);
    let header = r#"{"alg":"ES256","signer":"arn:aws:elasticloadbalancing:eu-north-1:1:loadbalancer/app/x/1"}"#;
    let padded = format!("{}.{}", URL_SAFE.encode(header), URL_SAFE.encode(claims() + " "));
    assert!(padded.contains('='));
    let signature = URL_SAFE.encode(key.signature(padded.as_bytes()).unwrap());
    let report = text(&format!("{padded}.{signature}"), &public);
    assert_verified(&report);
    assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted);
    let parse = &report.trace[0];
    assert!(parse.reason.contains("AWS load balancer"), "{}", parse.reason);
    assert!(parse.fix.contains("Keep the padding") && !parse.fix.contains("Re-encode"), "{}", parse.fix);
    let stripped = format!("{padded}.{signature}").replace('=', "");
    assert_diagnosed(&text(&stripped, &public), &["padding is put back", "AWS load balancer"]);
}

#[test]
fn the_algorithm_that_signed_is_named() {
    let (rs256, hs512) =
        (private(RSA, Algorithm::Rs256), SigningKey::dangerous_from_hmac(Algorithm::Hs512, LONG.as_bytes(), ""));
    let hs512 = hs512.unwrap();
    let set = format!(r#"{{"keys":[{}]}}"#, rs256.public_jwk().unwrap());
    for (header, key, given, algorithm) in [
        (HS256, &rs256, RSA_PUBLIC, "RS256"),
        (HS256, &rs256, &*set, "RS256"),
        (r#"{"alg":"RS512"}"#, &rs256, RSA_PUBLIC, "RS256"),
        (r#"{"alg":"PS256"}"#, &rs256, RSA_PUBLIC, "RS256"),
        (r#"{"alg":"RS256"}"#, &hs512, LONG, "HS512"),
        (HS256, &hs512, LONG, "HS512"),
    ] {
        let words = format!("{algorithm} signature that matches this");
        let report = text(&signed(header, &claims(), key), given);
        assert_diagnosed(&report, &[&words, "only `alg` in the header is wrong"]);
        // A set has no key for HS256 to fail with, and an HMAC secret none for RS256.
        let is_tried = given == RSA_PUBLIC || header == HS256 && given == LONG;
        let failed = report.trace.iter().find(|step| step.outcome == Outcome::Fail);
        let fix = format!("Set `alg` to {algorithm} where the token is signed");
        assert_eq!(failed.map(|step| &*step.fix), is_tried.then_some(&*fix));
    }
    let hs256 = hmac(LONG.as_bytes());
    for (name, words) in [
        ("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "XML-Signature name (RFC 7518 appendix A.1) of HS256"),
        ("HmacSHA256", "Java's name of HS256"),
        ("hs256", "case-sensitive"),
        ("SECRET", "no JWS algorithm"),
    ] {
        let token = signed(&format!(r#"{{"alg":"{name}"}}"#), &claims(), &hs256);
        assert_diagnosed(&text(&token, LONG), &[words, "`alg` must be HS256"]);
    }
    // A key that the token brings along matches, but proves nothing.
    let jwk = rs256.public_jwk().unwrap();
    let token = signed(&format!(r#"{{"alg":"RS512","jwk":{jwk}}}"#), &claims(), &rs256);
    assert!(!text(&token, RSA_PUBLIC).signature.reason.contains("matches"));
}

#[test]
fn a_salt_of_another_length_is_named() {
    const SALTS: &str = include_str!("../../../../jose/vectors/pss_salts.json");
    for case in serde_json::from_str::<Vec<serde_json::Value>>(SALTS).unwrap() {
        let (salt, token) = (&case["salt"], case["token"].as_str().unwrap());
        let algorithm = case["alg"].as_str().unwrap();
        let report = text(token, RSA_PUBLIC);
        let is_standard =
            matches!((algorithm, salt.as_u64()), ("PS256", Some(32)) | ("PS384", Some(48)) | (_, Some(64)));
        if is_standard {
            assert_verified(&report);
            continue;
        }
        let words =
            format!("This is a {algorithm} signature by this key with a salt of {salt} bytes; {algorithm} takes");
        assert_diagnosed(&report, &[&words]);
        let failed = report.trace.iter().find(|step| step.outcome == Outcome::Fail).unwrap();
        assert!(failed.fix.starts_with("Set the salt length to "), "{}", failed.fix);
    }
    // Both at once: Node signs with the longest salt unless told otherwise.
    let input = jose::signing_input(br#"{"alg":"RS256"}"#, br#"{"sub":"alice"}"#);
    let token = format!("{input}.{RS256_SIGNED_AS_PSS}");
    let words = ["PS256 signature by this key with a salt of 222 bytes", "`alg` in the header is wrong, too"];
    assert_diagnosed(&text(&token, RSA_PUBLIC), &words);
}

#[test]
fn a_secret_is_found_in_what_surrounds_it() {
    let secret = "correct horse battery staple, long";
    let token = signed(HS256, &claims(), &hmac(secret.as_bytes()));
    let file = format!("# settings\nPORT=80\nexport JWT_SECRET=\"{secret}\"\nOTHER=1\n");
    for (given, words) in [
        (file, "The value of `JWT_SECRET` in this text matches"),
        (format!("jwt:\n  port: 80\n  secret: {secret} # the old one\n"), "The value of `secret` in this text matches"),
        (format!(r#"{{"jwt":{{"secret":"{secret}","ttl":5}}}}"#), "The value of `secret` in this text matches"),
        (format!("A=1\nKEY={}\n", STANDARD.encode(secret)), "The value of `KEY` in this text matches, read as base64"),
        (
            format!("A=1\nAPP_KEY=\"base64:{}\"\n", STANDARD.encode(secret)),
            "The value of `APP_KEY` in this text matches without `base64:`, read as base64",
        ),
        (format!("base64:{}", STANDARD.encode(secret)), "Matches what follows `base64:`"),
    ] {
        assert_diagnosed(&text(&token, &given), &[words]);
        assert!(!text(&token, &given).signature.reason.contains(secret));
    }
    let jwk = format!(r#"{{"kty":"oct","k":"{secret}"}}"#);
    assert_diagnosed(&text(&token, &jwk), &["`k` holds the plain secret", "matches as text"]);
    for (signed_with, words) in [
        (STANDARD.encode(secret), "encoded as base64 first"),
        (in_hex(secret.as_bytes()), "encoded as hexadecimal first"),
    ] {
        assert_diagnosed(&text(&signed(HS256, &claims(), &hmac(signed_with.as_bytes())), secret), &[words]);
    }
}

#[test]
fn a_payload_of_escapes_is_written_again_in_time_linear_in_it() {
    let steps = [1_000, 2_000].map(|escapes| {
        // The last one is half of a pair, so it cannot be written as a character.
        let claims = format!(r#"{{"a":"{}\ud800"}}"#, r"\u0041".repeat(escapes));
        let token = signed(HS256, &claims, &hmac(&[7; 32]));
        jose::steps::of(|| drop(text(&token, LONG)))
    });
    assert!(steps[1] < 3 * steps[0], "{steps:?}");
}

#[test]
fn two_things_that_are_wrong_at_once_are_found_together() {
    let secret = base64::engine::general_purpose::STANDARD.encode([0x5a; 32]);
    let key = SigningKey::from_hmac(Algorithm::Hs256, &[0x5a; 32], "k").unwrap();
    let padded = |text: &str| base64::engine::general_purpose::URL_SAFE.encode(text);
    let input = format!("{}.{}", padded(r#"{"alg":"HS256"}"#), padded(r#"{"sub":"bob"}"#));
    let mac = key.signature(input.as_bytes()).unwrap();
    let stripped = input.replace('=', "");
    let report = text(&format!("{stripped}.{}", encode(&mac)), &secret);
    assert_diagnosed(&report, &["read as base64", "once the padding is put back"]);
    let hex: String = key.signature(stripped.as_bytes()).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    let report = text(&format!("{stripped}.{}", encode(hex.as_bytes())), &secret);
    assert_diagnosed(&report, &["read as base64", "written in hexadecimal"]);
}
