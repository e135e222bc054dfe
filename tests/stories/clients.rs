//! The clients of the issuer: who may ask for tokens, and whose tokens are whose.

use crate::second_factor::{code, enrolled};
use engine::{
    clients::{AccessTyp, ClientError, ClientRefusal, Grant, MOST_CLIENTS, NewClient},
    events::EventsOf,
    evidence::Inspection,
    refresh::RefreshError,
    revoke::Revoked,
    secret::{Password, RefreshToken},
    sign_in::{SignIn, SignInError},
    users::UserError,
};
use jose::judgement::{Check, Outcome, VerdictOutcome};
use std::time::Duration;
use workbench_tests::app::{App, PASSWORD};

/// A confidential client that may use every grant.
fn api() -> NewClient {
    NewClient { id: "orders-api".into(), confidential: true, grants: Grant::ALL.to_vec(), ..NewClient::default() }
}

fn public(id: &str) -> NewClient {
    NewClient { id: id.into(), grants: vec![Grant::Password, Grant::RefreshToken], ..NewClient::default() }
}

/// Signs alice in through a client.
fn sign_in(app: &App, client: &str, secret: Option<&str>) -> engine::sign_in::SignedIn {
    let client = app.engine.authenticate_client(Some(client), secret).unwrap();
    match app.engine.sign_in_as(&client, "alice", &Password::new(PASSWORD), None).unwrap() {
        SignIn::Done(done) => done,
        SignIn::SecondFactorDue { .. } => panic!("alice has no second factor"),
    }
}

fn claims(token: &str) -> serde_json::Value {
    serde_json::from_slice(&jose::parse_exact(token).payload().unwrap()).unwrap()
}

#[test]
fn a_secret_is_shown_once_and_only_its_hash_is_in_the_file() {
    let app = App::new();
    let (client, secret) = app.engine.add_client(&api()).unwrap();
    let secret = secret.unwrap();
    assert_eq!(secret.expose().len(), 43, "256 bits in base64url");
    assert_eq!(app.engine.authenticate_client(Some("orders-api"), Some(secret.expose())), Ok(client));
    drop(app.another_process());
    for entry in std::fs::read_dir(app.folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        let found = bytes.windows(43).any(|window| window == secret.expose().as_bytes());
        assert!(!found, "{}", path.display());
    }
    assert!(!format!("{secret:?}").contains(secret.expose()));

    let newer = app.engine.rotate_client_secret("orders-api").unwrap();
    let presents = |secret: &str| app.engine.authenticate_client(Some("orders-api"), Some(secret)).map(drop);
    assert_eq!(presents(secret.expose()), Err(ClientRefusal::Wrong), "the old one is refused");
    assert_eq!(presents(newer.expose()), Ok(()));
}

#[test]
fn a_client_must_be_who_it_says_it_is() {
    let app = App::new();
    app.engine.add_client(&api()).unwrap();
    app.engine.add_client(&public("spa")).unwrap();
    let presents = |id: Option<&str>, secret: Option<&str>| app.engine.authenticate_client(id, secret);
    assert_eq!(presents(Some("orders-api"), Some("guess")), Err(ClientRefusal::Wrong));
    assert_eq!(presents(Some("nobody"), Some("guess")), Err(ClientRefusal::Wrong), "the same answer");
    assert_eq!(presents(Some("nobody"), None), Err(ClientRefusal::Wrong));
    assert_eq!(presents(Some("orders-api"), None), Err(ClientRefusal::NoSecret));
    assert_eq!(presents(Some("ORDERS-API"), None), Err(ClientRefusal::Wrong), "an ID is exact");
    assert_eq!(presents(Some("spa"), Some("guess")), Err(ClientRefusal::NeedlessSecret));
    assert_eq!(presents(Some("spa"), None).unwrap().id, "spa");
    // Who names no client is the one that always exists.
    assert_eq!(presents(None, None).unwrap().id, "workbench");
    assert_eq!(presents(Some("workbench"), None).unwrap(), app.engine.builtin_client().unwrap());
    let ids = app.engine.clients().unwrap().into_iter().map(|client| client.id);
    assert_eq!(ids.collect::<Vec<_>>(), ["workbench", "orders-api", "spa"]);
}

#[test]
fn no_name_is_both_a_user_and_a_client() {
    let app = App::new().with_user("alice");
    assert_eq!(app.engine.add_client(&public("alice")), Err(ClientError::IsUser("alice".into())));
    assert_eq!(app.engine.add_client(&public("Alice")), Err(ClientError::IsUser("Alice".into())));
    app.engine.add_client(&public("spa")).unwrap();
    for name in ["spa", "SPA", "workbench"] {
        assert!(matches!(app.create(name, &[]), Err(UserError::IsClient(_))), "{name}");
    }
}

#[test]
fn what_a_client_may_not_be_is_said() {
    let app = App::new();
    let refused = |change: &dyn Fn(&mut NewClient)| {
        let mut new = public("spa");
        change(&mut new);
        app.engine.add_client(&new).unwrap_err()
    };
    assert_eq!(refused(&|new| new.id = " ".into()), ClientError::IdEmpty);
    assert_eq!(refused(&|new| new.id = "a".repeat(65)), ClientError::IdTooLong);
    assert_eq!(refused(&|new| new.id = "a:b".into()), ClientError::IdCharacter(':'));
    assert_eq!(refused(&|new| new.id = "workbench".into()), ClientError::Taken("workbench".into()));
    assert_eq!(refused(&|new| new.name = "a".repeat(101)), ClientError::NameTooLong);
    assert_eq!(refused(&|new| new.name = "a\u{202e}b".into()), ClientError::NameCharacter('\u{202e}'));
    assert_eq!(refused(&|new| new.grants = Vec::new()), ClientError::NoGrant);
    assert_eq!(refused(&|new| new.grants = vec![Grant::ClientCredentials]), ClientError::PublicCredentials);
    assert!(matches!(refused(&|new| new.scopes = Some(vec!["odd".into()])), ClientError::Scope(_)));
    let too_long = Some(Duration::from_secs(86_401));
    assert!(matches!(refused(&|new| new.access_token_lifetime = too_long), ClientError::Lifetime { .. }));
    assert!(matches!(refused(&|new| new.access_token_lifetime = Some(Duration::ZERO)), ClientError::Lifetime { .. }));
    assert_eq!(app.engine.clients().unwrap().len(), 1, "nothing was saved");

    for number in 0..MOST_CLIENTS {
        app.engine.add_client(&public(&format!("spa-{number}"))).unwrap();
    }
    assert_eq!(refused(&|_| ()), ClientError::TooMany);
    assert_eq!(app.engine.add_client(&public("spa-1")), Err(ClientError::TooMany));
    app.engine.remove_client("spa-2").unwrap();
    assert_eq!(app.engine.add_client(&public("spa-1")), Err(ClientError::Taken("spa-1".into())));
    for id in ["workbench", "spa-1", "nobody"] {
        assert!(app.engine.rotate_client_secret(id).is_err(), "{id}");
    }
    assert_eq!(app.engine.remove_client("workbench"), Err(ClientError::BuiltIn("workbench".into())));
    assert_eq!(app.engine.remove_client("nobody"), Err(ClientError::NotFound("nobody".into())));
}

#[test]
fn a_refresh_token_of_another_client_is_refused_and_its_family_goes_on() {
    let app = App::new().with_user("alice");
    let (_, secret) = app.engine.add_client(&api()).unwrap();
    let secret = secret.unwrap();
    app.engine.add_client(&public("spa")).unwrap();
    let owner = app.engine.authenticate_client(Some("orders-api"), Some(secret.expose())).unwrap();
    let thief = app.engine.authenticate_client(Some("spa"), None).unwrap();
    let builtin = app.engine.builtin_client().unwrap();
    let first = sign_in(&app, "orders-api", Some(secret.expose())).refresh_token.unwrap();

    assert_eq!(app.engine.refresh_as(&thief, &first, None), Err(RefreshError::OtherClient));
    assert_eq!(app.engine.refresh_as(&builtin, &first, None), Err(RefreshError::OtherClient));
    let second = app.engine.refresh_as(&owner, &first, None).unwrap();
    // A used token in other hands is no replay: it ends nothing either.
    assert_eq!(app.engine.refresh_as(&thief, &first, None), Err(RefreshError::OtherClient));
    let token = second.refresh_token.unwrap();
    let third = app.engine.refresh_as(&owner, &token, None).unwrap();
    assert_eq!(claims(&third.access_token)["client_id"], "orders-api");
    // The owner of the profile may use any.
    app.engine.refresh(&third.refresh_token.unwrap(), None).unwrap();

    let of_workbench = app.sign_in("alice").refresh_token.unwrap();
    assert_eq!(app.engine.refresh_as(&owner, &of_workbench, None), Err(RefreshError::OtherClient));
    app.engine.refresh_as(&builtin, &of_workbench, None).unwrap();
}

#[test]
fn a_second_step_belongs_to_the_client_of_the_first() {
    let (app, _) = enrolled();
    app.engine.add_client(&public("spa")).unwrap();
    let spa = app.engine.authenticate_client(Some("spa"), None).unwrap();
    let answer = app.engine.sign_in_as(&spa, "alice", &Password::new(PASSWORD), None).unwrap();
    let SignIn::SecondFactorDue { pending, .. } = answer else { panic!("{answer:?}") };
    app.clock.advance_seconds(30);
    let code = code(&app);
    assert_eq!(app.engine.confirm_sign_in(&pending, &code).unwrap_err(), SignInError::PendingInvalid);
    let done = app.engine.confirm_sign_in_as(&spa, &pending, &code).unwrap();
    assert_eq!(claims(&done.access_token)["client_id"], "spa");
}

#[test]
fn tokens_have_the_scopes_lifetime_and_typ_of_their_client() {
    let app = App::new().with_user("alice");
    let new = NewClient {
        scopes: Some(vec!["items:read".into()]),
        access_token_lifetime: Some(Duration::from_secs(60)),
        typ: AccessTyp::Jwt,
        ..public("spring")
    };
    app.engine.add_client(&new).unwrap();
    let spring = app.engine.authenticate_client(Some("spring"), None).unwrap();
    let first = sign_in(&app, "spring", None);
    let refreshed = app.engine.refresh_as(&spring, first.refresh_token.as_ref().unwrap(), None).unwrap();
    for done in [first, refreshed] {
        let parsed = jose::parse_exact(&done.access_token);
        assert_eq!(parsed.header_text("typ"), Some("JWT"));
        assert_eq!(done.expires_in, Duration::from_secs(60));
        assert_eq!(claims(&done.access_token)["scope"], "items:read");
        let judgement = app.engine.guard(&done.access_token, &["items:read".into()]).unwrap();
        assert_eq!(judgement.verdict.outcome, VerdictOutcome::Accepted, "{:?}", judgement.verdict);
    }
    // The other typ is that of other clients.
    let forged = app.sign_in("alice").access_token;
    assert_eq!(jose::parse_exact(&forged).header_text("typ"), Some("at+jwt"));
    assert_eq!(app.engine.guard(&forged, &[]).unwrap().verdict.outcome, VerdictOutcome::Accepted);
}

#[test]
fn a_client_gets_tokens_of_its_own_that_no_user_stands_behind() {
    let app = App::new().with_user("alice");
    let new = NewClient { scopes: Some(vec!["items:read".into()]), ..api() };
    let (client, _) = app.engine.add_client(&new).unwrap();
    let done = app.engine.sign_in_client(&client, None).unwrap();
    let said = claims(&done.access_token);
    assert_eq!((&said["sub"], &said["client_id"]), (&"orders-api".into(), &"orders-api".into()));
    let event = &app.engine.events(EventsOf::All, 1).unwrap()[0];
    assert_eq!((event.kind.as_str(), event.jti.as_deref()), ("client_signed_in", said["jti"].as_str()));
    assert_eq!((said.get("sid"), said.get("amr"), &said["scope"]), (None, None, &"items:read".into()));

    let judge = |scope: &str| app.engine.guard(&done.access_token, &[scope.to_owned()]).unwrap();
    let accepted = judge("items:read");
    assert_eq!(accepted.verdict.outcome, VerdictOutcome::Accepted, "{:?}", accepted.verdict);
    let user = accepted.trace.iter().find(|step| step.check == Check::User).unwrap();
    assert_eq!((user.outcome, &*user.reason), (Outcome::Pass, "orders-api is a client, there is no user"));
    assert_eq!(judge("items:write").verdict.outcome, VerdictOutcome::Rejected);
    let beyond = app.engine.sign_in_client(&client, Some(&["items:write".into()]));
    assert_eq!(beyond.unwrap_err(), SignInError::ScopeOfClient("items:write".into()));

    // Inspect says the same as the guard.
    let parsed = jose::parse_exact(&done.access_token);
    let considered = app.engine.evidence(&parsed, Inspection::default());
    assert_eq!(jose::judge(&parsed, &considered.evidence).verdict.outcome, VerdictOutcome::Accepted);

    let revoked = app.engine.revoke(&done.access_token).unwrap();
    assert!(matches!(revoked, Revoked::AccessToken { .. }));
    assert_eq!(judge("items:read").verdict.outcome, VerdictOutcome::Rejected, "revoked by its ID");

    let another = app.engine.sign_in_client(&client, None).unwrap();
    app.engine.remove_client("orders-api").unwrap();
    let gone = app.engine.guard(&another.access_token, &[]).unwrap();
    assert_eq!(gone.verdict.outcome, VerdictOutcome::Rejected, "its client is gone");
}

#[test]
fn removing_a_client_ends_its_sessions_and_no_others() {
    let app = App::new().with_user("alice");
    app.engine.add_client(&public("spa")).unwrap();
    let (spa, own) = (sign_in(&app, "spa", None), app.sign_in("alice"));
    assert_eq!(app.engine.remove_client("spa"), Ok(1));
    let outcome = |token: &str| app.engine.guard(token, &[]).unwrap().verdict.outcome;
    assert_eq!(outcome(&spa.access_token), VerdictOutcome::Rejected);
    assert_eq!(outcome(&own.access_token), VerdictOutcome::Accepted);
    let refresh: RefreshToken = spa.refresh_token.unwrap();
    assert_eq!(app.engine.refresh(&refresh, None).unwrap_err(), RefreshError::SessionEnded);
}

#[test]
fn a_client_that_is_removed_during_a_sign_in_gets_no_token() {
    let app = App::new().with_user("alice");
    let presented = |new: &NewClient| {
        let secret = app.engine.add_client(new).unwrap().1;
        app.engine.authenticate_client(Some(&new.id), secret.as_ref().map(|secret| secret.expose())).unwrap()
    };
    let before = presented(&api());
    app.engine.remove_client("orders-api").unwrap();
    let password = Password::new(PASSWORD);
    let gone = Err(SignInError::PendingInvalid);
    assert_eq!(app.engine.sign_in_as(&before, "alice", &password, None), gone);
    assert_eq!(app.engine.sign_in_client(&before, None), Err(SignInError::PendingInvalid));
    // One with the same ID that may do less is another client.
    app.clock.advance_seconds(1);
    let after = presented(&NewClient { scopes: Some(vec!["items:read".into()]), ..api() });
    assert_eq!(app.engine.sign_in_as(&before, "alice", &password, None), gone);
    assert!(app.engine.sign_in_as(&after, "alice", &password, None).is_ok());
    assert!(app.engine.sign_in_client(&after, None).is_ok());
}
