//! The parameters of an OAuth endpoint: form-encoded, in the body, each at most once (RFC 6749 section 3.2).

use crate::{answer::Refusal, body};
use axum::extract::{FromRequest, Request};
use percent_encoding::percent_decode;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The media type of a form. JSON and multipart bodies are refused, which also keeps web pages from sending one without
/// a preflight that this issuer declines.
const FORM: &str = "application/x-www-form-urlencoded";

/// The parameters. An empty one counts as absent.
#[derive(Default)]
pub(crate) struct Form(BTreeMap<String, String>);

/// The parameters of an endpoint about a token, for the description: [`Form`] reads them.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
pub(crate) struct TokenParameters {
    /// An access or refresh token.
    token: String,
    /// Not needed.
    token_type_hint: Option<String>,
    /// The client, unless it presents itself by Basic.
    client_id: Option<String>,
    /// The secret of a confidential client, unless it presents itself by Basic.
    client_secret: Option<String>,
}

impl Form {
    /// A parameter's value.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value of a parameter that must be there.
    pub(crate) fn require(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::invalid_request(format!("The parameter {name} is missing")))
    }

    /// The words of `scope`; `None` if it is absent.
    pub(crate) fn scopes(&self) -> Option<Vec<String>> {
        self.get("scope").map(|scope| scope.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect())
    }

    fn parse(body: &[u8]) -> Result<Self, Refusal> {
        // The library replaces what is not UTF-8, which would turn one password into another.
        if percent_decode(body).decode_utf8().is_err() {
            return Err(Refusal::invalid_request("The body is not UTF-8"));
        }
        let mut parameters = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            if value.contains('\0') {
                return Err(Refusal::invalid_request(format!("The parameter {name} contains a null character")));
            }
            if parameters.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                let sentence = format!("The parameter {name} is there twice (RFC 6749 section 3.2)");
                return Err(Refusal::invalid_request(sentence));
            }
        }
        Ok(Self(parameters))
    }
}

impl<S: Sync> FromRequest<S> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        if request.uri().query().is_some_and(|query| !query.is_empty()) {
            return Err(Refusal::invalid_request(
                "Parameters belong in the body: a URL ends up in logs and histories (RFC 6749 section 3.2)",
            ));
        }
        let body = body::read(request, FORM, "RFC 6749 section 3.2").await?;
        Self::parse(&body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(body: &str, name: &str) -> Option<String> {
        Form::parse(body.as_bytes()).unwrap().get(name).map(str::to_owned)
    }

    #[test]
    fn values_are_decoded_and_empty_ones_are_absent() {
        assert_eq!(value("password=a+b%2B%C3%BC%26", "password").as_deref(), Some("a b+ü&"));
        assert_eq!(value("scope=&x=1", "scope"), None);
        assert_eq!(value("scope", "scope"), None);
        assert_eq!(value("", "scope"), None);
        let scopes = Form::parse(b"scope=a++b").unwrap().scopes().unwrap();
        assert_eq!(scopes, ["a", "b"]);
    }

    #[test]
    fn doubled_parameters_and_damaged_text_are_refused() {
        for body in [&b"a=1&a=2"[..], b"a=1&%61=1", b"a=&a=", b"a=%FF", b"a=\xFF", b"%FF=1", b"a=b%00c"] {
            assert!(Form::parse(body).is_err(), "{}", body.escape_ascii());
        }
    }
}
