//! Tokens that were broken over lines: by a mail, an editor, a program's source.

use super::find::{is_symbol, token_in_run};
use super::{Peeled, starts_like_header};
use crate::Algorithm;
use crate::base64url;
use crate::json;

/// So many characters a line has at least that was broken for its length.
const SHORTEST_LINE: usize = 20;

/// What every line begins with: `>` of a quoted mail, `|` and line numbers of a listing.
pub(super) fn drop_margin(text: &str) -> Option<Peeled> {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    if lines().nth(1).is_none() || !lines().all(|line| margin(line) > 0) {
        return None;
    }
    let (mut kept, mut removed) = (String::with_capacity(text.len()), String::new());
    for line in text.lines() {
        let (start, rest) = line.split_at(margin(line));
        removed.push_str(start);
        kept.push_str(rest);
        kept.push('\n');
    }
    Some(Peeled { message: "Removed what stands before each line".to_owned(), removed, kept })
}

/// How many bytes of a line are no part of its text.
fn margin(line: &str) -> usize {
    let inner = line.trim_start();
    let marks = inner.trim_start_matches(['>', '|', '#', '*', ' ']);
    let numbered = inner.trim_start_matches(|character: char| character.is_ascii_digit());
    let behind = numbered.trim_start().trim_start_matches(['|', ':', '\u{2502}']);
    if marks.len() < inner.len() {
        line.len() - marks.len()
    } else if numbered.len() < inner.len() && behind.len() < numbered.trim_start().len() {
        line.len() - behind.trim_start().len()
    } else {
        0
    }
}

/// Strings that a program's source puts together, lines that go on behind a `\\` or a `=`, and breaks written as `\\n`: each
/// becomes the break of a line, and whether what follows goes on with a token is asked as for any line.
pub(super) fn join_pieces(text: &str) -> Option<Peeled> {
    let mut kept = String::with_capacity(text.len());
    let mut removed = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\'', '\\', '=']) {
        let length = seam(&rest[at..]);
        // Only between a token's characters: everywhere else it may mean something.
        let joins = length > 0
            && rest[..at].chars().next_back().or_else(|| kept.chars().next_back()).is_some_and(is_part)
            && rest[at + length..].chars().next().is_some_and(is_part);
        let next = at + if joins { length } else { 1 };
        if joins {
            kept.push_str(&rest[..at]);
            kept.push('\n');
            removed.push_str(&rest[at..next]);
        } else {
            kept.push_str(&rest[..next]);
        }
        rest = &rest[next..];
    }
    kept.push_str(rest);
    let message = "Put the pieces it was written in on lines of their own".to_owned();
    (!removed.is_empty()).then_some(Peeled { message, removed, kept })
}

fn is_part(character: char) -> bool {
    is_symbol(character) || character == '.'
}

/// How many bytes at the start of `text` separate two pieces of one string; 0 if they do not.
fn seam(text: &str) -> usize {
    let quote = text.chars().next().filter(|character| matches!(character, '"' | '\''));
    let inner = match quote {
        // `" + "`, `"` and a new line and `"`.
        Some(quote) => {
            let after = text[1..].trim_start_matches([' ', '\t', '+', '.', '&', '\\', '\r', '\n']);
            let between = &text[1..text.len() - after.len()];
            let is_seam = between.contains(['+', '\n', '\\', '&', '.']) && after.starts_with(quote);
            return if is_seam { text.len() - after.len() + 1 } else { 0 };
        }
        None => text.strip_prefix(['\\', '=']).unwrap_or(text),
    };
    if text.starts_with('\\') {
        for written in ["r\\n", "n", "r"] {
            if let Some(after) = inner.strip_prefix(written) {
                return text.len() - after.len();
            }
        }
    }
    // A line that goes on: nothing but the break follows.
    let after = inner.trim_start_matches([' ', '\t', '\r']);
    match after.strip_prefix('\n') {
        Some(next) => text.len() - next.trim_start().len(),
        None => 0,
    }
}

/// True if a word of the text is a whole token, and the words behind it are no part of it.
pub(super) fn has_whole_token(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find(|character: char| !character.is_whitespace()) {
        rest = &rest[start..];
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let token = token_in_run(word).map(|at| &word[at..]).filter(|token| token.matches('.').count() >= 2);
        if let Some(token) = token {
            // At its end it is the text itself.
            let alone = word.len() == text.trim().len();
            return !alone && continuation(token, after).is_none();
        }
        rest = after;
    }
    false
}

/// How many bytes of `after` go on with a token that the end of its line has cut; `None` if it is whole or other text
/// follows.
pub(super) fn continuation(token: &str, after: &str) -> Option<usize> {
    let is_cut = |token: &str| token.matches('.').count() < 2 || !is_signed_whole(token);
    if token.len() < SHORTEST_LINE || !is_cut(token) {
        return None;
    }
    let mut joined = token.to_owned();
    let mut taken = 0;
    // The longest a line of this text is: one that is shorter ends what was broken for its length.
    let mut width = token.len();
    while is_cut(&joined) {
        let rest = &after[taken..];
        let line_start =
            rest.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n').or_else(|| rest.strip_prefix('\r'))?;
        let line = line_start.trim_start_matches([' ', '\t']);
        let length = line.find(|character| !is_part(character)).unwrap_or(line.len());
        let ends =
            line[length..].chars().next().is_none_or(|next| !next.is_alphanumeric() && !matches!(next, ' ' | ':'));
        if length == 0 || !ends || line[..length].starts_with("ey") && joined.matches('.').count() >= 2 {
            break;
        }
        joined.push_str(&line[..length]);
        taken = after.len() - line.len() + length;
        if length < width.min(SHORTEST_LINE) {
            break;
        }
        width = width.min(length);
    }
    (taken > 0).then_some(taken)
}

/// True if the signature has the length that the header's algorithm asks for; of RSA, that of a common key.
fn is_signed_whole(token: &str) -> bool {
    let mut segments = token.split('.');
    let (Some(header), Some(_), Some(signature)) = (segments.next(), segments.next(), segments.next()) else {
        return false;
    };
    let header = base64url::decode(header).bytes;
    let header = std::str::from_utf8(&header).unwrap_or_default();
    let alg = json::scan(header).members.into_iter().find(|item| item.name == "alg").and_then(|item| item.text);
    let bytes = signature.len() * 3 / 4;
    match alg.as_deref().map(str::parse::<Algorithm>) {
        Some(Ok(algorithm)) => match algorithm.signature_len() {
            Some(length) => bytes >= length,
            None => [256, 384, 512, 1024].contains(&bytes),
        },
        // `none`, and what is not known: nothing says that more must come.
        _ => starts_like_header(token),
    }
}
