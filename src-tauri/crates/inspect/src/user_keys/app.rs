//! The secret of an app, tried on a cookie or another value that the app signed for itself.

use zeroize::Zeroizing;

use super::diagnose::of_secret;
use super::secret::secret_of;
use super::{LONGEST, UserKey};
use crate::app_signature::AppSigned;
use crate::key_text::SecretForm;
use crate::report::{AppSignatureState, Remedy, Report, UserKeyReport};

/// The report with what the secret showed.
pub(super) fn checked(mut report: Report, signed: &AppSigned, given: &UserKey) -> Report {
    let Some(signature) = &mut report.app_signature else { return report };
    let name = signed.secret();
    let mut user_key = UserKeyReport {
        summary: "Secret".to_owned(),
        problem: None,
        repairs: Vec::new(),
        remedy: None,
        encrypted: false,
    };
    let read =
        if given.text.len() > LONGEST { Err("A secret has no more than 256 KiB".into()) } else { secret_of(given) };
    match read {
        Err(problem) => {
            signature.reason = format!("Not checked: {problem}");
            user_key.problem = Some(problem);
        }
        Ok(secret) => {
            user_key.summary = format!("Secret, {} byte{}", secret.len(), if secret.len() == 1 { "" } else { "s" });
            let found = tried(signed, given, &secret, &mut user_key.repairs);
            (signature.state, signature.reason) = match found {
                Ok(way) if way.is_empty() => (AppSignatureState::Verified, format!("Matches this {name}")),
                Ok(way) => (AppSignatureState::Verified, format!("Matches this {name} with {way}")),
                Err((sentence, remedy)) => {
                    user_key.remedy = remedy;
                    (AppSignatureState::Mismatch, sentence)
                }
            };
        }
    }
    report.user_key = Some(user_key);
    report
}

/// The way in which the secret signed it, or why it did not, with what would help.
fn tried(
    signed: &AppSigned,
    given: &UserKey,
    secret: &[u8],
    repairs: &mut Vec<String>,
) -> Result<String, (String, Option<Remedy>)> {
    if let Some(way) = signed.is_by(secret) {
        return Ok(way);
    }
    let literal = python_literal(&given.text).filter(|_| given.form == SecretForm::Text);
    if let Some(way) = literal.and_then(|secret| signed.is_by(&secret)) {
        repairs.push("The secret was read as Python reads it, without its quotes and with its escapes".to_owned());
        return Ok(way);
    }
    let is_by = |secret: &[u8]| signed.is_by(secret).is_some();
    Err(match of_secret(given, signed.cost(), is_by) {
        Some(diagnosis) => (diagnosis.sentence, diagnosis.remedy),
        None => {
            let name = signed.secret();
            let salts = if signed.has_salt() { ". A salt of the app's own is not tried" } else { "" };
            (format!("Does not match this {name}: another app signed it, or it was changed since{salts}"), None)
        }
    })
}

/// The bytes of a string or bytes literal of Python, with `SECRET_KEY =` before it or not: settings are copied so.
fn python_literal(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.trim();
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
    let text = match text.split_once('=') {
        Some((name, value)) if is_name(name.trim()) => value.trim(),
        _ => text,
    };
    let text = text.strip_prefix(['b', 'B']).filter(|rest| rest.starts_with(['"', '\''])).unwrap_or(text);
    let inner = ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    if inner.is_none() && !text.contains('\\') {
        return None;
    }
    let mut rest = inner.unwrap_or(text).chars();
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    while let Some(sign) = rest.next() {
        if sign != '\\' {
            bytes.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        bytes.push(match rest.next()? {
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            '0' => 0,
            'x' => {
                let digits = [rest.next()?.to_digit(16)?, rest.next()?.to_digit(16)?];
                u8::try_from(digits[0] * 16 + digits[1]).ok()?
            }
            sign @ ('\\' | '\'' | '"') => u8::try_from(sign).ok()?,
            _ => return None,
        });
    }
    Some(bytes)
}
