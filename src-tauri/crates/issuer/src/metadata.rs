//! What clients can find out about the issuer (RFC 8414, RFC 7517). Only what works is listed.

use crate::{Issuer, answer::Refusal};
use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use engine::{Engine, StoreError, clients::Grant, scopes::Scope};
use serde_json::{Value, json};
use std::sync::Arc;

/// What the issuer can do (RFC 8414).
///
/// `/.well-known/openid-configuration` is the same document.
#[utoipa::path(
    get,
    path = "/.well-known/oauth-authorization-server",
    tag = "Discovery",
    responses((status = 200, body = Object))
)]
pub(crate) async fn authorization_server(State(issuer): State<Arc<Issuer>>) -> Result<Response, Refusal> {
    let base = issuer.base().to_owned();
    let document = issuer.ask(move |engine| describe(engine, &base)).await?.map_err(|_| Refusal::server_error())?;
    Ok(Json(document).into_response())
}

fn describe(engine: &Engine, base: &str) -> Result<Value, StoreError> {
    let rules = engine.rules()?;
    let scopes: Vec<Scope> = engine.scope_catalog()?.into_iter().map(|entry| entry.name).collect();
    Ok(json!({
        "issuer": rules.issuer,
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/.well-known/jwks.json"),
        "userinfo_endpoint": format!("{base}/userinfo"),
        "revocation_endpoint": format!("{base}/revoke"),
        "introspection_endpoint": format!("{base}/introspect"),
        "grant_types_supported": Grant::ALL.map(Grant::as_str),
        "response_types_supported": [],
        "scopes_supported": scopes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        // Section 2 requires https, which nobody could check for a loopback address; RFC 9700 section 2.4 forbids the
        // password grant.
        "workbench_note": "For tests on this computer: plain http, and the password grant",
    }))
}

/// The public keys (RFC 7517), byte for byte as the Keys view shows them.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "Discovery",
    responses((status = 200, body = Object, content_type = "application/jwk-set+json"))
)]
pub(crate) async fn jwks(State(issuer): State<Arc<Issuer>>) -> Result<Response, Refusal> {
    let set = issuer.ask(Engine::jwks).await?.map_err(|_| Refusal::server_error())?;
    // A rotated key must be found at the next fetch.
    let headers = [(header::CONTENT_TYPE, "application/jwk-set+json"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, set).into_response())
}

/// For test suites that wait until the issuer answers.
#[utoipa::path(get, path = "/health", tag = "Discovery", responses((status = 200, body = Object)))]
pub(crate) async fn health(State(issuer): State<Arc<Issuer>>) -> Result<Response, Refusal> {
    issuer.ask(Engine::rules).await?.map_err(|_| Refusal::server_error())?;
    Ok(Json(json!({ "status": "ok" })).into_response())
}
