//! Fetching the keys of an issuer, after a click that named the host.

use crate::{
    convert::jwks::fetch_error,
    error::WireError,
    jwks::{self, Fetched},
    state::{Workbench, blocking},
};
use serde::Serialize;
use tauri::State;

/// A JWK Set that was fetched. It is kept nowhere.
#[derive(Clone, Serialize, specta::Type)]
pub struct FetchedKeys {
    /// The JWK Set as it was answered.
    pub text: String,
    /// The host that answered, with its port where that is not the scheme's own.
    pub host: String,
    /// When, by the engine's clock, in milliseconds since the Unix epoch.
    pub fetched_at_ms: i64,
}

/// Fetches a JWK Set over HTTPS, or over HTTP from this computer: for a click that named the host, never unasked.
#[tauri::command]
#[specta::specta]
pub async fn fetch_jwks(state: State<'_, Workbench>, url: String) -> Result<FetchedKeys, WireError> {
    let Fetched { text, host } = jwks::fetch(&url, jwks::DEADLINE).await.map_err(fetch_error)?;
    let this = state.inner().clone();
    let fetched_at_ms = blocking(move || this.now()).await?.0;
    Ok(FetchedKeys { text, host, fetched_at_ms })
}
