//! Secrets in the token that anyone can read: a signature hides nothing (RFC 7519 section 12).

use std::borrow::Cow;

use super::finding;
use super::values::{Places, Value};
use crate::not_jwt::credential;
use crate::report::{Finding, Severity};
use jose::json;
use jose::json::ValueKind;
use jose::parse::compact_header;
use jose::parse::media_type;

/// The members that contain a secret. The secrets themselves are not kept.
#[derive(Default)]
pub(super) struct Secrets(Places);

impl Secrets {
    pub(super) fn look_at(&mut self, value: &Value<'_>) {
        if let Some(what) = kind_of(value) {
            self.0.add(value, &what);
        }
    }

    /// One finding that names all of them.
    pub(super) fn finding(self) -> Option<Finding> {
        let places = self.0.in_words()?;
        let message =
            format!("{places}. Whoever sees the token can read it: take it out, and replace what was exposed");
        Some(finding("clear_text_secret", Severity::High, "A secret in clear text", message, "RFC 7519 §12"))
    }
}

fn kind_of(value: &Value<'_>) -> Option<Cow<'static, str>> {
    match value.kind {
        ValueKind::String => by_shape(value.text).or_else(|| by_name(value.plain, value.text).map(Cow::Borrowed)),
        ValueKind::Object => private_jwk(value.text).map(Cow::Borrowed),
        _ => None,
    }
}

/// Names whose value, if it is text, is always a secret.
fn by_name(plain: &str, text: &str) -> Option<&'static str> {
    const SECRET_ENDS: [&str; 9] = [
        "password",
        "passwd",
        "passphrase",
        "clientsecret",
        "apikey",
        "apisecret",
        "privatekey",
        "secretkey",
        "sharedsecret",
    ];
    let what = match plain {
        "refreshtoken" => "a refresh token",
        "secret" | "pwd" | "secretaccesskey" | "totpsecret" | "otpsecret" | "mfasecret" => "a secret by its name",
        _ if SECRET_ENDS.iter().any(|end| end.as_bytes().last() == plain.as_bytes().last() && plain.ends_with(end)) => {
            "a secret by its name"
        }
        _ => return None,
    };
    (!says_nothing(text) && !TELLS_OF.iter().any(|verb| plain.starts_with(verb))).then_some(what)
}

/// Prefixes of names that say something about a secret but do not contain it: `reset_password`.
const TELLS_OF: [&str; 10] = ["reset", "force", "change", "require", "must", "need", "has", "can", "allow", "forgot"];

/// Shorter values are not taken for secrets.
const SHORTEST: usize = 4;

/// A yes or no, or asterisks in place of the value, disclose nothing.
fn says_nothing(text: &str) -> bool {
    text.trim().len() < SHORTEST
        || ["true", "false", "yes", "no", "none", "null"].iter().any(|word| text.eq_ignore_ascii_case(word))
        || text.chars().all(|character| "*•xX".contains(character))
}

/// The first line of a private key has at least this many characters.
const PEM_LINE: usize = "-----BEGIN PRIVATE KEY-----".len();

fn by_shape(text: &str) -> Option<Cow<'static, str>> {
    if text.len() > PEM_LINE && text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("a private key".into());
    }
    if text.starts_with('{') {
        return private_jwk(text).map(Cow::Borrowed);
    }
    if let Some(what) = credential(text) {
        return Some(what.into());
    }
    if text.starts_with("otpauth://") && text.contains("secret=") {
        return Some("the secret of a second factor".into());
    }
    if has_password(text) {
        return Some("an address with a password".into());
    }
    is_refresh_token(text).then_some("a refresh token".into())
}

/// `scheme://user:password@host` (RFC 3986 section 3.2.1).
fn has_password(text: &str) -> bool {
    let after = |colon: usize| text.get(colon + 1..)?.strip_prefix("//");
    let Some(rest) = text.bytes().position(|byte| byte == b':').and_then(after) else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let userinfo = authority.rsplit_once('@').map(|(userinfo, _)| userinfo);
    userinfo.and_then(|userinfo| userinfo.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
}

/// A JWK with its private or secret part (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1, RFC 8037 section 2).
fn private_jwk(object: &str) -> Option<&'static str> {
    if !object.contains("\"kty\"") {
        return None;
    }
    let members = json::scan(object).members;
    let has = |name: &str| members.iter().any(|item| item.name == name && item.kind == ValueKind::String);
    (has("kty") && (has("d") || has("k"))).then_some("a JWK with its private part")
}

/// A complete compact token that says it is a refresh token.
fn is_refresh_token(text: &str) -> bool {
    compact_header(text).is_some_and(|header| header.text("typ").is_some_and(|typ| media_type(typ) == "rt+jwt"))
}
