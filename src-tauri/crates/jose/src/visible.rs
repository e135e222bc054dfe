//! Makes text safe to display: invisible or direction-changing characters are written as `\u{202E}`.

use std::borrow::Cow;
use std::fmt::Write as _;

/// How many combining marks a character may have before the rest are escaped.
const MARKS_IN_A_ROW: usize = 2;

/// The first invisible or direction-changing character: a name with one can pass for another name.
pub fn first_unseen(text: &str) -> Option<char> {
    text.chars().find(|character| is_hidden(*character))
}

/// Writes every invisible or direction-changing character of `text` as `\u{…}`, line breaks too.
pub fn visible(text: &str) -> Cow<'_, str> {
    make_visible(text, |_| false, write_escape)
}

/// Like [`visible`], but keeps line breaks.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    make_visible(text, |character| character == '\n', write_escape)
}

/// Like [`visible`], but takes ownership of the text.
pub fn made_visible(text: String) -> String {
    if is_plain(&text, |_| false) { text } else { visible(&text).into_owned() }
}

/// Like [`visible`], for JSON text: the white space that JSON allows between tokens stays.
pub fn visible_json(text: &str) -> Cow<'_, str> {
    make_visible(text, is_json_space, write_escape)
}

/// Like [`visible_json`], with JSON's own escapes (RFC 8259 section 7), so that it stays JSON with the same values.
pub fn escaped_json(text: String) -> String {
    if is_plain(&text, is_json_space) {
        return text;
    }
    make_visible(&text, is_json_space, |out, character| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    })
    .into_owned()
}

fn is_json_space(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\t')
}

/// The first `limit` characters of `text`, made visible, with `…` if there are more.
pub fn excerpt(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => visible(text).into_owned(),
        Some((end, _)) => format!("{}…", visible(&text[..end])),
    }
}

/// Writes every character outside ASCII as `\u{…}`.
pub(crate) fn ascii_only(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() && !character.is_ascii_control() {
            out.push(character);
        } else {
            write_escape(&mut out, character);
        }
    }
    out
}

fn make_visible(text: &str, keep: impl Fn(char) -> bool, escape: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if is_plain(text, &keep) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for character in text.chars() {
        marks = if is_combining(character) { marks + 1 } else { 0 };
        if (is_hidden(character) && !keep(character)) || marks > MARKS_IN_A_ROW {
            escape(&mut out, character);
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// True if every character is visible or kept, a fast path for nearly every text.
fn is_plain(text: &str, keep: impl Fn(char) -> bool) -> bool {
    // No early exit: without branches the compiler can vectorise the loop.
    text.bytes().fold(true, |all, byte| all & (matches!(byte, b' '..=b'~') | keep(char::from(byte))))
}

fn write_escape(out: &mut String, character: char) {
    // Writing to a String cannot fail.
    let _ = write!(out, "\\u{{{:X}}}", u32::from(character));
}

/// Controls, format characters, fillers, tags, variation selectors, and spaces that are not the space bar's.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{A0}' | '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{1680}'
            | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{2000}'..='\u{200F}'
            | '\u{2028}'..='\u{202F}' | '\u{205F}'..='\u{206F}' | '\u{2800}' | '\u{3000}' | '\u{3164}'
            | '\u{E000}'..='\u{F8FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{10FFFF}')
}

fn is_combining(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_turns_the_line_around_is_written_out() {
        assert_eq!(visible("ab\u{202E}cd\u{2066}\u{200B}\u{FEFF}\0"), r"ab\u{202E}cd\u{2066}\u{200B}\u{FEFF}\u{0}");
        assert_eq!(visible("<b>naïve 日本</b>"), "<b>naïve 日本</b>");
    }

    #[test]
    fn a_tower_of_marks_is_flattened() {
        let tower: String = std::iter::once('a').chain(std::iter::repeat_n('\u{301}', 1000)).collect();
        let shown = visible(&tower);
        assert!(shown.starts_with("a\u{301}\u{301}\\u{301}"), "{shown}");
        assert_eq!(visible("e\u{301}"), "e\u{301}");
    }

    #[test]
    fn line_breaks_stay_only_between_json_tokens() {
        assert_eq!(visible("a\nb"), r"a\u{A}b");
        assert_eq!(visible_lines("a\r\nb\u{9B}\n"), "a\\u{D}\nb\\u{9B}\n");
        assert_eq!(visible_json("{\n\u{202E}}"), "{\n\\u{202E}}");
    }

    #[test]
    fn escaped_json_is_still_json_with_the_same_values() {
        let text = "{\"a\":\n\"x\u{202E}y\u{E0041}\"}";
        let escaped = escaped_json(text.to_owned());
        assert_eq!(escaped, "{\"a\":\n\"x\\u202ey\\udb40\\udc41\"}");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&escaped), value(text));
    }

    #[test]
    fn an_excerpt_is_cut_by_characters() {
        assert_eq!(excerpt("ééé", 2), "éé…");
        assert_eq!(excerpt("éé", 2), "éé");
    }
}
