//! Tokens inside tokens (RFC 7519 sections 2 and 5.2): listed from the outside in, so that each can be looked at alone.

use super::{Fault, MAX_CHARACTERS, Parsed, Part};
use crate::base64url;
use crate::check::form;
use crate::clean::starts_like_header;
use crate::report::{Format, FoundToken, SegmentKind};
use crate::visible::excerpt;

/// A token in a token in a token is read to this level; the outermost one is the first.
const DEEPEST: usize = 5;

/// No more tokens are listed.
const MOST_LISTED: usize = 50;

/// How many characters of a claim's name and of an algorithm a name shows.
const SHOWN: usize = 24;

const TOO_DEEP: &str = "Level 5 holds another token, which was not opened: inspect level 5 on its own to go on";

const TOO_MANY: &str = "There are more tokens inside than are listed: inspect them on their own";

/// The JOSE header of a text that is a whole compact token and nothing else: three segments of base64url, or with `enc`
/// five, the first of them an object with `alg` (RFC 7515 section 7.1, RFC 7516 section 7.1).
pub(crate) fn compact_header(text: &str) -> Option<Part> {
    // Base64url of a brace begins with an e: most texts are told apart by this.
    if !text.starts_with('e') || !base64url::is_symbols_and_dots(text) {
        return None;
    }
    let (first, rest) = text.split_once('.')?;
    let count = rest.split('.').count();
    if !starts_like_header(first) || !matches!(count, 2 | 4) {
        return None;
    }
    let header = Part::of_bytes(&base64url::decode_strict(first)?, None, SegmentKind::Header, &mut Vec::new());
    (header.is_whole_object() && header.has("alg") && (count == 2 || header.has("enc"))).then_some(header)
}

/// The token that a payload is, with its header: the text itself, or a JSON string around it.
pub(super) fn payload_token(payload: &str) -> Option<(&str, Part)> {
    let text = payload.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    Some((text, compact_header(text)?))
}

/// A token around another has to say so (RFC 7519 section 5.2).
pub(super) fn undeclared(header: &Part, payload: &Part) -> Option<Fault> {
    let is_declared = header.text("cty").is_some_and(|cty| form::media_type(cty) == "jwt");
    let is_token = !payload.is_whole_object() && payload_token(&payload.text).is_some();
    (is_token && !is_declared).then(Fault::undeclared_nesting)
}

/// Fills the list of tokens: `found` in the paste, or else the one that was read, each with what is inside it.
pub(super) fn list(parsed: &mut Parsed, found: Vec<FoundToken>) {
    let mut list = List { tokens: std::mem::take(&mut parsed.tokens), unlisted: None };
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
            let read = (outer.token != parsed.token).then(|| Parsed::of(outer.token.clone(), Vec::new()));
            list.add(outer.name, &outer.token);
            list.open(&read.as_ref().unwrap_or(parsed).claims, 2);
        }
    }
    if list.tokens.len() > 1 {
        parsed.tokens = list.tokens;
    }
    parsed.unlisted = list.unlisted;
}

/// Each token right inside: where it stands, itself, its header.
fn inner_tokens(claims: &Part) -> impl Iterator<Item = (&str, &str, Part)> {
    let payload = if claims.is_whole_object() { None } else { payload_token(&claims.text) };
    let in_claims = claims.members().iter().filter_map(|item| {
        let text = item.text.as_deref()?;
        Some((item.name.as_str(), text, compact_header(text)?))
    });
    payload.map(|(text, header)| ("payload", text, header)).into_iter().chain(in_claims)
}

/// The tokens listed so far, each once.
struct List {
    tokens: Vec<FoundToken>,
    /// Why not all of them are.
    unlisted: Option<&'static str>,
}

impl List {
    fn add(&mut self, name: String, token: &str) -> bool {
        if self.tokens.iter().any(|earlier| earlier.token == token) {
            return true;
        }
        let listed: usize = self.tokens.iter().map(|earlier| earlier.token.len()).sum();
        // Inner tokens are shorter than what is around them, so a few times the longest paste holds every chain.
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
            let read = Parsed::of(token.to_owned(), Vec::new());
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
