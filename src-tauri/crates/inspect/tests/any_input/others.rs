//! Texts that are not a JWT: one or more of every kind that has a name.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::read::{DeflateEncoder, ZlibEncoder};

pub(crate) fn texts() -> Vec<String> {
    let (plain, url) =
        (|bytes: &[u8]| BASE64_STANDARD.encode(bytes), |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes));
    let saml = "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"><saml:Issuer>https://idp.example\
                </saml:Issuer></samlp:Response>";
    let deflated = plain(&read_all(DeflateEncoder::new(saml.as_bytes(), Compression::default())));
    let zlib = url(&read_all(ZlibEncoder::new(&br#"{"cart":[1,2,3],"name":"alice"}"#[..], Compression::default())));
    let (sha1, sha256) = (url(&[7; 20]), url(&[9; 32]));
    let flask = format!("{}.awvyjg.{sha1}", url(br#"{"user_id":"42","_fresh":true}"#));
    let key = [&[0x08, 0, 0x12, 32][..], &[1; 32]].concat();
    let block = [&[0x0a, 30][..], &[2; 30], &[0x12, 36], &key, &[0x1a, 64], &[3; 64]].concat();
    let biscuit = [&[0x12, 0x80 | (block.len() & 0x7f) as u8, (block.len() >> 7) as u8][..], &block].concat();
    let macaroon = [&[2, 1, 18][..], b"http://example.org", &[2, 5], b"keyid", &[0, 0, 6, 32], &[7; 32]].concat();
    let maker = "a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8";
    vec![
        flask.clone(),
        format!("Cookie: theme=dark; session={flask}; JSESSIONID=8c1f"),
        format!(".{zlib}.awvyjg.{sha1}"),
        format!("{}:1tQxYz:{sha256}", url(br#"{"cart":5}"#)),
        format!(".{zlib}:1tQxYz:{sha256}"),
        format!("{}--{}", plain(br#"{"user_id":7}"#), "ab".repeat(20)),
        format!("{}--{}--{}", plain(&[1; 40]), plain(&[2; 12]), plain(&[3; 16])).replace('=', "%3D"),
        plain(br#"{"iv":"aWl2","value":"dnY=","mac":"ab","tag":""}"#),
        format!("connect.sid=s%3AZx81.{}", plain(&[9; 32]).trim_end_matches('=').replace('/', "%2F")),
        format!("session={}; session.sig=abc", plain(br#"{"views":3}"#)),
        format!("SFMyNTY.g3QAAAABbQAAAAtfY3NyZl90b2tlbg.{sha256}"),
        format!("v4.public.{}.eyJraWQiOiJrIn0", url(&[br#"{"sub":"alice"}"#, &[7; 64][..]].concat())),
        format!("v3.local.{}", url(&[1; 90])),
        "870S4BYxgHw0KnP3W9fgVUHEhT5g86vJ17etaC5Kh5uIraWHCI1psNQGv298ZmjPwoYbjDQ9chy2z".to_owned(),
        url(&macaroon),
        url(&biscuit),
        format!("https://idp.example/sso?SAMLRequest={}&x=1", deflated.replace('+', "%2B").replace('/', "%2F")),
        format!("SAMLResponse={}", plain(saml.as_bytes())),
        saml.to_owned(),
        format!("Authorization: Basic {}", plain(b"alice:password")),
        format!("curl -H 'Authorization: Bearer gho_{maker}' https://api.example"),
        format!("xoxb-123456789012-{maker}"),
        format!("{{\"access_token\":\"ya29.{maker}\",\"token_type\":\"bearer\"}}"),
        "Authorization: Bearer null".to_owned(),
        "curl -H \"Authorization: Bearer ${TOKEN}\" https://api.example".to_owned(),
        "{{ .Values.token }}".to_owned(),
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.***".to_owned(),
        "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW".to_owned(),
        "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example".to_owned(),
        include_str!("../../../jose/vectors/keys/p256.certificate.pem").to_owned(),
        include_str!("../../../jose/vectors/keys/p256.public.pem").replace('\n', ""),
        r#"{"issuer":"https://a.example","jwks_uri":"https://a.example/keys"}"#.to_owned(),
    ]
}

/// What an encoder of flate2 makes of its input.
fn read_all(mut encoder: impl std::io::Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    encoder.read_to_end(&mut bytes).unwrap();
    bytes
}
