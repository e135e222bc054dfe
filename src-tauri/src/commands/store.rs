//! The database: opening it again, starting over, and the notice about a restored copy.

use super::workbench::{Workbench, described};
use crate::{
    error::{Failure, WireError},
    state::{self, blocking},
};
use engine::{
    StoreError,
    profile::{OpenError, StartAnewError},
    restore::{Cause, RestoreNotice},
};
use serde::Serialize;
use std::path::PathBuf;
use tauri::{AppHandle, Manager, State};

/// What was done when the database turned out to be a copy, and what it cannot know.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct RestoredView {
    /// How the copy was recognised.
    pub cause: RestoreCause,
    /// The time of the copy's newest event, in milliseconds since the Unix epoch; absent if it has none.
    pub since_ms: Option<i64>,
    /// How many sessions were ended.
    pub sessions: u32,
    /// How many recovery codes were used up.
    pub recovery_codes: u32,
    /// How many keys were retired because the keyring or another database has them as retired.
    pub retired_keys: u32,
    /// How many keys verify nothing until the keyring proves that they are still good.
    pub doubted_keys: u32,
}

/// How a database was recognised as a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum RestoreCause {
    /// A backup wrote the file.
    Backup,
    /// It is older than the mark beside it says.
    Behind,
    /// It has no mark beside it, although it was in use.
    Unmarked,
    /// The mark beside it belongs to another database.
    ForeignMark,
    /// The whole folder was copied, and the original is still there.
    CopiedFolder,
    /// The whole folder was copied, and the original is gone.
    PutBack,
}

/// Records that the user has read what a copy cannot know.
#[tauri::command]
#[specta::specta]
pub async fn confirm_restore(state: State<'_, state::AppState>) -> Result<(), WireError> {
    state.run(|engine| engine.confirm_restore().map(drop).map_err(WireError::from)).await
}

/// Moves aside what is left of a profile whose database is missing or damaged, and opens a new one.
/// Returns the folder that it was moved to.
#[tauri::command]
#[specta::specta]
pub async fn start_anew(state: State<'_, state::AppState>) -> Result<String, WireError> {
    let this = state.inner().clone();
    blocking(move |may| {
        let aside = this.profile().start_anew()?;
        this.reopen(may);
        this.check_keyring(may);
        this.engine(may)?;
        Ok(aside.display().to_string())
    })
    .await?
}

/// Opens the database again after a failure.
#[tauri::command]
#[specta::specta]
pub async fn retry_store(app: AppHandle) -> Workbench {
    let this = app.state::<state::AppState>().inner().clone();
    let opened = this.clone();
    // If it fails again, the answer still contains the problem.
    let _ = blocking(move |may| {
        opened.reopen(may);
        opened.check_keyring(may)
    })
    .await;
    described(&this).await
}

impl From<RestoreNotice> for RestoredView {
    fn from(notice: RestoreNotice) -> Self {
        let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            cause: match notice.cause {
                Cause::Backup => RestoreCause::Backup,
                Cause::Behind => RestoreCause::Behind,
                Cause::Unmarked => RestoreCause::Unmarked,
                Cause::ForeignMark => RestoreCause::ForeignMark,
                Cause::CopiedFolder => RestoreCause::CopiedFolder,
                Cause::PutBack => RestoreCause::PutBack,
            },
            since_ms: notice.since.map(|since| since.0),
            sessions: number(notice.sessions),
            recovery_codes: number(notice.recovery_codes),
            retired_keys: number(notice.retired_keys),
            doubted_keys: u32::try_from(notice.doubted_keys).unwrap_or(u32::MAX),
        }
    }
}

/// Why the database cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum StoreProblem {
    /// It cannot be written.
    ReadOnly {
        /// The file.
        file: String,
        /// The operating system's error.
        system: String,
    },
    /// The disk is full.
    Full {
        /// The file.
        file: String,
    },
    /// The profile was in use, but the file is gone.
    Missing {
        /// The file.
        file: String,
    },
    /// The file is damaged.
    Damaged {
        /// The file.
        file: String,
        /// SQLite's error.
        system: String,
    },
    /// It was written by a newer version of the program.
    Newer {
        /// The file.
        file: String,
        /// The file's schema version.
        found: u32,
        /// The newest schema version that this program knows.
        known: u32,
    },
    /// Another process kept it locked for too long.
    Busy {
        /// The file.
        file: String,
    },
    /// It failed in another way.
    Failed {
        /// The file.
        file: String,
        /// SQLite's error.
        system: String,
    },
}

impl From<OpenError> for WireError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Store(error) => error.into(),
            OpenError::Entropy(_) => Self::internal(error.to_string()),
        }
    }
}

impl From<StartAnewError> for WireError {
    fn from(error: StartAnewError) -> Self {
        let message = error.to_string();
        match error {
            StartAnewError::Store(error) => error.into(),
            StartAnewError::Stuck { file, system } => {
                let file = file.display().to_string();
                Self::new(Failure::Store(StoreProblem::ReadOnly { file, system }), message)
            }
            StartAnewError::Usable | StartAnewError::Nothing | StartAnewError::Ephemeral => Self::internal(message),
        }
    }
}

impl From<StoreError> for WireError {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        let path = |file: PathBuf| file.display().to_string();
        let problem = match error {
            StoreError::ReadOnly { file, system } => StoreProblem::ReadOnly { file: path(file), system },
            StoreError::Full { file } => StoreProblem::Full { file: path(file) },
            StoreError::Damaged { file, system } => StoreProblem::Damaged { file: path(file), system },
            StoreError::Newer { file, found, known } => StoreProblem::Newer { file: path(file), found, known },
            StoreError::Busy { file } => StoreProblem::Busy { file: path(file) },
            StoreError::Missing { file } => StoreProblem::Missing { file: path(file) },
            StoreError::Failed { file, system } => StoreProblem::Failed { file: path(file), system },
        };
        Self::new(Failure::Store(problem), message)
    }
}
