//! JSON text with line breaks and indentation, everything else untouched. Works on broken text too.

/// Longer texts, in bytes, are left as they are.
const LONGEST: usize = 256 * 1024;

/// So are texts that indentation would make longer than this.
const LONGEST_OUT: usize = 1024 * 1024;

/// Deeper levels are indented no further.
const DEEPEST_INDENT: usize = 16;

/// Formats `text` with two spaces per level. Characters inside strings, digits and names are never changed.
pub fn pretty(text: &str) -> String {
    let text = text.trim_start_matches(is_space);
    if text.len() > LONGEST {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    // The length up to the text's last own character: white space added after it is removed again.
    let mut solid = 0;
    let (mut depth, mut rest) = (0usize, text);
    while let Some(character) = rest.chars().next() {
        let mut end = character.len_utf8();
        let mut behind = Behind::Nothing;
        match character {
            '"' => {
                end = string_end(rest, 0);
                out.push_str(&rest[..end]);
            }
            '{' | '[' => {
                out.push(character);
                let close = if character == '{' { '}' } else { ']' };
                match rest[end..].trim_start_matches(is_space).strip_prefix(close) {
                    Some(after) => {
                        out.push(close);
                        end = rest.len() - after.len();
                    }
                    None => {
                        depth += 1;
                        behind = Behind::NewLine;
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                behind = Behind::NewLine;
            }
            ':' => {
                out.push(':');
                behind = Behind::Space;
            }
            _ if is_space(character) => {}
            _ => out.push(character),
        }
        rest = &rest[end..];
        if !is_space(character) {
            solid = out.len();
        }
        match behind {
            Behind::Nothing => {}
            Behind::Space => out.push(' '),
            Behind::NewLine => new_line(&mut out, depth),
        }
        if out.len() > LONGEST_OUT {
            return text.to_owned();
        }
    }
    out.truncate(solid);
    out
}

/// The white space added after a symbol.
enum Behind {
    Nothing,
    Space,
    NewLine,
}

/// `text` without white space between JSON's symbols; undoes [`pretty`] for compact text.
pub fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.find(|character| character == '"' || is_space(character)) {
        out.push_str(&rest[..next]);
        let end = if rest[next..].starts_with('"') { string_end(rest, next) } else { next + 1 };
        if rest[next..].starts_with('"') {
            out.push_str(&rest[next..end]);
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// One past the closing quote of the string that opens at `start`, or the end of the text.
pub fn string_end(text: &str, start: usize) -> usize {
    let mut escaped = false;
    for (offset, byte) in text.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return offset + 1,
            _ => {}
        }
    }
    text.len()
}

fn new_line(out: &mut String, depth: usize) {
    if out.is_empty() {
        return;
    }
    out.push('\n');
    for _ in 0..depth.min(DEEPEST_INDENT) {
        out.push_str("  ");
    }
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_duplicates_and_escapes_stay() {
        let text = r#"{"a":9007199254740993,"a":[1e400,{}],"b":"x\" : {é"}"#;
        let laid_out =
            "{\n  \"a\": 9007199254740993,\n  \"a\": [\n    1e400,\n    {}\n  ],\n  \"b\": \"x\\\" : {é\"\n}";
        assert_eq!(pretty(text), laid_out);
        assert_eq!(pretty(&pretty(text)), laid_out);
    }

    #[test]
    fn compacting_takes_off_what_laying_out_put_on_and_nothing_else() {
        for text in [r#"{"a":9007199254740993,"a":[1e400,{},[]],"b":"x\" : { é  y"}"#, "{}", "[1,2]", r#"{"a":"\"#, ""]
        {
            assert_eq!(compact(&pretty(text)), text);
        }
        assert_eq!(compact("{ \"a b\" :\t[ 1 ,\r\n2 ] }"), "{\"a b\":[1,2]}");
    }

    #[test]
    fn what_indentation_would_multiply_stays_as_it_stands() {
        let deep = format!("{}{}", "[".repeat(64), ",".repeat(100_000));
        assert_eq!(pretty(&deep), deep);
    }

    #[test]
    fn broken_text_is_laid_out_as_far_as_it_goes() {
        assert_eq!(pretty("{\"a\":\"é  "), "{\n  \"a\": \"é  ");
        assert_eq!(pretty("{\"a\":1}\u{a0}"), "{\n  \"a\": 1\n}\u{a0}");
        assert_eq!(pretty("{\"a\": \n"), "{\n  \"a\":");
        assert_eq!(pretty("}}]\"\\"), "}\n}\n]\"\\");
        assert_eq!(pretty(""), "");
    }
}
