//! The system clipboard, which the page itself may not read.

use crate::{clipboard::Clipboard, error::WireError, state::blocking};
use serde::Serialize;
use tauri::{AppHandle, Manager};

/// Why there is no text, or none was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ClipboardProblem {
    /// The clipboard holds no text.
    Empty,
    /// The clipboard did not take the text.
    Failed,
}

/// The text on the clipboard.
#[tauri::command]
#[specta::specta]
pub async fn read_clipboard(app: AppHandle) -> Result<String, WireError> {
    blocking(move || app.state::<Clipboard>().read()).await?
}

/// Puts text on the clipboard, kept out of clipboard histories. A secret is taken off again: the answer is after how
/// many seconds.
#[tauri::command]
#[specta::specta]
pub async fn copy_text(app: AppHandle, text: String) -> Result<Option<u32>, WireError> {
    blocking(move || app.state::<Clipboard>().copy(text)).await?
}
