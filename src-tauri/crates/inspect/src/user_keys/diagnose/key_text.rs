//! HMAC with a key as the secret that was never meant to be one, in one of its written forms.

use super::{Diagnosis, Kind, Read};
use crate::user_keys::UserKey;
use crate::user_keys::secret::readings;
use jose::key::{Disguise, Encoding, block, jwk_members, with_line_breaks};
use jose::{Algorithm, KeyChoice, Parsed, json};

/// About how many bytes of signing input are hashed at most to try the keys of a set.
const MOST_HASHED: usize = 16 * 1024 * 1024;

/// About how many forms one key has.
const FORMS: usize = 32;

pub(super) fn diagnose(text: &str, read: &Read, parsed: &Parsed, is_by: impl Fn(&[u8]) -> bool) -> Option<Diagnosis> {
    let algorithm = parsed.algorithm()?;
    if read.kind == Kind::Private && as_given(text).iter().any(|(_, form)| is_by(form)) {
        let sentence = format!("{algorithm} with the text of this key file as the secret, not with the key in it");
        return Some(Diagnosis::new(sentence, "", None));
    }
    // The public part of a private key is just as public.
    let find = |forms: Vec<Encoding>| forms.into_iter().find(|(_, form)| is_by(form));
    let mut name = if read.kind == Kind::Public { find(public_text(text, read)) } else { None };
    let tried = MOST_HASHED / FORMS / parsed.signing_input().len().max(1);
    let chosen = match &read.choice {
        KeyChoice::Found { key, .. } => Some(key),
        _ => None,
    };
    for key in chosen.into_iter().chain(&read.set).take(tried.max(1)) {
        name = name.or_else(|| find(key.encodings()));
    }
    name.map(|(name, _)| confusion(algorithm, name))
}

/// A key that was given as a secret and signed the token as one.
pub(super) fn of_disguise(
    given: &UserKey,
    found: Disguise,
    algorithm: Algorithm,
    is_by: impl Fn(&[u8]) -> bool,
) -> Option<Diagnosis> {
    let texts = as_given(&given.text).into_iter().map(|(_, text)| text);
    // A JWK contains its secret in base64url.
    let members = jwk_members(&given.text);
    let secret = members.iter().find(|member| member.name == "k").and_then(|member| member.text.as_deref());
    let secret = secret.and_then(jose::base64url::decode_strict);
    let signs = readings(given).iter().any(|bytes| is_by(bytes)) || texts.chain(secret).any(|text| is_by(&text));
    let Disguise { what, is_public } = found;
    signs.then(|| match is_public {
        true => Diagnosis {
            is_confusion: true,
            ..Diagnosis::new(
                format!("{algorithm} with {what} as the secret: anybody can forge it"),
                "Sign with the private key, and let no server take the algorithm from the token",
                None,
            )
        },
        false => Diagnosis::new(format!("{algorithm} with {what} as the secret, not with the key in it"), "", None),
    })
}

/// A text as it was given, and with every kind of line break.
fn as_given(text: &str) -> Vec<Encoding> {
    let mut forms = vec![("the text", text.as_bytes().to_vec())];
    forms.extend(with_line_breaks("the text", text.trim_start_matches('\u{FEFF}').trim()));
    forms
}

/// Other texts within a public key's text: its repaired block, and the JWKs of a set.
fn public_text(text: &str, read: &Read) -> Vec<Encoding> {
    let mut forms = as_given(text);
    if let Some(pem) = &read.block {
        forms.extend(block(pem.label, "the PEM", &pem.der));
        forms.push(("the DER", pem.der.to_vec()));
    }
    let text = text.trim_start_matches('\u{FEFF}').trim();
    let members = jwk_members(text);
    let keys = members.iter().find(|member| member.name == "keys").map(|member| &text[member.value.clone()]);
    let list = keys.unwrap_or(text);
    for jwk in json::objects(list).unwrap_or_default() {
        forms.push(("the JWK", list[jwk].as_bytes().to_vec()));
    }
    forms
}

fn confusion(algorithm: Algorithm, name: &str) -> Diagnosis {
    let sentence = format!("{algorithm} with {name} of this public key as the secret: anybody can forge it");
    let fix = "Sign with the private key, and let no server take the algorithm from the token";
    Diagnosis { is_confusion: true, ..Diagnosis::new(sentence, fix, None) }
}
