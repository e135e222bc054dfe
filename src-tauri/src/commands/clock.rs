//! The profile's clock.

use crate::{convert, error::WireError, state::Workbench};
use engine::settings::ClockSetting;
use tauri::State;

/// Moves the clock by so many seconds from where it is; back if they are negative.
#[tauri::command]
#[specta::specta]
pub async fn move_clock(state: State<'_, Workbench>, seconds: i64) -> Result<(), WireError> {
    state.run(move |engine| engine.move_clock(seconds).map_err(convert::clock_error)).await
}

/// Lets the clock run as the computer's again.
#[tauri::command]
#[specta::specta]
pub async fn reset_clock(state: State<'_, Workbench>) -> Result<(), WireError> {
    state.run(|engine| engine.set_clock(ClockSetting::Real).map_err(convert::clock_error)).await
}
