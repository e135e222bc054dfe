//! Texts passed to the program from outside its window.

use crate::{
    error::{Failure, WireError},
    handovers::Handovers,
};
use engine::named_file::ReadError;
use serde::Serialize;
use std::path::PathBuf;
use tauri::State;

/// Takes a text to inspect, passed with `--inspect` or by `twb inspect --gui`, or the error that kept it from being
/// read. Each is returned once: call this at start and at every event, until it returns null.
#[tauri::command]
#[specta::specta]
pub async fn take_handover(waiting: State<'_, Handovers>) -> Result<Option<String>, WireError> {
    waiting.take().transpose()
}

/// Why a file passed to the program is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum HandoverProblem {
    /// There is no such file.
    Missing {
        /// The file.
        file: String,
    },
    /// It cannot be read, or is not a regular file but a folder or pipe.
    Unreadable {
        /// The file.
        file: String,
        /// The operating system's error.
        system: String,
    },
    /// It has too many bytes.
    TooLarge {
        /// The file.
        file: String,
        /// The limit.
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
