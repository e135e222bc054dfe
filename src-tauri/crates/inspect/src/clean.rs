//! Strips what logs, consoles and clipboards put around a token; every step is reported.

mod base64_around;
mod chunks;
mod controls;
mod decode;
mod escapes;
mod expected_length;
mod find;
mod health_card;
mod hexadecimal;
mod line_joins;
mod missing_chunk;
mod reader;
mod span;
mod taken;
#[cfg(test)]
mod tests;
mod wrappers;

pub(crate) use decode::percent_decoded;
use find::{Found, ends_a_run};
pub(crate) use missing_chunk::missing_chunk;
use taken::Taken;
use wrappers::Unwrapped;

use crate::report::CleanUp;
use jose::base64url;
use jose::parse::{Cut, FoundToken, is_json_serialization, starts_like_header};
use jose::visible::excerpt;

/// A pasted text without its wrapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cleaned {
    pub(crate) text: String,
    pub(crate) clean_ups: Vec<CleanUp>,
    /// All tokens of the text, if there are several.
    pub(crate) tokens: Vec<FoundToken>,
    /// Why the end of the token is missing, if it is.
    pub(crate) cut: Option<Cut>,
    /// Has the name of a header, and has a scheme, been taken off?
    in_header: bool,
    after_scheme: bool,
}

/// The most layers of wrapping that are stripped.
const MOST_LAYERS: usize = 12;

const SHOWN: usize = 80;

/// Strips the wrapping.
pub(crate) fn clean(text: &str) -> Cleaned {
    let mut cleaned = Cleaned {
        text: text.to_owned(),
        clean_ups: Vec::new(),
        tokens: Vec::new(),
        cut: None,
        in_header: false,
        after_scheme: false,
    };
    // No wrapping consists of these characters alone, except a full stop, Markdown's `_` and a scheme without a space.
    let is_bare = !text.ends_with('.') && !text.starts_with(['_', 'B', 'b']);
    // A text without dots may be a token in base64.
    let is_bare = is_bare && text.contains('.');
    if is_bare && base64url::is_symbols_and_dots(text) {
        return cleaned;
    }
    cleaned.decode(decode::without_invisible);
    let inner = cleaned.text.trim();
    if inner.len() < cleaned.text.len() {
        let start = offset_in(&cleaned.text, inner);
        let removed = [&cleaned.text[..start], &cleaned.text[start + inner.len()..]].concat();
        let kept = inner.to_owned();
        cleaned.take(Taken::WhiteSpace, "Removed white space around the token".to_owned(), &removed, kept);
    }
    cleaned.decode(decode::without_colours);
    cleaned.decode(health_card::decoded);
    cleaned.decode(chunks::joined);
    cleaned.decode(decode::decoded);
    cleaned.decode(escapes::without_markdown);
    // A search goes through the whole text, so what is found is kept as long as the text stays the same.
    let before = cleaned.text.clone();
    let mut found = find::first(&before);
    let is_whole = |found: &Option<Found<'_>>| found.as_ref().is_some_and(Found::is_whole);
    // All are for texts in which no whole token stands as it is.
    let is_decoded = cleaned.decode(|text| controls::removed(text, found.as_ref()))
        || !is_whole(&found)
            && [escapes::restored, hexadecimal::decoded, base64_around::decoded]
                .into_iter()
                .any(|make| cleaned.decode(make));
    let whole = cleaned.text.clone();
    if is_decoded {
        found = find::first(&whole);
    }
    let has_whole = is_whole(&found);
    cleaned.take_wrappers_off(&whole, found);
    if has_whole && !cleaned.clean_ups.is_empty() {
        cleaned.tokens = find::tokens_in(&whole);
    }
    cleaned
}

/// The first whole token of a text, with its pieces joined.
pub(crate) fn first_token(text: &str) -> Option<String> {
    find::first(text).filter(Found::is_whole).map(|found| found.span.token)
}

/// A line break as a sign that can be seen.
fn line_breaks_drawn(text: &str) -> String {
    text.replace("\r\n", "↵").replace(['\n', '\r'], "↵")
}

impl Cleaned {
    fn take(&mut self, taken: Taken, message: String, removed: &str, kept: String) {
        let taken = self.in_place(taken);
        self.in_header |= taken == Taken::HeaderName;
        self.after_scheme |= taken == Taken::Scheme;
        let removed = excerpt(&line_breaks_drawn(removed), SHOWN);
        self.clean_ups.push(CleanUp { message, removed, refused: taken.refused() });
        self.text = kept;
    }

    /// The same characters may be harmless around a header and refused inside its value.
    fn in_place(&self, taken: Taken) -> Taken {
        match taken {
            Taken::HeaderName if self.in_header || self.after_scheme => Taken::HeaderNameAgain,
            Taken::Scheme if self.after_scheme => Taken::SchemeAgain,
            Taken::Quotes if self.after_scheme => Taken::QuotesInValue,
            Taken::Json if self.after_scheme => Taken::JsonInValue,
            Taken::Marks if self.after_scheme => Taken::MarksInValue,
            other => other,
        }
    }

    /// True if there was something to decode.
    fn decode(&mut self, make: impl Fn(&str) -> Option<decode::Plain>) -> bool {
        let Some(plain) = make(&self.text) else { return false };
        self.take(plain.taken, plain.message, &plain.removed, plain.kept);
        true
    }

    /// Strips one layer after another. `found` is the token in the `whole` text, as it was before.
    fn take_wrappers_off(&mut self, whole: &str, found: Option<Found<'_>>) {
        for _ in 0..MOST_LAYERS {
            if is_json_serialization(&self.text) {
                return;
            }
            let wrappers = [
                wrappers::unquote,
                wrappers::open_json,
                wrappers::drop_header_name,
                wrappers::drop_scheme,
                wrappers::open_curl,
            ];
            match wrappers.into_iter().find_map(|unwrap| unwrap(&self.text)) {
                Some(Unwrapped { taken, message, removed, kept }) => {
                    self.take(taken, message, &removed, kept.trim().to_owned());
                }
                None => break,
            }
        }
        let text = std::mem::take(&mut self.text);
        let found = if text == whole { found } else { find::first(&text) };
        if !self.take_token(&text, found) && !self.join_headless(&text) {
            self.text = text;
        }
    }

    /// Extracts the token from other text, such as a cookie, a URL or a log line, and joins its broken pieces.
    fn take_token(&mut self, text: &str, found: Option<Found<'_>>) -> bool {
        let Some(found) = found else { return false };
        if is_damage(text, &found) {
            return false;
        }
        let span = &found.span;
        let (before, mut after) = (&text[..found.place.start], &text[found.place.end..]);
        let mut told = Vec::new();
        if let Some(signature) = found.cookie_signature {
            let message = "Removed the signature of the cookie after the token".to_owned();
            told.push((Taken::CookieSignature, message, signature.to_owned()));
            after = &after[signature.len()..];
        }
        if span.ellipsis > 0 {
            let (sign, rest) = after.split_at(span.ellipsis);
            let shortened = if span.cut.is_some() { ": whatever printed it shortened it" } else { "" };
            told.push((Taken::Ellipsis, format!("Removed the ellipsis after the token{shortened}"), sign.to_owned()));
            after = rest;
        } else if let Some(rest) = after.strip_prefix('.') {
            let is_alone = before.is_empty() && rest.trim_start_matches('.').trim().is_empty();
            let taken = if is_alone || self.after_scheme { Taken::FourthSegment } else { Taken::FullStop };
            told.push((taken, "Removed the full stop after the token".to_owned(), ".".to_owned()));
            after = rest.trim_start_matches('.');
        } else if let Some((padding, rest)) = padding(after) {
            told.push((Taken::Padding, "Removed the padding after the token".to_owned(), padding.to_owned()));
            after = rest;
        }
        if !before.is_empty() || !after.trim().is_empty() {
            let is_text = |text: &str| text.contains(char::is_alphanumeric);
            let (taken, message) = match (around(before, after), found.name) {
                (Some((taken, what)), _) => (taken, format!("Removed {what} the token")),
                (None, Some(name)) => (Taken::Name, format!("Took the value of `{name}`")),
                (None, None) if is_text(before) || is_text(after) || after.starts_with(['\r', '\n']) => {
                    (Taken::Text, "Took the token out of the text around it".to_owned())
                }
                (None, None) => (Taken::Marks, "Removed the marks around the token".to_owned()),
            };
            told.insert(0, (taken, message, format!("{before}…{after}")));
        }
        if let Some(message) = span.joins.message() {
            let taken = if span.joins.are_white_space() { Taken::BreaksInside } else { Taken::LineJoins };
            told.push((taken, message, span.joins.removed.clone()));
        }
        if told.is_empty() {
            return false;
        }
        for (taken, message, removed) in told {
            self.take(taken, message, &removed, String::new());
        }
        self.cut = span.cut;
        self.text = found.span.token;
        true
    }

    /// The white space inside a token that lost its beginning, if the text contains nothing else.
    fn join_headless(&mut self, text: &str) -> bool {
        if !text.contains(char::is_whitespace) {
            return false;
        }
        let (removed, kept): (String, String) = text.chars().partition(|character| character.is_whitespace());
        let is_token = base64url::is_symbols_and_dots(&kept)
            && kept.matches('.').count() == 2
            && kept.split('.').nth(1).is_some_and(starts_like_header);
        if is_token {
            let lines = text.lines().count().saturating_sub(1);
            let message = match lines {
                0 => format!("Removed {} inside the token", line_joins::counted(removed.chars().count(), "space")),
                lines => format!("Removed {} inside the token", line_joins::counted(lines, "line break")),
            };
            self.take(Taken::BreaksInside, message, &removed, kept);
        }
        is_token
    }
}

/// The `=` with which base64 ends, written out or percent-encoded, and what follows.
fn padding(after: &str) -> Option<(&str, &str)> {
    let sign = ["=", "%3D", "%3d"].into_iter().find(|sign| after.starts_with(sign))?;
    let rest = after[sign.len()..].strip_prefix(sign).unwrap_or(&after[sign.len()..]);
    let is_end = !rest.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '=' | '%' | '-' | '_'));
    is_end.then(|| after.split_at(after.len() - rest.len()))
}

/// What programs print around a token and send with it.
fn around(before: &str, after: &str) -> Option<(Taken, &'static str)> {
    let is_word = |text: &str| text.ends_with(|last: char| last.is_alphanumeric() || last == '_');
    let opened = |sign: &str| before.strip_suffix(sign).is_some_and(|outside| !is_word(outside));
    let closed = |signs: &[&str]| signs.iter().any(|sign| after.starts_with(sign));
    if (opened("b'") && closed(&["'"])) || (opened("b\"") && closed(&["\""])) {
        return Some((Taken::Bytes, "Python's b'…' around"));
    }
    if ["Optional(\"", "Some(\""].into_iter().any(opened) && closed(&["\")"]) {
        return Some((Taken::Optional, "a program's wrapper around"));
    }
    if closed(&["\0", "\\0", "\\x00", "\\u0000", "%00"]) {
        return Some((Taken::Nul, "the NUL byte after"));
    }
    if after.starts_with(controls::is_control) {
        return Some((Taken::ControlAfter, "the control character after"));
    }
    if before.ends_with(controls::is_control) {
        return Some((Taken::ControlBefore, "the control character before"));
    }
    let is_disclosed = |sign: char| sign.is_ascii_alphanumeric() || "-_~.".contains(sign);
    if before.is_empty() && closed(&["~"]) && after.trim_end().chars().all(is_disclosed) {
        return Some((Taken::Disclosures, "the disclosures after"));
    }
    let twice = before.to_ascii_lowercase();
    if twice.split_whitespace().rev().take(2).filter(|word| word.ends_with("bearer")).count() == 2 {
        return Some((Taken::SchemeAgain, "the scheme, which stands twice, before"));
    }
    (after.trim() == "?" && !before.contains("://")).then_some((Taken::QuestionMark, "the question mark after"))
}

/// True if a character is an error inside a token and not its end: it is then kept, so that the report can point at it.
fn is_damage(text: &str, found: &Found<'_>) -> bool {
    let span = &found.span;
    let after = &text[found.place.end..];
    if found.place.start > 0 {
        // If a dot was replaced by another character, what follows looks like a header.
        return !found.is_whole() && !text.contains(char::is_whitespace) && starts_like_header(text);
    }
    let is_torn = span.ellipsis == 0 && !after.is_empty() && !after.starts_with(char::is_whitespace);
    // Only a complete token ends where other text begins, unless `alg` requires as much as follows.
    let expected_last = span.last + after.chars().count();
    is_torn
        && found.cookie_signature.is_none()
        && (!found.is_whole()
            || (span.expected.is_missed(span.dots, span.last)
                && !after.contains(char::is_whitespace)
                && span.expected.is_met(span.dots, expected_last)))
}

/// The position of `part` in `whole`, of which it is a slice.
fn offset_in(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize).min(whole.len())
}
