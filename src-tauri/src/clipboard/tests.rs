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

/// A minute that the test ends at will, and the places where a secret can be, with their content.
#[test]
fn after_sixty_seconds_a_secret_is_taken_off_every_place_that_still_has_it() {
    let ours = Zeroizing::new("ours".to_owned());
    let secret = Arc::new(Mutex::new(Secret::default()));
    let number = lock(&secret).copied(Some(ours));
    let places = Arc::new(Mutex::new(vec![Ok("ours".to_owned()), Ok("somebody's".to_owned()), Err("no text")]));
    let (begins, began) = mpsc::channel();
    let (ends, ended) = mpsc::channel::<()>();
    let (done, is_done) = mpsc::channel();
    let (secrets, there) = (Arc::clone(&secret), Arc::clone(&places));
    let wait = move |time: Duration| {
        begins.send(time).unwrap();
        ended.recv().unwrap();
    };
    after_its_time(wait, move || {
        let due = lock(&secrets).due(number).unwrap();
        for place in lock(&there).iter_mut() {
            let held = place.clone();
            clear_if_ours(
                &due,
                || held,
                || {
                    *place = Ok(String::new());
                    Ok(())
                },
            )
            .unwrap();
        }
        done.send(()).unwrap();
    });
    assert_eq!(began.recv().unwrap(), Duration::from_secs(60));
    assert_eq!(lock(&places)[0], Ok("ours".to_owned()), "not before");
    ends.send(()).unwrap();
    is_done.recv().unwrap();
    assert_eq!(*lock(&places), [Ok(String::new()), Ok("somebody's".to_owned()), Err("no text")]);
    assert!(lock(&secret).text.is_none(), "and nothing is kept of it");
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
