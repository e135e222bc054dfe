//! Texts that were given to the program from outside its window.

use crate::{
    error::{Failure, WireError},
    handovers::Handovers,
};
use engine::named_file::ReadError;
use serde::Serialize;
use std::path::PathBuf;
use tauri::State;

/// A text to inspect that was given with `--inspect` or by `twb inspect --gui`, or why there is none. Each is given
/// once: ask at the start and at every event, until the answer is none.
#[tauri::command]
#[specta::specta]
pub async fn take_handover(waiting: State<'_, Handovers>) -> Result<Option<String>, WireError> {
    waiting.take().transpose()
}

/// Why a file that was given is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum HandoverProblem {
    /// There is no such file.
    Missing {
        /// The file.
        file: String,
    },
    /// It cannot be read, or is none: a folder, a pipe.
    Unreadable {
        /// The file.
        file: String,
        /// What the operating system said.
        system: String,
    },
    /// It has too many bytes.
    TooLarge {
        /// The file.
        file: String,
        /// So many are allowed.
        maximum: u32,
    },
}

impl From<ReadError> for WireError {
    fn from(error: ReadError) -> Self {
        let message = error.to_string();
        let path = |file: PathBuf| file.display().to_string();
        let problem = match error {
            ReadError::Missing(file) => HandoverProblem::Missing { file: path(file) },
            ReadError::Unreadable { file, system } => HandoverProblem::Unreadable { file: path(file), system },
            ReadError::TooLarge { file, limit } => {
                HandoverProblem::TooLarge { file: path(file), maximum: u32::try_from(limit).unwrap_or(u32::MAX) }
            }
        };
        Self::new(Failure::Handover(problem), message)
    }
}
