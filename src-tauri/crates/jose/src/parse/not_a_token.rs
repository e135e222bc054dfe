//! Classifies texts that are not tokens: keys, decoded JSON, words. Anything else may be an opaque token.

use super::ParseProblem;
use crate::json;
use crate::json::ValueKind;

/// What the text is, for the summary, and the problem to report.
pub(super) fn name(text: &str) -> (String, ParseProblem) {
    let what = pem(text).or_else(|| json(text));
    match what {
        Some(found) => (found.summary(), ParseProblem::not_a_token(found.what, found.message, found.fix)),
        None if text.contains(char::is_whitespace) => ("Text without a token".to_owned(), ParseProblem::words()),
        None => ("Opaque text without a JSON header".to_owned(), ParseProblem::opaque()),
    }
}

struct NotAToken {
    /// With its article: "a public key".
    what: &'static str,
    message: &'static str,
    fix: &'static str,
}

impl NotAToken {
    fn key(what: &'static str) -> NotAToken {
        NotAToken { what, message: "Paste the token here, and give this as its key.", fix: "Paste the token" }
    }

    fn secret(what: &'static str) -> NotAToken {
        let message = "Whoever has it can sign tokens: keep it to yourself. To check a token with it, paste the token \
                       here and give this as its key.";
        NotAToken { what, message, fix: "Paste the token" }
    }

    /// "Public key, not a token".
    fn summary(&self) -> String {
        let noun = self.what.trim_start_matches("a ").trim_start_matches("an ");
        format!("{}, not a token", crate::words::capitalised(noun))
    }
}

/// A PEM block, by its label (RFC 7468 section 2).
fn pem(text: &str) -> Option<NotAToken> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, _) = rest.split_once("-----")?;
    Some(match label {
        "CERTIFICATE" => NotAToken::key("a certificate"),
        _ if label.ends_with("PUBLIC KEY") => NotAToken::key("a public key"),
        _ if label.ends_with("PRIVATE KEY") => NotAToken::secret("a private key"),
        _ => NotAToken { what: "a PEM block", message: "It holds neither a token nor a key.", fix: "Paste the token" },
    })
}

fn json(text: &str) -> Option<NotAToken> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let scanned = json::scan(text);
    if scanned.broken.is_some() {
        return None;
    }
    let has = |name: &str| scanned.members.iter().any(|item| item.name == name);
    let is_set = scanned.members.iter().any(|item| item.name == "keys" && item.kind == ValueKind::Array);
    // RFC 7517 sections 4 and 5, RFC 7518 section 6.
    Some(if has("kty") && has("k") {
        NotAToken::secret("a shared secret")
    } else if has("kty") && has("d") {
        NotAToken::secret("a private key")
    } else if has("kty") {
        NotAToken::key("a public key")
    } else if is_set {
        NotAToken::key("a JWK Set")
    } else if ["iss", "sub", "aud", "exp", "iat"].into_iter().any(has) {
        let message = "The claims were decoded already, and nothing signs them: paste the token they came from.";
        NotAToken { what: "a claims set", message, fix: "Paste the token itself" }
    } else if has("alg") {
        let message = "The header was decoded already, and nothing signs it: paste the token it came from.";
        NotAToken { what: "a JOSE header", message, fix: "Paste the token itself" }
    } else {
        NotAToken { what: "JSON", message: "No member of it holds a token that can be read.", fix: "Paste the token" }
    })
}
