//! Protected endpoints to try tokens on.

use crate::{
    Issuer,
    answer::{Refusal, RefusalBody},
    guard::{ActiveUser, Scoped, scope},
    items::Item,
    json::Body,
};
use axum::{Extension, Json, extract::State, http::StatusCode, response::IntoResponse};
use engine::users::User;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The longest name of an item, in characters.
const LONGEST_NAME: usize = 100;

/// An item to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewItem {
    /// 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    name: String,
}

/// The user of the access token.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    username: String,
    display_name: String,
    email: String,
    active: bool,
    /// The scopes of the token.
    scopes: Vec<String>,
}

/// The user in the claims of OpenID Connect Core section 5.1.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserInfo {
    sub: String,
    preferred_username: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    email: String,
}

/// An order of the sample API.
#[derive(Serialize, ToSchema)]
pub(crate) struct Order {
    id: u32,
    item: &'static str,
    buyer: String,
}

async fn user_of(issuer: &Issuer, user: &ActiveUser) -> Result<User, Refusal> {
    let username = user.username().to_owned();
    let found = issuer.ask(move |engine| engine.user(&username)).await?.map_err(|_| Refusal::server_error())?;
    found.map(|listed| listed.user).ok_or_else(|| user.no_longer("The user was deleted meanwhile"))
}

/// The user of the access token.
#[utoipa::path(
    get,
    path = "/me",
    tag = "Samples",
    responses(
        (status = 200, body = Me),
        (status = 401, body = RefusalBody, description = "No token, or invalid_token"),
    ),
    security(("oauth2" = []), ("bearer" = []))
)]
pub(crate) async fn me(State(issuer): State<Arc<Issuer>>, user: ActiveUser) -> Result<impl IntoResponse, Refusal> {
    let about = user.about();
    let scopes = user.scopes().into_iter().map(str::to_owned).collect();
    let user = user_of(&issuer, &user).await?;
    let username = user.username.to_string();
    let body = Me { username, display_name: user.display_name, email: user.email, active: user.active, scopes };
    Ok((Extension(about), Json(body)))
}

/// Claims about the user (OpenID Connect Core section 5.3).
#[utoipa::path(
    get,
    path = "/userinfo",
    tag = "Samples",
    responses(
        (status = 200, body = UserInfo),
        (status = 401, body = RefusalBody, description = "No token, or invalid_token"),
    ),
    security(("oauth2" = []), ("bearer" = []))
)]
pub(crate) async fn userinfo(
    State(issuer): State<Arc<Issuer>>,
    user: ActiveUser,
) -> Result<impl IntoResponse, Refusal> {
    let about = user.about();
    let sub = user.username().to_owned();
    let user = user_of(&issuer, &user).await?;
    let preferred_username = user.username.to_string();
    let body = UserInfo { sub, preferred_username, name: user.display_name, email: user.email };
    Ok((Extension(about), Json(body)))
}

/// The same by POST, which OpenID Connect Core section 5.3.1 wants too.
#[utoipa::path(
    post,
    path = "/userinfo",
    tag = "Samples",
    responses(
        (status = 200, body = UserInfo),
        (status = 401, body = RefusalBody, description = "No token, or invalid_token"),
    ),
    security(("oauth2" = []), ("bearer" = []))
)]
pub(crate) async fn userinfo_by_post(
    issuer: State<Arc<Issuer>>,
    user: ActiveUser,
) -> Result<impl IntoResponse, Refusal> {
    userinfo(issuer, user).await
}

/// Needs an active user.
#[utoipa::path(
    get,
    path = "/orders",
    tag = "Samples",
    responses(
        (status = 200, body = Vec<Order>),
        (status = 401, body = RefusalBody, description = "No token, or invalid_token"),
    ),
    security(("oauth2" = []), ("bearer" = []))
)]
pub(crate) async fn orders(user: ActiveUser) -> impl IntoResponse {
    let order = Order { id: 1, item: "Notebook", buyer: user.username().to_owned() };
    (Extension(user.about()), Json(vec![order]))
}

scope!(ItemsRead, "items:read");
scope!(ItemsWrite, "items:write");

/// Needs the scope `items:read`.
#[utoipa::path(
    get,
    path = "/items",
    tag = "Samples",
    responses(
        (status = 200, body = Vec<Item>),
        (status = 401, body = RefusalBody, description = "No token, or invalid_token"),
        (status = 403, body = RefusalBody, description = "insufficient_scope: items:read"),
    ),
    security(("oauth2" = ["items:read"]), ("bearer" = []))
)]
pub(crate) async fn items(State(issuer): State<Arc<Issuer>>, who: Scoped<ItemsRead>) -> impl IntoResponse {
    let items = issuer.items.all();
    (Extension(who.about()), Json(items))
}

/// Needs the scope `items:write`.
#[utoipa::path(
    post,
    path = "/items",
    tag = "Samples",
    request_body = NewItem,
    responses(
        (status = 201, body = Item),
        (status = 401, body = RefusalBody, description = "No token, or invalid_token"),
        (status = 403, body = RefusalBody, description = "insufficient_scope: items:write"),
    ),
    security(("oauth2" = ["items:write"]), ("bearer" = []))
)]
pub(crate) async fn new_item(
    State(issuer): State<Arc<Issuer>>,
    who: Scoped<ItemsWrite>,
    Body(new): Body<NewItem>,
) -> Result<impl IntoResponse, Refusal> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Refusal::invalid_request(format!("name has 1 to {LONGEST_NAME} characters")));
    }
    let item = issuer.items.add(name, who.subject());
    Ok((StatusCode::CREATED, Extension(who.about()), Json(item)))
}
