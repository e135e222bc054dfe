//! Fetching a JWK Set from an address: the one thing in the program that reaches the network, and only when a person
//! has clicked and said yes to the host. It sends nothing but the request itself, and follows no redirect to a host
//! that nobody has seen.
//!
//! What is told of a failure is of no use for looking around in a network: whether nobody answered, somebody refused
//! or somebody spoke another language is one sentence. On this computer, where nothing proves who answers, it is the
//! only one.

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

/// How long the whole answer may take.
pub(crate) const DEADLINE: Duration = Duration::from_secs(5);

/// The longest answer, in bytes.
pub(crate) const LONGEST: usize = 512 * 1024;

/// The longest address, in bytes.
const LONGEST_ADDRESS: usize = 2048;

/// What a server has to say who is asking. Nothing in it tells one user from another.
const USER_AGENT: &str = concat!("token-workbench/", env!("CARGO_PKG_VERSION"));

/// A JWK Set as it was answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fetched {
    /// The text of the answer.
    pub(crate) text: String,
    /// The host that answered, with its port where that is not the scheme's own.
    pub(crate) host: String,
}

/// Why there is no JWK Set. No variant repeats an address that may have a password in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FetchError {
    /// Not an address with a host.
    #[error("This is no address; write one such as https://issuer.example/.well-known/jwks.json")]
    Address,
    /// Not HTTPS, and not this computer either.
    #[error("Keys are fetched over https only; over http from this computer alone")]
    Insecure,
    /// A username or a password stands in the address.
    #[error("The address has a username or a password in it, which keys that are public need not")]
    Credentials,
    /// There is no such host, or it refused, or was too slow, or proved not to be the host, or spoke no HTTP; on this
    /// computer also: what answered had no JWK Set.
    #[error("No keys came from {0}")]
    Unreachable(String),
    /// The host sends to another address.
    #[error("{host} redirects to {}", .location.as_deref().unwrap_or("another address"))]
    Redirected {
        /// The host.
        host: String,
        /// Where to, if that is an address.
        location: Option<String>,
    },
    /// The host answered with something else than success.
    #[error("{host} answered with status {status}")]
    Status {
        /// The host.
        host: String,
        /// The HTTP status (RFC 9110 section 15).
        status: u16,
    },
    /// The answer has more than [`LONGEST`] bytes.
    #[error("The answer of {0} has more than {kib} KiB", kib = LONGEST / 1024)]
    TooLarge(String),
    /// The answer is not a JSON object with a list of keys (RFC 7517 section 5).
    #[error("The answer of {0} is not a JWK Set")]
    NotASet(String),
}

/// An address that keys may be fetched from.
#[derive(Debug, Clone)]
pub(crate) struct Target(Url);

impl Target {
    /// Reads an address: over HTTPS, or over HTTP from this computer.
    ///
    /// # Errors
    /// [`FetchError::Address`], [`FetchError::Insecure`] or [`FetchError::Credentials`]. Nothing is sent.
    pub(crate) fn read(address: &str) -> Result<Self, FetchError> {
        checked(address).map(Self)
    }

    /// Scheme, host and port (RFC 6454 section 6.2), as a person is asked about them: names of other scripts in
    /// Punycode.
    pub(crate) fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The host, with its port where that is not the scheme's own.
    fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    fn is_this_computer(&self) -> bool {
        self.0.host_str().is_some_and(is_this_computer)
    }
}

/// Fetches a JWK Set within `deadline`.
///
/// # Errors
/// [`FetchError`]
pub(crate) async fn fetch(target: &Target, deadline: Duration) -> Result<Fetched, FetchError> {
    get(target, deadline).await.map_err(|error| {
        tracing::debug!(%error, "no keys were fetched");
        if target.is_this_computer() { FetchError::Unreachable(target.host()) } else { error }
    })
}

async fn get(target: &Target, deadline: Duration) -> Result<Fetched, FetchError> {
    let (url, host) = (&target.0, target.host());
    let sort = |error| unreachable(error, &host);
    // Setting TLS up and reading the answer are work: not for a thread that others wait for.
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
    // What the server says its answer will have is not believed; what comes is counted.
    while let Some(chunk) = answer.chunk().await.map_err(sort)? {
        if bytes.len() + chunk.len() > LONGEST {
            return Err(FetchError::TooLarge(host));
        }
        bytes.extend_from_slice(&chunk);
    }
    let text = aside(move || String::from_utf8(bytes).ok().filter(|text| is_jwk_set(text)), &host).await?;
    Ok(Fetched { text: text.ok_or_else(|| FetchError::NotASet(host.clone()))?, host })
}

/// Runs work on a thread that may take its time.
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
        // Whatever the system's resolver or a proxy make of the name, it stays on this computer.
        let addresses = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
        builder = builder.no_proxy().resolve_to_addrs("localhost", &addresses);
    }
    builder.build()
}

/// Where a redirect leads, if that is an address that could be given instead.
fn location(url: &Url, answer: &Response) -> Option<String> {
    let location = url.join(answer.headers().get(LOCATION)?.to_str().ok()?).ok()?;
    checked(location.as_str()).ok().map(String::from)
}

fn is_jwk_set(text: &str) -> bool {
    /// RFC 7517 section 5. Whether the keys are any good is said when one of them is used.
    #[derive(Deserialize)]
    struct Set {
        #[expect(dead_code, reason = "only that it is there matters")]
        keys: Vec<HashMap<String, IgnoredAny>>,
    }
    serde_json::from_str::<Set>(text.trim_start_matches('\u{FEFF}')).is_ok()
}

/// What the network library said is for the log alone. It would repeat the whole address.
fn unreachable(error: reqwest::Error, host: &str) -> FetchError {
    let error = error.without_url();
    let cause = iter::successors(error.source(), |&cause| cause.source()).last().map(ToString::to_string);
    tracing::debug!(host, %error, cause, "no keys were fetched");
    FetchError::Unreachable(host.to_owned())
}
