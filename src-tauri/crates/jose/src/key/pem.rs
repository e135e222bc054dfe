//! PEM armour (RFC 7468) around keys.

use pem_rfc7468::{Decoder, LineEnding};
use zeroize::Zeroizing;

use super::KeyError;
use crate::visible::excerpt;

const BEGIN: &str = "-----BEGIN ";

/// True if the text contains a PEM block, complete or not.
pub(super) fn is_pem(text: &str) -> bool {
    text.contains(BEGIN)
}

/// The label and the bytes of the first block that is a key. Indented lines are forgiven, and so are the curve's
/// parameters that `openssl ecparam` writes before the key.
pub(super) fn decode(text: &str) -> Result<(String, Zeroizing<Vec<u8>>), KeyError> {
    let unreadable = |why: &str| KeyError::Unreadable(format!("the PEM block {why}"));
    let mut rest = text;
    loop {
        rest = rest.find(BEGIN).map(|at| &rest[at..]).ok_or_else(|| unreadable("is not a key"))?;
        let label = rest[BEGIN.len()..].lines().next().and_then(|line| line.trim_end().strip_suffix("-----"));
        let label = label.ok_or_else(|| unreadable("has a damaged first line"))?;
        let end = format!("-----END {label}-----");
        let length = rest.find(&end).ok_or_else(|| unreadable("has no end"))? + end.len();
        let block = &rest[..length];
        if label == "EC PARAMETERS" {
            rest = &rest[length..];
            continue;
        }
        // Encrypted as in RFC 1421, which only openssl still writes.
        if block.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(KeyError::UnknownEncryption);
        }
        // Reserve everything at once: a growing string leaves unwiped copies behind.
        let mut lines = Zeroizing::new(String::with_capacity(block.len() + 1));
        for line in block.lines().map(str::trim).filter(|line| !line.is_empty()) {
            lines.push_str(line);
            lines.push('\n');
        }
        let failed = |error: pem_rfc7468::Error| KeyError::Unreadable(error.to_string());
        let mut decoder = Decoder::new_detect_wrap(lines.as_bytes()).map_err(failed)?;
        let mut bytes = Zeroizing::new(vec![0; decoder.remaining_len()]);
        decoder.decode(&mut bytes).map_err(failed)?;
        return Ok((excerpt(label, 40), bytes));
    }
}

/// A block of text with 64 characters per line.
pub(super) fn encode(label: &'static str, der: &[u8]) -> Zeroizing<String> {
    // This fails only for lengths that no key has.
    Zeroizing::new(pem_rfc7468::encode_string(label, LineEnding::LF, der).unwrap_or_default())
}
