//! The profile's clock.

use crate::{
    error::{Failure, WireError},
    state::AppState,
};
use engine::settings::{ClockError, ClockSetting};
use serde::Serialize;
use tauri::State;

/// Moves the clock by this many seconds from its current time; back if negative.
#[tauri::command]
#[specta::specta]
pub async fn move_clock(state: State<'_, AppState>, seconds: i64) -> Result<(), WireError> {
    state.run(move |engine| engine.move_clock(seconds).map_err(WireError::from)).await
}

/// Makes the clock follow the computer's again.
#[tauri::command]
#[specta::specta]
pub async fn reset_clock(state: State<'_, AppState>) -> Result<(), WireError> {
    state.run(|engine| engine.set_clock(ClockSetting::Real).map_err(WireError::from)).await
}

/// Why the clock was not moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ClockProblem {
    /// It would leave the years 1 to 9999.
    OutOfRange,
}

impl From<ClockError> for WireError {
    fn from(error: ClockError) -> Self {
        let message = error.to_string();
        match error {
            ClockError::OutOfRange => Self::new(Failure::Clock(ClockProblem::OutOfRange), message),
            ClockError::Store(error) => error.into(),
        }
    }
}
