//! Accepted means proven: anything not read, not found or not available is not a pass.

use crate::judgement::Judgement;
use crate::judgement::{Check, Outcome, SignatureState, VerdictOutcome};
use crate::testing::{Draft, NOW, key, step};
use crate::{Facts, KeyChoice, RevocationFact, UserFact, is_authentic, judge, parse_exact};

/// A server's verdict on the token of a draft. A person gets the same wherever either of them accepts.
fn served(draft: &Draft, token: &str) -> (VerdictOutcome, String) {
    let (parsed, evidence) = (parse_exact(token), draft.evidence());
    let judged = judge(&parsed, &evidence);
    let first_four = judged.trace[..4].iter().all(|step| matches!(step.outcome, Outcome::Pass | Outcome::Warn));
    let is_signed = judged.signature.state == SignatureState::Verified;
    assert_eq!(is_authentic(&parsed, &evidence), is_signed && first_four, "{:?}", judged.trace);
    let judged = judged.verdict;
    let shown = draft.judge(token).verdict;
    let accepts = |outcome| outcome == VerdictOutcome::Accepted;
    assert_eq!(accepts(judged.outcome), accepts(shown.outcome), "{} but {}", judged.detail, shown.detail);
    assert_ne!(judged.outcome, VerdictOutcome::NotVerified, "a server has no third answer");
    (judged.outcome, judged.detail)
}

/// A draft whose policy asks for nothing optional.
fn lax() -> Draft {
    Draft::new().policy(|policy| {
        policy.issuer = None;
        policy.audience = None;
        policy.typ = None;
        policy.required_claims.clear();
        policy.required_scopes.clear();
    })
}

fn own() -> Draft {
    Draft::new().policy(|policy| {
        policy.own_tokens = true;
        policy.required_claims = ["exp", "iat", "sub", "jti", "sid"].map(str::to_owned).to_vec();
    })
}

/// UI-08, JWT-01, JWT-05, JWT-13: nothing beyond a limit was read, so no claim is proven. The signature, which covers
/// bytes, is checked all the same.
#[test]
fn a_payload_past_a_limit_is_refused_by_a_server_and_not_verified_for_a_person_whatever_its_root() {
    let nested = |depth: usize, inner: &str| format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth));
    let members = |count: usize| (0..count).map(|n| format!("\"m{n}\":1")).collect::<Vec<_>>().join(",");
    let header = r#"{"alg":"ES256","typ":"at+jwt","crit":["exp"]}"#;
    let payloads = [
        nested(65, ""),
        nested(4000, "1"),
        format!("[1,{}]", nested(70, "")),
        format!("{{\"x\":{}}}", nested(64, "")),
        format!("{{{}}}", members(10_001)),
        format!("{{\"exp\":{},\"x\":{}}}", NOW + 9, nested(200, "{}")),
    ];
    for payload in &payloads {
        for header in [header, r#"{"alg":"ES256"}"#] {
            let token = key().dangerous_sign(header, payload.as_bytes()).unwrap();
            for draft in [lax(), Draft::new(), own()] {
                let (outcome, detail) = served(&draft, &token);
                assert_eq!(
                    (outcome, &*detail),
                    (VerdictOutcome::Rejected, "401 at check 1 of 9, parse (could not be completed)")
                );
                let shown = draft.judge(&token);
                assert_ne!(shown.verdict.outcome, VerdictOutcome::Accepted);
                if step(&shown, Check::Algorithm).outcome == Outcome::Pass {
                    assert_eq!(shown.verdict.outcome, VerdictOutcome::NotVerified);
                    assert!(shown.verdict.detail.ends_with("the rest is not read"), "{}", shown.verdict.detail);
                }
                assert_eq!(step(&shown, Check::Signature).outcome, Outcome::Pass);
            }
        }
    }
    let deep = format!(r#"{{"alg":"ES256","x":{}}}"#, nested(64, ""));
    let token = key().dangerous_sign(&deep, format!(r#"{{"exp":{}}}"#, NOW + 9).as_bytes()).unwrap();
    assert_eq!(served(&lax(), &token).0, VerdictOutcome::Rejected, "a header past the limit");
    let at_limit = format!(r#"{{"exp":{},"x":{}}}"#, NOW + 9, nested(63, ""));
    let token = key().dangerous_sign(r#"{"alg":"ES256"}"#, at_limit.as_bytes()).unwrap();
    assert_eq!(served(&lax(), &token).0, VerdictOutcome::Accepted, "the limit itself is read");
}

/// RFC 7516 section 4.1.3 is about encrypted tokens: what a payload inflates to is no claim of an issuer's own token.
#[test]
fn a_compressed_payload_is_never_accepted_as_an_own_token_and_a_bomb_by_nobody() {
    let deflated = |bytes: &[u8]| {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, bytes).unwrap();
        encoder.finish().unwrap()
    };
    let draft = Draft::new();
    let claims = crate::parse_exact(&draft.token()).claims.text;
    let header = format!(r#"{{"alg":"ES256","typ":"at+jwt","kid":"{}","zip":"DEF"}}"#, key().kid());
    let token = key().dangerous_sign(&header, &deflated(claims.as_bytes())).unwrap();
    let (outcome, detail) = served(&own(), &token);
    assert_eq!((outcome, &*detail), (VerdictOutcome::Rejected, "401 at check 1 of 9, parse"));
    let foreign = draft.judge(&token);
    assert_eq!(step(&foreign, Check::Parse).outcome, Outcome::Warn, "the signature covers the compressed bytes");
    assert_eq!(foreign.verdict.outcome, VerdictOutcome::Accepted);
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut zlib, claims.as_bytes()).unwrap();
    let sign = |payload: &[u8]| key().dangerous_sign(&header, payload).unwrap();
    let parse_step = |draft: &Draft, token: &str| step(&draft.judge(token), Check::Parse).clone();
    let zlib = sign(&zlib.finish().unwrap());
    let wrapped = parse_step(&draft, &zlib);
    assert_eq!(wrapped.outcome, Outcome::Warn);
    assert!(wrapped.reason.starts_with("The payload is in the ZLIB format (RFC 1950)"), "{}", wrapped.reason);
    let card = Draft::new().policy(|policy| policy.kind = Some(crate::Kind::HealthCard));
    assert_eq!(parse_step(&card, &zlib).outcome, Outcome::Fail, "readers of health cards inflate bare DEFLATE");
    let followed = parse_step(&draft, &sign(&[&deflated(claims.as_bytes())[..], b"xyz"].concat()));
    assert_eq!((followed.outcome, &*followed.reason), (Outcome::Fail, "3 bytes follow the compressed payload"));
    let bomb = format!("{{\"x\":\"{}\"}}", "x".repeat(30_000_000));
    let token = key().dangerous_sign(&header, &deflated(bomb.as_bytes())).unwrap();
    let shown = draft.judge(&token);
    assert_eq!(shown.verdict.detail, "The payload inflates to more than 250 KB");
    assert_eq!(shown.signature.state, SignatureState::Verified);
    for draft in [lax(), Draft::new(), own()] {
        assert_eq!(served(&draft, &token).0, VerdictOutcome::Rejected);
    }
}

/// JWT-13.
#[test]
fn what_is_no_claims_set_is_never_accepted() {
    for payload in ["[]", "[1]", "\"hello\"", "null", "7", "true", "hello", "", "[[[[", "{}{}", "{} x", "\u{feff}{}"] {
        let token = key().dangerous_sign(r#"{"alg":"ES256"}"#, payload.as_bytes()).unwrap();
        assert_eq!(served(&lax(), &token).0, VerdictOutcome::Rejected, "{payload}");
    }
}

/// UI-08.
#[test]
fn a_key_that_cannot_be_had_is_refused_by_a_server_and_not_verified_for_a_person() {
    for key in [
        KeyChoice::None { reason: "No key has that kid".to_owned() },
        KeyChoice::Unavailable { reason: "GNOME Keyring is locked".to_owned() },
    ] {
        let draft = Draft::new().key(key);
        let (outcome, detail) = served(&draft, &draft.token());
        assert_eq!(
            (outcome, &*detail),
            (VerdictOutcome::Rejected, "401 at check 3 of 9, key (could not be completed)")
        );
        assert_eq!(draft.judgement().verdict.outcome, VerdictOutcome::NotVerified);
        // Claims of an unproven token fail only after the key check. A person is told that it would be refused anyway.
        let draft = draft.claim("exp", NOW - 3600).claim("scope", "\"users:admin\"");
        let (outcome, detail) = served(&draft, &draft.token());
        assert_eq!(
            (outcome, &*detail),
            (VerdictOutcome::Rejected, "401 at check 3 of 9, key (could not be completed)")
        );
        assert_eq!(draft.judgement().verdict.stopped_at, Some(Check::Time));
    }
}

#[test]
fn what_could_not_be_looked_up_is_no_pass_under_any_policy() {
    for draft in [lax(), Draft::new(), own()] {
        for user in [true, false] {
            let facts = |facts: &mut Facts| match user {
                true => facts.user = UserFact::Unavailable("The database is damaged".to_owned()),
                false => facts.revocation = RevocationFact::Unavailable("The database is damaged".to_owned()),
            };
            let draft = Draft { policy: draft.policy.clone(), ..Draft::new() }.facts(facts);
            assert_eq!(served(&draft, &draft.token()).0, VerdictOutcome::Rejected);
            let Judgement { verdict, .. } = draft.judgement();
            assert_eq!((verdict.outcome, &*verdict.detail), (VerdictOutcome::NotVerified, "The database is damaged"));
        }
    }
}

#[test]
fn a_stranger_s_facts_are_asked_for_by_the_issuer_s_own_rules_alone() {
    let foreign = |draft: Draft| draft.facts(|facts| *facts = Facts::unknown("Issued elsewhere"));
    let draft = foreign(Draft::new());
    assert_eq!(served(&draft, &draft.token()).0, VerdictOutcome::Accepted);
    assert_eq!(draft.judgement().verdict.detail, "7 of 9 checks pass, 2 not checked");
    let draft = foreign(own());
    assert_eq!(served(&draft, &draft.token()).0, VerdictOutcome::Rejected);
    let short_lived = own().facts(|facts| facts.revocation = RevocationFact::NotKept("Short-lived here".to_owned()));
    assert_eq!(served(&short_lived, &short_lived.token()).0, VerdictOutcome::Accepted);
    assert_eq!(step(&short_lived.judgement(), Check::Revocation).outcome, Outcome::NotChecked);
}

/// SES-02.
#[test]
fn no_token_outlives_its_session_or_borrows_another_user_s() {
    let with = |fact: RevocationFact| own().facts(|facts| facts.revocation = fact);
    for (until, outcome) in [
        (Some(NOW + 1), VerdictOutcome::Accepted),
        (None, VerdictOutcome::Accepted),
        (Some(NOW), VerdictOutcome::Rejected),
        (Some(NOW - 1), VerdictOutcome::Rejected),
    ] {
        let draft = with(RevocationFact::Live { until });
        assert_eq!(served(&draft, &draft.token()).0, outcome, "{until:?}");
    }
    let another = with(RevocationFact::SessionOfAnother);
    super::fails(&another, Check::Revocation, "The session is another user's");
    for name in ["sid", "jti"] {
        let reason = format!("{name} is missing, and the policy requires it");
        super::fails(&own().without(name), Check::Revocation, &reason);
    }
}

#[test]
fn the_issuer_s_own_rules_bound_a_lifetime_and_a_late_iat_buys_none() {
    let with = |iat: i64, exp: i64| own().without("nbf").claim("iat", iat).claim("exp", exp);
    for (iat, exp, outcome) in [
        (NOW, NOW + 3600, VerdictOutcome::Accepted),
        (NOW, NOW + 3601, VerdictOutcome::Rejected),
        (NOW - 3600, NOW + 1, VerdictOutcome::Rejected),
        (NOW + 3000, NOW + 3600, VerdictOutcome::Accepted),
        (NOW + 3000, NOW + 3601, VerdictOutcome::Rejected),
        (i64::MAX - 1, i64::MAX, VerdictOutcome::Rejected),
        (0, i64::MAX, VerdictOutcome::Rejected),
    ] {
        let draft = with(iat, exp);
        assert_eq!(served(&draft, &draft.token()).0, outcome, "{iat} {exp}");
    }
    super::fails(&with(NOW, NOW + 7200), Check::Time, "Lives 2 h, the policy allows 1 h; iat is fine");
    super::fails(&with(NOW + 60, NOW + 7260), Check::Time, "Lives 2 h 1 m, the policy allows 1 h");
    let foreign = Draft::new().claim("exp", NOW + 7200);
    assert_eq!(foreign.judgement().verdict.outcome, VerdictOutcome::Accepted, "a stranger's is a finding");
    for name in ["exp", "iat"] {
        let draft = own().without(name);
        assert_eq!(served(&draft, &draft.token()).0, VerdictOutcome::Rejected, "{name}");
    }
}

#[test]
fn each_claim_that_a_policy_requires_is_required() {
    let names = ["scope", "scp", "iss", "aud", "sub", "exp", "nbf", "iat", "jti", "sid", "auth_time", "azp", "tenant"];
    let scoped = |draft: Draft| draft.policy(|policy| policy.required_scopes.clear());
    for name in names {
        let draft = scoped(Draft::new().without(name)).policy(|policy| {
            (policy.issuer, policy.audience) = (None, None);
            policy.required_claims = vec![name.to_owned()];
        });
        assert_eq!(served(&draft, &draft.token()).0, VerdictOutcome::Rejected, "{name}");
    }
    let other = scoped(Draft::new()).without("scope").claim("scp", "\"items:read\"");
    let other = other.policy(|policy| policy.required_claims = vec!["scope".to_owned()]);
    assert_eq!(served(&other, &other.token()).0, VerdictOutcome::Rejected, "scp is not scope");
}

#[test]
fn what_is_known_of_neither_revocation_nor_user_has_its_reason_once() {
    let reasons = |facts: Facts| {
        let draft = Draft::new().facts(|all| *all = facts);
        [Check::Revocation, Check::User].map(|check| draft.step(check).reason.into_owned())
    };
    assert_eq!(reasons(Facts::unknown("Issued elsewhere")), ["Issued elsewhere", "Its user is not known here"]);
    assert_eq!(reasons(Facts::unavailable("No disk")), ["No disk", "Its user could not be looked up"]);
    let other = Facts { user: UserFact::Unknown("No sub claim".into()), ..Facts::unknown("Issued elsewhere") };
    assert_eq!(reasons(other), ["Issued elsewhere", "No sub claim"]);
}
