//! Private keys of X25519, which agree on keys and cannot sign (RFC 7748, RFC 8410).

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode as _, Encode as _};
use pkcs8::PrivateKeyInfoRef;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use crate::base64url;
use crate::key::jwk_members;

/// id-X25519 (RFC 8410 section 3).
const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");

/// The key as PKCS#8 DER: of a private JWK with the curve X25519 (RFC 8037 section 2), or of such a key in DER.
pub fn private_key(input: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let number = match std::str::from_utf8(input).ok().filter(|text| text.starts_with('{')) {
        Some(text) => {
            let members = jwk_members(text);
            let string =
                |name: &str| members.iter().find(|item| item.name == name).and_then(|item| item.text.as_deref());
            let is_one = string("kty") == Some("OKP") && string("crv") == Some("X25519");
            Zeroizing::new(base64url::decode_strict(string("d").filter(|_| is_one)?)?)
        }
        None => number(input)?,
    };
    if number.len() != 32 {
        return None;
    }
    let algorithm = AlgorithmIdentifierRef { oid: X25519, parameters: None };
    let inner = Zeroizing::new(OctetStringRef::new(&number).ok()?.to_der().ok()?);
    let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&inner).ok()?);
    Some(Zeroizing::new(info.to_der().ok()?))
}

/// The 32 bytes of a key in PKCS#8 DER.
pub(super) fn number(der: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let info = PrivateKeyInfoRef::from_der(der).ok().filter(|info| info.algorithm.oid == X25519)?;
    let number = info.private_key.decode_into::<&OctetStringRef>().ok()?;
    Some(Zeroizing::new(number.as_bytes().to_vec()))
}
