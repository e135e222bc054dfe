//! Joins what frameworks split over numbered cookies, since a cookie holds 4096 bytes: `name.0=…; name.1=…` of Auth.js
//! and Supabase, `nameC1=…; nameC2=…` of ASP.NET.

use std::collections::HashMap;
use std::ops::Range;

use super::decode::Plain;
use super::taken::Taken;
use jose::parse::starts_like_header;
use jose::steps::walk;

/// Longer names are values.
const LONGEST_NAME: usize = 128;

/// The most chunks of one cookie; browsers keep fewer cookies of a site.
pub(super) const MOST_CHUNKS: usize = 100;

/// A cookie in chunks: where its first chunk stands, with the whole value, and where the others stand.
struct Whole<'a> {
    name: &'a str,
    first: Range<usize>,
    value: String,
    others: Vec<Range<usize>>,
}

/// A chunk: its number, where it stands, its value.
pub(super) type Chunk<'a> = (usize, Range<usize>, &'a str);

/// The numbered cookies of a text, each name with its chunks in the order of their numbers.
pub(super) fn cookies(text: &str) -> Vec<(&str, Vec<Chunk<'_>>)> {
    walk(text.len());
    let mut cookies: Vec<(&str, Vec<Chunk<'_>>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut words = words(text).peekable();
    while let Some(name) = words.next() {
        let Some((base, number)) = numbered(&text[name.clone()]) else { continue };
        let Some(value) = words.next_if(|value| is_between(&text[name.end..value.start])) else { continue };
        let place = *places.entry(base).or_insert(cookies.len());
        if place == cookies.len() {
            cookies.push((base, Vec::new()));
        }
        cookies[place].1.push((number, name.start..value.end, &text[value]));
    }
    for (_, chunks) in &mut cookies {
        chunks.sort_by_key(|(number, place, _)| (*number, place.start));
        chunks.dedup_by_key(|(number, ..)| *number);
    }
    cookies
}

/// Joins the chunks of every cookie that holds a token.
pub(super) fn joined(text: &str) -> Option<Plain> {
    let wholes: Vec<Whole<'_>> = cookies(text).into_iter().filter_map(|(base, chunks)| whole(base, chunks)).collect();
    let message = match &wholes[..] {
        [] => return None,
        [one] => format!("Joined the {} chunks of the cookie `{}`", one.others.len() + 1, one.name),
        more => format!("Joined the chunks of {} cookies", more.len()),
    };
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for whole in wholes {
        edits.push((whole.first, format!("{}={}", whole.name, whole.value)));
        edits.extend(whole.others.into_iter().map(|place| (place, String::new())));
    }
    edits.sort_by_key(|(place, _)| place.start);
    let (mut kept, mut removed, mut done) = (String::new(), String::new(), 0);
    for (place, new) in edits {
        kept.push_str(&text[done..place.start]);
        kept.push_str(&new);
        removed.push_str(&text[place.clone()]);
        removed.push(' ');
        done = place.end;
    }
    kept.push_str(&text[done..]);
    Some(Plain { taken: Taken::Chunks, message, removed, kept })
}

/// The ranges between white space and the marks around names and values.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_mark = |character: char| {
        matches!(character, '=' | ':' | ';' | ',' | '&' | '"' | '\'' | '`' | '{' | '}' | '[' | ']' | '|')
            || character.is_whitespace()
    };
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = text.len() - text[at..].trim_start_matches(is_mark).len();
        let end = text[start..].find(is_mark).map_or(text.len(), |length| start + length);
        at = end;
        (start < end).then_some(start..end)
    })
}

/// What a name and its value have between them: `=`, `":"`, a tab.
fn is_between(marks: &str) -> bool {
    marks.len() <= 8 && !marks.contains([';', ',', '&', '\n', '\r'])
}

/// A cookie's name without the number of the chunk, and the number.
fn numbered(word: &str) -> Option<(&str, usize)> {
    if word.len() > LONGEST_NAME {
        return None;
    }
    let name = word.trim_end_matches(|character: char| character.is_ascii_digit());
    let number = word[name.len()..].parse().ok().filter(|number| *number < MOST_CHUNKS)?;
    let base = name.strip_suffix(['.', '_', '-', 'C'])?;
    (!base.is_empty()).then_some((base, number))
}

/// The chunks in their order, if none is missing and they hold one token together.
fn whole<'a>(name: &'a str, chunks: Vec<Chunk<'_>>) -> Option<Whole<'a>> {
    let (start, ..) = *chunks.first()?;
    let is_in_order = chunks.iter().zip(start..).all(|((number, ..), wanted)| *number == wanted);
    let is_list = chunks.iter().skip(1).any(|(.., value)| is_token(value));
    if start > 1 || chunks.len() < 2 || !is_in_order || is_list {
        return None;
    }
    let value: String = chunks.iter().map(|(.., value)| *value).collect();
    let mut places = chunks.into_iter().map(|(_, place, _)| place);
    is_start(&value).then_some(Whole { name, first: places.next()?, value, others: places.collect() })
}

/// Does the value of a cookie begin here? JSON is percent-encoded or in base64.
pub(super) fn is_start(value: &str) -> bool {
    let is_json = ["base64-", "%7B", "%7b", "%5B", "%5b", "%22"].into_iter().any(|start| value.starts_with(start));
    is_json || starts_like_header(value)
}

/// Is it a token by itself?
pub(super) fn is_token(value: &str) -> bool {
    starts_like_header(value) && value.matches('.').count() > 1
}
