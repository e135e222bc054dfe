//! `twb keys`. Changing a key needs a keyring, or `--ephemeral`.

use crate::Twb;

#[test]
fn a_profile_begins_without_keys() {
    let twb = Twb::new();
    assert_eq!(twb.says(&["keys", "list"], ""), "No keys yet; the first token makes them\n");
    assert_eq!(twb.json(&["keys", "list"], ""), serde_json::json!([]));
    assert_eq!(twb.says(&["keys", "jwks"], ""), "{\n  \"keys\": []\n}\n");
    twb.misses_the_keyring(&["keys", "rotate"], "");
    assert_eq!(twb.json(&["keys", "list"], ""), serde_json::json!([]), "no key without its private part");
}

#[test]
fn a_key_is_changed_and_brought_in() {
    let twb = Twb::new();
    let said = twb.says(&["--ephemeral", "keys", "rotate", "--algorithm", "EdDSA"], "");
    assert!(said.ends_with(" signs access tokens now, with EdDSA\n"), "{said}");
    let said = twb.says(&["--ephemeral", "keys", "rotate", "--purpose", "mfa"], "");
    assert!(said.ends_with(" signs pending tokens now, with HS256\n"), "{said}");
    // RFC 8037 appendix A.1
    let jwk = r#"{"kty":"OKP","crv":"Ed25519","kid":"mine","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let key = twb.json(&["--ephemeral", "keys", "import"], jwk);
    assert_eq!((&key["kid"], &key["algorithm"], &key["state"]), (&"mine".into(), &"EdDSA".into(), &"active".into()));
}

#[test]
fn what_cannot_be_done_with_a_key_is_said() {
    let twb = Twb::new();
    for arguments in [
        &["keys", "retire", "x"][..],
        &["keys", "export-public", "x"],
        &["keys", "export-public", "x", "--pem"],
        &["keys", "rename", "x", "y"],
        &["keys", "delete", "x"],
        &["keys", "export-private", "x", "--yes-show-the-private-key"],
    ] {
        twb.refuses(arguments, "", "There is no signing key x");
    }
    twb.refuses(
        &["keys", "export-private", "x"],
        "",
        "Whoever reads the private part of x can sign tokens in this profile's name, and nobody can tell them from \
         yours; add --yes-show-the-private-key to print it",
    );
    twb.refuses(
        &["keys", "rotate", "--purpose", "refresh", "--algorithm", "ES256"],
        "",
        "refresh keys cannot be for ES256",
    );
    twb.refuses(
        &["keys", "import"],
        "junk\n",
        "This key cannot be used: not a readable key (it is neither PEM, DER nor a JWK)",
    );
    for arguments in [&["keys", "rotate", "--purpose", "x"][..], &["keys", "rotate", "--algorithm", "none"]] {
        assert_eq!(twb.run(arguments, "").code, 2, "{arguments:?}");
    }
}

#[test]
fn the_test_key_is_published_and_withdrawn() {
    let twb = Twb::new();
    let on = twb.says(&["keys", "publish-test", "on"], "");
    assert_eq!(on, "The test key is published: servers that use this profile's JWK Set accept its tokens\n");
    assert_eq!(twb.json(&["keys", "publish-test", "on"], "")["test_key_published"], true);
    let off = twb.says(&["keys", "publish-test", "off"], "");
    assert_eq!(off, "The test key is not published: no server accepts what it signs\n");
    let said = twb.says(&["--ephemeral", "keys", "rotate", "--purpose", "test"], "");
    assert!(said.ends_with(" signs edited tokens now, with ES256\n"), "{said}");
    assert_eq!(twb.run(&["keys", "publish-test", "perhaps"], "").code, 2);
    for what in ["user", "session", "key"] {
        let said = twb.says(&["events", &format!("--{what}"), "nobody"], "");
        assert_eq!(said, format!("No event is about a {what} nobody\n"), "much has happened");
    }
    let none = twb.run(&["events", "--most", "0"], "");
    assert_eq!(none.code, 2);
    assert!(none.err.contains("write a number from 1 on") && none.out.is_empty(), "{}", none.err);
    let told = twb.json(&["events", "--most", "2"], "");
    assert_eq!(told[0]["detail"], serde_json::json!({"setting": "test_key_published", "value": false}));
    assert_eq!(told[0]["source"], "twb");
    assert_eq!(told.as_array().unwrap().len(), 2);
}

#[test]
fn an_encrypted_key_is_imported_and_checks_tokens_with_the_passphrase_of_a_file() {
    let twb = Twb::new();
    let pem = include_str!("../../src-tauri/crates/jose/vectors/keys/ed25519.pbkdf2.pem");
    let in_home = |name: &str, text: &str| {
        let file = twb.home.path().join(name);
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let right = in_home("right.txt", "plaid lantern\n");
    let wrong = in_home("wrong.txt", "paisley lantern\n");
    let due = "The private key is encrypted: name a file that holds its passphrase with --key-passphrase-file FILE";
    twb.refuses(&["keys", "import"], pem, due);
    let import = ["keys", "import", "--key-passphrase-file"];
    let refused = "This key cannot be used: this is not the passphrase of the private key";
    twb.refuses(&[&import[..], &[&wrong]].concat(), pem, refused);
    assert_eq!(twb.json(&[&["--ephemeral"], &import[..], &[&right]].concat(), pem)["algorithm"], "EdDSA");
    // As editors and PowerShell write it on Windows.
    let utf16: Vec<u8> = "\u{FEFF}plaid lantern\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in ["\u{FEFF}plaid lantern\r\n".as_bytes(), &utf16] {
        std::fs::write(&right, bytes).unwrap();
        assert_eq!(twb.json(&[&["--ephemeral"], &import[..], &[&right]].concat(), pem)["algorithm"], "EdDSA");
    }
    std::fs::write(&right, "plaid lantern\n").unwrap();
    let typed = twb.run(&[&import[..], &["plaid-lantern"]].concat(), pem);
    assert_eq!((typed.code, typed.err.contains("plaid-lantern")), (2, false), "{}", typed.err);
    let long = in_home("long.txt", &"x".repeat(70_000));
    let said = twb.run(&[&import[..], &[&long]].concat(), pem);
    assert!(said.err.contains("has more than 64 KiB: check that it is the right file"), "{}", said.err);

    let key = in_home("key.pem", pem);
    let header = "eyJhbGciOiJFZERTQSJ9.e30.AAAA";
    for (file, sentence) in
        [(None, "give its passphrase"), (Some(&wrong), "not the passphrase"), (Some(&right), "Private key, EdDSA")]
    {
        let mut arguments = vec!["inspect", header, "--key", &key];
        arguments.extend(file.into_iter().flat_map(|file| ["--key-passphrase-file", file.as_str()]));
        let said = twb.run(&arguments, "");
        assert!(said.out.contains(sentence) && !said.out.contains("lantern"), "{}", said.out);
    }
}

/// Key IDs are base64url, and one in 64 begins with a hyphen.
#[test]
fn an_id_that_begins_with_a_hyphen_is_given_as_it_is_printed() {
    let twb = Twb::new();
    for id in ["-6IUbdXQk52Cr-J0JW263g", "--x", "-h6IUbdXQ"] {
        let no_key = format!("There is no signing key {id}");
        twb.refuses(&["keys", "retire", id], "", &no_key);
        twb.refuses(&["keys", "export-public", id, "--pem"], "", &no_key);
        twb.refuses(&["keys", "export-private", "--yes-show-the-private-key", id], "", &no_key);
        twb.refuses(&["sessions", "show", id], "", &format!("There is no session \"{id}\""));
        twb.refuses(&["sessions", "revoke", id], "", &format!("There is no session \"{id}\", or it has ended before"));
        for option in ["--session", "--key"] {
            twb.says(&["events", option, id], "");
        }
    }
    assert_eq!(twb.run(&["sessions", "show", "--help"], "").code, 0);
}
