//! Values of the Authorization header that are not bearer tokens (RFC 9110 section 11).

use super::NotJwt;
use crate::decoding::base64;

/// Longer headers are not looked for in a text.
const LONGEST: usize = 16 * 1024;

/// The value of the Authorization header in a text, without the scheme `Bearer`.
pub(super) fn authorization(text: &str) -> Option<&str> {
    const NAME: &[u8] = b"authorization";
    let at = text.as_bytes().windows(NAME.len()).position(|name| name.eq_ignore_ascii_case(NAME))?;
    let rest = text[at + NAME.len()..].trim_start_matches([':', '=', '"', '\'', ' ', ',', '>', '\\', '[', ']', '(']);
    let value = rest.split(['"', '\'', '`', '\r', '\n']).next().unwrap_or_default().trim();
    let bearer = value.get(..6).filter(|start| start.eq_ignore_ascii_case("bearer"));
    Some(bearer.map_or(value, |_| value[6..].trim()))
}

/// A value that starts with the name of a scheme other than Bearer.
pub(super) fn scheme(text: &str) -> Option<NotJwt> {
    let (scheme, rest) = text.split_once([' ', '\t'])?;
    let rest = rest.trim();
    if scheme.len() > 32 || rest.is_empty() || rest.len() > LONGEST {
        return None;
    }
    let is_one_word = !rest.contains(char::is_whitespace);
    let scheme = scheme.to_ascii_lowercase();
    Some(match scheme.as_str() {
        "basic" if is_one_word => {
            let has_colon = base64(rest).is_some_and(|bytes| bytes.contains(&b':'));
            let message = match has_colon {
                true => {
                    "Whoever sees them can decode the password. Send them only where Basic is asked for, and to \
                         an API the token that its token endpoint gives for them."
                }
                false => {
                    "They are to be a name, a colon and a password in base64, and these have no colon. Send \
                          them only where Basic is asked for."
                }
            };
            NotJwt {
                title: "These are Basic credentials (name and password in base64), not a bearer token".to_owned(),
                ..NotJwt::new("Basic credentials", message).or_else("Send a bearer token: `Authorization: Bearer …`")
            }
        }
        "digest" if rest.contains('=') => {
            NotJwt::new("a Digest answer (RFC 7616)", "It proves a password for one request and holds no token.")
        }
        "negotiate" | "kerberos" if is_one_word => NotJwt::new(
            "a Negotiate answer",
            "It is a Kerberos or NTLM message for one connection (RFC 4559) and holds no token.",
        ),
        "ntlm" if is_one_word => {
            NotJwt::new("an NTLM message", "It signs one connection in with a Windows password and holds no token.")
        }
        "aws4-hmac-sha256" => NotJwt::new(
            "an AWS signature (Signature Version 4)",
            "It signs this one request; no token travels with it but a session token in `X-Amz-Security-Token`.",
        ),
        "oauth" if rest.contains("oauth_") => NotJwt::new(
            "an OAuth 1.0 signature (RFC 5849)",
            "It signs this one request: its `oauth_token` is opaque and never a JWT.",
        ),
        "hawk" | "signature" | "hmac" | "sharedkey" | "eg1-hmac-sha256" => {
            NotJwt::new("the signature of a request", "It proves this one request and holds no token.")
        }
        "sharedaccesssignature" => azure(),
        "ssws" => NotJwt::new("an Okta API token", "It is opaque: only Okta can read it. Send it to Okta as it is."),
        "apikey" | "api-key" | "x-api-key" | "x-api-key:" | "api-key:" | "apikey:" | "ocp-apim-subscription-key:" => {
            NotJwt::new("an API key", "It is opaque: only the API that issued it knows it. Send it there as it is.")
        }
        "private-token:" | "x-vault-token:" | "x-gitlab-token:" | "x-auth-token:" if is_one_word => {
            NotJwt::new("an opaque token", "Only the service that issued it can read it. Send it there as it is.")
        }
        _ => return None,
    })
}

/// A shared access signature in the address of a request to Azure's storage, or its query alone.
pub(super) fn shared_access_signature(text: &str) -> Option<NotJwt> {
    if text.len() > LONGEST || text.contains(char::is_whitespace) {
        return None;
    }
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    let has = |name: &str| query.split('&').any(|pair| pair.split_once('=').is_some_and(|(found, _)| found == name));
    let is_one = has("sv") && has("sig") && (has("sr") || has("ss"));
    is_one.then(azure)
}

fn azure() -> NotJwt {
    NotJwt::new(
        "a shared access signature of Azure",
        "It names the resource, the time it ends (`se`) and an HMAC over both. Send it to Azure as it is.",
    )
}
