//! Inspecting whatever was pasted.

use crate::{error::WireError, state::Workbench};
use jose::report::Report;
use tauri::State;

/// Says what a text is, who signed it and whether a server would take it, with this profile's keys and users.
#[tauri::command]
#[specta::specta]
pub async fn inspect(state: State<'_, Workbench>, text: String) -> Result<Report, WireError> {
    state.run(move |engine| Ok(engine.inspect(&text))).await
}
