//! Short texts of daily work that are no credential: version numbers, addresses, links, dates, and names of files and
//! hosts.

use std::net::IpAddr;

use super::{NotJwt, TEXT};

const LONGEST: usize = 128;
const LONGEST_WORD: usize = 24;
const LONGEST_NUMBER: usize = 20;

/// A text whose parts are words and numbers, as in `1.2.3`, `v2.0.0-rc.1`, `02-Jan-2024` or `app.example.com`.
pub(super) fn plain(text: &str) -> Option<NotJwt> {
    let is_plain = text.len() <= LONGEST && (is_number(text) || is_address(text) || is_date(text) || is_name(text));
    is_plain.then(|| {
        let message = "It looks like a version, an address, a date, a number or a name. A JWT is three parts of \
                       base64url with dots between them; the first starts with `eyJ`.";
        NotJwt { title: "This is not a token".to_owned(), ..NotJwt::new("text", message).named(TEXT) }
    })
}

/// The address of a page or a redirect in which no token was found.
pub(super) fn link(text: &str) -> Option<NotJwt> {
    let is_link = ["https://", "http://"].into_iter().any(|scheme| text.starts_with(scheme));
    let is_one = is_link && text.len() > "https://".len() && !text.contains(char::is_whitespace);
    let has = |name: &str| text.split(['?', '&', '#']).skip(1).any(|pair| pair.starts_with(name));
    let message = match () {
        () if has("error=") => "The request was refused: `error` says why (RFC 6749 section 4.1.2.1).",
        () if has("code=") => {
            "Its `code` is an authorization code: the client exchanges it once, at the token endpoint, for tokens."
        }
        () => "Nothing in it can be read as a token.",
    };
    is_one.then(|| NotJwt { title: "A link without a token".to_owned(), ..NotJwt::new("a link", message) })
}

fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// A day or a moment in ISO 8601, with or without dashes.
fn is_date(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok() || text.parse::<jiff::Timestamp>().is_ok()
}

fn is_name(text: &str) -> bool {
    let mut parts = text.split(['.', '-', '_', '/', '\\', ':', '@', '+']).filter(|part| !part.is_empty());
    if parts.clone().nth(1).is_none() {
        return false;
    }
    // One `rc1` or `bz2` is usual; in a random code most parts mix letters and digits.
    let mut mixed = 0;
    parts.all(|part| {
        let is_pure = is_number(part) || is_word(part);
        mixed += usize::from(!is_pure);
        is_pure || (mixed == 1 && is_numbered(part))
    })
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.len() <= LONGEST_NUMBER && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// Letters of one case, after a first letter of either.
fn is_word(part: &str) -> bool {
    let rest = part.get(1..).unwrap_or_default();
    part.len() <= LONGEST_WORD
        && part.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (rest.bytes().all(|byte| byte.is_ascii_lowercase()) || part.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// Small letters with a number before or after them, or both: `bz2`, `0b2`, `3rd`.
fn is_numbered(part: &str) -> bool {
    let word = part.trim_matches(|character: char| character.is_ascii_digit());
    part.len() <= 8 && word.bytes().all(|byte| byte.is_ascii_lowercase())
}
