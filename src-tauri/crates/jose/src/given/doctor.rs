//! Why a signature may not match, found out by trying: the first small change that makes it match is named.

use zeroize::Zeroizing;

use super::{GivenKey, Kind, Read, SHOWN, SecretForm, secret_bytes};
use crate::key::{VerifyingKey, raw_from_der};
use crate::report::Remedy;
use crate::visible::excerpt;
use crate::{Algorithm, Parsed};

/// What was found out.
pub(super) struct Diagnosis {
    pub(super) sentence: String,
    pub(super) fix: &'static str,
    pub(super) remedy: Option<Remedy>,
    /// A public key served as the secret (RFC 8725 section 2.1).
    pub(super) is_confusion: bool,
}

impl Diagnosis {
    fn new(sentence: impl Into<String>, fix: &'static str, remedy: Option<Remedy>) -> Diagnosis {
        Diagnosis { sentence: sentence.into(), fix, remedy, is_confusion: false }
    }
}

/// Does the key match the token's signature?
pub(super) fn matches(parsed: &Parsed, key: &VerifyingKey) -> bool {
    let signature = parsed.signature.as_deref().unwrap_or_default();
    parsed.algorithm() == Some(key.algorithm()) && key.verify(parsed.signing_input(), signature).is_ok()
}

pub(super) fn diagnose(parsed: &Parsed, given: &GivenKey, read: &Read) -> Option<Diagnosis> {
    let algorithm = parsed.algorithm()?;
    if parsed.signature.as_ref().is_none_or(Vec::is_empty) {
        return None;
    }
    let secret = |bytes: &[u8]| VerifyingKey::from_hmac(algorithm, bytes).is_ok_and(|key| matches(parsed, &key));
    match read.kind {
        Kind::Secret if algorithm.is_symmetric() => of_secret(given, secret),
        Kind::Public if algorithm.is_symmetric() => of_key_text(&given.text, true, algorithm, secret),
        Kind::Private if algorithm.is_symmetric() => {
            of_set(parsed, read).or_else(|| of_key_text(&given.text, false, algorithm, secret))
        }
        Kind::Public | Kind::Private => of_signature(parsed, read).or_else(|| of_set(parsed, read)),
        Kind::Secret | Kind::Nothing => None,
    }
}

fn of_secret(given: &GivenKey, matches: impl Fn(&[u8]) -> bool) -> Option<Diagnosis> {
    let forms = [
        (SecretForm::Text, Remedy::ReadAsText, "as plain text", "Read the secret as text"),
        (SecretForm::Base64, Remedy::ReadAsBase64, "as base64", "Read the secret as base64"),
        (SecretForm::Hex, Remedy::ReadAsHex, "as hexadecimal", "Read the secret as hexadecimal"),
    ];
    let now = forms.iter().find(|(form, ..)| *form == given.form).map_or("", |(_, _, words, _)| words);
    for (form, remedy, words, fix) in forms {
        if form != given.form && secret_bytes(&given.text, form).is_some_and(|bytes| matches(&bytes)) {
            let sentence = format!("Does not match {now}, but matches once the secret is read {words}");
            return Some(Diagnosis::new(sentence, fix, Some(remedy)));
        }
    }
    let trimmed = given.text.trim();
    let with_newline = Zeroizing::new(format!("{trimmed}\n"));
    if given.form != SecretForm::Text {
        return None;
    }
    if trimmed.len() != given.text.len() && matches(trimmed.as_bytes()) {
        let sentence = "Matches without the white space around the secret";
        return Some(Diagnosis::new(sentence, "Take the white space off the secret", Some(Remedy::Trim)));
    }
    if matches(with_newline.as_bytes()) {
        let sentence = "Matches with a line break after the secret, as `echo` without `-n` writes it";
        return Some(Diagnosis::new(sentence, "End the secret with a line break", Some(Remedy::AddLineBreak)));
    }
    None
}

/// HMAC with the text of a key as its secret.
fn of_key_text(
    text: &str,
    is_public: bool,
    algorithm: Algorithm,
    matches: impl Fn(&[u8]) -> bool,
) -> Option<Diagnosis> {
    let trimmed = text.trim();
    let with_newline = Zeroizing::new(format!("{trimmed}\n"));
    let tried = [text.as_bytes(), trimmed.as_bytes(), with_newline.as_bytes()];
    if !tried.into_iter().any(matches) {
        return None;
    }
    let sentence = if is_public {
        format!("{algorithm} with the text of this public key as the secret: anybody can forge it")
    } else {
        format!("{algorithm} with the text of this key file as the secret, not with the key in it")
    };
    Some(Diagnosis { is_confusion: is_public, ..Diagnosis::new(sentence, "", None) })
}

fn of_signature(parsed: &Parsed, read: &Read) -> Option<Diagnosis> {
    let crate::KeyChoice::Found { key, .. } = &read.choice else { return None };
    let raw = raw_from_der(key.algorithm(), parsed.signature.as_deref()?)?;
    key.verify(parsed.signing_input(), &raw).ok()?;
    let sentence = "The signature is DER; written as r and s side by side it matches this key";
    Some(Diagnosis::new(sentence, "Write the signature as r and s side by side (RFC 7518 §3.4)", None))
}

fn of_set(parsed: &Parsed, read: &Read) -> Option<Diagnosis> {
    let key = read.set.iter().find(|key| matches(parsed, key))?;
    let name = key.kid().map_or_else(|| "without a kid".to_owned(), |kid| excerpt(kid, SHOWN));
    let sentence = format!("Matches the key {name} of the set, which is not the one the header names");
    Some(Diagnosis::new(sentence, "Name the right key in `kid`", None))
}
