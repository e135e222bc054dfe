//! A text in which tokens are looked for. What one token needs to know of what is around it, the next one needs
//! again: the end of a run, the start of a line. It is found out once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::expected_length::ExpectedLength;
use super::find::ends_a_run;
use super::line_joins::{Lead, is_line_end, line_end};
use super::span::is_own;
use jose::steps::walk;

/// So many times the text may be looked at ahead of tokens that do not go that far. Where words follow a token that may
/// go on in them, each token looks as far as the next one, so that ordinary text takes it once or twice.
const MOST_AHEAD: usize = 3;

/// A stretch without white space, quotes and brackets.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Run {
    start: usize,
    pub(super) end: usize,
    /// One past the last character that a token may have.
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
            if is_own(character) || "=+/%".contains(character) {
                run.last = start + offset + character.len_utf8();
            }
        }
        walk(run.end - start);
        run
    }

    /// Where a piece that begins here ends, if the marks behind it are not its own.
    pub(super) fn last_from(&self, at: usize) -> usize {
        self.last.max(at)
    }
}

/// The line that was asked for last.
#[derive(Default)]
struct Line {
    start: usize,
    /// No line ends between its start and here.
    seen: usize,
    lead: Option<Lead>,
}

/// A text with what was found out about it.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    /// The run in which a token was looked for last.
    here: Cell<Run>,
    /// The run that was looked at last to see whether a token goes on in it.
    beyond: Cell<Run>,
    line: RefCell<Line>,
    /// The header that was read last: the tokens of one text often have the same.
    expected: RefCell<Option<(String, Rc<ExpectedLength>)>>,
    /// How many more bytes may be looked at in vain.
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

    /// The run that this place is in, where a token is looked for.
    pub(super) fn run(&self, at: usize) -> Run {
        self.known(&self.here, at)
    }

    /// The run that this place is in, where a token may go on.
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

    /// What the line that this place is in begins with.
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

    /// What a header segment promises.
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

    /// Takes so many bytes from what may be looked at in vain; false if there is not so much left. Without that end
    /// every token of a hostile text would look at all that follows it.
    pub(super) fn may_look(&self, bytes: usize) -> bool {
        let left = self.ahead.get().checked_sub(bytes);
        self.ahead.set(left.unwrap_or_default());
        left.is_some()
    }
}
