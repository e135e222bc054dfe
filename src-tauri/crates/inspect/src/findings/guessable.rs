//! Shared secrets that can be guessed from a single token (RFC 7518 section 3.2, RFC 8725 section 3.5).

use aws_lc_rs::hmac;

use super::finding;
use crate::key_text::{KeyText, SecretForm};
use crate::report::{Finding, Severity};
use jose::check::Case;
use jose::guessable::{self, WellKnown};
use jose::judgement::SignatureState;
use jose::key::hmac_algorithm;
use jose::parse::Parsed;
use jose::{KeyChoice, base64url};

/// A short secret is a finding only if it signed the token.
pub(super) fn weak_secret(case: &Case<'_>, state: SignatureState, found: &mut Vec<Finding>) {
    let KeyChoice::Found { key, .. } = case.key else { return };
    let (Some(length), Some(least)) = (key.secret_len(), key.algorithm().least_secret_len()) else { return };
    if state == SignatureState::Verified && length < least {
        let unit = if length == 1 { "byte" } else { "bytes" };
        let message = format!("{length} {unit}, {} needs {least}: it can be guessed from one token", key.algorithm());
        found.push(finding("weak_secret", Severity::High, "The secret is too short", message, "RFC 7518 §3.2"));
    }
}

/// The longest signing input on which all passwords are tried, in bytes.
const LONGEST_TRIED: usize = 16 * 1024;

/// Tries every well-known secret: two hundred take a millisecond for a token of common length.
pub(super) fn well_known_secret(parsed: &Parsed, found: &mut Vec<Finding>) {
    let Some(hmac) = Hmac::of(parsed).filter(|_| parsed.claims.is_whole_object()) else { return };
    found.extend(guessable::well_known_secrets().find_map(|secret| match secret {
        WellKnown::Text(text) => hmac.is_by(text.as_bytes()).then(|| {
            let secret = KeyText { text: text.to_owned(), form: SecretForm::Text };
            well_known(format!("Signed with `{text}`: {ANYBODY}"), secret)
        }),
        WellKnown::Bytes { bytes, what } => hmac.is_by(&bytes).then(|| {
            // No key can be empty, but zero bytes alone have the same HMAC.
            let bytes = if bytes.is_empty() { vec![0] } else { bytes };
            let secret = KeyText { text: base64url::encode(&bytes), form: SecretForm::Base64 };
            well_known(format!("Signed with {what}: {ANYBODY}"), secret)
        }),
    }));
}

/// Tries the 30,000 most used passwords as the secret of an HMAC, and returns the one that matches.
///
/// This takes 15 to 40 milliseconds for a token of common length and most of a second for the longest, so
/// [`crate::check()`] does not do it: call it separately and show the result when it comes. The secrets of tutorials
/// and default settings are not tried again, since [`crate::check()`] detects those. `None` also for a token whose
/// `alg` is not HMAC's, whose signature has another length, or whose signed part is longer than 16 KiB.
pub fn guess_secret(parsed: &Parsed) -> Option<Finding> {
    let hmac = Hmac::of(parsed)?;
    let password = guessable::passwords().find(|password| hmac.is_by(password.as_bytes()))?;
    let secret = KeyText { text: password.to_owned(), form: SecretForm::Text };
    Some(well_known(format!("Signed with `{password}`, one of the most used passwords: {ANYBODY}"), secret))
}

const ANYBODY: &str = "anybody can guess it and write such tokens";

fn well_known(message: String, secret: KeyText) -> Finding {
    let about = finding("well_known_secret", Severity::Critical, "A well-known secret", message, "RFC 8725 §3.5");
    Finding { secret: Some(secret), ..about }
}

/// An HMAC and its input, to try secrets on.
struct Hmac<'a> {
    algorithm: hmac::Algorithm,
    input: &'a [u8],
    tag: &'a [u8],
}

impl<'a> Hmac<'a> {
    /// The token's HMAC, if it has one that is quick to try.
    fn of(parsed: &'a Parsed) -> Option<Hmac<'a>> {
        let algorithm = hmac_algorithm(parsed.algorithm()?)?;
        let (input, tag) = (parsed.signing_input(), parsed.signature.as_deref()?);
        let fits = tag.len() == algorithm.tag_len() && input.len() <= LONGEST_TRIED;
        fits.then_some(Hmac { algorithm, input, tag })
    }

    /// The secrets tried here are public, so the comparison may stop early.
    fn is_by(&self, secret: &[u8]) -> bool {
        hmac::sign(&hmac::Key::new(self.algorithm, secret), self.input).as_ref() == self.tag
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;

    use super::guess_secret;
    use crate::key_text::{KeyText, SecretForm};
    use crate::report::{Finding, Severity};
    use crate::testing::{evidence, no_key};
    use crate::user_keys::{UserKey, check_with_user_key};
    use crate::{check, parse};
    use jose::judgement::SignatureState;
    use jose::{Algorithm, Policy, SigningKey, base64url};

    fn signed(algorithm: Algorithm, secret: &[u8], payload: &str) -> String {
        let key = SigningKey::dangerous_from_hmac(algorithm, secret, "k").unwrap();
        key.dangerous_sign(&format!(r#"{{"alg":"{algorithm}"}}"#), payload.as_bytes()).unwrap()
    }

    fn well_known(token: &str) -> Option<Finding> {
        let report = check(&parse(token), &evidence(Policy::default(), no_key()));
        report.findings.into_iter().find(|finding| finding.id == "well_known_secret")
    }

    #[test]
    fn published_keys_that_are_no_text_are_found_and_named_in_words() {
        let rfc = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let rfc = base64url::decode_strict(rfc).unwrap();
        let fastapi = b"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7";
        for (secret, words) in [
            (&rfc[..], "Signed with the key that RFC 7515 prints in appendix A.1: anybody"),
            (&[0; 32], "Signed with the empty secret, which to HMAC is the same as zero bytes alone: anybody"),
            (b"super-secret-jwt-token-with-at-least-32-characters-long", "Signed with `super-secret-jwt-token-"),
            (fastapi, "Signed with `09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7`: anybody"),
        ] {
            for algorithm in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512] {
                let finding = well_known(&signed(algorithm, secret, "{}")).unwrap();
                assert_eq!(finding.severity, Severity::Critical);
                assert!(finding.message.starts_with(words), "{}", finding.message);
            }
        }
    }

    #[test]
    fn the_secret_that_a_finding_offers_verifies_the_token() {
        for secret in [&b"your-256-bit-secret"[..], &[0; 32]] {
            let token = signed(Algorithm::Hs256, secret, "{}");
            let offered = well_known(&token).unwrap().secret.unwrap();
            let policy = Policy { algorithms: Algorithm::ALL.to_vec(), ..Policy::default() };
            let key = UserKey::new(offered.text, offered.form);
            let report = check_with_user_key(&crate::parse(&token), &key, &evidence(policy, no_key()));
            assert_eq!(report.signature.state, SignatureState::Verified);
        }
        let guessed = guess_secret(&parse(&signed(Algorithm::Hs256, b"hunter2", "{}"))).unwrap();
        assert_eq!(guessed.secret, Some(KeyText { text: "hunter2".into(), form: SecretForm::Text }));
    }

    #[test]
    fn a_token_signed_with_the_empty_secret_is_found_out() {
        // CVE-2019-20933: the empty secret of a server where none was set.
        let token = signed(Algorithm::Hs256, b"x", "{}");
        let (input, _) = token.rsplit_once('.').unwrap();
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b""), input.as_bytes());
        let finding = well_known(&format!("{input}.{}", base64url::encode(tag.as_ref()))).unwrap();
        assert!(finding.message.starts_with("Signed with the empty secret"), "{}", finding.message);
    }

    #[test]
    fn a_common_password_is_found_out_when_asked() {
        for (algorithm, password) in
            [(Algorithm::Hs256, "hunter2"), (Algorithm::Hs384, "trustno1"), (Algorithm::Hs512, "jordan23")]
        {
            let token = signed(algorithm, password.as_bytes(), r#"{"sub":"alice"}"#);
            assert_eq!(well_known(&token), None);
            let finding = guess_secret(&parse(&token)).unwrap();
            assert_eq!((finding.id, finding.severity), ("well_known_secret", Severity::Critical));
            let words = "one of the most used passwords: anybody can guess it and write such tokens";
            assert_eq!(finding.message, format!("Signed with `{password}`, {words}"));
        }
    }

    #[test]
    fn nothing_is_guessed_where_it_would_be_slow_or_make_no_sense() {
        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(16 * 1024));
        assert_eq!(guess_secret(&parse(&signed(Algorithm::Hs256, b"hunter2", &long))), None);
        let token = signed(Algorithm::Hs256, b"hunter2", "{}");
        assert_eq!(guess_secret(&parse(&token[..token.len() - 4])), None);
        assert_eq!(guess_secret(&parse(&signed(Algorithm::Hs256, b"\x00no one's password", "{}"))), None);
        let (_, rest) = token.split_once('.').unwrap();
        for header in [r#"{"alg":"RS256"}"#, r#"{"alg":"none"}"#, "{}"] {
            assert_eq!(guess_secret(&parse(&format!("{}.{rest}", base64url::encode(header.as_bytes())))), None);
        }
    }
}
