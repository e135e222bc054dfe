//! Tokens in base64 once more, as Kubernetes keeps its secrets and Supabase its sessions.

use std::ops::Range;

use super::decode::{Plain, is_header, percent_decoded};
use super::taken::Taken;
use super::{find, line_joins, wrappers};
use crate::decoding::base64;
use jose::base64url::is_symbol;
use jose::steps::walk;

/// How many layers are decoded.
const MOST_LAYERS: usize = 3;

/// Shorter texts hold no token.
const SHORTEST: usize = 24;

/// The most texts in base64 that are decoded.
const MOST_RUNS: usize = 50;

/// Decodes the base64 around the tokens of a text without a whole token.
pub(super) fn decoded(text: &str) -> Option<Plain> {
    // The padding may be percent-encoded.
    let percent_decoded = percent_decoded(text);
    let mut removed = String::new();
    let once = decode(percent_decoded.as_deref().unwrap_or(text), &mut removed)?;
    let (mut kept, mut layers) = (once, 1);
    while layers < MOST_LAYERS
        && find::first(&kept).is_none_or(|found| !found.is_whole())
        && let Some(inner) = decode(&kept, &mut removed)
    {
        kept = inner;
        layers += 1;
    }
    if !find::first(&kept).is_some_and(|found| found.is_whole()) {
        return None;
    }
    let is_json = kept.starts_with('{') && !text.starts_with('{');
    let what = if is_json { "it held JSON with a token" } else { "this is a token in base64 once more" };
    let message = match layers {
        1 => format!("Decoded base64: {what}"),
        layers => format!("Decoded base64 {layers} times: {what}"),
    };
    let taken = if is_header(text) { Taken::Base64InHeader } else { Taken::Base64 };
    Some(Plain { taken, message, removed, kept })
}

/// Decodes everything in base64 that holds a token, or perhaps base64 again, once.
fn decode(text: &str, removed: &mut String) -> Option<String> {
    walk(text.len());
    let (mut kept, mut done, mut count) = (String::new(), 0, 0);
    let mut at = 0;
    while count < MOST_RUNS
        && let Some(run) = next_run(text, at)
    {
        at = run.end;
        let symbols = text[run.clone()].split_whitespace().collect::<String>();
        let symbols = symbols.trim_end_matches('=');
        walk(symbols.len());
        let Some(content) = base64(symbols).and_then(|bytes| String::from_utf8(bytes).ok()) else { continue };
        let content = content.trim();
        if !holds_token(content, is_segment(text, &run)) {
            continue;
        }
        count += 1;
        removed.push_str(&text[run.clone()]);
        // JSON is opened by its names when it stands alone.
        if content.starts_with('{') {
            return Some(content.to_owned());
        }
        kept.push_str(text[done..run.start].strip_suffix("base64-").unwrap_or(&text[done..run.start]));
        if kept.ends_with('.') {
            kept.push(' ');
        }
        kept.push_str(content);
        done = run.end;
    }
    kept.push_str(&text[done..]);
    (done > 0).then_some(kept)
}

fn holds_token(content: &str, is_segment: bool) -> bool {
    walk(content.len());
    if is_segment
        || content.len() < SHORTEST
        || !content.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'..=b'\r'))
    {
        return false;
    }
    if content.starts_with('{') {
        return wrappers::open_json(content).is_some();
    }
    let is_base64 = content.bytes().all(|byte| is_symbol(byte) || b"+/=\r\n".contains(&byte));
    is_base64 || find::first(content).is_some_and(|found| found.is_whole())
}

/// True beside a dot: a segment of a token is what it is. Kubernetes has a dot in the name of a WebSocket's protocol.
fn is_segment(text: &str, run: &Range<usize>) -> bool {
    let before = &text[..run.start];
    text[run.end..].starts_with('.')
        || (before.ends_with('.') && !before.ends_with("k8s.io."))
        // The credentials of this scheme are a name and a password.
        || before.get(before.len().saturating_sub(6)..).is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic "))
}

/// The next text in base64, also broken into lines of one length.
fn next_run(text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let start = at + text[at..].find(is_base64)?;
        let end = end_of_run(text, start);
        let start = if text[start..end].starts_with("base64-") { start + 7 } else { start };
        at = end;
        if end - start >= SHORTEST {
            return Some(start..with_further_lines(text, start, end));
        }
    }
}

fn with_further_lines(text: &str, start: usize, end: usize) -> usize {
    let (width, mut end) = (end - start, end);
    loop {
        // Padding ends a text in base64: the next line is another.
        if text[..end].ends_with('=') {
            return end;
        }
        let rest = text[end..].trim_start_matches([' ', '\t']);
        let Some(length) = line_joins::line_end(rest) else { return end };
        let line = rest[length..].trim_start_matches([' ', '\t']);
        let next = text.len() - line.len();
        let next_end = end_of_run(text, next);
        walk(next_end - end);
        let is_name = text[next_end..].starts_with([':', '=']) && !text[next_end..].starts_with("==");
        let is_name = is_name && !text[next_end..].trim_start_matches('=').trim().is_empty();
        if next_end == next || next_end - next > width || is_name {
            return end;
        }
        let is_last = next_end - next < width;
        end = next_end;
        if is_last {
            return end;
        }
    }
}

fn end_of_run(text: &str, start: usize) -> usize {
    let length = text[start..].find(|character| !is_base64(character)).unwrap_or(text.len() - start);
    let end = start + length;
    let padding = text[end..].bytes().take(2).take_while(|byte| *byte == b'=').count();
    if length == 0 { start } else { end + padding }
}

fn is_base64(character: char) -> bool {
    u8::try_from(character).is_ok_and(|byte| is_symbol(byte) || byte == b'+' || byte == b'/')
}
