//! Refusals as OAuth clients read them (RFC 6749 section 5.2, RFC 6750 section 3), with the same sentence as `detail`
//! for those that read that.

use crate::traffic::About;
use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A refusal: a status, an error code and a sentence. In a box, since most answers are none.
#[derive(Debug)]
pub(crate) struct Refusal(Box<Said>);

#[derive(Debug)]
struct Said {
    status: StatusCode,
    error: &'static str,
    sentence: String,
    headers: Vec<(HeaderName, String)>,
    more: Map<String, Value>,
    about: About,
}

/// The body of a refusal (RFC 6749 section 5.2).
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusalBody {
    /// The error code; absent where no token was sent (RFC 6750 section 3.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    /// One sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<String>,
    /// The same sentence, for clients that read this.
    detail: String,
    /// More, such as `mfa_token`.
    #[serde(flatten)]
    #[schema(ignore)]
    more: Map<String, Value>,
}

/// The authentication scheme that an answer with status 401 or 403 asks for.
const BASIC: &str = "Basic realm=\"Token Workbench\", charset=\"UTF-8\"";

impl Refusal {
    pub(crate) fn new(status: StatusCode, error: &'static str, sentence: impl Into<String>) -> Self {
        let sentence = printable(&sentence.into());
        Self(Box::new(Said { status, error, sentence, headers: Vec::new(), more: Map::new(), about: About::default() }))
    }

    /// A parameter is missing, repeated or malformed.
    pub(crate) fn invalid_request(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", sentence)
    }

    /// Credentials, a refresh token or a pending token were refused.
    pub(crate) fn invalid_grant(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", sentence)
    }

    /// The token is good, and its user is switched off.
    pub(crate) fn inactive_user() -> Self {
        Self::invalid_request("Inactive user")
    }

    /// The client is not who it says it is.
    pub(crate) fn invalid_client(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", sentence).header(header::WWW_AUTHENTICATE, BASIC)
    }

    /// An access token was presented and refused.
    pub(crate) fn invalid_token(realm: &str, sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_token", sentence).challenge(realm, &[])
    }

    /// No access token was presented. There is no error code then (RFC 6750 section 3.1).
    pub(crate) fn no_token(realm: &str) -> Self {
        let sentence = "This endpoint wants an access token: Authorization: Bearer, one space, the token";
        Self::new(StatusCode::UNAUTHORIZED, "", sentence)
            .header(header::WWW_AUTHENTICATE, format!("Bearer realm=\"{}\"", printable(realm)))
    }

    /// There is nothing at this path.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this path")
    }

    /// The issuer itself failed. What failed is for its owner, not for a stranger.
    pub(crate) fn server_error() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "The issuer failed; its owner finds out why")
    }

    /// It cannot answer now, such as while the keyring is locked.
    pub(crate) fn unavailable(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", sentence)
    }

    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// Adds a member to the body.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.more.insert(name.to_owned(), value.into());
        self
    }

    /// Asks for a bearer token, and says what was wrong with the one that was sent (RFC 6750 section 3).
    pub(crate) fn challenge(self, realm: &str, more: &[(&str, &str)]) -> Self {
        let mut challenge = format!(
            "Bearer realm=\"{}\", error=\"{}\", error_description=\"{}\"",
            printable(realm),
            self.0.error,
            self.0.sentence
        );
        for (name, value) in more {
            challenge.push_str(&format!(", {name}=\"{}\"", printable(value)));
        }
        self.header(header::WWW_AUTHENTICATE, challenge)
    }

    /// Says whom the request was about.
    pub(crate) fn of(mut self, about: About) -> Self {
        self.0.about = about;
        self
    }

    /// The same with status 401, for endpoints that are not RFC 6749's.
    pub(crate) fn unauthorized(mut self, realm: &str) -> Self {
        self.0.status = StatusCode::UNAUTHORIZED;
        self.challenge(realm, &[])
    }

    #[cfg(test)]
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let said = *self.0;
        let is_error = !said.error.is_empty();
        let body = RefusalBody {
            error: is_error.then_some(said.error),
            error_description: is_error.then(|| said.sentence.clone()),
            detail: said.sentence,
            more: said.more,
        };
        let mut response = (said.status, Json(body)).into_response();
        for (name, value) in said.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(name, value);
            }
        }
        response.extensions_mut().insert(said.about);
        no_store(response)
    }
}

/// An answer with tokens or about them, which nobody may keep (RFC 6749 section 5.1).
pub(crate) fn no_store(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// The text with the characters that an `error_description` may have (RFC 6749 section 5.2): printable ASCII without
/// `"` and `\`. The same holds for `scope` and `realm` in a header.
fn printable(text: &str) -> String {
    let sign = |sign: char| match sign {
        '"' => '\'',
        '\\' => '/',
        '\u{20}'..='\u{7E}' => sign,
        '\u{2019}' => '\'',
        _ => '?',
    };
    text.chars().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TOK-12.
    #[test]
    fn no_character_leaves_its_header_or_its_line() {
        let refusal = Refusal::invalid_token("a\"b", "He said \"no\"\r\nSet-Cookie: a=b \\ ünï\0");
        let response = refusal.into_response();
        assert_eq!(
            response.headers()[header::WWW_AUTHENTICATE],
            "Bearer realm=\"a'b\", error=\"invalid_token\", error_description=\"He said 'no'??Set-Cookie: a=b / ?n??\""
        );
        assert!(response.headers().get(header::SET_COOKIE).is_none());
    }
}
