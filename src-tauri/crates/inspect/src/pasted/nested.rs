//! Tokens inside tokens (RFC 7519 sections 2 and 5.2), listed from the outside in, so that each can be inspected
//! separately.

use super::Pasted;
use jose::parse::{Format, FoundToken, MAX_CHARACTERS, Part, compact_header, parse_exact, payload_token};
use jose::visible::excerpt;

/// How many levels of nested tokens are read; the outermost is the first.
const DEEPEST: usize = 5;

/// The most tokens that are listed.
const MOST_LISTED: usize = 50;

/// How many characters of a claim's name and of an algorithm a label shows.
const SHOWN: usize = 24;

const TOO_DEEP: &str = "Level 5 holds another token, which was not opened: inspect level 5 on its own to go on";

const TOO_MANY: &str = "There are more tokens inside than are listed: inspect them on their own";

/// Fills the list of tokens: those `found` in the paste, or else the parsed one, each with the tokens inside it.
pub(super) fn list(pasted: &mut Pasted, found: Vec<FoundToken>) {
    let parsed = &pasted.parsed;
    let mut list = List { tokens: std::mem::take(&mut pasted.tokens), unlisted: None };
    if parsed.format == Format::JwsJson {
        list.open(&parsed.claims, 2);
    } else if found.is_empty() {
        if inner_tokens(&parsed.claims).next().is_none() {
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

/// Each directly nested token: its location, the token, its header.
fn inner_tokens(claims: &Part) -> impl Iterator<Item = (&str, &str, Part)> {
    let payload = if claims.is_whole_object() { None } else { payload_token(&claims.text) };
    let in_claims = claims.members().iter().filter_map(|item| {
        let text = item.text.as_deref()?;
        Some((item.name.as_str(), text, compact_header(text)?))
    });
    payload.map(|(text, header)| ("payload", text, header)).into_iter().chain(in_claims)
}

/// The tokens listed so far, without duplicates.
struct List {
    tokens: Vec<FoundToken>,
    /// Why not all of them are listed.
    unlisted: Option<&'static str>,
}

impl List {
    fn add(&mut self, name: String, token: &str) -> bool {
        if self.tokens.iter().any(|earlier| earlier.token == token) {
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
            let read = parse_exact(token);
            let kind = match read.format {
                Format::JweCompact => "encrypted".to_owned(),
                _ => excerpt(header.text("alg").unwrap_or("no alg"), SHOWN),
            };
            if !self.add(format!("Level {level}, {}, {kind}", excerpt(place, SHOWN)), token) {
                return;
            }
            self.open(&read.claims, level + 1);
        }
    }
}
