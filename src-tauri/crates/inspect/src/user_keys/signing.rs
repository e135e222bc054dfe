//! Signing with a given key.

use super::read::not_a_secret;
use super::repair::{self, Pem};
use super::secret::{disguise, secret_of};
use super::{UserKey, sentence};
use crate::edit::Draft;
use jose::key::{Disguise, KeyError, PrivateKey, VerifyingKey, with_fitting};
use jose::{Algorithm, SigningKey};

impl UserKey {
    /// The compact token of a draft, signed with this key.
    ///
    /// # Errors
    /// A sentence that says why it cannot be signed with this key.
    pub fn sign(&self, draft: &Draft) -> Result<String, String> {
        let (algorithm, kid) = draft.key_named();
        let key = self.signing_key(algorithm, kid.as_deref())?;
        draft.sign(&key).map_err(|error| format!("The token could not be signed: {error}"))
    }

    /// The key, ready to sign: a secret of any length but zero, a private key as PEM, or a private JWK.
    ///
    /// `wanted` is the header's algorithm, used if the key could have several; a secret signs with HS256 unless an HMAC
    /// algorithm is wanted. `kid` names a key without its own name; without it a private key is named by its
    /// thumbprint, and a secret's name is empty.
    ///
    /// # Errors
    /// A sentence that says why it cannot sign and what to do.
    pub fn signing_key(&self, wanted: Option<Algorithm>, kid: Option<&str>) -> Result<SigningKey, String> {
        match self.converted(wanted) {
            Ok(None) => self.signing_key_as_it_is(wanted, kid),
            Ok(Some((key, _))) => key.signing_key_as_it_is(wanted, kid),
            Err(found) => Err(found.problem),
        }
    }

    fn signing_key_as_it_is(&self, wanted: Option<Algorithm>, kid: Option<&str>) -> Result<SigningKey, String> {
        let text = self.text.trim_start_matches('\u{FEFF}').trim();
        if text.is_empty() {
            return Err("Type a secret, or paste a private key as PEM or JWK".to_owned());
        }
        let opened = |pem: &Pem| self.opened(pem).map_err(|error| sentence(&error));
        let private = |bytes: &[u8]| {
            let key = with_fitting(wanted, |wanted| PrivateKey::read(bytes, wanted));
            if let Some(found) =
                key.as_ref().ok().filter(|key| key.algorithm().is_symmetric()).and_then(|key| Disguise::of(key.bytes()))
            {
                return Err(not_a_secret(found));
            }
            key.and_then(|key| named(&key, kid)).map_err(|error| sentence(&error))
        };
        if text.starts_with('{') && repair::pem(text).is_none() {
            return private(text.as_bytes());
        }
        if VerifyingKey::from_openssh_line(text, wanted).is_some() {
            return Err(sentence(&KeyError::PublicOnly));
        }
        match repair::pem(text) {
            Some(Ok(pem)) if pem.label.ends_with("PRIVATE KEY") => return private(&opened(&pem)?),
            Some(Ok(_)) => return Err(sentence(&KeyError::PublicOnly)),
            Some(Err(problem)) => return Err(problem),
            None => {}
        }
        if let Some(pem) = repair::bare(text, wanted) {
            return private(&opened(&pem)?);
        }
        let algorithm = wanted.filter(|wanted| wanted.is_symmetric()).unwrap_or(Algorithm::Hs256);
        let secret = secret_of(self)?;
        if let Some(found) = disguise(self) {
            return Err(not_a_secret(found));
        }
        SigningKey::dangerous_from_hmac(algorithm, &secret, kid.unwrap_or_default()).map_err(|error| sentence(&error))
    }
}

fn named(key: &PrivateKey, kid: Option<&str>) -> Result<SigningKey, KeyError> {
    let nameless = key.algorithm().is_symmetric().then_some("");
    key.signing_key(key.kid().or(kid).or(nameless))
}
