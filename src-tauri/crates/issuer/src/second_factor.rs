//! `/2fa`: setting a second factor up with an access token, and the second step of a sign-in with a pending one.

use crate::{
    Issuer,
    answer::{Refusal, RefusalBody, no_store},
    guard::{ActiveUser, BearerToken},
    json::Body,
    token::{TokenAnswer, granted, refuse_sign_in},
};
use axum::{Extension, Json, extract::State, http::StatusCode, response::Response};
use engine::{
    data_key::DataKeyError,
    secret::PendingToken,
    sessions::Session,
    sign_in::SignInError,
    totp::{BeginError, ConfirmError, FactorOptions, OwnerError},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A code of the authenticator, or a recovery code.
#[derive(Deserialize, ToSchema)]
pub(crate) struct CodeBody {
    code: String,
}

/// A second factor that waits for its first code.
#[derive(Serialize, ToSchema)]
pub(crate) struct Setup {
    /// An `otpauth` URI, for a QR code.
    provisioning_uri: String,
    /// The secret in base32, for typing.
    secret: String,
    /// Until when a code can turn it on, in seconds since 1970.
    expires_at: i64,
}

/// A second factor that was turned on.
#[derive(Serialize, ToSchema)]
pub(crate) struct Enabled {
    detail: &'static str,
    /// Ten codes, shown this once.
    recovery_codes: Vec<String>,
}

/// The session of the token, or why a token without one cannot set up a second factor.
async fn session_of(issuer: &Issuer, user: &ActiveUser) -> Result<Session, Refusal> {
    let Some(sid) = user.sid().map(str::to_owned) else {
        return Err(Refusal::invalid_request("This token belongs to no session; sign in for one that does"));
    };
    let session = issuer.ask(move |engine| engine.session(&sid)).await?.map_err(|_| Refusal::server_error())?;
    session.ok_or_else(|| user.no_longer("The user was deleted meanwhile"))
}

/// Begins a second factor. A code from the app turns it on.
#[utoipa::path(
    post,
    path = "/2fa/setup",
    tag = "Second factor",
    responses(
        (status = 200, body = Setup),
        (status = 401, body = RefusalBody, description = "invalid_token"),
        (status = 409, body = RefusalBody, description = "There is one already"),
    ),
    security(("oauth2" = []), ("bearer" = []))
)]
pub(crate) async fn setup(State(issuer): State<Arc<Issuer>>, user: ActiveUser) -> Result<Response, Refusal> {
    let session = session_of(&issuer, &user).await?;
    let begun = issuer.ask(move |engine| engine.begin_enrollment_in(&session, &FactorOptions::default())).await?;
    let enrollment = begun.map_err(|error| match error {
        error @ BeginError::AlreadyOn => Refusal::new(StatusCode::CONFLICT, "invalid_request", error.to_string()),
        // The user changed since the token was judged.
        BeginError::Owner(OwnerError::Inactive) => Refusal::inactive_user().of(user.about()),
        BeginError::Owner(OwnerError::WrongCredentials) => {
            user.no_longer("The user was changed meanwhile; sign in again")
        }
        BeginError::DataKey(error) => without_data_key(&error),
        BeginError::Owner(OwnerError::Store(_))
        | BeginError::Options(_)
        | BeginError::Entropy(_)
        | BeginError::Store(_) => Refusal::server_error(),
    })?;
    let body = Setup {
        provisioning_uri: enrollment.uri.expose().to_owned(),
        secret: enrollment.secret.expose().to_owned(),
        expires_at: enrollment.expires_at.seconds(),
    };
    Ok(no_store((Extension(user.about()), Json(body))))
}

/// Turns the second factor on with a code from the app. The recovery codes are shown this once.
#[utoipa::path(
    post,
    path = "/2fa/enable",
    tag = "Second factor",
    request_body = CodeBody,
    responses(
        (status = 200, body = Enabled),
        (status = 401, body = RefusalBody, description = "invalid_token"),
        (status = 409, body = RefusalBody, description = "Nothing waits for a code in this session"),
    ),
    security(("oauth2" = []), ("bearer" = []))
)]
pub(crate) async fn enable(
    State(issuer): State<Arc<Issuer>>,
    user: ActiveUser,
    Body(body): Body<CodeBody>,
) -> Result<Response, Refusal> {
    let session = session_of(&issuer, &user).await?;
    let username = user.username().to_owned();
    let confirmed = issuer.ask(move |engine| engine.confirm_enrollment(&username, &session.sid, &body.code)).await?;
    let codes = confirmed.map_err(|error| match error {
        ConfirmError::WrongCode | ConfirmError::OtherTime { .. } | ConfirmError::TooManyTries(_) => {
            Refusal::new(StatusCode::BAD_REQUEST, "invalid_request", error.to_string())
        }
        ConfirmError::AlreadyOn | ConfirmError::NothingPending | ConfirmError::OtherSession | ConfirmError::Lapsed => {
            Refusal::new(StatusCode::CONFLICT, "invalid_request", error.to_string())
        }
        ConfirmError::Inactive => Refusal::inactive_user().of(user.about()),
        ConfirmError::NoSuchUser => user.no_longer("The user was deleted meanwhile"),
        ConfirmError::DataKey(error) => without_data_key(&error),
        ConfirmError::Unreadable | ConfirmError::Entropy(_) | ConfirmError::Store(_) => Refusal::server_error(),
    })?;
    let recovery_codes = codes.iter().map(|code| code.expose().to_owned()).collect();
    let body = Enabled { detail: "The second factor is on", recovery_codes };
    Ok(no_store((Extension(user.about()), Json(body))))
}

/// The second step of a sign-in. The bearer token is the pending one, `mfa_token`.
#[utoipa::path(
    post,
    path = "/2fa/verify",
    tag = "Second factor",
    request_body = CodeBody,
    responses((status = 200, body = TokenAnswer), (status = 401, body = RefusalBody, description = "invalid_grant")),
    security(("bearer" = []))
)]
pub(crate) async fn verify(
    State(issuer): State<Arc<Issuer>>,
    BearerToken(pending): BearerToken,
    Body(body): Body<CodeBody>,
) -> Result<Response, Refusal> {
    let granted = issuer
        .ask(move |engine| {
            let client = engine.builtin_client().map_err(|_| Refusal::server_error())?;
            let done = engine.confirm_sign_in_as(&client, &PendingToken::new(pending), &body.code);
            done.map(|done| granted(&done, &client)).map_err(|error| match error {
                SignInError::PendingInvalid
                | SignInError::UsedCode
                | SignInError::UsedRecoveryCode
                | SignInError::WrongCode
                | SignInError::CodeOfOtherTime { .. }
                | SignInError::CodeLength { .. }
                | SignInError::TooManyTries(_)
                | SignInError::Inactive => refuse_sign_in(error).unauthorized("2fa"),
                error => refuse_sign_in(error),
            })
        })
        .await??;
    Ok(granted.into_response())
}

fn without_data_key(error: &DataKeyError) -> Refusal {
    match error {
        DataKeyError::Vault(_) => {
            Refusal::unavailable("The keyring cannot be used now, so no second factor can be read")
        }
        _ => Refusal::server_error(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{extract::FromRequestParts as _, http::Request, response::IntoResponse as _};
    use engine::{Engine, secret::Password, users::NewUser};

    /// Alice's access token, judged by the guard.
    async fn judged(issuer: &Arc<Issuer>) -> ActiveUser {
        let user = NewUser {
            username: "alice".into(),
            display_name: String::new(),
            email: String::new(),
            password: Password::new("plaid lantern quorum"),
            scopes: Vec::new(),
        };
        let engine = issuer.engine();
        engine.create_user(&user).unwrap();
        let token = engine.mint("alice", None, None).unwrap().access_token;
        let request = Request::get("/me").header("authorization", format!("Bearer {token}")).body(()).unwrap();
        ActiveUser::from_request_parts(&mut request.into_parts().0, issuer).await.unwrap_or_else(|_| panic!("refused"))
    }

    /// What the endpoints answer if this happens after the guard let the request in.
    async fn answers(meanwhile: impl Fn(&Engine)) -> Vec<u16> {
        let mut answers = Vec::new();
        for endpoint in 0..4 {
            let issuer = Issuer::for_tests();
            let user = judged(&issuer).await;
            meanwhile(issuer.engine());
            let state = State(issuer);
            let answer = match endpoint {
                0 => crate::samples::me(state, user).await.into_response(),
                1 => crate::samples::userinfo(state, user).await.into_response(),
                2 => setup(state, user).await.into_response(),
                _ => enable(state, user, Body(CodeBody { code: "123456".into() })).await.into_response(),
            };
            answers.push(answer.status().as_u16());
        }
        answers
    }

    #[tokio::test]
    async fn a_user_who_changes_while_a_request_is_answered_is_no_failure_of_the_issuer() {
        let deleted = answers(|engine| drop(engine.delete_user("alice").unwrap())).await;
        assert_eq!(deleted, [401, 401, 401, 401]);
        let inactive = answers(|engine| drop(engine.set_user_active("alice", false).unwrap())).await;
        assert_eq!(inactive, [200, 200, 400, 409], "who is still there is answered; nothing was begun to enable");
    }
}
