//! SAML messages: XML, in base64 (HTTP-POST binding), or deflated first (HTTP-Redirect binding).

use super::NotJwt;
use crate::decoding::{base64_lines, inflated};
use jose::visible::excerpt;

const SHOWN: usize = 80;

pub(super) fn saml(text: &str) -> Option<NotJwt> {
    if let Some(found) = xml(text, "XML") {
        return Some(found);
    }
    let value = ["SAMLResponse=", "SAMLRequest="].into_iter().find_map(|name| {
        let (_, value) = text.split_once(name)?;
        value.split(['&', '"', '\'', '#']).next()
    });
    let bytes = base64_lines(value.unwrap_or(text).trim())?;
    if bytes.first() == Some(&b'<') {
        return xml(str::from_utf8(&bytes).ok()?, "XML in base64");
    }
    let inner = inflated(&bytes)?;
    xml(str::from_utf8(&inner).ok()?, "XML, compressed, in base64")
}

/// The message whose root element this is.
fn xml(text: &str, how: &str) -> Option<NotJwt> {
    let text = text.trim_start();
    let lower_start: String = text.chars().take(15).collect::<String>().to_ascii_lowercase();
    if lower_start.starts_with("<!doctype html") || lower_start.starts_with("<html") {
        let message = "A page answered in place of a token endpoint: a sign-in page, a proxy or an error. Look at the \
                       address and the status of the answer.";
        return Some(NotJwt::new("an HTML page", message));
    }
    if !text.starts_with('<') || !text.contains("urn:oasis:names:tc:SAML:") {
        return None;
    }
    const ROOTS: [(&str, &str); 8] = [
        ("Response", "a SAML response"),
        ("Assertion", "a SAML assertion"),
        ("AuthnRequest", "a SAML request"),
        ("LogoutRequest", "a SAML logout request"),
        ("LogoutResponse", "a SAML logout response"),
        ("ArtifactResponse", "a SAML artifact response"),
        ("EntityDescriptor", "SAML metadata"),
        ("EntitiesDescriptor", "SAML metadata"),
    ];
    let root = text.split('<').skip(1).find(|element| !element.starts_with(['?', '!']))?;
    let name = root.split([' ', '>', '/', '\t', '\r', '\n']).next()?.rsplit(':').next()?;
    let what = ROOTS.iter().find(|(known, _)| *known == name).map_or("a SAML message", |(_, what)| what);
    let issuer = issuer(text).map(|issuer| format!(" Its issuer is `{issuer}`.")).unwrap_or_default();
    let message = format!(
        "It is {how}, for a service provider's SAML endpoint.{issuer} An API that wants a JWT needs an OAuth flow, or \
         an exchange of the assertion (RFC 7522)."
    );
    Some(NotJwt::new(what, message))
}

fn issuer(text: &str) -> Option<String> {
    let at = text.find("Issuer")?;
    let (_, rest) = text[at..].split_once('>')?;
    let value = rest.split('<').next()?.trim();
    (!value.is_empty()).then(|| excerpt(value, SHOWN))
}
