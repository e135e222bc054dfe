//! The system clipboard, which the page itself may not read.

use crate::{
    error::{ErrorCode, WireError},
    state::blocking,
};
use tauri::AppHandle;
use tauri_plugin_clipboard_manager::ClipboardExt;

/// The text on the clipboard.
#[tauri::command]
#[specta::specta]
pub async fn read_clipboard(app: AppHandle) -> Result<String, WireError> {
    let text = blocking(move || app.clipboard().read_text()).await?;
    text.map_err(|error| WireError::new(ErrorCode::ClipboardEmpty, error.to_string()))
}

/// Puts text on the clipboard, kept out of clipboard histories.
#[tauri::command]
#[specta::specta]
pub async fn copy_text(app: AppHandle, text: String) -> Result<(), WireError> {
    let written = blocking(move || app.clipboard().write_secret(text)).await?;
    written.map_err(|error| WireError::new(ErrorCode::ClipboardFailed, error.to_string()))
}
