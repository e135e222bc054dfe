//! Reading a request's body: at most 64 KiB, within ten seconds.

use crate::answer::Refusal;
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use std::time::Duration;

/// The longest body, in bytes. A token has at most a few kilobytes.
pub(crate) const LONGEST: usize = 64 * 1024;
/// How long a client may take to send it.
const SLOWEST: Duration = Duration::from_secs(10);

/// The body, once its media type is known to be `wanted`.
pub(crate) async fn read(request: Request, wanted: &str, why: &str) -> Result<Bytes, Refusal> {
    let types: Vec<_> = request.headers().get_all(header::CONTENT_TYPE).iter().collect();
    let sent = match types.as_slice() {
        [] => None,
        [one] => Some(one.to_str().unwrap_or_default().to_owned()),
        _ => return Err(Refusal::invalid_request("The request has several Content-Type headers")),
    };
    // Parameters such as `charset` follow a semicolon; types are case-insensitive (RFC 9110 section 8.3.1).
    let kind = sent.as_deref().map(|sent| sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    if kind.as_deref() != Some(wanted) {
        let sent = sent.map_or_else(|| "this request has none".to_owned(), |sent| format!("this request has {sent}"));
        return Err(Refusal::invalid_request(format!("Content-Type must be {wanted} ({why}); {sent}")));
    }
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > LONGEST as u64) {
        return Err(too_long());
    }
    match tokio::time::timeout(SLOWEST, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(too_long()),
        Ok(Err(_)) => Err(Refusal::invalid_request("The body broke off")),
        Err(_) => Err(close(Refusal::new(
            StatusCode::REQUEST_TIMEOUT,
            "invalid_request",
            format!("The body did not arrive within {} seconds", SLOWEST.as_secs()),
        ))),
    }
}

fn too_long() -> Refusal {
    let sentence = format!("The body is longer than {LONGEST} bytes");
    close(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", sentence))
}

/// The rest of the body is not read, so the connection cannot be used again.
fn close(refusal: Refusal) -> Refusal {
    refusal.header(header::CONNECTION, "close")
}
