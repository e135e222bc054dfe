//! Private keys encrypted with a passphrase: PKCS#8 (RFC 5958 section 3, RFC 8018), PKCS#12 and OpenSSH's own format.

#[cfg(test)]
mod tests;

use der::Decode as _;
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::pkcs5::pbes2::Kdf;
use pkcs8::pkcs5::{EncryptionScheme, Error as Pkcs5Error};
use zeroize::Zeroizing;

use super::{KeyError, openssh, pkcs12, private};

/// The most work that a file may demand to try its passphrase: about a second.
pub(super) const MOST_ITERATIONS: u32 = 1_000_000;
const MOST_SCRYPT_BYTES: u64 = 64 * 1024 * 1024;
pub(super) const MOST_ROUNDS: u32 = 256;

/// Opens an encrypted private key, in PEM or DER of PKCS#8, in a PKCS#12 file or in OpenSSH's own format, and returns
/// it in the form that [`super::PrivateKey::read`] takes. A key that is not encrypted is returned unchanged; of a
/// PKCS#12 file without a key, the certificate is.
pub fn decrypted(input: &[u8], passphrase: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let bytes = private::without_armour(input)?;
    if bytes.starts_with(openssh::MAGIC) {
        return openssh::decrypted(bytes, passphrase);
    }
    if pkcs12::is_one(&bytes) {
        return pkcs12::opened(&bytes, passphrase);
    }
    if !private::is_encrypted(&bytes) {
        return Ok(bytes);
    }
    let key = EncryptedPrivateKeyInfoRef::from_der(&bytes).map_err(|_| KeyError::UnknownEncryption)?;
    if let EncryptionScheme::Pbes2(scheme) = &key.encryption_algorithm {
        refuse_work(&scheme.kdf)?;
    }
    match key.decrypt(passphrase) {
        Ok(document) => Ok(Zeroizing::new(document.as_bytes().to_vec())),
        // A wrong passphrase mostly breaks the padding, and otherwise the content.
        Err(pkcs8::Error::EncryptedPrivateKey(Pkcs5Error::DecryptFailed) | pkcs8::Error::Asn1(_)) => {
            Err(KeyError::WrongPassphrase)
        }
        Err(_) => Err(KeyError::UnknownEncryption),
    }
}

/// Does this private key need a passphrase? Reads DER of PKCS#8 and PKCS#12, and OpenSSH's own format.
pub fn is_encrypted(bytes: &[u8]) -> bool {
    match bytes.starts_with(openssh::MAGIC) {
        true => openssh::is_encrypted(bytes),
        false => private::is_encrypted(bytes) || pkcs12::is_one(bytes),
    }
}

/// Is this a PKCS#12 file?
pub fn is_pkcs12(bytes: &[u8]) -> bool {
    pkcs12::is_one(bytes)
}

pub(super) fn refuse_work(kdf: &Kdf) -> Result<(), KeyError> {
    match kdf {
        Kdf::Pbkdf2(asked) if asked.iteration_count > MOST_ITERATIONS => {
            Err(KeyError::TooCostly("1,000,000 iterations of PBKDF2"))
        }
        // RFC 7914 section 2: the cost is a power of two above 1. The key derivation relies on that.
        Kdf::Scrypt(asked) if asked.cost_parameter < 2 || !asked.cost_parameter.is_power_of_two() => {
            Err(KeyError::UnknownEncryption)
        }
        Kdf::Scrypt(asked) => {
            let (r, p) = (u64::from(asked.block_size), u64::from(asked.parallelization));
            let bytes = asked.cost_parameter.saturating_mul(128).saturating_mul(r).saturating_mul(p);
            if bytes > MOST_SCRYPT_BYTES { Err(KeyError::TooCostly("64 MiB of scrypt")) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}
