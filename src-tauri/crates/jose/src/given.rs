//! Keys as people give them: typed, pasted or read from a file. What such a text is gets found out, small damage is
//! repaired and said, and where the signature does not match, the usual reasons are tried.

mod doctor;
mod repair;
mod signing;
#[cfg(test)]
mod tests;

use std::fmt;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::check::{Case, conclude, explain, proof};
use crate::key::{KeyError, KeySet, PrivateKey, VerifyingKey, jwk_members};
use crate::report::{Check, Finding, GivenReport, Outcome, Report, Severity, SignatureState, Step};
use crate::visible::excerpt;
use crate::words::capitalised;
use crate::{Algorithm, Facts, KeyChoice, Parsed, Policy};

/// How many characters of a `kid` a sentence names.
const SHOWN: usize = 40;

/// The longest text that is read as a key, in bytes: a set of two hundred long keys has less.
const LONGEST: usize = 256 * 1024;

/// Where a key that was given comes from, for people.
const ORIGIN: &str = "the key given here";

/// How the text of a shared secret becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SecretForm {
    /// Its characters as UTF-8.
    #[default]
    Text,
    /// Base64 in either alphabet, with or without padding (RFC 4648 sections 4 and 5).
    Base64,
    /// Hexadecimal digits.
    Hex,
}

/// A key as it was given: a secret, PEM, a JWK or a JWK Set. `Debug` does not print it, and it is wiped when dropped.
pub struct GivenKey {
    text: Zeroizing<String>,
    form: SecretForm,
}

impl GivenKey {
    /// Takes any text. `form` matters only if it turns out to be a shared secret.
    pub fn new(text: impl Into<String>, form: SecretForm) -> Self {
        Self { text: Zeroizing::new(text.into()), form }
    }
}

impl fmt::Debug for GivenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GivenKey").field("form", &self.form).finish_non_exhaustive()
    }
}

/// Judges and explains a token as [`crate::check()`] does, with a key that a person gave for it.
///
/// The key's kind and algorithm are found out from its text and the token's `alg`; a private key is used for its public
/// half. Where the signature does not match, the report says which small change of the key would make it match.
pub fn check_given(parsed: &Parsed, policy: &Policy, given: &GivenKey, facts: &Facts, now: i64) -> Report {
    let read = Read::of(given, parsed);
    let case = Case { parsed, policy, key: &read.choice, facts, now };
    let mut signature = proof::signature(&case);
    let is_open = matches!(signature.state, SignatureState::Mismatch | SignatureState::NoKey) && parsed.is_readable();
    let diagnosis = is_open.then(|| doctor::diagnose(parsed, given, &read)).flatten();
    if let Some(diagnosis) = &diagnosis {
        signature.reason.clone_from(&diagnosis.sentence);
    }
    let mut report = explain(&case, conclude(&case, signature));
    if let Some(diagnosis) = &diagnosis {
        if diagnosis.is_confusion {
            report.findings.insert(0, confusion());
        }
        let failed = |step: &&mut Step| step.check == Check::Signature && step.outcome == Outcome::Fail;
        if let Some(step) = report.trace.iter_mut().find(failed).filter(|_| !diagnosis.fix.is_empty()) {
            diagnosis.fix.clone_into(&mut step.fix);
        }
    }
    let remedy = diagnosis.and_then(|diagnosis| diagnosis.remedy);
    report.given = Some(GivenReport { summary: read.summary, problem: read.problem, repairs: read.repairs, remedy });
    report
}

fn confusion() -> Finding {
    Finding {
        id: "public_key_as_secret",
        severity: Severity::Critical,
        title: "The public key is the secret".into(),
        message: "Whoever has the public key can forge such tokens: a server must never let alg choose".into(),
        rfc: "RFC 8725 §2.1",
    }
}

/// What a given text turned out to be.
struct Read {
    kind: Kind,
    summary: String,
    problem: Option<String>,
    repairs: Vec<String>,
    choice: KeyChoice,
    /// All keys of a set.
    set: Vec<VerifyingKey>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Secret,
    /// A public key, or a set of them.
    Public,
    /// A private key or a shared secret in the form of a key.
    Private,
}

impl Read {
    fn of(given: &GivenKey, parsed: &Parsed) -> Read {
        // Windows writes a byte order mark in front of files.
        let text = given.text.trim_start_matches('\u{FEFF}').trim();
        let algorithm = parsed.algorithm();
        if text.len() > LONGEST {
            return Read::failed(Kind::Nothing, "Too long", "A key or a set of keys has no more than 256 KiB");
        }
        if text.is_empty() {
            return Read::failed(Kind::Nothing, "No key yet", "Type a secret, or paste PEM, a JWK or a JWK Set");
        }
        if text.starts_with('{') {
            let members = jwk_members(text);
            let has = |name: &str| members.iter().any(|member| member.name == name);
            // A secret may begin with a brace as well.
            if has("keys") {
                return Read::set(text, parsed);
            } else if has("kty") || algorithm.is_none_or(|algorithm| !algorithm.is_symmetric()) {
                return Read::jwk(text, has("d") || has("k"), algorithm);
            }
        }
        match repair::pem(text) {
            Some(Ok(pem)) => return Read::pem(&pem, algorithm),
            Some(Err(problem)) if algorithm.is_none_or(|algorithm| !algorithm.is_symmetric()) => {
                return Read::failed(Kind::Public, "PEM", problem);
            }
            _ => {}
        }
        if let Some(der) = bare_der(text, algorithm) {
            return Read::pem(&der, algorithm);
        }
        Read::secret(given, algorithm)
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
        }
    }

    fn found(kind: Kind, summary: String, key: VerifyingKey) -> Read {
        let kid = key.kid().map_or_else(|| summary.clone(), str::to_owned);
        let note = String::new();
        Read {
            kind,
            summary,
            problem: None,
            repairs: Vec::new(),
            choice: KeyChoice::Found { key, kid, origin: ORIGIN.to_owned(), note },
            set: Vec::new(),
        }
    }

    fn secret(given: &GivenKey, algorithm: Option<Algorithm>) -> Read {
        let bytes = match secret_of(given) {
            Ok(bytes) => bytes,
            Err(problem) => return Read::failed(Kind::Secret, "Secret", problem),
        };
        let summary = format!("Secret, {} byte{}", bytes.len(), if bytes.len() == 1 { "" } else { "s" });
        let symmetric = algorithm.filter(|algorithm| algorithm.is_symmetric());
        match VerifyingKey::from_hmac(symmetric.unwrap_or(Algorithm::Hs256), &bytes) {
            Ok(key) => {
                let problem = algorithm.filter(|algorithm| !algorithm.is_symmetric()).map(|algorithm| {
                    format!("A secret cannot check {algorithm}: paste the public key as PEM, JWK or JWK Set")
                });
                Read { problem, ..Read::found(Kind::Secret, summary, key) }
            }
            Err(error) => Read::failed(Kind::Secret, summary, sentence(&error)),
        }
    }

    fn jwk(text: &str, is_private: bool, algorithm: Option<Algorithm>) -> Read {
        let kind = if is_private { Kind::Private } else { Kind::Public };
        let key = with_fitting(algorithm, |wanted| VerifyingKey::from_jwk(text, wanted));
        match key {
            Ok(key) => Read::found(kind, format!("JWK, {}", key.algorithm()), key),
            Err(error) => Read::failed(kind, "JWK", sentence(&error)),
        }
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
        let fitting: Vec<&VerifyingKey> =
            set.keys.iter().filter(|key| algorithm.is_none_or(|algorithm| key.algorithm() == algorithm)).collect();
        let chosen = match (parsed.header_text("kid"), &fitting[..]) {
            (Some(kid), _) => set.find(kid).ok_or_else(|| {
                let skipped = set.skipped.iter().find(|skipped| skipped.kid.as_deref() == Some(kid));
                let unknown = || format!("No key of the set has the kid {}", excerpt(kid, SHOWN));
                skipped.map_or_else(unknown, |skipped| skipped.reason.clone())
            }),
            (None, [only]) => Ok(*only),
            (None, []) => Err("No key of the set fits the token's alg".to_owned()),
            (None, several) => {
                // Without a kid every fitting key is tried (RFC 7515 section 6 leaves it to the application).
                let matching = several.iter().find(|key| doctor::matches(parsed, key));
                matching.copied().ok_or_else(|| format!("None of the {} keys that fit matches", several.len()))
            }
        };
        let read = match chosen {
            Ok(key) => Read::found(kind, summary, key.clone()),
            Err(problem) => Read::failed(kind, summary, problem),
        };
        Read { repairs: set.skipped.into_iter().map(|skipped| skipped.reason).collect(), set: set.keys, ..read }
    }

    fn pem(pem: &repair::Pem, algorithm: Option<Algorithm>) -> Read {
        let (kind, what, key) = match pem.label.as_str() {
            "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => {
                let what = if pem.label == "CERTIFICATE" { "Certificate" } else { "Public key" };
                let key = with_fitting(algorithm, |wanted| VerifyingKey::from_public_der(&pem.der, wanted));
                (Kind::Public, what, key)
            }
            _ => {
                let half = |wanted| Ok(PrivateKey::read(&pem.der, wanted)?.signing_key(None)?.verifying_key().clone());
                let key = if pem.encrypted { Err(KeyError::Encrypted) } else { with_fitting(algorithm, half) };
                (Kind::Private, "Private key", key.map(|key| key.with_kid(None)))
            }
        };
        let read = match key {
            Ok(key) => Read::found(kind, format!("{what}, {}", key.algorithm()), key),
            Err(error) => Read::failed(kind, what, sentence(&error)),
        };
        Read { repairs: pem.repairs.clone(), ..read }
    }
}

/// Reads a key that knows its algorithm, or one that fits several with the token's, or with the one such keys mostly
/// have: then the check says that the token asks for another.
fn with_fitting<T>(
    asked: Option<Algorithm>,
    read: impl Fn(Option<Algorithm>) -> Result<T, KeyError>,
) -> Result<T, KeyError> {
    let mut outcome = read(None);
    for wanted in [asked, Some(Algorithm::Rs256), Some(Algorithm::Hs256)].into_iter().flatten() {
        if !matches!(outcome, Err(KeyError::AlgorithmNeeded | KeyError::WrongAlgorithm(_))) {
            break;
        }
        outcome = read(Some(wanted));
    }
    outcome
}

/// The bytes of the given secret, or why there are none.
fn secret_of(given: &GivenKey) -> Result<Zeroizing<Vec<u8>>, String> {
    secret_bytes(&given.text, given.form).ok_or_else(|| {
        let (what, fix) = match given.form {
            SecretForm::Hex => ("hexadecimal", "pairs of the digits 0 to 9 and a to f"),
            _ => ("base64", "letters, digits, + and / or - and _"),
        };
        format!("The secret is not {what}: it takes {fix}")
    })
}

/// Bytes of a shared secret. White space around base64 and hexadecimal says nothing; in a text it counts.
fn secret_bytes(text: &str, form: SecretForm) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = match form {
        SecretForm::Text => text.as_bytes().to_vec(),
        SecretForm::Base64 => base64_bytes(&without_space(text))?,
        SecretForm::Hex => hex_bytes(&without_space(text))?,
    };
    Some(Zeroizing::new(bytes))
}

/// All the room at once: a string that grows leaves its old copy behind, unwiped.
fn without_space(text: &str) -> Zeroizing<String> {
    let mut kept = Zeroizing::new(String::with_capacity(text.len()));
    kept.extend(text.split_ascii_whitespace());
    kept
}

fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    let forgiving = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let mut url = Zeroizing::new(String::with_capacity(text.len()));
    url.extend(text.chars().map(|symbol| match symbol {
        '+' => '-',
        '/' => '_',
        other => other,
    }));
    GeneralPurpose::new(&base64::alphabet::URL_SAFE, forgiving).decode(&*url).ok()
}

fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |symbol: &u8| char::from(*symbol).to_digit(16).and_then(|value| u8::try_from(value).ok());
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for pair in text.as_bytes().chunks_exact(2) {
        bytes.push(digit(&pair[0])? << 4 | digit(&pair[1])?);
    }
    Some(std::mem::take(&mut *bytes))
}

/// A key as base64 without its first and last line, where the token cannot want a secret.
fn bare_der(text: &str, algorithm: Option<Algorithm>) -> Option<repair::Pem> {
    algorithm.filter(|algorithm| !algorithm.is_symmetric())?;
    let der = Zeroizing::new(base64_bytes(&without_space(text))?);
    if !der.starts_with(&[0x30]) || der.len() < 40 {
        return None;
    }
    let is_public = matches!(PrivateKey::read(&der, algorithm), Err(KeyError::PublicOnly));
    let label = if is_public { "PUBLIC KEY" } else { "PRIVATE KEY" };
    let repairs = vec!["The first and the last line of the PEM were missing".to_owned()];
    Some(repair::Pem { label: label.to_owned(), der, encrypted: false, repairs })
}

/// An error as a sentence of its own.
fn sentence(error: &KeyError) -> String {
    capitalised(&error.to_string())
}
