//! Revoking tokens and sessions.

use engine::{revoke::Revoked, rules::Revocation};
use inspect::report::{Check, Outcome};
use workbench_tests::app::App;

#[test]
fn a_revoked_access_token_is_refused_and_its_session_goes_on() {
    let app = App::new().with_user("alice");
    let signed_in = app.sign_in("alice");
    assert!(matches!(app.engine.revoke(&signed_in.access_token).unwrap(), Revoked::AccessToken { .. }));
    assert!(!app.lets_in(&signed_in.access_token));
    assert_eq!(app.engine.revoke(&signed_in.access_token).unwrap(), Revoked::Nothing, "once is enough");
    let second = app.refresh(signed_in.refresh_token.as_ref().unwrap()).unwrap();
    assert!(app.lets_in(&second.access_token));
    assert!(!app.another_process().lets_in(&signed_in.access_token));
}

#[test]
fn revoking_a_refresh_token_takes_the_access_tokens_along() {
    let app = App::new().with_user("alice");
    let signed_in = app.sign_in("alice");
    let token = signed_in.refresh_token.as_ref().unwrap().expose();
    assert_eq!(app.engine.revoke(token).unwrap(), Revoked::Session { sid: signed_in.sid.clone() });
    assert!(!app.lets_in(&signed_in.access_token));
    assert_eq!(app.engine.revoke(token).unwrap(), Revoked::Nothing);
}

#[test]
fn nobody_revokes_with_a_token_of_their_own_making() {
    let (app, other) = (App::new().with_user("alice"), App::new().with_user("alice"));
    let (ours, theirs) = (app.sign_in("alice"), other.sign_in("alice"));
    for odd in ["", "garbage", &theirs.access_token, theirs.refresh_token.as_ref().unwrap().expose()] {
        assert_eq!(app.engine.revoke(odd).unwrap(), Revoked::Nothing);
    }
    assert!(app.lets_in(&ours.access_token));
    assert_eq!(app.engine.deny_list_length().unwrap(), 0);
}

#[test]
fn the_twin_of_a_revoked_signature_is_revoked_too() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    let twin = malleated(&token);
    assert_ne!(token, twin);
    assert!(app.lets_in(&twin), "an ECDSA signature has a twin: (r, n - s)");
    app.engine.revoke(&token).unwrap();
    assert!(!app.lets_in(&twin), "the deny list goes by jti, not by text");
}

#[test]
fn an_entry_stays_until_a_second_after_the_token_expires() {
    let app = App::new().with_user("alice");
    let token = app.sign_in("alice").access_token;
    app.engine.revoke(&token).unwrap();
    app.clock.advance_seconds(901);
    assert_eq!(app.engine.purge_deny_list(100).unwrap(), 0, "still there");
    app.let_hours_pass(3);
    assert_eq!(app.engine.purge_deny_list(100).unwrap(), 1, "and goes some hours later");
    assert_eq!(app.engine.deny_list_length().unwrap(), 0);
    assert!(!app.lets_in(&token), "it has expired anyway");
}

#[test]
fn short_lived_tokens_are_not_looked_up_and_soon_over() {
    let app = App::new().with_user("alice");
    app.engine.set_revocation(Revocation::ShortLived).unwrap();
    let signed_in = app.sign_in("alice");
    assert_eq!(signed_in.expires_in.as_secs(), 300);
    app.engine.end_session(&signed_in.sid).unwrap();
    let report = app.engine.guard(&signed_in.access_token, &[]).unwrap();
    let step = report.trace.iter().find(|step| step.check == Check::Revocation).unwrap();
    assert_eq!(step.outcome, Outcome::NotChecked, "the trace says what was traded away");
    assert!(app.lets_in(&signed_in.access_token));
    app.clock.advance_seconds(300);
    assert!(!app.lets_in(&signed_in.access_token));
}

#[test]
fn a_restored_copy_revives_nothing() {
    let app = App::new().with_user("alice");
    let (ended, replayed, kept) = (app.sign_in("alice"), app.sign_in("alice"), app.sign_in("alice"));
    let copy = app.database().with_extension("copy");
    app.engine.back_up(&copy).unwrap();

    app.engine.end_session(&ended.sid).unwrap();
    app.refresh(replayed.refresh_token.as_ref().unwrap()).unwrap();
    let database = app.database();
    let app = app.restore(&copy);
    assert!(database.exists());
    for session in [&ended, &replayed, &kept] {
        assert!(!app.lets_in(&session.access_token));
        assert!(app.refresh(session.refresh_token.as_ref().unwrap()).is_err());
    }
    let again = app.sign_in("alice");
    assert!(app.another_process().lets_in(&again.access_token), "and it goes on from there");
}

/// The other valid signature of the same token: s becomes n - s (P-256, FIPS 186-5).
fn malleated(token: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    const N: [u8; 32] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD,
        0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ];
    let (input, signature) = token.rsplit_once('.').unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut borrow = 0_i16;
    for index in (0..32).rev() {
        let difference = i16::from(N[index]) - i16::from(bytes[32 + index]) - borrow;
        borrow = i16::from(difference < 0);
        bytes[32 + index] = difference.rem_euclid(256) as u8;
    }
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(bytes))
}

#[test]
fn a_token_of_the_profile_is_known_with_its_session_its_user_and_what_revoking_it_does() {
    let app = App::new().with_user("alice");
    let signed_in = app.sign_in("alice");
    let known = |token: &str| app.engine.own_token(token).unwrap();
    let own = known(&signed_in.access_token).unwrap();
    assert_eq!(own.session.as_ref().map(|session| session.sid.as_str()), Some(signed_in.sid.as_str()));
    assert_eq!((own.username.as_deref(), own.is_revoked, own.is_looked_up), (Some("alice"), false, true));
    assert_eq!(own.refresh_jti, app.engine.family(&signed_in.sid).unwrap().pop().map(|member| member.jti));

    app.engine.revoke(&signed_in.access_token).unwrap();
    assert!(known(&signed_in.access_token).unwrap().is_revoked);
    app.engine.set_revocation(Revocation::ShortLived).unwrap();
    let short = app.sign_in("alice");
    assert!(!known(&short.access_token).unwrap().is_looked_up);
    assert!(known(&signed_in.access_token).unwrap().is_looked_up, "it was issued before");
    app.engine.end_session(&short.sid).unwrap();
    assert!(known(&short.access_token).unwrap().is_revoked);

    let other = App::new().with_user("alice").sign_in("alice");
    for foreign in ["", "garbage", &other.access_token] {
        assert_eq!(known(foreign), None);
    }
}

#[test]
fn the_deny_list_says_whose_each_token_was_and_when_it_leaves() {
    let app = App::new().with_user("alice").with_user("bob");
    let first = app.sign_in("alice");
    app.clock.advance_seconds(60);
    let second = app.sign_in("bob");
    for token in [&second.access_token, &first.access_token] {
        app.engine.revoke(token).unwrap();
    }
    let (page, all) = app.engine.deny_list(None, 1).unwrap();
    assert_eq!((page.rows.len(), all), (1, 2));
    assert_eq!((page.rows[0].username.as_deref(), page.rows[0].sid.as_deref()), (Some("alice"), Some(&*first.sid)));
    let (rest, _) = app.engine.deny_list(page.next.as_ref(), 10).unwrap();
    assert_eq!(rest.rows[0].username.as_deref(), Some("bob"));
    assert!(rest.next.is_none());
    let lived = |token: &str| jose::parse_exact(token).claim_seconds("exp").unwrap();
    assert_eq!(page.rows[0].leaves_at.seconds(), lived(&first.access_token) + 1);
}
