//! `twb clients`.

use crate::Twb;
use serde_json::json;

const EVERYTHING: &str = "password refresh_token mfa-otp mfa-recovery-code";

#[test]
fn clients_are_added_listed_and_removed() {
    let twb = Twb::new();
    assert_eq!(
        twb.says(&["clients", "list"], ""),
        format!(
            "CLIENT     TYPE    GRANTS                                            SCOPES  LIFETIME  TYP     NAME\n\
             workbench  public  {EVERYTHING}  all     policy    at+jwt  Token Workbench\n"
        )
    );
    assert_eq!(
        twb.says(&["clients", "add", "spa", "--grant", "password", "--scope", "items:read", "--typ", "JWT"], ""),
        "Added the public client spa\n"
    );
    let said = twb.says(&["clients", "add", "orders-api", "--confidential", "--ttl", "90s", "--name", "Orders"], "");
    let (first, secret) = said.trim_end().split_once('\n').unwrap();
    assert_eq!(first, "Added the confidential client orders-api. Its secret, which is not shown again:");
    assert_eq!(secret.len(), 43);

    let list = twb.json(&["clients", "list"], "");
    let ids = list.as_array().unwrap().iter().map(|client| client["client_id"].as_str().unwrap());
    assert_eq!(ids.collect::<Vec<_>>(), ["workbench", "orders-api", "spa"]);
    assert_eq!(
        list[1],
        json!({
            "client_id": "orders-api",
            "client_name": "Orders",
            "confidential": true,
            "grant_types": [
                "password",
                "refresh_token",
                "http://auth0.com/oauth/grant-type/mfa-otp",
                "http://auth0.com/oauth/grant-type/mfa-recovery-code",
                "client_credentials",
            ],
            "scopes": null,
            "access_token_seconds": 90,
            "typ": "at+jwt",
        })
    );
    assert_eq!(
        (&list[2]["grant_types"], &list[2]["scopes"], &list[2]["typ"]),
        (&json!(["password"]), &json!(["items:read"]), &json!("JWT"))
    );
    assert!(!list.to_string().contains(secret), "a secret is shown once");

    let newer = twb.says(&["clients", "rotate-secret", "orders-api"], "");
    assert_eq!(newer.trim_end().len(), 43);
    assert_ne!(newer.trim_end(), secret);
    assert_eq!(
        twb.says(&["clients", "remove", "orders-api"], ""),
        "Removed the client orders-api and ended 0 sessions\n"
    );
    let events = twb.json(&["events"], "");
    let kinds: Vec<_> = events.as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..4], ["client_removed", "client_secret_replaced", "client_added", "client_added"], "{events}");
    assert!(!events.to_string().contains(newer.trim_end()));
}

#[test]
fn what_cannot_be_a_client_is_refused_with_the_reason() {
    let twb = Twb::new();
    twb.says(&["clients", "add", "spa"], "");
    let refused = |arguments: &[&str]| {
        let said = twb.run(&[&["clients"], arguments].concat(), "");
        assert_eq!(said.code, 2, "{arguments:?}");
        said.err
    };
    for (arguments, sentence) in [
        (&["add", "spa"][..], "There is already a client \"spa\""),
        (&["add", "workbench"], "There is already a client \"workbench\""),
        (&["add", "a:b"], "The client_id has ':'; only letters, digits, dot, underscore and hyphen are allowed"),
        (
            &["add", "job", "--grant", "client_credentials"],
            "A public client cannot use client_credentials, since it has no secret (RFC 6749 section 4.4)",
        ),
        (&["add", "job", "--scope", "no:such"], "The scope \"no:such\" is not in the catalog"),
        (&["add", "job", "--ttl", "soon"], "--ttl soon: write a duration such as 90s, 15m or 1h"),
        (&["rotate-secret", "spa"], "The client \"spa\" is public and has no secret"),
        (&["rotate-secret", "nobody"], "There is no client \"nobody\""),
        (&["remove", "workbench"], "The client \"workbench\" is built in: it has no secret and cannot be removed"),
    ] {
        assert_eq!(refused(arguments), format!("twb: {sentence}\n"), "{arguments:?}");
    }
}
