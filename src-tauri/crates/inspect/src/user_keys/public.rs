//! The public keys of a given text, to be kept.

use super::read::set_of_list;
use super::repair::{self, Pem};
use super::{LONGEST, UserKey, sentence};
use jose::Algorithm;
use jose::key::{KeyError, NotPublic, VerifyingKey, public_set};

/// Every key that is kept is public, so a text is read as for an asymmetric algorithm.
const ANY_PUBLIC: Option<Algorithm> = Some(Algorithm::Rs256);

impl UserKey {
    /// The public keys as a JWK Set: of a JWK Set, a JWK, PEM, a certificate or a line of OpenSSH.
    ///
    /// # Errors
    /// A sentence that says why they are not kept; above all, because one of them is not public.
    pub fn public_set(&self) -> Result<String, String> {
        match self.converted(ANY_PUBLIC) {
            Ok(None) => self.public_set_as_it_is(),
            Ok(Some((key, _))) => key.public_set_as_it_is(),
            Err(found) => Err(found.problem),
        }
    }

    fn public_set_as_it_is(&self) -> Result<String, String> {
        let text = self.text.trim_start_matches('\u{FEFF}').trim();
        if text.len() > LONGEST {
            return Err(NotPublic::TooLong.to_string());
        }
        let kept = |text: &str| public_set(text).map_err(|refused| refused.to_string());
        if text.starts_with('{') && repair::pem(text).is_none() {
            return kept(text);
        }
        if let Some(set) = set_of_list(text) {
            return kept(&set);
        }
        let pem = match repair::pem(text) {
            Some(pem) => Some(pem?),
            None => repair::bare(text, ANY_PUBLIC),
        };
        let jwk = match pem {
            Some(Pem { label: "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE", der, .. }) => {
                jwk_of(|wanted| VerifyingKey::from_public_der(&der, wanted))
            }
            Some(_) => return Err(NotPublic::Private.to_string()),
            None => jwk_of(|wanted| {
                VerifyingKey::from_openssh_line(text, wanted)
                    .unwrap_or_else(|| Err(KeyError::Unreadable(String::new())))
            }),
        };
        match jwk {
            Ok(jwk) => kept(&jwk),
            Err(KeyError::Unreadable(nothing)) if nothing.is_empty() => Err(
                "This is no public key. Paste a JWK Set, a public key as PEM or a certificate; a shared secret is not kept"
                    .to_owned(),
            ),
            Err(error) => Err(sentence(&error)),
        }
    }
}

/// The JWK of a key without a name. A key that fits several algorithms names none.
fn jwk_of(read: impl Fn(Option<Algorithm>) -> Result<VerifyingKey, KeyError>) -> Result<String, KeyError> {
    let (key, has_one) = match read(None) {
        Err(KeyError::AlgorithmNeeded) => (read(ANY_PUBLIC)?, false),
        key => (key?, true),
    };
    key.nameless_jwk(has_one).ok_or(KeyError::Refused)
}
