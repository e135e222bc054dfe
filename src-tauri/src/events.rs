//! What the window is told without asking.

use serde::{Deserialize, Serialize};

/// Something the window shows has changed, here or in another process that uses the same profile.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub struct WorkbenchChanged {
    /// What to ask for again.
    pub what: Changed,
}

/// The part of the state that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// Anything in the database.
    Data,
    /// The state of the keyring or of the database file.
    Health,
}
