//! What clients can find out: checklist rows MD and AT.

use crate::Http;
use engine::keys::Purpose;
use serde_json::{Value, json};
use workbench_tests::app::App;

/// MD-01, MD-02.
#[test]
fn both_documents_list_what_works_and_every_endpoint_answers() {
    let http = Http::of(App::new().with_user("alice"));
    let document = http.send("GET", "/.well-known/oauth-authorization-server", &[], "");
    let other = http.send("GET", "/.well-known/openid-configuration", &[], "");
    assert_eq!(document.body, other.body);
    let base = format!("http://localhost:{}", http.port);
    assert_eq!(
        document.json(),
        json!({
            "issuer": "http://localhost:8787",
            "token_endpoint": format!("{base}/token"),
            "jwks_uri": format!("{base}/.well-known/jwks.json"),
            "userinfo_endpoint": format!("{base}/userinfo"),
            "revocation_endpoint": format!("{base}/revoke"),
            "introspection_endpoint": format!("{base}/introspect"),
            "grant_types_supported": [
                "password",
                "refresh_token",
                "http://auth0.com/oauth/grant-type/mfa-otp",
                "http://auth0.com/oauth/grant-type/mfa-recovery-code",
                "client_credentials",
            ],
            "response_types_supported": [],
            "scopes_supported": ["items:read", "items:write", "users:admin"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
            "revocation_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "workbench_note": "For tests on this computer: plain http, and the password grant",
        })
    );
    for (name, url) in document.json().as_object().unwrap() {
        if let Some(path) = url.as_str().and_then(|url| url.strip_prefix(&base)) {
            let answer = http.send("GET", path, &[], "");
            assert!(![404, 500].contains(&answer.status), "{name}: {}", answer.status);
        }
    }
    assert_eq!(http.send("GET", "/health", &[], "").body, "{\"status\":\"ok\"}");
}

/// A key that is rotated is in the set at the next fetch, and tokens of the older one still pass.
#[test]
fn the_key_set_follows_the_keys() {
    let http = Http::of(App::new().with_user("alice"));
    let token = http.sign_in()["access_token"].as_str().unwrap().to_owned();
    let fetch = || http.send("GET", "/.well-known/jwks.json", &[], "");
    let first = fetch();
    assert_eq!(first.body, http.engine().jwks().unwrap());
    assert_eq!(first.header("content-type"), Some("application/jwk-set+json"));
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    let rotated = http.engine().rotate_key(Purpose::Access, None).unwrap();
    let set: Value = fetch().json();
    let kids: Vec<_> = set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!((kids.len(), kids[0]), (2, rotated.kid.as_str()));
    assert!(set["keys"].as_array().unwrap().iter().all(|key| key.get("d").is_none()));
    assert_eq!(http.get("/me", &token).status, 200);
    let newer = http.sign_in()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(jose::parse_exact(&newer).header_text("kid"), Some(rotated.kid.as_str()));
}
