//! How the window looks.

use crate::{
    appearance::{Appearance, Look, Shown},
    error::WireError,
    window,
};
use tauri::{AppHandle, State};

/// How the window looks.
#[tauri::command]
#[specta::specta]
pub fn appearance(look: State<'_, Look>) -> Shown {
    look.shown()
}

/// Changes how the window looks, and remembers it for every profile of this computer.
#[tauri::command]
#[specta::specta]
pub fn set_appearance(app: AppHandle, look: State<'_, Look>, appearance: Appearance) -> Result<(), WireError> {
    let wrong = |error: String| WireError::internal(error);
    window::set_text_size(&app, appearance.text_size).map_err(|error| wrong(error.to_string()))?;
    look.keep(appearance).map_err(|error| wrong(error.to_string()))
}
