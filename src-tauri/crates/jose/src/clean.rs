//! What logs, consoles and clipboards put around a token, taken off again; every step is told.

mod find;

use find::ends_a_run;
pub(crate) use find::{starts_like_header, tokens_in};

use crate::base64url;
use crate::json;
use crate::report::{CleanUp, ValueKind};
use crate::visible::excerpt;

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
        return cleaned;
    }
    let inner = trim(text);
    if inner.len() < text.len() {
        let removed = [&text[..offset_in(text, inner)], &text[offset_in(text, inner) + inner.len()..]].concat();
        cleaned.take("Removed white space around the token".to_owned(), &removed, inner.to_owned());
    }
    for _ in 0..MOST_LAYERS {
        if is_json_serialization(&cleaned.text) {
            return cleaned;
        }
        let peelers = [unquote, open_json, drop_header_name, drop_scheme, open_curl, open_surroundings];
        let Some(peeled) = peelers.into_iter().find_map(|peel| peel(&cleaned.text)) else { break };
        cleaned.take(peeled.message, &peeled.removed, trim(&peeled.kept).to_owned());
    }
    join_lines(&mut cleaned);
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
    const QUOTES: [char; 7] = ['"', '\'', '`', '\u{201C}', '\u{201D}', '\u{2018}', '\u{2019}'];
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

/// `Bearer` and `DPoP`, in any case (RFC 6750 section 2.1, RFC 9449 section 7.1).
fn drop_scheme(text: &str) -> Option<Peeled> {
    ["Bearer", "DPoP", "JWT"].into_iter().find_map(|scheme| {
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

/// A token somewhere in other text: a cookie, a URL, a log line.
fn open_surroundings(text: &str) -> Option<Peeled> {
    let all_symbols =
        |text: &str| text.chars().all(|character| character.is_ascii_alphanumeric() || "-_.+/".contains(character));
    if text.split_whitespace().all(|word| all_symbols(word.trim_end_matches('='))) {
        return None;
    }
    let found = find::tokens(text).next()?;
    // At the very start only a whole token ends where other text begins; a cut one may just hold a wrong character.
    if found.place.start == 0 && (found.token.len() == text.len() || found.token.matches('.').count() < 2) {
        return None;
    }
    let (before, after) = (&text[..found.place.start], &text[found.place.end..]);
    let message = match found.name {
        Some(name) => format!("Took the value of `{name}`"),
        None => "Took the token out of the text around it".to_owned(),
    };
    Some(Peeled { message, removed: format!("{before}…{after}"), kept: found.token.to_owned() })
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
    let lines = removed.matches('\n').count();
    let others = removed.chars().filter(|character| !matches!(character, '\n' | '\r')).count();
    let message = match (lines, others) {
        (0, count) => format!("Removed {} inside the token", counted(count, "space")),
        (count, 0) => format!("Removed {} inside the token", counted(count, "line break")),
        (lines, spaces) => {
            format!("Removed {} and {} inside the token", counted(lines, "line break"), counted(spaces, "space"))
        }
    };
    cleaned.take(message, &removed, kept);
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_whitespace() || is_invisible(character))
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}')
}

/// Where `part` lies in `whole`, of which it is a slice.
fn offset_in(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize).min(whole.len())
}

#[cfg(test)]
mod tests {
    use super::find::MOST_TOKENS;
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln";

    fn messages(text: &str) -> Vec<String> {
        let cleaned = clean(text);
        assert_eq!(cleaned.text, TOKEN, "from {text:?}");
        cleaned.clean_ups.into_iter().map(|clean_up| clean_up.message).collect()
    }

    #[test]
    fn every_token_of_a_text_is_found_once_with_its_name() {
        let other = TOKEN.replace("c2ln", "b3RoZXI");
        let json =
            format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","id_token":"{other}","again":"{TOKEN}"}}"#);
        let found = tokens_in(&json);
        let found: Vec<_> = found.iter().map(|found| (found.name.as_str(), found.token.as_str())).collect();
        assert_eq!(found, [("access_token", TOKEN), ("id_token", other.as_str())]);
        let log = format!("old: {TOKEN}\nnew={other}&x=1");
        assert_eq!(tokens_in(&log).len(), 2);
        assert_eq!(tokens_in(&log)[1].name, "new");
        for one in [TOKEN.to_owned(), format!("Bearer {TOKEN}"), format!("{}\n{}", &TOKEN[..30], &TOKEN[30..])] {
            assert_eq!(tokens_in(&one), []);
        }
        let many: String = (0..100).map(|n| format!("{TOKEN}{n} ")).collect();
        assert_eq!(tokens_in(&many).len(), MOST_TOKENS);
    }

    #[test]
    fn a_bare_token_is_left_alone() {
        assert_eq!(messages(TOKEN), Vec::<String>::new());
    }

    #[test]
    fn an_authorization_header_loses_its_name_and_scheme() {
        let name_and_scheme = ["Removed the header name `Authorization`", "Removed the scheme `Bearer`"];
        assert_eq!(messages(&format!("Authorization: Bearer {TOKEN}")), name_and_scheme);
        assert_eq!(messages(&format!("bearer {TOKEN}")), ["Removed the scheme `bearer`"]);
        assert_eq!(messages(&format!("DPoP {TOKEN}")), ["Removed the scheme `DPoP`"]);
        messages(&format!("Authorization:{TOKEN}"));
        messages(&format!("Bearer%20{TOKEN}"));
    }

    #[test]
    fn quotes_and_white_space_come_off() {
        assert_eq!(messages(&format!(" {TOKEN}\n")), ["Removed white space around the token"]);
        assert_eq!(messages(&format!("\"{TOKEN}\",")), ["Removed quotes around it"]);
        for wrapped in [format!("'{TOKEN}'"), format!("\\\"{TOKEN}\\\""), format!("\u{201C}{TOKEN}\u{201D}")] {
            messages(&wrapped);
        }
        messages(&format!("\u{FEFF}{TOKEN}\u{200B}"));
        messages(&format!("\"{TOKEN}\\n\""));
    }

    #[test]
    fn line_breaks_inside_go() {
        let (first, rest) = TOKEN.split_at(9);
        let (second, third) = rest.split_at(20);
        assert_eq!(messages(&format!("{first}\r\n{second}\n{third}")), ["Removed 2 line breaks inside the token"]);
        assert_eq!(messages(&format!("{first} {second}{third}")), ["Removed 1 space inside the token"]);
        messages(&format!("Bearer {first}\n  {second}\n  {third}\n"));
    }

    #[test]
    fn a_json_answer_gives_its_token() {
        let took = ["Took `access_token` out of the JSON around it"];
        assert_eq!(messages(&format!(r#"{{"token_type":"bearer","access_token":"{TOKEN}"}}"#)), took);
        for json in [
            format!(r#"{{"data":{{"auth":{{"id_token":"{TOKEN}"}}}}}}"#),
            format!(r#"{{"refresh_token":"{TOKEN}"}}"#),
            format!(r#"{{"token":"Bearer {TOKEN}"}}"#),
            format!(r#"{{"unknown":"{TOKEN}"}}"#),
            format!(r#""access_token": "{TOKEN}","#),
        ] {
            messages(&json);
        }
    }

    #[test]
    fn commands_cookies_and_urls_give_their_token() {
        let curl = format!("curl -s http://localhost:8787/me \\\n  -H 'Authorization: Bearer {TOKEN}' -v");
        assert_eq!(messages(&curl), ["Took the bearer token out of the cURL command"]);
        assert_eq!(messages(&format!("session={TOKEN}")), ["Took the value of `session`"]);
        assert_eq!(messages(&format!("Cookie: a=b; sid={TOKEN}; Path=/")), ["Took the value of `sid`"]);
        let url = format!("https://example.com/cb?state=1#access_token={TOKEN}&token_type=bearer");
        assert_eq!(messages(&url), ["Took the value of `access_token`"]);
        assert_eq!(messages(&format!("curl -b 'jwt={TOKEN}'")), ["Took the value of `jwt`"]);
        assert_eq!(
            messages(&format!("curl http://x -H \"Authorization: Bearer {TOKEN}\"")),
            ["Took the bearer token out of the cURL command"]
        );
        assert_eq!(messages(&format!(r#""id_token": "{TOKEN}","#)), ["Took the value of `id_token`"]);
        messages(&format!("GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"));
        messages(&format!("2026-11-23 14:32:07 INFO token={TOKEN} user=alice"));
        messages(&format!("{TOKEN}; Path=/"));
    }

    #[test]
    fn a_wrong_character_inside_a_token_is_not_taken_for_its_end() {
        for text in ["eyJhbGciOiJFUzI1NiJ9.eyJz+WIi/iJhbGlj=.c2ln", "eyJhbGciOiJFUzI1NiJ9.eyJzdW*IiOi.c2ln"] {
            assert_eq!(clean(text), Cleaned { text: text.to_owned(), clean_ups: vec![] });
        }
    }

    #[test]
    fn text_without_a_token_stays() {
        for text in ["hello world", "eyebrows. are not tokens", "a.b.c", "", "{}", "https://example.com/?a=eyJ"] {
            assert_eq!(clean(text).text, text);
        }
        assert_eq!(clean(" \n\t ").text, "");
        let json = r#"{"payload":"e30","signatures":[]}"#;
        assert_eq!(clean(json).text, json);
    }

    #[test]
    fn what_was_removed_is_shown_cut_and_visible() {
        let cleaned = clean(&format!("{}\u{202E} Bearer {TOKEN}", "x".repeat(500)));
        assert!(cleaned.clean_ups[0].removed.chars().count() <= 100);
        assert_eq!(cleaned.text, TOKEN);
    }
}
