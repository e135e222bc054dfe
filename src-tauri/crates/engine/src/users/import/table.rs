//! Reading a file of users: CSV, a JSON array, or JSON Lines.

use serde_json::Value;

/// The largest file, in bytes.
pub const LARGEST_IMPORT: usize = 5_000_000;
/// The most users in a file.
pub const MOST_IMPORTED: usize = 10_000;
/// The most columns of a file.
pub const MOST_IMPORT_COLUMNS: usize = 50;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportFormat {
    /// Columns, with this byte between them.
    Csv(u8),
    /// A JSON array of objects.
    Json,
    /// A JSON object on each line.
    JsonLines,
}

/// A file of users, cell by cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportTable {
    /// Its form.
    pub format: ImportFormat,
    /// The columns' names.
    pub columns: Vec<String>,
    /// The rows.
    pub(super) rows: Vec<Row>,
}

/// One user of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The line that it begins in, from 1; in a JSON array, its place.
    pub(super) line: u64,
    /// A cell for each column, or what is wrong with the row.
    pub(super) cells: Result<Vec<String>, RowProblem>,
}

/// What is wrong with a row as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowProblem {
    /// It has another number of fields than the header.
    #[error("The line has {found} fields, the header {expected}")]
    Fields {
        /// How many it has.
        found: usize,
        /// How many the header has.
        expected: usize,
    },
    /// It is not a JSON object.
    #[error("The line is not a JSON object")]
    NotAnObject,
}

/// Why a file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportFileError {
    /// It has more than [`LARGEST_IMPORT`] bytes or [`MOST_IMPORTED`] users.
    #[error("The file has more than 10,000 users or 5 MB")]
    TooLarge,
    /// It has no users.
    #[error("The file has no users")]
    Empty,
    /// It is not JSON, though it begins as JSON does.
    #[error("The file is not readable as JSON: {0}")]
    Json(String),
    /// It is not CSV.
    #[error("The file is not readable as CSV: {0}")]
    Csv(String),
    /// Two columns have the same name, or there are more than [`MOST_IMPORT_COLUMNS`].
    #[error("The column \"{0}\" stands twice, or there are more than {MOST_IMPORT_COLUMNS}")]
    Columns(String),
}

impl ImportTable {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ImportFileError`]
    pub fn read(text: &str) -> Result<Self, ImportFileError> {
        if text.len() > LARGEST_IMPORT {
            return Err(ImportFileError::TooLarge);
        }
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let table = match text.trim_start().bytes().next() {
            None => return Err(ImportFileError::Empty),
            Some(b'[') => Self::of_json(text)?,
            Some(b'{') => Self::of_json_lines(text),
            Some(_) => Self::of_csv(text)?,
        };
        let twice = |(at, name): (usize, &String)| table.columns[..at].contains(name);
        if let Some((_, name)) = table.columns.iter().enumerate().find(|&(at, name)| twice((at, name))) {
            return Err(ImportFileError::Columns(name.clone()));
        }
        match table.rows.len() {
            _ if table.columns.len() > MOST_IMPORT_COLUMNS => Err(ImportFileError::Columns(table.columns[0].clone())),
            0 => Err(ImportFileError::Empty),
            rows if rows > MOST_IMPORTED => Err(ImportFileError::TooLarge),
            _ => Ok(table),
        }
    }

    fn of_csv(text: &str) -> Result<Self, ImportFileError> {
        // The reader counts a record's line before it has skipped the second half of a CRLF.
        let text = text.replace("\r\n", "\n");
        let header = text.lines().next().unwrap_or_default();
        let often = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
        let separator = *[b',', b';', b'\t'].iter().max_by_key(|separator| often(separator)).unwrap_or(&b',');
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
        let failed = |error: csv::Error| ImportFileError::Csv(error.to_string());
        let columns: Vec<String> = reader.headers().map_err(failed)?.iter().map(|name| name.trim().into()).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(failed)?;
            let line = record.position().map_or(0, csv::Position::line);
            let cells: Vec<String> = record.iter().map(|cell| cell.trim().into()).collect();
            let (found, expected) = (cells.len(), columns.len());
            let cells = if found == expected { Ok(cells) } else { Err(RowProblem::Fields { found, expected }) };
            rows.push(Row { line, cells });
        }
        Ok(Self { format: ImportFormat::Csv(separator), columns, rows })
    }

    fn of_json(text: &str) -> Result<Self, ImportFileError> {
        let values: Vec<Value> =
            serde_json::from_str(text).map_err(|error| ImportFileError::Json(error.to_string()))?;
        Ok(Self::of_values(ImportFormat::Json, (1..).zip(values.into_iter().map(Some))))
    }

    fn of_json_lines(text: &str) -> Self {
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        Self::of_values(ImportFormat::JsonLines, lines.map(|(at, line)| (at, serde_json::from_str(line).ok())))
    }

    fn of_values(format: ImportFormat, values: impl Iterator<Item = (u64, Option<Value>)>) -> Self {
        let values: Vec<(u64, Option<Value>)> = values.collect();
        let mut columns: Vec<String> = Vec::new();
        for name in values.iter().filter_map(|(_, value)| value.as_ref()?.as_object()).flat_map(|object| object.keys())
        {
            if columns.len() <= MOST_IMPORT_COLUMNS && !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        let row = |(line, value): (u64, Option<Value>)| Row {
            line,
            cells: match value.as_ref().and_then(Value::as_object) {
                Some(object) => Ok(columns.iter().map(|name| cell(object.get(name))).collect()),
                None => Err(RowProblem::NotAnObject),
            },
        };
        Self { format, rows: values.into_iter().map(row).collect(), columns }
    }
}

/// The text of a JSON value; the words of a list are separated by spaces, as scopes are.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Array(items)) => items.iter().map(|item| cell(Some(item))).collect::<Vec<_>>().join(" "),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(table: &ImportTable) -> Vec<Vec<String>> {
        table.rows.iter().map(|row| row.cells.clone().unwrap()).collect()
    }

    #[test]
    fn the_same_users_are_read_from_every_format() {
        let files = [
            "\u{FEFF}login,roles\r\nalice,items:read items:write\r\n\"bob\",\r\n",
            "login;roles\nalice;items:read items:write\nbob;\n",
            "login\troles\nalice\titems:read items:write\nbob\t\n",
            r#"[{"login": "alice", "roles": ["items:read", "items:write"]}, {"login": "bob", "roles": null}]"#,
            "{\"login\": \"alice\", \"roles\": \"items:read items:write\"}\n\n{\"login\": \"bob\"}\n",
        ];
        for file in files {
            let table = ImportTable::read(file).unwrap();
            assert_eq!(table.columns, ["login", "roles"], "{file}");
            assert_eq!(cells(&table), [["alice", "items:read items:write"], ["bob", ""]], "{file}");
        }
        let lines: Vec<u64> = ImportTable::read(files[0]).unwrap().rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 3]);
    }

    #[test]
    fn what_cannot_be_read_is_said_for_the_file_or_for_its_line() {
        assert_eq!(ImportTable::read(" \n"), Err(ImportFileError::Empty));
        assert_eq!(ImportTable::read("login,roles\n"), Err(ImportFileError::Empty));
        assert!(matches!(ImportTable::read("[{]"), Err(ImportFileError::Json(_))));
        assert_eq!(ImportTable::read("a,a\n1,2\n"), Err(ImportFileError::Columns("a".into())));
        assert_eq!(ImportTable::read(&"a\n".repeat(10_002)), Err(ImportFileError::TooLarge));
        assert_eq!(ImportTable::read(&"x".repeat(LARGEST_IMPORT + 1)), Err(ImportFileError::TooLarge));
        let table = ImportTable::read("login,roles\nalice\nbob,x\n").unwrap();
        assert_eq!(table.rows[0].cells, Err(RowProblem::Fields { found: 1, expected: 2 }));
        let table = ImportTable::read("{\"login\": 1}\n{\n[]\n").unwrap();
        assert_eq!(table.rows[1].cells, Err(RowProblem::NotAnObject));
        assert_eq!(table.rows[2].cells, Err(RowProblem::NotAnObject));
    }
}
