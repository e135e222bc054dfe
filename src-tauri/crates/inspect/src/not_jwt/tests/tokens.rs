//! Session cookies, opaque tokens and other formats of tokens.

use super::*;
use jose::base64url;

fn plain(bytes: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(bytes)
}

#[test]
fn session_cookies_are_named_by_the_framework_that_signs_them() {
    // Made with itsdangerous 2.2 and the key `k` repeated.
    let flask = "eyJ1c2VyX2lkIjoiNDIiLCJfZnJlc2giOnRydWV9.awvyjg.t40rRcfvqeTbt3suC9KePt-qrU0";
    let compressed = ".eJyrVsrJLC5RslJKHAVEA6VaACaRdSM.awvyjg.aKoEW2T35sWQMrcyI4tF6-9vfFE";
    let cookie = format!("Cookie: theme=dark; session={flask}; x=1");
    are_all("Flask session cookie", &[flask, &format!("session={flask}"), compressed, &cookie]);
    let (_, title) = named(flask);
    assert_eq!(title, "A signed session cookie of Flask (itsdangerous)");
    let held = [("user_id".to_owned(), "\"42\"".to_owned()), ("_fresh".to_owned(), "true".to_owned())];
    assert_eq!(claims(flask), held);
    assert_eq!(claims(compressed)[0].0, "list");
    let link = "ImFsaWNlQGV4YW1wbGUuY29tIg.awvyjg.LzUx3Bljx6bO06JC4Mx-rrVfiLk";
    are_all("itsdangerous value", &[link, "eyJpZCI6NX0.JJD1iClvXjRoXNqEXiWGT73C3OY"]);

    let digest = base64url::encode(&[7; 32]);
    let django = format!("{}:1tQxYz:{digest}", base64url::encode(br#"{"cart":5}"#));
    are_all("Django signed value", &[&django, &format!("sessionid=\"{django}\""), &format!("alice:1tQxYz:{digest}")]);
    assert_eq!(claims(&django), [("cart".to_owned(), "5".to_owned())]);

    let signed = format!("{}--{}", plain(r#"{"user_id":7}"#), "ab".repeat(20));
    are_all("Signed cookie of Rails", &[&signed, &format!("_app_session={}", signed.replace('=', "%3D"))]);
    let encrypted = format!("{}--{}--{}", plain([1; 40]), plain([2; 12]), plain([3; 16]));
    let older = format!("{}--{}", plain(format!("{}--{}", plain([1; 32]), plain([2; 16]))), "ab".repeat(20));
    are_all("Encrypted cookie of Rails", &[&encrypted, &encrypted.replace('=', "%3D"), &older]);

    let laravel = plain(format!(r#"{{"iv":"{}","value":"{}","mac":"ab","tag":""}}"#, plain([1; 16]), plain([2; 32])));
    let in_cookie = format!("laravel_session={}", laravel.replace('=', "%3D"));
    are_all("Laravel cookie", &[&laravel, &laravel.replace('=', "%3D"), &in_cookie]);

    let express = format!("s:Zx81-aB.{}", plain([9; 32]).trim_end_matches('='));
    let sent = format!("connect.sid={}", express.replace(':', "%3A").replace('+', "%2B").replace('/', "%2F"));
    are_all("Express session cookie", &[&express, &sent]);
    let cookie_session = format!("session={}; session.sig=abc", plain(r#"{"views":3}"#));
    are_all("Express session cookie", &[&cookie_session]);

    let phoenix = format!("SFMyNTY.g3QAAAABbQAAAAtfY3NyZl90b2tlbg.{digest}");
    are_all("Phoenix token", &[&phoenix, &format!("_app_key={phoenix}")]);
    are_all("ASP.NET Core cookie", &[&format!(".AspNetCore.Cookies=CfDJ8{}", "N".repeat(80))]);
    are_all("Iron session cookie", &["Fe26.2*1*0123456789abcdef*abc*def**123*ghi"]);
    for name in ["JSESSIONID", "PHPSESSID", "ASP.NET_SessionId", "connect.sid"] {
        are_all("Session cookie", &[&format!("Cookie: {name}=8c1f02d0e6a94d5f")]);
    }
}

#[test]
fn opaque_tokens_of_known_makers_are_named_where_they_stand() {
    let some = "a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8";
    for (token, name) in [
        (format!("ya29.{some}-_"), "Google access token"),
        (format!("1//0{some}"), "Google refresh token"),
        (format!("gho_{some}"), "GitHub token"),
        (format!("github_pat_{some}"), "GitHub token"),
        (format!("glpat-{some}"), "GitLab token"),
        (format!("xoxb-123456789012-{some}"), "Slack token"),
        (format!("xoxe.xoxp-1-{some}"), "Slack token"),
        (format!("sk_live_{some}"), "Stripe key"),
        (format!("pk_test_{some}"), "Stripe publishable key"),
        ("AKIAIOSFODNN7EXAMPLE".to_owned(), "AWS access key"),
        (format!("IQoJb3JpZ2luX2Vj{}/+=", some.repeat(4)), "AWS session token"),
        (format!("npm_{some}"), "npm token"),
        (format!("pypi-AgEIcHlwaS5vcmc{some}"), "PyPI token"),
        (format!("SG.{some}.{some}"), "SendGrid key"),
        (format!("00{some}abcd"), "Okta API token"),
        (format!("hvs.{some}"), "HashiCorp Vault token"),
        (format!("HRKU-AA{some}{some}")[..65].to_owned(), "Heroku API key"),
        (format!("cfut_{some}0123abcdef89"), "Cloudflare API token"),
        (format!("sk-svcacct-{some}"), "OpenAI key"),
        (format!("tskey-auth-{some}"), "Tailscale key"),
        (format!("EAAAE{some}{some}")[..64].to_owned(), "Square access token"),
        // The examples of Discord's and Telegram's references.
        ("MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs".to_owned(), "Discord bot token"),
        ("123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11".to_owned(), "Telegram bot token"),
        (format!("SK{}", "0123456789abcdef".repeat(2)), "Twilio API key SID"),
        (format!("AC{}", "0123456789abcdef".repeat(2)), "Twilio account SID"),
        (format!("{}-us19", "0123456789abcdef".repeat(2)), "Mailchimp key"),
        (format!("patA1b2C3d4E5f6G7.{}", "0123456789abcdef".repeat(4)), "Airtable token"),
        (format!("A1b2C3d4E5f6G7.atlasv1.{some}{some}"), "HCP Terraform token"),
    ] {
        for text in [
            token.clone(),
            format!("Authorization: Bearer {token}"),
            format!("Authorization: token {token}"),
            format!("curl -H \"Authorization: Bearer {token}\" https://api.example/me"),
            format!("2026-11-23 14:32:07 INFO sent '{token}' to the API"),
            format!(r#"{{"access_token":"{token}","token_type":"bearer"}}"#),
        ] {
            assert_eq!(named(&text).0, name, "{text}");
        }
    }
    assert_eq!(named("AKIAIOSFODNN7EXAMPLE").1, "An AWS access key");
    are_all("Discord bot token", &["Authorization: Bot MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"]);
    let call = "https://api.telegram.org/bot123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11/getMe";
    are_all("Telegram bot token", &[call, &format!("curl {call}")]);
    let signed =
        "sv=2022-11-02&ss=b&srt=sco&sp=rl&se=2026-11-30T00:00:00Z&sig=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MDEyMzQ%3D";
    let address = format!("https://account.blob.core.windows.net/container?{signed}");
    are_all("Shared access signature of Azure", &[signed, &address]);
    for other in ["SKnot-hexadecimal", "12:34", "ghp_short", "sk_live_", "AKIAlowercase-is-none", "ya29"] {
        let name = judge(other).not_a_jwt;
        assert!(name.as_deref().is_none_or(|name| ["Opaque token", "Text"].contains(&name)), "{other} is no {name:?}");
    }
}

#[test]
fn other_formats_of_tokens_are_named_and_what_is_public_in_them_is_shown() {
    let public = |version: &str, signature: usize| {
        let content = [br#"{"sub":"alice","exp":"2026-11-23T14:30:00+00:00"}"#, &vec![7; signature][..]].concat();
        format!("{version}.public.{}", base64url::encode(&content))
    };
    for (version, signature) in [("v1", 256), ("v2", 64), ("v3", 96), ("v4", 64)] {
        let token = public(version, signature);
        are_all(&format!("PASETO {version}.public"), &[&token, &format!("{token}.eyJraWQiOiJrIn0")]);
        let held = [("sub", "\"alice\""), ("exp", "\"2026-11-23T14:30:00+00:00\"")];
        assert_eq!(claims(&token), held.map(|(name, value)| (name.to_owned(), value.to_owned())));
        are_all(&format!("PASETO {version}.local"), &[&format!("{version}.local.{}", base64url::encode(&[1; 90]))]);
    }
    assert_eq!(named(&public("v4", 64)).1, "A PASETO, version 4, public (signed)");
    are_all("PASERK key", &["k4.public.Hrnbu7wEfAP9cGBOAHHwmH4Wsot1ciXBHmCRcXLBUUQ"]);
    // The example of Branca's specification, and of libmacaroons.
    are_all("Branca token", &["870S4BYxgHw0KnP3W9fgVUHEhT5g86vJ17etaC5Kh5uIraWHCI1psNQGv298ZmjPwoYbjDQ9chy2z"]);
    let macaroon = "MDAyMWxvY2F0aW9uIGh0dHA6Ly9leGFtcGxlLm9yZy8KMDAxNWlkZW50aWZpZXIga2V5aWQKMDAyZnNpZ25hdHVyZSB83ueS\
                    URxbxvUoSFgF3-myTnheKOKpkwH51xHGCeOO9wo";
    let binary = [&[2, 1, 18][..], b"http://example.org", &[2, 5], b"keyid", &[0, 0, 6, 32], &[7; 32]].concat();
    are_all("Macaroon", &[macaroon, &base64url::encode(&binary), &format!("Authorization: Bearer {macaroon}")]);
    let key = [&[0x08, 0, 0x12, 32][..], &[1; 32]].concat();
    let block = [&[0x0a, 30][..], &[2; 30], &[0x12, 36], &key, &[0x1a, 64], &[3; 64]].concat();
    let biscuit = [&[0x12, 0x80 | (block.len() & 0x7f) as u8, (block.len() >> 7) as u8][..], &block].concat();
    are_all("Biscuit", &[&base64url::encode(&biscuit), &format!("biscuit:{}", base64url::encode(&biscuit))]);
    let cwt = base64url::encode(&[&[0xd2, 0x84, 0x43, 0xa1, 0x01, 0x26][..], &[7; 100]].concat());
    are_all("CWT", &[&cwt]);
    let mapbox = format!("pk.{}.c2lnbmF0dXJl", base64url::encode(br#"{"u":"alice","a":"x"}"#));
    are_all("Mapbox token", &[&mapbox]);
    assert_eq!(claims(&mapbox)[0].1, "\"alice\"");
}

#[test]
fn saml_is_read_in_each_of_its_bindings() {
    let xml = |root: &str| {
        format!(
            "<?xml version=\"1.0\"?>\n<samlp:{root} xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"><saml:Issuer>\
             https://idp.example/saml</saml:Issuer></samlp:{root}>"
        )
    };
    let (response, request) = (xml("Response"), xml("AuthnRequest"));
    let posted = BASE64_STANDARD.encode(&response);
    let escaped = |text: &str| text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let lines = posted.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect::<Vec<_>>().join("\r\n");
    are_all("SAML response", &[&response, &posted, &lines, &format!("SAMLResponse={}&RelayState=x", escaped(&posted))]);
    let deflated = BASE64_STANDARD.encode(crate::testing::deflated(request.as_bytes()));
    let url = format!("https://idp.example/sso?SAMLRequest={}&RelayState=x", escaped(&deflated));
    are_all("SAML request", &[&deflated, &url, &BASE64_STANDARD.encode(&request)]);
    let message = &judge(&url).problems[0].message;
    assert!(message.contains("Its issuer is `https://idp.example/saml`."), "{message}");
    are_all("HTML page", &["<!DOCTYPE html>\n<html><body>Sign in</body></html>"]);
}
