//! A JWK as code, logs and settings hold it: as a literal of Python or JavaScript, or as a string inside JSON.

use std::iter::Peekable;
use std::str::Chars;

use zeroize::Zeroizing;

use jose::json::{self, ValueKind, quoted};
use jose::key::jwk_members;
use jose::visible::excerpt;

/// How many layers are taken off.
const MOST_LAYERS: usize = 3;

const SHOWN: usize = 60;

/// A text without a layer, and a sentence that says so.
type Layer = (Zeroizing<String>, String);

/// The JSON of a JWK or JWK Set that is wrapped or written as a literal, with a sentence for each step; `None` for
/// every other text.
pub(super) fn of(text: &str) -> Option<(Zeroizing<String>, Vec<String>)> {
    let mut kept: Option<Zeroizing<String>> = None;
    let mut repairs = Vec::new();
    for _ in 0..MOST_LAYERS {
        let text = kept.as_deref().map_or(text, String::as_str).trim();
        if is_key(text) {
            break;
        }
        let Some((inner, repair)) =
            in_quotes(text).or_else(|| member(text)).or_else(|| escaped(text)).or_else(|| literal(text))
        else {
            break;
        };
        kept = Some(inner);
        repairs.push(repair);
    }
    kept.filter(|text| is_key(text.trim())).map(|text| (text, repairs))
}

/// Is it whole JSON with the members of a JWK or a set, or a list of JWKs?
fn is_key(text: &str) -> bool {
    if text.starts_with('[') {
        let objects = json::objects(text).unwrap_or_default();
        return objects.first().is_some_and(|range| has_members(&text[range.clone()]));
    }
    text.starts_with('{') && json::scan(text).broken.is_none() && has_members(text)
}

fn has_members(jwk: &str) -> bool {
    jwk_members(jwk).iter().any(|member| matches!(&*member.name, "kty" | "keys"))
}

/// A JSON string, or quotes of a shell.
fn in_quotes(text: &str) -> Option<Layer> {
    if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        let is_object = inner.trim_start().starts_with(['{', '[']);
        return is_object.then(|| (owned(inner), "The quotes around the JWK were taken off".to_owned()));
    }
    if !text.starts_with('"') {
        return None;
    }
    let mut strings = json::strings(&Zeroizing::new(format!("[{text}]")))?;
    let inner = strings.pop().filter(|_| strings.is_empty()).map(Zeroizing::new)?;
    let is_object = inner.trim_start().starts_with(['{', '[']);
    is_object.then(|| (inner, "The JWK was a string inside JSON, and was read out of it".to_owned()))
}

/// The only JWK among the members of another object, as a string or as it is.
fn member(text: &str) -> Option<Layer> {
    if !text.starts_with('{') || json::scan(text).broken.is_some() {
        return None;
    }
    let members = jwk_members(text);
    let mut found = members.iter().filter_map(|member| {
        let name = excerpt(&member.name, SHOWN);
        match (member.kind, member.text.as_deref()) {
            (ValueKind::String, Some(inner)) if is_key(inner.trim()) => {
                Some((owned(inner), format!("The JWK was a string inside JSON, in `{name}`, and was read out of it")))
            }
            (ValueKind::Object, _) if is_key(&text[member.value.clone()]) => {
                Some((owned(&text[member.value.clone()]), format!("The JWK was taken out of `{name}`")))
            }
            _ => None,
        }
    });
    let only = found.next()?;
    found.next().is_none().then_some(only)
}

/// JSON whose quotes are escaped, as in source code, without the string around it.
fn escaped(text: &str) -> Option<Layer> {
    let is_escaped = text.starts_with(['{', '[']) && text.contains("\\\"") && !is_key(text);
    let inner = Zeroizing::new(text.replace("\\\"", "\""));
    (is_escaped && is_key(&inner)).then(|| (inner, "The quotes in the JWK were escaped, and were restored".to_owned()))
}

/// A dict of Python or an object of JavaScript, written as JSON.
fn literal(text: &str) -> Option<Layer> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let mut reader = Reader { rest: text.chars().peekable(), out: owned(""), has_bare_names: false };
    reader.out.reserve(text.len() * 2);
    reader.read()?;
    let repair = match reader.has_bare_names {
        true => "An object as JavaScript writes it was read as JSON",
        false => "A dict as Python writes it was read as JSON",
    };
    is_key(&reader.out).then(|| (reader.out, repair.to_owned()))
}

fn owned(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

/// Reads a literal and writes it as JSON. The output for other texts is not valid JSON, which is checked afterwards.
struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    out: Zeroizing<String>,
    has_bare_names: bool,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<()> {
        while let Some(sign) = self.rest.next() {
            match sign {
                '"' | '\'' => self.string(sign)?,
                ',' => {
                    self.skip_space();
                    // A comma may stand after the last member.
                    if !matches!(self.rest.peek(), Some('}' | ']')) {
                        self.out.push(',');
                    }
                }
                first if first.is_ascii_alphabetic() || first == '_' => self.word(first)?,
                other => self.out.push(other),
            }
        }
        Some(())
    }

    fn skip_space(&mut self) {
        while self.rest.next_if(|sign| sign.is_whitespace()).is_some() {}
    }

    fn word(&mut self, first: char) -> Option<()> {
        let mut word = String::from(first);
        while let Some(sign) = self.rest.next_if(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '#')) {
            word.push(sign);
        }
        // Python marks strings so: u'…', b'…'.
        if matches!(word.as_str(), "u" | "b" | "r") && matches!(self.rest.peek(), Some('"' | '\'')) {
            return Some(());
        }
        self.skip_space();
        if self.rest.peek() == Some(&':') {
            self.has_bare_names = true;
            self.out.push_str(&quoted(&word));
            return Some(());
        }
        self.out.push_str(match word.as_str() {
            "None" | "null" | "undefined" => "null",
            "True" | "true" => "true",
            "False" | "false" => "false",
            _ => return None,
        });
        Some(())
    }

    fn string(&mut self, quote: char) -> Option<()> {
        self.out.push('"');
        loop {
            match self.rest.next()? {
                '\\' => match self.rest.next()? {
                    '\'' => self.out.push('\''),
                    other => self.out.extend(['\\', other]),
                },
                sign if sign == quote => break,
                '"' => self.out.push_str("\\\""),
                other => self.out.push(other),
            }
        }
        self.out.push('"');
        Some(())
    }
}
