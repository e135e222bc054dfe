//! Strings and their escapes (RFC 8259 section 7).

use std::fmt::Write;

use super::{Scanner, Step};

impl<'a> Scanner<'a> {
    /// Reads a string in quotes and returns it unescaped; a lone surrogate becomes U+FFFD and is noted.
    pub(super) fn string<Text: for<'t> From<&'t str> + Write>(&mut self) -> Step<Text> {
        self.at += 1;
        // Most strings have no escapes.
        let mut out = Text::from(self.run());
        // Writing to a string cannot fail.
        self.rest_of_string(|piece| out.write_str(piece).unwrap_or_default())?;
        Ok(out)
    }

    /// Skips a string in quotes.
    pub(super) fn skip_string(&mut self) -> Step<()> {
        self.at += 1;
        self.run();
        self.rest_of_string(|_| ())
    }

    /// Reads the rest of a string after its first plain run, piece by piece.
    fn rest_of_string(&mut self, mut take: impl FnMut(&str)) -> Step<()> {
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => take(self.escape()?.encode_utf8(&mut [0; 4])),
                Some(byte) => {
                    let message = format!("A string holds the control character U+{byte:04X} unescaped.");
                    return self.fail(self.at, message);
                }
                None => return self.ends("inside a string"),
            }
            take(self.run());
        }
    }

    /// Reads a run of unescaped characters.
    fn run(&mut self) -> &'a str {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20).unwrap_or(rest.len());
        let run = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.at += length;
        run
    }

    fn escape(&mut self) -> Step<char> {
        let start = self.at;
        self.at += 1;
        let plain = match self.take() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(start),
            None => return self.ends("inside an escape"),
            Some(_) => return self.fail(start, "A backslash that starts no escape JSON knows.".to_owned()),
        };
        Ok(plain)
    }

    fn unicode_escape(&mut self, start: usize) -> Step<char> {
        let first = self.four_digits(start)?;
        if !(0xd800..0xe000).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if first < 0xdc00 && rest.starts_with(b"\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.four_digits(before)?;
            if (0xdc00..0xe000).contains(&second) {
                let joined = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        self.lone_surrogate.get_or_insert(start);
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self, start: usize) -> Step<u32> {
        let mut value = 0;
        for _ in 0..4 {
            match self.take().map(|byte| char::from(byte).to_digit(16)) {
                Some(Some(digit)) => value = value * 16 + digit,
                Some(None) => return self.fail(start, "`\\u` without four hexadecimal digits.".to_owned()),
                None => return self.ends("inside an escape"),
            }
        }
        Ok(value)
    }
}
