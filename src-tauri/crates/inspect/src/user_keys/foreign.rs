//! Public keys in forms of other programs, brought into one that is read here.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::pair;
use super::secret::without_space;
use crate::clean::percent_decoded;
use crate::decoding::base64;
use jose::key::{VerifyingKey, jwk_members, with_fitting};
use jose::visible::excerpt;
use jose::{Algorithm, base64url};

/// What a text turned out to be.
pub(super) enum Foreign {
    /// The same key in another form, and a sentence that says so.
    Key { text: Zeroizing<String>, repair: &'static str },
    /// Something that holds no key.
    NoKey(NoKey),
}

/// A text that was taken for a key and holds none.
pub(super) struct NoKey {
    /// What it is.
    pub(super) what: &'static str,
    /// The same as a sentence, with what to do.
    pub(super) problem: String,
}

fn key(text: impl Into<String>, repair: &'static str) -> Option<Foreign> {
    Some(Foreign::Key { text: Zeroizing::new(text.into()), repair })
}

fn no_key(what: &'static str, problem: impl Into<String>) -> Option<Foreign> {
    Some(Foreign::NoKey(NoKey { what, problem: problem.into() }))
}

/// Recognises a form of another program; `None` for every other text.
pub(super) fn of(text: &str, algorithm: Option<Algorithm>) -> Option<Foreign> {
    if text.starts_with('{') {
        return of_json(text, algorithm);
    }
    pair::of(text)
        .or_else(|| xml(text))
        .or_else(|| ssh2(text))
        .or_else(|| percent_encoded(text))
        .or_else(|| fingerprint(text))
        .or_else(|| store(text))
}

/// A discovery document (OpenID Connect Discovery 1.0 section 3, RFC 8414), or a map from `kid` to certificate.
fn of_json(text: &str, algorithm: Option<Algorithm>) -> Option<Foreign> {
    let members = jwk_members(text);
    let has = |name: &str| members.iter().any(|member| member.name == name);
    if has("keys") || has("kty") {
        return None;
    }
    if let Some(url) = members.iter().find(|member| member.name == "jwks_uri") {
        let url = excerpt(url.text.as_deref().unwrap_or_default(), 200);
        let problem = format!("This is a discovery document and holds no key: the keys are at its jwks_uri, {url}");
        return no_key("Discovery document", problem);
    }
    if has("issuer") && (has("authorization_endpoint") || has("token_endpoint")) {
        return no_key(
            "Discovery document",
            "This is a discovery document without jwks_uri: ask the issuer for its keys",
        );
    }
    let is_block = |text: &&str| text.contains("-----BEGIN CERTIFICATE") || text.contains("-----BEGIN PUBLIC KEY");
    let blocks: Vec<&str> = members.iter().filter_map(|member| member.text.as_deref()).filter(is_block).collect();
    if blocks.is_empty() || blocks.len() != members.len() {
        return None;
    }
    let jwks = members.iter().zip(blocks).filter_map(|(member, block)| {
        let der = super::repair::pem(block)?.ok()?.der;
        let key = with_fitting(algorithm, |wanted| VerifyingKey::from_public_der(&der, wanted)).ok()?;
        key.with_kid(Some(member.name.to_string())).public_jwk()
    });
    let set = format!(r#"{{"keys":[{}]}}"#, jwks.collect::<Vec<_>>().join(","));
    key(set, "A map from kid to certificate, as Google publishes it, was read as a JWK Set")
}

/// An RSA key as .NET's `RSA.ToXmlString` writes it.
fn xml(text: &str) -> Option<Foreign> {
    let (_, inner) = text.split_once("<RSAKeyValue>")?;
    let value = |name: &str| {
        let (_, rest) = inner.split_once(&format!("<{name}>"))?;
        let (value, _) = rest.split_once(&format!("</{name}>"))?;
        base64(&without_space(value)).map(|bytes| base64url::encode(&bytes))
    };
    let names = [
        ("n", "Modulus"),
        ("e", "Exponent"),
        ("d", "D"),
        ("p", "P"),
        ("q", "Q"),
        ("dp", "DP"),
        ("dq", "DQ"),
        ("qi", "InverseQ"),
    ];
    let members = names.iter().filter_map(|(name, tag)| Some(format!(r#""{name}":"{}""#, value(tag)?)));
    let members = members.collect::<Vec<_>>().join(",");
    key(format!(r#"{{"kty":"RSA",{members}}}"#), "An RSA key in .NET's XML was read as a JWK")
}

/// A public key of SSH2 (RFC 4716), which PuTTY and others write.
fn ssh2(text: &str) -> Option<Foreign> {
    let (_, rest) = text.split_once("---- BEGIN SSH2 PUBLIC KEY ----")?;
    let (body, _) = rest.split_once("---- END").unwrap_or((rest, ""));
    let mut symbols = String::new();
    let mut is_continued = false;
    for line in body.lines() {
        let is_header = is_continued || line.contains(':');
        is_continued = is_header && line.ends_with('\\');
        if !is_header {
            symbols.push_str(line.trim());
        }
    }
    let blob = base64(&symbols)?;
    let (length, rest) = blob.split_first_chunk::<4>()?;
    let name = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    let line = format!("{} {}", std::str::from_utf8(name).ok()?, STANDARD.encode(&blob));
    key(line, "A public key of SSH2 (RFC 4716) was read as OpenSSH's")
}

/// PEM out of a URL or a form.
fn percent_encoded(text: &str) -> Option<Foreign> {
    let is_form = text.contains("-----BEGIN+");
    let is_url = text.contains("-----BEGIN%20") || text.contains("-----BEGIN ") && text.contains("%0A");
    if !is_form && !is_url {
        return None;
    }
    let text = if is_form { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    key(percent_decoded(&text)?, "The percent-encoding of the PEM was decoded")
}

/// A fingerprint as `ssh-keygen -l`, `openssl x509 -fingerprint` and key lists show it.
fn fingerprint(text: &str) -> Option<Foreign> {
    let line = text.lines().next().filter(|_| text.lines().count() == 1)?;
    let is_named = ["SHA256:", "SHA1:", "MD5:"].into_iter().any(|name| line.contains(name))
        || line.to_ascii_lowercase().contains("fingerprint=");
    let pairs: Vec<&str> = line.split(':').collect();
    let is_pair = |pair: &&str| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_pairs = matches!(pairs.len(), 16 | 20 | 32) && pairs.iter().all(is_pair);
    if !is_named && !is_pairs {
        return None;
    }
    let problem = "This is the fingerprint of a key, which names the key and does not hold it: paste the key itself as \
                   PEM, JWK or JWK Set";
    no_key("Fingerprint", problem)
}

/// A key store of Java in base64, as a binary file arrives here.
fn store(text: &str) -> Option<Foreign> {
    // Recognise it by its first bytes, so that no other long text is decoded.
    let bytes = if text.starts_with("/u3+7") { base64(&without_space(text))? } else { return None };
    let problem = "This is a Java key store: `keytool -importkeystore -srckeystore FILE -destkeystore new.p12 \
                   -deststoretype PKCS12` turns it into a PKCS#12 file, which is read here";
    if bytes.starts_with(&[0xFE, 0xED, 0xFE, 0xED]) { no_key("Java key store", problem) } else { None }
}
