//! PEM as it arrives from environment variables, chats and tickets: put back into shape, with a word for each repair.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// A PEM block (RFC 7468), taken apart.
pub(super) struct Pem {
    pub(super) label: String,
    pub(super) der: Zeroizing<Vec<u8>>,
    /// Locked with a passphrase.
    pub(super) encrypted: bool,
    /// What was wrong with its shape.
    pub(super) repairs: Vec<String>,
}

const LABELS: [&str; 7] = [
    "PUBLIC KEY",
    "RSA PUBLIC KEY",
    "CERTIFICATE",
    "PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
];

/// The first block of a key in the text; `None` if there is none, or what stands in it is not base64.
pub(super) fn pem(text: &str) -> Option<Pem> {
    let mut repairs = Vec::new();
    let text = if text.contains("\\n") {
        repairs.push(r"`\n` written out became line breaks".to_owned());
        Zeroizing::new(text.replace("\\r", "").replace("\\n", "\n"))
    } else {
        Zeroizing::new(text.to_owned())
    };
    let (start, label) = LABELS
        .iter()
        .find_map(|label| {
            let line = format!("BEGIN {label}");
            // "BEGIN PUBLIC KEY" is no part of "BEGIN RSA PUBLIC KEY".
            text.find(&line).map(|at| (at, at + line.len(), *label))
        })
        .map(|(_, end, label)| (end, label))?;
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
    let body = body.trim_matches(|character: char| character == '-' || character.is_whitespace());
    if body.len() > 100 && !body.contains('\n') {
        repairs.push("The PEM stood on one line".to_owned());
    }
    let encrypted = label == "ENCRYPTED PRIVATE KEY" || body.contains("Proc-Type: 4,ENCRYPTED");
    let symbols: Zeroizing<String> = Zeroizing::new(body.split_ascii_whitespace().collect());
    let der = if encrypted { Vec::new() } else { STANDARD.decode(&*symbols).ok()? };
    Some(Pem { label: label.to_owned(), der: Zeroizing::new(der), encrypted, repairs })
}
