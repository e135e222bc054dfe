//! Keys as people give them: typed, pasted or read from a file. What such a text is gets found out, small damage is
//! repaired and said, and where the signature does not match, the usual reasons are tried.

mod doctor;
mod repair;
#[cfg(test)]
mod tests;

use std::fmt;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::key::{KeyError, KeySet, PrivateKey, VerifyingKey};
use crate::report::{Check, Finding, GivenReport, Outcome, Report, Severity, SignatureState};
use crate::visible::excerpt;
use crate::{Algorithm, Facts, KeyChoice, Parsed, Policy, check, json};

/// How many characters of a `kid` a sentence names.
const SHOWN: usize = 40;

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

/// Judges and explains a token as [`check`] does, with a key that a person gave for it.
///
/// The key's kind and algorithm are found out from its text and the token's `alg`; a private key is used for its public
/// half. Where the signature does not match, the report says which small change of the key would make it match.
pub fn check_given(parsed: &Parsed, policy: &Policy, given: &GivenKey, facts: &Facts, now: i64) -> Report {
    let read = Read::of(given, parsed);
    let mut report = check(parsed, policy, &read.choice, facts, now);
    let mut remedy = None;
    if report.signature.state != SignatureState::Verified
        && let Some(diagnosis) = doctor::diagnose(parsed, given, &read)
    {
        remedy = diagnosis.remedy;
        if diagnosis.is_confusion {
            report.findings.insert(0, confusion());
        }
        let wrong = report.signature.state == SignatureState::Mismatch;
        if let Some(step) = report.trace.iter_mut().find(|step| step.check == Check::Signature && wrong) {
            step.reason.clone_from(&diagnosis.sentence);
            if step.outcome == Outcome::Fail && !diagnosis.fix.is_empty() {
                diagnosis.fix.clone_into(&mut step.fix);
            }
        }
        report.signature.reason = diagnosis.sentence;
    }
    report.given = Some(GivenReport { summary: read.summary, problem: read.problem, repairs: read.repairs, remedy });
    report
}

fn confusion() -> Finding {
    Finding {
        id: "public_key_as_secret".to_owned(),
        severity: Severity::Critical,
        title: "The public key is the secret".to_owned(),
        message: "Whoever has the public key can forge such tokens: a server must never let alg choose".to_owned(),
        rfc: "RFC 8725 §2.1".to_owned(),
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
    /// Anything with a public part.
    Key,
    Set,
}

impl Read {
    fn of(given: &GivenKey, parsed: &Parsed) -> Read {
        let text = given.text.trim();
        let algorithm = parsed.algorithm();
        if text.is_empty() {
            return Read::failed(Kind::Nothing, "No key yet", "Type a secret, or paste PEM, a JWK or a JWK Set");
        }
        if text.starts_with('{') {
            let is_set = json::scan(text).members.iter().any(|member| member.name == "keys");
            return if is_set { Read::set(text, parsed) } else { Read::jwk(text, algorithm) };
        }
        if let Some(pem) = repair::pem(text) {
            return Read::pem(&pem, algorithm);
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
        let Some(bytes) = secret_bytes(&given.text, given.form) else {
            let (what, fix) = match given.form {
                SecretForm::Hex => ("hexadecimal", "pairs of the digits 0 to 9 and a to f"),
                _ => ("base64", "letters, digits, + and / or - and _"),
            };
            return Read::failed(Kind::Secret, "Secret", format!("The secret is not {what}: it takes {fix}"));
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

    fn jwk(text: &str, algorithm: Option<Algorithm>) -> Read {
        let key = with_fitting(algorithm, |wanted| VerifyingKey::from_jwk(text, wanted));
        match key {
            Ok(key) => Read::found(Kind::Key, format!("JWK, {}", key.algorithm()), key),
            Err(error) => Read::failed(Kind::Key, "JWK", sentence(&error)),
        }
    }

    fn set(text: &str, parsed: &Parsed) -> Read {
        let algorithm = parsed.algorithm();
        let set = match KeySet::for_algorithm(text, algorithm) {
            Ok(set) => set,
            Err(error) => return Read::failed(Kind::Set, "JWK Set", sentence(&error)),
        };
        let summary = match set.keys.len() {
            1 => "JWK Set, 1 key".to_owned(),
            count => format!("JWK Set, {count} keys"),
        };
        let fitting: Vec<&VerifyingKey> =
            set.keys.iter().filter(|key| algorithm.is_none_or(|algorithm| key.algorithm() == algorithm)).collect();
        let chosen = match (parsed.header_text("kid"), &fitting[..]) {
            (Some(kid), _) => {
                set.find(kid).ok_or_else(|| format!("No key of the set has the kid {}", excerpt(kid, SHOWN)))
            }
            (None, [only]) => Ok(*only),
            (None, []) => Err("No key of the set fits the token's alg".to_owned()),
            (None, several) => {
                // Without a kid every fitting key is tried (RFC 7515 section 6 leaves it to the application).
                let matching = several.iter().find(|key| doctor::matches(parsed, key));
                matching.copied().ok_or_else(|| format!("None of the {} keys that fit matches", several.len()))
            }
        };
        let read = match chosen {
            Ok(key) => Read::found(Kind::Set, summary, key.clone()),
            Err(problem) => Read::failed(Kind::Set, summary, problem),
        };
        Read { repairs: set.skipped, set: set.keys, ..read }
    }

    fn pem(pem: &repair::Pem, algorithm: Option<Algorithm>) -> Read {
        let (what, key) = match pem.label.as_str() {
            "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => {
                let what = if pem.label == "CERTIFICATE" { "Certificate" } else { "Public key" };
                (what, with_fitting(algorithm, |wanted| VerifyingKey::from_public_der(&pem.der, wanted)))
            }
            _ => {
                let half = |wanted| Ok(PrivateKey::read(&pem.der, wanted)?.signing_key(None)?.verifying_key().clone());
                let key = if pem.encrypted { Err(KeyError::Encrypted) } else { with_fitting(algorithm, half) };
                ("Private key", key.map(|key| key.with_kid(None)))
            }
        };
        let read = match key {
            Ok(key) => Read::found(Kind::Key, format!("{what}, {}", key.algorithm()), key),
            Err(error) => Read::failed(Kind::Key, what, sentence(&error)),
        };
        Read { repairs: pem.repairs.clone(), ..read }
    }
}

/// Reads a key that knows its algorithm, or one that fits several with the token's, or with the one such keys mostly
/// have: then the check says that the token asks for another.
fn with_fitting(
    asked: Option<Algorithm>,
    read: impl Fn(Option<Algorithm>) -> Result<VerifyingKey, KeyError>,
) -> Result<VerifyingKey, KeyError> {
    let mut outcome = read(None);
    for wanted in [asked, Some(Algorithm::Rs256), Some(Algorithm::Hs256)].into_iter().flatten() {
        if !matches!(outcome, Err(KeyError::AlgorithmNeeded | KeyError::WrongAlgorithm(_))) {
            break;
        }
        outcome = read(Some(wanted));
    }
    outcome
}

/// Bytes of a shared secret. White space around base64 and hexadecimal says nothing; in a text it counts.
fn secret_bytes(text: &str, form: SecretForm) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = match form {
        SecretForm::Text => text.as_bytes().to_vec(),
        SecretForm::Base64 => base64_bytes(text.trim())?,
        SecretForm::Hex => hex_bytes(text.trim())?,
    };
    Some(Zeroizing::new(bytes))
}

fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    let forgiving = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let url = Zeroizing::new(text.replace('+', "-").replace('/', "_"));
    GeneralPurpose::new(&base64::alphabet::URL_SAFE, forgiving).decode(&*url).ok()
}

fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
    let digits = Zeroizing::new(digits?);
    digits.len().is_multiple_of(2).then(|| digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// A key as base64 without its first and last line, where the token cannot want a secret.
fn bare_der(text: &str, algorithm: Option<Algorithm>) -> Option<repair::Pem> {
    algorithm.filter(|algorithm| !algorithm.is_symmetric())?;
    let symbols: Zeroizing<String> = Zeroizing::new(text.split_ascii_whitespace().collect());
    let der = Zeroizing::new(base64_bytes(&symbols)?);
    if !der.starts_with(&[0x30]) || der.len() < 40 {
        return None;
    }
    let is_public = VerifyingKey::from_public_der(&der, algorithm).is_ok();
    let label = if is_public { "PUBLIC KEY" } else { "PRIVATE KEY" };
    let repairs = vec!["The first and the last line of the PEM were missing".to_owned()];
    Some(repair::Pem { label: label.to_owned(), der, encrypted: false, repairs })
}

/// An error as a sentence of its own.
fn sentence(error: &KeyError) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
