//! `POST /introspect` (RFC 7662).

use crate::{
    Issuer,
    answer::{Refusal, RefusalBody, no_store},
    client_auth::Credentials,
    form::{Form, TokenParameters},
    state::without_key,
    traffic::About,
};
use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use engine::introspect::{IntrospectError, Introspected};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What a token stands for (RFC 7662 section 2.2). Of a token that is not active nothing else is said.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct Introspection {
    active: bool,
    /// Separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// `bearer`, or `refresh_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
}

/// Tells a client with a secret what a token stands for.
///
/// A public client cannot prove itself, so anybody could ask in its name (RFC 7662 section 2.1).
#[utoipa::path(
    post,
    path = "/introspect",
    tag = "OAuth",
    request_body(content = TokenParameters, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = Introspection),
        (status = 401, body = RefusalBody, description = "invalid_client"),
        (status = 429, body = RefusalBody, description = "Too many guesses"),
    ),
    security((), ("client" = []))
)]
pub(crate) async fn introspect(
    State(issuer): State<Arc<Issuer>>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Refusal> {
    let credentials = Credentials::of(&headers, &form)?;
    let (client, found) = issuer
        .ask(move |engine| {
            let client = credentials.named_client(engine)?;
            if !client.confidential {
                return Err(Refusal::invalid_client("Only a client with a secret may ask about tokens"));
            }
            let found = engine.introspect(form.require("token")?).map_err(|error| match error {
                IntrospectError::Key(error) => without_key(&error),
                IntrospectError::Store(_) => Refusal::server_error(),
            })?;
            Ok((client, found))
        })
        .await??;
    let about = About::client(&client);
    let Some(token) = found else {
        // Guesses are slowed down; what a client was given is not (section 4).
        if issuer.guesses.check_key(&client.id).is_err() {
            let sentence = "Too many tokens that are not active; wait a second";
            let slow = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", sentence);
            return Err(slow.header(header::RETRY_AFTER, "1").of(about));
        }
        return Ok(no_store((Extension(about), Json(Introspection::default()))));
    };
    let about = About { jti: Some(token.jti.clone()), username: Some(token.sub.clone()), ..about };
    Ok(no_store((Extension(about), Json(describe(token)))))
}

fn describe(token: Introspected) -> Introspection {
    let token_type = if token.is_refresh_token { "refresh_token" } else { "bearer" };
    Introspection {
        active: true,
        scope: Some(token.scope),
        client_id: Some(token.client_id),
        token_type: Some(token_type),
        exp: Some(token.exp),
        iat: Some(token.iat),
        sub: Some(token.sub),
        aud: Some(token.aud),
        iss: Some(token.iss),
        jti: Some(token.jti),
    }
}
