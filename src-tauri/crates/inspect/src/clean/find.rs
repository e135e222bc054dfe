//! Finds tokens in other text: a cookie, a URL, a log line.

use std::ops::Range;

use super::reader::Reader;
use super::span::{Span, is_own};
use jose::parse::{FoundToken, starts_like_header};
use jose::steps::walk;

/// The most tokens of one text that are listed.
pub(super) const MOST_TOKENS: usize = 20;

/// A token in a text.
pub(super) struct Found<'a> {
    pub(super) span: Span,
    /// Its position.
    pub(super) place: Range<usize>,
    /// The name it is under.
    pub(super) name: Option<&'a str>,
    /// The signature that Express adds to a signed cookie, with its dot.
    pub(super) cookie_signature: Option<&'a str>,
}

impl Found<'_> {
    /// True if it has all its segments; otherwise each line of a token broken over lines would count.
    pub(super) fn is_whole(&self) -> bool {
        self.span.dots > 1
    }
}

/// Everything that starts like a token, in order.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Found<'_>> {
    let (reader, mut next) = (Reader::new(text), 0);
    std::iter::from_fn(move || {
        while let Some((start, in_url)) = start_from(&reader, next) {
            let span = Span::of(&reader, start, in_url);
            next = span.next.max(start + 1);
            // Without a dot it is an ordinary word, unless there is nothing else.
            if span.dots > 0 || (start == 0 && text[span.end + span.ellipsis..].is_empty()) {
                return Some(found(text, start, span));
            }
        }
        None
    })
}

/// The first complete token of a text, or else what starts like one.
pub(super) fn first(text: &str) -> Option<Found<'_>> {
    let mut partial = None;
    for found in tokens(text) {
        if found.is_whole() {
            return Some(found);
        }
        partial = partial.or(Some(found));
    }
    partial
}

/// Every token in a text, in order and without duplicates, with the name it is under; empty if there are fewer than
/// two.
pub(super) fn tokens_in(text: &str) -> Vec<FoundToken> {
    let mut listed: Vec<FoundToken> = Vec::new();
    for found in tokens(text).filter(Found::is_whole) {
        walk(listed.len());
        if listed.iter().any(|earlier| earlier.token == found.span.token) {
            continue;
        }
        let name = found.name.unwrap_or_default().to_owned();
        listed.push(FoundToken { name, token: found.span.token });
        if listed.len() == MOST_TOKENS {
            break;
        }
    }
    if listed.len() < 2 { Vec::new() } else { listed }
}

fn found(text: &str, start: usize, mut span: Span) -> Found<'_> {
    let mut before = &text[..start];
    let mut cookie_signature = None;
    // `s:` and a signature after a dot: a signed cookie of Express.
    if let Some(outside) = before.strip_suffix("s:").filter(|outside| !outside.ends_with(is_own)) {
        before = outside;
        let all = span.expected.dots;
        if span.dots == all + 1 && span.joins.message().is_none() {
            let length = span.token.rsplit('.').next().map_or(0, str::len) + 1;
            span.token.truncate(span.token.len() - length);
            let end = span.end - length;
            cookie_signature = text.get(end..span.end);
            (span.end, span.dots) = (end, all);
        }
    }
    Found { place: start..span.end, name: name_before(before), cookie_signature, span }
}

/// Where the next token starts, and whether it is in the path of a URL.
fn start_from(reader: &Reader<'_>, from: usize) -> Option<(usize, bool)> {
    let text = reader.text;
    let mut at = from;
    loop {
        let start = text.len() - text[at..].trim_start_matches(ends_a_run).len();
        walk(start - at);
        if start == text.len() {
            return None;
        }
        let end = reader.run(start).end;
        let run = &text[start..end];
        let inner = start_in_run(run, text[..start].ends_with('\\'));
        walk(inner.unwrap_or(run.len()));
        if let Some(inner) = inner {
            let in_url = run[..inner].contains("://") || run[..inner].ends_with('/');
            return Some((start + inner, in_url));
        }
        at = end;
    }
}

/// Where a token starts in a run of characters without white space, quotes or brackets.
fn start_in_run(run: &str, is_escaped: bool) -> Option<usize> {
    // Markdown marks words with `_`, which is also a base64url symbol.
    let lead = run.bytes().take(4).take_while(|byte| *byte == b'_').count();
    if lead <= 3 && starts_like_header(&run[lead..]) {
        return Some(lead);
    }
    let is_start = |at: &usize| {
        let before = &run[..*at];
        // Escaped `\n`, `\u0022` and `\x22` end here, and so does `=` in quoted-printable.
        let is_escape = is_escaped
            && (matches!(before, "n" | "r" | "t")
                || (before.len() == 5 && before.starts_with("u00"))
                || (before.len() == 3 && before.starts_with('x')));
        (is_escape || before.ends_with("=3D") || before.ends_with(|last| !is_own(last)))
            && starts_like_header(&run[*at..])
    };
    run.match_indices('e')
        .map(|(at, _)| at)
        .filter(|at| matches!(run.as_bytes().get(at + 1), Some(b'w' | b'y' | b'3')))
        .find(is_start)
}

/// The name in `name=` or `"name": "` right before the token.
fn name_before(before: &str) -> Option<&str> {
    const LONGEST: usize = 64;
    let named = before.trim_end_matches(['"', '\'', '\\', ' ', ':', '=']);
    if !before[named.len()..].contains([':', '=']) {
        return None;
    }
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let length = named.bytes().rev().take(LONGEST + 1).take_while(is_letter).count();
    walk(before.len() - named.len() + length);
    (1..=LONGEST).contains(&length).then(|| &named[named.len() - length..])
}

/// Characters that never occur inside a token.
pub(super) fn ends_a_run(character: char) -> bool {
    match character {
        '"' | '\'' | '`' | ';' | '&' | ',' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '\\' | '#' => true,
        '\u{2014}' | '\u{2018}'..='\u{201F}' | '«' | '»' | '\u{2039}' | '\u{203A}' | '\u{300C}'..='\u{300F}' => true,
        other => other.is_whitespace() || other.is_control(),
    }
}
