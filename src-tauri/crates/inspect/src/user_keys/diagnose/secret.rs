//! Why a shared secret may not match: it is decoded in the wrong way, or has something around it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use zeroize::Zeroizing;

use super::{Diagnosis, settings};
use crate::clean::percent_decoded;
use crate::report::Remedy;
use crate::user_keys::secret::{secret_bytes, without_space};
use crate::user_keys::{SecretForm, UserKey};

/// Above this many bytes of signing input the rarer causes are not tried.
const LONGEST: usize = 64 * 1024;

pub(super) const FORMS: [(SecretForm, Remedy, &str, &str); 3] = [
    (SecretForm::Text, Remedy::ReadAsText, "as plain text", "Read the secret as text"),
    (SecretForm::Base64, Remedy::ReadAsBase64, "as base64", "Read the secret as base64"),
    (SecretForm::Hex, Remedy::ReadAsHex, "as hexadecimal", "Read the secret as hexadecimal"),
];

/// `length` is the signing input's, in bytes.
pub(in crate::user_keys) fn diagnose(
    given: &UserKey,
    length: usize,
    is_by: impl Fn(&[u8]) -> bool,
) -> Option<Diagnosis> {
    let now = FORMS.iter().find(|(form, ..)| *form == given.form).map_or("", |(_, _, words, _)| words);
    for (form, remedy, words, fix) in FORMS {
        if form != given.form && secret_bytes(&given.text, form).is_some_and(|bytes| is_by(&bytes)) {
            let sentence = format!("Does not match {now}, but matches once the secret is read {words}");
            return Some(Diagnosis::new(sentence, fix, Some(remedy)));
        }
    }
    if given.form == SecretForm::Text {
        let trimmed = given.text.trim();
        if trimmed.len() != given.text.len() && is_by(trimmed.as_bytes()) {
            let sentence = "Matches without the white space around the secret";
            return Some(Diagnosis::new(sentence, "Take the white space off the secret", Some(Remedy::Trim)));
        }
        if is_by(with(trimmed, "\n").as_bytes()) {
            let sentence = "Matches with a line break after the secret, as `echo` without `-n` writes it";
            return Some(Diagnosis::new(sentence, "End the secret with a line break", Some(Remedy::AddLineBreak)));
        }
    }
    if length > LONGEST {
        return None;
    }
    encoded(given, &is_by)
        .or_else(|| in_other_characters(given, &is_by))
        .or_else(|| several_changes(given, &is_by))
        .or_else(|| settings::diagnose(given.text.trim(), length, &is_by))
}

/// What stands before a secret to say how it is encoded.
pub(super) struct Prefix {
    pub(super) text: &'static str,
    pub(super) form: SecretForm,
    /// In words, after the value of a setting.
    pub(super) without: &'static str,
}

pub(super) const PREFIXES: [Prefix; 3] = [
    Prefix { text: "base64:", form: SecretForm::Base64, without: " without `base64:`" },
    Prefix { text: "hex:", form: SecretForm::Hex, without: " without `hex:`" },
    Prefix { text: "0x", form: SecretForm::Hex, without: " without `0x`" },
];

/// The secret as something encoded or decoded it once more than was meant.
fn encoded(given: &UserKey, is_by: &impl Fn(&[u8]) -> bool) -> Option<Diagnosis> {
    let trimmed = given.text.trim();
    let bytes = secret_bytes(trimmed, given.form)?;
    let hex: Zeroizing<String> = Zeroizing::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
    let encodings = [
        (Zeroizing::new(STANDARD.encode(&bytes)), "base64"),
        (Zeroizing::new(URL_SAFE.encode(&bytes)), "base64url with padding"),
        (Zeroizing::new(jose::base64url::encode(&bytes)), "base64url"),
        (Zeroizing::new(hex.to_uppercase()), "upper-case hexadecimal"),
        (hex, "hexadecimal"),
    ];
    if let Some((_, name)) = encodings.iter().find(|(text, _)| is_by(text.as_bytes())) {
        let sentence = format!("Matches once the secret is encoded as {name} first");
        return Some(Diagnosis::new(sentence, format!("Take the {name} of the secret as the secret"), None));
    }
    let Prefix { text: prefix, form, .. } = PREFIXES.into_iter().find(|prefix| trimmed.starts_with(prefix.text))?;
    let inner = secret_bytes(&trimmed[prefix.len()..], form)?;
    is_by(&inner).then(|| {
        let sentence = format!("Matches what follows `{prefix}`, {}", read_as(form));
        Diagnosis::new(sentence, format!("Take what follows `{prefix}`, {}", read_as(form)), None)
    })
}

/// The bytes of a text depend on its character set, and a text from a URL may still be percent-encoded.
fn in_other_characters(given: &UserKey, is_by: &impl Fn(&[u8]) -> bool) -> Option<Diagnosis> {
    let text = given.text.trim();
    if given.form != SecretForm::Text {
        return None;
    }
    if percent_decoded(text).map(Zeroizing::new).is_some_and(|decoded| is_by(decoded.as_bytes())) {
        let sentence = "Matches once the secret is percent-decoded";
        return Some(Diagnosis::new(sentence, "Take the secret as it was before it was written into a URL", None));
    }
    let latin1 = text.chars().map(|symbol| u8::try_from(u32::from(symbol)).ok()).collect::<Option<Vec<u8>>>();
    let sets = [
        (latin1, "ISO 8859-1 (Latin-1)"),
        (Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()), "UTF-16, as .NET's Encoding.Unicode is"),
        (Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()), "UTF-16 with the higher byte first"),
    ];
    let is_right = |bytes: &Option<Vec<u8>>| bytes.as_ref().is_some_and(|bytes| is_by(bytes));
    let (_, name) = sets.iter().find(|(bytes, _)| is_right(bytes))?;
    let sentence = format!("Matches once the characters of the secret are encoded as {name}, not as UTF-8");
    Some(Diagnosis::new(sentence, "Encode the secret as UTF-8 on both sides", None))
}

/// What surrounds a secret in a settings file, and what editors and `echo` add.
fn several_changes(given: &UserKey, is_by: &impl Fn(&[u8]) -> bool) -> Option<Diagnosis> {
    let whole = given.text.trim();
    let value = value_of_setting(whole);
    let texts = [
        (Some(whole), ""),
        (unquoted(whole), "without the quotes around it"),
        (value, "without the name in front of it"),
        (value.and_then(unquoted), "without the name in front of it and the quotes around it"),
    ];
    let readings = FORMS.iter().map(|(form, ..)| (*form, if *form == given.form { "" } else { read_as(*form) }));
    for (text, around) in texts.iter().filter_map(|(text, words)| text.map(|text| (text, *words))) {
        for (form, reading) in readings.clone() {
            if let Some(end) = end_of(text, form, is_by) {
                let changes: Vec<&str> = [reading, around, end].into_iter().filter(|words| !words.is_empty()).collect();
                let changes = changes.join(", ");
                return Some(Diagnosis::new(
                    format!("Matches the secret {changes}"),
                    format!("Take the secret {changes}"),
                    None,
                ));
            }
        }
    }
    None
}

/// What to change at the secret's end or in its middle so that it matches, in words; `None` if nothing helps.
pub(super) fn end_of(text: &str, form: SecretForm, is_by: &impl Fn(&[u8]) -> bool) -> Option<&'static str> {
    let bytes = secret_bytes(text, form)?;
    if is_by(&bytes) {
        return Some("");
    }
    if form != SecretForm::Text {
        // `echo secret | base64` encodes the line break as well.
        let without = bytes.strip_suffix(b"\n").map(|bytes| bytes.strip_suffix(b"\r").unwrap_or(bytes))?;
        return is_by(without).then_some("without the line break that was encoded with it");
    }
    let is_wrapped = text.contains('\n');
    if is_by(with(text, "\n").as_bytes()) {
        Some("with a line break after it")
    } else if is_by(with(text, "\r\n").as_bytes()) {
        Some("with a line break of Windows after it (CR and LF)")
    } else if is_wrapped && is_by(without_space(text).as_bytes()) {
        Some("without the line breaks in it")
    } else {
        None
    }
}

pub(super) fn read_as(form: SecretForm) -> &'static str {
    match form {
        SecretForm::Text => "read as plain text",
        SecretForm::Base64 => "read as base64",
        SecretForm::Hex => "read as hexadecimal",
    }
}

pub(super) fn unquoted(text: &str) -> Option<&str> {
    ['"', '\'', '`'].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
}

/// The value of `NAME=value`, as in environment variables and .env files.
fn value_of_setting(text: &str) -> Option<&str> {
    let (name, value) = text.split_once('=')?;
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_name && !value.is_empty()).then_some(value.trim())
}

fn with(text: &str, end: &str) -> Zeroizing<String> {
    Zeroizing::new([text, end].concat())
}
