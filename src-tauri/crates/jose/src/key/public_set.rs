//! Public keys that are kept: nothing private may be in them.

use super::jwk::{members, private_member, verifying_key};
use super::{KeyError, KeySet, Material, VerifyingKey, with_fitting};
use crate::Algorithm;
use crate::json::{self, quoted};
use zeroize::Zeroizing;

/// The longest set that is kept, in bytes.
pub const LONGEST_PUBLIC_SET: usize = 64 * 1024;

/// The members that are public in every key that checks signatures (RFC 7517 section 4, RFC 7518 section 6).
const PUBLIC: [&str; 10] = ["kty", "crv", "x", "y", "n", "e", "kid", "use", "key_ops", "alg"];

/// Why a text is no set of public keys. The sentences are for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPublic {
    /// A private key is in it.
    #[error("This holds a private key, and only public keys are kept: leave the private parts out")]
    Private,
    /// A shared secret is in it.
    #[error("This holds a shared secret, and only public keys are kept")]
    Secret,
    /// No key in it checks signatures.
    #[error("This holds no public key that can check a signature")]
    NoKey,
    /// More than [`LONGEST_PUBLIC_SET`] bytes.
    #[error("These keys take more than 64 KiB")]
    TooLong,
    /// It cannot be read.
    #[error("These keys cannot be used: {0}")]
    Unreadable(#[from] KeyError),
}

/// The keys of a JWK or a JWK Set that can check signatures, as a JWK Set of public members only.
///
/// # Errors
/// [`NotPublic`]; a set with anything private in it is refused as a whole, so that nobody believes it was kept.
pub fn public_set(text: &str) -> Result<String, NotPublic> {
    let is_set = members(text)?.iter().any(|member| member.name == "keys");
    let set = if is_set { text.to_owned() } else { format!(r#"{{"keys":[{text}]}}"#) };
    let set = Zeroizing::new(set);
    let whole = members(&set)?;
    let keys = whole.iter().find(|member| member.name == "keys").ok_or(NotPublic::NoKey)?;
    let array = &set[keys.value.clone()];
    let mut kept = Vec::new();
    for range in json::objects(array).ok_or(NotPublic::NoKey)? {
        let text = &array[range];
        let members = members(text)?;
        let has = |name: &str| members.iter().any(|member| member.name == name);
        if has("k") || members.iter().any(|member| member.name == "kty" && member.text.as_deref() == Some("oct")) {
            return Err(NotPublic::Secret);
        }
        if private_member(text).is_some() {
            return Err(NotPublic::Private);
        }
        if read(text).is_ok() {
            let public = members.iter().filter(|member| PUBLIC.contains(&&*member.name));
            let public = public.map(|member| format!("{}:{}", quoted(&member.name), text[member.value.clone()].trim()));
            kept.push(format!("{{{}}}", public.collect::<Vec<_>>().join(",")));
        }
    }
    let kept_set = format!(r#"{{"keys":[{}]}}"#, kept.join(","));
    match kept.len() {
        0 => Err(NotPublic::NoKey),
        _ if kept_set.len() > LONGEST_PUBLIC_SET => Err(NotPublic::TooLong),
        _ => {
            KeySet::for_algorithm(&kept_set, Some(Algorithm::Rs256))?;
            Ok(kept_set)
        }
    }
}

/// The keys of a kept set by name, each with its algorithm; a key that fits several has none.
pub fn names_of(set: &str) -> Vec<(Option<String>, Option<Algorithm>)> {
    let Ok(members) = members(set) else { return Vec::new() };
    let Some(keys) = members.iter().find(|member| member.name == "keys") else { return Vec::new() };
    let array = &set[keys.value.clone()];
    let named = json::objects(array).unwrap_or_default().into_iter().filter_map(|range| {
        let text = &array[range];
        let own = verifying_key(text, None).ok().map(|key| key.algorithm());
        read(text).ok().map(|key| (key.kid().map(str::to_owned), own))
    });
    named.collect()
}

impl VerifyingKey {
    /// The public JWK as JSON text without a name; `alg` is in it only if wanted. `None` for a shared secret.
    pub fn nameless_jwk(&self, with_algorithm: bool) -> Option<String> {
        let Material::Public { members, .. } = &*self.material else { return None };
        let bare = members.canonical();
        let named = || Some(format!(r#"{},"alg":"{}"}}"#, bare.strip_suffix('}')?, self.algorithm));
        if with_algorithm { named() } else { Some(bare) }
    }
}

fn read(jwk: &str) -> Result<VerifyingKey, KeyError> {
    with_fitting(Some(Algorithm::Rs256), |wanted| verifying_key(jwk, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EC: &str = r#"{"kty":"EC","crv":"P-256","kid":"a","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","x5u":"https://evil.example"}"#;

    fn set(keys: &[&str]) -> String {
        format!(r#"{{"keys":[{}],"more":1}}"#, keys.join(","))
    }

    #[test]
    fn only_public_members_of_keys_for_signatures_are_kept() {
        let encryption = r#"{"kty":"EC","use":"enc","kid":"b"}"#;
        let kept = public_set(&set(&[EC, encryption])).unwrap();
        assert!(!kept.contains("x5u") && !kept.contains("more") && !kept.contains(r#""b""#), "{kept}");
        assert_eq!(names_of(&kept), [(Some("a".to_owned()), Some(Algorithm::Es256))]);
        assert_eq!(public_set(EC).unwrap(), kept, "a single JWK becomes a set");
        assert_eq!(public_set(&kept).unwrap(), kept);
    }

    #[test]
    fn a_set_with_anything_private_is_refused_as_a_whole() {
        let private = EC.replace("\"kty\"", r#""d":"AA","kty""#);
        let secret = r#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","alg":"HS256"}"#;
        let hidden = r#"{"kty":"RSA","use":"enc","n":"AA","e":"AQAB","p":"AA"}"#;
        for (text, refusal) in [
            (set(&[EC, &private]), NotPublic::Private),
            (private.clone(), NotPublic::Private),
            (set(&[EC, hidden]), NotPublic::Private),
            (set(&[secret]), NotPublic::Secret),
            (set(&[EC, secret]), NotPublic::Secret),
            (set(&[]), NotPublic::NoKey),
            (r#"{"keys":1}"#.to_owned(), NotPublic::NoKey),
            (set(&[r#"{"kty":"EC","use":"enc"}"#]), NotPublic::NoKey),
        ] {
            assert_eq!(public_set(&text), Err(refusal), "{text}");
        }
        assert!(matches!(public_set(&set(&[EC, EC])), Err(NotPublic::Unreadable(_))), "a kid twice");
        assert!(matches!(public_set("x"), Err(NotPublic::Unreadable(_))));
    }
}
