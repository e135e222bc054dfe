//! Other formats of tokens: PASETO, Branca, macaroons, Biscuit, and some that only look like a JWT.

use super::NotJwt;
use crate::decoding::{as_json, base64, number};
use jose::base64url;
use jose::json::ValueKind;
use zeroize::Zeroizing;

/// Decoding base62 takes time in the square of the length.
const LONGEST_BRANCA: usize = 2048;

/// A text in another format.
pub(super) fn format(text: &str) -> Option<NotJwt> {
    if text.contains(char::is_whitespace) {
        return None;
    }
    paseto(text)
        .or_else(|| paserk(text))
        .or_else(|| mapbox(text))
        .or_else(|| cose(text))
        .or_else(|| macaroon(text))
        .or_else(|| biscuit(text))
        .or_else(|| branca(text))
}

/// `v4.public.` and the payload with its signature in base64url; the footer is optional.
fn paseto(text: &str) -> Option<NotJwt> {
    let mut parts = text.split('.');
    let (version, purpose, payload) = (parts.next()?, parts.next()?, parts.next()?);
    let number = version.strip_prefix('v').filter(|number| matches!(*number, "1" | "2" | "3" | "4"))?;
    // RSA-2048 in version 1, ECDSA P-384 in version 3, Ed25519 in the others.
    let signature = match number {
        "1" => 256,
        "3" => 96,
        _ => 64,
    };
    let name = format!("PASETO {version}.{purpose}");
    let read = "A library for PASETO reads and checks it; one for JWT never does, as it names no algorithm.";
    match purpose {
        "local" => {
            let what = format!("a PASETO, version {number}, local (encrypted)");
            Some(NotJwt::new(&what, format!("Only the holder of its key can read it. {read}")).named(name))
        }
        "public" => {
            let bytes = base64url::decode(payload).bytes;
            let content = bytes.get(..bytes.len().saturating_sub(signature)).unwrap_or_default().to_vec();
            let what = format!("a PASETO, version {number}, public (signed)");
            let found =
                NotJwt::new(&what, format!("Anybody can read its claims; the signature was not checked. {read}"));
            Some(match as_json(content) {
                Some((claims, ValueKind::Object)) => found.named(name).holding(claims),
                _ => found.named(name),
            })
        }
        _ => None,
    }
}

/// A key for PASETO: `k4.public.`
fn paserk(text: &str) -> Option<NotJwt> {
    const KINDS: [&str; 10] =
        ["local", "public", "secret", "lid", "pid", "sid", "seal", "local-wrap", "secret-wrap", "local-pw"];
    let mut parts = text.splitn(3, '.');
    let (version, kind) = (parts.next()?, parts.next()?);
    parts.next()?;
    (matches!(version, "k1" | "k2" | "k3" | "k4") && KINDS.contains(&kind)).then(|| {
        NotJwt::new("a PASERK key, for PASETO", "It is a key or the ID of one, and no token: no JWT is signed with it.")
            .named("PASERK key")
    })
}

/// Mapbox' tokens have JSON where a JWT has its payload.
fn mapbox(text: &str) -> Option<NotJwt> {
    let rest = ["pk.", "sk.", "tk."].into_iter().find_map(|start| text.strip_prefix(start))?;
    let (payload, _) = rest.split_once('.')?;
    let (content, kind) = as_json(base64url::decode_strict(payload)?)?;
    (kind == ValueKind::Object).then(|| {
        NotJwt::new("an access token of Mapbox", "It has no header. Send it to Mapbox as it is, in `access_token`.")
            .named("Mapbox token")
            .holding(content)
    })
}

/// COSE_Sign1 (RFC 9052 section 4.2), which a CWT (RFC 8392) is, and health certificates in it.
fn cose(text: &str) -> Option<NotJwt> {
    if text.starts_with("HC1:") {
        let message = "It is a CWT, compressed and in base45: a reader of EU Digital COVID Certificates opens it.";
        return Some(NotJwt::new("an EU health certificate", message));
    }
    if !["0oR", "2D3S"].into_iter().any(|start| text.starts_with(start)) || text.len() < 100 {
        return None;
    }
    let bytes = base64(text)?;
    let inner = bytes.strip_prefix(&[0xd8, 0x3d]).unwrap_or(&bytes);
    inner.starts_with(&[0xd2, 0x84]).then(|| {
        let message = "It is CBOR and not JSON: a library for COSE or CWT (RFC 8392) reads it.";
        NotJwt::new("a CWT (COSE, signed)", message).named("CWT")
    })
}

/// Version 1 in packets of text, version 2 in binary or JSON.
fn macaroon(text: &str) -> Option<NotJwt> {
    let message = "It holds an identifier and caveats, and each caveat only narrows it. A library for macaroons reads \
                   it, and only the service with its root key checks it.";
    let found = || NotJwt::new("a macaroon", message);
    // `MDA` is base64 of the length that every packet starts with.
    if !["MDA", "AgE", "AgI", "eyJ2Ijoy"].into_iter().any(|start| text.starts_with(start)) {
        return None;
    }
    let bytes = base64(text)?;
    let is_packet = || {
        let length = bytes.get(..4).and_then(|digits| str::from_utf8(digits).ok());
        let name = bytes.get(4..).unwrap_or_default();
        length.is_some_and(|digits| u16::from_str_radix(digits, 16).is_ok())
            && (name.starts_with(b"location ") || name.starts_with(b"identifier "))
    };
    // The version, and then the type and the length of the first field: a location or an identifier.
    let is_binary = || {
        let length = bytes.get(2).map_or(0, |length| usize::from(*length));
        matches!(bytes[..2], [2, 1 | 2]) && length > 0 && length < 128 && bytes.len() > length + 32
    };
    let is_json = || as_json(bytes.clone()).is_some_and(|(json, _)| json.contains("\"i") && json.contains("\"s"));
    (bytes.len() > 4 && (is_packet() || is_binary() || is_json())).then(found)
}

/// A protobuf message with a signed first block, whose next key and signature have 32 and 64 bytes.
fn biscuit(text: &str) -> Option<NotJwt> {
    let bytes = base64(text.strip_prefix("biscuit:").unwrap_or(text)).filter(|bytes| bytes.len() > 100)?;
    // The root key's ID may come first.
    let rest = match bytes.strip_prefix(&[0x08]) {
        Some(rest) => varint(rest)?.1,
        None => &bytes,
    };
    let (authority, _) = field(rest, 0x12)?;
    let (_, rest) = field(authority, 0x0a)?;
    let (key, rest) = field(rest, 0x12)?;
    let (signature, _) = field(rest, 0x1a)?;
    let is_key = key.first() == Some(&0x08) && (34..=40).contains(&key.len());
    (is_key && (64..=73).contains(&signature.len())).then(|| {
        let message =
            "It holds Datalog and is checked with a public key. A library for Biscuit (biscuit-auth) reads it.";
        NotJwt::new("a Biscuit", message)
    })
}

/// A length-delimited field of protobuf with this tag, and what follows it.
fn field(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, rest) = varint(bytes.strip_prefix(&[tag])?)?;
    rest.split_at_checked(length)
}

fn varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().take(4).position(|byte| byte & 0x80 == 0)?;
    let value = bytes[..=end].iter().rev().fold(0, |value, byte| value << 7 | usize::from(byte & 0x7f));
    Some((value, &bytes[end + 1..]))
}

/// Base62 of the version 0xBA, a time, a nonce and the encrypted payload with its tag.
fn branca(text: &str) -> Option<NotJwt> {
    const SHORTEST: usize = 45;
    let is_base62 =
        (60..=LONGEST_BRANCA).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let bytes = is_base62.then(|| base62(text))?;
    let is_one = bytes.first() == Some(&0xba) && bytes.len() >= SHORTEST;
    is_one.then(|| {
        let message = "It is encrypted (XChaCha20-Poly1305): only the holder of its key can read it, with a library \
                       for Branca.";
        NotJwt::new("a Branca token", message)
    })
}

fn base62(text: &str) -> Zeroizing<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'Z' => byte - b'A' + 10,
        _ => byte - b'a' + 36,
    };
    number(text.bytes().map(digit), 62)
}
