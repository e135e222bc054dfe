//! Named policies: whose rules a token is judged by.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use engine::{
    evidence::{Inspection, any_issuer},
    policies::{MOST_POLICIES, MOST_REQUIRED, NamedPolicy, PolicyError},
};
use inspect::{
    SecretForm, UserKey,
    report::{Check, Outcome, Report, VerdictOutcome},
};
use jose::{Algorithm, Policy, SigningKey, key::NotPublic, policy::SAMPLE_ISSUER};
use workbench_tests::app::App;

/// Rules of a foreign API.
fn partner() -> Policy {
    Policy {
        name: "Partner API".into(),
        issuer: Some("https://issuer.example".into()),
        audience: Some("partner-api".into()),
        algorithms: vec![Algorithm::Rs256, Algorithm::Hs256],
        typ: Some("at+jwt".into()),
        required_claims: vec!["exp".into(), "tenant id".into()],
        required_scopes: vec!["orders:read".into()],
        leeway_seconds: 30,
        max_lifetime_seconds: 3600,
        jwks: None,
        kind: None,
        own_tokens: false,
    }
}

fn names(app: &App) -> Vec<String> {
    app.engine.policies().unwrap().into_iter().map(|known| known.policy.name).collect()
}

fn outcome(report: &Report, check: Check) -> Outcome {
    report.trace.iter().find(|step| step.check == check).unwrap().outcome
}

#[test]
fn a_new_profile_has_its_own_rules_and_those_for_any_issuer() {
    let app = App::new();
    let known = app.engine.policies().unwrap();
    assert!(known.iter().all(|known| known.builtin));
    assert_eq!(names(&app), ["items-api", "any issuer"]);
    assert_eq!(known[0].policy, app.engine.own_policy().unwrap());
    assert_eq!(app.engine.policy_named(" ITEMS-API ").unwrap(), app.engine.own_policy().unwrap());
}

/// A token from a foreign issuer, signed with an unknown key.
fn foreign(issuer: &str, audience: &str) -> String {
    let key = SigningKey::from_hmac(Algorithm::Hs256, &[7; 32], "theirs").unwrap();
    key.sign("JWT", &format!(r#"{{"iss":"{issuer}","aud":"{audience}","sub":"x"}}"#)).unwrap()
}

#[test]
fn a_token_is_judged_by_the_policy_that_fits_it() {
    let app = App::new().with_user("alice");
    let chosen = |token: &str| {
        let report = app.inspect(token);
        (report.policy.name, report.verdict.outcome, report.policy.chosen.into_owned())
    };
    let own = chosen(&app.sign_in("alice").access_token);
    let expected = "Chosen automatically: a token of this profile";
    assert_eq!(own, ("items-api".into(), VerdictOutcome::Accepted, expected.into()));
    // A token that claims this profile's issuer is judged by its rules.
    let forged = chosen(&foreign("http://localhost:8787", "items-api"));
    assert_eq!(forged, ("items-api".into(), VerdictOutcome::Rejected, expected.into()));

    let stranger = foreign("https://tenant.example/", "orders");
    let anybody = "Chosen automatically: no saved policy has this issuer";
    assert_eq!(chosen(&stranger), ("any issuer".into(), VerdictOutcome::NotVerified, anybody.into()));
    let of_tenant = |name: &str, audience: Option<&str>| Policy {
        name: name.into(),
        issuer: Some("https://tenant.example/".into()),
        audience: audience.map(str::to_owned),
        ..partner()
    };
    for (name, audience) in [("A", None), ("B", Some("orders"))] {
        app.engine.save_policy(&of_tenant(name, audience)).unwrap();
    }
    let saved = "Chosen automatically: saved for this issuer";
    let names = ["orders", "others"].map(|audience| {
        let (name, _, why) = chosen(&foreign("https://tenant.example/", audience));
        (name, why)
    });
    assert_eq!(names, [("B".into(), saved.into()), ("A".into(), saved.into())], "the audience decides between two");
    let nobody = SigningKey::from_hmac(Algorithm::Hs256, &[7; 32], "theirs").unwrap().sign("JWT", "{}").unwrap();
    assert_eq!(chosen(&nobody).2, "Chosen automatically: the token names no issuer");
    let why = "Chosen automatically: a sample, made on this computer with a throw-away key";
    assert_eq!(chosen(&foreign(SAMPLE_ISSUER, "orders-api")).2, why);
    // A named policy is used as it is, without a reason.
    let named = Inspection { policy: Some(app.engine.policy_named("items-api").unwrap()), ..Inspection::default() };
    let report = app.inspect_by(&stranger, None, named);
    assert_eq!((report.verdict.outcome, &*report.policy.chosen), (VerdictOutcome::Rejected, ""));
}

#[test]
fn a_saved_policy_is_there_in_every_process_exactly_as_it_was_saved() {
    let app = App::new();
    assert_eq!(app.engine.save_policy(&partner()).unwrap(), partner());
    app.engine.save_policy(&Policy { name: "another".into(), ..partner() }).unwrap();
    let other = app.another_process();
    assert_eq!(names(&other), ["items-api", "any issuer", "another", "Partner API"]);
    assert_eq!(other.engine.policies().unwrap()[3], NamedPolicy { policy: partner(), builtin: false });
    assert_eq!(other.engine.policy_named("partner api").unwrap(), partner());
}

#[test]
fn saving_under_a_name_that_is_there_replaces_whatever_its_letter_case() {
    let app = App::new();
    app.engine.save_policy(&Policy { name: "Bücher".into(), ..partner() }).unwrap();
    // The same letters, one of them written with a combining mark.
    let again = Policy { name: "  BU\u{308}CHER ".into(), leeway_seconds: 60, ..partner() };
    app.engine.save_policy(&again).unwrap();
    assert_eq!(names(&app), ["items-api", "any issuer", "BU\u{308}CHER"]);
    assert_eq!(app.engine.policy_named("bücher").unwrap().leeway_seconds, 60);
    app.engine.delete_policy("bücher").unwrap();
    assert_eq!(names(&app), ["items-api", "any issuer"]);
}

#[test]
fn what_a_form_leaves_behind_becomes_no_rule_that_nothing_can_meet() {
    let app = App::new();
    let typed = Policy {
        issuer: Some(String::new()),
        audience: Some("  ".into()),
        algorithms: vec![Algorithm::Es256, Algorithm::Es256],
        required_claims: vec!["exp".into(), String::new(), "exp".into()],
        required_scopes: vec!["items:read items:write".into(), " items:read".into()],
        max_lifetime_seconds: -1,
        ..partner()
    };
    let saved = app.engine.save_policy(&typed).unwrap();
    assert_eq!((saved.issuer.clone(), saved.audience.clone()), (None, None));
    assert_eq!(saved.algorithms, [Algorithm::Es256]);
    assert_eq!(saved.required_claims, ["exp"]);
    assert_eq!(saved.required_scopes, ["items:read", "items:write"]);
    assert_eq!(saved.max_lifetime_seconds, 0, "any");
    assert_eq!(app.engine.policy_named("Partner API").unwrap(), saved);
}

#[test]
fn a_policy_that_cannot_be_is_refused_with_its_reason_and_nothing_is_saved() {
    let app = App::new();
    let long = |length: usize| "x".repeat(length);
    let many = |count: usize| (0..count).map(|n| format!("n{n}")).collect::<Vec<_>>();
    for (policy, error) in [
        (Policy { name: " \t".into(), ..partner() }, PolicyError::NameEmpty),
        (Policy { name: long(65), ..partner() }, PolicyError::NameTooLong),
        (Policy { name: "a\nb".into(), ..partner() }, PolicyError::NameCharacter('\n')),
        (Policy { name: "sm\u{202e}eti".into(), ..partner() }, PolicyError::NameCharacter('\u{202e}')),
        (Policy { name: "Items-API".into(), ..partner() }, PolicyError::Reserved("items-api".into())),
        (Policy { name: "Any issuer".into(), ..partner() }, PolicyError::Reserved("any issuer".into())),
        (Policy { algorithms: Vec::new(), ..partner() }, PolicyError::NoAlgorithm),
        (Policy { leeway_seconds: 3601, ..partner() }, PolicyError::Leeway(3601)),
        (Policy { issuer: Some(long(513)), ..partner() }, PolicyError::ValueTooLong { field: "issuer" }),
        (Policy { audience: Some(long(513)), ..partner() }, PolicyError::ValueTooLong { field: "audience" }),
        (Policy { typ: Some(long(513)), ..partner() }, PolicyError::ValueTooLong { field: "typ" }),
        (
            Policy { required_claims: vec![long(513)], ..partner() },
            PolicyError::ValueTooLong { field: "required claim" },
        ),
        (
            Policy { required_scopes: vec![long(513)], ..partner() },
            PolicyError::ValueTooLong { field: "required scope" },
        ),
        (Policy { required_claims: many(101), ..partner() }, PolicyError::TooManyRequired { field: "claims" }),
        (Policy { required_scopes: many(101), ..partner() }, PolicyError::TooManyRequired { field: "scopes" }),
    ] {
        assert_eq!(app.engine.save_policy(&policy), Err(error));
    }
    assert_eq!(names(&app), ["items-api", "any issuer"]);

    let largest = Policy {
        name: long(64),
        issuer: Some("ü".repeat(512)),
        leeway_seconds: 3600,
        required_claims: many(MOST_REQUIRED),
        required_scopes: many(MOST_REQUIRED),
        ..partner()
    };
    assert_eq!(app.engine.save_policy(&largest).unwrap(), largest);
}

#[test]
fn a_hundred_are_enough_and_those_there_can_still_be_changed() {
    let app = App::new();
    let numbered = |n: u32| Policy { name: format!("policy {n}"), ..partner() };
    for n in 0..MOST_POLICIES {
        app.engine.save_policy(&numbered(n)).unwrap();
    }
    assert_eq!(app.engine.save_policy(&numbered(MOST_POLICIES)), Err(PolicyError::TooMany));
    app.engine.save_policy(&Policy { leeway_seconds: 1, ..numbered(7) }).unwrap();
    app.engine.delete_policy("policy 0").unwrap();
    app.engine.save_policy(&numbered(MOST_POLICIES)).unwrap();
}

#[test]
fn an_unknown_name_lists_the_known_ones_and_a_built_in_stays() {
    let app = App::new();
    app.engine.save_policy(&partner()).unwrap();
    let known = vec!["items-api".into(), "any issuer".into(), "Partner API".into()];
    let error = PolicyError::NotFound { name: "staging".into(), known };
    assert_eq!(app.engine.policy_named("staging"), Err(error.clone()));
    assert_eq!(app.engine.delete_policy(" staging "), Err(error.clone()));
    assert_eq!(
        error.to_string(),
        "There is no policy \"staging\". Those there are: items-api, any issuer, Partner API"
    );
    assert_eq!(app.engine.delete_policy("ANY ISSUER"), Err(PolicyError::Reserved("any issuer".into())));
    assert_eq!(names(&app).len(), 3);
}

#[test]
fn every_change_is_an_event_that_names_the_policy() {
    let app = App::new();
    app.engine.save_policy(&partner()).unwrap();
    app.engine.save_policy(&partner()).unwrap();
    assert_eq!(app.engine.delete_policy("PARTNER API").unwrap(), "Partner API");
    let _ = app.engine.delete_policy("partner api");
    let db = rusqlite::Connection::open(app.database()).unwrap();
    let mut events =
        db.prepare("SELECT kind, detail ->> 'name' FROM events WHERE kind LIKE 'policy%' ORDER BY id").unwrap();
    let events = events.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let events: Vec<(String, String)> = events.collect::<Result<_, _>>().unwrap();
    let event = |kind: &str| (kind.to_owned(), "Partner API".to_owned());
    assert_eq!(events, [event("policy_saved"), event("policy_saved"), event("policy_deleted")]);
}

#[test]
fn a_token_is_judged_by_the_policy_that_was_chosen() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    app.engine.save_policy(&partner()).unwrap();
    let by = |name: &str, key: Option<&UserKey>| {
        let policy = Some(app.engine.policy_named(name).unwrap());
        app.inspect_by(&token, key, Inspection { policy, ..Inspection::default() })
    };
    let strict = by("Partner API", None);
    assert_eq!(strict.policy.name, "Partner API");
    for check in [Check::Algorithm, Check::IssuerAndAudience, Check::Scopes] {
        assert_eq!(outcome(&strict, check), Outcome::Fail, "{check:?}");
    }
    assert_eq!(outcome(&strict, Check::Signature), Outcome::Pass, "the key is still the profile's");
    let loose = by("any issuer", None);
    assert!(loose.trace.iter().all(|step| step.outcome != Outcome::Fail));
    // A given key, but the profile's rules.
    let key = UserKey::new("not the key", SecretForm::Text);
    assert_eq!(by("items-api", Some(&key)).policy.name, "items-api");
}

/// A foreign key for ES256, made for the test.
fn foreign_key(kid: &str) -> SigningKey {
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    SigningKey::from_pkcs8(Algorithm::Es256, pair.as_ref()).unwrap().with_kid(kid)
}

#[test]
fn keys_kept_with_a_policy_verify_whenever_it_is_used() {
    let app = App::new();
    let key = foreign_key("k1");
    let token = key.sign("at+jwt", r#"{"iss":"https://tenant.example/","aud":"orders"}"#).unwrap();
    let keeps = |jwks: Option<String>| Policy {
        name: "Tenant".into(),
        issuer: Some("https://tenant.example/".into()),
        jwks,
        ..any_issuer()
    };
    let set = format!(r#"{{"keys":[{},{}]}}"#, foreign_key("k2").public_jwk().unwrap(), key.public_jwk().unwrap());
    let saved = app.engine.save_policy(&keeps(Some(set))).unwrap();
    assert_eq!(app.another_process().engine.policy_named("tenant").unwrap(), saved);

    // Chosen by the token's issuer, and by name.
    let by_name = || Inspection { policy: Some(app.engine.policy_named("Tenant").unwrap()), ..Inspection::default() };
    for report in [app.inspect(&token), app.inspect_by(&token, None, by_name())] {
        assert_eq!((&*report.policy.name, report.verdict.outcome), ("Tenant", VerdictOutcome::Accepted));
        let reason = &report.trace.iter().find(|step| step.check == Check::Key).unwrap().reason;
        assert_eq!(reason, "kid k1, from the keys kept with the policy Tenant");
    }
    // Another key is no key of this issuer, whatever it calls itself.
    let forged = foreign_key("k1").sign("at+jwt", r#"{"iss":"https://tenant.example/"}"#).unwrap();
    assert_eq!(outcome(&app.inspect(&forged), Check::Signature), Outcome::Fail);
    let unknown = foreign_key("k3").sign("at+jwt", r#"{"iss":"https://tenant.example/"}"#).unwrap();
    let report = app.inspect(&unknown);
    assert_eq!(report.verdict.outcome, VerdictOutcome::NotVerified);
    let said = "No key of the set has the kid k3 (the set kept with the policy Tenant)";
    assert_eq!(report.signature.reason, said);
    // A key that is given goes first.
    let given = UserKey::new(foreign_key("k1").public_jwk().unwrap(), SecretForm::Text);
    let by_key = Inspection { with_user_key: true, ..Inspection::default() };
    assert_eq!(outcome(&app.inspect_by(&token, Some(&given), by_key), Check::Signature), Outcome::Fail);
    // A key without a name checks whatever kid the header names.
    let nameless = UserKey::new(key.verifying_key().public_pem().unwrap(), SecretForm::Text).public_set().unwrap();
    app.engine.save_policy(&keeps(Some(nameless))).unwrap();
    assert_eq!(app.inspect(&token).verdict.outcome, VerdictOutcome::Accepted);
    app.engine.save_policy(&keeps(None)).unwrap();
    assert_eq!(app.inspect(&token).verdict.outcome, VerdictOutcome::NotVerified);
}

#[test]
fn no_policy_keeps_anything_but_public_keys() {
    let app = App::new();
    let private = r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"c4n4ry"}"#;
    let secret = r#"{"kty":"oct","k":"c4n4ry"}"#;
    for (jwks, refusal) in [(private, NotPublic::Private), (secret, NotPublic::Secret)] {
        let refused = app.engine.save_policy(&Policy { jwks: Some(jwks.into()), ..partner() });
        assert_eq!(refused, Err(PolicyError::Keys(refusal)));
    }
    assert_eq!(names(&app), ["items-api", "any issuer"]);
    // Other members of a JWK are left out.
    let jwk = foreign_key("k").public_jwk().unwrap().replacen('{', r#"{"c4n4ry":"c4n4ry","#, 1);
    let saved = app.engine.save_policy(&Policy { jwks: Some(jwk), ..partner() }).unwrap();
    assert!(!saved.jwks.unwrap().contains("c4n4ry"));
}
