//! Decrypts a JWE with the given key, to show its content.

use zeroize::Zeroizing;

use super::repair::{self, PKCS12};
use super::secret::{secret_bytes, secret_of};
use super::{SecretForm, UserKey};
use crate::meaning::{self, Side};
use crate::report::{Check, Finding, FoundToken, PayloadBytes, Report, Severity, UserKeyReport};
use jose::check::Case;
use jose::json::{self, quoted};
use jose::jwe::{Decrypted, DecryptionKey, JweError, decrypt, x25519};
use jose::key::{KeyError, is_encrypted, jwk_members};
use jose::parse::{compact_header, parse_exact};
use jose::visible::escaped_json;
use jose::words::capitalised;
use jose::{Algorithm, PrivateKey, base64url};

/// Adds what the token holds to its report, or why the key does not open it. Of the judgement only the title changes:
/// encryption does not prove who wrote a token.
pub(super) fn add_content(report: &mut Report, case: &Case<'_>, given: &UserKey) {
    let Opened { summary, unusable, encrypted, content } = opened(case, given);
    let problem = unusable.map(|error| error.to_string()).or_else(|| content.as_ref().err().map(ToString::to_string));
    let problem = problem.map(|problem| capitalised(&problem));
    let note = match &problem {
        Some(problem) => format!("Not decrypted: {problem}"),
        None => "Decrypted with the key given here, which does not prove who wrote it".to_owned(),
    };
    if let Some(kind) = &mut report.kind {
        kind.notes.push(note);
    }
    report.user_key =
        Some(UserKeyReport { summary: summary.to_owned(), problem, repairs: Vec::new(), remedy: None, encrypted });
    if let Ok(plain) = content {
        report.verdict.title = "Decrypted".to_owned();
        show(report, case, &plain.content);
        if let Some(step) = report.trace.iter_mut().find(|step| step.check == Check::Parse) {
            let has_token = report.tokens.iter().any(|found| found.name == INNER);
            step.fix = if has_token { SEND_INNER } else { NOTHING_SIGNED }.into();
        }
        if plain.is_zlib {
            report.findings.push(zlib());
        }
    }
}

/// The name of a token that was encrypted.
const INNER: &str = "Decrypted, inner token";

/// What to do with an encrypted token once it is decrypted.
const SEND_INNER: &str = "Send the token inside: an API that checks signatures cannot use the encrypted one";
const NOTHING_SIGNED: &str = "Send a signed token: nothing inside of this one is signed";

fn zlib() -> Finding {
    Finding {
        id: "zlib_for_deflate",
        severity: Severity::Medium,
        title: "Compressed in another format".into(),
        message:
            "The content is in the ZLIB format (RFC 1950), but zip DEF means bare DEFLATE: most libraries refuse it"
                .into(),
        rfc: "RFC 7516 §4.1.3",
        secret: None,
    }
}

fn show(report: &mut Report, case: &Case<'_>, plain: &[u8]) {
    if let Ok(text) = std::str::from_utf8(plain)
        && compact_header(text).is_some()
    {
        let outer = FoundToken { name: "Outer token".to_owned(), token: report.token.clone() };
        report.tokens = vec![outer, FoundToken { name: INNER.to_owned(), token: text.to_owned() }];
    }
    // An unsecured token with this content has its claims.
    let inner = parse_exact(&format!("eyJhbGciOiJub25lIn0.{}.", base64url::encode(plain)));
    if !inner.claims.is_whole_object() {
        report.payload = Some(PayloadBytes::of(plain));
        return;
    }
    report.claims = meaning::members(&Case { parsed: &inner, ..*case }, Side::Claims);
    for member in &mut report.claims {
        (member.start, member.end) = (0, 0);
    }
    report.claims_json = escaped_json(json::pretty(&inner.claims.text));
}

/// A given key, tried on a token.
struct Opened {
    summary: &'static str,
    /// Why the key cannot be used at all.
    unusable: Option<KeyError>,
    /// It needs its passphrase, whether that was given or not.
    encrypted: bool,
    content: Result<Decrypted, JweError>,
}

/// What the key is, and the content that it opens.
fn opened(case: &Case<'_>, given: &UserKey) -> Opened {
    let text = given.text.trim_start_matches('\u{FEFF}').trim();
    let done = |summary, content| Opened { summary, unusable: None, encrypted: false, content };
    if text.starts_with('{')
        && let Some(secret) = jwk_members(text).iter().find(|member| member.name == "k")
    {
        let bytes = Zeroizing::new(secret.text.as_deref().and_then(base64url::decode_strict).unwrap_or_default());
        return done("JWK, a shared secret", decrypt(case.parsed, &DecryptionKey::Secret(&bytes)));
    }
    if let Some(found) = in_block(text, case, given) {
        return found;
    }
    let usable = Zeroizing::new(without_purpose(text));
    if let Some(private) = private_key(usable.as_bytes()) {
        return done("Private key", decrypt(case.parsed, &DecryptionKey::Private(&private)));
    }
    let first = secret_of(given).map_err(|_| JweError::UnfitKey);
    let mut outcome = first.and_then(|bytes| decrypt(case.parsed, &DecryptionKey::Secret(&bytes)));
    // A key of another length may be written in another form.
    for form in [SecretForm::Base64, SecretForm::Hex] {
        if matches!(outcome, Err(JweError::UnfitKey))
            && let Some(bytes) = secret_bytes(text, form)
        {
            outcome = decrypt(case.parsed, &DecryptionKey::Secret(&bytes));
        }
    }
    done("Secret", outcome)
}

/// A private key in PEM or in a PKCS#12 file, opened with the passphrase if there is one.
fn in_block(text: &str, case: &Case<'_>, given: &UserKey) -> Option<Opened> {
    // A key that agrees or decrypts is never a secret, so base64 that is DER is a key.
    let block = repair::pem(text).and_then(Result::ok).or_else(|| repair::bare(text, Some(Algorithm::Rs256)))?;
    let summary = match block.label {
        PKCS12 => "PKCS#12 file",
        label if label.ends_with("PRIVATE KEY") => "Private key",
        _ => return None,
    };
    let encrypted = is_encrypted(&block.der) || block.is_rfc1421;
    let done = |unusable, content| Some(Opened { summary, unusable, encrypted, content });
    match given.opened(&block) {
        Ok(der) => match private_key(&der) {
            Some(private) => done(None, decrypt(case.parsed, &DecryptionKey::Private(&private))),
            None if encrypted && is_encrypted(&der) => done(Some(KeyError::Encrypted), Err(JweError::UnfitKey)),
            None => done(None, Err(JweError::UnfitKey)),
        },
        Err(error) => done(Some(error), Err(JweError::UnfitKey)),
    }
}

/// A private key that can decrypt, as PKCS#8 DER.
fn private_key(input: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let read = PrivateKey::read(input, Some(Algorithm::Rs256)).or_else(|_| PrivateKey::read(input, None));
    let bytes = read.ok().filter(|key| !key.algorithm().is_symmetric()).map(|key| Zeroizing::new(key.bytes().to_vec()));
    bytes.or_else(|| x25519::private_key(input))
}

/// A private JWK without the members that say what it is for: the signing code refuses a key for encryption.
fn without_purpose(text: &str) -> String {
    if !text.starts_with('{') {
        return text.to_owned();
    }
    let kept: Vec<String> = json::scan(text)
        .members
        .iter()
        .filter(|member| !matches!(member.name.as_str(), "alg" | "use" | "key_ops"))
        .map(|member| format!("{}:{}", quoted(&member.name), &text[member.value.clone()]))
        .collect();
    format!("{{{}}}", kept.join(","))
}
