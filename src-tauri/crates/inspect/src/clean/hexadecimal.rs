//! Tokens in hexadecimal, as databases, debuggers and packet captures print bytes.

use super::decode::{Plain, is_header};
use super::find;
use super::taken::Taken;
use crate::decoding::hex;
use jose::steps::walk;

/// Shorter texts hold no token.
const SHORTEST: usize = 48;

/// The most runs of digits that are decoded.
const MOST_RUNS: usize = 50;

/// Decodes the hexadecimal around the tokens of a text without a whole token, if that makes one whole.
pub(super) fn decoded(text: &str) -> Option<Plain> {
    walk(text.len());
    let (kept, removed) = in_groups(text).or_else(|| in_runs(text))?;
    let is_whole = find::first(&kept).is_some_and(|found| found.is_whole());
    let taken = if is_header(text) { Taken::HexadecimalInHeader } else { Taken::Hexadecimal };
    let message = "Decoded hexadecimal: this is a token in hexadecimal".to_owned();
    is_whole.then_some(Plain { taken, message, removed, kept })
}

/// A text that is nothing but bytes, with white space, colons, hyphens or commas between them: `65 79 4a`,
/// `0x65, 0x79`, `\x65\x79`.
fn in_groups(text: &str) -> Option<(String, String)> {
    let is_between = |sign: char| sign.is_whitespace() || matches!(sign, ':' | '-' | ',' | '\\');
    let bare = text.trim_matches(['"', '\'', '{', '}', '[', ']']);
    let mut digits = String::new();
    for group in bare.split(is_between).filter(|group| !group.is_empty()) {
        let group = without_mark(group);
        if !group.len().is_multiple_of(2) || !group.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        digits.push_str(group);
    }
    Some((content(&digits)?, text.to_owned()))
}

/// Each run of digits in a text replaced by what it holds.
fn in_runs(text: &str) -> Option<(String, String)> {
    let (mut kept, mut removed, mut done, mut count) = (String::new(), String::new(), 0, 0);
    let mut at = 0;
    while count < MOST_RUNS
        && let Some(start) = text[at..].find(|sign: char| sign.is_ascii_alphanumeric()).map(|start| at + start)
    {
        let end = text[start..].find(|sign: char| !sign.is_ascii_alphanumeric()).map_or(text.len(), |end| start + end);
        at = end;
        // A segment of a token is what it is.
        let is_segment = text[..start].ends_with('.') || text[end..].starts_with('.');
        let Some(inside) = content(without_mark(&text[start..end])).filter(|_| !is_segment) else { continue };
        kept.push_str(text[done..start].trim_end_matches('\\'));
        kept.push_str(&inside);
        removed.push_str(&text[start..end]);
        (done, count) = (end, count + 1);
    }
    kept.push_str(&text[done..]);
    (count > 0).then_some((kept, removed))
}

/// Digits without the `0x` or `x` before them.
fn without_mark(digits: &str) -> &str {
    ["0x", "0X", "x"].into_iter().find_map(|mark| digits.strip_prefix(mark)).unwrap_or(digits)
}

/// What the digits hold, if it is printable.
fn content(digits: &str) -> Option<String> {
    if digits.len() < SHORTEST {
        return None;
    }
    let text = String::from_utf8(hex(digits)?).ok()?;
    text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'..=b'\r')).then(|| text.trim().to_owned())
}
