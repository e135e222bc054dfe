//! Samples to learn with, made when they are asked for.

use crate::{
    error::WireError,
    state::{AppState, blocking},
};
use engine::{
    clock::{Clock, SystemClock},
    entropy::{Entropy, OsEntropy},
};
use inspect::{Sample, SampleToken, Seed};
use tauri::State;

/// Makes a sample token at the profile's time, with keys that are used for nothing else. It needs no profile.
#[tauri::command]
#[specta::specta]
pub async fn make_sample(state: State<'_, AppState>, sample: Sample) -> Result<SampleToken, WireError> {
    let this = state.inner().clone();
    blocking(move |may| {
        let now = this.engine(may).map_or_else(|_| SystemClock.now(), |engine| engine.moment());
        let mut seed = Seed::new([0; 108]);
        OsEntropy.fill(&mut *seed).map_err(|error| WireError::internal(error.to_string()))?;
        let made = sample.make(now.seconds(), &seed);
        made.ok_or_else(|| WireError::internal("The cryptographic library made no sample"))
    })
    .await?
}
