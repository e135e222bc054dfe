//! Why users are not imported or exported.

use crate::{
    commands::number,
    error::{Failure, WireError, limit},
};
use engine::users::{ImportFileError, LineProblem, MOST_CLEAR, RowProblem, UserImportError};
use serde::Serialize;

/// Why a file or a line of it is not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ImportProblem {
    /// The file is too large.
    TooLarge,
    /// The file has no users.
    Empty,
    /// The file is not JSON or CSV.
    Unreadable {
        /// What the reader says.
        system: String,
    },
    /// A column stands twice, or there are too many.
    Columns {
        /// The column.
        column: String,
    },
    /// No column holds the username, or two hold the same.
    Fields,
    /// Too many passwords in clear text.
    TooManyPasswords {
        /// The limit.
        maximum: u32,
    },
    /// The profile has changed since the plan was shown.
    Changed,
    /// No line can be imported.
    Nothing,
    /// The line has another number of fields than the header.
    LineFields {
        /// How many it has.
        found: u32,
        /// How many the header has.
        expected: u32,
    },
    /// The line is not a JSON object.
    LineNoObject,
    /// An earlier line has the same username.
    LineTwice {
        /// That line.
        line: u32,
    },
    /// The file could not be written.
    NotWritten {
        /// The file.
        file: String,
        /// What the system says.
        system: String,
    },
}

impl From<ImportFileError> for WireError {
    fn from(error: ImportFileError) -> Self {
        let message = error.to_string();
        let problem = match error {
            ImportFileError::TooLarge => ImportProblem::TooLarge,
            ImportFileError::Empty => ImportProblem::Empty,
            ImportFileError::Json(system) | ImportFileError::Csv(system) => ImportProblem::Unreadable { system },
            ImportFileError::Columns(column) => ImportProblem::Columns { column },
        };
        Self::new(Failure::Import(problem), message)
    }
}

impl From<UserImportError> for WireError {
    fn from(error: UserImportError) -> Self {
        let message = error.to_string();
        let problem = match error {
            UserImportError::Fields => ImportProblem::Fields,
            UserImportError::TooManyPasswords => ImportProblem::TooManyPasswords { maximum: limit(MOST_CLEAR) },
            UserImportError::Changed => ImportProblem::Changed,
            UserImportError::Nothing => ImportProblem::Nothing,
            UserImportError::Hash(_) => return Self::internal(message),
            UserImportError::Store(error) => return error.into(),
        };
        Self::new(Failure::Import(problem), message)
    }
}

impl From<LineProblem> for WireError {
    fn from(problem: LineProblem) -> Self {
        let message = problem.to_string();
        let problem = match problem {
            LineProblem::User(error) => return error.into(),
            LineProblem::Row(RowProblem::Fields { found, expected }) => {
                ImportProblem::LineFields { found: limit(found), expected: limit(expected) }
            }
            LineProblem::Row(RowProblem::NotAnObject) => ImportProblem::LineNoObject,
            LineProblem::Twice { line } => ImportProblem::LineTwice { line: number(line) },
        };
        Self::new(Failure::Import(problem), message)
    }
}
