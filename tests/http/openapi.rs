//! The description of the endpoints, and Swagger UI.

use crate::Http;
use serde_json::Value;
use std::collections::BTreeSet;
use workbench_tests::app::App;

#[test]
fn every_endpoint_is_described_and_every_description_answers() {
    let http = Http::of(App::new().with_user("alice"));
    let description = http.send("GET", "/openapi.json", &[], "").json();
    let paths = description["paths"].as_object().unwrap();
    let described: BTreeSet<String> = paths
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| format!("{method} {path}")))
        .collect();
    let expected = [
        "get /.well-known/jwks.json",
        "get /.well-known/oauth-authorization-server",
        "get /health",
        "get /items",
        "get /me",
        "get /orders",
        "get /userinfo",
        "post /2fa/enable",
        "post /2fa/setup",
        "post /2fa/verify",
        "post /introspect",
        "post /items",
        "post /logout",
        "post /refresh",
        "post /revoke",
        "post /token",
        "post /userinfo",
    ];
    assert_eq!(described, expected.map(str::to_owned).into());
    for endpoint in expected {
        let (method, path) = endpoint.split_once(' ').unwrap();
        let answer = http.send(&method.to_uppercase(), path, &[], "");
        let documented = &paths[path][method]["responses"];
        assert!(documented.get(answer.status.to_string()).is_some(), "{endpoint}: {}", answer.status);
    }
    let scopes = |document: &Value| -> Vec<String> {
        let flow = &document["components"]["securitySchemes"]["oauth2"]["flows"]["password"];
        assert_eq!(flow["tokenUrl"], "/token");
        flow["scopes"].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(scopes(&description), ["items:read", "items:write", "users:admin"]);
    http.engine().save_scope(None, "orders:read", "Read orders").unwrap();
    let later = http.send("GET", "/openapi.json", &[], "").json();
    assert!(scopes(&later).contains(&"orders:read".to_owned()), "the catalog is the profile's");
}

#[test]
fn swagger_ui_is_part_of_the_program_and_loads_nothing_else() {
    let http = Http::of(App::new());
    let to = http.send("GET", "/docs", &[], "");
    assert_eq!((to.status, to.header("location")), (303, Some("/docs/")));
    let page = http.send("GET", "/docs/", &[], "");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("http"), "no foreign host: {policy}");
    let files = page.body.split("src=\"").chain(page.body.split("href=\"")).skip(1);
    let files: BTreeSet<&str> =
        files.filter_map(|rest| rest.split('"').next()).filter(|file| file.starts_with("./")).collect();
    assert!(files.len() >= 4, "{}", page.body);
    for file in files {
        let answer = http.send("GET", &format!("/docs/{}", &file[2..]), &[], "");
        assert_eq!(answer.status, 200, "{file}");
    }
    for odd in ["/docs/nothing.js", "/docs/../token", "/docs/%2e%2e/Cargo.toml"] {
        assert_eq!(http.send("GET", odd, &[], "").status, 404, "{odd}");
    }
}

/// Swagger UI offers a field for a body only if it is described.
#[test]
fn every_body_is_described() {
    let http = Http::of(App::new());
    let description = http.send("GET", "/openapi.json", &[], "").json();
    let mut described = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        let body = &item["post"]["requestBody"];
        if let Some(content) = body["content"].as_object() {
            assert_eq!(body["required"], true, "{path}");
            described.extend(content.keys().map(|kind| format!("{path} {kind}")));
        }
    }
    let expected = [
        "/2fa/enable application/json",
        "/2fa/verify application/json",
        "/introspect application/x-www-form-urlencoded",
        "/items application/json",
        "/refresh application/json",
        "/revoke application/x-www-form-urlencoded",
        "/token application/x-www-form-urlencoded",
    ];
    assert_eq!(described, expected.map(str::to_owned).into());
}
