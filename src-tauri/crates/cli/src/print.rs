//! Printing: aligned columns and JSON on standard output.

use crate::Outcome;
use engine::clock::Timestamp as Moment;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use std::io::{self, ErrorKind, Write};

/// Prints text. A reader that has gone away (`twb … | head`) is not an error.
pub(crate) fn text(text: &str) -> anyhow::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints JSON, for people to read and programs to parse.
pub(crate) fn json(value: &Value) -> anyhow::Result<()> {
    text(&format!("{value:#}\n"))
}

/// Prints an answer in the form that was asked for.
pub(crate) fn answer(as_json: bool, value: &Value, words: &str) -> anyhow::Result<Outcome> {
    if as_json {
        json(value)?
    } else {
        text(words)?
    }
    Ok(Outcome::Done)
}

/// Rows under a head, in columns.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let rows: Vec<_> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    columns("", &rows)
}

/// Names and what belongs to them, in columns.
pub(crate) fn pairs<const N: usize>(pairs: [(&str, String); N]) -> String {
    columns("", &pairs.map(|(name, value)| [name.to_owned(), value]))
}

/// Rows in columns as wide as their widest cell, two spaces apart; the last column is not padded.
pub(crate) fn columns<const N: usize>(indent: &str, rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let mut out = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect::<Vec<_>>();
        out.push_str(indent);
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

/// A time in the computer's zone: `2026-11-23 14:30:04 +01`. Whatever cannot be a date stays a number.
pub(crate) fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(
        |_| seconds.to_string(),
        |time| time.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string(),
    )
}

/// The engine's time, as [`time`] has it.
pub(crate) fn moment(at: Moment) -> String {
    time(at.seconds())
}

/// Text that somebody else wrote, without signs that would steer a terminal.
pub(crate) fn visible(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
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
    fn a_time_beyond_the_calendar_stays_a_number() {
        assert_eq!(time(i64::MAX), i64::MAX.to_string());
    }
}
