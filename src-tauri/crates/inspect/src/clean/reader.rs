//! A text to search for tokens. Facts about the surroundings of one token, such as the end of a run or the start of a
//! line, are needed again for the next one, so they are determined once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::expected_length::ExpectedLength;
use super::find::ends_a_run;
use super::line_joins::{Lead, is_line_end, line_end};
use super::span::is_own;
use jose::steps::walk;

/// How many times the text may be scanned ahead of tokens that end earlier. Where words follow a token that may
/// continue in them, each token scans up to the next one, so that ordinary text needs one or two scans.
const MOST_AHEAD: usize = 3;

/// A run without white space, quotes and brackets.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Run {
    start: usize,
    pub(super) end: usize,
    /// One past the last character that may belong to a token.
    last: usize,
}

impl Run {
    fn of(text: &str, start: usize) -> Run {
        let mut run = Run { start, end: text.len(), last: start };
        for (offset, character) in text[start..].char_indices() {
            if ends_a_run(character) {
                run.end = start + offset;
                break;
            }
            if is_own(character) || matches!(character, '=' | '+' | '/' | '%') {
                run.last = start + offset + character.len_utf8();
            }
        }
        walk(run.end - start);
        run
    }

    /// Where a piece that begins here ends, without the punctuation after it.
    pub(super) fn last_from(&self, at: usize) -> usize {
        self.last.max(at)
    }
}

/// The last line that was requested.
#[derive(Default)]
struct Line {
    start: usize,
    /// No line ends between its start and this position.
    seen: usize,
    lead: Option<Lead>,
}

/// A text with the facts found so far.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    /// The last run that was searched for a token.
    here: Cell<Run>,
    /// The last run that was checked for a token's continuation.
    beyond: Cell<Run>,
    line: RefCell<Line>,
    /// The last header that was read, since the tokens of one text often share one.
    expected: RefCell<Option<(String, Rc<ExpectedLength>)>>,
    /// How many more bytes may be scanned in vain.
    ahead: Cell<usize>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Reader<'a> {
        Reader {
            text,
            here: Cell::default(),
            beyond: Cell::default(),
            line: RefCell::default(),
            expected: RefCell::default(),
            ahead: Cell::new(text.len().saturating_mul(MOST_AHEAD)),
        }
    }

    /// The run at this position, to search for a token.
    pub(super) fn run(&self, at: usize) -> Run {
        self.known(&self.here, at)
    }

    /// The run at this position, in which a token may continue.
    pub(super) fn run_beyond(&self, at: usize) -> Run {
        self.known(&self.beyond, at)
    }

    fn known(&self, last: &Cell<Run>, at: usize) -> Run {
        let known = last.get();
        if known.start <= at && at < known.end {
            return known;
        }
        let run = Run::of(self.text, at);
        last.set(run);
        run
    }

    /// The lead of the line at this position.
    pub(super) fn lead(&self, at: usize) -> Lead {
        let mut line = self.line.borrow_mut();
        if at < line.seen {
            *line = Line::default();
        }
        let unseen = &self.text[line.seen..at];
        walk(unseen.len());
        if let Some(end) = unseen.rfind(is_line_end) {
            line.start = line.seen + end + line_end(&unseen[end..]).unwrap_or_default();
            line.lead = None;
        }
        line.seen = at;
        let start = line.start;
        line.lead.get_or_insert_with(|| Lead::of(&self.text[start..]).0).clone()
    }

    /// What a header segment implies about its token.
    pub(super) fn expected(&self, header: &str) -> Rc<ExpectedLength> {
        let mut last = self.expected.borrow_mut();
        if let Some((known, expected)) = &*last
            && known == header
        {
            return Rc::clone(expected);
        }
        let expected = Rc::new(ExpectedLength::of(header));
        *last = Some((header.to_owned(), Rc::clone(&expected)));
        expected
    }

    /// Takes this many bytes from the budget for vain scans; false if the budget is exhausted. Without it every token
    /// of a hostile text would scan everything after it.
    pub(super) fn may_look(&self, bytes: usize) -> bool {
        let left = self.ahead.get().checked_sub(bytes);
        self.ahead.set(left.unwrap_or_default());
        left.is_some()
    }
}
