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
        let place = start + inner..start + run.len();
        Some(Found { token: &run[inner..], name: name_before(&text[..place.start]), place })
    })
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

/// Where a token starts in a run of characters that no white space, quote or bracket interrupts.
fn token_in_run(run: &str) -> Option<usize> {
    let is_token = |at: usize| {
        let rest = &run[at..];
        rest.split_once('.').is_some_and(|(first, _)| starts_like_header(first))
    };
    if is_token(0) {
        return Some(0);
    }
    let after_mark = ["=ey", ":ey", "=ew", ":ew"].into_iter().filter_map(|mark| run.find(mark)).min()?;
    is_token(after_mark + 1).then_some(after_mark + 1)
}

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
    character.is_whitespace() || "\"'`;&,<>()[]{}|\\#".contains(character)
}
