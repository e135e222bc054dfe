//! Signatures of another algorithm than the header names.

use super::{Diagnosis, Segments, other_salt, signature};
use crate::user_keys::UserKey;
use crate::user_keys::own;
use crate::user_keys::read::Read;
use jose::json::quoted;
use jose::key::VerifyingKey;
use jose::visible::excerpt;
use jose::{Algorithm, Family, KeyChoice, Parsed, base64url, parse_exact};

/// How many characters of an unknown algorithm's name a sentence shows.
const SHOWN: usize = 60;

/// Tries the given key with every other algorithm that it fits.
pub(super) fn diagnose(parsed: &Parsed, given: &UserKey, token: &Segments<'_>) -> Option<Diagnosis> {
    let named = parsed.header_text("alg").unwrap_or_default();
    let bytes = signature::lenient(token)?;
    let known = parsed.algorithm();
    let fits = |algorithm: &Algorithm| {
        Some(*algorithm) != known && algorithm.signature_len().is_none_or(|length| length == bytes.len())
    };
    let found = Algorithm::ALL.into_iter().filter(fits).find_map(|algorithm| {
        let read = Read::of(given, &asking_for(parsed, algorithm));
        let chosen = if let KeyChoice::Found { key, .. } = &read.choice { Some(key) } else { None };
        let is_fit = |key: &&VerifyingKey| key.algorithm() == algorithm && own::parameter_with(parsed, key).is_none();
        chosen.into_iter().chain(&read.set).filter(is_fit).find_map(|key| {
            let salt = || other_salt(key, token.input, &bytes);
            let plain = key.verify(token.input, &bytes).is_ok();
            if plain { Some((algorithm, None)) } else { salt().map(|salt| (algorithm, Some(salt))) }
        })
    })?;
    let algorithm = match found {
        (algorithm, None) => algorithm,
        (algorithm, Some(salt)) => {
            let sentence = format!("{}; `alg` in the header is wrong, too", salt.sentence);
            return Some(Diagnosis::new(sentence, format!("{}, and `alg` to {algorithm}", salt.fix), None));
        }
    };
    let key = if algorithm.family() == Family::Hmac { "secret" } else { "key" };
    let sentence = match (known, meaning(named)) {
        (Some(_), _) => {
            let one = algorithm.with_article();
            format!("This is {one} signature that matches this {key}: only `alg` in the header is wrong")
        }
        (None, Some((meant, what))) if meant == algorithm => {
            format!("`alg` is {what} {algorithm}; the signature matches as {algorithm}, so `alg` must be {algorithm}")
        }
        (None, _) if named.is_empty() => {
            format!("The header names no algorithm; the signature matches this {key} as {algorithm}")
        }
        (None, _) => {
            let named = excerpt(named, SHOWN);
            format!("`{named}` is no JWS algorithm; the signature matches as {algorithm}, so `alg` must be {algorithm}")
        }
    };
    Some(Diagnosis::new(sentence, format!("Set `alg` to {algorithm} where the token is signed"), None))
}

/// A token without content that asks for this algorithm, and for the same key.
fn asking_for(parsed: &Parsed, algorithm: Algorithm) -> Parsed {
    let kid = parsed.header_text("kid").map(|kid| format!(r#","kid":{}"#, quoted(kid))).unwrap_or_default();
    let header = format!(r#"{{"alg":"{algorithm}"{kid}}}"#);
    parse_exact(&format!("{}.e30.", base64url::encode(header.as_bytes())))
}

/// The algorithm that a name from another standard or in another spelling means, and what that name is.
fn meaning(name: &str) -> Option<(Algorithm, &'static str)> {
    const XML: &str = "the XML-Signature name (RFC 7518 appendix A.1) of";
    const JAVA: &str = "Java's name of";
    let lower = name.to_ascii_lowercase();
    if let Some(name) = lower.strip_prefix("http://www.w3.org/") {
        let algorithm = match name.rsplit_once('#')?.1 {
            "hmac-sha256" => Algorithm::Hs256,
            "hmac-sha384" => Algorithm::Hs384,
            "hmac-sha512" => Algorithm::Hs512,
            "rsa-sha256" => Algorithm::Rs256,
            "rsa-sha384" => Algorithm::Rs384,
            "rsa-sha512" => Algorithm::Rs512,
            "sha256-rsa-mgf1" => Algorithm::Ps256,
            "sha384-rsa-mgf1" => Algorithm::Ps384,
            "sha512-rsa-mgf1" => Algorithm::Ps512,
            "ecdsa-sha256" => Algorithm::Es256,
            "ecdsa-sha384" => Algorithm::Es384,
            "ecdsa-sha512" => Algorithm::Es512,
            _ => return None,
        };
        return Some((algorithm, XML));
    }
    // RFC 7518 appendix A.1 lists the names of Java's cryptography, too.
    let java = match &*lower.replace(['-', '_', '/'], "") {
        "hmacsha256" => Some(Algorithm::Hs256),
        "hmacsha384" => Some(Algorithm::Hs384),
        "hmacsha512" => Some(Algorithm::Hs512),
        "sha256withrsa" | "rsasha256" | "sha256withrsaencryption" => Some(Algorithm::Rs256),
        "sha384withrsa" | "rsasha384" | "sha384withrsaencryption" => Some(Algorithm::Rs384),
        "sha512withrsa" | "rsasha512" | "sha512withrsaencryption" => Some(Algorithm::Rs512),
        "sha256withrsaandmgf1" => Some(Algorithm::Ps256),
        "sha384withrsaandmgf1" => Some(Algorithm::Ps384),
        "sha512withrsaandmgf1" => Some(Algorithm::Ps512),
        "sha256withecdsa" => Some(Algorithm::Es256),
        "sha384withecdsa" => Some(Algorithm::Es384),
        "sha512withecdsa" => Some(Algorithm::Es512),
        _ => None,
    };
    java.map(|algorithm| (algorithm, JAVA)).or_else(|| {
        let spelled =
            Algorithm::ALL.into_iter().find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(name.trim()))?;
        Some((spelled, "a misspelling (names are case-sensitive) of"))
    })
}
