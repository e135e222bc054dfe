//! Finds that a chunk of a cookie is missing, without which its token is not whole.

use super::chunks::{Chunk, cookies, is_start, is_token};
use jose::base64url;
use jose::parse::ParseProblem;
use jose::visible::excerpt;
use jose::words::list;

/// How many characters of a name a sentence shows, and how many names.
const SHOWN: usize = 60;
const NAMED: usize = 4;

/// The shortest value that is taken for the middle of a token without its beginning.
const SHORTEST: usize = 16;

/// What is missing, if the text has some chunks of a cookie with a token, but not all.
pub(crate) fn missing_chunk(text: &str) -> Option<ParseProblem> {
    cookies(text).iter().find_map(|(name, chunks)| of_cookie(text, name, chunks))
}

fn of_cookie(text: &str, name: &str, chunks: &[Chunk<'_>]) -> Option<ParseProblem> {
    let (start, place, value) = chunks.first()?;
    if chunks.iter().any(|(.., value)| is_token(value)) {
        return None;
    }
    // Everything up to the number: `name.`, `nameC`.
    let prefix = text[place.start..].get(..name.len() + 1)?;
    let counts_from = match prefix.chars().last()? {
        '.' => 0,
        'C' => 1,
        // Who writes these is not known.
        _ => (*start).min(1),
    };
    let is_headless = *start > counts_from && may_be_session(name) && is_piece(value);
    let is_first = *start <= 1 && is_start(value);
    if !is_headless && !is_first {
        return None;
    }
    let last = chunks.last().map_or(0, |(number, ..)| *number).max(announced(text, name).unwrap_or(0));
    let mut absent: Vec<usize> =
        (counts_from..=last).filter(|wanted| chunks.iter().all(|(number, ..)| number != wanted)).collect();
    // A cookie that fits in one has no number.
    if absent.is_empty() && chunks.len() == 1 && counts_from == 0 && prefix.ends_with('.') {
        absent.push(last + 1);
    }
    (!absent.is_empty()).then(|| {
        let found: Vec<usize> = chunks.iter().map(|(number, ..)| *number).collect();
        problem(&excerpt(name, SHOWN), (&named(prefix, &absent), absent.len()), &named(prefix, &found))
    })
}

fn problem(cookie: &str, (absent, count): (&str, usize), found: &str) -> ParseProblem {
    let (noun, verb) = if count == 1 { ("chunk", "is") } else { ("chunks", "are") };
    let title = format!("The {noun} {absent} of the cookie {verb} missing");
    let message = format!(
        "The cookie `{cookie}` is split over numbered chunks, and its token is whole only with all of them: here is \
         only {found}."
    );
    let fix = format!("Copy all chunks of the cookie `{cookie}`, or the whole `Cookie` header");
    ParseProblem::something_else(&title, &message, &title, &fix)
}

/// "`name.0` and `name.2`".
fn named(prefix: &str, numbers: &[usize]) -> String {
    let mut names: Vec<String> =
        numbers.iter().take(NAMED).map(|number| format!("`{}{number}`", excerpt(prefix, SHOWN))).collect();
    if numbers.len() > NAMED {
        names.push(format!("{} more", numbers.len() - NAMED));
    }
    list(&names)
}

/// How many chunks ASP.NET says there are: `name=chunks-3`.
fn announced(text: &str, name: &str) -> Option<usize> {
    ["chunks-", "chunks:"].into_iter().find_map(|word| {
        let (_, rest) = text.split_once(&format!("{name}={word}"))?;
        let digits = rest.find(|sign: char| !sign.is_ascii_digit()).map_or(rest, |end| &rest[..end]);
        digits.parse().ok().filter(|count| *count < super::chunks::MOST_CHUNKS)
    })
}

/// Names that frameworks give to cookies with tokens.
fn may_be_session(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["session", "token", "auth", "cookies", "jwt"].into_iter().any(|word| lower.contains(word))
}

fn is_piece(value: &str) -> bool {
    let is_sign = |byte: u8| base64url::is_symbol(byte) || matches!(byte, b'.' | b'%');
    value.len() >= SHORTEST && value.bytes().all(is_sign)
}
