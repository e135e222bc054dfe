//! A token that is begun from nothing but its claims: unsigned, to be edited and signed.

use jose::{base64url, json};

use super::text;

/// How long a new token lives, in seconds.
const LIFETIME: i64 = 900;

/// An unsigned token of these claims, byte for byte; `None` unless they are one JSON object. `typ` is the header's.
pub fn unsigned(claims: &str, typ: Option<&str>) -> Option<String> {
    let claims = claims.trim();
    text::members(claims)?;
    let typ = typ.map(|typ| format!(r#","typ":{}"#, json::quoted(typ))).unwrap_or_default();
    let header = base64url::encode(format!(r#"{{"alg":"none"{typ}}}"#).as_bytes());
    Some(format!("{header}.{}.", base64url::encode(claims.as_bytes())))
}

/// The claims of a new token, with an empty subject to be filled in.
pub fn blank_claims(issuer: Option<&str>, audience: Option<&str>, now: i64) -> String {
    let text =
        |name: &str, value: Option<&str>| value.map(|value| format!("{}:{}", json::quoted(name), json::quoted(value)));
    let times = format!(r#""iat":{now},"exp":{}"#, now.saturating_add(LIFETIME));
    let members: Vec<String> = [text("iss", issuer), text("sub", Some("")), text("aud", audience), Some(times)]
        .into_iter()
        .flatten()
        .collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Draft;
    use jose::parse_exact;

    #[test]
    fn pasted_claims_become_a_draft_as_they_stand() {
        let claims = "{\n  \"sub\": \"alice\",\n  \"n\": 1.0\n}";
        let token = unsigned(&format!(" {claims}\n"), Some("JWT")).unwrap();
        let draft = Draft::of(&parse_exact(&token)).unwrap();
        assert_eq!(draft.payload, claims);
        assert!(draft.follow_key, "the header's alg becomes the key's when it is signed");
        for other in ["", "[1]", "\"x\"", "{\"sub\":", "{} {}"] {
            assert_eq!(unsigned(other, None), None, "{other}");
        }
    }

    #[test]
    fn a_blank_token_lives_for_a_quarter_of_an_hour() {
        let claims = blank_claims(Some("https://a.example"), Some("api"), 1_000);
        assert_eq!(claims, r#"{"iss":"https://a.example","sub":"","aud":"api","iat":1000,"exp":1900}"#);
        assert_eq!(blank_claims(None, None, 1), r#"{"sub":"","iat":1,"exp":901}"#);
        assert!(unsigned(&claims, Some("at+jwt")).is_some());
    }
}
