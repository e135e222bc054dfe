//! `POST /introspect` (RFC 7662).

use crate::{
    Issuer,
    answer::{Refusal, no_store},
    client_auth::Credentials,
    form::Form,
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
use serde_json::{Value, json};
use std::sync::Arc;

/// Tells a client that proves itself what a token stands for. A public client cannot prove itself, so anybody could ask
/// in its name (section 2.1).
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
        return Ok(no_store((Extension(about), Json(json!({ "active": false })))));
    };
    let about = About { jti: Some(token.jti.clone()), username: Some(token.sub.clone()), ..about };
    Ok(no_store((Extension(about), Json(describe(token)))))
}

fn describe(token: Introspected) -> Value {
    let kind = if token.is_refresh_token { "refresh_token" } else { "bearer" };
    json!({
        "active": true,
        "scope": token.scope,
        "client_id": token.client_id,
        "token_type": kind,
        "exp": token.exp,
        "iat": token.iat,
        "sub": token.sub,
        "aud": token.aud,
        "iss": token.iss,
        "jti": token.jti,
    })
}
