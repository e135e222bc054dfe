use super::*;

#[test]
fn a_secret_is_due_once_and_only_while_nothing_was_copied_after_it() {
    let text = |text: &str| Some(Zeroizing::new(text.to_owned()));
    let mut secret = Secret::default();
    let first = secret.copied(text("first"));
    let second = secret.copied(text("second"));
    assert_eq!(secret.due(first), None, "the minute of the first does not end the second's");
    assert_eq!((secret.due(second), secret.due(second)), (text("second"), None));
    let third = secret.copied(text("third"));
    let plain = secret.copied(None);
    assert_eq!((secret.due(third), secret.due(plain)), (None, None), "it is not there any more");
}

#[test]
fn tokens_and_private_keys_are_secrets_and_what_is_shown_of_them_is_not() {
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.AAAA";
    for secret in [
        token,
        &format!("curl -H 'Authorization: Bearer {token}' https://api.example/"),
        &format!("\n{token}\n"),
        "eyJhbGciOiJkaXIifQ..AAAA.AAAA.AAAA",
        "-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----",
        r#"{"kty":"oct","k":"AAAA"}"#,
        r#"{"kty":"EC","d":"AAAA"}"#,
    ] {
        assert!(is_secret(secret), "{secret}");
    }
    for plain in [
        "",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.",
        "eyJhbGciOiJIUzI1NiJ9",
        r#"{"sub":"alice","exp":1}"#,
        "Rejected: 401 at check 4 of 9",
        "/home/me/.local/share/token-workbench/profiles/default/workbench.db",
        "-----BEGIN PUBLIC KEY-----",
    ] {
        assert!(!is_secret(plain), "{plain}");
    }
}
