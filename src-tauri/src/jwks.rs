//! Fetches a JWK Set from a URL, or from where a discovery document at that URL says it is. This is the only code that
//! uses the network, and it does so only after a click and after the user has approved the host. It sends nothing but
//! the request itself and follows no redirects, since nobody has approved the host they lead to.
//!
//! Errors must not help a caller explore the network: no answer, a refused connection and another protocol share one
//! sentence. For this computer, where nothing proves who answers, it is the only sentence.

#[cfg(test)]
mod tests;

use reqwest::{
    Client, Response,
    header::{ACCEPT, LOCATION},
    redirect,
};
use serde::{Deserialize, de::IgnoredAny};
use std::{
    collections::HashMap,
    error::Error,
    iter,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};
use tauri::Url;

/// The time limit for the whole response.
pub(crate) const DEADLINE: Duration = Duration::from_secs(5);

/// The longest response, in bytes.
pub(crate) const LONGEST: usize = 512 * 1024;

/// The longest URL, in bytes.
const LONGEST_ADDRESS: usize = 2048;

/// Identifies the program to the server, but not the user: it is the same for all users.
const USER_AGENT: &str = concat!("token-workbench/", env!("CARGO_PKG_VERSION"));

/// A JWK Set as it was received.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fetched {
    /// The body of the response.
    pub(crate) text: String,
    /// The host that answered, with its port unless that is the scheme's default.
    pub(crate) host: String,
}

/// Why a fetch failed. No variant repeats the URL, which may contain a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FetchError {
    /// Not a URL with a host.
    #[error("This is no address; write one such as https://issuer.example/.well-known/jwks.json")]
    Address,
    /// Neither HTTPS nor this computer.
    #[error("Keys are fetched over https only; over http from this computer alone")]
    Insecure,
    /// The URL contains a username or a password.
    #[error("The address has a username or a password in it, which keys that are public need not")]
    Credentials,
    /// The host is unknown, refused the connection, was too slow, failed authentication or did not speak HTTP. For this
    /// computer this also covers a response without a JWK Set.
    #[error("No keys came from {0}")]
    Unreachable(String),
    /// The host redirects to another URL.
    #[error("{host} redirects to {}", .location.as_deref().unwrap_or("another address"))]
    Redirected {
        /// The host.
        host: String,
        /// The target, if it is a valid URL.
        location: Option<String>,
    },
    /// The host answered with a status other than success.
    #[error("{host} answered with status {status}")]
    Status {
        /// The host.
        host: String,
        /// The HTTP status (RFC 9110 section 15).
        status: u16,
    },
    /// The response has more than [`LONGEST`] bytes.
    #[error("The answer of {0} has more than {kib} KiB", kib = LONGEST / 1024)]
    TooLarge(String),
    /// The response is not a JSON object with a list of keys (RFC 7517 section 5).
    #[error("The answer of {0} is not a JWK Set")]
    NotASet(String),
}

/// A URL that keys may be fetched from.
#[derive(Debug, Clone)]
pub(crate) struct Target(Url);

impl Target {
    /// Parses a URL: HTTPS, or HTTP from this computer.
    ///
    /// # Errors
    /// [`FetchError::Address`], [`FetchError::Insecure`] or [`FetchError::Credentials`]. Nothing is sent.
    pub(crate) fn read(address: &str) -> Result<Self, FetchError> {
        checked(address).map(Self)
    }

    /// Scheme, host and port (RFC 6454 section 6.2), as shown in the confirmation: names in other scripts are in
    /// Punycode.
    pub(crate) fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The host, with its port unless that is the scheme's default.
    fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The usual place of the keys beside a discovery document.
    fn usual_place(&self) -> Option<Target> {
        let base = self.0.path().strip_suffix("/.well-known/openid-configuration")?;
        let mut usual = self.0.clone();
        usual.set_path(&format!("{base}/.well-known/jwks.json"));
        Some(Target(usual))
    }

    fn is_this_computer(&self) -> bool {
        self.0.host_str().is_some_and(is_this_computer)
    }
}

/// The document at a URL.
#[derive(Debug)]
pub(crate) enum Found {
    /// The keys.
    Keys(Fetched),
    /// A discovery document, which says that the keys are at this URL.
    KeysAt(Target),
}

/// Fetches a JWK Set within `deadline`.
///
/// # Errors
/// [`FetchError`]
pub(crate) async fn fetch(target: &Target, deadline: Duration) -> Result<Fetched, FetchError> {
    get(target, deadline).await.map_err(|error| for_the_page(error, target))
}

/// Fetches a JWK Set or a discovery document (OpenID Connect Discovery 1.0 section 4) within `deadline`. Where the
/// document is asked for and there is none, the same host's usual place for keys is tried.
///
/// # Errors
/// [`FetchError`]
pub(crate) async fn find(target: &Target, deadline: Duration) -> Result<Found, FetchError> {
    let found = match (body(target, deadline).await, target.usual_place()) {
        (Ok(text), usual) => match (is_jwk_set(&text), keys_at(&text, target), usual) {
            (true, ..) => Ok(Found::Keys(Fetched { text, host: target.host() })),
            (false, Some(keys), _) => Ok(Found::KeysAt(keys)),
            (false, None, Some(usual)) => get(&usual, deadline).await.map(Found::Keys),
            (false, None, None) => Err(FetchError::NotASet(target.host())),
        },
        (Err(FetchError::Status { .. }), Some(usual)) => get(&usual, deadline).await.map(Found::Keys),
        (Err(error), _) => Err(error),
    };
    found.map_err(|error| for_the_page(error, target))
}

/// The error as the page may see it.
fn for_the_page(error: FetchError, target: &Target) -> FetchError {
    tracing::debug!(%error, "no keys were fetched");
    if target.is_this_computer() { FetchError::Unreachable(target.host()) } else { error }
}

async fn get(target: &Target, deadline: Duration) -> Result<Fetched, FetchError> {
    let (text, host) = (body(target, deadline).await?, target.host());
    if is_jwk_set(&text) { Ok(Fetched { text, host }) } else { Err(FetchError::NotASet(host)) }
}

/// The text that a URL answers with.
async fn body(target: &Target, deadline: Duration) -> Result<String, FetchError> {
    let (url, host) = (&target.0, target.host());
    let sort = |error| unreachable(error, &host);
    // Setting up TLS and parsing the response would block an async thread.
    let is_here = target.is_this_computer();
    let client = aside(move || client(is_here, deadline), &host).await?.map_err(sort)?;
    let answer = client.get(url.clone()).header(ACCEPT, "application/jwk-set+json, application/json").send().await;
    let mut answer = answer.map_err(sort)?;
    let status = answer.status();
    if status.is_redirection() {
        return Err(FetchError::Redirected { location: location(url, &answer), host });
    }
    if !status.is_success() {
        return Err(FetchError::Status { host, status: status.as_u16() });
    }
    let mut bytes = Vec::new();
    // Count the bytes received; do not trust Content-Length.
    while let Some(chunk) = answer.chunk().await.map_err(sort)? {
        if bytes.len() + chunk.len() > LONGEST {
            return Err(FetchError::TooLarge(host));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| FetchError::NotASet(host))
}

/// Runs work on a thread that may block.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static, host: &str) -> Result<T, FetchError> {
    tauri::async_runtime::spawn_blocking(work).await.map_err(|_| FetchError::Unreachable(host.to_owned()))
}

fn checked(address: &str) -> Result<Url, FetchError> {
    let address = address.trim();
    if address.len() > LONGEST_ADDRESS {
        return Err(FetchError::Address);
    }
    let mut url: Url = address.parse().map_err(|_| FetchError::Address)?;
    let host = url.host_str().ok_or(FetchError::Address)?;
    if url.scheme() != "https" && !(url.scheme() == "http" && is_this_computer(host)) {
        return Err(FetchError::Insecure);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Credentials);
    }
    url.set_fragment(None);
    Ok(url)
}

fn is_this_computer(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn client(is_here: bool, deadline: Duration) -> reqwest::Result<Client> {
    let mut builder =
        Client::builder().user_agent(USER_AGENT).timeout(deadline).redirect(redirect::Policy::none()).referer(false);
    if is_here {
        // Stay on this computer, whatever the system's resolver or a proxy would do with the name.
        let addresses = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
        builder = builder.no_proxy().resolve_to_addrs("localhost", &addresses);
    }
    builder.build()
}

/// The target of a redirect, if [`Target::read`] would accept it.
fn location(url: &Url, answer: &Response) -> Option<String> {
    let location = url.join(answer.headers().get(LOCATION)?.to_str().ok()?).ok()?;
    checked(location.as_str()).ok().map(String::from)
}

fn is_jwk_set(text: &str) -> bool {
    /// RFC 7517 section 5. The keys themselves are checked when one of them is used.
    #[derive(Deserialize)]
    struct Set {
        #[expect(dead_code, reason = "only that it is there matters")]
        keys: Vec<HashMap<String, IgnoredAny>>,
    }
    serde_json::from_str::<Set>(text.trim_start_matches('\u{FEFF}')).is_ok()
}

/// Where a discovery document says that the keys are. A document from elsewhere has no say about this computer.
fn keys_at(text: &str, from: &Target) -> Option<Target> {
    #[derive(Deserialize)]
    struct Document {
        jwks_uri: String,
    }
    let document: Document = serde_json::from_str(text.trim_start_matches('\u{FEFF}')).ok()?;
    let keys = Target::read(&document.jwks_uri).ok()?;
    (from.is_this_computer() || !keys.is_this_computer()).then_some(keys)
}

/// Logs the network library's error, which would repeat the whole URL, and returns one that does not.
fn unreachable(error: reqwest::Error, host: &str) -> FetchError {
    let error = error.without_url();
    let cause = iter::successors(error.source(), |&cause| cause.source()).last().map(ToString::to_string);
    tracing::debug!(host, %error, cause, "no keys were fetched");
    FetchError::Unreachable(host.to_owned())
}
