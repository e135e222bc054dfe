//! Fetching the keys of an issuer, after a click and a question of the shell that names the host.

use crate::{
    ask::ask,
    error::{Details, ErrorCode, WireError, number},
    jwks::{self, FetchError, Fetched, LONGEST, Target},
    state::{Workbench, blocking},
};
use serde::Serialize;
use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};
use tauri::{AppHandle, State};

/// The origins that a person has said yes to since the window opened.
#[derive(Default)]
pub struct AllowedHosts(Mutex<HashSet<String>>);

impl AllowedHosts {
    /// Asks whether keys may be fetched from there, unless it was allowed before.
    async fn allow(&self, app: &AppHandle, target: &Target) -> Result<(), WireError> {
        let origin = target.origin();
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&origin) {
            return Ok(());
        }
        let question = format!("Fetch keys from {origin}?");
        let more = "The host learns this computer’s address, and nothing else. You are asked once for each host, until \
                    this window closes.";
        if !ask(app, &question, more, "Fetch").await {
            let details = Details { value: Some(origin), ..Details::default() };
            return Err(WireError {
                details: Box::new(details),
                ..WireError::new(ErrorCode::JwksDeclined, "it was not allowed")
            });
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(origin);
        Ok(())
    }
}

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

/// Fetches a JWK Set over HTTPS, or over HTTP from this computer: after a gesture, and a yes to the host.
#[tauri::command]
#[specta::specta]
pub async fn fetch_jwks(
    app: AppHandle,
    state: State<'_, Workbench>,
    allowed: State<'_, AllowedHosts>,
    url: String,
) -> Result<FetchedKeys, WireError> {
    let target = Target::read(&url).map_err(fetch_error)?;
    allowed.allow(&app, &target).await?;
    let Fetched { text, host } = jwks::fetch(&target, jwks::DEADLINE).await.map_err(fetch_error)?;
    let this = state.inner().clone();
    let fetched_at_ms = blocking(move || this.now()).await?.0;
    Ok(FetchedKeys { text, host, fetched_at_ms })
}

pub(crate) fn fetch_error(error: FetchError) -> WireError {
    let message = error.to_string();
    let (code, value, system, maximum) = match error {
        FetchError::Address => (ErrorCode::JwksAddressInvalid, None, None, None),
        FetchError::Insecure => (ErrorCode::JwksInsecure, None, None, None),
        FetchError::Credentials => (ErrorCode::JwksCredentials, None, None, None),
        FetchError::Unreachable(host) => (ErrorCode::JwksUnreachable, Some(host), None, None),
        FetchError::Redirected { host, location } => (ErrorCode::JwksRedirected, Some(host), location, None),
        FetchError::Status { host, status } => (ErrorCode::JwksStatus, Some(host), Some(status.to_string()), None),
        FetchError::TooLarge(host) => (ErrorCode::JwksTooLarge, Some(host), None, number(LONGEST)),
        FetchError::NotASet(host) => (ErrorCode::JwksNotASet, Some(host), None, None),
    };
    WireError::with(code, message, Details { value, system, maximum, ..Details::default() })
}
