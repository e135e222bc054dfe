//! `twb inspect`: with a given key and rules, and its output.

use super::Twb;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::fs;

/// RFC 7515 appendix A.1, which expires at 1300819380.
pub(super) const TOKEN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const KEY: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
pub(super) const IN_TIME: [&str; 2] = ["--at", "2011-03-22T18:42:00Z"];

fn inspect(twb: &Twb, options: &[&str]) -> (Value, i32) {
    let said = twb.run(&[&["inspect", "--json", TOKEN], &IN_TIME[..], options].concat(), "");
    (serde_json::from_str(&said.out).unwrap_or_default(), said.code)
}

#[test]
fn a_token_is_verified_with_a_secret_a_jwk_or_a_set() {
    let twb = Twb::new();
    let file = |name: &str, text: &str| {
        let path = twb.home.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let jwk = format!(r#"{{"kty":"oct","k":"{KEY}"}}"#);
    let (one, set) = (file("key.jwk", &format!("{jwk}\n")), file("set.json", &format!(r#"{{"keys":[{jwk}]}}"#)));
    for option in [["--secret-base64", KEY], ["--key", &one], ["--jwks", &set]] {
        let (report, code) = inspect(&twb, &option);
        assert_eq!(
            (&report["verdict"], &report["signature"], code),
            (&"accepted".into(), &"verified".into(), 0),
            "{option:?}"
        );
    }
    let secret = file("secret.txt", &format!("{KEY}\n"));
    let said = twb.run(&[&["inspect", TOKEN, "--key", &secret], &IN_TIME[..]].concat(), "");
    assert_eq!(said.code, 1);
    assert!(said.out.contains("matches once the secret is read as base64"), "{}", said.out);
    assert!(!said.out.contains(KEY), "a key is never printed");
    let (report, code) = inspect(&twb, &["--key", &secret, "--key-form", "base64"]);
    assert_eq!((&report["signature"], code), (&"verified".into(), 0));
    let (report, _) = inspect(&twb, &["--secret", "-starts-with-a-dash"]);
    assert_eq!(report["signature"], "mismatch");
    assert!(report["reason"].as_str().unwrap().starts_with("The signature does not match this secret"), "{report}");
    let marked = file("marked.json", &format!("\u{FEFF}{{\"keys\":[{jwk}]}}"));
    assert_eq!(inspect(&twb, &["--jwks", &marked]).1, 0, "a byte order mark is no part of it");
    // jwt.io's sample token, and its secret as an editor saves it.
    let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
    let kept = file("kept.txt", "your-256-bit-secret\n");
    assert_eq!(twb.run(&["inspect", token, "--key", &kept], "").code, 0);
}

#[test]
fn one_of_the_most_used_passwords_is_found_out_without_any_key() {
    // Signed with a password that is in every list.
    let weak = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJhbGljZSIsImV4cCI6NDEwMjQ0NDgwMH0.eBv5zhpuwKNhcvhgWoB74qWQ4VRa7-pD4Ih9krNZAYk";
    let said = Twb::new().run(&["inspect", "--json", weak], "");
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let finding = &report["findings"][0];
    assert_eq!((&finding["id"], &finding["severity"]), (&"well_known_secret".into(), &"critical".into()));
    assert!(finding["message"].as_str().unwrap().starts_with("Signed with `trustno1`"), "{finding}");
}

#[test]
fn the_rules_of_the_options_decide() {
    let twb = Twb::new();
    let key = ["--secret-base64", KEY];
    for (options, stopped) in [
        (&["--issuer", "joe"][..], None),
        (&["--issuer", "jane"], Some("issuer_and_audience")),
        (&["--audience", "items-api"], Some("issuer_and_audience")),
        (&["--alg", "ES256"], Some("algorithm")),
        (&["--alg", "ES256", "--alg", "HS256"], None),
        (&["--typ", "at+jwt"], Some("algorithm")),
        (&["--scope", "items:read"], Some("scopes")),
        (&["--at", "1300819400"], Some("time")),
        (&["--at", "1300819400", "--leeway", "30"], None),
    ] {
        let at: &[&str] = if options[0] == "--at" { &[] } else { &IN_TIME };
        let said = twb.run(&[&["inspect", "--json", TOKEN], &key[..], at, options].concat(), "");
        let report: Value = serde_json::from_str(&said.out).unwrap();
        let trace = report["trace"].as_array().unwrap();
        let failed = trace.iter().find(|step| step["outcome"] == "fail").and_then(|step| step["check"].as_str());
        assert_eq!((failed, said.code), (stopped, i32::from(stopped.is_some())), "{options:?}");
    }
}

/// UI-08, JWT-04, JWT-13.
#[test]
fn what_was_not_read_and_what_is_no_secret_is_never_accepted() {
    let twb = Twb::new();
    let secret = "x".repeat(32);
    let key = |bytes: &[u8]| jose::SigningKey::dangerous_from_hmac(jose::Algorithm::Hs256, bytes, "k").unwrap();
    let header = r#"{"alg":"HS256","typ":"at+jwt","crit":["exp"]}"#;
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let token = key(secret.as_bytes()).dangerous_sign(header, deep.as_bytes()).unwrap();
    let plain = key(secret.as_bytes()).dangerous_sign(r#"{"alg":"HS256"}"#, deep.as_bytes()).unwrap();
    let said = twb.run(&["inspect", &plain, "--secret", &secret], "");
    assert_eq!(said.code, 3, "{}", said.out);
    assert!(said.out.starts_with("Not verified: Nested deeper than 64 levels; the rest is not read\n"), "{}", said.out);
    let said = twb.run(&["inspect", &token, "--secret", &secret], "");
    assert!(said.out.starts_with("Rejected: 401 at check 2 of 9, algorithm\n"), "{}", said.out);
    let said = twb.run(&["guard"], &format!("{token}\n"));
    assert_eq!(said.code, 1);
    assert!(said.out.starts_with("Rejected: 401 at check 1 of 9, parse (could not be completed)\n"), "{}", said.out);

    let twice =
        key(secret.as_bytes()).dangerous_sign(r#"{"alg":"HS256"}"#, br#"{"role":"user","role":"admin"}"#).unwrap();
    let said = twb.run(&["inspect", &twice, "--secret", &secret], "");
    assert_eq!(said.code, 0, "a name that no check reads only warns where the token is another issuer's");
    let warning = r#"  warn  Parse                Name role appears twice: "user", then "admin""#;
    assert!(said.out.contains(warning), "{}", said.out);
    let said = twb.run(&["inspect", &twice, "--secret", &secret, "--policy", "items-api"], "");
    assert_eq!(said.code, 1, "the profile's own rules refuse it");

    let pem = "-----BEGIN CERTIFICATE REQUEST-----";
    let forged = key(pem.as_bytes()).dangerous_sign(r#"{"alg":"HS256"}"#, b"{}").unwrap();
    let file = twb.home.path().join("request.pem");
    fs::write(&file, pem).unwrap();
    let said = twb.run(&["inspect", &forged, "--key", file.to_str().unwrap()], "");
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.contains("The public key is the secret"), "{}", said.out);
    let other = key(b"something else").dangerous_sign(r#"{"alg":"HS256"}"#, b"{}").unwrap();
    let said = twb.run(&["inspect", &other, "--key", file.to_str().unwrap()], "");
    assert_eq!(said.code, 3, "{}", said.out);
    assert!(said.out.contains("This is a public key or certificate in PEM, not a shared secret"), "{}", said.out);
}

/// An unsigned token with any claims.
pub(super) fn unsigned(claims: &str) -> String {
    format!("eyJhbGciOiJub25lIn0.{}.", BASE64_URL_SAFE_NO_PAD.encode(claims))
}

/// The lines under a heading.
pub(super) fn section<'a>(text: &'a str, title: &str) -> Vec<&'a str> {
    text.lines().skip_while(|line| *line != title).skip(1).take_while(|line| !line.is_empty()).collect()
}

#[test]
fn a_token_in_time_reads_at_a_glance() {
    let twb = Twb::new();
    let text = twb.says(&[&["inspect", TOKEN, "--secret-base64", KEY], &IN_TIME[..]].concat(), "");
    assert_eq!(
        text,
        "Accepted: 5 of 9 checks pass, 4 not checked\n\
         Signed token, three segments\n\
         Policy any issuer. Chosen automatically: no saved policy has this issuer\n\
         \n\
         Key\n  \
           Secret, 64 bytes\n\
         \n\
         Header\n  \
           typ  \"JWT\"    JWT of any kind\n  \
           alg  \"HS256\"  HMAC, SHA-256\n\
         \n\
         Claims\n  \
           iss                         \"joe\"       Issuer\n  \
           exp                         1300819380  Expires, 2011-03-22 18:43:00 UTC\n  \
           http://example.com/is_root  true        Unregistered, no meaning known\n\
         \n\
         Checks\n  \
           pass  Parse                3 segments, valid base64url and JSON\n  \
           pass  Algorithm            HS256 is on the policy allow-list\n  \
           pass  Key                  The secret (64 bytes), from the key given here\n  \
           pass  Signature            32 bytes, verified with the secret (64 bytes)\n  \
           pass  Time claims          Valid for 1 m more\n  \
           -     Issuer and audience  The policy names no issuer and no audience\n  \
           -     Revocation           Not signed by this profile\n  \
           -     User                 Its user is not known here\n  \
           -     Scopes               The policy requires no scopes\n\
         \n\
         Findings\n  \
           critical  A well-known secret: Signed with the key that RFC 7515 prints in appendix A.1: anybody can guess \
           it and write such tokens\n  \
           info      typ is the generic JWT: Another kind of token of the same issuer looks the same\n  \
           info      http://example.com/is_root is not a registered claim: Nothing in the policy reads it\n"
    );
    assert!(!text.contains('\u{1b}'), "no colours");
}

#[test]
fn each_exit_code_has_its_case() {
    let twb = Twb::new();
    let key = twb.home.path().join("folder.pem");
    fs::create_dir(&key).unwrap();
    for (options, code) in [
        (&["--secret-base64", KEY][..], 0),
        (&["--secret", "wrong"], 1),
        (&["--policy", "any issuer"], 3),
        (&["--key", key.to_str().unwrap()], 2),
        (&["--key", "missing.pem"], 2),
        (&["--policy", "nobody's"], 2),
        (&["--no-such-option"], 2),
    ] {
        let said = twb.run(&[&["inspect", TOKEN], &IN_TIME[..], options].concat(), "");
        assert_eq!((said.code, said.out.is_empty()), (code, code == 2), "{options:?}: {}{}", said.out, said.err);
        assert_eq!(said.err.is_empty(), code != 2, "{options:?}: {}", said.err);
    }
    let help = twb.says(&["inspect", "--help"], "");
    for line in ["Examples:", "  0  accepted", "  1  rejected", "  2  no answer", "  3  not verified"] {
        assert!(help.contains(line), "{line}: {help}");
    }
}

#[test]
fn nothing_is_not_a_rejected_token() {
    let twb = Twb::new();
    let sentence =
        |place| format!("Nothing to inspect: {place} is empty. Give a token: twb inspect TOKEN, or twb inspect < FILE");
    for input in ["", " \r\n", "\u{FEFF}", "\"\"\n"] {
        twb.refuses(&["inspect"], input, &sentence("standard input"));
    }
    let said = "Nothing to inspect: standard input has 1000000 quotation marks and nothing else. Give a token: twb \
                inspect TOKEN";
    twb.refuses(&["inspect"], &"\"".repeat(1_000_000), said);
    // An unset "$TOKEN".
    twb.refuses(&["inspect", "--json", ""], "", &sentence("the argument"));
    twb.refuses(&["inspect", "--gui"], "", &sentence("standard input"));
}

#[test]
fn a_very_long_member_is_cut_and_pads_no_other() {
    let twb = Twb::new();
    let (name, value) = ("n".repeat(66_000), "v".repeat(66_000));
    let token = unsigned(&format!("{{\"sub\":\"alice\",\"{name}\":1,\"long\":\"{value}\",\"list\":[1,\r\n 2]}}"));
    let text = twb.run(&["inspect"], &token).out;
    assert_eq!(
        section(&text, "Claims"),
        [
            "  sub   \"alice\"  Subject",
            &format!("  {}… (66,000 characters)  1        Unregistered, no meaning known", &name[..80]),
            &format!("  long  \"{}… (66,002 characters)  Unregistered, no meaning known", &value[..599]),
            "  list  [1, 2]   Unregistered, no meaning known",
        ]
    );
    let report: Value = serde_json::from_str(&twb.run(&["inspect", "--json"], &token).out).unwrap();
    assert_eq!((&report["claims"]["long"], &report["claims"][&name]), (&json!(value), &json!(1)), "JSON has it all");
    // Eight thousand claims beside one long value.
    let many: String = (0..8_000).map(|n| format!(r#""claim{n}":{n},"#)).collect();
    let text = twb.run(&["inspect"], &unsigned(&format!(r#"{{{many}"long":"{}"}}"#, "v".repeat(60_000)))).out;
    assert_eq!(section(&text, "Claims").len(), 8_001);
    assert!(text.len() < 8_001 * 80, "{} bytes", text.len());
}

#[test]
fn json_follows_the_schema_that_is_published() {
    let twb = Twb::new();
    let schema: Value = serde_json::from_str(&twb.says(&["inspect", "--json-schema"], "")).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("inspect.json", schema).unwrap();
    let schema = compiler.compile("inspect.json", &mut schemas).unwrap();
    let (end, other) = (TOKEN.rfind('.').unwrap(), unsigned(r#"{"sub":"alice"}"#));
    let two = format!(r#"{{"access_token":"{TOKEN}","id_token":"{other}"}}"#);
    let answer = |arguments: &[&str], input: &str| {
        serde_json::from_str::<Value>(&twb.run(&[&["inspect", "--json"], arguments].concat(), input).out).unwrap()
    };
    let check = |answer: &Value| schemas.validate(answer, schema).map_err(|error| error.to_string());
    for (arguments, input) in [
        (&[][..], TOKEN),
        (&["--secret", "a secret"], TOKEN),
        (&[], &TOKEN[..end]),
        (&[], &other),
        (&[], &two),
        (&[], "no token at all"),
        (&[], "eyJhbGciOiJSUzI1NiJ9.e30.AAAA"),
    ] {
        assert_eq!(check(&answer(arguments, input)), Ok(()), "{arguments:?} {input}");
    }
    // The schema is not trivial: it rejects wrong answers.
    for (name, value) in [("verdict", json!("fine")), ("trace", json!([{"check": "parse"}])), ("findings", json!(null))]
    {
        let mut wrong = answer(&[], TOKEN);
        wrong[name] = value;
        assert!(check(&wrong).is_err(), "{name}");
    }
}

#[test]
fn json_says_all_that_the_text_says() {
    let twb = Twb::new();
    let other = unsigned(r#"{"sub":"alice","department":"7"}"#);
    let paste = format!(r#"{{"access_token":"{TOKEN}","id_token":"{other}"}}"#);
    let said = twb.run(&["inspect", "--json", "--secret", "c4n4ry-secret"], &paste);
    assert!(!said.out.contains("c4n4ry"), "{}", said.out);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["clean_ups"][0]["message"], "Took `access_token` out of the JSON around it");
    assert!(report["clean_ups"][0]["removed"].as_str().unwrap().starts_with("{\"access_token\":\"…"));
    assert_eq!(
        report["tokens"],
        json!([{"name": "access_token", "token": TOKEN}, {"name": "id_token", "token": other}])
    );
    assert_eq!(report["key"], json!({"summary": "Secret, 13 bytes", "problem": null, "repairs": [], "remedy": null}));
    assert_eq!(report["problems"], json!([]));
    for step in report["trace"].as_array().unwrap() {
        assert_eq!(step.get("fix").is_some(), step["outcome"] == "fail", "{step}");
    }
    // The documented keys come first, in the documented order.
    let places = ["format", "header", "claims", "verdict", "signature", "trace", "findings", "clean_ups", "problems"]
        .map(|name| said.out.find(&format!("\n  \"{name}\": ")).unwrap());
    assert!(places.is_sorted(), "{places:?}");

    let unknown: Value = serde_json::from_str(&twb.run(&["inspect", "--json", &other], "").out).unwrap();
    let finding = unknown["findings"].as_array().unwrap().iter().find(|it| it["id"] == "unregistered_claim").unwrap();
    assert_eq!(finding["title"], "department is not a registered claim");
    assert_eq!(finding["message"], "Nothing in the policy reads it");
    assert_eq!((unknown.get("tokens"), unknown.get("key")), (None, None));

    let end = TOKEN.rfind('.').unwrap();
    let broken: Value = serde_json::from_str(&twb.run(&["inspect", "--json", &TOKEN[..end]], "").out).unwrap();
    let problem = &broken["problems"][0];
    assert_eq!(
        (&problem["title"], &problem["segment"], &problem["at"]),
        (&json!("The signature is missing"), &json!("payload"), &json!(end)),
        "{broken}"
    );

    let kept = twb.home.path().join("secret.txt");
    fs::write(&kept, format!("{KEY}\n")).unwrap();
    let (report, _) = inspect(&twb, &["--key", kept.to_str().unwrap()]);
    assert_eq!(report["key"]["remedy"], "read_as_base64");
}

#[test]
fn other_tokens_of_a_paste_and_inner_ones_are_listed() {
    let twb = Twb::new();
    let other = unsigned(r#"{"sub":"alice"}"#);
    let text = twb.run(&["inspect"], &format!("session={TOKEN}; id={other}")).out;
    assert_eq!(section(&text, "Also in this paste"), ["  id  eyJhbGci…GljZSJ9."], "{text}");
    let text = twb.run(&["inspect"], &unsigned(&format!(r#"{{"sub":"alice","act":"{TOKEN}"}}"#))).out;
    assert_eq!(section(&text, "Also in this paste"), ["  Level 2, act, HS256  eyJ0eXAi…FWFOEjXk"], "{text}");
    assert!(section(&twb.run(&["inspect", TOKEN], "").out, "Also in this paste").is_empty());
}
