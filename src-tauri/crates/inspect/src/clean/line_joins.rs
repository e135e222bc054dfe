//! What separates two pieces of a broken token: a line break, a mail's quote mark, a backslash.

use jose::base64url;
use jose::steps::walk;
use jose::words::list;

/// What joins two pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Space,
    LineBreak,
    /// An escaped `\n`.
    WrittenBreak,
    /// A backslash at the end of a line.
    Backslash,
    /// `=` at the end of a line (quoted-printable, RFC 2045 section 6.7).
    SoftBreak,
    /// `" + "`
    Concatenation,
}

/// A join between two pieces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Join {
    pub(super) kind: Kind,
    /// Where the next piece begins.
    pub(super) next: usize,
    /// How many lines end in it.
    pub(super) breaks: usize,
    /// How many marks or numbers at the start of lines are in it.
    marks: usize,
    numbers: usize,
}

impl Join {
    fn new(kind: Kind, next: usize) -> Join {
        Join { kind, next, breaks: 0, marks: 0, numbers: 0 }
    }

    /// True if a program made it by breaking text; spaces and line breaks may also be typed by people.
    pub(super) fn is_made(&self) -> bool {
        matches!(self.kind, Kind::Backslash | Kind::SoftBreak | Kind::Concatenation)
    }
}

/// The counts of one token's joins.
#[derive(Debug, Default)]
pub(super) struct Joins {
    pub(super) removed: String,
    counts: [usize; 8],
}

impl Joins {
    pub(super) fn add(&mut self, join: &Join, text: &str) {
        self.removed.push_str(text);
        let [breaks, spaces, marks, numbers, written, backslashes, soft, concatenations] = &mut self.counts;
        match join.kind {
            Kind::Space | Kind::LineBreak => {
                *breaks += join.breaks;
                *marks += join.marks;
                *numbers += join.numbers;
                if join.marks + join.numbers == 0 {
                    *spaces += text.chars().filter(|character| !is_line_end(*character)).count();
                }
            }
            Kind::WrittenBreak => *written += 1,
            Kind::Backslash => *backslashes += 1,
            Kind::SoftBreak => *soft += 1,
            Kind::Concatenation => *concatenations += 1,
        }
    }

    /// True if there is white space among them that no mail program or source code explains.
    pub(super) fn are_white_space(&self) -> bool {
        let [breaks, spaces, marks, numbers, written, ..] = self.counts;
        spaces + written > 0 || (breaks > 0 && marks + numbers == 0)
    }

    /// "Removed 2 line breaks and 1 space inside the token"; `None` if there are none.
    pub(super) fn message(&self) -> Option<String> {
        const NOUNS: [&str; 8] = [
            "line break",
            "space",
            "mark",
            "line number",
            "written-out line break",
            "backslash",
            "soft line break",
            "string concatenation",
        ];
        let counted: Vec<String> =
            NOUNS.iter().zip(self.counts).filter(|(_, count)| *count > 0).map(|(noun, n)| counted(n, noun)).collect();
        (!counted.is_empty()).then(|| format!("Removed {} inside the token", list(&counted)))
    }
}

/// "1 space", "2 spaces".
pub(super) fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ if noun.ends_with("sh") => format!("{count} {noun}es"),
        _ => format!("{count} {noun}s"),
    }
}

/// The join at this position of the text, if a piece follows it. `lead` is what each line starts with.
pub(super) fn after(text: &str, at: usize, lead: &Lead) -> Option<Join> {
    let rest = text.get(at..)?;
    let join = match rest.chars().next()? {
        '"' | '\'' | '`' => concatenation(text, at)?,
        '=' => Join::new(Kind::SoftBreak, at + 1 + line_end(&rest[1..])?),
        '\\' => match line_end(&rest[1..]) {
            Some(length) => Join::new(Kind::Backslash, past_spaces(text, at + 1 + length)),
            None => written_break(text, at)?,
        },
        character if character.is_whitespace() => {
            line_break(text, at, lead).or_else(|| Some(Join::new(Kind::Space, past_spaces(text, at))))?
        }
        _ => return None,
    };
    let follows = text.as_bytes().get(join.next).is_some_and(|byte| base64url::is_symbol(*byte) || *byte == b'.');
    follows.then_some(join)
}

fn line_break(text: &str, at: usize, lead: &Lead) -> Option<Join> {
    let mut join = Join::new(Kind::LineBreak, at);
    loop {
        let end = past_spaces(text, join.next);
        let Some(length) = line_end(&text[end..]) else { break };
        join.breaks += 1;
        join.next = end + length;
        let (own, marks) = Lead::of(&text[join.next..]);
        if own.shape == lead.shape && !own.shape.is_empty() {
            join.next += marks;
            match own.shape.contains('0') {
                true => join.numbers += 1,
                false => join.marks += 1,
            }
        }
    }
    join.next = past_spaces(text, join.next);
    (join.breaks > 0).then_some(join)
}

/// `" +` and a quote on the next line, or `" "` on the same one: string concatenation in most languages.
fn concatenation(text: &str, at: usize) -> Option<Join> {
    let quote = &text[at..=at];
    let mut next = at + 1;
    let (mut is_added, mut breaks) = (false, 0);
    loop {
        walk(1);
        next = past_spaces(text, next);
        let rest = &text[next..];
        if let Some(length) = line_end(rest) {
            (breaks, next) = (breaks + 1, next + length);
        } else if !is_added && rest.starts_with(['+', '.', '&', '\\']) {
            (is_added, next) = (true, next + 1);
        } else if is_added && rest.starts_with('_') {
            // Visual Basic's line continuation.
            next += 1;
        } else {
            let is_one = rest.starts_with(quote) && breaks < 3 && (is_added || breaks > 0);
            return is_one.then(|| Join::new(Kind::Concatenation, next + 1));
        }
    }
}

fn written_break(text: &str, at: usize) -> Option<Join> {
    let mut rest = &text[at..];
    let mut is_one = false;
    while let Some(shorter) = ["\\r", "\\n", "\\\\r", "\\\\n"].into_iter().find_map(|sign| rest.strip_prefix(sign)) {
        (rest, is_one) = (shorter, true);
    }
    walk(text.len() - at - rest.len());
    is_one.then(|| Join::new(Kind::WrittenBreak, past_spaces(text, text.len() - rest.len())))
}

/// What every line of a quoted or numbered text starts with, with numbers replaced by zero: `>`, `>>`, `0|`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lead {
    shape: String,
}

impl Lead {
    /// The most marks at the start of a line.
    const MOST: usize = 8;

    /// The lead of a line, and its length.
    pub(super) fn of(line: &str) -> (Lead, usize) {
        let mut lead = Lead::default();
        let (mut end, mut at) = (0, 0);
        while lead.shape.chars().count() < 2 * Lead::MOST {
            at = past_spaces(line, at);
            let Some(next) = line[at..].chars().next() else { break };
            if is_mark(next) {
                lead.shape.push(next);
                at += next.len_utf8();
            } else if next.is_ascii_digit() {
                let digits = line[at..].bytes().take(10).take_while(u8::is_ascii_digit).count();
                let is_column = line[at + digits..].starts_with('\t');
                at = if is_column { at + digits } else { past_spaces(line, at + digits) };
                let Some(mark) = line[at..].chars().next().filter(|next| is_mark(*next) || "\t:)".contains(*next))
                else {
                    break;
                };
                lead.shape.extend(['0', mark]);
                at += mark.len_utf8();
            } else {
                break;
            }
            end = past_spaces(line, at);
        }
        (lead, end)
    }
}

/// The characters that mails, comments and listings put in front of a line; not `-` and `_`, which are base64url
/// symbols.
fn is_mark(character: char) -> bool {
    matches!(character, '>' | '|' | '#' | '*' | '/' | '│' | '┃')
}

pub(super) fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The length of the line break that the text starts with.
pub(super) fn line_end(text: &str) -> Option<usize> {
    if text.starts_with("\r\n") {
        return Some(2);
    }
    text.chars().next().filter(|first| is_line_end(*first)).map(char::len_utf8)
}

/// The position after white space without line breaks.
fn past_spaces(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let kept = rest.trim_start_matches(|character: char| character.is_whitespace() && !is_line_end(character));
    walk(rest.len() - kept.len());
    at + rest.len() - kept.len()
}
