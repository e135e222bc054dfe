//! Texts that were given to the program from outside its window.

use crate::{
    error::{Details, ErrorCode, WireError},
    handovers::Handovers,
};
use engine::named_file::ReadError;
use tauri::State;

/// A text to inspect that was given with `--inspect` or by `twb inspect --gui`, or why there is none. Each is given
/// once: ask at the start and at every event, until the answer is none.
#[tauri::command]
#[specta::specta]
pub async fn take_handover(waiting: State<'_, Handovers>) -> Result<Option<String>, WireError> {
    waiting.take().transpose()
}

pub(crate) fn read_error(error: ReadError) -> WireError {
    let message = error.to_string();
    let (code, file, system, maximum) = match &error {
        ReadError::Missing(file) => (ErrorCode::FileMissing, file, None, None),
        ReadError::Unreadable { file, system } => (ErrorCode::FileUnreadable, file, Some(system.clone()), None),
        ReadError::TooLarge { file, limit } => (ErrorCode::FileTooLarge, file, None, u32::try_from(*limit).ok()),
    };
    let file = Some(file.display().to_string());
    WireError::with(code, message, Details { file, system, maximum, ..Details::default() })
}
