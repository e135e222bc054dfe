//! JSON Web Keys and sets of them (RFC 7517), their public part only, and thumbprints (RFC 7638).

use std::collections::HashSet;
use std::ops::Deref;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::{Zeroize as _, Zeroizing};

use super::{KeyError, PublicMembers, VerifyingKey, with_fitting};
use crate::json::ValueKind;
use crate::json::{self, Item, quoted};
use crate::visible::excerpt;
use crate::{Algorithm, base64url};

/// No published set has more keys than this.
const MOST_KEYS: usize = 200;

/// The usable keys of a JWK Set (RFC 7517 section 5).
#[derive(Debug, Clone)]
pub struct KeySet {
    /// The keys that can check signatures, in order.
    pub keys: Vec<VerifyingKey>,
    /// The keys that cannot.
    pub skipped: Vec<SkippedKey>,
}

/// A key of a set that cannot check signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedKey {
    /// Its `kid`, if it has one.
    pub kid: Option<String>,
    /// One sentence that names the key and says why.
    pub reason: String,
}

impl KeySet {
    /// Reads a JWK Set. A key of an unknown kind is skipped (RFC 7517 section 5); two keys for signatures with the same
    /// `kid`, or shared secrets beside public keys, make the whole set invalid, because it is ambiguous which key was
    /// meant.
    pub fn from_json(text: &str) -> Result<Self, KeyError> {
        Self::for_algorithm(text, None)
    }

    /// The same for tokens of one algorithm: keys without `alg` that fit several are read for it if possible.
    pub fn for_algorithm(text: &str, algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        let members = members(text)?;
        let Some(keys) = members.iter().find(|item| item.name == "keys") else {
            return Err(KeyError::MissingMember("keys"));
        };
        let array = &text[keys.value.clone()];
        let objects = json::objects(array).ok_or(KeyError::MissingMember("keys"))?;
        if objects.len() > MOST_KEYS {
            return Err(KeyError::Unreadable(format!("it has more than {MOST_KEYS} keys")));
        }
        let mut set = KeySet { keys: Vec::new(), skipped: Vec::new() };
        let (mut has_secrets, mut has_public_keys) = (false, false);
        let mut kids = HashSet::new();
        for (index, range) in objects.into_iter().enumerate() {
            let text = &array[range];
            let key = match algorithm {
                None => verifying_key(text, None),
                Some(_) => with_fitting(algorithm, |wanted| verifying_key(text, wanted)),
            };
            let kid =
                self::members(text).ok().and_then(|members| optional_string(&members, "kid").ok()?.map(str::to_owned));
            // An unusable key for signatures counts too: another reader of the set may use it.
            let kind = kind_for_signatures(text, key.as_ref().err());
            match kind {
                Some(Kind::Secret) => has_secrets = true,
                Some(Kind::Public) => has_public_keys = true,
                None => {}
            }
            if let Some(kid) = kid.as_ref().filter(|_| kind.is_some())
                && !kids.insert(kid.clone())
            {
                return Err(KeyError::Unreadable(format!("two keys have the kid {}", excerpt(kid, 80))));
            }
            match key {
                Ok(key) => set.keys.push(key),
                Err(error) => set.skipped.push(SkippedKey { kid, reason: format!("Key {}: {error}", index + 1) }),
            }
        }
        if has_secrets && has_public_keys {
            return Err(KeyError::Unreadable("it mixes shared secrets with public keys".to_owned()));
        }
        Ok(set)
    }

    /// The key with this `kid`.
    pub fn find(&self, kid: &str) -> Option<&VerifyingKey> {
        self.keys.iter().find(|key| key.kid() == Some(kid))
    }
}

/// The kinds of keys in a set that must not be mixed.
enum Kind {
    Secret,
    Public,
}

/// The kind of a key meant to check signatures, by its `kty`; `error` is why it cannot be used.
fn kind_for_signatures(text: &str, error: Option<&KeyError>) -> Option<Kind> {
    if matches!(
        error,
        Some(KeyError::NotForSignatures | KeyError::UnsupportedAlgorithm(_) | KeyError::UnsupportedType(_))
    ) {
        return None;
    }
    match optional_string(&members(text).ok()?, "kty") {
        Ok(Some("oct")) => Some(Kind::Secret),
        Ok(Some("RSA" | "EC" | "OKP")) => Some(Kind::Public),
        _ => None,
    }
}

pub(super) fn verifying_key(text: &str, wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    let members = members(text)?;
    for_signatures(text, &members)?;
    let kty = string(&members, "kty")?;
    let algorithm = algorithm(&members, wanted)?;
    let kid = optional_string(&members, "kid")?.map(str::to_owned);
    let key = match kty {
        "RSA" => {
            let numbers = PublicMembers::Rsa { n: bytes(&members, "n")?, e: bytes(&members, "e")? };
            VerifyingKey::from_members(algorithm.ok_or(KeyError::AlgorithmNeeded)?, numbers)
        }
        "EC" => {
            let (own, crv) = curve(string(&members, "crv")?)?;
            let point = PublicMembers::Ec { crv, x: bytes(&members, "x")?, y: bytes(&members, "y")? };
            VerifyingKey::from_members(algorithm.unwrap_or(own), point)
        }
        "OKP" => {
            let crv = string(&members, "crv")?;
            if crv != "Ed25519" {
                return Err(KeyError::UnsupportedType(excerpt(crv, 40)));
            }
            let point = PublicMembers::Okp { x: bytes(&members, "x")? };
            VerifyingKey::from_members(algorithm.unwrap_or(Algorithm::EdDsa), point)
        }
        "oct" => {
            let secret = Zeroizing::new(bytes(&members, "k")?);
            VerifyingKey::from_hmac(algorithm.ok_or(KeyError::AlgorithmNeeded)?, &secret)
        }
        other => Err(KeyError::UnsupportedType(excerpt(other, 40))),
    };
    let key = key?.with_kid(kid);
    if is_for_another(&key, text, &members) { Err(KeyError::CertificateDiffers) } else { Ok(key) }
}

/// Is the first certificate in `x5c` for another key? One that cannot be read says nothing.
fn is_for_another(key: &VerifyingKey, text: &str, members: &[Item]) -> bool {
    let certificate = || {
        let chain = members.iter().find(|member| member.name == "x5c")?;
        let der = STANDARD.decode(json::strings(&text[chain.value.clone()])?.first()?).ok()?;
        VerifyingKey::from_public_der(&der, Some(key.algorithm())).ok()
    };
    certificate().is_some_and(|certified| !certified.is_same_key(key))
}

/// The key's own algorithm, or the caller's. Two that differ are refused.
pub(super) fn algorithm(members: &[Item], wanted: Option<Algorithm>) -> Result<Option<Algorithm>, KeyError> {
    let Some(name) = optional_string(members, "alg")? else { return Ok(wanted) };
    let named = name.parse::<Algorithm>().map_err(|_| KeyError::UnsupportedAlgorithm(excerpt(name, 40)))?;
    match wanted {
        Some(wanted) if wanted != named => Err(KeyError::WrongAlgorithm(wanted)),
        _ => Ok(Some(named)),
    }
}

impl PublicMembers {
    /// SHA-256 over the required members in lexicographic order (RFC 7638 section 3), in base64url.
    pub(crate) fn thumbprint(&self) -> String {
        base64url::encode(digest::digest(&digest::SHA256, self.canonical().as_bytes()).as_ref())
    }

    /// The JWK of only the required members, in lexicographic order and without white space.
    pub(super) fn canonical(&self) -> String {
        format!("{{{}}}", self.required())
    }

    /// The public JWK with `kid`, `use` and `alg`.
    pub(crate) fn jwk(&self, kid: &str, algorithm: Algorithm) -> String {
        format!(r#"{{{},"kid":{},"use":"sig","alg":"{algorithm}"}}"#, self.required(), quoted(kid))
    }

    /// The required members, in lexicographic order. All values are base64url or fixed names, so none needs escaping.
    fn required(&self) -> String {
        let text = base64url::encode;
        match self {
            PublicMembers::Rsa { n, e } => format!(r#""e":"{}","kty":"RSA","n":"{}""#, text(e), text(n)),
            PublicMembers::Ec { crv, x, y } => {
                format!(r#""crv":"{crv}","kty":"EC","x":"{}","y":"{}""#, text(x), text(y))
            }
            PublicMembers::Okp { x } => format!(r#""crv":"Ed25519","kty":"OKP","x":"{}""#, text(x)),
        }
    }
}

pub(super) fn curve(name: &str) -> Result<(Algorithm, &'static str), KeyError> {
    let algorithms = [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512, Algorithm::Es256K];
    let found = algorithms
        .into_iter()
        .find_map(|algorithm| algorithm.curve().filter(|curve| *curve == name).map(|curve| (algorithm, curve)));
    found.ok_or_else(|| KeyError::UnsupportedType(excerpt(name, 40)))
}

/// The members of a JWK. They may include private ones, so their text is wiped on drop.
pub struct Members(Vec<Item>);

impl Drop for Members {
    fn drop(&mut self) {
        for item in &mut self.0 {
            item.text.zeroize();
        }
    }
}

impl Deref for Members {
    type Target = [Item];

    fn deref(&self) -> &[Item] {
        &self.0
    }
}

/// The members of a possible JWK or set, as far as they can be read.
pub fn members_of(text: &str) -> Members {
    Members(json::scan(text).members)
}

/// The members of a JWK that only its owner may know (RFC 7518 section 6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The first member of a possible JWK that only its owner may know: with it, anybody can sign as its owner does.
pub fn private_member(jwk: &str) -> Option<&'static str> {
    let members = members_of(jwk);
    PRIVATE.into_iter().find(|name| members.iter().any(|member| member.name == *name))
}

pub(super) fn members(text: &str) -> Result<Members, KeyError> {
    let scanned = json::scan(text);
    let members = Members(scanned.members);
    if let Some(broken) = scanned.broken {
        return Err(KeyError::Unreadable(broken.message));
    }
    if scanned.root != Some(ValueKind::Object) {
        return Err(KeyError::Unreadable("it is not a JSON object".to_owned()));
    }
    match members.iter().find(|item| item.duplicate) {
        Some(item) => Err(KeyError::DuplicateMember(excerpt(&item.name, 40))),
        None => Ok(members),
    }
}

pub(super) fn optional_string<'a>(members: &'a [Item], name: &'static str) -> Result<Option<&'a str>, KeyError> {
    match members.iter().find(|item| item.name == name) {
        None => Ok(None),
        Some(item) => item.text.as_deref().map(Some).ok_or(KeyError::MissingMember(name)),
    }
}

pub(super) fn string<'a>(members: &'a [Item], name: &'static str) -> Result<&'a str, KeyError> {
    optional_string(members, name)?.ok_or(KeyError::MissingMember(name))
}

pub(super) fn bytes(members: &[Item], name: &'static str) -> Result<Vec<u8>, KeyError> {
    base64url::decode_strict(string(members, name)?).ok_or(KeyError::NotBase64Url(name))
}

/// `use` must be `sig` and `key_ops` must allow signing or verifying, where they are given. A private JWK says `sign`;
/// its public half verifies.
pub(super) fn for_signatures(text: &str, members: &[Item]) -> Result<(), KeyError> {
    if optional_string(members, "use")?.is_some_and(|purpose| purpose != "sig") {
        return Err(KeyError::NotForSignatures);
    }
    let Some(item) = members.iter().find(|item| item.name == "key_ops") else { return Ok(()) };
    let operations = json::strings(&text[item.value.clone()]).ok_or(KeyError::MissingMember("key_ops"))?;
    if operations.iter().any(|operation| operation == "verify" || operation == "sign") {
        Ok(())
    } else {
        Err(KeyError::NotForSignatures)
    }
}
