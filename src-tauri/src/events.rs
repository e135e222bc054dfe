//! What the window is told without asking.

use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager};
use tauri_specta::Event;

/// Something the window shows has changed, here or in another process that uses the same profile.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub struct WorkbenchChanged {
    /// What to ask for again.
    pub what: Changed,
}

/// A text waits to be inspected: ask for it with `take_handover`.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub struct HandedOver;

/// The part of the state that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// Anything in the database.
    Data,
    /// The state of the keyring or of the database file.
    Health,
}

/// Tells the window something. A window that is not there yet, or just closing, cannot be told, and need not be.
pub fn tell(app: &AppHandle, event: impl Event + Clone + Serialize) {
    if app.webview_windows().is_empty() {
        return;
    }
    if let Err(error) = event.emit(app) {
        tracing::warn!(%error, "the window was not told of an event");
    }
}
