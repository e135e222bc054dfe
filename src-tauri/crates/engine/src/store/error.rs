//! What can be wrong with the database, told apart by what a person can do about it.

use rusqlite::{ErrorCode, types::Type};
use std::path::{Path, PathBuf};

/// Why the database cannot be used. The file is always left as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file or its folder cannot be written.
    #[error("{} cannot be written: {system}", file.display())]
    ReadOnly {
        /// The database.
        file: PathBuf,
        /// What the system said.
        system: String,
    },
    /// The disk is full.
    #[error("No room left to write {}", file.display())]
    Full {
        /// The database.
        file: PathBuf,
    },
    /// The file is no database, another program's, or damaged.
    #[error("{} is damaged or not a Token Workbench database: {system}", file.display())]
    Damaged {
        /// The database.
        file: PathBuf,
        /// What SQLite said.
        system: String,
    },
    /// A newer version of the program wrote the file.
    #[error("{} has schema {found}; this version knows schemas up to {known}", file.display())]
    Newer {
        /// The database.
        file: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest schema this program knows.
        known: u32,
    },
    /// Another process held the write lock too long.
    #[error("Another program keeps {} busy", file.display())]
    Busy {
        /// The database.
        file: PathBuf,
    },
    /// Anything else.
    #[error("{}: {system}", file.display())]
    Failed {
        /// The database.
        file: PathBuf,
        /// What SQLite or the system said.
        system: String,
    },
}

impl StoreError {
    /// Sorts what SQLite said.
    pub(crate) fn sort(error: rusqlite::Error, file: &Path) -> Self {
        let file = file.to_path_buf();
        let system = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::ReadOnly { file, system }
            }
            Some(ErrorCode::DiskFull) => Self::Full { file },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { file, system },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { file },
            _ => Self::Failed { file, system },
        }
    }

    /// Sorts what the file system said.
    pub(crate) fn sort_io(error: &std::io::Error, file: &Path) -> Self {
        use std::io::ErrorKind;
        let file = file.to_path_buf();
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full { file },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { file, system: error.to_string() }
            }
            _ => Self::Failed { file, system: error.to_string() },
        }
    }
}

/// A column whose text cannot be what was written there.
pub(super) fn damaged(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}
