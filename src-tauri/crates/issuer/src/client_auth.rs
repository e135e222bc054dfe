//! How a client presents itself: by Basic, or in the body, or by its ID alone if it is public (RFC 6749 section 2.3).

use crate::{answer::Refusal, form::Form};
use axum::http::{HeaderMap, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use engine::{
    Engine,
    clients::{Client, ClientRefusal},
};
use percent_encoding::percent_decode_str;

/// What a client presented. Nothing of it is checked yet.
pub(crate) struct Credentials {
    id: Option<String>,
    secret: Option<String>,
}

impl Credentials {
    /// The credentials in a request. Basic and body together are refused.
    pub(crate) fn of(headers: &HeaderMap, form: &Form) -> Result<Self, Refusal> {
        let (body_id, body_secret) = (form.get("client_id"), form.get("client_secret"));
        let mut sent = headers.get_all(header::AUTHORIZATION).iter();
        let Some(authorization) = sent.next() else {
            if body_id.is_none() && body_secret.is_some() {
                return Err(Refusal::invalid_request("There is a client_secret without a client_id"));
            }
            return Ok(Self { id: body_id.map(str::to_owned), secret: body_secret.map(str::to_owned) });
        };
        if sent.next().is_some() {
            return Err(Refusal::invalid_request("The request has several Authorization headers"));
        }
        let (id, secret) = authorization.to_str().ok().and_then(basic).ok_or_else(|| {
            Refusal::invalid_client("A client presents itself by Basic: client_id and client_secret in base64")
        })?;
        // Swagger UI sends `:` where no client was typed in.
        if id.is_empty() && secret.is_empty() {
            return Ok(Self { id: body_id.map(str::to_owned), secret: body_secret.map(str::to_owned) });
        }
        if body_secret.is_some() || body_id.is_some_and(|body_id| body_id != id) {
            return Err(Refusal::invalid_request(
                "The client presents itself by Basic and in the body; one of them is allowed (RFC 6749 section 2.3)",
            ));
        }
        // An empty secret is how some clients write that there is none.
        Ok(Self { id: Some(id), secret: Some(secret).filter(|secret| !secret.is_empty()) })
    }

    /// The client, or the public one that is assumed if none was named.
    pub(crate) fn client(&self, engine: &Engine) -> Result<Client, Refusal> {
        engine.authenticate_client(self.id.as_deref(), self.secret.as_deref()).map_err(|refusal| match refusal {
            ClientRefusal::Store(_) => Refusal::server_error(),
            refusal => Refusal::invalid_client(refusal.to_string()),
        })
    }

    /// The client, which must be named.
    pub(crate) fn named_client(&self, engine: &Engine) -> Result<Client, Refusal> {
        if self.id.is_none() {
            return Err(Refusal::invalid_client("This endpoint wants a client: client_id, by Basic or in the body"));
        }
        self.client(engine)
    }
}

/// ID and secret of an `Authorization: Basic` header. Both are form-encoded before they are joined (RFC 6749 section
/// 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(STANDARD.decode(encoded.trim_matches(' ')).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8().map(|text| text.into_owned()).ok()
    };
    let (id, secret) = (decode(id)?, decode(secret)?);
    (!id.is_empty() || secret.is_empty()).then_some((id, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_decoded_twice() {
        let header = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let pair = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(basic(&header("a:b")), pair("a", "b"));
        assert_eq!(basic(&header("a:b:c")), pair("a", "b:c"));
        assert_eq!(basic(&header("a%3A:b%2B+")), pair("a:", "b+ "));
        assert_eq!(basic(&header("a:")), pair("a", ""));
        assert_eq!(basic(&header(":")), pair("", ""));
        assert_eq!(basic(&header("a:b").replace("Basic", "bASIC")), pair("a", "b"));
        for bad in ["Basic", "Basic ", "Basic !!", "Bearer YTpi", &header("ab"), &header(":b"), &header("a:%FF")] {
            assert_eq!(basic(bad), None, "{bad}");
        }
    }
}
