//! Keys as users enter them: typed, pasted or read from a file. The kind of key is detected, small damage is repaired
//! and reported, and if the signature does not match, the usual causes are tried.

mod app;
mod decrypt;
mod diagnose;
mod foreign;
mod jwk;
mod literal;
mod own;
mod pair;
mod public;
mod read;
mod repair;
mod secret;
mod signing;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::OnceLock;

use zeroize::Zeroizing;

use crate::explain::{check, explain, needed_key, refer_to_check};
use crate::key_text::SecretForm;
use crate::pasted::Pasted;
use crate::report::{Finding, Report, Severity, Step, UserKeyReport};
use foreign::{Foreign, NoKey};
use jose::check::{Case, Reader, conclude, signature as signature_of};
use jose::judgement::{Check, Outcome, SignatureState, VerdictOutcome};
use jose::key::{KeyError, decrypted, validity};
use jose::parse::Format;
use jose::words::capitalised;
use jose::{Algorithm, Evidence, KeyChoice, Parsed};
use read::Read;
use repair::{CERTIFICATE, PKCS12, Pem};

/// How many characters of a `kid` a sentence shows.
const SHOWN: usize = 40;

/// The longest text that is read as a key, in bytes: a set of two hundred long keys is shorter.
const LONGEST: usize = 256 * 1024;

/// A key as it was given: a secret, PEM, a JWK or a JWK Set. `Debug` does not print it, and its memory is wiped on
/// drop.
pub struct UserKey {
    text: Zeroizing<String>,
    form: SecretForm,
    passphrase: Option<Zeroizing<String>>,
    /// The decrypted private key, cached because opening it may take a second.
    opened: OnceLock<Result<Zeroizing<Vec<u8>>, KeyError>>,
}

impl UserKey {
    /// Takes any text. `form` matters only if it turns out to be a shared secret.
    pub fn new(text: impl Into<String>, form: SecretForm) -> Self {
        Self { text: Zeroizing::new(text.into()), form, passphrase: None, opened: OnceLock::new() }
    }

    /// The same with the passphrase of an encrypted private key; other keys ignore it.
    #[must_use]
    pub fn with_passphrase(mut self, passphrase: impl Into<String>) -> Self {
        self.passphrase = Some(Zeroizing::new(passphrase.into()));
        self
    }

    /// Was a passphrase given with it? The first use of such a key may take a second.
    pub fn has_passphrase(&self) -> bool {
        self.passphrase.is_some()
    }

    /// Is this the same key, given the same way?
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.text, self.form, &self.passphrase) == (&other.text, other.form, &other.passphrase)
    }

    /// The same key in a form that is read here, if it is in another program's or needs a repair, with a sentence for
    /// each change. A text that may be a secret stays as it is.
    fn converted(&self, algorithm: Option<Algorithm>) -> Result<Option<(UserKey, Vec<String>)>, NoKey> {
        let text = self.text.trim_start_matches('\u{FEFF}').trim();
        let may_be_secret = algorithm.is_some_and(Algorithm::is_symmetric);
        let (json, repairs) = if text.len() <= LONGEST { literal::of(text).unzip() } else { (None, None) };
        let mut repairs = repairs.unwrap_or_default();
        let text = json.as_deref().map_or(text, |json| json.trim());
        let text = match foreign::of(text, algorithm).filter(|_| !may_be_secret && text.len() <= LONGEST) {
            Some(Foreign::NoKey(found)) => return Err(found),
            Some(Foreign::Key { text, repair }) => {
                repairs.push(repair.to_owned());
                text
            }
            None => match jwk::repaired(text).filter(|_| text.starts_with('{')) {
                Some((text, more)) => {
                    repairs.extend(more);
                    text
                }
                None if repairs.is_empty() => return Ok(None),
                None => Zeroizing::new(text.to_owned()),
            },
        };
        let key = UserKey { text, form: self.form, passphrase: self.passphrase.clone(), opened: OnceLock::new() };
        Ok(Some((key, repairs)))
    }

    /// The bytes of its only private key block, opened with the passphrase if there is one.
    fn opened(&self, pem: &Pem) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match &self.passphrase {
            _ if pem.is_rfc1421 => Err(KeyError::UnknownEncryption),
            Some(passphrase) => self.opened.get_or_init(|| decrypted(&pem.der, passphrase)).clone(),
            // Many such files have an empty passphrase.
            None if pem.label == PKCS12 => match self.opened.get_or_init(|| decrypted(&pem.der, "")).clone() {
                Err(KeyError::WrongPassphrase) => Err(KeyError::Encrypted),
                opened => opened,
            },
            None => Ok(pem.der.clone()),
        }
    }
}

impl fmt::Debug for UserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserKey").field("form", &self.form).finish_non_exhaustive()
    }
}

/// Judges and explains a token as [`crate::check()`] does, with a given key in place of the evidence's.
///
/// The key's kind and algorithm are determined from its text and the token's `alg`; of a private key the public half is
/// used. If the signature does not match, the report says which small change to the key would make it match.
/// The key of a cookie is the secret of the app that signed it.
pub fn check_with_user_key(pasted: &Pasted, given: &UserKey, evidence: &Evidence) -> Report {
    if let Some(signed) = pasted.app_signed() {
        return app::checked(check(pasted, evidence), signed, given);
    }
    let parsed: &Parsed = &pasted.for_verifier(evidence);
    let read = Read::of(given, parsed);
    let case = Case { key: &read.choice, ..Case::of(parsed, evidence) };
    let mut signature = signature_of(&case);
    let is_open = match signature.state {
        SignatureState::Mismatch | SignatureState::NoKey => true,
        // The name of the algorithm may be another standard's.
        SignatureState::Unsupported => parsed.algorithm().is_none() && !parsed.has_header("b64"),
        SignatureState::Verified | SignatureState::Unsigned => false,
    };
    let mut diagnosis = is_open.then(|| diagnose::diagnose(parsed, given, &read)).flatten();
    if let Some(diagnosis) = &diagnosis {
        signature.reason.clone_from(&diagnosis.sentence);
        // A publicly known secret did sign it, which no other key can make right.
        if diagnosis.is_confusion && matches!(read.choice, KeyChoice::None { .. }) {
            signature.state = SignatureState::Mismatch;
        }
    }
    let mut report = explain(pasted, &case, conclude(&case, signature, Reader::Person));
    if let Some(needed) = needed_key(&case, &report).filter(|_| !read.encrypted) {
        report.verdict.detail = needed;
    }
    if let Some(diagnosis) = &mut diagnosis {
        if report.verdict.outcome == VerdictOutcome::NotVerified {
            report.verdict.detail = format!("Signature not accepted: {}", diagnosis.sentence);
        }
        if diagnosis.is_confusion {
            report.findings.insert(0, confusion());
        }
        if diagnosis.is_encoding
            && let Some(step) = report.trace.iter_mut().find(|step| step.check == Check::Parse)
            && step.outcome == Outcome::Fail
        {
            // Encoding the segments again would break a signature over the text as it is.
            step.fix = std::mem::take(&mut diagnosis.fix).into();
        }
        // A wrong `alg` fails the check of the key.
        let failed =
            |step: &&Step| matches!(step.check, Check::Key | Check::Signature) && step.outcome == Outcome::Fail;
        let place = report.trace.iter().position(|step| failed(&step)).or_else(|| {
            // Without a failed check the cure stands with the one that it would complete.
            let is_open = report.verdict.outcome == VerdictOutcome::NotVerified;
            report.trace.iter().position(|step| step.check == Check::Signature).filter(|_| is_open)
        });
        if let Some(place) = place.filter(|_| !diagnosis.fix.is_empty()) {
            report.trace[place].fix = diagnosis.fix.clone().into();
        } else if diagnosis.is_encoding
            && let Some(place) = place
        {
            report.trace[place].fix = "".into();
        }
    }
    refer_to_check(&mut report);
    let lapsed = read.block.as_ref().and_then(|block| lapsed(block, case.now));
    if let Some((lapsed, step)) = lapsed.zip(report.trace.iter_mut().find(|step| step.check == Check::Key))
        && step.outcome == Outcome::Pass
    {
        step.outcome = Outcome::Warn;
        step.reason = format!("{}. {lapsed}", step.reason).into();
    }
    let remedy = diagnosis.and_then(|diagnosis| diagnosis.remedy);
    let Read { summary, problem, repairs, encrypted, .. } = read;
    report.user_key = Some(UserKeyReport { summary, problem, repairs, remedy, encrypted });
    if matches!(parsed.format, Format::JweCompact | Format::JweJson) {
        decrypt::add_content(&mut report, &case, given);
    }
    report
}

/// What a server that looks at the dates of a certificate says, if it is not valid now.
fn lapsed(block: &Pem, now: i64) -> Option<String> {
    let (from, until) = validity(&block.der).filter(|_| block.label == CERTIFICATE)?;
    let date = |at: i64| jiff::Timestamp::from_second(at).ok().map(|date| date.strftime("%F").to_string());
    match () {
        () if now > until => Some(format!("The certificate expired on {}", date(until)?)),
        () if now < from => Some(format!("The certificate is not valid before {}", date(from)?)),
        () => None,
    }
}

fn confusion() -> Finding {
    Finding {
        id: "public_key_as_secret",
        severity: Severity::Critical,
        title: "The public key is the secret".into(),
        message: "Whoever has the public key can forge such tokens: a server must never let alg choose".into(),
        rfc: "RFC 8725 §2.1",
        secret: None,
    }
}

/// An error as a complete sentence.
fn sentence(error: &KeyError) -> String {
    capitalised(&error.to_string())
}
