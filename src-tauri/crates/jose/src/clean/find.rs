//! Where tokens stand in other text: a cookie, a URL, a log line.

use std::ops::Range;

use crate::base64url;
use crate::report::FoundToken;

/// No more tokens of one text are listed.
pub(super) const MOST_TOKENS: usize = 20;

/// A token in a text.
pub(super) struct Found<'a> {
    pub(super) token: &'a str,
    /// Where it stands.
    pub(super) place: Range<usize>,
    /// The name it stands under.
    pub(super) name: Option<&'a str>,
}

/// What starts like a token, in order.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Found<'_>> {
    let mut next = 0;
    text.split_inclusive(ends_a_run).filter_map(move |run| {
        let start = next;
        next += run.len();
        let run = run.trim_end_matches(ends_a_run);
        let inner = token_in_run(run)?;
        let token = without_end(&run[inner..], run[..inner].ends_with('/'));
        let place = start + inner..start + inner + token.len();
        Some(Found { token, name: name_before(&text[..place.start]), place })
    })
}

/// A run from where a token starts, without what follows the token: the end of a sentence, more of an address.
fn without_end(run: &str, in_path: bool) -> &str {
    let run = match run.find('/') {
        Some(end) if in_path && run[..end].matches('.').count() >= 2 => &run[..end],
        _ => run,
    };
    run.trim_end_matches(|character| !is_symbol(character) && !matches!(character, '.' | '=' | '+' | '/' | '…'))
}

/// A character of base64url (RFC 4648 section 5).
pub(super) fn is_symbol(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

/// Every token in a text, in order and each once, with the name it stands under; nothing if there are fewer than two.
pub(crate) fn tokens_in(text: &str) -> Vec<FoundToken> {
    let mut listed: Vec<FoundToken> = Vec::new();
    for found in tokens(text) {
        // Two dots at least: of a token that is broken over lines, each line would count.
        if found.token.matches('.').count() < 2 || listed.iter().any(|earlier| earlier.token == found.token) {
            continue;
        }
        let name = found.name.unwrap_or_default().to_owned();
        listed.push(FoundToken { name, token: found.token.to_owned() });
        if listed.len() == MOST_TOKENS {
            break;
        }
    }
    if listed.len() < 2 { Vec::new() } else { listed }
}

/// True if the text starts like the base64url of a JSON object with a name in it.
pub(crate) fn starts_like_header(segment: &str) -> bool {
    let head = segment.char_indices().nth(64).map_or(segment, |(end, _)| &segment[..end]);
    let bytes = base64url::decode(head).bytes;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let mut seen = bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
    seen.next() == Some(&b'{') && matches!(seen.next(), Some(b'"' | b'}'))
}

/// Where a token starts in a run of characters that no white space, quote or bracket interrupts: at its beginning, or
/// behind something that no token has inside.
pub(super) fn token_in_run(run: &str) -> Option<usize> {
    let last_dot = run.rfind('.')?;
    let is_token = |at: usize| at < last_dot && starts_like_header(run[at..].split('.').next().unwrap_or_default());
    if is_token(0) {
        return Some(0);
    }
    let bytes = run.as_bytes();
    let starts = |at: &usize| {
        let before = char::from(bytes[at - 1]);
        matches!(bytes.get(*at..at + 2), Some(b"ey" | b"ew" | b"e3")) && !is_symbol(before) && before != '.'
    };
    (1..run.len()).filter(starts).take(MOST_STARTS).find(|at| is_token(*at))
}

/// More beginnings of one run are not looked at.
const MOST_STARTS: usize = 64;

/// The name in `name=` or `"name": "` right before the token.
fn name_before(before: &str) -> Option<&str> {
    let named = before.trim_end_matches(['"', '\'', '\\', ' ', ':', '=']);
    if !before[named.len()..].contains([':', '=']) {
        return None;
    }
    let is_letter = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    let name = &named[named.trim_end_matches(is_letter).len()..];
    (!name.is_empty() && name.len() <= 64).then_some(name)
}

/// What no token has inside.
pub(super) fn ends_a_run(character: char) -> bool {
    character.is_whitespace() || "\"'`;&,<>()[]{}|\\#?".contains(character)
}
