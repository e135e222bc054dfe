//! Protected endpoints to try tokens on.

use crate::{
    Issuer,
    answer::Refusal,
    guard::{ActiveUser, Scoped, scope},
    json::Body,
};
use axum::{Extension, Json, extract::State, http::StatusCode, response::IntoResponse};
use engine::users::User;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// The longest name of an item, in characters.
const LONGEST_NAME: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewItem {
    name: String,
}

async fn user_of(issuer: &Issuer, username: String) -> Result<User, Refusal> {
    let found = issuer.ask(move |engine| engine.user(&username)).await?.map_err(|_| Refusal::server_error())?;
    // The guard has just seen them; they were deleted since.
    found.map(|listed| listed.user).ok_or_else(Refusal::server_error)
}

pub(crate) async fn me(State(issuer): State<Arc<Issuer>>, user: ActiveUser) -> Result<impl IntoResponse, Refusal> {
    let about = user.about();
    let scopes = user.scopes();
    let user = user_of(&issuer, user.username().to_owned()).await?;
    let body = json!({
        "username": user.username.as_str(),
        "display_name": user.display_name,
        "email": user.email,
        "active": user.active,
        "scopes": scopes,
    });
    Ok((Extension(about), Json(body)))
}

/// OpenID Connect Core section 5.3: `sub` is the access token's.
pub(crate) async fn userinfo(
    State(issuer): State<Arc<Issuer>>,
    user: ActiveUser,
) -> Result<impl IntoResponse, Refusal> {
    let about = user.about();
    let sub = user.username().to_owned();
    let user = user_of(&issuer, sub.clone()).await?;
    let mut body = json!({ "sub": sub, "preferred_username": user.username.as_str() });
    for (name, value) in [("name", user.display_name), ("email", user.email)] {
        if !value.is_empty() {
            body[name] = value.into();
        }
    }
    Ok((Extension(about), Json(body)))
}

pub(crate) async fn orders(user: ActiveUser) -> impl IntoResponse {
    let orders = json!([{ "id": 1, "item": "Notebook", "buyer": user.username() }]);
    (Extension(user.about()), Json(orders))
}

scope!(ItemsRead, "items:read");
scope!(ItemsWrite, "items:write");

pub(crate) async fn items(State(issuer): State<Arc<Issuer>>, who: Scoped<ItemsRead>) -> impl IntoResponse {
    let items = issuer.items.all();
    (Extension(who.about()), Json(items))
}

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
