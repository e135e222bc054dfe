//! `twb policies`, and `twb inspect --policy`.

use crate::{
    Twb,
    inspect::{IN_TIME, KEY, TOKEN},
};
use serde_json::Value;
use std::fs;

const SAVE: [&str; 14] = [
    "policies",
    "save",
    "Joe's API",
    "--issuer",
    "joe",
    "--alg",
    "HS256",
    "--alg",
    "HS512",
    "--require",
    "exp",
    "--leeway",
    "30",
    "--max-lifetime=3600",
];

#[test]
fn policies_are_saved_listed_shown_and_deleted() {
    let twb = Twb::new();
    let built_in = "POLICY      KIND      ISSUER                 AUDIENCE\n\
                    items-api   built-in  http://localhost:8787  items-api\n\
                    any issuer  built-in  any                    any\n";
    assert_eq!(twb.says(&["policies", "list"], ""), built_in);
    assert_eq!(twb.says(&SAVE, ""), "Saved the policy Joe's API\n");
    assert_eq!(
        twb.says(&["policies", "list"], ""),
        "POLICY      KIND      ISSUER                 AUDIENCE\n\
         items-api   built-in  http://localhost:8787  items-api\n\
         any issuer  built-in  any                    any\n\
         Joe's API   saved     joe                    any\n"
    );
    assert_eq!(
        twb.says(&["policies", "show", "joe's api"], ""),
        "Policy      Joe's API\n\
         Issuer      joe\n\
         Audience    any\n\
         Algorithms  HS256 HS512\n\
         typ         any\n\
         Claims      exp\n\
         Scopes      none required\n\
         Keys        none kept\n\
         Leeway      30 s\n\
         Lifetime    at most 3600 s\n"
    );
    let json = twb.json(&["policies", "list"], "");
    assert_eq!((&json[1]["builtin"], &json[2]["builtin"]), (&true.into(), &false.into()));
    let shown = twb.json(&["policies", "show", "JOE'S API"], "");
    assert_eq!(shown["algorithms"], serde_json::json!(["HS256", "HS512"]));
    assert_eq!((&shown["audience"], &shown["leeway_seconds"]), (&Value::Null, &30.into()));
    assert_eq!(twb.says(&["policies", "delete", "JOE'S API"], ""), "Deleted the policy Joe's API\n");
    assert_eq!(twb.says(&["policies", "list"], ""), built_in);
}

#[test]
fn what_cannot_be_a_policy_is_one_sentence() {
    let twb = Twb::new();
    for (arguments, sentence) in [
        (&["save", " "][..], "The policy has no name"),
        (
            &["save", "Items-API"],
            "\"items-api\" is a built-in policy, which can be neither changed nor deleted; save yours under another name",
        ),
        (&["save", "x", "--leeway", "3601"], "A leeway of 3601 seconds is more than 3600"),
        (
            &["delete", "any issuer"],
            "\"any issuer\" is a built-in policy, which can be neither changed nor deleted; save yours under another name",
        ),
        (&["show", "x"], "There is no policy \"x\". Those there are: items-api, any issuer"),
    ] {
        twb.refuses(&[&["policies"], arguments].concat(), "", sentence);
    }
    assert_eq!(twb.run(&["policies", "save", "x", "--alg", "none"], "").code, 2, "none is no algorithm");
    assert_eq!(twb.json(&["policies", "list"], "").as_array().unwrap().len(), 2);
}

#[test]
fn a_token_is_judged_by_the_policy_that_is_named() {
    let twb = Twb::new();
    twb.says(&SAVE, "");
    let failed = |options: &[&str]| {
        let key = ["--secret-base64", KEY];
        let said = twb.run(&[&["inspect", "--json", TOKEN], &key[..], &IN_TIME, options].concat(), "");
        let report: Value = serde_json::from_str(&said.out).unwrap();
        let trace = report["trace"].as_array().unwrap();
        let failed = trace.iter().find(|step| step["outcome"] == "fail");
        failed.and_then(|step| step["check"].as_str()).unwrap_or("nothing").to_owned()
    };
    assert_eq!(failed(&["--policy", "joe's api"]), "nothing");
    assert_eq!(failed(&["--policy", "items-api"]), "algorithm", "the profile's own want a typ");
    assert_eq!(failed(&["--policy", "joe's api", "--issuer", "jane"]), "issuer_and_audience", "an option changes it");
    assert_eq!(failed(&["--policy", "joe's api", "--scope", "items:read"]), "scopes");
    assert_eq!(failed(&["--policy", "joe's api"]), "nothing", "for that once");
    twb.refuses(
        &["inspect", TOKEN, "--policy", "jane's"],
        "",
        "There is no policy \"jane's\". Those there are: items-api, any issuer, Joe's API",
    );
}

/// A public key and a token that it signed.
const JWKS: &str =
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"ed","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

#[test]
fn public_keys_are_kept_with_a_policy_and_nothing_else_is() {
    let twb = Twb::new();
    let file = twb.home.path().join("keys.json");
    let save = ["policies", "save", "Tenant", "--jwks", file.to_str().unwrap()];
    fs::write(&file, JWKS).unwrap();
    assert_eq!(twb.says(&save, ""), "Saved the policy Tenant\n");
    let shown = twb.says(&["policies", "show", "tenant"], "");
    assert!(shown.contains("Keys        1 kept: ed EdDSA\n"), "{shown}");
    let json = twb.json(&["policies", "show", "tenant"], "");
    assert_eq!(json["jwks"], serde_json::from_str::<Value>(JWKS).unwrap());
    assert_eq!(twb.says(&["policies", "save", "Tenant", "--jwks", "-"], JWKS), "Saved the policy Tenant\n");

    // The key is looked up in them, and only there.
    let token = "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIn0.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let said = twb.run(&["inspect", token, "--policy", "tenant"], "");
    assert!(said.out.contains("kid ed, from the keys kept with the policy Tenant"), "{}", said.out);
    for (text, why) in [
        (r#"{"kty":"oct","k":"c4n4ry"}"#, "This holds a shared secret, and only public keys are kept"),
        (
            r#"{"kty":"OKP","crv":"Ed25519","x":"AA","d":"c4n4ry"}"#,
            "This holds a private key, and only public keys are kept: leave the private parts out",
        ),
        (
            "c4n4ry",
            "This is no public key. Paste a JWK Set, a public key as PEM or a certificate; a shared secret is not kept",
        ),
    ] {
        fs::write(&file, text).unwrap();
        twb.refuses(&save, "", &format!("[HOME]/keys.json: {why}"));
    }
    let given =
        "There is no file of the name that is given for --jwks; it may be a key itself, so it is not repeated here";
    twb.refuses(&["policies", "save", "Tenant", "--jwks", r#"{"kty":"oct","k":"c4n4ry"}"#], "", given);
    assert_eq!(twb.json(&["policies", "show", "tenant"], "")["jwks"], json["jwks"], "it stays as it was");
}
