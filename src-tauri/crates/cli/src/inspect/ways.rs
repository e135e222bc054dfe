//! How to get the key that a token lacks. Nothing is fetched here.

use inspect::report::{Check, Format, Outcome, Report, SignatureState, VerdictOutcome};
use jose::visible::excerpt;
use jose::{Kind, Parsed};

/// The longest address that is printed, in characters.
const LONGEST: usize = 300;

/// A line for each way, if a key is all that is missing and none was given.
pub(super) fn to_get_a_key(parsed: &Parsed, report: &Report) -> Vec<String> {
    let by_own_key = report.trace.iter().any(|step| step.check == Check::Signature && step.outcome == Outcome::Pass);
    let lacks_key = report.format == Format::JwsCompact
        && report.verdict.outcome == VerdictOutcome::NotVerified
        && report.signature.state == SignatureState::NoKey
        && report.user_key.is_none()
        && !by_own_key;
    let Some(algorithm) = parsed.algorithm().filter(|_| lacks_key) else { return Vec::new() };
    if algorithm.is_symmetric() {
        return vec![
            format!("{algorithm} is checked with the secret it was signed with, which only the issuer has"),
            "Give it as --secret-file FILE, --secret - (standard input), --secret-base64 or --secret-hex".to_owned(),
        ];
    }
    let mut ways = Vec::new();
    if let Some(issuer) = parsed.claim_text("iss").and_then(address) {
        let issuer = issuer.trim_end_matches('/');
        ways.push(match Kind::of(parsed) {
            Some(Kind::HealthCard) => {
                format!("Save the JWK Set at {issuer}/.well-known/jwks.json, and give it as --jwks FILE")
            }
            _ => format!(
                "{issuer}/.well-known/openid-configuration names the issuer's JWK Set in jwks_uri: save that set, and \
                 give it as --jwks FILE"
            ),
        });
    }
    if let Some(url) = parsed.header_text("jku").and_then(address) {
        ways.push(format!(
            "The token names a JWK Set of its own in jku, {url}: use it only if you know that it is the issuer's"
        ));
    }
    ways.push("Give the signer's public key as --key FILE: PEM, a certificate or a JWK".to_owned());
    ways
}

/// A web address on one line.
fn address(text: &str) -> Option<String> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    is_web.then(|| excerpt(text, LONGEST))
}
