//! How the text of a shared secret becomes bytes.

use zeroize::Zeroizing;

use super::{SecretForm, UserKey};
use crate::decoding;
use jose::key::{Disguise, text_of};

/// The bytes of the given secret, or why there are none.
pub(super) fn secret_of(given: &UserKey) -> Result<Zeroizing<Vec<u8>>, String> {
    secret_bytes(&given.text, given.form).ok_or_else(|| {
        let (what, fix) = match given.form {
            SecretForm::Hex => ("hexadecimal", "pairs of the digits 0 to 9 and a to f"),
            _ => ("base64", "letters, digits, + and / or - and _"),
        };
        format!("The secret is not {what}: it takes {fix}")
    })
}

/// The key that was given as if it were a secret, in any encoding.
pub(super) fn disguise(given: &UserKey) -> Option<Disguise> {
    let readings = readings(given);
    readings
        .iter()
        .find_map(|bytes| Disguise::of(bytes))
        .or_else(|| readings.iter().find_map(|bytes| Disguise::of_number(bytes)))
}

/// How many encodings may be nested: a `k8s` secret is base64 of what is often base64 itself.
const DEEPEST: usize = 3;

/// The bytes that a text may represent, through nested encodings.
pub(super) fn readings(given: &UserKey) -> Vec<Zeroizing<Vec<u8>>> {
    let trimmed = Zeroizing::new(given.text.trim().as_bytes().to_vec());
    let mut readings = vec![Zeroizing::new(given.text.as_bytes().to_vec()), trimmed];
    let mut from = 1;
    for _ in 0..DEEPEST {
        let until = readings.len();
        for at in from..until {
            let inner = text_of(&readings[at]).map(|text| decoded(&text)).unwrap_or_default();
            readings.extend(inner);
        }
        from = until;
    }
    readings
}

/// What a text decodes to, in each encoding it may have.
fn decoded(text: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let forms = [SecretForm::Base64, SecretForm::Hex].into_iter().filter_map(|form| secret_bytes(text, form));
    let base32 =
        base32::decode(base32::Alphabet::Rfc4648 { padding: false }, without_space(text).trim_end_matches('='));
    forms.chain(base32.map(Zeroizing::new)).filter(|bytes| !bytes.is_empty()).collect()
}

/// The bytes of a shared secret. White space around base64 and hexadecimal is ignored; in text it counts.
pub(super) fn secret_bytes(text: &str, form: SecretForm) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = match form {
        SecretForm::Text => text.as_bytes().to_vec(),
        SecretForm::Base64 => decoding::base64(&without_space(text))?,
        SecretForm::Hex => decoding::hex(&without_space(text))?,
    };
    Some(Zeroizing::new(bytes))
}

/// Reserve everything at once: a growing string leaves unwiped copies behind.
pub(super) fn without_space(text: &str) -> Zeroizing<String> {
    let mut kept = Zeroizing::new(String::with_capacity(text.len()));
    kept.extend(text.split_ascii_whitespace());
    kept
}
