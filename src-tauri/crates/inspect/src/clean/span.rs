//! How far a token extends: across inserted line breaks and quote marks, but not into the words after it.

use std::rc::Rc;

use super::expected_length::ExpectedLength;
use super::line_joins::{self, Join, Joins, Kind, Lead};
use super::reader::{Reader, Run};
use super::{ends_a_run, starts_like_header};
use jose::base64url;
use jose::parse::Cut;
use jose::steps::walk;

/// A token, starting at its first character.
pub(super) struct Span {
    /// Its pieces, joined.
    pub(super) token: String,
    pub(super) joins: Joins,
    /// One past its last character in the text.
    pub(super) end: usize,
    pub(super) dots: usize,
    /// The length of the last segment.
    pub(super) last: usize,
    pub(super) expected: Rc<ExpectedLength>,
    pub(super) cut: Option<Cut>,
    /// The length of the ellipsis after it.
    pub(super) ellipsis: usize,
    /// Where to search for the next token.
    pub(super) next: usize,
}

/// The forms of an ellipsis.
const ELLIPSES: [&str; 7] = ["\u{2026}", "[...]", "[\u{2026}]", "(...)", "[truncated]", "(truncated)", "<truncated>"];

impl Span {
    /// The token that starts at `start`, in the path of a URL or elsewhere.
    pub(super) fn of(reader: &Reader<'_>, start: usize, in_url: bool) -> Span {
        let first = Piece::at(reader.text, start, reader.run(start), in_url).without_the_rest(reader);
        let mut growing = Growing {
            reader,
            text: reader.text,
            start,
            end: first.end,
            token: String::new(),
            dots: 0,
            last: 0,
            joins: Joins::default(),
            expected: None,
            previous: 0,
            lead: None,
            signature_end: None,
        };
        growing.take(&first);
        while growing.grow() {}
        growing.finish()
    }
}

/// A run without white space, quotes and brackets.
struct Piece<'a> {
    text: &'a str,
    end: usize,
}

impl<'a> Piece<'a> {
    fn at(text: &'a str, start: usize, run: Run, in_url: bool) -> Piece<'a> {
        let last = run.last_from(start) - start;
        let run = &text[start..run.end];
        let symbols = run.find(|character: char| !is_own(character)).unwrap_or(run.len());
        walk(symbols);
        let tail = &run[symbols..];
        let is_whole = || run[..symbols].matches('.').count() > 1;
        let is_soft_break = || {
            let after = &text[start + symbols + 1..];
            line_joins::line_end(after).is_some_and(|length| !after[length..].starts_with('.'))
        };
        let ends_in_url = in_url && tail.starts_with(['/', '?', '@', ':']) && is_whole();
        let is_all = tail.is_empty() || ends_in_url || (tail == "=" && is_soft_break());
        // A wrong character inside is kept; punctuation after the last symbol does not belong to the token.
        let length = if is_all { symbols } else { last };
        Piece { text: &run[..length], end: start + length }
    }

    /// Ends the token where it has all its segments and the last one has the length its header implies: what follows is
    /// not damage.
    fn without_the_rest(self, reader: &Reader<'_>) -> Piece<'a> {
        let (whole, length) = (self.text, self.text.find(|character: char| !is_own(character)));
        let Some(length) = length else { return self };
        walk(length);
        let kept = &whole[..length];
        let Some((header, _)) = kept.split_once('.') else { return self };
        let (dots, last) = (kept.matches('.').count(), kept.rsplit('.').next().unwrap_or_default().len());
        let expected = reader.expected(header);
        if expected.is_met(dots, last) && !expected.is_met(dots, last + whole.len() - length) {
            return Piece { text: kept, end: self.end - (whole.len() - length) };
        }
        self
    }

    /// True if it can continue a token: symbols with at most one or two wrong characters.
    fn fits(&self) -> bool {
        walk(self.text.len());
        let foreign =
            self.text.chars().filter(|character| !is_own(*character) && !matches!(*character, '=' | '+' | '/'));
        !self.text.is_empty() && foreign.take(3).count() < 3
    }

    fn dots(&self) -> usize {
        self.text.trim_end_matches('.').matches('.').count()
    }

    /// True for ordinary words and numbers, which a piece of base64url of that length hardly ever looks like.
    fn is_word(&self) -> bool {
        let is_plain = |part: &str| {
            let rest = part.get(1..).unwrap_or_default();
            part.bytes().all(|byte| byte.is_ascii_digit())
                || part.bytes().all(|byte| byte.is_ascii_uppercase())
                || (part.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
                    && rest.bytes().all(|byte| byte.is_ascii_lowercase()))
        };
        self.text.len() <= 40
            && !self.text.starts_with('.')
            && self.text.split(['-', '_', '.', '/', ':', '+']).all(is_plain)
    }
}

struct Growing<'a> {
    reader: &'a Reader<'a>,
    text: &'a str,
    start: usize,
    end: usize,
    token: String,
    dots: usize,
    /// The length of the last segment.
    last: usize,
    joins: Joins,
    /// Known once the header has ended.
    expected: Option<Rc<ExpectedLength>>,
    /// The length of the previous piece.
    previous: usize,
    lead: Option<Lead>,
    /// The end of the last segment, once it was searched for.
    signature_end: Option<usize>,
}

impl<'a> Growing<'a> {
    /// Consumes the next piece, if it belongs to the token.
    fn grow(&mut self) -> bool {
        let Some((join, piece)) = self.following(self.end) else { return false };
        let all = self.expected.as_ref().map_or(2, |expected| expected.dots);
        if self.begins_another(&piece) || self.token.ends_with("...") {
            return false;
        }
        let belongs = if self.dots >= all {
            let end = match self.signature_end {
                Some(end) => end,
                None => self.find_signature_end(),
            };
            piece.end <= end
        } else if self.expected.is_some() && self.dots + piece.dots() > all {
            false
        } else {
            let is_wrapped = join.kind != Kind::Space && piece.text.len() == self.previous;
            join.is_made() || is_wrapped || !piece.is_word()
        };
        if belongs {
            self.joins.add(&join, &self.text[self.end..join.next]);
            self.take(&piece);
        }
        belongs
    }

    /// Count incrementally, since a token may have a hundred thousand pieces.
    fn take(&mut self, piece: &Piece<'_>) {
        walk(piece.text.len());
        self.token.push_str(piece.text);
        (self.end, self.previous) = (piece.end, piece.text.len());
        self.dots += piece.text.matches('.').count();
        let tail = piece.text.rsplit('.').next().unwrap_or_default().len();
        self.last = if tail < piece.text.len() { tail } else { self.last + tail };
        if self.expected.is_none()
            && self.dots > 0
            && let Some((header, _)) = self.token.split_once('.')
        {
            self.expected = Some(self.reader.expected(header));
        }
    }

    fn following(&mut self, at: usize) -> Option<(Join, Piece<'a>)> {
        if self.lead.is_none() && self.is_line_end(at) {
            self.lead = Some(self.reader.lead(self.start));
        }
        let join = line_joins::after(self.text, at, self.lead.as_ref().unwrap_or(&Lead::default()))?;
        let piece = Piece::at(self.text, join.next, self.reader.run_beyond(join.next), false);
        piece.fits().then_some((join, piece))
    }

    fn is_line_end(&self, at: usize) -> bool {
        let rest = self.text[at..].trim_start_matches([' ', '\t']);
        walk(self.text.len() - at - rest.len());
        line_joins::line_end(rest).is_some()
    }

    /// True if the piece begins the next token.
    fn begins_another(&self, piece: &Piece<'_>) -> bool {
        (piece.dots() >= 2 || self.expected.as_ref().is_some_and(|expected| self.dots >= expected.dots))
            && starts_like_header(piece.text)
    }

    /// Where the last segment ends: at the length that `alg` implies, or where only the token itself is left to join.
    fn find_signature_end(&mut self) -> usize {
        let Some(expected) = self.expected.clone().filter(|expected| expected.dots == self.dots) else {
            return self.end;
        };
        let ends = &expected.ends;
        let longest = ends.iter().max().copied();
        let mut length = self.last;
        let mut whole = ends.contains(&length).then_some(self.end);
        let (mut at, mut made, mut is_alone) = (self.end, None, true);
        let is_missing = self.last == 0;
        while let Some((join, piece)) = self.following(at) {
            if self.begins_another(&piece)
                || piece.dots() > 0
                || longest.is_some_and(|longest| length > longest)
                || !self.reader.may_look(piece.end - at)
            {
                is_alone = false;
                break;
            }
            // A program breaks a text into pieces of equal length.
            let is_wrapped = join.kind != Kind::Space && piece.text.len() == self.previous;
            let is_word = piece.is_word() && !join.is_made() && !is_wrapped;
            // Words after a token on the same line, and another paragraph, are text, unless there is only the token.
            is_alone &= !is_word && join.breaks < 2 && (join.kind != Kind::Space || self.start == 0);
            at = piece.end;
            length += piece.text.trim_end_matches('.').len();
            if ends.contains(&length) {
                whole = Some(at);
            }
            // After a dot at the end of a line, the segment is on the next line.
            let is_next_line = is_missing && made.is_none() && is_alone && join.kind == Kind::LineBreak;
            if (join.is_made() || (is_next_line && self.is_line_end(at))) && whole.is_none() {
                made = Some(at);
            }
        }
        let rest = self.text[at..].trim_start();
        walk(self.text.len() - at - rest.len());
        let is_closed = rest.is_empty() || self.text[at..].starts_with(['"', '\'', '`']);
        let end = whole.or(made).unwrap_or(if is_alone && is_closed { at } else { self.end });
        self.signature_end = Some(end);
        end
    }

    fn finish(mut self) -> Span {
        let expected = self.expected.unwrap_or_else(|| Rc::new(ExpectedLength { dots: 2, ends: Vec::new() }));
        let dropped = closing_dots(&self.token, &expected);
        let dots = self.dots - dropped;
        let core = &self.token[..self.token.len() - dropped];
        let last = if dropped == 0 { self.last } else { core.rsplit('.').next().map_or(0, str::len) };
        let is_whole = |lines: usize| last >= lines && expected.is_met(dots, last - lines);
        let lines = closing_lines(&self.text[..self.start], core, is_whole);
        let (length, last) = (core.len() - lines, last - lines);
        self.token.truncate(length);
        let rest = &self.text[self.end..];
        let sign = ELLIPSES.into_iter().find(|sign| rest.starts_with(sign)).map_or(0, str::len);
        // After punctuation it belongs to the text around the token.
        let ellipsis = if lines == 0 && (dropped > 2 || sign > 0) { dropped + sign } else { 0 };
        let cut = if ellipsis > 0 {
            (!expected.is_met(dots, last)).then_some(Cut::Ellipsis)
        } else {
            (expected.is_missed(dots, last) && goes_on_below(rest)).then_some(Cut::LineEnd)
        };
        let (end, next) = (self.end - dropped - lines, self.end);
        Span { token: self.token, joins: self.joins, end, dots, last, expected, cut, ellipsis, next }
    }
}

/// How many `_` at the end are Markdown's: as many as precede the token, if the last segment is complete without them.
fn closing_lines(before: &str, token: &str, is_whole: impl Fn(usize) -> bool) -> usize {
    let lines = |text: &str| text.bytes().rev().take(4).take_while(|byte| *byte == b'_').count();
    let count = lines(before);
    let is_closed = (1..=3).contains(&count) && lines(token) >= count;
    if is_closed && is_whole(count) { count } else { 0 }
}

/// How many dots at the end do not separate segments but end a sentence or form an ellipsis.
fn closing_dots(token: &str, expected: &ExpectedLength) -> usize {
    let core = token.trim_end_matches('.');
    let (count, dots) = (token.len() - core.len(), core.matches('.').count());
    match count {
        0 => 0,
        // Empty segments at the end: an unsecured token, detached content, a missing tag.
        1 | 2 if dots + count <= expected.dots => 0,
        1 | 2 if dots < expected.dots => 0,
        1 | 2 if dots > expected.dots => 0,
        _ => count,
    }
}

/// True if one of the next lines looks like the rest of a token.
fn goes_on_below(rest: &str) -> bool {
    let below = rest.trim_start_matches([' ', '\t']);
    walk(rest.len() - below.len());
    let Some(length) = line_joins::line_end(below) else { return false };
    let lines = below[length..].split(line_joins::is_line_end).inspect(|line| walk(line.len()));
    let lines = lines.filter(|line| line.contains(|character: char| !character.is_whitespace())).take(3);
    lines.flat_map(|line| line.split(ends_a_run)).any(|run| {
        let piece = Piece { text: run, end: 0 };
        run.len() >= 12 && !starts_like_header(run) && piece.fits() && !piece.is_word()
    })
}

/// The characters of a token.
pub(super) fn is_own(character: char) -> bool {
    u8::try_from(character).is_ok_and(|byte| base64url::is_symbol(byte) || byte == b'.')
}
