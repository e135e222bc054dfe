//! The database: opening it again, starting over, and what is to be read about a copy.

use super::workbench::{Workbench, described};
use crate::{
    error::{Details, ErrorCode, WireError},
    state::{self, blocking},
};
use engine::{
    StoreError,
    profile::{OpenError, StartAnewError},
    restore::{Cause, RestoreNotice},
};
use serde::Serialize;
use std::path::Path;
use tauri::{AppHandle, Manager, State};

/// What was done when the database turned out to be a copy, and what it cannot know.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct RestoredView {
    /// How it was noticed.
    pub cause: RestoreCause,
    /// The moment of the last thing the copy knows of, in milliseconds since the Unix epoch; absent if it knows of
    /// none.
    pub since_ms: Option<i64>,
    /// How many sessions were ended.
    pub sessions: u32,
    /// How many recovery codes were used up.
    pub recovery_codes: u32,
    /// How many keys were retired, because the keyring or another database knows them as retired.
    pub retired_keys: u32,
    /// How many keys verify nothing until the keyring has shown that they are still good.
    pub doubted_keys: u32,
}

/// How it was noticed that a database is a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum RestoreCause {
    /// A backup wrote the file.
    Backup,
    /// It is older than what was written down beside it.
    Behind,
    /// Nothing is written down beside it, though it was in use.
    Unmarked,
    /// What is written down beside it belongs to another database.
    ForeignMark,
    /// The whole folder was copied, and the original is still there.
    CopiedFolder,
    /// The whole folder was copied, and no original is left.
    PutBack,
}

/// Remembers that somebody has read what a copy cannot know.
#[tauri::command]
#[specta::specta]
pub async fn confirm_restore(state: State<'_, state::Workbench>) -> Result<(), WireError> {
    state.run(|engine| engine.confirm_restore().map(drop).map_err(store_error)).await
}

/// Puts aside what is left of a profile whose database is missing or damaged, and opens a new one.
#[tauri::command]
#[specta::specta]
pub async fn start_anew(state: State<'_, state::Workbench>) -> Result<(), WireError> {
    let this = state.inner().clone();
    blocking(move || {
        this.profile().start_anew().map_err(start_anew_error)?;
        this.reopen();
        this.check_keyring();
        this.engine().map(drop)
    })
    .await?
}

/// Opens the database again after a failure.
#[tauri::command]
#[specta::specta]
pub async fn retry_store(app: AppHandle) -> Workbench {
    let this = app.state::<state::Workbench>().inner().clone();
    let opened = this.clone();
    // What stops the attempt shows in the answer: the problem is still there.
    let _ = blocking(move || {
        opened.reopen();
        opened.check_keyring()
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

pub(crate) fn open_error(error: OpenError) -> WireError {
    match error {
        OpenError::Store(error) => store_error(error),
        OpenError::Entropy(_) => WireError::new(ErrorCode::Internal, error.to_string()),
    }
}

pub(crate) fn start_anew_error(error: StartAnewError) -> WireError {
    let message = error.to_string();
    match error {
        StartAnewError::Store(error) => store_error(error),
        StartAnewError::Stuck { file, system } => {
            let details =
                Details { file: Some(file.display().to_string()), system: Some(system), ..Details::default() };
            WireError::with(ErrorCode::StoreReadOnly, message, details)
        }
        StartAnewError::Usable | StartAnewError::Nothing | StartAnewError::Ephemeral => {
            WireError::new(ErrorCode::Internal, message)
        }
    }
}

pub(crate) fn store_error(error: StoreError) -> WireError {
    let message = error.to_string();
    let at = |file: &Path, system: Option<String>| Details {
        file: Some(file.display().to_string()),
        system,
        ..Details::default()
    };
    let (code, details) = match error {
        StoreError::ReadOnly { file, system } => (ErrorCode::StoreReadOnly, at(&file, Some(system))),
        StoreError::Full { file } => (ErrorCode::StoreFull, at(&file, None)),
        StoreError::Damaged { file, system } => (ErrorCode::StoreDamaged, at(&file, Some(system))),
        StoreError::Newer { file, found, known } => {
            let details = Details { value: Some(found.to_string()), maximum: Some(known), ..at(&file, None) };
            (ErrorCode::StoreNewer, details)
        }
        StoreError::Busy { file } => (ErrorCode::StoreBusy, at(&file, None)),
        StoreError::Missing { file } => (ErrorCode::StoreMissing, at(&file, None)),
        StoreError::Failed { file, system } => (ErrorCode::StoreFailed, at(&file, Some(system))),
    };
    WireError::with(code, message, details)
}
