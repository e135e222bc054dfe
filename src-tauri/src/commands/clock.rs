//! The profile's clock.

use super::store::store_error;
use crate::{
    error::{ErrorCode, WireError},
    state::Workbench,
};
use engine::settings::{ClockError, ClockSetting};
use tauri::State;

/// Moves the clock by so many seconds from where it is; back if they are negative.
#[tauri::command]
#[specta::specta]
pub async fn move_clock(state: State<'_, Workbench>, seconds: i64) -> Result<(), WireError> {
    state.run(move |engine| engine.move_clock(seconds).map_err(clock_error)).await
}

/// Lets the clock run as the computer's again.
#[tauri::command]
#[specta::specta]
pub async fn reset_clock(state: State<'_, Workbench>) -> Result<(), WireError> {
    state.run(|engine| engine.set_clock(ClockSetting::Real).map_err(clock_error)).await
}

/// Why the clock was not moved.
pub(crate) fn clock_error(error: ClockError) -> WireError {
    match error {
        ClockError::OutOfRange => WireError::new(ErrorCode::ClockOutOfRange, error.to_string()),
        ClockError::Store(error) => store_error(error),
    }
}
