//! Tests of kinds: which are recognised, the rules that each is judged by, and the notes about it.

use crate::report::{Check, Outcome, Report, SignatureState, VerdictOutcome};
use crate::testing::{NOW, evidence, found, ids, key, no_key, signing_key, step};
use crate::{check, parse};
use jose::digest::sha_256;
use jose::{Algorithm, Kind, Policy, SigningKey, parse_exact};

fn kind_of(header: &str, claims: &str) -> Option<Kind> {
    Kind::of(&parse_exact(&key().dangerous_sign(header, claims.as_bytes()).unwrap()))
}

/// The report about a paste by the rules of its token's kind, without a key.
fn report(paste: &str) -> Report {
    let pasted = parse(paste);
    let policy = Kind::of(&pasted).map(Policy::for_kind).unwrap_or_default();
    check(&pasted, &evidence(policy, no_key()))
}

fn jwk(key: &SigningKey) -> String {
    key.public_jwk().unwrap()
}

fn header(jwk: &str) -> String {
    format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{jwk}}}"#)
}

fn claims(more: &str) -> String {
    format!(r#"{{"jti":"j1","htm":"POST","htu":"https://api.example/items","iat":{}{more}}}"#, NOW - 4)
}

/// A proof by `signer` that brings the public key `jwk` along.
fn proof(signer: &SigningKey, jwk: &str, more: &str) -> String {
    signer.dangerous_sign(&header(jwk), claims(more).as_bytes()).unwrap()
}

#[test]
fn a_proof_is_checked_with_its_own_key_and_never_accepted_for_it() {
    let holder = signing_key(Algorithm::Es256);
    let good = report(&proof(&holder, &jwk(&holder), ""));
    let thumbprint = holder.verifying_key().thumbprint().unwrap();
    assert_eq!(good.verdict.outcome, VerdictOutcome::NotVerified, "{}", good.verdict.detail);
    assert_eq!(good.verdict.detail, "The access token that it goes with is needed");
    assert_eq!(good.signature.state, SignatureState::NoKey, "an own key is no key that proves anything");
    assert_eq!(step(&good, Check::Signature).outcome, Outcome::Pass);
    assert_eq!(step(&good, Check::Key).outcome, Outcome::NotChecked);
    assert_eq!(step(&good, Check::Time).reason, "Made 4 s ago; a proof has no exp, servers count from iat");
    assert_eq!(step(&good, Check::IssuerAndAudience).reason, "For POST https://api.example/items");
    let kind = good.kind.as_ref().unwrap();
    assert_eq!(kind.name, "DPoP proof");
    assert!(kind.notes[0].ends_with("it matches"), "{:?}", kind.notes);
    assert!(kind.notes.iter().any(|note| note.ends_with(&thumbprint)), "{:?}", kind.notes);
    assert_eq!(ids(&good), <[&str; 0]>::default());

    let forged = report(&proof(&signing_key(Algorithm::Es256), &jwk(&holder), ""));
    assert_eq!(forged.signature.state, SignatureState::Mismatch);
    assert_eq!(forged.verdict.detail, "401 at check 4 of 9, signature");
}

#[test]
fn a_proof_from_the_future_is_not_said_to_last_for_ever() {
    let holder = signing_key(Algorithm::Es256);
    let early = format!(r#","iat":{}"#, crate::testing::NOW + 100);
    let claims = claims("").replacen(r#""iat""#, r#""x""#, 1).replacen('}', &format!("{early}}}"), 1);
    let report = report(&holder.dangerous_sign(&header(&jwk(&holder)), claims.as_bytes()).unwrap());
    assert_eq!(step(&report, Check::Time).reason, "iat lies 1 m 40 s in the future");
}

/// RFC 9449 section 4.3: what makes a proof invalid.
#[test]
fn a_proof_with_a_wrong_key_or_a_missing_claim_is_rejected() {
    let holder = signing_key(Algorithm::Es256);
    let public = jwk(&holder);
    let private = public.replacen('{', r#"{"d":"c2VjcmV0LXBhcnQ","#, 1);
    let rejected = |token: &str, at: Check| {
        let report = report(token);
        assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected, "{}", report.verdict.detail);
        assert_eq!(report.verdict.stopped_at, Some(at), "{}", report.verdict.detail);
        step(&report, at).reason.to_string()
    };
    let reason = rejected(&proof(&holder, &private, ""), Check::Key);
    assert!(reason.starts_with("jwk holds a private key, in d") && !reason.contains("c2VjcmV0"), "{reason}");
    rejected(&proof(&holder, r#"{"kty":"oct","k":"c2VjcmV0"}"#, ""), Check::Key);
    rejected(&proof(&holder, r#""https://keys.example""#, ""), Check::Key);
    let bare = holder.dangerous_sign(r#"{"typ":"dpop+jwt","alg":"ES256"}"#, claims("").as_bytes()).unwrap();
    rejected(&bare, Check::Key);
    let secret = SigningKey::from_hmac(Algorithm::Hs256, &[7; 32], "k").unwrap();
    let by_secret = header(&public).replace("ES256", "HS256");
    rejected(&secret.dangerous_sign(&by_secret, claims("").as_bytes()).unwrap(), Check::Key);
    for name in ["jti", "htm", "htu", "iat"] {
        let without = claims("").replace(&format!("\"{name}\""), "\"x\"");
        let report = report(&holder.dangerous_sign(&header(&public), without.as_bytes()).unwrap());
        assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected, "{name}");
    }
    rejected(&proof(&holder, &public, r#","ath":"short""#), Check::IssuerAndAudience);
}

#[test]
fn every_fault_of_a_proof_and_of_a_logout_token_is_named_once() {
    let holder = signing_key(Algorithm::Es256);
    let steps = |claims: &str| {
        let report = report(&holder.dangerous_sign(&header(&jwk(&holder)), claims.as_bytes()).unwrap());
        [Check::IssuerAndAudience, Check::Revocation].map(|check| step(&report, check).reason.to_string())
    };
    let [purpose, revocation] = steps(&format!(r#"{{"iat":{NOW},"jti":5,"htm":"","htu":[],"ath":"x"}}"#));
    assert_eq!(purpose, "htm is empty; htu is an array, not a string; ath is no SHA-256 in base64url");
    assert_eq!(revocation, "jti is a number, not a string");
    let [purpose, revocation] = steps(&format!(r#"{{"iat":{NOW},"htm":"","htu":"https://a.example"}}"#));
    assert_eq!(purpose, "htm is empty");
    assert_eq!(revocation, "jti is missing, and the policy requires it");
    let [purpose, _] = steps(&format!(r#"{{"iat":{NOW},"jti":"j","htm":"get","htu":"https://a.example/?x"}}"#));
    assert!(purpose.contains("a query or fragment") && purpose.contains("methods are in capitals"), "{purpose}");

    let logout = format!(r#"{{"iss":"i","aud":"c","iat":{NOW},"jti":"j","nonce":"n","events":{{}}}}"#);
    let token = holder.dangerous_sign(r#"{"alg":"ES256","typ":"logout+jwt"}"#, logout.as_bytes()).unwrap();
    let policy = Policy { issuer: Some("other".to_owned()), ..Policy::for_kind(Kind::LogoutToken) };
    let report = check(&parse(&token), &evidence(policy, found(&holder)));
    let reason = &step(&report, Check::IssuerAndAudience).reason;
    for fault in ["iss is \"i\"", "must not have a nonce", "names the user in sub"] {
        assert!(reason.contains(fault), "{reason}");
    }
}

/// The own key is for proofs alone, whatever a token says about itself.
#[test]
fn no_other_token_is_checked_with_the_key_it_brings() {
    let attacker = signing_key(Algorithm::Es256);
    for typ in ["JWT", "at+jwt", "kb+jwt", "jwt", "logout+jwt"] {
        let header = header(&jwk(&attacker)).replace("dpop+jwt", typ);
        let report = report(&attacker.dangerous_sign(&header, claims("").as_bytes()).unwrap());
        assert_ne!(step(&report, Check::Signature).outcome, Outcome::Pass, "{typ}");
        assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted, "{typ}");
    }
    // A proof in the place of an access token, by rules that ask for one or that a person chose.
    let token = proof(&attacker, &jwk(&attacker), r#","sub":"admin","exp":9999999999"#);
    let plain = Policy { required_claims: Vec::new(), ..Policy::default() };
    let report = check(&parse(&token), &evidence(plain, no_key()));
    assert_ne!(step(&report, Check::Signature).outcome, Outcome::Pass);
    // With a key from elsewhere, only that one counts.
    let other =
        check(&parse(&token), &evidence(Policy::for_kind(Kind::DpopProof), found(&signing_key(Algorithm::Es256))));
    assert_eq!(other.signature.state, SignatureState::Mismatch);
    assert!(other.kind.unwrap().notes.iter().all(|note| !note.contains("match")));
    // A proof signed by another key is rejected, even if that key is the one given.
    let swapped = proof(&attacker, &jwk(&signing_key(Algorithm::Es256)), "");
    let swapped = check(&parse(&swapped), &evidence(Policy::for_kind(Kind::DpopProof), found(&attacker)));
    assert_eq!((swapped.verdict.outcome, swapped.verdict.stopped_at), (VerdictOutcome::Rejected, Some(Check::Key)));
    assert!(swapped.kind.unwrap().notes.iter().all(|note| !note.contains("match")));
    let own = check(&parse(&token), &evidence(Policy::for_kind(Kind::DpopProof), found(&attacker)));
    assert_eq!(own.signature.state, SignatureState::Verified);
}

#[test]
fn a_proof_is_compared_with_the_access_token_of_the_same_paste() {
    let holder = signing_key(Algorithm::Es256);
    let thumbprint = holder.verifying_key().thumbprint().unwrap();
    let access =
        |bound: &str| key().sign("at+jwt", &format!(r#"{{"sub":"alice","cnf":{{"jkt":"{bound}"}}}}"#)).unwrap();
    let (own, other) = (access(&thumbprint), access("another"));
    let notes = |access: &str, ath: &str| {
        let proof = proof(&holder, &jwk(&holder), &format!(r#","ath":"{}""#, sha_256(ath.as_bytes())));
        report(&format!("DPoP: {proof}\nAuthorization: DPoP {access}\n")).kind.unwrap().notes.join("\n")
    };
    let fitting = notes(&own, &own);
    assert!(fitting.contains("they belong together") && fitting.contains("ath is the hash"), "{fitting}");
    let foreign = notes(&other, &own);
    assert!(foreign.contains("another one in cnf.jkt, another"), "{foreign}");
    assert!(foreign.contains("ath is not the hash"), "{foreign}");
}

#[test]
fn kinds_are_recognised_by_type_or_claims_and_access_tokens_are_none() {
    use Kind::{ClientAssertion, CognitoAccessToken, IdToken, LogoutToken, RefreshToken, SdJwt, SecurityEvent};
    let logout = r#"{"iss":"i","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}"#;
    let cognito = |used: &str, host: &str| format!(r#"{{"iss":"https://{host}/pool","token_use":"{used}"}}"#);
    for (typ, claims, expected) in [
        ("JWT", r#"{"iss":"i","aud":"c","nonce":"n"}"#, Some(IdToken)),
        ("JWT", r#"{"iss":"i","aud":"c","at_hash":"h"}"#, Some(IdToken)),
        ("JWT", r#"{"iss":"i","aud":"c","typ":"ID"}"#, Some(IdToken)),
        ("JWT", r#"{"iss":"i","aud":"c","nonce":"n","scope":"openid"}"#, None),
        ("JWT", r#"{"iss":"i","aud":"c","nonce":"n","typ":"Bearer"}"#, None),
        ("at+jwt", r#"{"iss":"i","aud":"c","nonce":"n"}"#, None),
        ("JWT", r#"{"typ":"Refresh"}"#, Some(RefreshToken)),
        ("JWT", r#"{"typ":"Offline"}"#, Some(RefreshToken)),
        ("rt+jwt", "{}", Some(RefreshToken)),
        ("logout+jwt", "{}", Some(LogoutToken)),
        ("JWT", logout, Some(LogoutToken)),
        ("application/secevent+jwt", "{}", Some(SecurityEvent)),
        ("JWT", &cognito("access", "cognito-idp.eu-west-1.amazonaws.com"), Some(CognitoAccessToken)),
        ("JWT", &cognito("access", "cognito-idp.evil.example"), None),
        ("JWT", &cognito("id", "cognito-idp.eu-west-1.amazonaws.com"), Some(IdToken)),
        ("JWT", r#"{"iss":"c","sub":"c","aud":"https://as.example/oauth2/token","exp":1}"#, Some(ClientAssertion)),
        ("JWT", r#"{"iss":"c","sub":"c","aud":["https://as.example/token"],"exp":1}"#, Some(ClientAssertion)),
        ("JWT", r#"{"iss":"c","sub":"c","aud":"https://pubsub.example/","exp":1}"#, None),
        ("JWT", r#"{"iss":"c","sub":"other","aud":"https://as.example/token","exp":1}"#, None),
        ("client-authentication+jwt", "{}", Some(ClientAssertion)),
        ("dc+sd-jwt", "{}", Some(SdJwt)),
        ("JWT", r#"{"_sd":[]}"#, Some(SdJwt)),
        ("JWT", r#"{"sub":"alice"}"#, None),
    ] {
        assert_eq!(kind_of(&format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#), claims), expected, "{typ} {claims}");
    }
}

#[test]
fn each_kind_is_judged_by_its_own_rules() {
    let judge = |kind: Kind, claims: &str| {
        let token = key().dangerous_sign(r#"{"alg":"ES256"}"#, claims.as_bytes()).unwrap();
        let mut policy = Policy::for_kind(kind);
        policy.audience = claims.contains("\"wanted\"").then(|| "wanted".to_owned());
        check(&parse(&token), &evidence(policy, found(key())))
    };
    let outcome = |kind: Kind, claims: &str| judge(kind, claims).verdict.stopped_at;
    let exp = NOW + 60;
    let id = format!(r#"{{"iss":"i","sub":"s","aud":"c","exp":{exp},"iat":{NOW},"nonce":"n"}}"#);
    assert_eq!(outcome(Kind::IdToken, &id), None);
    assert_eq!(outcome(Kind::IdToken, &id.replace("\"sub\"", "\"x\"")), Some(Check::User));
    assert_eq!(outcome(Kind::IdToken, &id.replace("\"aud\"", "\"x\"")), Some(Check::IssuerAndAudience));
    let many = judge(Kind::IdToken, &id.replace(r#""c""#, r#"["c","d"]"#));
    assert!(step(&many, Check::IssuerAndAudience).reason.contains("no azp says which"), "{many:?}");
    let logout = format!(r#"{{"iss":"i","aud":"c","iat":{NOW},"jti":"j","sid":"s","events":{{}}}}"#);
    assert_eq!(outcome(Kind::LogoutToken, &logout), None);
    assert_eq!(outcome(Kind::LogoutToken, &logout.replace("\"sid\"", "\"nonce\"")), Some(Check::IssuerAndAudience));
    assert_eq!(outcome(Kind::LogoutToken, &logout.replace("\"sid\"", "\"x\"")), Some(Check::IssuerAndAudience));
    let assertion = format!(r#"{{"iss":"c","sub":"c","aud":"https://as.example/token","exp":{exp}}}"#);
    assert_eq!(outcome(Kind::ClientAssertion, &assertion), None);
    let two = assertion.replacen("\"c\"", "\"d\"", 1);
    assert_eq!(outcome(Kind::ClientAssertion, &two), Some(Check::IssuerAndAudience));
    let cognito = format!(r#"{{"iss":"i","sub":"s","client_id":"wanted","exp":{exp}}}"#);
    let fits = judge(Kind::CognitoAccessToken, &cognito);
    assert_eq!(step(&fits, Check::IssuerAndAudience).outcome, Outcome::Pass, "client_id is what to compare");
    let other = cognito.replace(r#""wanted""#, r#""other","y":"wanted""#);
    let reason = step(&judge(Kind::CognitoAccessToken, &other), Check::IssuerAndAudience).reason;
    assert_eq!(reason, "client_id is other, the policy wants wanted: a Cognito access token has no aud");
    let event = format!(r#"{{"iss":"i","iat":{NOW},"jti":"j","events":{{"https://e.example/x":{{}}}}}}"#);
    let event = judge(Kind::SecurityEvent, &event);
    assert_eq!(step(&event, Check::Time).outcome, Outcome::Pass);
}

#[test]
fn what_auth0_encrypts_for_itself_is_cured_by_asking_for_an_audience() {
    let header = jose::base64url::encode(br#"{"alg":"dir","enc":"A256GCM","iss":"https://tenant.us.auth0.com/"}"#);
    let report = report(&format!("{header}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"));
    let step = &report.trace[0];
    assert!(step.fix.starts_with("Ask for the audience of your API"), "{}", step.fix);
}
