//! Printing. All output of `twb` goes through here, so that no character of a name, file or command line can control
//! the terminal: invisible characters and those that change the text direction are escaped, in JSON with JSON's own
//! escapes.

use crate::Outcome;
use engine::clock::Timestamp as Moment;
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use serde_json::Value;
use std::{
    borrow::Cow,
    io::{self, ErrorKind, Write},
};

/// The output format of a command.
pub(crate) struct Form {
    /// Print JSON instead of text.
    pub(crate) as_json: bool,
    /// The moved clock, if the output depends on it.
    pub(crate) moved: Option<Moved>,
}

/// A moved clock.
pub(crate) struct Moved {
    /// One sentence.
    pub(crate) words: String,
    /// As `twb clock show --json`.
    pub(crate) json: Value,
}

impl Form {
    /// Warns on standard error that the clock is moved: text and lists on standard output have no place for it.
    pub(crate) fn warn(&self) {
        if let Some(moved) = &self.moved {
            complain(&moved.words);
        }
    }
}

/// Prints text. A reader that has gone away (`twb … | head`) is not an error.
pub(crate) fn text(text: &str) -> anyhow::Result<()> {
    match io::stdout().lock().write_all(jose::visible_lines(text).as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints JSON text, for people to read and programs to parse.
pub(crate) fn json(json: String) -> anyhow::Result<()> {
    // Outside strings these are white space; inside strings JSON does not allow them.
    text(&jose::escaped_json(json).replace(['\r', '\t'], " "))
}

/// Prints a value as JSON text.
pub(crate) fn json_of(value: &impl Serialize) -> anyhow::Result<()> {
    json(format!("{}\n", serde_json::to_string_pretty(value)?))
}

/// Prints an answer in the requested format.
pub(crate) fn answer(form: &Form, value: &Value, words: &str) -> anyhow::Result<Outcome> {
    if !form.as_json {
        form.warn();
        text(words)?;
    } else if let (Some(moved), Value::Object(members)) = (&form.moved, value) {
        let mut members = members.clone();
        members.insert("clock".to_owned(), moved.json.clone());
        json(format!("{:#}\n", Value::Object(members)))?;
    } else {
        form.warn();
        json(format!("{value:#}\n"))?;
    }
    Ok(Outcome::Done)
}

/// Prints one sentence on standard error.
pub(crate) fn complain(sentence: &str) {
    lines_on_stderr(&format!("twb: {}\n", jose::visible(sentence)));
}

/// Prints lines on standard error.
pub(crate) fn lines_on_stderr(lines: &str) {
    // If this fails too, there is nowhere left to report it.
    let _ = io::stderr().lock().write_all(jose::visible_lines(lines).as_bytes());
}

/// A table: a header and rows, aligned in columns.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let rows: Vec<_> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    columns("", &rows)
}

/// Names and values, aligned in columns.
pub(crate) fn pairs<const N: usize>(pairs: [(&str, String); N]) -> String {
    columns("", &pairs.map(|(name, value)| [name.to_owned(), value]))
}

/// The maximum width of a column, in characters.
const WIDEST: usize = 80;

/// Rows in columns as wide as their widest cell, separated by two spaces; the last column is not padded.
pub(crate) fn columns<const N: usize>(indent: &str, rows: &[[String; N]]) -> String {
    columns_within([WIDEST; N], indent, rows)
}

/// Like [`columns`], with a maximum width for each column, in characters. A longer cell sticks out of its own row
/// without padding the others, so that one long cell does not fill a page with spaces.
pub(crate) fn columns_within<const N: usize>(widest: [usize; N], indent: &str, rows: &[[String; N]]) -> String {
    // A line break in a cell would look like a new row.
    let rows: Vec<[Cow<'_, str>; N]> =
        rows.iter().map(|row| std::array::from_fn(|column| jose::visible(&row[column]))).collect();
    let lengths: Vec<[usize; N]> =
        rows.iter().map(|row| std::array::from_fn(|column| row[column].chars().count())).collect();
    let width = |column: usize| {
        let fitting = lengths.iter().map(|row| row[column]).filter(|length| *length <= widest[column]);
        fitting.max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut out = String::new();
    for (row, lengths) in rows.iter().zip(&lengths) {
        out.push_str(indent);
        let start = out.len();
        // Pad by hand: a width in a format string is limited to sixteen bits and panics beyond that.
        let mut spaces = 0;
        for ((cell, length), width) in row.iter().zip(lengths).zip(widths) {
            out.extend(std::iter::repeat_n(' ', spaces));
            out.push_str(cell);
            spaces = width.saturating_sub(*length) + 2;
        }
        out.truncate(start + out[start..].trim_end().len());
        out.push('\n');
    }
    out
}

/// Joins a text into one line: each line break, with the indentation around it, becomes one space. A carriage return
/// would let the rest overwrite the beginning.
pub(crate) fn on_one_line(text: &str) -> String {
    const BREAKS: [char; 3] = ['\n', '\r', '\t'];
    if !text.contains(BREAKS) {
        return text.to_owned();
    }
    text.split(BREAKS).map(|line| line.trim_matches(' ')).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The first `limit` characters of a text; if it is longer, also its length: `… (66,000 characters)`.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], grouped(text.chars().count())),
    }
}

/// A number with thousands separators: `66,000`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A time in the local time zone: `2026-11-23 14:30:04 +01`. A value that is out of range stays a number.
pub(crate) fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(
        |_| seconds.to_string(),
        |time| time.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string(),
    )
}

/// An engine time, formatted like [`time`].
pub(crate) fn moment(at: Moment) -> String {
    time(at.seconds())
}

/// A moment for programs: `2026-11-23T14:30:04.123Z`. A value that is out of range is a number of milliseconds.
pub(crate) fn rfc3339(at: Moment) -> String {
    Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |time| format!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_leave_no_white_space_behind() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        assert_eq!(columns("  ", &[row("a", "1"), row("ünï", ""), row("b", "22")]), "  a    1\n  ünï\n  b    22\n");
    }

    #[test]
    fn no_cell_steers_the_terminal_or_becomes_a_row() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        let rows = [row("a\u{202E}\n", "1"), row("b", "\u{1B}[31m")];
        assert_eq!(columns("", &rows), "a\\u{202E}\\u{A}  1\nb               \\u{1B}[31m\n");
    }

    #[test]
    fn a_long_cell_pads_no_other_and_a_very_long_one_panics_nowhere() {
        let row = |a: &str, b: &str, c: &str| [a.to_owned(), b.to_owned(), c.to_owned()];
        let rows = [row("a", "1", "one"), row("b", "12345", "two"), row("long", "", "three")];
        assert_eq!(columns_within([3, 4, 4], "", &rows), "a  1  one\nb  12345  two\nlong     three\n");
        let long = "x".repeat(70_000);
        assert_eq!(columns("", &[row(&long, &long, "z"), row("a", "b", "c")]), format!("{long}  {long}  z\na  b  c\n"));
    }

    #[test]
    fn a_long_text_is_cut_and_says_how_long_it_is() {
        assert_eq!(cut("ünï", 3), "ünï");
        assert_eq!(cut(&"é".repeat(66_000), 2), "éé… (66,000 characters)");
        assert_eq!([0, 999, 1_000, 1_048_576].map(grouped), ["0", "999", "1,000", "1,048,576"]);
    }

    #[test]
    fn no_line_break_gets_out_of_a_cell() {
        assert_eq!(on_one_line("[\r\n  \"a  b\",\n\t\"c\"\r\n]"), "[ \"a  b\", \"c\" ]");
        assert_eq!(on_one_line(" as it was "), " as it was ");
    }

    #[test]
    fn a_time_beyond_the_calendar_stays_a_number() {
        assert_eq!(time(i64::MAX), i64::MAX.to_string());
    }
}
