//! Clean-ups of a whole text: invisible characters, terminal colours, percent-encoding.

use super::find;
use super::line_joins::counted;
use super::span::is_own;
use super::taken::Taken;
use jose::base64url;
use jose::steps::walk;

/// How many nested levels of percent-encoding are decoded.
const MOST_DECODINGS: usize = 3;

/// A text with something removed, and a description of what.
pub(super) struct Plain {
    pub(super) taken: Taken,
    pub(super) message: String,
    pub(super) removed: String,
    pub(super) kept: String,
}

/// Removes invisible characters: those that allow line breaks anywhere, those that change the direction only at the
/// edges, since inside a token they are no accident.
pub(super) fn without_invisible(text: &str) -> Option<Plain> {
    let is_edge = |character: char| character.is_whitespace() || is_invisible(character) || turns_around(character);
    let inner = text.trim_matches(is_edge);
    let start = text.len() - text.trim_start_matches(is_edge).len();
    let edges = start..start + inner.len();
    let (mut kept, mut removed, mut is_inside) = (String::new(), String::new(), false);
    walk(text.len());
    for (at, character) in text.char_indices() {
        let is_outside = !edges.contains(&at);
        if is_invisible(character) || (is_outside && turns_around(character)) {
            removed.push(character);
            is_inside |= kept.ends_with(is_own) && text[at + character.len_utf8()..].starts_with(is_own);
        } else {
            kept.push(character);
        }
    }
    let (taken, message) = match removed.chars().count() {
        0 => return None,
        1 if removed == "\u{FEFF}" && text.starts_with('\u{FEFF}') => {
            (Taken::ByteOrderMark, "Removed the byte order mark at the start".to_owned())
        }
        count => {
            let taken = if is_inside { Taken::InvisibleInside } else { Taken::Invisible };
            (taken, format!("Removed {}", counted(count, "invisible character")))
        }
    };
    Some(Plain { taken, message, removed, kept })
}

/// Removes the escape sequences of terminal colours (ECMA-48 section 8.3.117), raw or escaped.
pub(super) fn without_colours(text: &str) -> Option<Plain> {
    const STARTS: [&str; 8] = ["\u{1B}[", "\u{9B}", "\\u001b[", "\\u001B[", "\\x1b[", "\\x1B[", "\\033[", "\\e["];
    let (mut kept, mut removed, mut count) = (String::new(), String::new(), 0);
    let mut rest = text;
    while let Some(at) = rest.find(['\u{1B}', '\u{9B}', '\\']) {
        kept.push_str(&rest[..at]);
        walk(at);
        rest = &rest[at..];
        // A text may be nothing but backslashes.
        let may_start = !rest.starts_with('\\') || matches!(rest.as_bytes().get(1), Some(b'u' | b'x' | b'0' | b'e'));
        let length = STARTS.into_iter().filter(|_| may_start).find_map(|start| {
            let inside = rest.strip_prefix(start)?;
            let end = inside.find(|character: char| !character.is_ascii_digit() && !";:?".contains(character));
            walk(end.unwrap_or(inside.len()));
            let end = end?;
            // In escaped form, remove only colours: anything else may be text.
            let is_end = |byte: u8| if start.starts_with('\\') { byte == b'm' } else { byte.is_ascii_alphabetic() };
            (end <= 32 && is_end(inside.as_bytes()[end])).then_some(start.len() + end + 1)
        });
        match length {
            Some(length) => {
                removed.push_str(&rest[..length]);
                count += 1;
                rest = &rest[length..];
            }
            None => {
                let mut characters = rest.chars();
                kept.extend(characters.next());
                rest = characters.as_str();
            }
        }
    }
    kept.push_str(rest);
    let message = || format!("Removed {}", counted(count, "colour code"));
    (count > 0 && find::first(&kept).is_some()).then(|| Plain {
        taken: Taken::Colours,
        message: message(),
        removed,
        kept,
    })
}

/// Decodes percent-encoding (RFC 3986 section 2.1), if that reveals a token that was not visible before.
pub(super) fn decoded(text: &str) -> Option<Plain> {
    let (mut removed, mut count) = (String::new(), 0);
    let mut kept = decode(text, &mut removed, &mut count)?;
    let whole = |text: &str| find::tokens(text).find(find::Found::is_whole).map(|found| found.span);
    let before = whole(text).map(|before| before.token);
    for _ in 0..MOST_DECODINGS {
        if let Some(after) = whole(&kept) {
            // Decoding must not turn a wrong character inside a token into another wrong one, or a line break.
            let is_clean = base64url::is_symbols_and_dots(&after.token) && after.joins.message().is_none();
            let is_better = before.is_none_or(|before| before.contains('%') && before != after.token && is_clean);
            let message = format!("Decoded {}", counted(count, "percent-encoded character"));
            let taken = if is_header(text) { Taken::PercentInHeader } else { Taken::PercentEncoding };
            return is_better.then_some(Plain { taken, message, removed, kept });
        }
        kept = decode(&kept, &mut removed, &mut count)?;
    }
    None
}

/// True if a text begins as the header of a request does, whose value no server decodes.
pub(super) fn is_header(text: &str) -> bool {
    let start = text.get(..13).unwrap_or(text).to_ascii_lowercase();
    ["authorization", "bearer"].into_iter().any(|name| start.starts_with(name))
}

/// Percent-encoding decoded once, if there is any; letters and digits are left as they are.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    decode(text, &mut String::new(), &mut 0)
}

/// Decodes once. Letters and digits are never percent-encoded in practice, so such sequences are left alone.
fn decode(text: &str, removed: &mut String, count: &mut usize) -> Option<String> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    walk(bytes.len());
    let (mut kept, mut done) = (String::new(), 0);
    for (at, _) in text.match_indices('%') {
        let (Some(high), Some(low)) = (digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) else { continue };
        let byte = u8::try_from(high * 16 + low).unwrap_or_default();
        if matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n') && !base64url::is_symbol(byte) {
            kept.push_str(&text[done..at]);
            kept.push(char::from(byte));
            removed.push_str(&text[at..at + 3]);
            *count += 1;
            done = at + 3;
        }
    }
    kept.push_str(&text[done..]);
    (done > 0).then_some(kept)
}

/// Characters that allow line breaks or show nothing.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{AD}' | '\u{61C}')
}

/// Characters that change the direction of a line.
fn turns_around(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
