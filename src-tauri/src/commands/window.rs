//! How the window shows the page.

use crate::{error::WireError, window};
use tauri::AppHandle;

/// Shows the page's text at this percentage of its usual size, from half to twice of it.
#[tauri::command]
#[specta::specta]
pub fn set_text_size(app: AppHandle, percent: u32) -> Result<(), WireError> {
    window::set_text_size(&app, percent).map_err(|error| WireError::internal(error.to_string()))
}
