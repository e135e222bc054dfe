//! What can go wrong with the database, grouped by what a person can do about it.

use crate::private_file;
use rusqlite::{ErrorCode, types::Type};
use std::{
    io::{ErrorKind, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// Why the database cannot be used. The file is never changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file or its folder cannot be written.
    #[error("{} cannot be written: {system}", file.display())]
    ReadOnly {
        /// The database.
        file: PathBuf,
        /// The system's message.
        system: String,
    },
    /// The disk is full.
    #[error("No room left to write {}", file.display())]
    Full {
        /// The database.
        file: PathBuf,
    },
    /// The profile was in use, but its database is gone.
    #[error(
        "{} is gone, though this profile was in use. Put a backup in its place, or start over: twb profile start-anew",
        file.display()
    )]
    Missing {
        /// The database.
        file: PathBuf,
    },
    /// The file is damaged, not a database, or belongs to another program.
    #[error("{} is damaged or not a Token Workbench database: {system}", file.display())]
    Damaged {
        /// The database.
        file: PathBuf,
        /// SQLite's message.
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
        /// The message of SQLite or the system.
        system: String,
    },
}

impl StoreError {
    /// The affected file.
    pub(super) fn file_mut(&mut self) -> &mut PathBuf {
        match self {
            Self::ReadOnly { file, .. }
            | Self::Full { file }
            | Self::Missing { file }
            | Self::Damaged { file, .. }
            | Self::Newer { file, .. }
            | Self::Busy { file }
            | Self::Failed { file, .. } => file,
        }
    }

    /// Classifies an SQLite error.
    pub(crate) fn sort(error: rusqlite::Error, file: &Path) -> Self {
        let file = file.to_path_buf();
        let system = match &error {
            rusqlite::Error::FromSqlConversionFailure(_, _, why) => why.to_string(),
            error => error.to_string(),
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::CannotOpen) if lacks_room(&file) => Self::Full { file },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::ReadOnly { file, system }
            }
            Some(ErrorCode::DiskFull) => Self::Full { file },
            // SQLite reports a full disk as such only when it writes pages.
            Some(ErrorCode::SystemIoFailure) if lacks_room(&file) => Self::Full { file },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { file, system },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { file },
            _ => Self::Failed { file, system },
        }
    }

    /// Classifies an I/O error.
    pub(crate) fn sort_io(error: &std::io::Error, file: &Path) -> Self {
        let file = file.to_path_buf();
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full { file },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { file, system: error.to_string() }
            }
            ErrorKind::AlreadyExists => Self::Failed { file, system: "there is a file of that name already".into() },
            _ => Self::Failed { file, system: error.to_string() },
        }
    }
}

/// The most SQLite allocates at once: one chunk of shared memory, in bytes.
const PIECE: usize = 32 * 1024;

/// Checks whether the disk has no room for the files beside the database. Probes with a temporary file, writing past
/// the end of the longest database file, because the limit may be one on file length.
fn lacks_room(database: &Path) -> bool {
    let Some(folder) = database.parent().filter(|folder| folder.is_dir()) else { return false };
    let longest = |end: &str| {
        let mut file = database.as_os_str().to_owned();
        file.push(end);
        std::fs::metadata(file).map_or(0, |found| found.len())
    };
    let probe = folder.join(format!("room-{}", std::process::id()));
    let tried = private_file::create_new(&probe).and_then(|mut file| {
        file.seek(SeekFrom::Start(longest("").max(longest("-wal"))))?;
        file.write_all(&[1; PIECE])
    });
    // Ignore a failed removal: nothing depends on the probe.
    let _ = std::fs::remove_file(&probe);
    let kind = tried.as_ref().err().map(std::io::Error::kind);
    matches!(kind, Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge))
}

/// The error for a column whose text is not something we wrote.
pub(crate) fn damaged(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}
