//! `twb inspect`: signed bytes of any kind, and kinds of tokens with rules of their own.

use super::{
    Twb,
    inspect::{section, unsigned},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// JWT-13, RFC 7515 section 5.2.
#[test]
fn a_payload_that_is_no_claims_set_is_verified_and_shown_as_bytes() {
    let twb = Twb::new();
    let secret = "x".repeat(32);
    let key = jose::SigningKey::from_hmac(jose::Algorithm::Hs256, secret.as_bytes(), "k").unwrap();
    let sign = |payload: &[u8]| key.dangerous_sign(r#"{"alg":"HS256"}"#, payload).unwrap();
    let run = |token: &str, json: bool| {
        let json: &[&str] = if json { &["--json"] } else { &[] };
        twb.run(&[&["inspect", token, "--secret", &secret], json].concat(), "")
    };
    for (payload, shown) in [
        (&b""[..], &["  Empty, 0 bytes"][..]),
        (b"hello there", &["  11 bytes, text", "  hello there"]),
        (b"\0\xff\x10\x20\x30", &["  5 bytes, hexadecimal", "  00ff1020 30"]),
        (b"x", &["  1 byte, text", "  x"]),
    ] {
        let said = run(&sign(payload), false);
        assert_eq!((said.code, &section(&said.out, "Payload")[..]), (1, shown), "{}", said.out);
        assert!(said.out.contains("pass  Signature            32 bytes, verified with the secret"), "{}", said.out);
        let answer: Value = serde_json::from_str(&run(&sign(payload), true).out).unwrap();
        assert_eq!((&answer["signature"], &answer["verdict"]), (&json!("verified"), &json!("rejected")));
        let bytes = json!({"bytes": payload.len(), "base64url": BASE64_URL_SAFE_NO_PAD.encode(payload)});
        assert_eq!(answer["payload"], bytes);
    }
    let said = run(&format!("{}.AAAA", sign(b"{}")), true);
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &answer["signature"]), (1, &json!("no_key")), "{answer}");
}

/// SMART Health Cards 1.4: raw DEFLATE, and keys below the issuer.
#[test]
fn a_health_card_is_inflated_and_judged_by_its_own_rules() {
    let twb = Twb::new();
    // `{"iss":"https://card.example","nbf":1795799940,"vc":{"type":["https://smarthealth.cards#health-card"]}}` in
    // DEFLATE without compression, which any reader understands.
    let claims =
        r#"{"iss":"https://card.example","nbf":1795799940,"vc":{"type":["https://smarthealth.cards#health-card"]}}"#;
    let size = u16::try_from(claims.len()).unwrap();
    let stored = [&[1][..], &size.to_le_bytes(), &(!size).to_le_bytes(), claims.as_bytes()].concat();
    let secret = "x".repeat(32);
    let key = jose::SigningKey::from_hmac(jose::Algorithm::Hs256, secret.as_bytes(), "k").unwrap();
    let token = key.dangerous_sign(r#"{"alg":"HS256","zip":"DEF"}"#, &stored).unwrap();
    let text = twb.says(&["inspect", &token, "--secret", &secret, "--at", "1795800000"], "");
    assert!(
        text.contains("\nPolicy SMART Health Card. Chosen automatically: the rules for this kind of token\n"),
        "{text}"
    );
    assert_eq!(
        section(&text, "SMART Health Card"),
        [
            "  The payload is compressed (zip DEF), shown inflated",
            "  Its keys are at https://card.example/.well-known/jwks.json; kid is the thumbprint of one",
        ]
    );
    assert!(text.contains("\n  iss  \"https://card.example\" "), "{text}");
    assert!(text.contains("pass  Time claims          Valid for 1 m so far; a health card need not expire"), "{text}");
    let plain = claims.replace("smarthealth", "other");
    let plain = [&[1][..], &(size - 6).to_le_bytes(), &(!(size - 6)).to_le_bytes(), plain.as_bytes()].concat();
    let token = key.dangerous_sign(r#"{"alg":"HS256","zip":"DEF"}"#, &plain).unwrap();
    let said = twb.run(&["inspect", &token, "--secret", &secret], "");
    let line = "warn  Parse                The payload is compressed (zip DEF): most JWT libraries do not inflate it";
    assert!(said.out.contains(line), "{}", said.out);
    let damaged = key.dangerous_sign(r#"{"alg":"HS256","zip":"DEF"}"#, &stored[..40]).unwrap();
    let said = twb.run(&["inspect", &damaged, "--secret", &secret], "");
    assert_eq!(said.code, 1);
    assert!(said.out.contains("  The payload is not compressed as zip says, with DEF\n"), "{}", said.out);
}

/// RFC 9449.
#[test]
fn a_dpop_proof_says_what_it_is_and_whether_it_matches_its_own_key() {
    let twb = Twb::new();
    let holder = signer();
    let jwk = holder.public_jwk().unwrap();
    let header = format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{jwk}}}"#);
    let claims = r#"{"jti":"a1","htm":"GET","htu":"https://api.example/items","iat":1795799990}"#;
    let proof = holder.dangerous_sign(&header, claims.as_bytes()).unwrap();
    let thumbprint = holder.verifying_key().thumbprint().unwrap();
    let said = twb.run(&["inspect", "--at", "1795800000"], &format!("DPoP: {proof}"));
    assert_eq!(said.code, 3, "{}", said.out);
    assert_eq!(
        section(&said.out, "DPoP proof"),
        [
            "  The signature of a proof is checked with the jwk in its own header: it matches",
            "  A proof is for one request, and needs no exp, iss or sub",
            &format!("  Thumbprint of that jwk (RFC 7638): {thumbprint}"),
            "  The access token that goes with it must have this thumbprint in cnf.jkt",
        ]
    );
    for line in [
        "Not verified: The access token that it goes with is needed",
        "pass  Time claims          Made 10 s ago; a proof has no exp, servers count from iat",
        "pass  Issuer and audience  For GET https://api.example/items",
    ] {
        assert!(said.out.contains(line), "{}", said.out);
    }
    assert!(!said.out.contains("Findings") && !said.out.contains("missing"), "{}", said.out);
    let answer: Value = serde_json::from_str(&twb.run(&["inspect", "--json"], &proof).out).unwrap();
    assert_eq!((&answer["kind"]["name"], &answer["signature"]), (&json!("DPoP proof"), &json!("no_key")));
    assert_eq!(answer["verdict"], "not_verified", "{answer}");
    // The guard knows no kind: a proof is no access token.
    let said = twb.run(&["guard"], &format!("{proof}\n"));
    assert_eq!(said.code, 1, "{}", said.out);
}

/// RFC 7516 section 5.2.
#[test]
fn an_encrypted_token_is_opened_with_a_given_key() {
    let twb = Twb::new();
    let key = aws_lc_rs::aead::UnboundKey::new(&aws_lc_rs::aead::AES_256_GCM, &[7; 32]).unwrap();
    let key = aws_lc_rs::aead::LessSafeKey::new(key);
    let encrypted = |content: &str| {
        let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"dir","enc":"A256GCM"}"#);
        let mut text = content.as_bytes().to_vec();
        let nonce = aws_lc_rs::aead::Nonce::assume_unique_for_key([9; 12]);
        let aad = aws_lc_rs::aead::Aad::from(header.as_bytes());
        let tag = key.seal_in_place_separate_tag(nonce, aad, &mut text).unwrap();
        let [iv, text, tag] = [&[9; 12][..], &text, tag.as_ref()].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
        format!("{header}..{iv}.{text}.{tag}")
    };
    let secret = "07".repeat(32);
    let run = |content: &str, key: &[&str]| twb.run(&[&["inspect", "-"], key].concat(), &encrypted(content));
    let said = run(r#"{"sub":"alice","exp":1795800000}"#, &["--secret-hex", &secret]);
    assert_eq!(said.code, 1, "an encrypted token is no proof: {}", said.out);
    assert!(section(&said.out, "Claims")[0].starts_with("  sub  \"alice\" "), "{}", said.out);
    let kind = section(&said.out, "Encrypted token (JWE)").join("\n");
    assert!(kind.contains("Decrypted with the key given here, which does not prove who wrote it"), "{kind}");
    assert!(!said.out.contains(&secret));
    let inner = unsigned(r#"{"sub":"bob"}"#);
    let said = run(&inner, &["--secret", &secret]);
    assert!(said.out.contains("Decrypted, inner token"), "hexadecimal is tried too: {}", said.out);
    assert!(said.out.contains("Send the token inside"), "{}", said.out);
    let said = run("{}", &["--secret-hex", &"08".repeat(32)]);
    assert!(said.out.contains("Not decrypted: The tag does not match this key: it is another one"), "{}", said.out);
    let said = run("{}", &["--secret", "short"]);
    assert!(said.out.contains("Not decrypted: The key is not of the kind or length"), "{}", said.out);
}

/// RFC 9901.
#[test]
fn an_sd_jwt_shows_what_it_discloses() {
    let twb = Twb::new();
    let part = BASE64_URL_SAFE_NO_PAD.encode(r#"["salt","family_name","Lovelace"]"#);
    let digest = jose::digest::sha_256(part.as_bytes());
    let secret = "x".repeat(32);
    let key = jose::SigningKey::from_hmac(jose::Algorithm::Hs256, secret.as_bytes(), "k").unwrap();
    let claims = format!(r#"{{"iss":"https://issuer.example","_sd_alg":"sha-256","_sd":["{digest}","hidden"]}}"#);
    let token = key.dangerous_sign(r#"{"alg":"HS256"}"#, claims.as_bytes()).unwrap();
    let text = twb.says(&["inspect", "--secret", &secret, "-"], &format!("{token}~{part}~"));
    assert_eq!(
        section(&text, "SD-JWT"),
        [
            "  Disclosed, and each fits its digest: family_name",
            "  1 digest without a disclosure: a hidden claim, or a decoy",
        ]
    );
    let claims = section(&text, "Claims");
    assert!(claims[3].starts_with("  family_name  \"Lovelace\" "), "{text}");
    assert!(claims[3].ends_with("  Disclosed. Family name"), "{text}");
    assert!(!text.contains("not registered"), "{text}");
}

/// App Store Server Notifications V2 nest signed data in an object.
#[test]
fn tokens_deep_inside_claims_are_listed_in_text_and_json() {
    let twb = Twb::new();
    let (one, two) = (unsigned(r#"{"transactionId":"1"}"#), unsigned(r#"{"renewal":true}"#));
    let outer = unsigned(&format!(
        r#"{{"notificationType":"TEST","data":{{"bundleId":"b","signedTransactionInfo":"{one}","list":[1,"{two}"]}}}}"#
    ));
    let text = twb.run(&["inspect"], &outer).out;
    let listed = section(&text, "Also in this paste").join("\n");
    for label in ["Level 2, data.signedTransactionInfo, none", "Level 2, data.list[1], none"] {
        assert!(listed.contains(label), "{text}");
    }
    let answer: Value = serde_json::from_str(&twb.run(&["inspect", "--json"], &outer).out).unwrap();
    let tokens: Vec<&Value> = answer["tokens"].as_array().unwrap().iter().map(|found| &found["token"]).collect();
    assert_eq!(tokens, [&json!(outer), &json!(one), &json!(two)]);
}

#[test]
fn a_token_that_auth0_encrypts_for_itself_says_how_to_get_a_signed_one() {
    let twb = Twb::new();
    let encrypted = |header: &str| {
        format!("{}..aWlpaWlpaWlpaWlp.Y2Nj.dHR0dHR0dHR0dHR0dHR0dA", BASE64_URL_SAFE_NO_PAD.encode(header))
    };
    let notes =
        |header: &str| section(&twb.run(&["inspect"], &encrypted(header)).out, "Encrypted token (JWE)").join("\n");
    let own = notes(r#"{"alg":"dir","enc":"A256GCM","iss":"https://shop.eu.auth0.com/"}"#);
    assert!(own.contains("  Auth0 encrypts an access token for itself when no audience is asked for"), "{own}");
    assert!(own.contains("Ask for the audience of your API"), "{own}");
    let domain = notes(r#"{"alg":"dir","enc":"A256GCM","iss":"https://login.shop.example/"}"#);
    assert!(domain.contains("Auth0, whose tokens have this header,"), "{domain}");
    let other = notes(r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#);
    assert!(!other.contains("Auth0"), "{other}");
    assert!(other.contains("Its key is protected by RSA-OAEP-256, its content by A256GCM"), "{other}");
}

/// A key that is made for the test.
fn signer() -> jose::SigningKey {
    use aws_lc_rs::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
    };
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    jose::SigningKey::from_pkcs8(jose::Algorithm::Es256, pair.as_ref()).unwrap()
}

/// What reads the answer may have the limit that the answer names.
#[test]
fn json_never_nests_deeper_than_what_is_read() {
    let twb = Twb::new();
    let nested = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    for (depth, is_shown) in [(62, true), (63, true), (64, false), (65, false)] {
        let said = twb.run(&["inspect", "--json"], &unsigned(&nested(depth)));
        assert_eq!(said.out.contains("\"claims\": null"), !is_shown, "{depth}: {}", said.out);
        let mut deepest = 0;
        said.out.bytes().filter(|byte| b"[{]}".contains(byte)).fold(0_i32, |level, byte| {
            let level = if b"[{".contains(&byte) { level + 1 } else { level - 1 };
            deepest = deepest.max(level);
            level
        });
        assert!(deepest <= 64, "{depth}: {deepest}");
        let answer: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(answer["payload"]["bytes"].is_number(), !is_shown, "{depth}: {answer}");
    }
}
