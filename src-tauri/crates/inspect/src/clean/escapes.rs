//! Characters of a token that a regular expression, source code, a page or Markdown escaped.

use super::decode::Plain;
use super::find;
use super::taken::Taken;
use jose::base64url;
use jose::steps::walk;

/// What a server refuses in the place of a dot, the longest first.
const MARKED: [&str; 5] = ["\\\\.", "\\.", "[.]", "(.)", "[dot]"];

/// What source code and pages write for a dot, in lower case; the reader of them decodes it.
const CODED: [&str; 6] = ["\\u002e", "\\x2e", "&#46;", "&#x2e;", "&#x2E;", "&period;"];

/// What Markdown writes for the signs of a token, the longest first.
const MARKDOWN: [&str; 6] = ["\\\\_", "\\\\-", "\\\\.", "\\_", "\\-", "\\."];

/// Takes the backslashes off that Markdown puts before `_` and `-`, if the first token of the text is longer then.
pub(super) fn without_markdown(text: &str) -> Option<Plain> {
    if !text.contains("\\_") && !text.contains("\\-") {
        return None;
    }
    let plain = restore(text, &MARKDOWN, Taken::Backslashes)?;
    let after = find::first(&plain.kept)?.span.token;
    let before = find::first(text).filter(find::Found::is_whole).map(|found| found.span.token);
    before.is_none_or(|before| after.len() > before.len() && after.starts_with(&before)).then_some(plain)
}

/// Puts the dots back in a text without a whole token, if that makes one whole.
pub(super) fn restored(text: &str) -> Option<Plain> {
    let coded = restore(text, &CODED, Taken::CodedDots);
    coded.or_else(|| restore(text, &MARKED, Taken::MarkedDots))
}

fn restore(text: &str, forms: &[&str], taken: Taken) -> Option<Plain> {
    walk(text.len() * forms.len());
    let (mut kept, mut removed, mut done) = (String::new(), String::new(), 0);
    for (at, _) in text.match_indices(['\\', '[', '(', '&']) {
        let form = forms
            .iter()
            .find(|form| text[at..].get(..form.len()).is_some_and(|found| found.eq_ignore_ascii_case(form)));
        if at >= done
            && let Some(form) = form
        {
            kept.push_str(&text[done..at]);
            kept.push(match form.as_bytes().last() {
                Some(sign @ (b'_' | b'-')) => char::from(*sign),
                _ => '.',
            });
            removed.push_str(form);
            done = at + form.len();
        }
    }
    if done == 0 {
        return None;
    }
    kept.push_str(&text[done..]);
    let found = find::first(&kept)?;
    let is_clean = found.is_whole() && base64url::is_symbols_and_dots(&found.span.token);
    let message = match taken {
        Taken::Backslashes => "Removed the backslashes inside the token".to_owned(),
        _ => "Restored the escaped dots of the token".to_owned(),
    };
    is_clean.then_some(Plain { taken, message, removed, kept })
}
