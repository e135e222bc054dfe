//! `POST /token` (RFC 6749 section 3.2): one function for each grant.

use crate::{
    Issuer,
    answer::{Refusal, RefusalBody, no_store},
    client_auth::Credentials,
    form::Form,
    state::without_key,
    traffic::About,
};
use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use engine::{
    Engine,
    clients::{Client, Grant},
    refresh::RefreshError,
    scopes::join,
    secret::{Password, PendingToken, RefreshToken},
    sign_in::{SignIn, SignInError, SignedIn},
};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The longest username that is looked up, in bytes; a valid one has 64 characters.
const LONGEST_NAME: usize = 1024;

/// Tokens, and whom they are for.
pub(crate) struct Granted {
    body: TokenAnswer,
    about: About,
}

/// The tokens (RFC 6749 section 5.1).
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenAnswer {
    access_token: String,
    /// Always `bearer`.
    token_type: &'static str,
    /// Seconds until the access token expires.
    expires_in: u64,
    /// Absent for `client_credentials`.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// The granted scopes, separated by spaces.
    scope: String,
}

/// The parameters of the token endpoint. Which of them are needed depends on `grant_type`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: Form reads the parameters")]
pub(crate) struct TokenForm {
    /// `password`, `refresh_token`, `client_credentials`, `http://auth0.com/oauth/grant-type/mfa-otp` or
    /// `http://auth0.com/oauth/grant-type/mfa-recovery-code`.
    grant_type: String,
    /// For `password`.
    username: Option<String>,
    /// For `password`.
    password: Option<String>,
    /// For `refresh_token`.
    refresh_token: Option<String>,
    /// For the second step: the token that came with `mfa_required`.
    mfa_token: Option<String>,
    /// For `mfa-otp`: the code of the authenticator.
    otp: Option<String>,
    /// For `mfa-recovery-code`.
    recovery_code: Option<String>,
    /// The wanted scopes, separated by spaces.
    scope: Option<String>,
    /// The client, unless it presents itself by Basic. Without one, the public client is assumed.
    client_id: Option<String>,
    /// The secret of a confidential client, unless it presents itself by Basic.
    client_secret: Option<String>,
}

impl Granted {
    pub(crate) fn into_response(self) -> Response {
        no_store((Extension(self.about), Json(self.body)))
    }
}

/// Gives tokens for a grant.
#[utoipa::path(
    post,
    path = "/token",
    tag = "OAuth",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = TokenAnswer),
        (status = 400, body = RefusalBody, description = "invalid_request, invalid_grant, invalid_scope, \
         unauthorized_client or unsupported_grant_type"),
        (status = 401, body = RefusalBody, description = "invalid_client"),
        (status = 403, body = RefusalBody, description = "mfa_required, with mfa_token"),
    )
)]
pub(crate) async fn token(
    State(issuer): State<Arc<Issuer>>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Refusal> {
    let credentials = Credentials::of(&headers, &form)?;
    let grant: Grant = form.require("grant_type")?.parse().map_err(|error: engine::clients::UnknownGrant| {
        Refusal::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", error.to_string())
    })?;
    let answer = match grant {
        Grant::Password => {
            let username = form.require("username")?.to_owned();
            form.require("password")?;
            if username.len() > LONGEST_NAME {
                return Err(Refusal::invalid_grant(SignInError::WrongCredentials.to_string()));
            }
            issuer.ask_with_password(move |engine| password(engine, &credentials, &username, &form)).await?
        }
        Grant::RefreshToken => {
            form.require("refresh_token")?;
            issuer.ask(move |engine| refresh(engine, &credentials, &form)).await?
        }
        Grant::MfaOtp => {
            form.require("mfa_token")?;
            form.require("otp")?;
            issuer.ask(move |engine| second_step(engine, &credentials, &form, grant, "otp")).await?
        }
        Grant::MfaRecoveryCode => {
            form.require("mfa_token")?;
            form.require("recovery_code")?;
            issuer.ask(move |engine| second_step(engine, &credentials, &form, grant, "recovery_code")).await?
        }
        Grant::ClientCredentials => issuer.ask(move |engine| client_credentials(engine, &credentials, &form)).await?,
    };
    answer.map(Granted::into_response)
}

/// The client, if it may use the grant.
fn allowed(engine: &Engine, credentials: &Credentials, grant: Grant) -> Result<Client, Refusal> {
    let client = credentials.client(engine)?;
    if client.grants.contains(&grant) {
        return Ok(client);
    }
    let sentence = format!("The client {} may not use the grant {grant}", client.id);
    Err(Refusal::new(StatusCode::BAD_REQUEST, "unauthorized_client", sentence).of(About::client(&client)))
}

fn password(engine: &Engine, credentials: &Credentials, username: &str, form: &Form) -> Result<Granted, Refusal> {
    let client = allowed(engine, credentials, Grant::Password)?;
    let about = About { username: Some(username.to_owned()), ..About::client(&client) };
    let password = Password::new(form.require("password")?);
    let signed_in = engine.sign_in_as(&client, username, &password, form.scopes().as_deref());
    match signed_in.map_err(|error| refuse_sign_in(error).of(about.clone()))? {
        SignIn::Done(done) => Ok(granted(&done, &client)),
        SignIn::SecondFactorDue { pending, expires_in } => {
            let sentence = "A second factor is due: send mfa_token and a code to this endpoint";
            let due = Refusal::new(StatusCode::FORBIDDEN, "mfa_required", sentence);
            let due = due.with("mfa_token", pending.expose()).with("expires_in", expires_in.as_secs());
            Err(due.of(about))
        }
    }
}

fn second_step(
    engine: &Engine,
    credentials: &Credentials,
    form: &Form,
    grant: Grant,
    parameter: &str,
) -> Result<Granted, Refusal> {
    let client = allowed(engine, credentials, grant)?;
    let pending = PendingToken::new(form.require("mfa_token")?);
    let code = form.require(parameter)?;
    // The engine takes either kind of code; a client asked for one of them.
    let is_digits = code.chars().filter(|sign| !sign.is_whitespace()).all(|sign| sign.is_ascii_digit());
    if is_digits != (grant == Grant::MfaOtp) {
        return Err(Refusal::invalid_grant(SignInError::WrongCode.to_string()).of(About::client(&client)));
    }
    let done = engine.confirm_sign_in_as(&client, &pending, code);
    Ok(granted(&done.map_err(|error| refuse_sign_in(error).of(About::client(&client)))?, &client))
}

fn refresh(engine: &Engine, credentials: &Credentials, form: &Form) -> Result<Granted, Refusal> {
    let client = allowed(engine, credentials, Grant::RefreshToken)?;
    let token = RefreshToken::new(form.require("refresh_token")?);
    let done = engine.refresh_as(&client, &token, form.scopes().as_deref());
    Ok(granted(&done.map_err(|error| refuse_refresh(error).of(About::client(&client)))?, &client))
}

fn client_credentials(engine: &Engine, credentials: &Credentials, form: &Form) -> Result<Granted, Refusal> {
    let client = allowed(engine, credentials, Grant::ClientCredentials)?;
    let about = About::client(&client);
    let done = engine.sign_in_client(&client, form.scopes().as_deref());
    let done = done.map_err(|error| refuse_sign_in(error).of(about.clone()))?;
    let about = About { jti: jti(&done.access_token), ..about };
    let body = TokenAnswer {
        access_token: done.access_token,
        token_type: "bearer",
        expires_in: done.expires_in.as_secs(),
        refresh_token: None,
        scope: join(&done.scopes),
    };
    Ok(Granted { body, about })
}

/// The successful answer (RFC 6749 section 5.1).
pub(crate) fn granted(done: &SignedIn, client: &Client) -> Granted {
    let body = TokenAnswer {
        access_token: done.access_token.clone(),
        token_type: "bearer",
        expires_in: done.expires_in.as_secs(),
        refresh_token: done.refresh_token.as_ref().map(|token| token.expose().to_owned()),
        scope: join(&done.scopes),
    };
    let username = Some(done.username.to_string());
    Granted { body, about: About { username, jti: jti(&done.access_token), ..About::client(client) } }
}

fn jti(token: &str) -> Option<String> {
    jose::parse_exact(token).claim_text("jti").map(str::to_owned)
}

/// Why nobody was signed in, as strangers may know it: which part of the credentials was wrong, and whether the user is
/// inactive, is not said.
pub(crate) fn refuse_sign_in(error: SignInError) -> Refusal {
    match error {
        SignInError::WrongCredentials | SignInError::Inactive | SignInError::NoSuchUser(_) => {
            Refusal::invalid_grant(SignInError::WrongCredentials.to_string())
        }
        SignInError::WrongCode
        | SignInError::CodeOfOtherTime { .. }
        | SignInError::CodeLength { .. }
        | SignInError::TooManyTries(_) => Refusal::invalid_grant(SignInError::WrongCode.to_string()),
        error @ (SignInError::PendingInvalid | SignInError::UsedCode | SignInError::UsedRecoveryCode) => {
            Refusal::invalid_grant(error.to_string())
        }
        error @ (SignInError::Scope(_) | SignInError::ScopeOfClient(_)) => invalid_scope(error.to_string()),
        SignInError::Key(error) => without_key(&error),
        SignInError::DataKey(error) => match error {
            engine::data_key::DataKeyError::Vault(_) => {
                Refusal::unavailable("The keyring cannot be used now, so no second factor can be checked")
            }
            _ => Refusal::server_error(),
        },
        SignInError::Lifetime { .. }
        | SignInError::ShortLived { .. }
        | SignInError::Unsigned
        | SignInError::Entropy(_)
        | SignInError::Store(_) => Refusal::server_error(),
    }
}

/// Why a refresh failed (RFC 6749 section 5.2).
pub(crate) fn refuse_refresh(error: RefreshError) -> Refusal {
    match error {
        error @ (RefreshError::Unknown
        | RefreshError::NotRefresh(_)
        | RefreshError::OtherClient
        | RefreshError::SessionEnded
        | RefreshError::Expired
        | RefreshError::Replayed { .. }
        | RefreshError::Inactive) => Refusal::invalid_grant(error.to_string()),
        error @ RefreshError::Scope(_) => invalid_scope(error.to_string()),
        RefreshError::Key(error) => without_key(&error),
        RefreshError::Unsigned | RefreshError::Entropy(_) | RefreshError::Store(_) => Refusal::server_error(),
    }
}

fn invalid_scope(sentence: String) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_scope", sentence)
}
