//! `POST /revoke` (RFC 7009).

use crate::{
    Issuer,
    answer::{Refusal, RefusalBody},
    client_auth::Credentials,
    form::{Form, TokenParameters},
    state::without_key,
    traffic::About,
};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use engine::revoke::RevokeError;
use std::sync::Arc;

/// Revokes a token of the client that asks.
///
/// Whatever the token was, the answer is the same (RFC 7009 section 2.2), and `token_type_hint` changes nothing.
#[utoipa::path(
    post,
    path = "/revoke",
    tag = "OAuth",
    request_body(content = TokenParameters, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Revoked, or there was nothing to revoke"),
        (status = 401, body = RefusalBody, description = "invalid_client"),
    ),
    security((), ("client" = []))
)]
pub(crate) async fn revoke(
    State(issuer): State<Arc<Issuer>>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Refusal> {
    let credentials = Credentials::of(&headers, &form)?;
    let about = issuer
        .ask(move |engine| {
            let client = credentials.named_client(engine)?;
            let token = form.require("token")?;
            engine.revoke_as(&client, token).map_err(|error| match error {
                RevokeError::Key(error) => without_key(&error),
                RevokeError::Store(_) => Refusal::server_error(),
            })?;
            Ok::<_, Refusal>(About::client(&client))
        })
        .await??;
    Ok((StatusCode::OK, Extension(about)).into_response())
}
