//! The routes, and what surrounds every one of them.

use crate::{
    Issuer,
    access::Stranger,
    answer::Refusal,
    body, introspect, json, metadata, openapi, revoke, samples, second_factor, token,
    traffic::{About, LONGEST_METHOD, LONGEST_PATH, Record},
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use engine::clock::Stopwatch;
use std::{any::Any, sync::Arc};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
};
use utoipa_axum::{router::OpenApiRouter, routes};

impl Issuer {
    /// All endpoints.
    pub fn router(self: &Arc<Self>) -> Router {
        let (routes, description) = OpenApiRouter::with_openapi(openapi::base())
            .routes(routes!(token::token))
            .routes(routes!(introspect::introspect))
            .routes(routes!(revoke::revoke))
            .routes(routes!(json::refresh))
            .routes(routes!(json::logout))
            .routes(routes!(second_factor::setup))
            .routes(routes!(second_factor::enable))
            .routes(routes!(second_factor::verify))
            .routes(routes!(samples::me))
            .routes(routes!(samples::userinfo, samples::userinfo_by_post))
            .routes(routes!(samples::orders))
            .routes(routes!(samples::items, samples::new_item))
            .routes(routes!(metadata::authorization_server))
            .routes(routes!(metadata::jwks))
            .routes(routes!(metadata::health))
            .split_for_parts();
        let routes = routes
            .route("/.well-known/openid-configuration", get(metadata::authorization_server))
            .merge(openapi::routes(description));
        self.surround(routes)
    }

    /// Puts the checks that every request passes around the routes.
    fn surround(self: &Arc<Self>, routes: Router<Arc<Self>>) -> Router {
        let listed = Arc::clone(self);
        let cors = CorsLayer::new()
            .allow_origin(AllowOrigin::predicate(move |origin, _| listed.is_listed(origin)))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
            .expose_headers([header::WWW_AUTHENTICATE]);
        routes
            .fallback(not_found)
            .method_not_allowed_fallback(other_method)
            .layer(DefaultBodyLimit::max(body::LONGEST))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(cors)
            .layer(from_fn_with_state(Arc::clone(self), admit))
            .with_state(Arc::clone(self))
    }
}

/// Swagger UI loads its own files, has styles in its page and draws icons from `data:`.
const DOCUMENTATION: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' \
                             data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Refuses strangers, and adds to every answer what keeps browsers from misusing it.
async fn admit(State(issuer): State<Arc<Issuer>>, request: Request, next: Next) -> Response {
    let watch = Stopwatch::start();
    let method: String = request.method().as_str().chars().take(LONGEST_METHOD).collect();
    let path: String = request.uri().path().chars().take(LONGEST_PATH).collect();
    let is_documentation = path.starts_with(openapi::DOCS);
    let mut response = match issuer.admits(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(stranger) => {
            let refused_origin = match &stranger {
                Stranger::Origin(origin) => Some(origin.clone()),
                _ => None,
            };
            let refusal = Refusal::new(StatusCode::FORBIDDEN, "access_denied", stranger.to_string());
            refusal.of(About { refused_origin, ..About::default() }).into_response()
        }
    };
    let headers = response.headers_mut();
    let policy = if is_documentation { DOCUMENTATION } else { "default-src 'none'; frame-ancestors 'none'" };
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let about = response.extensions_mut().remove::<About>().unwrap_or_default();
    let micros = u64::try_from(watch.elapsed().as_micros()).unwrap_or(u64::MAX);
    issuer.tell(Record { method, path, status: response.status().as_u16(), micros, about });
    response
}

async fn not_found() -> Refusal {
    Refusal::not_found()
}

async fn other_method(method: Method) -> Refusal {
    let sentence = format!("This path does not take {method}; the header Allow lists what it takes");
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", sentence)
}

/// The program goes on; what happened is on standard error.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    Refusal::server_error().into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Server, access::Access};
    use engine::{Engine, Profile, Rules};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    async fn ask(port: u16, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// HTTP-13.
    #[tokio::test]
    async fn a_panic_is_a_plain_500_and_the_next_request_is_served() {
        let server = Server::bind(&Options::default()).await.unwrap();
        let port = server.port();
        let engine = Engine::open(&Profile::Ephemeral, Rules::default()).unwrap();
        let issuer = Issuer::new(Arc::new(engine), String::new(), Access::at(port, &[]), Box::new(|_| ()));
        async fn in_the_handler() {
            panic!("a secret");
        }
        async fn in_the_engine(State(issuer): State<Arc<Issuer>>) -> Result<(), Refusal> {
            issuer.ask(|_| panic!("a secret")).await
        }
        let routes = Router::new()
            .route("/handler", get(in_the_handler))
            .route("/engine", get(in_the_engine))
            .route("/health", get(metadata::health));
        let router = issuer.surround(routes);
        tokio::spawn(server.run(router, std::future::pending()));
        for path in ["/handler", "/engine"] {
            let answer = ask(port, path).await;
            assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
            assert!(answer.contains("server_error") && !answer.contains("a secret"), "{answer}");
            assert!(ask(port, "/health").await.starts_with("HTTP/1.1 200 "));
        }
    }
}
