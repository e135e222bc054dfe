//! Tokens inside tokens (RFC 7519 sections 2 and 5.2), listed from the outside in, so that each can be inspected
//! separately.

use super::Pasted;
use jose::json::{self, ValueKind};
use jose::parse::{Format, FoundToken, MAX_CHARACTERS, Part, compact_header, parse_exact, payload_token};
use jose::visible::excerpt;

/// How many levels of nested tokens are read; the outermost is the first.
const DEEPEST: usize = 5;

/// The most tokens that are listed.
const MOST_LISTED: usize = 50;

/// Compressed claims of inner tokens are searched up to this many bytes together: a short token may hold hundreds, each
/// of which holds hundreds again.
const MOST_INFLATED: usize = MAX_CHARACTERS;

/// Objects and lists inside claims are opened to this depth.
const DEEPEST_CLAIM: usize = 6;

/// How many characters of an algorithm a label shows.
const SHOWN: usize = 24;

/// How many characters of a claim's path a label shows.
const SHOWN_PATH: usize = 48;

const TOO_DEEP: &str = "Level 5 holds another token, which was not opened: inspect level 5 on its own to go on";

const TOO_MANY: &str = "There are more tokens inside than are listed: inspect them on their own";

/// Fills the list of tokens: those `found` in the paste, or else the parsed one, each with the tokens inside it.
pub(super) fn list(pasted: &mut Pasted, found: Vec<FoundToken>) {
    let parsed = &pasted.parsed;
    let mut list = List { tokens: std::mem::take(&mut pasted.tokens), inflated: 0, unlisted: None };
    if parsed.format == Format::JwsJson {
        list.open(&parsed.claims, 2);
    } else if found.is_empty() {
        if inner_tokens(&parsed.claims).is_empty() {
            return;
        }
        list.add("Outer token".to_owned(), &parsed.token);
        list.open(&parsed.claims, 2);
    } else {
        for outer in found {
            let read = (outer.token != parsed.token).then(|| parse_exact(&outer.token));
            list.add(outer.name, &outer.token);
            list.open(&read.as_ref().unwrap_or(parsed).claims, 2);
        }
    }
    if list.tokens.len() > 1 {
        pasted.tokens = list.tokens;
    }
    pasted.unlisted = list.unlisted;
}

/// Each directly nested token: its location, the token, its header. Tokens are in the payload, in claims, and in
/// objects and lists inside claims.
fn inner_tokens(claims: &Part) -> Vec<(String, String, Part)> {
    if !claims.is_whole_object()
        && let Some((text, header)) = payload_token(&claims.text)
    {
        return vec![("payload".to_owned(), text.to_owned(), header)];
    }
    let mut found = Vec::new();
    for item in claims.members() {
        collect(&item.name, item.kind, item.text.as_deref().unwrap_or(claims.raw(item)), 1, &mut found);
    }
    found
}

/// Adds the tokens in a value: `text` is a string's content, or JSON.
fn collect(path: &str, kind: ValueKind, text: &str, depth: usize, found: &mut Vec<(String, String, Part)>) {
    match kind {
        ValueKind::String => {
            if let Some(header) = compact_header(text) {
                found.push((path.to_owned(), text.to_owned(), header));
            }
        }
        // Base64url of a brace and a quote.
        _ if depth == DEEPEST_CLAIM || !text.contains("ey") => {}
        ValueKind::Object => {
            for item in json::scan(text).members {
                let inner = item.text.as_deref().unwrap_or(&text[item.value.clone()]);
                collect(&format!("{path}.{}", item.name), item.kind, inner, depth + 1, found);
            }
        }
        ValueKind::Array => {
            for (index, element) in json::elements(text).into_iter().enumerate() {
                let inner = element.text.as_deref().unwrap_or(&text[element.range.clone()]);
                collect(&format!("{path}[{index}]"), element.kind, inner, depth + 1, found);
            }
        }
        ValueKind::Number | ValueKind::Boolean | ValueKind::Null => {}
    }
}

/// The tokens listed so far, without duplicates.
struct List {
    tokens: Vec<FoundToken>,
    /// How many bytes the compressed claims of inner tokens have together.
    inflated: usize,
    /// Why not all of them are listed.
    unlisted: Option<&'static str>,
}

impl List {
    fn has(&self, token: &str) -> bool {
        self.tokens.iter().any(|earlier| earlier.token == token)
    }

    fn add(&mut self, name: String, token: &str) -> bool {
        if self.has(token) {
            return true;
        }
        let listed: usize = self.tokens.iter().map(|earlier| earlier.token.len()).sum();
        // Inner tokens are shorter than what contains them, so a few times the longest paste suffices for every chain.
        if self.tokens.len() == MOST_LISTED || listed + token.len() > 4 * MAX_CHARACTERS {
            self.unlisted = Some(TOO_MANY);
            return false;
        }
        self.tokens.push(FoundToken { name, token: token.to_owned() });
        true
    }

    fn open(&mut self, claims: &Part, level: usize) {
        for (place, token, header) in inner_tokens(claims) {
            if level > DEEPEST {
                self.unlisted = Some(TOO_DEEP);
                return;
            }
            // What is listed has been opened.
            if self.has(&token) {
                continue;
            }
            let read = parse_exact(&token);
            let kind = match read.format {
                Format::JweCompact => "encrypted".to_owned(),
                _ => excerpt(header.text("alg").unwrap_or("no alg"), SHOWN),
            };
            if !self.add(format!("Level {level}, {}, {kind}", excerpt(&place, SHOWN_PATH)), &token) {
                return;
            }
            if read.compression.is_some() {
                self.inflated += read.claims.text.len();
            }
            if self.inflated > MOST_INFLATED {
                self.unlisted = Some(TOO_MANY);
                return;
            }
            self.open(&read.claims, level + 1);
        }
    }
}
