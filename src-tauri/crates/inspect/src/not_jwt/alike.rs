//! Why a text that is not a JWT looks like one, part by part.

use crate::decoding::as_json;
use crate::report::{Alike, AlikePart};
use jose::base64url;
use jose::json::{self, ValueKind};
use jose::words::list;

/// `None` for a text that does not look like a JWT.
pub(super) fn alike(text: &str) -> Option<Alike> {
    let parts: Vec<&str> = text.splitn(4, '.').collect();
    let is_three = matches!(parts[..], [_, _, _]) && parts.iter().all(|part| is_base64url(part));
    let mut why = Vec::new();
    if is_three {
        why.push("three parts with dots");
    }
    if text.starts_with("eyJ") {
        why.push("begins with eyJ");
    }
    if why.is_empty() {
        return None;
    }
    let part = |at: usize, name, jwt| AlikePart { name, jwt, found: parts.get(at).map_or("Nothing".into(), shown(at)) };
    Some(Alike {
        why: list(&why),
        parts: vec![
            part(0, "First", "Header, JSON with alg"),
            part(1, "Second", "Payload, JSON"),
            part(2, "Third", "Signature, of the length that alg has"),
        ],
    })
}

fn is_base64url(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(base64url::is_symbol)
}

/// What a part is, in a few words.
fn shown(at: usize) -> impl Fn(&&str) -> String {
    move |part| {
        let Some(bytes) = base64url::decode_strict(part) else { return "No base64url".to_owned() };
        let length = bytes.len();
        match as_json(bytes) {
            Some((content, ValueKind::Object)) if at == 0 => {
                let has_alg = json::scan(&content).members.iter().any(|member| member.name == "alg");
                format!("JSON {} alg", if has_alg { "with" } else { "without" })
            }
            Some((_, ValueKind::Object)) => "JSON".to_owned(),
            Some(_) => "JSON, but no object".to_owned(),
            None if at == 2 => match hmac(length) {
                Some(hash) => format!("{length} bytes, as long as an HMAC by {hash}"),
                None => bytes_of(length),
            },
            None => format!("{}, no JSON", bytes_of(length)),
        }
    }
}

fn bytes_of(length: usize) -> String {
    if length == 1 { "1 byte".to_owned() } else { format!("{length} bytes") }
}

fn hmac(length: usize) -> Option<&'static str> {
    match length {
        20 => Some("SHA-1"),
        32 => Some("SHA-256"),
        48 => Some("SHA-384"),
        64 => Some("SHA-512"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::alike;
    use jose::base64url::encode;

    fn found(text: &str) -> Option<(String, Vec<String>)> {
        alike(text).map(|alike| (alike.why, alike.parts.into_iter().map(|part| part.found).collect()))
    }

    #[test]
    fn each_part_of_a_flask_cookie_differs_from_that_of_a_jwt() {
        let text = format!("{}.{}.{}", encode(br#"{"user_id":"42"}"#), encode(&[1; 4]), encode(&[2; 20]));
        let (why, parts) = found(&text).unwrap();
        assert_eq!(why, "three parts with dots and begins with eyJ");
        assert_eq!(parts, ["JSON without alg", "4 bytes, no JSON", "20 bytes, as long as an HMAC by SHA-1"]);
    }

    #[test]
    fn what_is_missing_is_said() {
        let (why, parts) = found(&encode(br#"{"iv":"x"}"#)).unwrap();
        assert_eq!((why.as_str(), parts[0].as_str()), ("begins with eyJ", "JSON without alg"));
        assert_eq!(parts[1..], ["Nothing", "Nothing"]);
        let (why, parts) = found("v4.public.AAAA").unwrap();
        assert_eq!(why, "three parts with dots");
        assert_eq!(parts, ["No base64url", "No base64url", "3 bytes"]);
    }

    #[test]
    fn other_texts_do_not_look_like_a_jwt() {
        for text in ["", "..", "ghp_0123", "www.example.com/path", "a.b", "a.b.c.d", "{\"sub\":1}"] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
