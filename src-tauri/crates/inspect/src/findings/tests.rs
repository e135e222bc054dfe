//! Tests of the findings about personal data and secrets, and of what raises none.

use crate::report::{Finding, Severity};
use crate::testing::{Draft, NOW, ids};

fn only(draft: &Draft, id: &str) -> Finding {
    let report = draft.report();
    let found: Vec<&Finding> = report.findings.iter().filter(|finding| finding.id == id).collect();
    assert_eq!(found.len(), 1, "{id} in {:?}", ids(&report));
    found[0].clone()
}

fn id_token() -> Draft {
    let draft = Draft::new().without("typ").without("scope").without("client_id");
    draft.claim("nonce", "\"n-0S6_WzA2Mj\"").claim("at_hash", "\"MTIzNDU2Nzg5MDEyMzQ1Ng\"")
}

#[test]
fn personal_data_is_one_finding_that_names_the_claims_and_repeats_nothing() {
    let draft = Draft::new()
        .claim("email", "\"alice@example.com\"")
        .claim("phone_number", "\"+1 (555) 010-9999\"")
        .claim("address", r#"{"locality":"Berlin"}"#)
        .claim("birthdate", "\"1990-04-01\"");
    let finding = only(&draft, "personal_data");
    assert_eq!(finding.severity, Severity::Low);
    assert_eq!(finding.rfc, "RFC 7519 §12");
    assert_eq!(
        finding.message,
        "email (email address), phone_number (phone number), address (postal address) and birthdate (date of birth). \
         Whoever sees the token can read it: send only what the API needs"
    );
    let many = ["email", "given_name", "family_name", "middle_name", "birthdate", "surname", "phone"]
        .into_iter()
        .fold(Draft::new(), |draft, name| draft.claim(name, "\"+49 30 123456\""));
    assert!(only(&many, "personal_data").message.contains("birthdate (date of birth) and 2 more."));
}

#[test]
fn values_give_personal_data_away_whatever_the_claim_is_called() {
    for (json, what) in [
        ("\"alice@example.com\"", "email address"),
        ("\"+4930123456\"", "phone number"),
        ("\"4111 1111 1111 1111\"", "payment card number"),
        ("4111111111111111", "payment card number"),
        ("\"DE89 3704 0044 0532 0130 00\"", "bank account"),
        ("\"219-09-9999\"", "national ID number"),
    ] {
        let finding = only(&Draft::new().claim("x", json), "personal_data");
        assert!(finding.message.starts_with(&format!("x ({what}). ")), "{}", finding.message);
        assert!(!finding.message.contains(json.trim_matches('"')));
    }
    let inside = only(&Draft::new().claim("user", r#"{"contact":[{"mail":"a@example.com"}]}"#), "personal_data");
    assert!(inside.message.starts_with("user.contact.mail (email address). "), "{}", inside.message);
    let listed = only(&Draft::new().claim("emails", r#"["a@example.com","b@example.com"]"#), "personal_data");
    assert!(listed.message.starts_with("emails (email address). "), "{}", listed.message);
    let subject = only(&Draft::new().claim("sub", "\"alice@example.com\""), "personal_data");
    assert!(subject.message.starts_with("sub (email address). "), "{}", subject.message);
}

#[test]
fn an_id_token_is_there_to_carry_names_but_not_card_numbers() {
    let profile = id_token().claim("name", "\"Alice Example\"").claim("email", "\"alice@example.com\"");
    assert_eq!(only(&profile, "personal_data").severity, Severity::Info);
    let card = profile.claim("card", "\"4111111111111111\"");
    assert_eq!(only(&card, "personal_data").severity, Severity::Low);
    for (name, json) in [("scope", "\"openid\""), ("token_use", "\"access\""), ("typ", "\"Bearer\"")] {
        let access = id_token().claim("email", "\"alice@example.com\"").claim(name, json);
        assert_eq!(only(&access, "personal_data").severity, Severity::Low, "{name}");
    }
    let typed = id_token().claim("email", "\"alice@example.com\"").header("typ", "\"at+jwt\"");
    assert_eq!(only(&typed, "personal_data").severity, Severity::Low);
}

#[test]
fn what_only_looks_like_personal_data_is_left_alone() {
    for (name, json) in [
        ("sub", "\"alice\""),
        ("sub", "\"550e8400-e29b-41d4-a716-446655440000\""),
        ("sub", "\"248289761001\""),
        ("email_verified", "true"),
        ("phone_number_verified", "false"),
        ("order", "4111111111111112"),
        ("order", "\"4111111111111112\""),
        ("created", "1795440727000"),
        ("hash", "\"MTIzNDU2Nzg5MDEyMzQ1Ng==\""),
        ("digest", "\"PLaVh1IJ--QEVmjCoQIWl3IArbWpuRe6CdGpCaPEFXk\""),
        ("jti", "\"4111111111111111\""),
        ("iss", "\"ci@example.com\""),
        ("address", "\"0x52908400098527886E0F7030069857D2E4169EE7\""),
        ("address", "\"10.0.0.1\""),
        ("org", r#"{"name":"Example Inc."}"#),
        ("zoneinfo", "\"+0200\""),
        ("name", "\"\""),
        ("phone", "\"none\""),
        ("passport", "true"),
    ] {
        let report = Draft::new().claim(name, json).report();
        assert!(!ids(&report).contains(&"personal_data"), "{name}: {json}");
    }
}

#[test]
fn a_secret_in_clear_text_is_told_and_not_repeated() {
    let inner = Draft::new().header("typ", "\"rt+jwt\"").token();
    for (name, value, what) in [
        ("password", "hunter2", "a secret by its name"),
        ("Client-Secret", "s3cr3t-value", "a secret by its name"),
        ("dbPassword", "hunter2", "a secret by its name"),
        ("api_key", "0123456789", "a secret by its name"),
        ("refresh_token", "tGzv3JOkF0XG5Qx2TlKWIA", "a refresh token"),
        ("other", inner.as_str(), "a refresh token"),
        ("x", "-----BEGIN EC PRIVATE KEY-----\\nMHcCAQ", "a private key"),
        ("x", "AKIAIOSFODNN7EXAMPLE", "an AWS access key"),
        ("x", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "a GitHub token"),
        ("x", "xoxb-0000000000-abcdefghij", "a Slack token"),
        ("x", "sk_live_0000000000000000", "a Stripe key"),
        ("x", "AIzaSyA0000000000000000000000000000000x", "a Google API key"),
        ("x", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP", "the secret of a second factor"),
        ("x", "postgres://app:hunter2@db.internal/items", "an address with a password"),
    ] {
        let finding = only(&Draft::new().claim(name, format!("\"{value}\"")), "clear_text_secret");
        assert_eq!(finding.severity, Severity::High);
        assert!(finding.message.starts_with(&format!("{name} ({what}). ")), "{}", finding.message);
        assert!(!finding.message.contains(value));
    }
}

#[test]
fn a_private_jwk_is_found_in_the_header_and_deep_in_the_claims() {
    let ec = r#"{"kty":"EC","crv":"P-256","x":"AA","y":"BB","d":"CC"}"#;
    let header = only(&Draft::new().header("jwk", ec), "clear_text_secret");
    assert!(header.message.starts_with("jwk (a JWK with its private part). "), "{}", header.message);
    let oct = only(
        &Draft::new().claim("cnf", r#"{"jwk":{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMko"}}"#),
        "clear_text_secret",
    );
    assert!(oct.message.starts_with("cnf.jwk (a JWK with its private part). "), "{}", oct.message);
    let set = only(&Draft::new().claim("keys", format!("[1,[\"x\"],{ec}]")), "clear_text_secret");
    assert!(set.message.starts_with("keys (a JWK with its private part). "), "{}", set.message);
    let mixed = only(&Draft::new().claim("x", r#"[null,[["a@example.com"]]]"#), "personal_data");
    assert!(mixed.message.starts_with("x (email address). "), "{}", mixed.message);
    let public = Draft::new().claim("cnf", r#"{"jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"BB"}}"#).report();
    assert!(!ids(&public).contains(&"clear_text_secret"));
}

#[test]
fn names_of_secrets_without_a_secret_are_left_alone() {
    for (name, json) in [
        ("password", "\"\""),
        ("password", "true"),
        ("has_password", "\"yes\""),
        ("reset_password", "\"required\""),
        ("force_change_password", "\"Y\""),
        ("secret", "\"0\""),
        ("password", "\"********\""),
        ("password_changed_at", "1795440727"),
        ("password_hash_scheme", "\"bcrypt\""),
        ("amr", r#"["pwd"]"#),
        ("secretary", "\"bob\""),
        ("api_keys_allowed", "\"all\""),
        ("token", "\"2YotnFZFEjr1zCsicMWpAA\""),
        ("url", "\"https://example.com:8080/@alice\""),
        ("pem", "\"-----BEGIN PUBLIC KEY-----\""),
        ("note", "\"AKIA is where AWS keys begin\""),
    ] {
        let report = Draft::new().claim(name, json).report();
        assert!(!ids(&report).contains(&"clear_text_secret"), "{name}: {json}");
    }
}

#[test]
fn what_belongs_to_a_kind_of_token_is_no_finding() {
    let jwk = r#"{"kty":"EC","crv":"P-256","x":"AA","y":"BB"}"#;
    let proof = |typ: &str| Draft::new().header("typ", format!("\"{typ}\"")).header("jwk", jwk).without("exp").report();
    assert!(!ids(&proof("dpop+jwt")).iter().any(|id| ["missing_exp", "self_supplied_key"].contains(id)));
    assert!(ids(&proof("at+jwt")).contains(&"missing_exp") && ids(&proof("at+jwt")).contains(&"self_supplied_key"));
    let typ = |draft: Draft| ids(&draft.header("typ", "\"JWT\"").report()).contains(&"generic_typ");
    assert!(typ(Draft::new()));
    assert!(!typ(Draft::new().without("scope").without("client_id").claim("nonce", "\"n-0S6_WzA2Mj\"")));
}

#[test]
fn times_in_smaller_units_are_told_and_far_dates_are_not() {
    let title = |exp: i64| {
        let report = Draft::new().claim("exp", exp).report();
        report.findings.iter().find(|finding| finding.id == "milliseconds").map(|finding| finding.title.to_string())
    };
    assert_eq!(title((NOW + 800) * 1_000).as_deref(), Some("Milliseconds instead of seconds"));
    assert_eq!(title((NOW + 800) * 1_000_000).as_deref(), Some("Microseconds instead of seconds"));
    assert_eq!(title((NOW + 800) * 1_000_000_000).as_deref(), Some("Nanoseconds instead of seconds"));
    for never in [253_402_300_799, i64::MAX] {
        assert_eq!(title(never), None, "{never}");
    }
    let before = only(&Draft::new().claim("exp", NOW - 100).claim("iat", NOW).without("nbf"), "never_valid");
    assert_eq!(before.message, "exp is not after iat");
}

#[test]
fn a_time_in_milliseconds_is_said_to_be_one_and_not_compared_with_seconds() {
    let one = |name: &str| Draft::new().claim(name, NOW * 1_000).report();
    for name in ["iat", "nbf", "exp"] {
        assert!(ids(&one(name)).contains(&"milliseconds"), "{name}");
        assert!(!ids(&one(name)).contains(&"never_valid"), "{name}");
    }
    let seconds = Draft::new().claim("iat", NOW * 1_000).claim("nbf", NOW).claim("exp", NOW - 100).report();
    assert!(ids(&seconds).contains(&"never_valid"), "nbf and exp are both in seconds");
}

#[test]
fn hostile_depth_and_breadth_stay_bounded() {
    let deep = format!("{}\"a@example.com\"{}", "{\"a\":".repeat(60), "}".repeat(60));
    assert!(!ids(&Draft::new().claim("x", deep).report()).contains(&"personal_data"));
    let wide: Vec<String> = (0..5000).map(|n| format!("\"u{n}@example.com\"")).collect();
    let finding = only(&Draft::new().claim("x", format!("[{}]", wide.join(","))), "personal_data");
    assert!(finding.message.len() < 600);
    let long = only(&Draft::new().claim(&"k".repeat(5000), "\"a@example.com\""), "personal_data");
    assert!(long.message.len() < 600);
}

#[test]
fn a_generic_typ_is_worth_a_warning_only_where_a_typ_is_asked_for() {
    let generic = || Draft::new().header("typ", "\"JWT\"");
    assert_eq!(only(&generic(), "generic_typ").severity, Severity::Low);
    let anywhere = generic().policy(|policy| policy.typ = None);
    assert_eq!(only(&anywhere, "generic_typ").severity, Severity::Info);
}

#[test]
fn what_an_issuer_does_on_purpose_is_a_note_unless_the_policy_is_for_that_issuer() {
    let habits = || Draft::new().claim("email", "\"a@example.com\"").claim("aud", "[]").claim("exp", NOW + 90_000);
    for (id, severity) in
        [("personal_data", Severity::Low), ("empty_aud", Severity::Low), ("long_lifetime", Severity::Medium)]
    {
        assert_eq!(only(&habits(), id).severity, severity, "{id}");
        let anybodys = habits().policy(|policy| policy.issuer = None);
        assert_eq!(only(&anybodys, id).severity, Severity::Info, "{id}");
        assert!(!only(&anybodys, id).message.contains("the policy allows"));
    }
    let card = Draft::new().claim("card", "\"4111111111111111\"").policy(|policy| policy.issuer = None);
    assert_eq!(only(&card, "personal_data").severity, Severity::Low);
}

#[test]
fn a_missing_exp_is_a_finding_only_where_a_stolen_token_would_work_for_ever() {
    let lasting = |typ: &str| Draft::new().without("exp").header("typ", format!("\"{typ}\"")).report();
    for typ in ["at+jwt", "JWT"] {
        assert!(ids(&lasting(typ)).contains(&"missing_exp"), "{typ}");
    }
    for typ in ["logout+jwt", "dc+sd-jwt", "rt+jwt"] {
        assert!(!ids(&lasting(typ)).contains(&"missing_exp"), "{typ}");
    }
}
