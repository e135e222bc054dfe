//! The walk over the bytes of a JSON text (RFC 8259).

mod strings;

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::{Broken, Element, Item, MAX_DEPTH, MAX_MEMBERS, Scanned};
use crate::json::ValueKind;
use crate::steps::walk;
use crate::visible::visible;
use crate::words::same;

pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    lone_surrogate: Option<usize>,
    inner_duplicate: Option<String>,
}

/// The most members to reserve space for in advance.
const MOST_EXPECTED: usize = 64;

type Step<T> = Result<T, Broken>;

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Scanner { text, at: 0, lone_surrogate: None, inner_duplicate: None }
    }

    /// Reads the whole text: one value with white space around it.
    pub(super) fn document(mut self) -> Scanned {
        self.skip_space();
        let root = self.peek().and_then(kind_of);
        // Assume some forty bytes per member, so that most tokens need no second allocation.
        let mut members = Vec::with_capacity((self.text.len() / 40).min(MOST_EXPECTED) + 1);
        let outcome =
            if root == Some(ValueKind::Object) { self.outer_object(&mut members) } else { self.value(0).map(|_| ()) };
        let broken = outcome.and_then(|()| self.end()).err();
        walk(self.at);
        mark_duplicates(&mut members);
        Scanned { root, members, broken, lone_surrogate: self.lone_surrogate, inner_duplicate: self.inner_duplicate }
    }

    /// Reads the elements of an array; `None` for any other text.
    pub(super) fn elements(mut self) -> Option<Vec<Element>> {
        let mut elements = Vec::new();
        walk(self.text.len());
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
            let start = self.at;
            let (kind, text) = self.shallow_value().ok()?;
            elements.push(Element { kind, range: start..self.at, text });
            self.skip_space();
            match self.take() {
                Some(b',') => {}
                Some(b']') => return Some(elements),
                _ => return None,
            }
        }
    }

    /// Reads a value one level deep; a string is unescaped.
    fn shallow_value(&mut self) -> Step<(ValueKind, Option<String>)> {
        match self.peek() {
            Some(b'"') => Ok((ValueKind::String, Some(self.string()?))),
            _ => Ok((self.value(1)?, None)),
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
                return self.limit(start, format!("More than {MAX_MEMBERS} members; the rest is not read."));
            }
            let name = self.name()?;
            let value_start = self.at;
            let (kind, text) = self.shallow_value()?;
            // A number at the very end of a truncated text may be incomplete, so require the character after it.
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
    fn name(&mut self) -> Step<CompactString> {
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
            return self.limit(self.at, format!("Nested deeper than {MAX_DEPTH} levels; the rest is not read."));
        }
        match kind {
            ValueKind::String => self.skip_string()?,
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
                self.inner_duplicate = Some(name.into());
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
        self.fail(self.text.len(), format!("The text ends {place}."))
    }

    fn unexpected<T>(&self, wanted: &str) -> Step<T> {
        let found = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        let found = found.map(|character| visible(&character.to_string()).into_owned()).unwrap_or_default();
        self.fail(self.at, format!("Expected {wanted}, found `{found}`."))
    }

    fn fail<T>(&self, at: usize, message: String) -> Step<T> {
        Err(Broken { at, message, limit: false })
    }

    fn limit<T>(&self, at: usize, message: String) -> Step<T> {
        Err(Broken { at, message, limit: true })
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

/// Up to this many members, comparing all pairs is faster than sorting.
const FEW: usize = 32;

fn mark_duplicates(members: &mut [Item]) {
    if members.len() <= FEW {
        for later in 1..members.len() {
            let (before, rest) = members.split_at_mut(later);
            let Some(item) = rest.first_mut() else { return };
            for earlier in before.iter_mut().filter(|earlier| same(&earlier.name, &item.name)) {
                earlier.duplicate = true;
                item.duplicate = true;
            }
        }
        return;
    }
    let mut by_name: Vec<usize> = (0..members.len()).collect();
    by_name.sort_unstable_by(|&a, &b| members[a].name.cmp(&members[b].name));
    for pair in by_name.windows(2) {
        if members[pair[0]].name == members[pair[1]].name {
            members[pair[0]].duplicate = true;
            members[pair[1]].duplicate = true;
        }
    }
}
