//! Determines what a given text is.

use zeroize::Zeroizing;

use super::foreign::NoKey;
use super::repair::{self, PKCS12, Pem};
use super::secret::{disguise, secret_of};
use super::{LONGEST, UserKey, own, sentence};
use jose::choose;
use jose::json;
use jose::key::{Disguise, KeyError, KeySet, PrivateKey, VerifyingKey, is_encrypted, jwk_members, with_fitting};
use jose::{Algorithm, KeyChoice, KeyTrust, Parsed};

/// The origin of a given key, as displayed.
const ORIGIN: &str = "the key given here";

/// A given text as it was interpreted.
pub(super) struct Read {
    pub(super) kind: Kind,
    pub(super) summary: String,
    pub(super) problem: Option<String>,
    pub(super) repairs: Vec<String>,
    pub(super) choice: KeyChoice,
    /// All keys of a set.
    pub(super) set: Vec<VerifyingKey>,
    /// The block that contained a public key.
    pub(super) block: Option<Pem>,
    /// It was given as a secret, but is a key that was never meant to be one.
    pub(super) disguise: Option<Disguise>,
    /// A private key that needs its passphrase even to check.
    pub(super) encrypted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Nothing,
    Secret,
    /// A public key, or a set of them.
    Public,
    /// A private key, or a shared secret in a key format.
    Private,
}

impl Read {
    pub(super) fn of(given: &UserKey, parsed: &Parsed) -> Read {
        let read = Read::understood(given, parsed);
        let KeyChoice::Found { key, .. } = &read.choice else { return read };
        if let Some(found) = key.disguise() {
            return Read { disguise: Some(found), ..Read::failed(read.kind, read.summary, not_a_secret(found)) };
        }
        let Some(name) = own::parameter_with(parsed, key) else { return read };
        let problem =
            format!("The token brings this key along in {name}, so it proves nothing: take the key from the issuer");
        Read { repairs: read.repairs, ..Read::failed(read.kind, read.summary, problem) }
    }

    fn understood(given: &UserKey, parsed: &Parsed) -> Read {
        match given.converted(parsed.algorithm()) {
            Ok(None) => Read::as_it_is(given, parsed),
            Ok(Some((key, mut repairs))) => {
                let read = Read::as_it_is(&key, parsed);
                repairs.extend(read.repairs);
                Read { repairs, ..read }
            }
            Err(NoKey { what, problem }) => Read::failed(Kind::Nothing, what, problem),
        }
    }

    fn as_it_is(given: &UserKey, parsed: &Parsed) -> Read {
        // Windows writes a byte order mark at the start of files.
        let text = given.text.trim_start_matches('\u{FEFF}').trim();
        let algorithm = parsed.algorithm();
        if text.len() > LONGEST {
            return Read::failed(Kind::Nothing, "Too long", "A key or a set of keys has no more than 256 KiB");
        }
        if text.is_empty() {
            return Read::failed(Kind::Nothing, "No key yet", "Type a secret, or paste PEM, a JWK or a JWK Set");
        }
        // A secret may look like anything: where a secret is possible, only a complete key is called a key.
        let may_be_secret = algorithm.is_some_and(Algorithm::is_symmetric);
        if text.starts_with('{') {
            let members = jwk_members(text);
            let has = |name: &str| members.iter().any(|member| member.name == name);
            if has("keys") {
                return Read::set(text, parsed);
            } else if has("kty")
                || has("n") && has("e")
                || has("crv") && has("x")
                || !may_be_secret && repair::pem(text).is_none()
            {
                // PEM in JSON, as in service account files, is detected below.
                return Read::jwk(text, has("d") || has("k"), algorithm);
            }
        }
        if let Some(set) = set_of_list(text) {
            let mut read = Read::set(&set, parsed);
            read.repairs.insert(0, "A list of JWKs was read as a JWK Set".to_owned());
            return read;
        }
        let line = with_fitting(algorithm, |wanted| VerifyingKey::from_openssh_line(text, wanted).transpose());
        if let Some(line) = line.transpose() {
            return Read::key(Kind::Public, "OpenSSH public key", line);
        }
        match repair::pem(text) {
            Some(Ok(pem)) => return Read::pem(pem, given, algorithm),
            Some(Err(problem)) => {
                let kind = if text.contains("PRIVATE KEY") { Kind::Private } else { Kind::Public };
                return Read::failed(kind, "PEM", problem);
            }
            None => {}
        }
        if let Some(pem) = repair::bare(text, algorithm) {
            return Read::pem(pem, given, algorithm);
        }
        if let Some(label) = repair::foreign_label(text).filter(|_| !may_be_secret) {
            let problem = format!("PEM of the kind {label} holds no key that can check a token");
            return Read::failed(Kind::Public, "PEM", problem);
        }
        Read::secret(given, parsed)
    }

    fn failed(kind: Kind, summary: impl Into<String>, problem: impl Into<String>) -> Read {
        let problem = problem.into();
        Read {
            kind,
            summary: summary.into(),
            choice: KeyChoice::None { reason: problem.clone() },
            problem: Some(problem),
            repairs: Vec::new(),
            set: Vec::new(),
            block: None,
            disguise: None,
            encrypted: false,
        }
    }

    fn found(kind: Kind, summary: String, key: VerifyingKey) -> Read {
        let kid = key.kid().map_or_else(|| within_a_sentence(&summary), str::to_owned);
        let choice =
            KeyChoice::Found { key, kid, origin: ORIGIN.to_owned(), note: String::new(), trust: KeyTrust::Issuer };
        Read {
            kind,
            summary,
            problem: None,
            repairs: Vec::new(),
            choice,
            set: Vec::new(),
            block: None,
            disguise: None,
            encrypted: false,
        }
    }

    fn key(kind: Kind, what: &str, key: Result<VerifyingKey, KeyError>) -> Read {
        match key {
            Ok(key) => Read::found(kind, format!("{what}, {}", key.algorithm()), key),
            Err(error) => Read::failed(kind, what, sentence(&error)),
        }
    }

    fn secret(given: &UserKey, parsed: &Parsed) -> Read {
        let bytes = match secret_of(given) {
            Ok(bytes) => bytes,
            Err(problem) => return Read::failed(Kind::Secret, "Secret", problem),
        };
        let summary = format!("Secret, {} byte{}", bytes.len(), if bytes.len() == 1 { "" } else { "s" });
        let algorithm = parsed.algorithm();
        if algorithm.is_some_and(|algorithm| !algorithm.is_symmetric()) {
            // This includes keys damaged beyond recognition.
            let name = parsed.header_text("alg").unwrap_or_default();
            let problem = format!("This reads as a secret; {name} needs a public key: paste it as PEM, JWK or JWK Set");
            return Read::failed(Kind::Secret, summary, problem);
        }
        if let Some(found) = disguise(given) {
            let kind = if found.is_public { Kind::Public } else { Kind::Private };
            return Read { disguise: Some(found), ..Read::failed(kind, summary, not_a_secret(found)) };
        }
        match VerifyingKey::from_hmac(algorithm.unwrap_or(Algorithm::Hs256), &bytes) {
            Ok(key) => Read::found(Kind::Secret, summary, key),
            Err(error) => Read::failed(Kind::Secret, summary, sentence(&error)),
        }
    }

    fn jwk(text: &str, is_private: bool, algorithm: Option<Algorithm>) -> Read {
        let kind = if is_private { Kind::Private } else { Kind::Public };
        Read::key(kind, "JWK", with_fitting(algorithm, |wanted| VerifyingKey::from_jwk(text, wanted)))
    }

    fn set(text: &str, parsed: &Parsed) -> Read {
        let algorithm = parsed.algorithm();
        let set = match KeySet::for_algorithm(text, algorithm) {
            Ok(set) => set,
            Err(error) => return Read::failed(Kind::Public, "JWK Set", sentence(&error)),
        };
        let summary = match set.keys.len() {
            1 => "JWK Set, 1 key".to_owned(),
            count => format!("JWK Set, {count} keys"),
        };
        let is_secret = set.keys.iter().any(|key| key.algorithm().is_symmetric());
        let kind = if is_secret { Kind::Private } else { Kind::Public };
        if let Some(algorithm) =
            algorithm.filter(|algorithm| algorithm.is_symmetric() && !is_secret && !set.keys.is_empty())
        {
            let problem = format!(
                "{algorithm} is made with a secret that only the issuer has: no published set can hold it, so only the \
                 issuer can check this token"
            );
            return Read { set: set.keys, ..Read::failed(kind, summary, problem) };
        }
        let read = match choose::of_set(&set, parsed) {
            Ok(chosen) => {
                let (key, name) = chosen.key();
                let mut read = Read::found(kind, summary, key);
                if let (KeyChoice::Found { kid, .. }, Some(name)) = (&mut read.choice, name) {
                    *kid = name;
                }
                read
            }
            Err(problem) => Read::failed(kind, summary, problem),
        };
        Read { repairs: set.skipped.into_iter().map(|skipped| skipped.reason).collect(), set: set.keys, ..read }
    }

    fn pem(pem: Pem, given: &UserKey, algorithm: Option<Algorithm>) -> Read {
        let (kind, what) = match pem.label {
            "PUBLIC KEY" | "RSA PUBLIC KEY" => (Kind::Public, "Public key"),
            "CERTIFICATE" => (Kind::Public, "Certificate"),
            "OPENSSH PRIVATE KEY" => (Kind::Private, "OpenSSH private key"),
            PKCS12 => (Kind::Private, "PKCS#12 file"),
            _ => (Kind::Private, "Private key"),
        };
        // OpenSSH does not encrypt the public half, and nothing else is needed here.
        let is_whole = kind == Kind::Private && pem.label != "OPENSSH PRIVATE KEY";
        let opened = if is_whole { given.opened(&pem) } else { Ok(pem.der.clone()) };
        let key = opened.and_then(|der| {
            with_fitting(algorithm, |wanted| match pem.label {
                _ if kind == Kind::Public => VerifyingKey::from_public_der(&der, wanted),
                "OPENSSH PRIVATE KEY" => VerifyingKey::from_openssh_private(&der, wanted),
                // There may be nothing but a certificate in it.
                PKCS12 if matches!(PrivateKey::read(&der, wanted), Err(KeyError::PublicOnly)) => {
                    VerifyingKey::from_public_der(&der, wanted)
                }
                _ => Ok(PrivateKey::read(&der, wanted)?.signing_key(None)?.verifying_key().clone().with_kid(None)),
            })
        });
        let encrypted = is_whole && is_encrypted(&pem.der);
        let read = Read::key(kind, what, key);
        Read { repairs: pem.repairs.clone(), block: Some(pem).filter(|_| kind == Kind::Public), encrypted, ..read }
    }
}

/// The name of a key within a sentence: "the public key (RS256)" for "Public key, RS256".
fn within_a_sentence(summary: &str) -> String {
    let (what, more) = summary.split_once(", ").unwrap_or((summary, ""));
    let first = what.split(' ').next().unwrap_or(what);
    // A name such as JWK or OpenSSH keeps its capitals.
    let is_word = first.chars().skip(1).all(char::is_lowercase);
    let what = if is_word { what.to_lowercase() } else { what.to_owned() };
    if more.is_empty() { format!("the {what}") } else { format!("the {what} ({more})") }
}

/// Why a key given as a secret is not used as one.
pub(super) fn not_a_secret(found: Disguise) -> String {
    let Disguise { what, is_public } = found;
    let why = if is_public { "whoever has it could forge tokens" } else { "it signs by itself" };
    format!("This is {what}, not a shared secret: {why}. A secret that only looks like it can be given as a JWK")
}

/// A JWK Set from a JSON array of JWKs, which some tools write; `None` for any other text.
pub(super) fn set_of_list(text: &str) -> Option<Zeroizing<String>> {
    if !text.starts_with('[') {
        return None;
    }
    let objects = json::objects(text)?;
    let is_jwk = |jwk: &str| jwk_members(jwk).iter().any(|member| member.name == "kty");
    let first = objects.first().filter(|range| is_jwk(&text[(*range).clone()]));
    first.map(|_| Zeroizing::new(format!(r#"{{"keys":{text}}}"#)))
}
