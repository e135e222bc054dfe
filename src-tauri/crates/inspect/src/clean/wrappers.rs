//! Wrappers: each function strips one layer, if present.

use super::find::tokens;
use super::offset_in;
use super::taken::Taken;
use jose::json;
use jose::json::ValueKind;

/// Members of a JSON response that hold a token, the most wanted first.
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

/// A text without a layer, and a description of what was removed.
pub(super) struct Unwrapped {
    pub(super) taken: Taken,
    pub(super) message: String,
    pub(super) removed: String,
    pub(super) kept: String,
}

/// Quotes of any kind, including escaped ones, around a text without quotes inside, and a comma or semicolon after
/// them.
pub(super) fn unquote(text: &str) -> Option<Unwrapped> {
    const QUOTES: [char; 13] = [
        '"', '\'', '`', '\u{201C}', '\u{201D}', '\u{201E}', '\u{2018}', '\u{2019}', '\u{201A}', '«', '»', '\u{2039}',
        '\u{203A}',
    ];
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
    Some(Unwrapped {
        taken: Taken::Quotes,
        message: "Removed quotes around it".to_owned(),
        removed,
        kept: kept.to_owned(),
    })
}

/// Line breaks at the end, written as `\n` and `\r`.
fn trim_escaped_breaks(text: &str) -> &str {
    let mut kept = text;
    while let Some(shorter) = kept.strip_suffix("\\n").or_else(|| kept.strip_suffix("\\r")) {
        kept = shorter;
    }
    kept
}

/// A JSON response with a token in it, up to three objects deep.
pub(super) fn open_json(text: &str) -> Option<Unwrapped> {
    if !text.starts_with('{') {
        return None;
    }
    let (name, token) = token_member(text, 3)?;
    let place = text.find(&token).unwrap_or_default();
    let removed = match text.get(place + token.len()..) {
        Some(after) => format!("{}…{after}", &text[..place]),
        None => text.to_owned(),
    };
    let message = format!("Took `{name}` out of the JSON around it");
    Some(Unwrapped { taken: Taken::Json, message, removed, kept: token })
}

fn token_member(object: &str, depth: usize) -> Option<(String, String)> {
    let members = json::scan(object).members;
    let named = TOKEN_MEMBERS.iter().find_map(|wanted| {
        members
            .iter()
            .find(|item| item.name == *wanted)
            .and_then(|item| Some((item.name.to_string(), item.text.clone()?)))
    });
    let mut inner = members.iter().filter(|_| depth > 1).filter_map(|item| match item.kind {
        ValueKind::Object => Some(&object[item.value.clone()]),
        // JSON inside a string of JSON.
        ValueKind::String => item.text.as_deref().filter(|text| text.starts_with('{')),
        _ => None,
    });
    named.or_else(|| inner.find_map(|inner| token_member(inner, depth - 1)))
}

/// `Authorization:` and `Proxy-Authorization:`, in any case.
pub(super) fn drop_header_name(text: &str) -> Option<Unwrapped> {
    let (name, rest) = text.split_once(':')?;
    let known = ["authorization", "proxy-authorization", "dpop", "x-access-token"];
    let name_only = name.trim_end_matches(['"', '\'', ' ']);
    known.into_iter().find(|known| name_only.eq_ignore_ascii_case(known))?;
    Some(Unwrapped {
        taken: Taken::HeaderName,
        message: format!("Removed the header name `{name_only}`"),
        removed: format!("{name}:"),
        kept: rest.to_owned(),
    })
}

/// `Bearer` and `DPoP`, in any case (RFC 6750 section 2.1, RFC 9449 section 7.1), and what frameworks write instead.
pub(super) fn drop_scheme(text: &str) -> Option<Unwrapped> {
    ["Bearer", "DPoP", "JWT", "Token"].into_iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        let marked = ["%20", "+", ":"].into_iter().find_map(|mark| rest.strip_prefix(mark));
        let after = marked.or_else(|| {
            let kept = rest.trim_start();
            (kept.len() < rest.len() || (rest.starts_with("eyJ") && scheme != "Token")).then_some(kept)
        })?;
        let is_apart = marked.is_none() && after.len() < rest.len();
        // In another letter case, or before a colon, `Token` is a label and not a scheme.
        let is_name = scheme == "Token" && (start != scheme || rest.starts_with(':'));
        (start.eq_ignore_ascii_case(scheme) && !is_name).then(|| Unwrapped {
            taken: if is_apart { Taken::Scheme } else { Taken::SchemeWithMark },
            message: format!("Removed the scheme `{start}`"),
            removed: text[..text.len() - after.len()].to_owned(),
            kept: after.to_owned(),
        })
    })
}

/// The bearer token inside a cURL command.
pub(super) fn open_curl(text: &str) -> Option<Unwrapped> {
    let (command, _) = text.split_once(char::is_whitespace)?;
    if !command.eq_ignore_ascii_case("curl") && !command.eq_ignore_ascii_case("curl.exe") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let marks = ["bearer ", "dpop ", "--oauth2-bearer "];
    let start = marks.into_iter().find_map(|mark| lower.find(mark).map(|at| at + mark.len()))?;
    let rest = text[start..].trim_start_matches([' ', '"', '\'']);
    // An opaque token ends at the first character outside a token; one broken over lines is joined later.
    let found = tokens(rest).next().filter(|found| found.place.start == 0);
    let token = match found {
        Some(found) => &rest[found.place],
        // It may be the name of a variable, which has brackets.
        None => {
            rest.split(|end: char| end.is_whitespace() || "\"'`".contains(end)).next().filter(|it| !it.is_empty())?
        }
    };
    let start = offset_in(text, rest);
    Some(Unwrapped {
        taken: Taken::Command,
        message: "Took the bearer token out of the cURL command".to_owned(),
        removed: format!("{}…{}", &text[..start], &text[start + token.len()..]),
        kept: token.to_owned(),
    })
}
