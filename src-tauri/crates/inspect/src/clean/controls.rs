//! Control characters inside a token: an API of C ends a text with NUL, and a broken copy leaves others.

use super::decode::Plain;
use super::find::{self, Found};
use super::line_joins::counted;
use super::span::is_own;
use super::taken::Taken;
use jose::base64url;
use jose::steps::walk;

/// NUL as source code and URLs write it.
const WRITTEN: [&str; 4] = ["\\u0000", "\\x00", "\\0", "%00"];

/// Removes the control characters between characters of a token, if that makes one whole. `before` is the first token
/// as the text stands.
pub(super) fn removed(text: &str, before: Option<&Found<'_>>) -> Option<Plain> {
    let whole = before.filter(|found| found.is_whole() && !found.span.token.contains(WRITTEN[3]));
    let is_short = |found: &Found<'_>| found.span.expected.is_missed(found.span.dots, found.span.last);
    if whole.is_some_and(|found| !is_short(found)) {
        return None;
    }
    let (mut kept, mut removed) = (String::with_capacity(text.len()), String::new());
    let (mut nuls, mut others) = (0, 0);
    let mut rest = text;
    walk(text.len());
    while let Some(at) = rest.find(|sign: char| is_control(sign) || matches!(sign, '\\' | '%')) {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        let written = WRITTEN.into_iter().find(|form| rest.starts_with(form));
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let (sign, after) = rest.split_at(written.map_or(first, str::len));
        let is_one = written.is_some() || sign.starts_with(is_control);
        let is_inside = kept.ends_with(is_own) && after.starts_with(|next| is_own(next) || is_control(next));
        if is_one && is_inside {
            let count = if written.is_some() || sign == "\0" { &mut nuls } else { &mut others };
            *count += 1;
            removed.push_str(sign);
        } else {
            kept.push_str(sign);
        }
        rest = after;
    }
    if removed.is_empty() {
        return None;
    }
    kept.push_str(rest);
    let found = find::first(&kept).filter(Found::is_whole)?;
    // After a whole token other text may follow: only a signature of the right length is one that was broken.
    if whole.is_some() && !found.span.expected.is_met(found.span.dots, found.span.last) {
        return None;
    }
    let (taken, what) = match others {
        0 => (Taken::NulInside, counted(nuls, "NUL byte")),
        _ => (Taken::ControlsInside, counted(nuls + others, "control character")),
    };
    let message = format!("Removed {what} inside the token");
    base64url::is_symbols_and_dots(&found.span.token).then_some(Plain { taken, message, removed, kept })
}

/// A control character that is no white space.
pub(super) fn is_control(sign: char) -> bool {
    sign.is_control() && !sign.is_whitespace()
}
