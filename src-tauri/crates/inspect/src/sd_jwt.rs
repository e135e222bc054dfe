//! The disclosures of an SD-JWT (RFC 9901), each checked against its digest and put in that place.

mod report;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use crate::clean::first_token;
use crate::meaning::bare;
use crate::report::{Member, Place};

use jose::base64url;
use jose::digest::{named, sha_256};
use jose::json::{self, Element, Item, ValueKind, quoted};
use jose::parse::{Lookup, ParseProblem, Parsed, is_too_large, media_type, offset};
use jose::visible::{excerpt, visible_json};

/// Disclosures beyond this number are not read.
const MOST: usize = 1000;

/// How deep disclosed values are opened.
const DEEPEST: usize = 8;

/// How many characters of a name a sentence shows, and how many names.
const SHOWN: usize = 60;
const NAMED: usize = 12;

/// Claims that the checks read where they are signed: an issuer must not make them disclosures (RFC 9901 section 9.7).
const JUDGED: [&str; 5] = ["iss", "aud", "exp", "nbf", "cnf"];

/// The same for a verifiable credential; `sub` and `iat` may be disclosures there (SD-JWT VC, "Registered JWT Claims").
const JUDGED_OF_CREDENTIAL: [&str; 3] = ["vct", "vct#integrity", "status"];

/// What follows the token in an SD-JWT (RFC 9901 section 4).
#[derive(Debug, Clone)]
pub(crate) struct Presentation {
    /// The text after the token, from its first `~` on.
    text: String,
    disclosures: Vec<Disclosure>,
    /// How many of them are no disclosures, or are referred to by no digest.
    pub(crate) stray: usize,
    /// The places in the list of those that a digest refers to.
    used: HashSet<usize>,
    /// The digests of claims that stay hidden, decoys among them.
    hidden: usize,
    /// What makes the whole invalid, whatever was signed.
    pub(crate) contradiction: Option<ParseProblem>,
    /// Each disclosure's place in the list, by its digest.
    by_digest: HashMap<String, usize>,
    /// The hash of the digests, if this build does not know it.
    unknown_hash: Option<String>,
    pub(crate) key_binding: Option<String>,
    /// The hash that the key binding JWT must name (RFC 9901 section 4.3.1).
    hash: String,
}

/// One claim or element that is disclosed.
#[derive(Debug, Clone)]
struct Disclosure {
    digest: String,
    /// `None` for an element of an array.
    name: Option<String>,
    /// The value as JSON text.
    value: String,
    kind: ValueKind,
    /// Its characters in the text after the token.
    place: (u32, u32),
}

/// What one walk over the claims meets.
#[derive(Default)]
struct Walk {
    /// The disclosures that were put in their place.
    used: HashSet<usize>,
    /// All digests, and whether one of them stands twice.
    digests: HashSet<String>,
    is_repeated: bool,
    hidden: usize,
    /// A name that is already in the object.
    shadowing: Option<String>,
}

/// The token of an SD-JWT that stands alone: `token~disclosure~…~`, with or without a key binding JWT at its end (RFC
/// 9901 section 4).
pub(crate) fn token_of(text: &str) -> Option<&str> {
    let (token, rest) = text.split_once('~').filter(|_| !is_too_large(text))?;
    let (disclosures, key_binding) = rest.rsplit_once('~').unwrap_or(("", rest));
    let is_jwt = |text: &str| text.split('.').count() == 3 && base64url::is_symbols_and_dots(text);
    let is_whole = is_jwt(token)
        && disclosures.bytes().all(|byte| byte == b'~' || base64url::is_symbol(byte))
        && (key_binding.is_empty() || is_jwt(key_binding));
    is_whole.then_some(token)
}

impl Presentation {
    /// What follows the token in a text; `None` if it is no SD-JWT.
    pub(crate) fn of(text: &str, parsed: &Parsed) -> Option<Presentation> {
        if !text.contains('~') || !parsed.is_readable() {
            return None;
        }
        // Words after the last `~` are text around the SD-JWT, unless they stand right beside it.
        let tail = text.rsplit_once('~').map_or("", |(_, tail)| tail);
        let raw = text;
        let has_tail = tail.starts_with(|sign: char| !sign.is_whitespace());
        let others: Vec<&str> = text.split_whitespace().skip(1).filter_map(token_of).collect();
        let text: String = text.split_whitespace().collect();
        let rest = &text[text.find(parsed.token())? + parsed.token().len()..];
        let is_part = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.' | '~');
        let end = rest.find(|sign| !is_part(sign)).unwrap_or(rest.len());
        let end = start_of_next(&rest[..end], &others).unwrap_or(end);
        let mut parts: Vec<&str> = rest[..end].strip_prefix('~')?.split('~').collect();
        let last = parts.pop().unwrap_or_default();
        let key_binding = Some(last).filter(|last| last.contains('.')).map(|last| {
            // White space may be inside it, or before a word that is no part of it.
            let place = text.len() - rest.len() + end - last.len();
            let whole = first_token(unglued(raw, place)).filter(|token| last.starts_with(token.as_str()));
            whole.unwrap_or_else(|| last.to_owned())
        });
        // A disclosure ends with `~`: one that does not was cut off, or holds a sign that none has.
        let is_unfinished = key_binding.is_none() && !last.is_empty() && (has_tail || end < rest.len());
        let signed = end - last.len();
        let end = match &key_binding {
            Some(token) => signed + token.len(),
            None if is_unfinished => end,
            None => signed,
        };
        let hash_name = parsed.claim_text("_sd_alg").unwrap_or("sha-256").to_owned();
        let known = named(&hash_name, b"").is_some();
        let count = parts.iter().filter(|part| !part.is_empty()).count();
        let mut next = 1;
        let places = parts.iter().map(|part| {
            let place = (offset(next), offset(next + part.len()));
            next += part.len() + 1;
            (*part, place)
        });
        let read = |(part, place)| if known { Disclosure::read(part, place, &hash_name) } else { None };
        let disclosures: Vec<Disclosure> = places.take(MOST).filter_map(read).collect();
        let presented = format!("{}{}", parsed.token(), &rest[..signed]);
        let mut by_digest = HashMap::new();
        for (at, disclosure) in disclosures.iter().enumerate() {
            by_digest.entry(disclosure.digest.clone()).or_insert(at);
        }
        let mut found = Presentation {
            text: rest[..end].to_owned(),
            stray: 0,
            used: HashSet::new(),
            hidden: 0,
            contradiction: None,
            by_digest,
            unknown_hash: (!known).then_some(hash_name.clone()),
            hash: named(&hash_name, presented.as_bytes()).unwrap_or_else(|| sha_256(presented.as_bytes())),
            key_binding,
            disclosures,
        };
        let mut walk = Walk::default();
        found.object(&parsed.claims.text, parsed.claims.members(), 0, &mut walk);
        found.stray = if known { count - walk.used.len() } else { 0 };
        found.hidden = walk.hidden;
        found.used = walk.used;
        found.contradiction = match walk.shadowing {
            Some(name) => Some(ParseProblem::shadowing_disclosure(&excerpt(&name, SHOWN))),
            None if is_unfinished => Some(ParseProblem::unfinished_disclosure()),
            None if walk.is_repeated => Some(ParseProblem::repeated_digest()),
            None if !known => Some(ParseProblem::unknown_digests(&excerpt(&hash_name, SHOWN))),
            None => found.disclosed_validity(parsed),
        };
        Some(found)
    }

    /// The disclosed claims that a check must rest on.
    fn disclosed_validity(&self, parsed: &Parsed) -> Option<ParseProblem> {
        let typ = parsed.header_text("typ").map(media_type).unwrap_or_default();
        let is_credential = matches!(&*typ, "vc+sd-jwt" | "dc+sd-jwt");
        let claims = self.claims(parsed);
        let named = |is_judged: &dyn Fn(&str, &str) -> bool| -> Vec<String> {
            let judged = claims.iter().filter(|(_, name, value)| is_judged(name, value));
            judged.map(|(_, name, _)| (*name).to_owned()).collect()
        };
        let general = named(&|name, _| JUDGED.contains(&name));
        // Elsewhere `status` may be any claim, but a status list says whether the token was revoked.
        let special = named(&|name, value| {
            (is_credential && JUDGED_OF_CREDENTIAL.contains(&name))
                || (name == "status" && value.contains("\"status_list\""))
        });
        let rfc = if general.is_empty() { "SD-JWT VC" } else { "RFC 9901 §9.7" };
        let all = [general, special].concat();
        (!all.is_empty()).then(|| ParseProblem::disclosed_validity(&all, rfc))
    }

    /// Puts what is disclosed where its digest is.
    pub(crate) fn place(&self, parsed: &Parsed, claims: &mut Vec<Member>) {
        let mut walk = Walk::default();
        for (member, item) in claims.iter_mut().zip(parsed.claims.members()) {
            let raw = parsed.claims.raw(item);
            if item.name != "_sd" && matches!(item.kind, ValueKind::Object | ValueKind::Array) && self.is_inside(raw) {
                member.value = visible_json(&self.value(raw, item.kind, 1, &mut walk)).into();
            }
        }
        let Some(at) = parsed.claims.members().iter().position(|item| item.name == "_sd") else { return };
        let Some(digests) = claims.get(at) else { return };
        let place = (digests.start, digests.end);
        let members = self.claims(parsed).into_iter().map(|(disclosure, name, value)| {
            let (start, end) = disclosure.place;
            let member = bare(&parsed.claims, (name, &value, disclosure.kind), place);
            Member { disclosed: Some(Place { start, end }), ..member }
        });
        let members: Vec<Member> = members.collect();
        claims.splice(at + 1..at + 1, members);
    }

    /// Is one of the digests in this value?
    fn is_inside(&self, raw: &str) -> bool {
        raw.contains("\"_sd\"") || raw.contains("\"...\"")
    }

    /// The claims behind the outermost digests: the disclosure, its name, and the value with everything in its place.
    fn claims(&self, parsed: &Parsed) -> Vec<(&Disclosure, &str, String)> {
        let Lookup::Found(item) = parsed.claims.find("_sd") else { return Vec::new() };
        let digests = json::strings(parsed.claims.raw(item)).unwrap_or_default();
        let mut walk = Walk::default();
        let mut claims = Vec::new();
        for digest in digests {
            let Some(found) = self.disclosure(&digest, true, &mut walk) else { continue };
            if let Some(name) = &found.name {
                claims.push((found, name.as_str(), self.value(&found.value, found.kind, 1, &mut walk)));
            }
        }
        claims
    }

    /// The disclosure with this digest: of a claim, or else of an element. Each is used once.
    fn disclosure(&self, digest: &str, is_claim: bool, walk: &mut Walk) -> Option<&Disclosure> {
        walk.is_repeated |= !walk.digests.insert(digest.to_owned());
        let at = self.by_digest.get(digest).filter(|at| !walk.used.contains(at));
        let Some(at) = at else {
            walk.hidden += 1;
            return None;
        };
        let disclosure = self.disclosures.get(*at).filter(|disclosure| disclosure.name.is_some() == is_claim)?;
        walk.used.insert(*at);
        Some(disclosure)
    }

    fn value(&self, raw: &str, kind: ValueKind, depth: usize, walk: &mut Walk) -> String {
        match kind {
            ValueKind::Object if depth < DEEPEST => self.object(raw, &json::scan(raw).members, depth, walk),
            ValueKind::Array if depth < DEEPEST => self.array(raw, json::elements(raw), depth, walk),
            _ => raw.to_owned(),
        }
    }

    fn object(&self, raw: &str, members: &[Item], depth: usize, walk: &mut Walk) -> String {
        let mut out: Vec<String> = Vec::new();
        let has_digests = members.iter().any(|item| item.name == "_sd");
        let plain = members.iter().filter(|item| has_digests && item.name != "_sd");
        let mut names: HashSet<&str> = plain.map(|item| &*item.name).collect();
        for item in members {
            let text = &raw[item.value.clone()];
            if item.name != "_sd" {
                out.push(format!("{}:{}", quoted(&item.name), self.value(text, item.kind, depth + 1, walk)));
                continue;
            }
            for digest in json::strings(text).unwrap_or_default() {
                if let Some(Disclosure { name: Some(name), value, kind, .. }) = self.disclosure(&digest, true, walk) {
                    if !names.insert(name) {
                        walk.shadowing = Some(name.clone());
                    }
                    out.push(format!("{}:{}", quoted(name), self.value(value, *kind, depth + 1, walk)));
                }
            }
        }
        format!("{{{}}}", out.join(","))
    }

    fn array(&self, raw: &str, elements: Vec<Element>, depth: usize, walk: &mut Walk) -> String {
        let mut out: Vec<String> = Vec::new();
        for element in elements {
            let text = &raw[element.range.clone()];
            let members = if element.kind == ValueKind::Object { json::scan(text).members } else { Vec::new() };
            let digest = match &members[..] {
                [only] if only.name == "..." => only.text.as_deref(),
                _ => None,
            };
            let Some(digest) = digest else {
                out.push(self.value(text, element.kind, depth, walk));
                continue;
            };
            if let Some(Disclosure { value, kind, .. }) = self.disclosure(digest, false, walk) {
                out.push(self.value(value, *kind, depth + 1, walk));
            }
        }
        format!("[{}]", out.join(","))
    }
}

/// The rest of a text from this place on, counted in bytes without white space.
fn unglued(text: &str, place: usize) -> &str {
    let mut seen = 0;
    let start = text.char_indices().find(|(_, sign)| {
        let is_here = seen == place && !sign.is_whitespace();
        seen += if sign.is_whitespace() { 0 } else { sign.len_utf8() };
        is_here
    });
    start.map_or("", |(at, _)| &text[at..])
}

/// Where the next SD-JWT of the paste begins, of which these are the `tokens`.
fn start_of_next(rest: &str, tokens: &[&str]) -> Option<usize> {
    let start = rest[..rest.find('.')?].rfind('~')? + 1;
    let piece = &rest[start..start + rest[start..].find('~')?];
    tokens.iter().any(|token| piece.ends_with(token)).then_some(start)
}

impl Disclosure {
    /// RFC 9901 section 4.2: a salt, a name unless it is an element of an array, and a value.
    fn read(part: &str, place: (u32, u32), hash: &str) -> Option<Disclosure> {
        let text = String::from_utf8(base64url::decode_strict(part)?).ok()?;
        let elements = json::elements(&text);
        let (name, value) = match &elements[..] {
            [salt, value] if salt.kind == ValueKind::String => (None, value),
            [salt, name, value] if salt.kind == ValueKind::String => (Some(name.text.clone()?), value),
            _ => return None,
        };
        // Section 7.1: these names would change how the rest is read.
        if name.as_deref().is_some_and(|name| matches!(name, "_sd" | "...")) {
            return None;
        }
        let digest = named(hash, part.as_bytes())?;
        Some(Disclosure { digest, name, value: text[value.range.clone()].to_owned(), kind: value.kind, place })
    }
}
