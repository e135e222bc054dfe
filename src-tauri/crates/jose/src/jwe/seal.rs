//! Encrypting a text as a compact JWE, for samples to learn with.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap as _};

use crate::base64url;

/// What a token is encrypted with. Each must be random and new for every token.
pub struct Seal<'a> {
    /// The key that both sides hold.
    pub shared: &'a [u8; 32],
    /// The key of the content, which the token carries wrapped with the shared one.
    pub content: &'a [u8; 32],
    /// The initialization vector.
    pub vector: [u8; 12],
}

/// The compact JWE of a text, by A256KW and A256GCM (RFC 7516 section 5.1). `kid` is the name of the shared key. `None`
/// if the cryptographic library fails.
pub fn seal(text: &str, kid: &str, seal: &Seal<'_>) -> Option<String> {
    let header = serde_json::json!({ "alg": "A256KW", "enc": "A256GCM", "typ": "JWT", "kid": kid });
    let header = base64url::encode(header.to_string().as_bytes());
    let mut wrapped = [0; 40];
    let wrapped = AesKek::new(&AES_256, seal.shared).ok()?.wrap(seal.content, &mut wrapped).ok()?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, seal.content).ok()?);
    let mut bytes = text.as_bytes().to_vec();
    let nonce = Nonce::assume_unique_for_key(seal.vector);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(header.as_bytes()), &mut bytes).ok()?;
    let parts: [&[u8]; 4] = [wrapped, &seal.vector, &bytes, tag.as_ref()];
    Some(parts.iter().fold(header, |token, part| token + "." + &base64url::encode(part)))
}

#[cfg(test)]
mod tests {
    use super::{Seal, seal};
    use crate::jwe::{DecryptionKey, JweError, decrypt};
    use crate::parse_exact;

    #[test]
    fn what_is_sealed_opens_with_the_shared_key_only() {
        let token = seal("hello", "k1", &Seal { shared: &[1; 32], content: &[2; 32], vector: [3; 12] }).unwrap();
        let opened =
            |key: &[u8]| decrypt(&parse_exact(&token), &DecryptionKey::Secret(key)).map(|text| text.content.to_vec());
        assert_eq!(opened(&[1; 32]), Ok(b"hello".to_vec()));
        assert_eq!(opened(&[2; 32]), Err(JweError::WrongKey));
        assert_eq!(parse_exact(&token).header_text("kid"), Some("k1"));
    }
}
