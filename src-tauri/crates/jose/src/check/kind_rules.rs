//! What kinds of tokens require beyond the presence of claims.

use super::{Answer, Case, audience::audiences};
use crate::base64url;
use crate::json::ValueKind;
use crate::judgement::Cure;
use crate::kind::Kind;
use crate::parse::Lookup;
use crate::visible::excerpt;
use crate::words::span;

const SHOWN: usize = 80;

/// The rules of a DPoP proof.
const PROOF: &str = "RFC 9449 §4.2";

/// How old a proof or a key binding may be before a server is likely to refuse it, in seconds. Both standards leave the
/// window to the server and ask for a short one (RFC 9449 section 11.1, RFC 9901 section 7.3).
pub const FRESH: u64 = 300;

/// What a token of a kind says it is for, if its kind has rules about that and [`faults`] found none.
pub(super) fn purpose(case: &Case<'_>) -> Option<Answer> {
    match case.policy.kind? {
        Kind::DpopProof => Some(request(case)),
        Kind::KeyBinding => {
            let for_whom = case.parsed.claim_text("aud").map(|text| excerpt(text, SHOWN)).unwrap_or_default();
            Some(Answer::pass(format!("Presented to {for_whom}"), "RFC 9901 §4.3").about(["aud"]))
        }
        Kind::IdToken => several_audiences(case),
        _ => None,
    }
}

/// All that a kind's rules refuse besides absent claims.
pub(super) fn faults(case: &Case<'_>) -> Vec<Answer> {
    let Some(kind) = case.policy.kind else { return Vec::new() };
    match kind {
        Kind::DpopProof => texts(case, &["jti", "htm", "htu"], PROOF).chain(access_token_hash(case)).collect(),
        Kind::KeyBinding => texts(case, &["nonce", "sd_hash"], "RFC 9901 §4.3").collect(),
        Kind::LogoutToken => {
            let nonce = case.parsed.claims.has("nonce").then(|| {
                let reason = "A logout token must not have a nonce: it could pass for an ID token";
                Answer::fail(reason, "OIDC Back-Channel §2.4", "Remove `nonce`").about(["nonce"])
            });
            let is_for_nobody = !case.parsed.claims.has("sub") && !case.parsed.claims.has("sid");
            let nobody = is_for_nobody.then(|| {
                let reason = "A logout token names the user in sub, the session in sid, or both";
                Answer::fail(reason, "OIDC Back-Channel §2.4", "Add `sid` or `sub`")
            });
            nonce.into_iter().chain(nobody).collect()
        }
        Kind::ClientAssertion => {
            let text = |name: &'static str| case.parsed.claim_text(name);
            let (Some(iss), Some(sub)) = (text("iss"), text("sub")) else { return Vec::new() };
            let reason = "iss and sub differ: a client names itself in both";
            let fix = "Set `iss` and `sub` to the client's ID";
            (iss != sub).then(|| Answer::fail(reason, "RFC 7523 §3", fix).about(["iss", "sub"])).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// What to compare where the policy names neither issuer nor audience.
pub(super) fn unasked(case: &Case<'_>) -> Option<String> {
    let text = |name: &'static str| case.parsed.claim_text(name).map(|text| excerpt(text, SHOWN));
    match case.policy.kind? {
        Kind::IdToken => Some(format!("An ID token is for the client {}", audiences(case)?.first()?)),
        Kind::LogoutToken => Some(format!("A logout token is for the client {}", audiences(case)?.first()?)),
        Kind::CognitoAccessToken => {
            Some(format!("No aud: a Cognito access token names its client in client_id, {}", text("client_id")?))
        }
        Kind::ClientAssertion => Some(format!("The client {} speaks to {}", text("iss")?, audiences(case)?.first()?)),
        Kind::HealthCard => Some(format!("The issuer is {}; whether it is trusted, the reader decides", text("iss")?)),
        _ => None,
    }
}

/// The claim that names whom the token is for.
pub(super) fn audience_claim(case: &Case<'_>) -> &'static str {
    if case.policy.kind == Some(Kind::CognitoAccessToken) { "client_id" } else { "aud" }
}

/// Compares the client of a Cognito access token with the audience that is wanted.
pub(super) fn client(case: &Case<'_>, wanted: &str) -> Result<(), Answer> {
    let found = case.text_claim("client_id", "RFC 8693 §4.3")?;
    if found == Some(wanted) {
        return Ok(());
    }
    let found = excerpt(found.unwrap_or_default(), SHOWN);
    let reason = format!("client_id is {found}, the policy wants {wanted}: a Cognito access token has no aud");
    let fix = format!("A token for the client {wanted}");
    Err(Answer::fail(reason, "RFC 8693 §4.3", fix).with(Cure::ChangePolicy).about(["client_id"]))
}

/// The answer about the lifetime of a kind that has no `exp`.
pub(super) fn without_exp(case: &Case<'_>) -> Option<Answer> {
    let ago = |name: &str| case.parsed.claim_seconds(name).map(|at| at.abs_diff(case.now));
    match case.policy.kind? {
        Kind::DpopProof => match ago("iat")? {
            age if age <= FRESH => {
                let reason = format!("Made {} ago; a proof has no exp, servers count from iat", span(age));
                Some(Answer::pass(reason, "RFC 9449 §4.3"))
            }
            age => {
                let reason = format!("Made {} ago: servers take a proof for seconds or minutes after iat", span(age));
                Some(Answer::warn(reason, "RFC 9449 §11.1"))
            }
        },
        Kind::KeyBinding => match ago("iat")? {
            age if age <= FRESH => {
                Some(Answer::pass(format!("Made {} ago; it has no exp", span(age)), "RFC 9901 §4.3"))
            }
            age => {
                let reason = format!("Made {} ago: a verifier takes it for minutes after iat", span(age));
                Some(Answer::warn(reason, "RFC 9901 §7.3"))
            }
        },
        Kind::HealthCard => {
            let reason = format!("Valid for {} so far; a health card need not expire", span(ago("nbf")?));
            Some(Answer::pass(reason, "SMART Health Cards"))
        }
        Kind::RefreshToken => Some(Answer::pass("No exp: it lasts until its issuer ends it", "RFC 6749 §1.5")),
        Kind::SecurityEvent => {
            Some(Answer::pass("A security event tells what happened, so it has no exp", "RFC 8417 §2.2"))
        }
        _ => None,
    }
}

/// A proof is for one request: a method, and an address without query and fragment.
fn request(case: &Case<'_>) -> Answer {
    let text = |name: &'static str| case.parsed.claim_text(name).unwrap_or_default();
    let (method, address) = (text("htm"), text("htu"));
    let for_it = format!("For {} {}", excerpt(method, SHOWN), excerpt(address, SHOWN));
    let mut remarks = Vec::new();
    if address.contains(['?', '#']) {
        remarks.push(("htu", "htu has a query or fragment, which servers leave out when they compare"));
    }
    if method.bytes().any(|byte| byte.is_ascii_lowercase()) {
        remarks.push(("htm", "methods are in capitals, and servers compare letter by letter"));
    }
    if remarks.is_empty() {
        return Answer::pass(for_it, PROOF).about(["htm", "htu"]);
    }
    let (members, remarks): (Vec<_>, Vec<_>) = remarks.into_iter().unzip();
    Answer::warn(format!("{for_it}: {}", remarks.join("; ")), PROOF).about(members)
}

/// `ath` is the SHA-256 of the access token that a proof goes with.
fn access_token_hash(case: &Case<'_>) -> Option<Answer> {
    let Lookup::Found(item) = case.parsed.claims.find("ath") else { return None };
    let hash = item.text.as_deref().and_then(base64url::decode_strict);
    let fix = "Set `ath` to the base64url of the access token's SHA-256";
    hash.is_none_or(|hash| hash.len() != 32)
        .then(|| Answer::fail("ath is no SHA-256 in base64url", PROOF, fix).about(["ath"]))
}

/// The answers about those of these claims that are empty or no text. The absent ones are reported as missing, and a
/// `jti` that is no text by the check of revocation.
fn texts<'a>(case: &'a Case<'_>, names: &'a [&'static str], rfc: &'static str) -> impl Iterator<Item = Answer> + 'a {
    names.iter().filter_map(move |name| match case.text_claim(name, rfc) {
        Ok(Some("")) => {
            Some(Answer::fail(format!("{name} is empty"), rfc, format!("Give `{name}` a value")).about([*name]))
        }
        Err(answer) if *name != "jti" && case.parsed.claims.has(name) => Some(answer),
        _ => None,
    })
}

/// Of several audiences, `azp` names the one that the ID token was issued to (OIDC Core section 3.1.3.7).
fn several_audiences(case: &Case<'_>) -> Option<Answer> {
    let claims = &case.parsed.claims;
    let is_list = matches!(claims.find("aud"), Lookup::Found(item) if item.kind == ValueKind::Array);
    let names = audiences(case).filter(|names| is_list && names.len() > 1)?;
    let reason = format!("aud names {} clients, and no azp says which of them asked for it", names.len());
    (!claims.has("azp")).then(|| Answer::warn(reason, "OIDC Core §3.1.3.7").about(["aud"]))
}
