//! Tests with values that the frameworks themselves signed, with the secret `dev-secret` at 1795600000: Flask 3.1,
//! itsdangerous 2.2, Starlette, Django 5.2, cookie-signature and Keygrip.

use crate::report::{AppSignature, AppSignatureState, Remedy, Report};
use crate::testing::Draft;
use crate::{SecretForm, UserKey, check_with_user_key, parse};

const FLASK: &str = "eyJ1c2VyX2lkIjoiNDIiLCJfZnJlc2giOnRydWV9.awaugA.z3EonJMQyolqgjSRuMPbKE1WI6Q";
const STARLETTE: &str = "eyJ1c2VyIjogImFsaWNlIiwgImEiOiAxfQ==.awaugA.2c7FecDZWC6glZqdBXOEF48ukuI";
const DJANGO: &str = ".eJyrVopPLC3JiC8tTi2Kz0xRslIyVNJBFktKTM5OzQNJpGQl5qXn6yXn55UUZSbpgZToQWWL9XzzU1JznKBqawE67h8t:\
                      1xW9aK:cwcCCVfhmN83c1RY1h3w7F6ZVutLBLGlxK-tOpaIaPs";

fn with(text: &str, secret: &str, form: SecretForm) -> Report {
    check_with_user_key(&parse(text), &UserKey::new(secret, form), &Draft::new().evidence())
}

fn signature(text: &str, secret: &str) -> AppSignature {
    with(text, secret, SecretForm::Text).app_signature.unwrap_or_else(|| panic!("{text} is signed by no app"))
}

#[test]
fn each_framework_s_value_matches_its_secret_and_no_other() {
    let cases = [
        (FLASK, "with the salt `cookie-session` and the key derivation `hmac`, as Flask signs a session"),
        (
            "session=.eJyrVkpOLCpRsopWSiwoyElV0hmlyaJjawE0sWf9.awaugA.0_q4tb7bSgSFuhzFBOKdOgx0O8c",
            "as Flask signs a session",
        ),
        (
            "eyJ1c2VyX2lkIjoiNDIifQ.awaugA.1fEmKoo9ixnNxoN2ctyR53gyI_2e9lPDQnLnxEXvgraCdVrtKZs_9j0xypbbUtAZbyjG11hrULZACn\
             2XwRKurw",
            "as Flask signs a session",
        ),
        ("ImFAZXhhbXBsZS5jb20i.awaugA.MJD5y6UkPNT0pBhY3Yf1kM2q-s8", "`django-concat`, the defaults of itsdangerous"),
        ("eyJpZCI6N30.JrY25bBpL_B8Z1rYiaMO8t90hFU", "`django-concat`, the defaults of itsdangerous"),
        ("IjVkMWU4YTM3YzBmMjRiOTYi.awaugA.PJsc9CwUlbhr1iTNh4Ps0aGomU8", "as Flask-WTF signs the token of a form"),
        (STARLETTE, "as Starlette signs a session"),
        (DJANGO, "with the salt `django.contrib.sessions.backends.signed_cookies`"),
        ("eyJpZCI6N30:1xW9aK:doOyeHQawljswUxVLXVfoPhmtk7K0uFR53noE1LJmGs", "with the salt `django.core.signing`"),
        (
            "Cookie: theme=dark:1xW9aK:EjKkXfpZ_58zwtxRaJZWT5NO6aD-R-BhgzV34HOA628",
            "with the salt `theme`, as `set_signed_cookie` does",
        ),
        ("connect.sid=s%3Aabc123.rwS3mqZ33uIi%2F111TiO6uZOxLDduzFF5QnC5Mra3Bgs", "Matches this secret"),
        ("Cookie: session=eyJ1c2VyIjoiYWxpY2UifQ==; session.sig=HxDhYEL8fm6WHzBjolju7Ru5VWo", "Matches this secret"),
    ];
    for (text, words) in cases {
        let right = signature(text, "dev-secret");
        assert_eq!(right.state, AppSignatureState::Verified, "{text}: {}", right.reason);
        assert!(right.reason.ends_with(words), "{text}: {}", right.reason);
        let wrong = signature(text, "dev-secreT");
        assert_eq!(wrong.state, AppSignatureState::Mismatch, "{text}");
        assert!(wrong.reason.starts_with("Does not match this "), "{}", wrong.reason);
    }
}

#[test]
fn a_changed_value_does_not_match() {
    let changed = FLASK.replace("NDIi", "NDMi");
    assert_eq!(signature(&changed, "dev-secret").state, AppSignatureState::Mismatch);
}

#[test]
fn a_secret_in_another_form_is_recognised() {
    for (given, form, remedy) in [
        ("ZGV2LXNlY3JldA==", SecretForm::Text, Remedy::ReadAsBase64),
        ("dev-secret\n", SecretForm::Text, Remedy::Trim),
        ("6465762d736563726574", SecretForm::Text, Remedy::ReadAsHex),
    ] {
        let report = with(FLASK, given, form);
        let signature = report.app_signature.unwrap();
        assert_eq!(signature.state, AppSignatureState::Mismatch);
        assert_eq!(report.user_key.unwrap().remedy, Some(remedy), "{}", signature.reason);
    }
    let bytes = "eyJ1c2VyX2lkIjoiNDIifQ.awaugA.eOKtdMy6HDjE2Ik0uEI-1ZZyG6c";
    for written in [r#"b'_5#y2L"F4Q8z\n\xec]/'"#, r#"SECRET_KEY = b'_5#y2L"F4Q8z\n\xec]/'"#] {
        let report = with(bytes, written, SecretForm::Text);
        assert_eq!(report.app_signature.unwrap().state, AppSignatureState::Verified, "{written}");
        assert_eq!(report.user_key.unwrap().repairs.len(), 1);
    }
    let report = with(FLASK, "not base64!", SecretForm::Base64);
    assert_eq!(report.app_signature.unwrap().state, AppSignatureState::NotChecked);
    assert!(report.user_key.unwrap().problem.unwrap().starts_with("The secret is not base64"));
}

#[test]
fn time_lifetime_and_parts_are_read_without_a_secret() {
    for (text, maker, written, days) in
        [(FLASK, "Flask", "6b06ae80", 31), (STARLETTE, "Starlette", "6b06ae80", 14), (DJANGO, "Django", "1xW9aK", 14)]
    {
        let report = Draft::new().judge(text);
        let found = report.app_signature.unwrap();
        assert_eq!((found.maker, found.state), (maker, AppSignatureState::NotChecked));
        assert_eq!((found.signed_at, &*found.time_written), (Some(1_795_600_000), written));
        assert_eq!(found.lifetime, Some(days * 86_400));
        let names: Vec<_> = found.parts.iter().map(|part| part.name).collect();
        assert_eq!(names, ["Session", "Time", "Signature"]);
        assert_eq!(found.parts[2].end as usize, report.token.len());
    }
    let value = Draft::new().judge("eyJpZCI6N30.JrY25bBpL_B8Z1rYiaMO8t90hFU").app_signature.unwrap();
    assert_eq!((value.signed_at, value.lifetime), (None, None));
    // As itsdangerous wrote it before version 1.0.
    assert_eq!(super::AppSigned::seconds(&[0x1d, 0xe8, 0x40, 0x00]), 1_795_600_000);
}

#[test]
fn neither_secret_nor_content_is_printed() {
    let pasted = parse(FLASK);
    assert_eq!(format!("{:?}", pasted.app_signed().unwrap()), "AppSigned { maker: Flask, .. }");
    let report = with(FLASK, "c4n4ry-secret", SecretForm::Text);
    assert!(!format!("{report:?}").contains("c4n4ry"));
}

#[test]
fn a_jwt_has_no_such_signature() {
    let token = Draft::new().token();
    assert_eq!(Draft::new().judge(&token).app_signature, None);
    assert_eq!(with(&token, "dev-secret", SecretForm::Text).app_signature, None);
}
