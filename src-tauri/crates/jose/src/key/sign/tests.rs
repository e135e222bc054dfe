//! Tokens created here, read by another implementation.

use crate::testing::{NOW, key, signing_key};
use crate::{Algorithm, SignError, parse_exact};

#[test]
fn another_implementation_accepts_our_tokens() {
    use jsonwebtoken::{Algorithm as Theirs, DecodingKey, Validation, decode, jwk::Jwk};
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    for (algorithm, theirs) in [
        (Algorithm::Es256, Theirs::ES256),
        (Algorithm::Es384, Theirs::ES384),
        (Algorithm::EdDsa, Theirs::EdDSA),
        (Algorithm::Rs256, Theirs::RS256),
        (Algorithm::Rs512, Theirs::RS512),
        (Algorithm::Ps256, Theirs::PS256),
        (Algorithm::Ps384, Theirs::PS384),
        (Algorithm::Hs256, Theirs::HS256),
        (Algorithm::Hs512, Theirs::HS512),
    ] {
        let key = signing_key(algorithm);
        let token = key.sign("at+jwt", &format!(r#"{{"sub":"alice","exp":{}}}"#, NOW + 900)).unwrap();
        let decoding = match key.public_jwk() {
            Some(jwk) => DecodingKey::from_jwk(&serde_json::from_str::<Jwk>(&jwk).unwrap()).unwrap(),
            None => DecodingKey::from_secret(&[7; 64]),
        };
        let mut validation = Validation::new(theirs);
        validation.validate_exp = false;
        let read = decode::<serde_json::Value>(&token, &decoding, &validation).unwrap();
        assert_eq!(read.claims["sub"], "alice", "{algorithm}");
        assert_eq!(read.header.typ.as_deref(), Some("at+jwt"));
        assert_eq!(read.header.kid.as_deref(), Some(key.kid()));
    }
}

#[test]
fn the_claims_go_into_the_token_byte_by_byte() {
    let claims = "{ \"n\": 9007199254740993,\n \"x\" : 1e400 }";
    let token = key().sign("at+jwt", claims).unwrap();
    assert_eq!(parse_exact(&token).claims.text, claims);
    assert_eq!(parse_exact(&token).header_text("typ"), Some("at+jwt"));
}

#[test]
fn claims_that_are_no_claims_set_are_not_signed() {
    for claims in ["", "[]", "\"x\"", "{", "{} {}", "null"] {
        assert_eq!(key().sign("at+jwt", claims), Err(SignError::NotAnObject), "{claims}");
    }
    assert_eq!(key().sign("at+jwt", r#"{"a":1,"a":2}"#), Err(SignError::DuplicateClaim));
}

#[test]
fn names_with_quotes_are_escaped_in_the_header() {
    let odd = crate::SigningKey::from_hmac(Algorithm::Hs256, &[1; 32], "a\"b\\").unwrap();
    let parsed = parse_exact(&odd.sign("x\"y", "{}").unwrap());
    assert_eq!(parsed.header_text("kid"), Some("a\"b\\"));
    assert_eq!(parsed.header_text("typ"), Some("x\"y"));
}

/// aws-lc draws the nonce of ECDSA and RSA-PSS; the other algorithms are deterministic (checklist JWT-27).
#[test]
fn it_is_known_which_algorithms_repeat_a_signature() {
    for algorithm in Algorithm::ALL {
        let key = signing_key(algorithm);
        let same = key.signature(b"input").unwrap() == key.signature(b"input").unwrap();
        let name = algorithm.as_str();
        assert_eq!(same, name.starts_with("HS") || name.starts_with("RS") || name == "EdDSA", "{name}");
    }
}
