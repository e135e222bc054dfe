//! `/token`, `/refresh` and `/logout`: checklist rows TOK and RT.

use crate::{Http, basic, encoded, refusal};
use engine::clients::{Grant, NewClient};
use workbench_tests::app::{App, PASSWORD};

fn alice() -> Http {
    Http::of(App::new().with_user("alice"))
}

fn password_grant(password: &str) -> String {
    format!("grant_type=password&username=alice&password={}", encoded(password))
}

/// TOK-05, TOK-07.
#[test]
fn a_password_gives_tokens_that_nobody_may_keep() {
    let http = alice();
    let answer = http.form("/token", &password_grant(PASSWORD));
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap();
    assert_eq!(
        answer.golden(),
        format!(
            "200\ncontent-type: application/json\ncache-control: no-store\npragma: no-cache\n\n\
             {{\"access_token\":\"{}\",\"token_type\":\"bearer\",\"expires_in\":900,\"refresh_token\":\"{}\",\
             \"scope\":\"items:read items:write\"}}",
            text("access_token"),
            text("refresh_token"),
        )
    );
    let narrowed = http.form("/token", &format!("{}&scope=items:read", password_grant(PASSWORD))).json();
    assert_eq!(narrowed["scope"], "items:read");
    assert!(http.app.lets_in(text("access_token")));
    let events = http.engine().events(engine::events::EventsOf::All, 1).unwrap();
    assert_eq!(events[0].source.as_deref(), Some("issuer"), "{events:?}");
}

/// TOK-01.
#[test]
fn other_methods_are_told_what_is_allowed() {
    let http = alice();
    for method in ["GET", "PUT", "TRACE", "DELETE", "PATCH"] {
        let answer = http.send(method, "/token", &[], "");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method}");
        let sentence = format!("This path does not take {method}; the header Allow lists what it takes");
        assert_eq!(answer.json()["error_description"], sentence);
    }
    assert_eq!(http.send("HEAD", "/token", &[], "").status, 405);
    assert_eq!(
        http.send("GET", "/nothing", &[], "").golden(),
        refusal(404, "not_found", "There is nothing at this path")
    );
}

/// TOK-02, TOK-10.
#[test]
fn only_a_form_in_the_body_is_taken() {
    let http = alice();
    let why = "Content-Type must be application/x-www-form-urlencoded (RFC 6749 section 3.2)";
    let json = r#"{"grant_type":"password","username":"alice","password":"x"}"#;
    assert_eq!(
        http.json("/token", None, json).golden(),
        refusal(400, "invalid_request", &format!("{why}; this request has application/json"))
    );
    let body = password_grant(PASSWORD);
    let without = http.send("POST", "/token", &[], &body);
    assert_eq!(without.golden(), refusal(400, "invalid_request", &format!("{why}; this request has none")));
    for kind in ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded2"] {
        assert_eq!(http.send("POST", "/token", &[("Content-Type", kind)], &body).status, 400, "{kind}");
    }
    let twice = [crate::FORM, crate::FORM];
    assert_eq!(http.send("POST", "/token", &twice, &body).status, 400);
    let charset = [("Content-Type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8")];
    assert_eq!(http.send("POST", "/token", &charset, &body).status, 200);

    let in_url = http.form(&format!("/token?{body}"), &body);
    let sentence = "Parameters belong in the body: a URL ends up in logs and histories (RFC 6749 section 3.2)";
    assert_eq!(in_url.golden(), refusal(400, "invalid_request", sentence));
    let traffic = format!("{:?}", http.traffic.lock().unwrap());
    assert!(traffic.contains("/token") && !traffic.contains("horse"), "{traffic}");
}

/// TOK-03, TOK-04.
#[test]
fn missing_unknown_and_doubled_parameters_are_named() {
    let http = alice();
    for (body, error, sentence) in [
        ("username=alice", "invalid_request", "The parameter grant_type is missing"),
        ("grant_type=", "invalid_request", "The parameter grant_type is missing"),
        ("grant_type=implicit", "unsupported_grant_type", "There is no grant type 'implicit'"),
        ("grant_type=password&username=alice", "invalid_request", "The parameter password is missing"),
        ("grant_type=password&password=x", "invalid_request", "The parameter username is missing"),
        ("grant_type=refresh_token", "invalid_request", "The parameter refresh_token is missing"),
        (
            "grant_type=password&username=alice&username=alice&password=x",
            "invalid_request",
            "The parameter username is there twice (RFC 6749 section 3.2)",
        ),
        ("grant_type=password&username=alice&password=%FF", "invalid_request", "The body is not UTF-8"),
        (
            "grant_type=password&username=alice&password=a%00b",
            "invalid_request",
            "The parameter password contains a null character",
        ),
        (
            "grant_type=client_credentials",
            "unauthorized_client",
            "The client workbench may not use the grant client_credentials",
        ),
    ] {
        assert_eq!(http.form("/token", body).golden(), refusal(400, error, sentence), "{body}");
    }
    let unknown = format!("{}&color=blue&scope=", password_grant(PASSWORD));
    assert_eq!(http.form("/token", &unknown).json()["scope"], "items:read items:write", "empty is absent");
}

/// TOK-08: the sentence does not tell which part was wrong.
#[test]
fn all_wrong_credentials_get_one_answer() {
    let http = alice();
    http.app.create("carol", &[]).unwrap();
    http.engine().set_user_active("carol", false).unwrap();
    let wrong = refusal(400, "invalid_grant", "Incorrect username or password");
    assert_eq!(http.form("/token", &password_grant("wrong")).golden(), wrong);
    for (username, password) in [("nobody", PASSWORD), ("carol", PASSWORD), ("carol", "wrong"), ("%20", "x")] {
        let body = format!("grant_type=password&username={username}&password={}", encoded(password));
        assert_eq!(http.form("/token", &body).golden(), wrong, "{username}");
    }
    let long = format!("grant_type=password&username={}&password=x", "a".repeat(2000));
    assert_eq!(http.form("/token", &long).golden(), wrong);
}

/// RT-01, RT-02, TOK-09.
#[test]
fn a_refresh_token_works_once_and_a_replay_ends_its_family() {
    let http = alice();
    let first = http.sign_in();
    let body =
        |token: &serde_json::Value| format!("grant_type=refresh_token&refresh_token={}", token.as_str().unwrap());
    let wider = format!("{}&scope=users:admin", body(&first["refresh_token"]));
    let refused = refusal(400, "invalid_scope", "The scope 'users:admin' was not granted to this session");
    assert_eq!(http.form("/token", &wider).golden(), refused);
    let second = http.form("/token", &body(&first["refresh_token"]));
    assert_eq!(second.status, 200);
    let second = second.json();
    assert_eq!(second["scope"], "items:read items:write");
    assert_eq!(http.get("/me", second["access_token"].as_str().unwrap()).status, 200);
    let replayed = http.form("/token", &body(&first["refresh_token"]));
    let sentence = "The refresh token was used before, so its session was ended";
    assert_eq!(replayed.golden(), refusal(400, "invalid_grant", sentence));
    let ended = refusal(400, "invalid_grant", "The session of this refresh token has ended");
    assert_eq!(http.form("/token", &body(&second["refresh_token"])).golden(), ended);
    assert_eq!(http.get("/me", second["access_token"].as_str().unwrap()).status, 401);
    // RT-10.
    for odd in ["x", "a.b.c", second["access_token"].as_str().unwrap()] {
        let answer = http.form("/token", &format!("grant_type=refresh_token&refresh_token={odd}"));
        assert_eq!((answer.status, &answer.json()["error"]), (400, &"invalid_grant".into()));
    }
}

/// RT-03.
#[test]
fn of_simultaneous_refreshes_one_wins() {
    let http = alice();
    let token = http.sign_in()["refresh_token"].as_str().unwrap().to_owned();
    let body = format!("grant_type=refresh_token&refresh_token={token}");
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..32).map(|_| scope.spawn(|| http.form("/token", &body).status)).collect();
        sent.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let won = answers.iter().filter(|status| **status == 200).count();
    assert_eq!((won, answers.iter().filter(|status| **status == 400).count()), (1, 31), "{answers:?}");
}

/// RT-07.
#[test]
fn a_refresh_token_of_another_client_is_refused_and_goes_on_working() {
    let http = alice();
    let secret = http.client("orders-api");
    let token = http.sign_in()["refresh_token"].as_str().unwrap().to_owned();
    let body = format!("grant_type=refresh_token&refresh_token={token}");
    let stolen = http.form_as(("orders-api", &secret), "/token", &body);
    assert_eq!(stolen.golden(), refusal(400, "invalid_grant", "This refresh token was issued to another client"));
    assert_eq!(http.form("/token", &body).status, 200);
}

/// TOK-06.
#[test]
fn a_client_presents_itself_in_one_way() {
    let http = alice();
    let secret = http.client("orders-api");
    let body = password_grant(PASSWORD);
    let basic_header = basic(("orders-api", &secret));
    let basic_header = ("Authorization", basic_header.as_str());
    assert_eq!(http.send("POST", "/token", &[crate::FORM, basic_header], &body).status, 200);
    let in_body = format!("{body}&client_id=orders-api&client_secret={secret}");
    assert_eq!(http.form("/token", &in_body).status, 200);

    let wrong = |sentence: &str| {
        format!(
            "401\ncontent-type: application/json\nwww-authenticate: Basic realm=\"Token Workbench\", \
             charset=\"UTF-8\"\ncache-control: no-store\npragma: no-cache\n\n{{\"error\":\"invalid_client\",\
             \"error_description\":\"{sentence}\",\"detail\":\"{sentence}\"}}"
        )
    };
    let unknown = "The client is unknown or its secret is wrong";
    assert_eq!(http.form_as(("orders-api", "guess"), "/token", &body).golden(), wrong(unknown));
    assert_eq!(http.form_as(("nobody", "guess"), "/token", &body).golden(), wrong(unknown));
    let guessed = format!("{body}&client_id=orders-api&client_secret=guess");
    assert_eq!(http.form("/token", &guessed).golden(), wrong(unknown));
    let without = format!("{body}&client_id=orders-api");
    assert_eq!(http.form("/token", &without).golden(), wrong("This client has a secret and must present it"));
    let both = http.send("POST", "/token", &[crate::FORM, basic_header], &in_body);
    let sentence = "The client presents itself by Basic and in the body; one of them is allowed (RFC 6749 section 2.3)";
    assert_eq!(both.golden(), refusal(400, "invalid_request", sentence));
    let named = format!("{body}&client_id=orders-api");
    assert_eq!(
        http.send("POST", "/token", &[crate::FORM, basic_header], &named).status,
        200,
        "the ID alone is harmless"
    );
}

#[test]
fn a_client_gets_a_token_of_its_own() {
    let http = alice();
    let secret = http.client("orders-api");
    let answer = http.form_as(("orders-api", &secret), "/token", "grant_type=client_credentials&scope=items:read");
    let body = answer.json();
    let token = body["access_token"].as_str().unwrap();
    assert_eq!(
        answer.body,
        format!(
            "{{\"access_token\":\"{token}\",\"token_type\":\"bearer\",\"expires_in\":900,\"scope\":\"items:read\"}}"
        )
    );
    assert_eq!(http.get("/items", token).status, 200);
    let me = http.get("/me", token);
    assert_eq!(me.status, 401);
    let sentence = "A client asked for this token on its own behalf, so there is no user";
    assert_eq!(me.json()["detail"], sentence);
    let refused = http.form_as(("orders-api", &secret), "/token", "grant_type=client_credentials&scope=no:such");
    assert_eq!(refused.json()["error"], "invalid_scope");
    // A public client cannot have this grant, and one that may not use a grant is told so.
    let spa = NewClient { id: "spa".into(), grants: vec![Grant::Password], ..NewClient::default() };
    http.engine().add_client(&spa).unwrap();
    let answer = http.form("/token", "grant_type=refresh_token&refresh_token=x&client_id=spa");
    let sentence = "The client spa may not use the grant refresh_token";
    assert_eq!(answer.golden(), refusal(400, "unauthorized_client", sentence));
}

#[test]
fn refresh_and_logout_speak_json() {
    let http = alice();
    let first = http.sign_in();
    let body = serde_json::json!({ "refresh_token": first["refresh_token"] }).to_string();
    let answer = http.json("/refresh", None, &body);
    assert_eq!(answer.status, 200);
    let second = answer.json();
    let sentence = "The refresh token is unknown";
    let refused = http.json("/refresh", None, r#"{"refresh_token":"x"}"#);
    assert_eq!(
        refused.golden(),
        format!(
            "401\ncontent-type: application/json\nwww-authenticate: Bearer realm=\"refresh\", \
             error=\"invalid_grant\", error_description=\"{sentence}\"\ncache-control: no-store\n\
             pragma: no-cache\n\n{{\"error\":\"invalid_grant\",\"error_description\":\"{sentence}\",\
             \"detail\":\"{sentence}\"}}"
        )
    );
    for (body, sentence) in [
        ("{", "The body is not JSON (line 1, column 1)"),
        ("{}", "The body has other members than this endpoint takes (line 1, column 2)"),
        (r#"{"refresh_token":1}"#, "The body has other members than this endpoint takes (line 1, column 18)"),
        (
            r#"{"refresh_token":"a","refresh_token":"b"}"#,
            "The body has other members than this endpoint takes (line 1, column 36)",
        ),
    ] {
        assert_eq!(http.json("/refresh", None, body).golden(), refusal(400, "invalid_request", sentence), "{body}");
    }
    assert_eq!(http.form("/refresh", "refresh_token=x").status, 400);

    let token = second["access_token"].as_str().unwrap();
    let out = http.send("POST", "/logout", &[("Authorization", &format!("Bearer {token}"))], "");
    assert_eq!((out.status, out.body.as_str()), (200, "{\"detail\":\"Logged out\"}"));
    assert_eq!(http.get("/me", token).status, 401);
    let refresh = serde_json::json!({ "refresh_token": second["refresh_token"] }).to_string();
    assert_eq!(http.json("/refresh", None, &refresh).status, 401);
}

/// RT-04: an answer that did not arrive is asked for again; what follows is the policy's.
#[test]
fn an_answer_that_got_lost_follows_the_policy() {
    use std::io::Write;
    let http = alice();
    http.engine().set_rotation(engine::rules::Rotation::Evidence).unwrap();
    let token = http.sign_in()["refresh_token"].as_str().unwrap().to_owned();
    let body = format!("grant_type=refresh_token&refresh_token={token}");
    let request = format!(
        "POST /token HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        http.port,
        body.len()
    );
    let mut stream = http.connect();
    stream.write_all(request.as_bytes()).unwrap();
    drop(stream);
    assert_eq!(http.form("/token", &body).status, 200, "nothing of the lost answer was used");
}
