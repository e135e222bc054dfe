//! Decrypts a JWE with the given key, to show its content.

use zeroize::Zeroizing;

use super::secret::{secret_bytes, secret_of};
use super::{SecretForm, UserKey};
use crate::meaning::{self, Side};
use crate::report::{FoundToken, PayloadBytes, Report, UserKeyReport};
use jose::check::Case;
use jose::json::{self, quoted};
use jose::jwe::{DecryptionKey, JweError, decrypt};
use jose::key::jwk_members;
use jose::parse::{compact_header, parse_exact};
use jose::visible::escaped_json;
use jose::words::capitalised;
use jose::{Algorithm, PrivateKey, base64url};

/// Adds what the token holds to its report, or why the key does not open it. The judgement stays as it is: encryption
/// does not prove who wrote a token.
pub(super) fn add_content(report: &mut Report, case: &Case<'_>, given: &UserKey) {
    let (summary, outcome) = opened(case, given);
    let problem = outcome.as_ref().err().map(|error| capitalised(&error.to_string()));
    let note = match &problem {
        Some(problem) => format!("Not decrypted: {problem}"),
        None => "Decrypted with the key given here, which does not prove who wrote it".to_owned(),
    };
    if let Some(kind) = &mut report.kind {
        kind.notes.push(note);
    }
    report.user_key = Some(UserKeyReport {
        summary: summary.to_owned(),
        problem,
        repairs: Vec::new(),
        remedy: None,
        encrypted: false,
    });
    if let Ok(plain) = outcome {
        show(report, case, &plain);
    }
}

fn show(report: &mut Report, case: &Case<'_>, plain: &[u8]) {
    if let Ok(text) = std::str::from_utf8(plain)
        && compact_header(text).is_some()
    {
        let outer = FoundToken { name: "Outer token".to_owned(), token: report.token.clone() };
        report.tokens = vec![outer, FoundToken { name: "Decrypted, inner token".to_owned(), token: text.to_owned() }];
    }
    // An unsecured token with this content has its claims.
    let inner = parse_exact(&format!("eyJhbGciOiJub25lIn0.{}.", base64url::encode(plain)));
    if !inner.claims.is_whole_object() {
        report.payload = Some(PayloadBytes::of(plain));
        return;
    }
    report.claims = meaning::members(&Case { parsed: &inner, ..*case }, Side::Claims);
    for member in &mut report.claims {
        (member.start, member.end) = (0, 0);
    }
    report.claims_json = escaped_json(json::pretty(&inner.claims.text));
}

/// What the key is, and the content that it opens.
fn opened(case: &Case<'_>, given: &UserKey) -> (&'static str, Result<Zeroizing<Vec<u8>>, JweError>) {
    let text = given.text.trim_start_matches('\u{FEFF}').trim();
    if text.starts_with('{')
        && let Some(secret) = jwk_members(text).iter().find(|member| member.name == "k")
    {
        let bytes = Zeroizing::new(secret.text.as_deref().and_then(base64url::decode_strict).unwrap_or_default());
        return ("JWK, a shared secret", decrypt(case.parsed, &DecryptionKey::Secret(&bytes)));
    }
    let usable = Zeroizing::new(without_purpose(text));
    let read = PrivateKey::read(usable.as_bytes(), Some(Algorithm::Rs256));
    if let Ok(private) = read.or_else(|_| PrivateKey::read(usable.as_bytes(), None)) {
        return ("Private key", decrypt(case.parsed, &DecryptionKey::Private(private.bytes())));
    }
    let first = secret_of(given).map_err(|_| JweError::UnfitKey);
    let mut outcome = first.and_then(|bytes| decrypt(case.parsed, &DecryptionKey::Secret(&bytes)));
    // A key of another length may be written in another form.
    for form in [SecretForm::Base64, SecretForm::Hex] {
        if matches!(outcome, Err(JweError::UnfitKey))
            && let Some(bytes) = secret_bytes(text, form)
        {
            outcome = decrypt(case.parsed, &DecryptionKey::Secret(&bytes));
        }
    }
    ("Secret", outcome)
}

/// A private JWK without the members that say what it is for: a key for encryption is none for signatures.
fn without_purpose(text: &str) -> String {
    if !text.starts_with('{') {
        return text.to_owned();
    }
    let kept: Vec<String> = json::scan(text)
        .members
        .iter()
        .filter(|member| !matches!(member.name.as_str(), "alg" | "use" | "key_ops"))
        .map(|member| format!("{}:{}", quoted(&member.name), &text[member.value.clone()]))
        .collect();
    format!("{{{}}}", kept.join(","))
}
