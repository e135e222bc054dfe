//! Kinds of tokens that have rules of their own: how each is recognised, and what it must hold.

use crate::json;
use crate::parse::{Lookup, Parsed, media_type};

/// A kind of token whose specification or maker gives it rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Proves possession of the key in its own header, for one request (RFC 9449).
    DpopProof,
    /// An SD-JWT, whose claims may be digests of disclosures (RFC 9901).
    SdJwt,
    /// Proves possession of the key that an SD-JWT is bound to (RFC 9901 section 4.3).
    KeyBinding,
    /// A SMART Health Card: compressed, and with keys at a fixed address below `iss` (SMART Health Cards 1.4).
    HealthCard,
    /// Tells a client who signed in (OIDC Core section 2).
    IdToken,
    /// Tells a client that a session has ended (OIDC Back-Channel Logout section 2.4).
    LogoutToken,
    /// Tells a receiver about an event (RFC 8417).
    SecurityEvent,
    /// Is exchanged for new tokens, by its issuer alone (RFC 6749 section 1.5).
    RefreshToken,
    /// Authenticates a client to a token endpoint (RFC 7523 section 2.2).
    ClientAssertion,
    /// An access token of Amazon Cognito, which has `client_id` in place of `aud`.
    CognitoAccessToken,
}

/// The audience of a logout token's event (OIDC Back-Channel Logout section 2.4).
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The type of the credential in a SMART Health Card.
const HEALTH_CARD: &str = "https://smarthealth.cards#health-card";

/// Claims that only an ID token has (OIDC Core sections 2 and 3.3.2.11).
const ID_TOKEN_CLAIMS: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

/// Claims of an access token: OAuth scopes and vendors' names for them.
const ACCESS_TOKEN_CLAIMS: [&str; 5] = ["scope", "scp", "permissions", "realm_access", "resource_access"];

impl Kind {
    /// The kind of a token; `None` if it has no rules of its own. Nothing is proven by it: a token says itself what
    /// it is.
    pub fn of(parsed: &Parsed) -> Option<Kind> {
        if !parsed.is_readable() {
            return None;
        }
        let claims = &parsed.claims;
        let typ = parsed.header_text("typ").map(media_type).unwrap_or_default();
        let by_type = match typ.as_str() {
            "dpop+jwt" => Some(Kind::DpopProof),
            "kb+jwt" => Some(Kind::KeyBinding),
            "logout+jwt" => Some(Kind::LogoutToken),
            "secevent+jwt" => Some(Kind::SecurityEvent),
            "rt+jwt" => Some(Kind::RefreshToken),
            "client-authentication+jwt" => Some(Kind::ClientAssertion),
            "sd+jwt" => Some(Kind::SdJwt),
            typ if typ.ends_with("+sd-jwt") => Some(Kind::SdJwt),
            _ => None,
        };
        let is_generic = matches!(typ.as_str(), "" | "jwt");
        by_type
            .or_else(|| (claims.has("_sd") || claims.has("_sd_alg")).then_some(Kind::SdJwt))
            .or_else(|| is_generic.then(|| by_claims(parsed)).flatten())
    }

    /// Its name, with capitals where a sentence begins with it: "DPoP proof".
    pub fn name(self) -> &'static str {
        match self {
            Kind::DpopProof => "DPoP proof",
            Kind::SdJwt => "SD-JWT",
            Kind::KeyBinding => "Key binding JWT",
            Kind::HealthCard => "SMART Health Card",
            Kind::IdToken => "ID token",
            Kind::LogoutToken => "Logout token",
            Kind::SecurityEvent => "Security event token",
            Kind::RefreshToken => "Refresh token",
            Kind::ClientAssertion => "Client assertion",
            Kind::CognitoAccessToken => "Cognito access token",
        }
    }

    /// Does a token of this kind last by other rules than its `exp`?
    pub fn lasts_without_exp(self) -> bool {
        match self {
            Kind::DpopProof
            | Kind::KeyBinding
            | Kind::HealthCard
            | Kind::SecurityEvent
            | Kind::SdJwt
            | Kind::LogoutToken
            | Kind::RefreshToken => true,
            Kind::IdToken | Kind::ClientAssertion | Kind::CognitoAccessToken => false,
        }
    }

    /// The claims that every token of this kind has.
    pub(crate) fn required_claims(self) -> &'static [&'static str] {
        match self {
            // RFC 9449 section 4.2.
            Kind::DpopProof => &["jti", "htm", "htu", "iat"],
            // RFC 9901 section 4.3.
            Kind::KeyBinding => &["iat", "aud", "nonce", "sd_hash"],
            Kind::HealthCard => &["iss", "nbf", "vc"],
            // OIDC Core section 2.
            Kind::IdToken => &["iss", "sub", "aud", "exp", "iat"],
            // OIDC Back-Channel Logout section 2.4; `exp` came with its last draft, so many issuers leave it out.
            Kind::LogoutToken => &["iss", "aud", "iat", "jti", "events"],
            // RFC 8417 section 2.2.
            Kind::SecurityEvent => &["iss", "iat", "jti", "events"],
            // RFC 7523 section 3.
            Kind::ClientAssertion => &["iss", "sub", "aud", "exp"],
            Kind::CognitoAccessToken => &["iss", "sub", "client_id", "exp"],
            // Neither format asks for a claim.
            Kind::SdJwt | Kind::RefreshToken => &[],
        }
    }
}

/// The kind by what the claims hold, for a `typ` that says nothing.
fn by_claims(parsed: &Parsed) -> Option<Kind> {
    let claims = &parsed.claims;
    let raw = |name: &str| match claims.find(name) {
        Lookup::Found(item) => claims.raw(item),
        Lookup::Absent | Lookup::Duplicate => "",
    };
    if claims.has("vc") && raw("vc").contains(HEALTH_CARD) {
        return Some(Kind::HealthCard);
    }
    if raw("events").contains(LOGOUT_EVENT) {
        return Some(Kind::LogoutToken);
    }
    match (claims.text("token_use"), claims.text("typ")) {
        (Some("access"), _) if is_of_cognito(parsed) => return Some(Kind::CognitoAccessToken),
        (Some("id"), _) | (None, Some("ID")) => return Some(Kind::IdToken),
        (None, Some("Refresh" | "Offline")) => return Some(Kind::RefreshToken),
        (None, Some("Logout")) => return Some(Kind::LogoutToken),
        (Some(_), _) | (None, Some(_)) => return None,
        (None, None) => {}
    }
    if is_client_assertion(parsed) {
        return Some(Kind::ClientAssertion);
    }
    let has_any = |names: &[&str]| names.iter().any(|name| claims.has(name));
    let is_id_token = claims.has("aud") && has_any(&ID_TOKEN_CLAIMS) && !has_any(&ACCESS_TOKEN_CLAIMS);
    is_id_token.then_some(Kind::IdToken)
}

fn is_of_cognito(parsed: &Parsed) -> bool {
    let issuer = parsed.claim_text("iss").and_then(|issuer| issuer.strip_prefix("https://")).unwrap_or_default();
    let host = issuer.split('/').next().unwrap_or_default();
    host.starts_with("cognito-idp.") && (host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn"))
}

/// A client that speaks for itself (RFC 7523 section 3) to something called a token endpoint.
fn is_client_assertion(parsed: &Parsed) -> bool {
    let claims = &parsed.claims;
    let speaks_for_itself = claims.text("iss").is_some() && claims.text("iss") == claims.text("sub");
    let says_more = ["scope", "nonce", "sub_jwk", "client_id"].iter().any(|name| claims.has(name));
    let audiences = match claims.find("aud") {
        Lookup::Found(item) => {
            item.text.clone().map(|one| vec![one]).or_else(|| json::strings(claims.raw(item))).unwrap_or_default()
        }
        Lookup::Absent | Lookup::Duplicate => Vec::new(),
    };
    let is_endpoint = |name: &String| name.starts_with("https://") && name.contains("/token");
    speaks_for_itself && !says_more && audiences.iter().any(is_endpoint)
}
