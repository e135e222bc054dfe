//! JSON bodies, and the endpoints that take them besides `/2fa`: `/refresh` and `/logout`.

use crate::{
    Issuer,
    answer::{Refusal, RefusalBody, no_store},
    body,
    guard::LiveToken,
    token::{TokenAnswer, granted, refuse_refresh},
};
use axum::{
    Extension, Json,
    extract::{FromRequest, Request, State},
    response::Response,
};
use engine::{refresh::RefreshError, secret::RefreshToken};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::sync::Arc;
use utoipa::ToSchema;

/// A JSON body. A member that appears twice is refused, and so is an unknown one where the type says so.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let bytes = body::read(request, "application/json", "this endpoint takes JSON").await?;
        // serde's message can repeat a value, which may be a secret: tell the place alone.
        let value = serde_json::from_slice(&bytes).map_err(|error| {
            let problem = if error.is_data() { "has other members than this endpoint takes" } else { "is not JSON" };
            let place = format!("line {}, column {}", error.line(), error.column());
            Refusal::invalid_request(format!("The body {problem} ({place})"))
        })?;
        Ok(Self(value))
    }
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RefreshBody {
    refresh_token: String,
}

/// A sentence about what was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Done {
    pub(crate) detail: &'static str,
}

/// Exchanges a refresh token, for clients that speak JSON. The public client is assumed.
#[utoipa::path(
    post,
    path = "/refresh",
    tag = "Sessions",
    request_body = RefreshBody,
    responses(
        (status = 200, body = TokenAnswer),
        (status = 401, body = RefusalBody, description = "invalid_grant: unknown, expired, revoked or replayed"),
    )
)]
pub(crate) async fn refresh(
    State(issuer): State<Arc<Issuer>>,
    Body(body): Body<RefreshBody>,
) -> Result<Response, Refusal> {
    let granted = issuer
        .ask(move |engine| {
            let client = engine.builtin_client().map_err(|_| Refusal::server_error())?;
            let done = engine.refresh_as(&client, &RefreshToken::new(body.refresh_token), None);
            done.map(|done| granted(&done, &client)).map_err(|error| match error {
                // Over JSON, what RFC 6749 calls 400 invalid_grant is 401.
                error @ (RefreshError::Scope(_)
                | RefreshError::Key(_)
                | RefreshError::Unsigned
                | RefreshError::Entropy(_)
                | RefreshError::Store(_)) => refuse_refresh(error),
                error => refuse_refresh(error).unauthorized("refresh"),
            })
        })
        .await??;
    Ok(granted.into_response())
}

/// Ends the session of the access token.
#[utoipa::path(
    post,
    path = "/logout",
    tag = "Sessions",
    responses((status = 200, body = Done), (status = 401, body = RefusalBody, description = "invalid_token")),
    security(("oauth2" = []), ("bearer" = []))
)]
pub(crate) async fn logout(State(issuer): State<Arc<Issuer>>, token: LiveToken) -> Result<Response, Refusal> {
    let about = token.about();
    if let Some(sid) = token.sid().map(str::to_owned) {
        issuer.ask(move |engine| engine.end_session(&sid)).await?.map_err(|_| Refusal::server_error())?;
    } else {
        let token = token.text().to_owned();
        issuer.ask(move |engine| engine.revoke(&token)).await?.map_err(|_| Refusal::server_error())?;
    }
    Ok(no_store((Extension(about), Json(Done { detail: "Logged out" }))))
}
