//! The system clipboard, which the page itself may not read.

use crate::{clipboard::Clipboard, error::WireError, state::blocking};
use serde::Serialize;
use tauri::{AppHandle, Manager};

/// Why reading or writing the clipboard failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ClipboardProblem {
    /// The clipboard holds no text.
    Empty,
    /// The clipboard did not accept the text.
    Failed,
}

/// Returns the text on the clipboard.
#[tauri::command]
#[specta::specta]
pub async fn read_clipboard(app: AppHandle) -> Result<String, WireError> {
    blocking(move |_| app.state::<Clipboard>().read()).await?
}

/// Copies a text, kept out of clipboard histories. For a secret, returns after how many seconds it will be cleared.
#[tauri::command]
#[specta::specta]
pub async fn copy_text(app: AppHandle, text: String) -> Result<Option<u32>, WireError> {
    blocking(move |_| app.state::<Clipboard>().copy(text)).await?
}

/// Copies a text that is a secret whatever it looks like. Returns after how many seconds it will be cleared.
#[tauri::command]
#[specta::specta]
pub async fn copy_secret(app: AppHandle, text: String) -> Result<Option<u32>, WireError> {
    blocking(move |_| app.state::<Clipboard>().copy_secret(text)).await?
}
