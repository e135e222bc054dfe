//! The key beside the token in a link that a debugger shares.

use crate::clean::percent_decoded;
use crate::key_text::{KeyText, SecretForm};

/// Longer values are not offered.
const LONGEST: usize = 16 * 1024;

/// The names of a key's parameter, in lower case.
const NAMES: [&str; 8] = ["publickey", "public_key", "public-key", "pubkey", "secret", "key", "jwk", "jwks"];

/// The key in a link such as `https://jwt.io/#debugger-io?token=…&publicKey=…`. Nothing proves that it is the
/// issuer's: the author of the link may have signed the token. So it is only offered.
pub(crate) fn key_in(text: &str) -> Option<KeyText> {
    let text = text.trim();
    let is_link = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
    let (_, parameters) = text.split_once(['#', '?']).filter(|_| is_link && !text.contains(char::is_whitespace))?;
    parameters.split(['&', '?', '#']).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_key = NAMES.contains(&name.to_ascii_lowercase().as_str());
        // In a query a plus means a space, and a plus of base64 is percent-encoded.
        let value = value.replace('+', " ");
        let text = percent_decoded(&value).unwrap_or(value);
        let is_whole = is_key && !text.trim().is_empty() && text.len() <= LONGEST;
        is_whole.then_some(KeyText { text, form: SecretForm::Text })
    })
}

#[cfg(test)]
mod tests {
    use crate::report::SignatureState;
    use crate::testing::{evidence, key, no_key};
    use crate::{UserKey, check, check_with_user_key, parse};
    use jose::Policy;

    #[test]
    fn the_key_of_a_debuggers_link_is_offered_and_not_used() {
        let pem = key().verifying_key().public_pem().unwrap();
        let token = key().sign("JWT", r#"{"sub":"alice"}"#).unwrap();
        let encoded = pem.replace('+', "%2B").replace('\n', "%0A").replace(' ', "%20");
        for link in [
            format!("https://jwt.io/#debugger-io?token={token}&publicKey={encoded}"),
            format!("https://jwt.io/?token={token}&public_key={}#x", encoded.replace("%20", "+")),
        ] {
            let report = check(&parse(&link), &evidence(Policy::default(), no_key()));
            assert_eq!((report.token.as_str(), report.signature.state), (token.as_str(), SignatureState::NoKey));
            let offered = report.findings.iter().find(|finding| finding.id == "key_in_link").unwrap();
            let offered = offered.secret.as_ref().unwrap();
            assert_eq!(offered.text, pem);
            let given = UserKey::new(offered.text.as_str(), offered.form);
            let report = check_with_user_key(&parse(&link), &given, &evidence(Policy::default(), no_key()));
            assert_eq!(report.signature.state, SignatureState::Verified);
        }
        for other in [
            format!("https://jwt.io/#token={token}"),
            format!("https://jwt.io/#token={token}&publicKey="),
            format!("https://example.com/?state=1&token={token}&keyword=x"),
            format!("see https://jwt.io/#token={token}&secret=x"),
        ] {
            assert_eq!(super::key_in(&other), None, "{other}");
        }
    }
}
