//! The description of the endpoints (OpenAPI 3.1), made from the endpoints themselves, and Swagger UI, which is part of
//! the program.

use crate::{
    Issuer,
    answer::{Refusal, RefusalBody},
};
use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use std::{borrow::Cow, sync::Arc};
use utoipa::{
    OpenApi,
    openapi::{
        OpenApi as Description, Ref, RefOr,
        content::ContentBuilder,
        path::Operation,
        response::ResponseBuilder,
        security::{Flow, Http, HttpAuthScheme, OAuth2, Password, Scopes, SecurityScheme},
    },
};
use utoipa_swagger_ui::Config;

/// Where Swagger UI is.
pub(crate) const DOCS: &str = "/docs";
const DESCRIPTION: &str = "/openapi.json";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Token Workbench",
        description = "The local issuer: for tests on this computer. It speaks plain http, and it knows the password \
                       grant, which RFC 9700 section 2.4 forbids elsewhere."
    ),
    components(schemas(RefusalBody))
)]
struct Base;

pub(crate) fn base() -> Description {
    Base::openapi()
}

/// The description and Swagger UI.
pub(crate) fn routes(mut description: Description) -> Router<Arc<Issuer>> {
    for item in description.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post];
        operations.into_iter().flatten().for_each(add_common_answers);
    }
    let config = Config::from(DESCRIPTION).persist_authorization(false).validator_url("none");
    Router::new()
        .route(DESCRIPTION, get(describe))
        .route(DOCS, get(|| async { Redirect::to("/docs/") }))
        .route("/docs/", get(file))
        .route("/docs/{*file}", get(file))
        .layer(Extension(Arc::new(description)))
        .layer(Extension(Arc::new(config)))
}

/// What every endpoint may answer besides its own.
fn add_common_answers(operation: &mut Operation) {
    for (status, what) in [
        ("400", "The request is malformed, or the user is inactive"),
        ("403", "The Host, Origin or site is not one that this issuer answers to"),
        ("408", "The body did not arrive in time"),
        ("413", "The body is too long"),
        ("500", "The issuer failed"),
        ("503", "The keyring cannot be used now"),
    ] {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("RefusalBody"))).build();
        let answer = ResponseBuilder::new().description(what).content("application/json", content).build();
        operation.responses.responses.entry(status.into()).or_insert(RefOr::T(answer));
    }
}

/// The description with the scopes of the catalog, which the user can change.
async fn describe(
    State(issuer): State<Arc<Issuer>>,
    Extension(description): Extension<Arc<Description>>,
) -> Result<Response, Refusal> {
    let catalog = issuer.ask(engine::Engine::scope_catalog).await?.map_err(|_| Refusal::server_error())?;
    let scopes: Vec<(String, String)> =
        catalog.into_iter().map(|entry| (entry.name.to_string(), entry.description)).collect();
    let flow = Flow::Password(Password::with_refresh_url("/token", Scopes::from_iter(scopes), "/token"));
    let mut description = Description::clone(&description);
    let components = description.components.get_or_insert_default();
    components.add_security_scheme("oauth2", SecurityScheme::OAuth2(OAuth2::new([flow])));
    components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    components.add_security_scheme("client", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
    Ok(Json(description).into_response())
}

/// A file of Swagger UI.
async fn file(
    path: Option<Path<String>>,
    Extension(config): Extension<Arc<Config<'static>>>,
) -> Result<Response, Refusal> {
    let path = path.map_or_else(String::new, |Path(path)| path);
    match utoipa_swagger_ui::serve(&path, config) {
        Ok(Some(file)) => {
            let kind = [(header::CONTENT_TYPE, file.content_type)];
            // Not copied: each client that is slow to read would hold a copy of a megabyte.
            let bytes = match file.bytes {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => bytes.into(),
            };
            Ok((kind, bytes).into_response())
        }
        Ok(None) => Err(Refusal::not_found()),
        Err(_) => Err(Refusal::server_error()),
    }
}
