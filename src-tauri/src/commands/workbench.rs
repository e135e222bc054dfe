//! The profile, and whether its database and its keyring can be used.

use super::{keyring::KeyringView, store::RestoredView};
use crate::{
    error::WireError,
    state::{self, blocking, now_of},
};
use engine::{Engine, Profile, settings::ClockSetting};
use serde::Serialize;
use std::sync::Arc;
use tauri::{AppHandle, Manager};

/// What the frame around the views shows.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct Workbench {
    /// The program's version.
    pub version: String,
    /// The profile in use.
    pub profile: ProfileView,
    /// The database is still being opened.
    pub opening: bool,
    /// What was done because the database is a copy, until the user confirms having read it.
    pub restored: Option<RestoredView>,
    /// The failure that keeps the database from being used, if any.
    pub store_problem: Option<WireError>,
    /// The keyring.
    pub keyring: KeyringView,
    /// The engine's clock, in milliseconds since the Unix epoch.
    pub now_ms: i64,
    /// How that clock runs.
    pub clock: ClockView,
}

/// How the engine's clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ClockView {
    /// Same as the computer's.
    Real,
    /// Shifted from the computer's.
    Shifted {
        /// Milliseconds ahead of the computer's clock; negative if behind.
        ms: i64,
    },
    /// Stopped.
    Frozen,
}

/// The profile in use.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ProfileView {
    /// Its name; `default` unless chosen.
    pub name: String,
    /// Its folder; absent if everything lives in memory.
    pub folder: Option<String>,
    /// Everything, including keys, lives in memory and ends with the program.
    pub ephemeral: bool,
}

/// Returns what the frame around the views shows.
#[tauri::command]
#[specta::specta]
pub async fn workbench(app: AppHandle) -> Workbench {
    described(app.state::<state::AppState>().inner()).await
}

pub(crate) async fn described(state: &state::AppState) -> Workbench {
    let this = state.clone();
    blocking(move |may| describe(&this, this.engine_now(may)))
        .await
        .unwrap_or_else(|problem| describe(state, Some(Err(problem))))
}

fn describe(state: &state::AppState, engine: Option<Result<Arc<Engine>, WireError>>) -> Workbench {
    let opening = engine.is_none();
    let store_problem = engine.as_ref().and_then(|engine| engine.as_ref().err()).cloned();
    let engine = engine.and_then(Result::ok);
    let engine = engine.as_deref();
    Workbench {
        version: env!("CARGO_PKG_VERSION").into(),
        profile: state.profile().into(),
        opening,
        restored: engine.and_then(|engine| engine.restore_notice().ok().flatten()).map(Into::into),
        store_problem,
        keyring: state.keyring(),
        now_ms: now_of(engine).0,
        clock: engine.and_then(|engine| engine.clock_setting().ok()).map_or(ClockView::Real, Into::into),
    }
}

impl From<ClockSetting> for ClockView {
    fn from(setting: ClockSetting) -> Self {
        match setting {
            ClockSetting::Real => Self::Real,
            ClockSetting::Shifted { ms } => Self::Shifted { ms },
            ClockSetting::Frozen { .. } => Self::Frozen,
        }
    }
}

impl From<&Profile> for ProfileView {
    fn from(profile: &Profile) -> Self {
        match profile {
            Profile::Folder { name, folder } => {
                Self { name: name.to_string(), folder: Some(folder.display().to_string()), ephemeral: false }
            }
            Profile::Ephemeral => Self { name: "ephemeral".into(), folder: None, ephemeral: true },
        }
    }
}
