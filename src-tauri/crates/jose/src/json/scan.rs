//! The walk over the bytes of a JSON text (RFC 8259).

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Broken, Item, MAX_DEPTH, MAX_MEMBERS, Scanned};
use crate::report::ValueKind;
use crate::visible::visible;

pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    lone_surrogate: Option<usize>,
    inner_duplicate: Option<String>,
}

type Step<T> = Result<T, Broken>;

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Scanner { text, at: 0, lone_surrogate: None, inner_duplicate: None }
    }

    /// Reads the whole text: one value with white space around it.
    pub(super) fn document(mut self) -> Scanned {
        self.skip_space();
        let root = self.peek().and_then(kind_of);
        let mut members = Vec::new();
        let outcome =
            if root == Some(ValueKind::Object) { self.outer_object(&mut members) } else { self.value(0).map(|_| ()) };
        let broken = outcome.and_then(|()| self.end()).err();
        mark_duplicates(&mut members);
        Scanned { root, members, broken, lone_surrogate: self.lone_surrogate, inner_duplicate: self.inner_duplicate }
    }

    /// Reads an array of strings.
    pub(super) fn strings(self) -> Option<Vec<String>> {
        self.list(|scanner| if scanner.peek() == Some(b'"') { scanner.string().ok() } else { None })
    }

    /// Reads an array of objects and gives where they lie.
    pub(super) fn objects(self) -> Option<Vec<Range<usize>>> {
        self.list(|scanner| {
            let start = scanner.at;
            let kind = scanner.value(1).ok()?;
            (kind == ValueKind::Object).then_some(start..scanner.at)
        })
    }

    fn list<T>(mut self, element: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut elements = Vec::new();
        self.skip_space();
        if self.take() != Some(b'[') {
            return None;
        }
        self.skip_space();
        if self.peek() == Some(b']') {
            return Some(elements);
        }
        loop {
            self.skip_space();
            elements.push(element(&mut self)?);
            self.skip_space();
            match self.take() {
                Some(b',') => {}
                Some(b']') => return Some(elements),
                _ => return None,
            }
        }
    }

    fn outer_object(&mut self, members: &mut Vec<Item>) -> Step<()> {
        self.at += 1;
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.skip_space();
            let start = self.at;
            if members.len() == MAX_MEMBERS {
                return self.fail(start, format!("More than {MAX_MEMBERS} members; the rest is not read."));
            }
            let name = self.name()?;
            let value_start = self.at;
            let (kind, text) = match self.peek() {
                Some(b'"') => (ValueKind::String, Some(self.string()?)),
                _ => (self.value(1)?, None),
            };
            // A number at the very end of a cut text may go on after the cut, so what follows must be seen first.
            let end = self.at;
            self.skip_space();
            let item = Item { name, span: start..end, value: value_start..end, kind, text, duplicate: false };
            match self.peek() {
                Some(b',') => members.push(item),
                Some(b'}') => {
                    members.push(item);
                    self.at += 1;
                    return Ok(());
                }
                None if kind == ValueKind::Number => return self.ends("after the value of a member"),
                found => {
                    members.push(item);
                    return match found {
                        None => self.ends("after the value of a member"),
                        Some(_) => self.unexpected("`,` or `}`"),
                    };
                }
            }
            self.at += 1;
        }
    }

    /// Reads a member's name, the colon and the space around it.
    fn name(&mut self) -> Step<String> {
        match self.peek() {
            Some(b'"') => {}
            None => return self.ends("where a member's name should stand"),
            Some(_) => return self.unexpected("a name in double quotes"),
        }
        let name = self.string()?;
        self.skip_space();
        match self.peek() {
            Some(b':') => self.at += 1,
            None => return self.ends("after a member's name"),
            Some(_) => return self.unexpected("`:`"),
        }
        self.skip_space();
        Ok(name)
    }

    /// Reads any value; `depth` counts the objects and arrays around it.
    fn value(&mut self, depth: usize) -> Step<ValueKind> {
        let Some(first) = self.peek() else { return self.ends("where a value should stand") };
        let Some(kind) = kind_of(first) else { return self.unexpected("a value") };
        if matches!(kind, ValueKind::Object | ValueKind::Array) && depth >= MAX_DEPTH {
            return self.fail(self.at, format!("Nested deeper than {MAX_DEPTH} levels; the rest is not read."));
        }
        match kind {
            ValueKind::String => self.string().map(|_| ())?,
            ValueKind::Number => self.number()?,
            ValueKind::Boolean if first == b't' => self.word("true")?,
            ValueKind::Boolean => self.word("false")?,
            ValueKind::Null => self.word("null")?,
            ValueKind::Array => self.array(depth)?,
            ValueKind::Object => self.inner_object(depth)?,
        }
        Ok(kind)
    }

    fn array(&mut self, depth: usize) -> Step<()> {
        self.at += 1;
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.skip_space();
            self.value(depth + 1)?;
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                None => return self.ends("inside an array"),
                Some(_) => return self.unexpected("`,` or `]`"),
            }
        }
    }

    fn inner_object(&mut self, depth: usize) -> Step<()> {
        self.at += 1;
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        let mut seen = BTreeMap::new();
        loop {
            self.skip_space();
            let name = self.name()?;
            self.value(depth + 1)?;
            if self.inner_duplicate.is_none() && seen.insert(name.clone(), ()).is_some() {
                self.inner_duplicate = Some(name);
            }
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                None => return self.ends("inside an object"),
                Some(_) => return self.unexpected("`,` or `}`"),
            }
        }
    }

    fn word(&mut self, word: &str) -> Step<()> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        if word.as_bytes().starts_with(rest) {
            self.at = self.text.len();
            return self.ends("inside a word");
        }
        self.fail(self.at, format!("Expected `{word}`."))
    }

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
    fn number(&mut self) -> Step<()> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let whole = self.at;
        self.digits()?;
        if self.at - whole > 1 && self.text.as_bytes().get(whole) == Some(&b'0') {
            return self.fail(whole, "A number starts with a zero that JSON does not allow.".to_owned());
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Step<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start {
            return Ok(());
        }
        match self.peek() {
            None => self.ends("inside a number"),
            Some(_) => self.unexpected("a digit"),
        }
    }

    /// Reads a string in quotes and gives it unescaped; a lone surrogate becomes U+FFFD and is noted.
    fn string(&mut self) -> Step<String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let run = self.at;
            while self.peek().is_some_and(|byte| byte != b'"' && byte != b'\\' && byte >= 0x20) {
                self.at += 1;
            }
            out.push_str(self.text.get(run..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(byte) => {
                    let message = format!("A string holds the control character U+{byte:04X} unescaped.");
                    return self.fail(self.at, message);
                }
                None => return self.ends("inside a string"),
            }
        }
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

    fn end(&mut self) -> Step<()> {
        self.skip_space();
        if self.at == self.text.len() { Ok(()) } else { self.unexpected("the end") }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn ends<T>(&self, place: &str) -> Step<T> {
        Err(Broken { at: self.text.len(), message: format!("The text ends {place}.") })
    }

    fn unexpected<T>(&self, wanted: &str) -> Step<T> {
        let found = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        let found = found.map(|character| visible(&character.to_string())).unwrap_or_default();
        self.fail(self.at, format!("Expected {wanted}, found `{found}`."))
    }

    fn fail<T>(&self, at: usize, message: String) -> Step<T> {
        Err(Broken { at, message })
    }
}

fn kind_of(first: u8) -> Option<ValueKind> {
    match first {
        b'"' => Some(ValueKind::String),
        b'-' | b'0'..=b'9' => Some(ValueKind::Number),
        b't' | b'f' => Some(ValueKind::Boolean),
        b'n' => Some(ValueKind::Null),
        b'[' => Some(ValueKind::Array),
        b'{' => Some(ValueKind::Object),
        _ => None,
    }
}

fn mark_duplicates(members: &mut [Item]) {
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for member in members.iter() {
        *times.entry(member.name.clone()).or_default() += 1;
    }
    for member in members {
        member.duplicate = times.get(&member.name).is_some_and(|times| *times > 1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{scan, strings};
    use super::*;

    fn values(text: &str) -> Vec<(String, String)> {
        scan(text).members.iter().map(|item| (item.name.clone(), text[item.value.clone()].to_owned())).collect()
    }

    fn broken(text: &str) -> (usize, String) {
        let broken = scan(text).broken.expect("the text is broken");
        (broken.at, broken.message)
    }

    #[test]
    fn digits_stay_as_they_stand() {
        let text = r#"{"a":9007199254740993,"b":1e400,"c":-0,"d":1.0,"e":0.1}"#;
        let digits: Vec<_> = values(text).into_iter().map(|(_, value)| value).collect();
        assert_eq!(digits, ["9007199254740993", "1e400", "-0", "1.0", "0.1"]);
        assert_eq!(scan(text).broken, None);
    }

    #[test]
    fn every_duplicate_is_kept_in_order_and_marked_also_when_escaped() {
        let scanned = scan(r#"{"role":"a","x":1,"\u0072ole":"b","role":"c"}"#);
        let marks: Vec<_> = scanned.members.iter().map(|item| (item.name.as_str(), item.duplicate)).collect();
        assert_eq!(marks, [("role", true), ("x", false), ("role", true), ("role", true)]);
        assert_eq!(scan(r#"{"a":{"b":1,"b":2}}"#).inner_duplicate.as_deref(), Some("b"));
        assert_eq!(scan(r#"{"a":[{"b":1},{"b":2}]}"#).inner_duplicate, None);
    }

    #[test]
    fn offsets_point_at_the_member() {
        let text = r#" { "é" : "\u0041b" , "n":[1, {"x":2}] } "#;
        let scanned = scan(text);
        assert_eq!(&text[scanned.members[0].span.clone()], r#""é" : "\u0041b""#);
        assert_eq!(scanned.members[0].text.as_deref(), Some("Ab"));
        assert_eq!(&text[scanned.members[1].value.clone()], r#"[1, {"x":2}]"#);
    }

    #[test]
    fn members_before_a_break_are_recovered() {
        let scanned = scan(r#"{"iss":"x","exp":17954"#);
        assert_eq!(scanned.members.len(), 1, "a number at the cut may go on after it");
        assert_eq!(scan(r#"{"iss":"x","exp":1,"ref":"abc"#).members.len(), 2);
        assert_eq!(scan(r#"{"iss":"x" "#).members.len(), 1);
        assert_eq!(broken(r#"{"a":1,}"#), (7, "Expected a name in double quotes, found `}`.".to_owned()));
        assert_eq!(broken(r#"{"a":1} x"#), (8, "Expected the end, found `x`.".to_owned()));
    }

    #[test]
    fn surrogates_are_joined_or_noted() {
        assert_eq!(scan(r#"{"a":"\ud83d\ude00"}"#).members[0].text.as_deref(), Some("😀"));
        for lone in [r#"{"a":"\ud83d"}"#, r#"{"a":"\ude00x"}"#, r#"{"a":"\ud83d\u0041"}"#] {
            assert_eq!(scan(lone).lone_surrogate, Some(6), "{lone}");
        }
        assert_eq!(scan(r#"{"a":"\ud83d\u0041"}"#).members[0].text.as_deref(), Some("\u{FFFD}A"));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for bad in [
            "",
            "{",
            "{\"a\"}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":01}",
            "{\"a\":+1}",
            "{\"a\":.5}",
            "{\"a\":1.}",
            "{\"a\":NaN}",
            "{\"a\":tru}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12\"}",
            "hello",
            "[1,]",
            "{\"a\":1}{",
            "\u{FEFF}{}",
            "{\"a\":-}",
            "{\"a\":1e}",
            "[",
            "nul",
        ] {
            assert!(scan(bad).broken.is_some(), "{bad}");
        }
        for good in ["{}", "[]", "null", "\"x\"", " 1 ", "-0.5e+3", "[[],{}]", "true", "false"] {
            assert_eq!(scan(good).broken, None, "{good}");
        }
    }

    #[test]
    fn depth_and_members_are_bounded() {
        let deep = format!("{}1{}", "[".repeat(64), "]".repeat(64));
        assert_eq!(scan(&deep).broken, None);
        assert_eq!(broken(&format!("{{\"a\":{deep}}}")).1, "Nested deeper than 64 levels; the rest is not read.");
        assert_eq!(broken(&"[".repeat(1_000_000)).0, 64);
        let many: Vec<String> = (0..100_000).map(|index| format!("\"c{index}\":1")).collect();
        let scanned = scan(&format!("{{{}}}", many.join(",")));
        assert_eq!(scanned.members.len(), MAX_MEMBERS);
        assert!(scanned.broken.is_some());
    }

    #[test]
    fn a_list_of_strings_is_nothing_else() {
        assert_eq!(strings(r#"["a", "b"]"#), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(strings("[]"), Some(vec![]));
        assert_eq!(strings(r#"["a", 1]"#), None);
        assert_eq!(strings("\"a\""), None);
    }
}
