//! Key stores of PKCS#12 (RFC 7292), which `.p12` and `.pfx` files are. One private key is taken out of them, or else
//! one certificate. Their MAC is not checked: a key in PEM has none either.

#[cfg(test)]
mod tests;

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use cms::content_info::ContentInfo;
use cms::encrypted_data::EncryptedData;
use der::asn1::{AnyRef, ObjectIdentifier, OctetString};
use der::{Decode as _, Encode as _, Tag, Tagged as _};
use pkcs8::PrivateKeyInfoRef;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs12::kdf::{Pkcs12KeyType, derive_key_utf8};
use pkcs12::pbe_params::{EncryptedPrivateKeyInfo, Pkcs12PbeParams};
use pkcs12::pfx::Pfx;
use pkcs12::safe_bag::SafeContents;
use pkcs12::{CertBag, PKCS_12_CERT_BAG_OID, PKCS_12_KEY_BAG_OID, PKCS_12_PKCS8_KEY_BAG_OID};
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use super::KeyError;
use super::encrypted::{MOST_ITERATIONS, refuse_work};
use super::oid::elements;

/// id-data and id-encryptedData (RFC 5652 sections 4 and 8).
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");
/// pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 appendix C), which Windows, macOS and old versions of OpenSSL write.
const TRIPLE_DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3");

/// Each derivation of a key may take a second, so a file gets no more than these.
const MOST_DERIVATIONS: usize = 4;

/// Is this a PFX, of the only version there is?
pub(super) fn is_one(der: &[u8]) -> bool {
    let body = AnyRef::from_der(der).ok().filter(|body| body.tag() == Tag::Sequence);
    let parts = body.map(|body| elements(body.value())).unwrap_or_default();
    matches!(parts[..], [version, content, ..]
        if version.tag() == Tag::Integer && version.value() == [3] && content.tag() == Tag::Sequence)
}

/// The first private key as PKCS#8 DER; the first certificate if there is none.
pub(super) fn opened(der: &[u8], passphrase: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let pfx = Pfx::from_der(der).map_err(|_| unreadable("the PKCS#12 file is damaged, or not in DER"))?;
    if pfx.auth_safe.content_type != DATA {
        return Err(unreadable("the PKCS#12 file is signed with a key instead of a passphrase"));
    }
    let safe = octets(&pfx.auth_safe)?;
    let mut contents: Vec<ContentInfo> = Vec::from_der(safe.as_bytes()).map_err(|_| damaged())?;
    // Keys are encrypted one by one, mostly; what is encrypted as a whole are certificates.
    contents.sort_by_key(|content| content.content_type != DATA);
    let (mut work, mut certificate, mut failed) = (Work { derivations: 0 }, None, None);
    for content in &contents {
        let bags = match bags(content, passphrase, &mut work) {
            Ok(bags) => bags,
            Err(error) => {
                failed = failed.or(Some(error));
                continue;
            }
        };
        for bag in bags {
            let value = AnyRef::from_der(&bag.bag_value).map_err(|_| damaged())?.value();
            match bag.bag_id {
                PKCS_12_KEY_BAG_OID => return Ok(Zeroizing::new(value.to_vec())),
                PKCS_12_PKCS8_KEY_BAG_OID => return shrouded(value, passphrase, &mut work),
                PKCS_12_CERT_BAG_OID => {
                    let found = CertBag::from_der(value).map_err(|_| damaged())?;
                    certificate = certificate.or(Some(Zeroizing::new(found.cert_value.as_bytes().to_vec())));
                }
                _ => {}
            }
        }
    }
    let empty = || unreadable("the PKCS#12 file holds neither a private key nor a certificate");
    certificate.ok_or_else(|| failed.unwrap_or_else(empty))
}

/// How much has been spent on passphrases.
struct Work {
    derivations: usize,
}

/// The entries of one part of the file.
fn bags(content: &ContentInfo, passphrase: &str, work: &mut Work) -> Result<SafeContents, KeyError> {
    let plain = match content.content_type {
        DATA => Zeroizing::new(octets(content)?.as_bytes().to_vec()),
        ENCRYPTED_DATA => {
            let data: EncryptedData = content.content.decode_as().map_err(|_| damaged())?;
            let info = data.enc_content_info;
            let text = info.encrypted_content.ok_or_else(damaged)?;
            decrypted(&info.content_enc_alg, text.as_bytes(), passphrase, work)?
        }
        _ => return Ok(Vec::new()),
    };
    // A wrong passphrase mostly breaks the padding, and otherwise the content.
    SafeContents::from_der(&plain).map_err(|_| KeyError::WrongPassphrase)
}

fn octets(content: &ContentInfo) -> Result<OctetString, KeyError> {
    content.content.decode_as().map_err(|_| damaged())
}

fn shrouded(der: &[u8], passphrase: &str, work: &mut Work) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let key = EncryptedPrivateKeyInfo::from_der(der).map_err(|_| damaged())?;
    let plain = decrypted(&key.encryption_algorithm, key.encrypted_data.as_bytes(), passphrase, work)?;
    let is_key = PrivateKeyInfoRef::from_der(&plain).is_ok();
    if is_key { Ok(plain) } else { Err(KeyError::WrongPassphrase) }
}

/// Decrypts with PBES2 or Triple DES. RC2, with 40 bits, is not supported: only certificates were encrypted with it.
fn decrypted(
    algorithm: &AlgorithmIdentifierOwned,
    text: &[u8],
    passphrase: &str,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    work.derivations += 1;
    if work.derivations > MOST_DERIVATIONS {
        return Err(KeyError::TooCostly("four derivations of a key"));
    }
    if algorithm.oid == TRIPLE_DES {
        return triple_des(algorithm, text, passphrase);
    }
    let der = algorithm.to_der().map_err(|_| damaged())?;
    let Ok(EncryptionScheme::Pbes2(scheme)) = EncryptionScheme::from_der(&der) else {
        return Err(KeyError::UnknownEncryption);
    };
    refuse_work(&scheme.kdf)?;
    scheme.decrypt(passphrase, text).map(Zeroizing::new).map_err(|_| KeyError::WrongPassphrase)
}

fn triple_des(
    algorithm: &AlgorithmIdentifierOwned,
    text: &[u8],
    passphrase: &str,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let parameters = algorithm.parameters.as_ref().ok_or_else(damaged)?;
    let Pkcs12PbeParams { salt, iterations } = parameters.decode_as().map_err(|_| damaged())?;
    match u32::try_from(iterations) {
        Ok(1..=MOST_ITERATIONS) => {}
        Ok(0) | Err(_) => return Err(damaged()),
        Ok(_) => return Err(KeyError::TooCostly("1,000,000 iterations")),
    }
    // A character beyond 16 bits has no place in this derivation's passphrase.
    let derive = |what, length| {
        let derived = derive_key_utf8::<sha1::Sha1>(passphrase, salt.as_bytes(), what, iterations, length);
        derived.map(Zeroizing::new).map_err(|_| KeyError::WrongPassphrase)
    };
    let (key, iv) = (derive(Pkcs12KeyType::EncryptionKey, 24)?, derive(Pkcs12KeyType::Iv, 8)?);
    let cipher = cbc::Decryptor::<des::TdesEde3>::new_from_slices(&key, &iv).map_err(|_| damaged())?;
    cipher.decrypt_padded_vec::<Pkcs7>(text).map(Zeroizing::new).map_err(|_| KeyError::WrongPassphrase)
}

fn damaged() -> KeyError {
    unreadable("the PKCS#12 file is damaged")
}

fn unreadable(why: &str) -> KeyError {
    KeyError::Unreadable(why.to_owned())
}
