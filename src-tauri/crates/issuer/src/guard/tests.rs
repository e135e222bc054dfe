//! Each extractor by itself, and the header they read.

use super::*;
use axum::http::{HeaderValue, Request};
use engine::{
    clients::{Grant, NewClient},
    secret::Password,
    settings::ClockSetting,
    sign_in::SignIn,
    users::NewUser,
};

/// BR-05.
#[test]
fn the_scheme_is_read_in_any_case_and_a_malformed_header_is_refused() {
    let read = |values: &[&[u8]]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        sent(&headers).map_err(|refusal| refusal.status())
    };
    for good in ["Bearer a.b.c", "bearer a.b.c", "BEARER a.b.c", "Bearer  a.b.c"] {
        assert_eq!(read(&[good.as_bytes()]), Ok(Some("a.b.c".into())), "{good}");
    }
    for bad in
        ["Bearer", "Bearer ", "Bearer\ta", "Bearer a b", "Bearer a,b", "Bearer=a", "Bearer \"a\"", "Bearer \u{e9}"]
    {
        assert_eq!(read(&[bad.as_bytes()]), Err(StatusCode::BAD_REQUEST), "{bad}");
    }
    assert_eq!(read(&[b"Bearer a", b"Bearer a"]), Err(StatusCode::BAD_REQUEST));
    for other in [&[][..], &[&b"Basic YTpi"[..]], &[&b"Bearerx a"[..]], &[&b""[..]]] {
        assert_eq!(read(other), Ok(None));
    }
}

scope!(ItemsWrite, "items:write");

/// An issuer on which alice, who may only read items, has signed in; and her access token.
fn signed_in() -> (Arc<Issuer>, String) {
    let issuer = Issuer::for_tests();
    let password = Password::new("plaid lantern quorum");
    let user = NewUser {
        username: "alice".into(),
        display_name: String::new(),
        email: String::new(),
        password: password.clone(),
        scopes: vec!["items:read".into()],
    };
    issuer.engine().create_user(&user).unwrap();
    let token = token_of(&issuer, &password);
    (issuer, token)
}

fn token_of(issuer: &Issuer, password: &Password) -> String {
    match issuer.engine().sign_in("alice", password, None).unwrap() {
        SignIn::Done(done) => done.access_token,
        SignIn::SecondFactorDue { .. } => panic!("alice has no second factor"),
    }
}

/// What each extractor, alone and in a request of its own, makes of a token: 200, or the status of its refusal.
async fn answers(issuer: &Arc<Issuer>, token: Option<&str>) -> [u16; 7] {
    async fn one<T: FromRequestParts<Arc<Issuer>, Rejection = Refusal>>(
        issuer: &Arc<Issuer>,
        token: Option<&str>,
    ) -> u16 {
        let mut request = Request::get("/");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        T::from_request_parts(&mut parts, issuer).await.map_or_else(|refusal| refusal.status().as_u16(), |_| 200)
    }
    [
        one::<BearerToken>(issuer, token).await,
        one::<TrustedToken>(issuer, token).await,
        one::<LiveToken>(issuer, token).await,
        one::<KnownSubject>(issuer, token).await,
        one::<ActiveSubject>(issuer, token).await,
        one::<ActiveUser>(issuer, token).await,
        one::<Scoped<ItemsWrite>>(issuer, token).await,
    ]
}

/// Each question stops what the one before it let through, and nothing after it passes.
#[tokio::test]
async fn each_extractor_asks_one_question_and_all_before_it() {
    let (issuer, token) = signed_in();
    let engine = issuer.engine();
    assert_eq!(answers(&issuer, None).await, [401; 7], "is there a token?");
    assert_eq!(answers(&issuer, Some("abc")).await, [200, 401, 401, 401, 401, 401, 401], "may we trust it?");
    assert_eq!(answers(&issuer, Some(&token)).await, [200, 200, 200, 200, 200, 200, 403], "are the scopes there?");

    engine.move_clock(86_400).unwrap();
    assert_eq!(answers(&issuer, Some(&token)).await, [200, 401, 401, 401, 401, 401, 401], "is it valid now?");
    engine.set_clock(ClockSetting::Real).unwrap();

    engine.revoke(&token).unwrap();
    assert_eq!(answers(&issuer, Some(&token)).await, [200, 200, 401, 401, 401, 401, 401], "is it revoked?");

    // Short-lived tokens are not looked up, so the user is the next question.
    engine.set_revocation(Revocation::ShortLived).unwrap();
    let token = token_of(&issuer, &Password::new("plaid lantern quorum"));
    engine.set_user_active("alice", false).unwrap();
    assert_eq!(answers(&issuer, Some(&token)).await, [200, 200, 200, 200, 400, 400, 400], "is the user active?");
    engine.delete_user("alice").unwrap();
    assert_eq!(answers(&issuer, Some(&token)).await, [200, 200, 200, 401, 401, 401, 401], "does the user exist?");
}

#[tokio::test]
async fn a_clients_own_token_has_its_scopes_and_no_user() {
    let issuer = Issuer::for_tests();
    let new = NewClient {
        id: "orders-api".into(),
        confidential: true,
        grants: vec![Grant::ClientCredentials],
        ..NewClient::default()
    };
    let (client, _) = issuer.engine().add_client(&new).unwrap();
    let token = issuer.engine().sign_in_client(&client, None).unwrap().access_token;
    assert_eq!(answers(&issuer, Some(&token)).await, [200, 200, 200, 200, 200, 401, 200]);
}

/// The scopes that one extractor of a request asked for are not taken for those of another.
#[tokio::test]
async fn a_token_that_was_judged_without_scopes_is_judged_again_for_them() {
    let (issuer, token) = signed_in();
    let request = Request::get("/").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    assert!(ActiveUser::from_request_parts(&mut parts, &issuer).await.is_ok());
    assert!(Scoped::<ItemsWrite>::from_request_parts(&mut parts, &issuer).await.is_err());
    assert!(ActiveUser::from_request_parts(&mut parts, &issuer).await.is_ok());
}
