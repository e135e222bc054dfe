//! Repairs PEM from environment variables, chats and tickets, with a description of each repair.

use zeroize::Zeroizing;

use super::secret::without_space;
use crate::decoding::{base64, hex};
use jose::Algorithm;
use jose::key::{KeyError, PrivateKey, is_pkcs12};

/// A parsed PEM block (RFC 7468).
pub(super) struct Pem {
    pub(super) label: &'static str,
    pub(super) der: Zeroizing<Vec<u8>>,
    /// Encrypted as in RFC 1421, which is not supported: there is no `der`.
    pub(super) is_rfc1421: bool,
    /// What was wrong with its format.
    pub(super) repairs: Vec<String>,
}

/// What a PKCS#12 file is called, which has no label.
pub(super) const PKCS12: &str = "PKCS#12";

/// The label of a certificate.
pub(super) const CERTIFICATE: &str = "CERTIFICATE";

/// Why neither of two different keys is used.
pub(super) const TWO_KEYS: &str = "These are two keys, and a token has one: leave only the one that belongs to it";

const LABELS: [&str; 8] = [
    "PUBLIC KEY",
    "RSA PUBLIC KEY",
    CERTIFICATE,
    "PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
];

/// The first key block in the text, or what is wrong with it; `None` if there is none.
pub(super) fn pem(text: &str) -> Option<Result<Pem, String>> {
    let mut repairs = Vec::new();
    let written = ["\\r\\n", "\\n", "\\r"].into_iter().filter(|escape| text.contains(escape));
    let text = match written.clone().next() {
        Some(escape) => {
            repairs.push(format!("`{escape}` written out became line breaks"));
            Zeroizing::new(written.fold(text.to_owned(), |text, escape| text.replace(escape, "\n")))
        }
        None => Zeroizing::new(text.to_owned()),
    };
    if holds_two_keys(&text) {
        return Some(Err(TWO_KEYS.to_owned()));
    }
    let (start, label) = LABELS.iter().find_map(|label| {
        let line = format!("BEGIN {label}");
        // "BEGIN PUBLIC KEY" is not part of "BEGIN RSA PUBLIC KEY", but a certificate's label is part of a request's.
        let end = text.find(&line)? + line.len();
        (!text[end..].starts_with(" REQUEST")).then_some((end, *label))
    })?;
    let rest = &text[start..];
    let (body, closed) = match rest.find(&format!("END {label}")) {
        Some(end) => (&rest[..end], true),
        None => (rest, false),
    };
    if !closed {
        repairs.push("The last line of the PEM was missing".to_owned());
    }
    if !text.contains(&format!("-----BEGIN {label}-----"))
        || closed && !text.contains(&format!("-----END {label}-----"))
    {
        repairs.push("Dashes of the PEM's first or last line were missing".to_owned());
    }
    // Word processors merge hyphens into long dashes.
    let body = body.trim_matches(|sign: char| matches!(sign, '-' | '–' | '—') || sign.is_whitespace());
    if body.len() > 100 && !body.contains('\n') {
        repairs.push("PEM was on one line; line breaks restored".to_owned());
    }
    let is_rfc1421 = body.contains("Proc-Type: 4,ENCRYPTED");
    let is_quoted = body.lines().any(|line| line.trim_start().starts_with('>'));
    if is_quoted {
        repairs.push("The marks of a quoted mail were taken off".to_owned());
    }
    let mut symbols = Zeroizing::new(String::with_capacity(body.len()));
    symbols
        .extend(body.split(|sign: char| sign.is_ascii_whitespace() || matches!(sign, '>' | '"' | '\'' | ',' | '\\')));
    let der = if is_rfc1421 { Some(Vec::new()) } else { base64(&symbols) };
    let damaged = || format!("What stands between the first and the last line of the {label} is not base64");
    let read = der.map(|der| Pem { label, der: Zeroizing::new(der), is_rfc1421, repairs });
    Some(read.ok_or_else(damaged))
}

/// Certificates come in chains and with their key; of two other keys the first would be used and the second ignored.
fn holds_two_keys(text: &str) -> bool {
    let bodies = text.split("-----BEGIN ").skip(1).filter_map(|block| {
        let (label, body) = block.split_once("-----")?;
        let is_key = label.ends_with("PUBLIC KEY") || label.ends_with("PRIVATE KEY");
        is_key.then(|| body.split("-----END").next().unwrap_or_default().trim())
    });
    let mut bodies = bodies.peekable();
    let first = bodies.peek().copied();
    bodies.any(|body| Some(body) != first)
}

/// A key as base64 without its first and last line or as hexadecimal, a PKCS#12 file or a whole PEM in base64, if the
/// token cannot need a secret.
pub(super) fn bare(text: &str, algorithm: Option<Algorithm>) -> Option<Pem> {
    algorithm.filter(|algorithm| !algorithm.is_symmetric())?;
    let symbols = without_space(text);
    // Hexadecimal is base64 too, of other bytes.
    let in_hex = hex(&symbols).filter(|bytes| bytes.first() == Some(&0x30)).map(Zeroizing::new);
    let is_hex = in_hex.is_some();
    let der = in_hex.or_else(|| base64(&symbols).map(Zeroizing::new))?;
    if let Some(Ok(mut pem)) = std::str::from_utf8(&der).ok().and_then(pem) {
        pem.repairs.insert(0, "The PEM was encoded in base64 once more".to_owned());
        return Some(pem);
    }
    if !der.starts_with(&[0x30]) || der.len() < 40 {
        return None;
    }
    if is_pkcs12(&der) {
        return Some(Pem { label: PKCS12, der, is_rfc1421: false, repairs: Vec::new() });
    }
    let is_public = matches!(PrivateKey::read(&der, algorithm), Err(KeyError::PublicOnly));
    let label = if is_public { "PUBLIC KEY" } else { "PRIVATE KEY" };
    let repairs = match is_hex {
        true => "Read as DER in hexadecimal",
        false => "Read as DER: the key has no first and last line of PEM",
    };
    let repairs = vec![repairs.to_owned()];
    Some(Pem { label, der, is_rfc1421: false, repairs })
}

/// The label of a PEM block that is not a key. Only what looks like a label (RFC 7468 section 2) is named, since it may
/// be part of a secret.
pub(super) fn foreign_label(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, _) = rest.split_once("-----")?;
    let is_label = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
    ((1..=40).contains(&label.trim().len()) && label.bytes().all(is_label)).then_some(label)
}
