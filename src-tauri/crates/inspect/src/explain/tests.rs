//! Tests of what a report says besides the judgement.

mod actions;

use jose::judgement::{Check, Outcome, SignatureState, VerdictOutcome};
use jose::parse::SegmentKind;
use jose::{Algorithm, KeyChoice, Policy};

use crate::report::ScopeState;
use crate::testing::{Draft, NOW, evidence, found, ids, key, no_key, signing_key, step};
use crate::{check, parse};

#[test]
fn of_a_good_token_nothing_is_said_but_what_it_is() {
    let report = Draft::new().report();
    assert_eq!(report.findings, []);
    assert_eq!(report.problems, []);
    assert_eq!(report.summary, "Signed token, three segments");
    assert_eq!(report.times.expires_at, Some(NOW + 821));
    let fraction = Draft::new().claim("exp", format!("{}.5", NOW + 821)).report();
    assert_eq!(fraction.times.expires_at, Some(NOW + 821));
}

#[test]
fn what_is_weak_is_a_finding_beside_the_check_that_fails() {
    for json in [r#"["b64"]"#, r#"["alg"]"#, "[]", "[1]", "\"b64\"", "null"] {
        assert_eq!(ids(&Draft::new().header("crit", json).report()), ["crit"], "{json}");
    }
    for name in ["exp", "iss", "aud", "sub", "jti", "sid", "scope", "iat", "nbf"] {
        let value = Draft::new().claims.iter().find(|(known, _)| known == name).unwrap().1.clone();
        assert_eq!(ids(&Draft::new().also(name, value).report()), ["duplicate_claim"], "{name}");
    }
    let lasting = Draft::new().without("exp").policy(|policy| policy.required_claims.clear()).report();
    assert_eq!(ids(&lasting), ["missing_exp"]);
    let unsigned = Draft::new().header("alg", "\"none\"").report();
    assert_eq!(unsigned.findings[0].id, "alg_none");
    let attacker = signing_key(Algorithm::Es256).public_jwk().unwrap();
    for (name, json) in [
        ("jwk", attacker.as_str()),
        ("x5c", r#"["MIIB"]"#),
        ("jku", r#""http://127.0.0.1:1/keys""#),
        ("x5u", r#""http://127.0.0.1:1/keys""#),
    ] {
        assert_eq!(ids(&Draft::new().header(name, json).report()), ["self_supplied_key"], "{name}");
    }
}

#[test]
fn a_name_that_stands_twice_is_shown_with_the_value_in_use() {
    let twice = Draft::new().also("role", "\"reader\"").also("role", "\"admin\"");
    let report = twice.report();
    assert_eq!(report.findings[0].title, "Duplicate claim name");
    assert_eq!(report.findings[0].message, "Parsers disagree on which role counts");
    let roles: Vec<&str> =
        report.claims.iter().filter(|member| member.duplicate).map(|member| &*member.meaning).collect();
    assert_eq!(roles, ["Ignored, a later role wins", "Unregistered, value in use"]);
}

#[test]
fn what_could_be_read_of_a_damaged_token_is_shown() {
    let deep = format!("{}1{}", "[".repeat(65), "]".repeat(65));
    assert!(Draft::new().claim("x", deep).report().claims.len() > 5);
    let token = Draft::new().token();
    let mut segments: Vec<&str> = token.split('.').collect();
    let broken = format!("{}*{}", &segments[1][..119], &segments[1][120..]);
    segments[1] = &broken;
    let report = Draft::new().judge(&segments.join("."));
    let position = segments[0].len() + 1 + 119 + 1;
    assert_eq!(report.problems[0].title, format!("Character {position} is not base64url"));
    assert_eq!(report.problems[0].message, "Found `*`. base64url has letters, digits, `-` and `_` only.");
    assert_eq!(report.problems[0].at, Some(u32::try_from(position - 1).unwrap()));
    assert_eq!(report.problems[1].title, "Cut at byte 89");
    assert!(!report.claims.is_empty());
    assert_eq!(report.times.expires_at, None);
    assert_eq!(report.findings, []);
}

#[test]
fn the_parts_of_a_signature_are_written_out() {
    for algorithm in Algorithm::ALL {
        let key = signing_key(algorithm);
        let draft = Draft::new().key(found(&key)).policy(|policy| policy.algorithms = vec![algorithm]);
        let token = draft.token_by(&key);
        let report = draft.judge(&token);
        assert_eq!(report.findings, [], "{algorithm}");
        assert_eq!(report.clean_ups, []);
        let names: Vec<&str> = report.signature.parts.iter().map(|part| part.name.as_str()).collect();
        let expected: &[&str] = if algorithm.as_str().starts_with("ES") { &["r", "s"] } else { &["signature"] };
        assert_eq!(names, expected);
    }
    let report = Draft::new().report();
    assert_eq!(report.signature.parts[0].hex.len(), 71, "eight groups of eight and seven spaces");
}

#[test]
fn members_are_annotated_in_the_words_of_the_pictures() {
    let report = Draft::new().claim("tenant", "\"acme-eu\"").report();
    let header: Vec<_> =
        report.header.iter().map(|member| (&*member.name, &*member.meaning, member.reference)).collect();
    assert_eq!(
        header,
        [
            ("alg", "ECDSA P-256, SHA-256", "7518 §3.4"),
            ("typ", "OAuth 2.0 access token", "9068 §2.1"),
            ("kid", "Access key, active", "7515 §4.1.4"),
        ]
    );
    let claims: Vec<_> =
        report.claims.iter().map(|member| (&*member.name, &*member.meaning, member.reference)).collect();
    assert_eq!(
        claims,
        [
            ("iss", "Issuer, this workbench: http, for tests only", "7519 §4.1.1"),
            ("sub", "Subject, active user", "7519 §4.1.2"),
            ("aud", "Audience, matches policy", "7519 §4.1.3"),
            ("client_id", "OAuth client", "8693 §4.3"),
            ("iat", "Issued", "7519 §4.1.6"),
            ("nbf", "Not before", "7519 §4.1.5"),
            ("exp", "Expires", "7519 §4.1.4"),
            ("jti", "Token ID, not revoked", "7519 §4.1.7"),
            ("sid", "Session, open", "OIDC Front-Channel §3"),
            ("scope", "Both granted to alice", "8693 §4.2"),
            ("amr", "Password, then one-time code", "8176 §2"),
            ("auth_time", "Signed in", "9068 §2.2.1"),
            ("tenant", "Unregistered, no meaning known", ""),
        ]
    );
    assert_eq!(report.claims[6].time, Some(NOW + 821));
    assert_eq!(report.claims[9].words[1].state, ScopeState::Granted);
    assert_eq!(report.claims[10].words[0].text, "pwd");
    assert_eq!(report.findings[0].title, "tenant is not a registered claim");
    assert_eq!(report.header_json.lines().count(), 5);
}

#[test]
fn private_claims_are_one_finding_however_many_and_none_where_the_policy_reads_them() {
    let many = (1..=7).fold(Draft::new(), |draft, n| draft.claim(&format!("c{n}"), n)).report();
    let [finding] = &many.findings[..] else { panic!("{:?}", many.findings) };
    assert_eq!(finding.title, "7 claims are not registered");
    assert_eq!(finding.message, "Nothing in the policy reads c1, c2, c3, c4, c5 and 2 more");
    let read = Draft::new().claim("tenant", "\"acme\"").policy(|policy| policy.required_claims.push("tenant".into()));
    assert_eq!(read.report().findings, []);
}

#[test]
fn findings_name_what_is_weak() {
    let one = |draft: Draft| {
        let report = draft.report();
        assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
        report.findings[0].id
    };
    assert_eq!(one(Draft::new().claim("exp", NOW + 8000)), "long_lifetime");
    assert_eq!(one(Draft::new().claim("exp", (NOW + 800) * 1000)), "milliseconds");
    assert_eq!(one(Draft::new().claim("exp", 900)), "exp_is_a_lifetime");
    assert_eq!(one(Draft::new().claim("iat", NOW + 5)), "iat_in_future");
    assert_eq!(one(Draft::new().claim("nbf", NOW + 5000)), "never_valid");
    assert_eq!(one(Draft::new().header("typ", "\"JWT\"")), "generic_typ");
    for kid in ["../../dev/null", "x' UNION SELECT '1';--", "|sleep 10", "http://x/k", "/etc/passwd", "a\\u0000"] {
        assert_eq!(one(Draft::new().header("kid", format!("\"{kid}\""))), "suspicious_kid", "{kid}");
    }
    for kid in ["acc-2026-11", key().kid(), "7b1d2f4e-90f0-4a33", "key:1", "a/b+c="] {
        assert_eq!(Draft::new().header("kid", format!("\"{kid}\"")).report().findings, [], "{kid}");
    }
    let iat = Draft::new().claim("iat", NOW + 5).report();
    assert_eq!(step(&iat, Check::Time).reason, "Valid for 13 m 41 s more; iat lies 5 s in the future");
    assert_eq!(step(&iat, Check::Time).outcome, Outcome::Warn);
}

#[test]
fn a_weak_secret_is_a_finding() {
    let policy = Policy { algorithms: vec![Algorithm::Hs256], ..Policy::default() };
    let weak = jose::SigningKey::dangerous_from_hmac(Algorithm::Hs256, b"secret", "s").unwrap();
    let token = weak.sign("at+jwt", &format!(r#"{{"exp":{}}}"#, NOW + 5)).unwrap();
    let report = check(&parse(&token), &evidence(policy, found(&weak)));
    assert_eq!(ids(&report), ["well_known_secret", "weak_secret"]);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Accepted);
}

#[test]
fn a_short_secret_that_did_not_sign_the_token_is_no_finding() {
    let signer = jose::SigningKey::from_hmac(Algorithm::Hs256, &[7; 32], "s").unwrap();
    let short = jose::SigningKey::dangerous_from_hmac(Algorithm::Hs256, b"oops", "s").unwrap();
    let policy = Policy { algorithms: vec![Algorithm::Hs256], ..Policy::default() };
    for token in [signer.sign("at+jwt", "{}").unwrap(), Draft::new().token()] {
        let report = check(&parse(&token), &evidence(policy.clone(), found(&short)));
        assert!(!ids(&report).contains(&"weak_secret"), "{:?}", report.findings);
    }
}

#[test]
fn key_confusion_is_refused_in_all_six_forms() {
    let rsa = signing_key(Algorithm::Rs256);
    let pem = rsa.verifying_key().public_pem().unwrap();
    let der = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD,
        pem.lines().filter(|line| !line.starts_with('-')).collect::<String>(),
    )
    .unwrap();
    let jwk = rsa.public_jwk().unwrap();
    let members: serde_json::Value = serde_json::from_str(&jwk).unwrap();
    let modulus = members["n"].as_str().unwrap();
    let raw = jose::base64url::decode_strict(modulus).unwrap();
    assert_eq!((der[0], raw.len()), (0x30, 256), "a whole key and a whole modulus");
    let claims = Draft::new().claims.iter().map(|(name, json)| format!("\"{name}\":{json}")).collect::<Vec<_>>();
    let claims = format!("{{{}}}", claims.join(","));
    let forms: [&[u8]; 6] = [pem.as_bytes(), pem.trim_end().as_bytes(), &der, jwk.as_bytes(), &raw, modulus.as_bytes()];
    for secret in forms {
        let forger = jose::SigningKey::dangerous_from_hmac(Algorithm::Hs256, secret, rsa.kid()).unwrap();
        let token = forger.sign("at+jwt", &claims).unwrap();
        let with = |key: KeyChoice, algorithms: &[Algorithm]| {
            Draft::new().key(key).policy(|policy| policy.algorithms = algorithms.to_vec()).judge(&token)
        };
        let both = [Algorithm::Rs256, Algorithm::Hs256];
        let fooled = with(found(&forger), &both);
        assert_eq!(
            fooled.verdict.outcome,
            VerdictOutcome::Accepted,
            "whoever took the key for a secret would accept it"
        );
        let report = with(found(&rsa), &both);
        assert_eq!(step(&report, Check::Key).reason, "The header says HS256, the key is for RS256");
        assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
        assert_eq!(report.signature.state, SignatureState::NoKey, "it is not even tried");
        let report = with(found(&rsa), &[Algorithm::Rs256]);
        assert_eq!(step(&report, Check::Algorithm).outcome, Outcome::Fail);
        // It is also detected if given by hand as a secret.
        let given_as = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, secret);
        let given = crate::UserKey::new(&given_as, crate::SecretForm::Base64);
        let report = crate::check_with_user_key(&parse(&token), &given, &evidence(Policy::default(), no_key()));
        assert_ne!(report.verdict.outcome, VerdictOutcome::Accepted);
        assert_ne!(report.signature.state, SignatureState::Verified);
    }
}

#[test]
fn a_jwe_is_called_encrypted_not_signed() {
    let header = jose::base64url::encode(br#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#);
    let report = Draft::new().judge(&format!("{header}.YQ.YQ.YQ.YQ"));
    assert_eq!(report.problems[0].title, "Encrypted, not signed");
    assert_eq!(report.signature.state, SignatureState::Unsupported);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Rejected);
    let meanings: Vec<_> = report.header.iter().map(|member| &*member.meaning).collect();
    assert_eq!(meanings, ["Wraps the key, RSA-OAEP", "Encrypts and seals, AES 256"]);
    let kinds: Vec<SegmentKind> = report.segments.iter().map(|segment| segment.kind).collect();
    assert_eq!(
        kinds,
        [
            SegmentKind::Header,
            SegmentKind::EncryptedKey,
            SegmentKind::InitializationVector,
            SegmentKind::Ciphertext,
            SegmentKind::AuthenticationTag
        ]
    );
}

#[test]
fn a_date_that_milliseconds_mean_is_said_once() {
    let later = |seconds: i64| (NOW + seconds) * 1000;
    let draft = Draft::new().claim("exp", later(600)).claim("nbf", later(0)).claim("iat", later(0));
    let reason = draft.claim("auth_time", NOW).step(Check::Time).reason;
    let end = "; exp means 2026-11-23 13:42:07 UTC; nbf and iat mean 2026-11-23 13:32:07 UTC";
    assert!(reason.ends_with(end), "{reason}");
}

#[test]
fn what_several_problems_have_in_common_is_said_once() {
    let report = super::check(
        &crate::parse("eyJhbGciOiJFUzI1NiJ9=.eyJzdWIiOiJhIn0=.AAAA="),
        &evidence(Policy::default(), no_key()),
    );
    let padded: Vec<_> = report.problems.iter().filter(|problem| problem.title.starts_with("Padding")).collect();
    assert_eq!(padded.len(), 3, "{:?}", report.problems);
    let said: Vec<_> = padded.iter().filter(|problem| !problem.message.is_empty()).collect();
    assert_eq!(said.len(), 1, "{said:?}");
}
