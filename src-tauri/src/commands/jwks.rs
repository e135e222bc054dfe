//! Fetches the keys of an issuer, after a click and a confirmation in the shell that names the host.

use crate::{
    ask::ask,
    error::{Failure, WireError, limit},
    jwks::{self, FetchError, Fetched, Found, LONGEST, Target},
    state::{AppState, blocking},
};
use serde::Serialize;
use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};
use tauri::{AppHandle, State};

/// The origins that the user has approved since the window opened.
#[derive(Default)]
pub struct AllowedHosts(Mutex<HashSet<String>>);

impl AllowedHosts {
    /// Asks whether keys may be fetched from the target, unless its origin was approved before. `named_by` is the
    /// origin whose document names it.
    async fn allow(&self, app: &AppHandle, target: &Target, named_by: Option<&str>) -> Result<(), WireError> {
        let origin = target.origin();
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&origin) {
            return Ok(());
        }
        let question = format!("Fetch keys from {origin}?");
        let why = named_by.map(|origin| format!("{origin} says that its keys are there. ")).unwrap_or_default();
        let more = format!(
            "{why}The host learns this computer’s address, and nothing else. You are asked once for each host, until this \
             window closes."
        );
        if !ask(app, &question, &more, "Fetch").await {
            return Err(WireError::new(Failure::Jwks(JwksProblem::Declined { origin }), "it was not allowed"));
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(origin);
        Ok(())
    }
}

/// A fetched JWK Set. It is not stored.
#[derive(Clone, Serialize, specta::Type)]
pub struct FetchedKeys {
    /// The JWK Set as it was received.
    pub text: String,
    /// The host that answered, with its port unless that is the scheme's default.
    pub host: String,
    /// When it was fetched, by the engine's clock, in milliseconds since the Unix epoch.
    pub fetched_at_ms: i64,
}

/// Fetches a JWK Set over HTTPS, or over HTTP from this computer, after a gesture and approval of the host. A discovery
/// document leads to its keys; another host than the document's must be approved too.
#[tauri::command]
#[specta::specta]
pub async fn fetch_jwks(
    app: AppHandle,
    state: State<'_, AppState>,
    allowed: State<'_, AllowedHosts>,
    url: String,
) -> Result<FetchedKeys, WireError> {
    let target = Target::read(&url)?;
    allowed.allow(&app, &target, None).await?;
    let Fetched { text, host } = match jwks::find(&target, jwks::DEADLINE).await? {
        Found::Keys(keys) => keys,
        Found::KeysAt(keys) => {
            allowed.allow(&app, &keys, Some(&target.origin())).await?;
            jwks::fetch(&keys, jwks::DEADLINE).await?
        }
    };
    let this = state.inner().clone();
    let fetched_at_ms = blocking(move |may| this.now(may)).await?.0;
    Ok(FetchedKeys { text, host, fetched_at_ms })
}

/// Why no keys were fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum JwksProblem {
    /// It is not a URL with a host.
    AddressInvalid,
    /// The URL is neither HTTPS nor this computer's.
    Insecure,
    /// The URL contains a username or a password.
    Credentials,
    /// The user was asked and did not approve.
    Declined {
        /// The origin that was not approved.
        origin: String,
    },
    /// No keys came. The reason is not given, since it would reveal something about the network.
    Unreachable {
        /// The host.
        host: String,
    },
    /// The host redirects to another URL.
    Redirected {
        /// The host.
        host: String,
        /// The target, if it could be fetched instead.
        location: Option<String>,
    },
    /// The host answered with a status other than success.
    Status {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// The response has too many bytes.
    TooLarge {
        /// The host.
        host: String,
        /// The limit.
        maximum: u32,
    },
    /// The response is not a JWK Set.
    NotASet {
        /// The host.
        host: String,
    },
}

impl From<FetchError> for WireError {
    fn from(error: FetchError) -> Self {
        let message = error.to_string();
        let problem = match error {
            FetchError::Address => JwksProblem::AddressInvalid,
            FetchError::Insecure => JwksProblem::Insecure,
            FetchError::Credentials => JwksProblem::Credentials,
            FetchError::Unreachable(host) => JwksProblem::Unreachable { host },
            FetchError::Redirected { host, location } => JwksProblem::Redirected { host, location },
            FetchError::Status { host, status } => JwksProblem::Status { host, status },
            FetchError::TooLarge(host) => JwksProblem::TooLarge { host, maximum: limit(LONGEST) },
            FetchError::NotASet(host) => JwksProblem::NotASet { host },
        };
        Self::new(Failure::Jwks(problem), message)
    }
}
