//! Fetching the keys of an issuer, after a click and a question of the shell that names the host.

use crate::{
    ask::ask,
    error::{Failure, WireError, limit},
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
            return Err(WireError::new(Failure::Jwks(JwksProblem::Declined { origin }), "it was not allowed"));
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
    let target = Target::read(&url)?;
    allowed.allow(&app, &target).await?;
    let Fetched { text, host } = jwks::fetch(&target, jwks::DEADLINE).await?;
    let this = state.inner().clone();
    let fetched_at_ms = blocking(move || this.now()).await?.0;
    Ok(FetchedKeys { text, host, fetched_at_ms })
}

/// Why no keys were fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum JwksProblem {
    /// It is no address with a host.
    AddressInvalid,
    /// The address is neither HTTPS nor this computer's.
    Insecure,
    /// A username or a password stands in the address.
    Credentials,
    /// A person was asked, and did not say yes.
    Declined {
        /// Whether to fetch from there.
        origin: String,
    },
    /// No keys came. Why is not told: it would tell about the network.
    Unreachable {
        /// From there.
        host: String,
    },
    /// The host redirects to another address.
    Redirected {
        /// The host.
        host: String,
        /// The address, if it could be given instead.
        location: Option<String>,
    },
    /// The host answered with something else than success.
    Status {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// The answer has too many bytes.
    TooLarge {
        /// The host.
        host: String,
        /// So many are allowed.
        maximum: u32,
    },
    /// The answer is not a JWK Set.
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
