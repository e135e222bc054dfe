//! The system clipboard, which the page itself may not read.

use crate::{clipboard::Clipboard, error::WireError, state::blocking};
use tauri::{AppHandle, Manager};

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
