//! A walk over the values of a header or claims set, including nested ones.

use std::collections::BTreeSet;

use super::SHOWN;
use jose::json::ValueKind;
use jose::json::{self, Element, Item};
use jose::parse::Part;
use jose::visible::excerpt;
use jose::words::list;

/// Objects are opened to this depth, the outermost one included.
const DEEPEST: usize = 4;

/// Places beyond this number are counted but not named.
const NAMED_PLACES: usize = 5;

/// One value with the names it is under.
pub(super) struct Value<'a> {
    outer: Option<&'a Value<'a>>,
    /// The name of the member, unescaped.
    pub(super) name: &'a str,
    /// The name in lower case with only letters and digits: `client_secret` and `clientSecret` are the same. For a long
    /// name only the end.
    pub(super) plain: &'a str,
    pub(super) kind: ValueKind,
    /// A string unescaped, anything else as written.
    pub(super) text: &'a str,
}

impl Value<'_> {
    /// True if it is a member of the header or claims set itself.
    pub(super) fn is_outermost(&self) -> bool {
        self.outer.is_none()
    }

    /// Its path: "user.email".
    fn path(&self) -> String {
        let name = excerpt(self.name, SHOWN);
        match self.outer {
            Some(outer) => format!("{}.{name}", outer.path()),
            None => name,
        }
    }
}

/// Calls `visit` for every member, and for every member and element of the objects and arrays inside it.
pub(super) fn each(part: &Part, visit: &mut impl FnMut(&Value<'_>)) {
    for item in part.members() {
        member(&part.text, item, None, 1, visit);
    }
}

fn member(text: &str, item: &Item, outer: Option<&Value<'_>>, depth: usize, visit: &mut impl FnMut(&Value<'_>)) {
    let raw = text.get(item.value.clone()).unwrap_or_default();
    let plain = Plain::of(&item.name);
    let text = item.text.as_deref().unwrap_or(raw);
    let value = Value { outer, name: &item.name, plain: plain.as_str(), kind: item.kind, text };
    visit(&value);
    open(&value, depth, visit);
}

fn open(value: &Value<'_>, depth: usize, visit: &mut impl FnMut(&Value<'_>)) {
    if depth == DEEPEST {
        return;
    }
    match value.kind {
        ValueKind::Object => {
            for item in json::scan(value.text).members {
                member(value.text, &item, Some(value), depth + 1, visit);
            }
        }
        // Elements of an array are under the array's name.
        ValueKind::Array => {
            for Element { kind, range, text } in json::elements(value.text) {
                let text = text.as_deref().unwrap_or_else(|| value.text.get(range).unwrap_or_default());
                let element = Value { outer: value.outer, kind, text, ..*value };
                visit(&element);
                open(&element, depth + usize::from(kind == ValueKind::Array), visit);
            }
        }
        _ => {}
    }
}

/// The most letters and digits of a name that is searched for.
const PLAIN_LENGTH: usize = 32;

/// The last letters and digits of a name, in lower case. Kept on the stack, since every member of every token needs
/// one.
struct Plain {
    letters: [u8; PLAIN_LENGTH],
    start: usize,
}

impl Plain {
    fn of(name: &str) -> Plain {
        let mut plain = Plain { letters: [0; PLAIN_LENGTH], start: PLAIN_LENGTH };
        let wanted = name.bytes().rev().filter(u8::is_ascii_alphanumeric);
        for (letter, place) in wanted.zip(plain.letters.iter_mut().rev()) {
            *place = letter.to_ascii_lowercase();
            plain.start -= 1;
        }
        plain
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.letters[self.start..]).unwrap_or_default()
    }
}

/// The places where a walk has found something, without duplicates, with what is there.
#[derive(Default)]
pub(super) struct Places {
    named: Vec<String>,
    paths: BTreeSet<String>,
}

impl Places {
    /// Notes a place: "user.email (email address)".
    pub(super) fn add(&mut self, value: &Value<'_>, what: &str) {
        let path = value.path();
        if self.paths.contains(&path) {
            return;
        }
        if self.named.len() < NAMED_PLACES {
            self.named.push(format!("{path} ({what})"));
        }
        self.paths.insert(path);
    }

    /// "email (email address) and phone (phone number)"; `None` if nothing was found.
    pub(super) fn in_words(mut self) -> Option<String> {
        let more = self.paths.len() - self.named.len();
        if more > 0 {
            self.named.push(format!("{more} more"));
        }
        (!self.named.is_empty()).then(|| list(&self.named))
    }
}
