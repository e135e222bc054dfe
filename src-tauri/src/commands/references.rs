//! Opens the specifications that claims, checks and findings refer to, in the user's browser.

use crate::{
    error::{Failure, WireError},
    state::blocking,
};
use serde::Serialize;

/// How the addresses begin that may be opened. The page makes them from references such as "RFC 7519 §4.1.4".
const PLACES: [&str; 3] =
    ["https://www.rfc-editor.org/rfc/rfc", "https://datatracker.ietf.org/doc/html/draft-", "https://openid.net/specs/"];

/// Why a reference was not opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ReferenceProblem {
    /// The address is not that of a specification.
    Elsewhere,
    /// No browser could be started.
    NoBrowser,
}

/// Opens a specification in the browser. Any other address is refused.
#[tauri::command]
#[specta::specta]
pub async fn open_reference(address: String) -> Result<(), WireError> {
    let refuse = |problem, message| Err(WireError::new(Failure::References(problem), message));
    if !is_specification(&address) {
        return refuse(ReferenceProblem::Elsewhere, "only specifications are opened".to_owned());
    }
    match blocking(move |_| open::that_detached(address)).await? {
        Ok(()) => Ok(()),
        Err(error) => refuse(ReferenceProblem::NoBrowser, error.to_string()),
    }
}

/// One document at one of the known places, with at most a section. A slash, a query or an escape could lead elsewhere.
fn is_specification(address: &str) -> bool {
    let document = PLACES.iter().find_map(|place| address.strip_prefix(place));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'#');
    document.is_some_and(|document| (1..=100).contains(&document.len()) && document.bytes().all(plain))
}

#[cfg(test)]
mod tests {
    use super::is_specification;

    #[test]
    fn only_a_specification_is_opened() {
        for address in [
            "https://www.rfc-editor.org/rfc/rfc7519.html#section-4.1.4",
            "https://datatracker.ietf.org/doc/html/draft-ietf-oauth-sd-jwt-vc#section-2.1",
            "https://openid.net/specs/openid-connect-core-1_0.html",
        ] {
            assert!(is_specification(address), "{address}");
        }
        for address in [
            "",
            "https://www.rfc-editor.org/rfc/rfc",
            "http://www.rfc-editor.org/rfc/rfc7519.html",
            "https://www.rfc-editor.org.evil.example/rfc/rfc7519.html",
            "https://www.rfc-editor.org@evil.example/rfc/rfc7519.html",
            "https://www.rfc-editor.org:8443/rfc/rfc7519.html",
            "https://www.rfc-editor.org/rfc/rfc7519/../../other",
            "https://www.rfc-editor.org/rfc/rfc7519.html?to=https://evil.example",
            "https://www.rfc-editor.org/rfc/rfc7519%2e%2e",
            "https://openid.net/specs/\\evil.example",
            "https://openid.net/specs/x y",
            "https://evil.example/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "--help",
        ] {
            assert!(!is_specification(address), "{address}");
        }
    }
}
