//! Text that was written for a terminal, a page or an address.

use super::Peeled;

/// The colours of a terminal (ECMA-48 section 8.3.117, SGR).
pub(super) fn drop_colours(text: &str) -> Option<Peeled> {
    let mut kept = String::with_capacity(text.len());
    let mut removed = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        let parameters = rest[at + 2..].bytes().take_while(|byte| matches!(byte, b'0'..=b'?')).count();
        let end = at + 2 + parameters;
        // A letter ends the sequence.
        let end = end + usize::from(rest.as_bytes().get(end).is_some_and(u8::is_ascii_alphabetic));
        kept.push_str(&rest[..at]);
        removed.push_str(&rest[at..end]);
        rest = &rest[end..];
    }
    kept.push_str(rest);
    (!removed.is_empty()).then(|| Peeled { message: "Removed the colours of a terminal".to_owned(), removed, kept })
}

/// Quotes, `&` and brackets as a page writes them.
pub(super) fn unescape_html(text: &str) -> Option<Peeled> {
    const ENTITIES: [(&str, &str); 8] = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#x22;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
    ];
    if !ENTITIES.iter().any(|(entity, _)| text.contains(entity)) {
        return None;
    }
    let written = |text: String, (entity, character): (&str, &str)| text.replace(entity, character);
    let kept = ENTITIES.into_iter().fold(text.to_owned(), written).replace("&amp;", "&");
    Some(Peeled { message: "Read the signs of a page as what they stand for".to_owned(), removed: String::new(), kept })
}

/// `%2E` and the like, as addresses and cookies write it (RFC 3986 section 2.1), where a token begins behind one or ends
/// before one.
pub(super) fn decode_percent(text: &str) -> Option<Peeled> {
    let marks = ["%2e", "%22", "%3a", "%3d", "%20", "%26", "%7b"];
    let lower = text.to_ascii_lowercase();
    if !marks.iter().any(|mark| lower.contains(mark)) {
        return None;
    }
    let bytes = text.as_bytes();
    let hex = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                kept.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                at += 3;
            }
            _ => {
                kept.push(byte);
                at += 1;
            }
        }
    }
    let kept = String::from_utf8(kept).ok()?;
    Some(Peeled { message: "Decoded the percent signs of an address".to_owned(), removed: String::new(), kept })
}
