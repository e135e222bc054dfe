//! Texts that were given to the program from outside its window.

use crate::{error::WireError, handovers::Handovers};
use tauri::State;

/// A text to inspect that was given with `--inspect` or by `twb inspect --gui`, or why there is none. Each is given
/// once: ask at the start and at every event, until the answer is none.
#[tauri::command]
#[specta::specta]
pub async fn take_handover(waiting: State<'_, Handovers>) -> Result<Option<String>, WireError> {
    waiting.take().transpose()
}
