//! Secrets that stand in the token for everybody to read: a signature hides nothing (RFC 7519 section 12).

use super::finding;
use super::values::{self, Places, Value};
use crate::check::form;
use crate::json;
use crate::parse::{Parsed, compact_header};
use crate::report::{Finding, Severity, ValueKind};

/// One finding that names every member with a secret in it; no secret is repeated.
pub(super) fn secrets(parsed: &Parsed, found: &mut Vec<Finding>) {
    let mut places = Places::default();
    for part in [&parsed.header, &parsed.claims] {
        values::each(part, &mut |value| {
            if let Some(what) = kind_of(value) {
                places.add(value, what);
            }
        });
    }
    let Some(places) = places.in_words() else { return };
    let message = format!("{places}. Whoever sees the token can read it: take it out, and replace what was exposed");
    found.push(finding("clear_text_secret", Severity::High, "A secret in clear text", &message, "RFC 7519 §12"));
}

fn kind_of(value: &Value<'_>) -> Option<&'static str> {
    match value.kind {
        ValueKind::String => by_shape(value.text).or_else(|| by_name(value.plain, value.text)),
        ValueKind::Object => private_jwk(value.text),
        _ => None,
    }
}

/// Names that hold nothing but a secret, if there is text under them.
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
    // A yes or no, and stars in place of the value, disclose nothing.
    let says_nothing = text.trim().is_empty()
        || ["true", "false", "yes", "no", "none", "null"].iter().any(|word| text.eq_ignore_ascii_case(word))
        || text.chars().all(|character| "*•xX".contains(character));
    match plain {
        _ if says_nothing => None,
        "refreshtoken" => Some("a refresh token"),
        "secret" | "pwd" | "secretaccesskey" | "totpsecret" | "otpsecret" | "mfasecret" => Some("a secret by its name"),
        _ if SECRET_ENDS.iter().any(|end| plain.ends_with(end)) => Some("a secret by its name"),
        _ => None,
    }
}

fn by_shape(text: &str) -> Option<&'static str> {
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    if text.starts_with('{') {
        return private_jwk(text);
    }
    if is_credential(text, &["AKIA", "ASIA"], 16) && text.len() == 20 {
        return Some("an AWS access key");
    }
    if is_credential(text, &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"], 22) {
        return Some("a GitHub token");
    }
    if is_credential(text, &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-"], 10) {
        return Some("a Slack token");
    }
    if is_credential(text, &["sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"], 16) {
        return Some("a Stripe key");
    }
    if has_password(text) {
        return Some("an address with a password");
    }
    is_refresh_token(text).then_some("a refresh token")
}

/// One of the beginnings, and at least this many letters, digits, `-` and `_` after it to the end.
fn is_credential(text: &str, starts: &[&str], least: usize) -> bool {
    starts.iter().filter_map(|start| text.strip_prefix(start)).any(|rest| {
        rest.len() >= least && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

/// `scheme://user:password@host` (RFC 3986 section 3.2.1).
fn has_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let userinfo = authority.rsplit_once('@').map(|(userinfo, _)| userinfo);
    userinfo.and_then(|userinfo| userinfo.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
}

/// A JWK with its private or secret part in it (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1, RFC 8037 section 2).
fn private_jwk(object: &str) -> Option<&'static str> {
    if !object.contains("\"kty\"") {
        return None;
    }
    let members = json::scan(object).members;
    let has = |name: &str| members.iter().any(|item| item.name == name && item.kind == ValueKind::String);
    (has("kty") && (has("d") || has("k"))).then_some("a JWK with its private part")
}

/// A whole compact token that says it is a refresh token.
fn is_refresh_token(text: &str) -> bool {
    compact_header(text).is_some_and(|header| header.text("typ").is_some_and(|typ| form::media_type(typ) == "rt+jwt"))
}
