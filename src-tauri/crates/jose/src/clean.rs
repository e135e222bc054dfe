//! What logs, consoles and clipboards put around a token, taken off again; every step is told.

mod encoded;
mod find;
mod lines;
#[cfg(test)]
mod tests;

use encoded::{decode_percent, drop_colours, unescape_html};
use find::{ends_a_run, is_symbol};
pub(crate) use find::{starts_like_header, tokens_in};
use lines::{drop_margin, join_pieces};

use crate::base64url;
use crate::json;
use crate::report::{CleanUp, ValueKind};
use crate::visible::excerpt;
use crate::words::list;

/// A pasted text without its wrapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cleaned {
    pub(crate) text: String,
    pub(crate) clean_ups: Vec<CleanUp>,
}

/// More wrapping than this many layers is not taken off.
const MOST_LAYERS: usize = 12;

const SHOWN: usize = 80;

/// Members of a JSON answer that hold a token, most wanted first.
const TOKEN_MEMBERS: [&str; 9] = [
    "access_token",
    "accessToken",
    "id_token",
    "idToken",
    "token",
    "jwt",
    "refresh_token",
    "refreshToken",
    "mfa_token",
];

/// Takes the wrapping off.
pub(crate) fn clean(text: &str) -> Cleaned {
    let mut cleaned = Cleaned { text: text.to_owned(), clean_ups: Vec::new() };
    // No wrapping is made of these characters alone.
    if base64url::is_symbols_and_dots(text) {
        drop_end_marks(&mut cleaned);
        return cleaned;
    }
    let inner = trim(text);
    if inner.len() < text.len() {
        let removed = [&text[..offset_in(text, inner)], &text[offset_in(text, inner) + inner.len()..]].concat();
        let what = if removed.chars().all(char::is_whitespace) { "white space" } else { "what cannot be seen" };
        cleaned.take(format!("Removed {what} around the token"), &removed, inner.to_owned());
    }
    for _ in 0..MOST_LAYERS {
        if is_json_serialization(&cleaned.text) {
            return cleaned;
        }
        let peelers = [
            drop_colours,
            unescape_html,
            drop_margin,
            join_pieces,
            unquote,
            open_json,
            drop_header_name,
            drop_scheme,
            open_curl,
            decode_percent,
            open_surroundings,
        ];
        let Some(peeled) = peelers.into_iter().find_map(|peel| peel(&cleaned.text)) else { break };
        cleaned.take(peeled.message, &peeled.removed, trim(&peeled.kept).to_owned());
    }
    join_lines(&mut cleaned);
    drop_end_marks(&mut cleaned);
    cleaned
}

/// True for the JSON serializations of JWS (RFC 7515 section 7.2) and JWE (RFC 7516 section 7.2).
pub(crate) fn is_json_serialization(text: &str) -> bool {
    text.starts_with('{') && {
        let members = json::scan(text).members;
        let has = |name: &str| members.iter().any(|item| item.name == name);
        let is_signer =
            |item: &json::Item| item.name == "signatures" && text[item.value.clone()].contains("\"protected\"");
        // Detached content leaves the payload out (RFC 7515 appendix F).
        ((has("signature") || has("signatures")) && (has("payload") || has("protected")))
            || members.iter().any(is_signer)
            || has("ciphertext")
    }
}

struct Peeled {
    message: String,
    removed: String,
    kept: String,
}

impl Cleaned {
    fn take(&mut self, message: String, removed: &str, kept: String) {
        self.clean_ups.push(CleanUp { message, removed: excerpt(removed, SHOWN) });
        self.text = kept;
    }
}

/// Quotes of any kind around a text that has none inside, escaped ones too, and the comma or semicolon after them.
fn unquote(text: &str) -> Option<Peeled> {
    const QUOTES: [char; 11] = ['"', '\'', '`', '“', '”', '„', '‘', '’', '‚', '«', '»'];
    let kept = text.trim_start_matches('\\');
    let start = if kept.starts_with(QUOTES) { kept.trim_start_matches(QUOTES) } else { text };
    let end = start.trim_end_matches([',', ';']);
    let kept = if end.ends_with(QUOTES) { end.trim_end_matches(QUOTES).trim_end_matches('\\') } else { start };
    let kept = trim_escaped_breaks(kept);
    if kept.len() == text.len() || kept.contains(QUOTES) {
        return None;
    }
    let start = offset_in(text, kept);
    let removed = format!("{}{}", &text[..start], &text[start + kept.len()..]);
    Some(Peeled { message: "Removed quotes around it".to_owned(), removed, kept: kept.to_owned() })
}

/// Line breaks that were written as `\n` and `\r` at the end.
fn trim_escaped_breaks(text: &str) -> &str {
    let mut kept = text;
    while let Some(shorter) = kept.strip_suffix("\\n").or_else(|| kept.strip_suffix("\\r")) {
        kept = shorter;
    }
    kept
}

/// A JSON answer with a token in it, up to three objects deep.
fn open_json(text: &str) -> Option<Peeled> {
    if !text.starts_with('{') {
        return None;
    }
    let (name, token) = token_member(text, 3)?;
    let place = text.find(&token).unwrap_or_default();
    let removed = match text.get(place + token.len()..) {
        Some(after) => format!("{}…{after}", &text[..place]),
        None => text.to_owned(),
    };
    Some(Peeled { message: format!("Took `{name}` out of the JSON around it"), removed, kept: token })
}

fn token_member(object: &str, depth: usize) -> Option<(String, String)> {
    let members = json::scan(object).members;
    let named = TOKEN_MEMBERS.iter().find_map(|wanted| {
        members.iter().find(|item| item.name == *wanted).and_then(|item| Some((item.name.clone(), item.text.clone()?)))
    });
    let mut inner = members.iter().filter(|item| item.kind == ValueKind::Object && depth > 1);
    named.or_else(|| inner.find_map(|item| token_member(&object[item.value.clone()], depth - 1)))
}

/// `Authorization:` and `Proxy-Authorization:`, in any case.
fn drop_header_name(text: &str) -> Option<Peeled> {
    let (name, rest) = text.split_once(':')?;
    let known = ["authorization", "proxy-authorization", "dpop", "x-access-token"];
    let name_only = name.trim_end_matches(['"', '\'', ' ']);
    known.into_iter().find(|known| name_only.eq_ignore_ascii_case(known))?;
    Some(Peeled {
        message: format!("Removed the header name `{name_only}`"),
        removed: format!("{name}:"),
        kept: rest.to_owned(),
    })
}

/// `Bearer` and `DPoP`, in any case (RFC 6750 section 2.1, RFC 9449 section 7.1), and what frameworks write instead.
fn drop_scheme(text: &str) -> Option<Peeled> {
    ["Bearer", "DPoP", "JWT", "Token"].into_iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        let after = ["%20", "+", ":"].into_iter().find_map(|mark| rest.strip_prefix(mark)).or_else(|| {
            let kept = rest.trim_start();
            (kept.len() < rest.len()).then_some(kept)
        })?;
        start.eq_ignore_ascii_case(scheme).then(|| Peeled {
            message: format!("Removed the scheme `{start}`"),
            removed: text[..text.len() - after.len()].to_owned(),
            kept: after.to_owned(),
        })
    })
}

/// The bearer token inside a cURL command.
fn open_curl(text: &str) -> Option<Peeled> {
    let (command, _) = text.split_once(char::is_whitespace)?;
    if !command.eq_ignore_ascii_case("curl") && !command.eq_ignore_ascii_case("curl.exe") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let marks = ["bearer ", "dpop ", "--oauth2-bearer "];
    let start = marks.into_iter().find_map(|mark| lower.find(mark).map(|at| at + mark.len()))?;
    let rest = text[start..].trim_start_matches([' ', '"', '\'']);
    let token = rest.split(ends_a_run).next().filter(|token| !token.is_empty())?;
    let start = offset_in(text, rest);
    Some(Peeled {
        message: "Took the bearer token out of the cURL command".to_owned(),
        removed: format!("{}…{}", &text[..start], &text[start + token.len()..]),
        kept: token.to_owned(),
    })
}

/// A token somewhere in other text: a cookie, a URL, a sentence.
fn open_surroundings(text: &str) -> Option<Peeled> {
    let all_symbols = |text: &str| text.chars().all(|character| is_symbol(character) || ".+/".contains(character));
    // Words of a token's letters alone may be a token broken over lines, unless one of them is a token already.
    let is_broken = text.split_whitespace().all(|word| all_symbols(word.trim_end_matches('=')));
    if is_broken && !lines::has_whole_token(text) {
        return None;
    }
    let found = find::tokens(text).find(|found| !is_broken || found.token.matches('.').count() >= 2)?;
    // At the very start only a whole token ends where other text begins; a cut one may just hold a wrong character.
    if found.place.start == 0 && (found.token.len() == text.len() || found.token.matches('.').count() < 2) {
        return None;
    }
    let (before, after) = (&text[..found.place.start], &text[found.place.end..]);
    let message = match found.name {
        Some(name) => format!("Took the value of `{name}`"),
        None => "Took the token out of the text around it".to_owned(),
    };
    // Express signs a cookie by itself: `s:`, the value, a dot and the cookie's signature.
    if let Some((token, signature)) = found.token.rsplit_once('.')
        && before.ends_with("s:")
        && token.matches('.').count() == 2
    {
        let removed = format!("{before}…{}", &text[found.place.start + token.len()..]);
        let message =
            format!("Took the value of a signed cookie, without its signature of {} characters", signature.len());
        return Some(Peeled { message, removed, kept: token.to_owned() });
    }
    // Other text may be broken into lines, too.
    let (kept, after) = match lines::continuation(found.token, after) {
        Some(more) => (&text[found.place.start..found.place.end + more], &after[more..]),
        None => (found.token, after),
    };
    Some(Peeled { message, removed: format!("{before}…{after}"), kept: kept.to_owned() })
}

/// Line breaks and spaces inside, if what remains is a token.
fn join_lines(cleaned: &mut Cleaned) {
    let is_space = |character: char| character.is_whitespace() || is_invisible(character);
    if !cleaned.text.contains(is_space) {
        return;
    }
    let (removed, kept): (String, String) = cleaned.text.chars().partition(|character| is_space(*character));
    if !kept.split('.').take(2).any(starts_like_header) {
        return;
    }
    let breaks = removed.replace("\r\n", "\n").matches(['\n', '\r']).count();
    let hidden = removed.chars().filter(|character| is_invisible(*character)).count();
    let spaces = removed.chars().filter(|character| !matches!(character, '\n' | '\r') && !is_invisible(*character));
    let counts = [(breaks, "line break"), (spaces.count(), "space"), (hidden, "invisible character")];
    let told: Vec<String> =
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, noun)| counted(count, noun)).collect();
    cleaned.take(format!("Removed {} inside the token", list(&told)), &removed, kept);
}

/// The full stop that ends a sentence, and the dots where a log has cut a token.
fn drop_end_marks(cleaned: &mut Cleaned) {
    let text = &cleaned.text;
    let kept = text.trim_end_matches(['.', '…']);
    let dots = &text[kept.len()..];
    if dots.is_empty() || !kept.split('.').next().is_some_and(starts_like_header) {
        return;
    }
    let inside = kept.matches('.').count();
    let message = match dots {
        // A header, a payload and a signature, and then the end of a sentence.
        "." if inside == 2 => "Removed the full stop behind it",
        // What is unsecured ends in a dot, and a JWE may end in several.
        _ if dots.contains('…') || (dots.len() >= 3 && inside < 3) => "Removed the dots where it was cut",
        _ => return,
    };
    let (kept, dots) = (kept.to_owned(), dots.to_owned());
    cleaned.take(message.to_owned(), &dots, kept);
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_whitespace() || is_invisible(character))
}

fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Where `part` lies in `whole`, of which it is a slice.
fn offset_in(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize).min(whole.len())
}
