//! Text in base64 that holds no token.

use super::NotJwt;
use crate::decoding::base64_lines;

/// Shorter texts are words that happen to be base64.
const SHORTEST: usize = 16;

/// Random bytes are never sixteen printable characters by chance, so an opaque token is not taken for text.
pub(super) fn text_in_base64(text: &str) -> Option<NotJwt> {
    if text.len() < SHORTEST {
        return None;
    }
    let inside = String::from_utf8(base64_lines(text)?).ok()?;
    let is_text = |sign: char| !sign.is_control() || matches!(sign, '\n' | '\r' | '\t');
    if inside.trim().len() < SHORTEST * 3 / 4 || !inside.chars().all(is_text) {
        return None;
    }
    let message = "Anybody can decode it: base64 hides nothing. It holds no token that can be read.";
    let found = NotJwt::new("text in base64", message).or_else("Paste the token");
    Some(NotJwt { inside: Some(inside), ..found })
}
