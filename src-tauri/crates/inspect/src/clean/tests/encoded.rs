//! Tests of tokens in base64 and hexadecimal, in chunks, in JSON in JSON, with escaped characters and in links.

use super::*;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

fn once_more(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}

fn lines(text: &str, start: &str) -> String {
    let lines: Vec<_> = text.as_bytes().chunks(28).map(String::from_utf8_lossy).collect();
    lines.join(&format!("\n{start}"))
}

const BASE64: &str = "Decoded base64: this is a token in base64 once more";

#[test]
fn a_token_in_base64_is_found_alone_and_in_a_secret_of_kubernetes() {
    let secret = once_more(TOKEN);
    assert_eq!(messages(&secret), [BASE64]);
    assert_eq!(messages(secret.trim_end_matches('=')), [BASE64]);
    assert_eq!(messages(&BASE64_URL_SAFE_NO_PAD.encode(TOKEN)), [BASE64]);
    let yaml = format!("kind: Secret\ndata:\n  namespace: ZGVmYXVsdA==\n  token: {secret}\n  other: eA==\n");
    let took = ["Removed white space around the token", BASE64, "Took the value of `token`"];
    assert_eq!(messages(&yaml), took);
    for text in [
        once_more(&format!("{TOKEN}\n")),
        once_more(&format!("Bearer {TOKEN}")),
        once_more(&format!("{{\"token\":\"{TOKEN}\"}}")),
        lines(&secret, ""),
        format!("token: |\n    {}\nkind: Secret", lines(&secret, "    ")),
        format!("{{\"data\":{{\"token\":\"{secret}\"}}}}"),
        format!("TOKEN={secret}"),
        format!("data:text/plain;base64,{secret}"),
        format!("Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.{}", secret.trim_end_matches('=')),
        secret.replace('=', "%3D"),
    ] {
        messages(&text);
    }
    assert_eq!(messages(&once_more(&secret)), ["Decoded base64 2 times: this is a token in base64 once more"]);
    let both = format!("a: {secret}\nb: {}\n", once_more(&TOKEN.replace("c2ln", "b3RoZXI")));
    assert_eq!(clean(&both).tokens.len(), 2);
    let one_a_line = format!("{secret}\n{}\n", once_more(&TOKEN.replace("c2ln", "c2lu")));
    assert_eq!(clean(&one_a_line).tokens.len(), 2);
}

#[test]
fn base64_of_other_things_and_segments_of_tokens_stay() {
    let basic = format!("Basic {}", once_more(&format!("client:{TOKEN}")));
    let header = TOKEN.split('.').next().unwrap();
    let nested = format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(TOKEN));
    for text in [basic, nested, once_more("no token, and long enough to hold one"), header.to_owned()] {
        assert_eq!(clean(&text).text, text);
    }
    let four = (0..4).fold(TOKEN.to_owned(), |text, _| once_more(&text));
    assert_eq!(clean(&four).text, four);
}

#[test]
fn supabase_keeps_json_in_base64() {
    let session = format!(r#"{{"provider_token":"{TOKEN}x","access_token":"{TOKEN}","user":{{"id":"7"}}}}"#);
    let value = BASE64_URL_SAFE_NO_PAD.encode(&session);
    let took = ["Decoded base64: it held JSON with a token", "Took `access_token` out of the JSON around it"];
    assert_eq!(messages(&format!("sb-abc-auth-token=base64-{value}")), took);
    messages(&format!("base64-{value}"));
    messages(&format!("Cookie: theme=dark; sb-abc-auth-token=base64-{value}; lang=en"));
    let (first, second) = value.split_at(90);
    let chunks = format!("sb-a-auth-token.0=base64-{first}; sb-a-auth-token.1={second}");
    assert_eq!(messages(&chunks)[0], "Joined the 2 chunks of the cookie `sb-a-auth-token`");
}

#[test]
fn a_cookie_in_chunks_is_joined_in_the_order_of_their_numbers() {
    let (first, rest) = TOKEN.split_at(17);
    let (second, third) = rest.split_at(17);
    let joined = ["Joined the 3 chunks of the cookie `s.t`", "Took the value of `s.t`"];
    assert_eq!(messages(&format!("Cookie: x=1; s.t.0={first}; s.t.1={second}; s.t.2={third}; y=2"))[1..], joined[1..]);
    for text in [
        format!("s.t.1={second}; s.t.2={third}; s.t.0={first}"),
        format!("s.t.0={first}\ns.t.1={second}\ns.t.2={third}"),
        format!(".SessionC1={first}; .SessionC2={second}; .SessionC3={third}"),
        format!(".Session=chunks-3; .SessionC1={first}; .SessionC2={second}; .SessionC3={third}"),
        format!("Set-Cookie: s.t.0={first}; Path=/\r\nSet-Cookie: s.t.1={second}; Path=/\r\nSet-Cookie: s.t.2={third}"),
        format!("s.t.0\t{first}\tapp.example\t/\ns.t.1\t{second}\tapp.example\t/\ns.t.2\t{third}\tapp.example\t/"),
        format!("{{\"s.t.0\":\"{first}\",\"s.t.1\":\"{second}\",\"s.t.2\":\"{third}\"}}"),
    ] {
        let said = messages(&text);
        assert!(said[0].starts_with("Joined the 3 chunks of the cookie `"), "{said:?}");
    }
    // A list of tokens is not one token, and nothing is joined over a gap.
    let list = clean(&format!("t.0={TOKEN}; t.1={TOKEN}x"));
    assert_eq!((list.text.as_str(), list.tokens.len()), (TOKEN, 2));
    assert_ne!(clean(&format!("s.t.0={first}; s.t.2={second}{third}")).text, TOKEN);
}

#[test]
fn json_in_json_and_percent_encoded_json_give_their_token() {
    let answer = format!(r#"{{"id_token":"{TOKEN}x","access_token":"{TOKEN}"}}"#);
    let body = jose::json::quoted(&answer);
    assert_eq!(messages(&format!(r#"{{"body":{body}}}"#)), ["Took `access_token` out of the JSON around it"]);
    messages(&format!(r#"{{"outer":{}}}"#, jose::json::quoted(&format!(r#"{{"body":{body}}}"#))));
    let encoded = answer.replace('"', "%22").replace('{', "%7B").replace(':', "%3A").replace(',', "%2C");
    messages(&encoded);
    messages(&encoded.replace('%', "%25"));
}

#[test]
fn links_of_debuggers_and_protocols_of_web_sockets_give_their_token() {
    for text in [
        format!("https://jwt.io/#token={TOKEN}"),
        format!("https://jwt.io/#debugger-io?token={TOKEN}&publicKey=abc"),
        format!("https://jwt.io/?token={TOKEN}"),
        format!("https://token.dev/jwt/{TOKEN}"),
        format!("https://jwt.ms/#id_token={TOKEN}"),
        format!("Sec-WebSocket-Protocol: access_token, {TOKEN}"),
        format!("sec-websocket-protocol: {TOKEN}, graphql-ws"),
        format!("new WebSocket(url, ['bearer', '{TOKEN}'])"),
    ] {
        messages(&text);
    }
}

#[test]
fn escaped_dots_are_restored() {
    for dot in ["\\.", "\\\\.", "[.]", "[dot]", "\\u002e", "\\u002E", "\\x2e", "&#46;", "&#x2E;", "&period;"] {
        assert_eq!(messages(&TOKEN.replace('.', dot)), ["Restored the escaped dots of the token"]);
        messages(&format!("token: {}", TOKEN.replace('.', dot)));
    }
    assert_eq!(
        clean(&TOKEN.replace('.', "\\.")).clean_ups[0].refused,
        Some("the dots between the segments are escaped")
    );
    assert_eq!(clean(&TOKEN.replace('.', "\\u002e")).clean_ups[0].refused, None);
    let in_header = clean(&format!("Authorization: Bearer {}", once_more(TOKEN)));
    assert_eq!(in_header.clean_ups[0].refused, Some("the token in the header is in base64 once more"));
}

#[test]
fn the_backslashes_of_markdown_are_taken_off_and_a_server_refuses_them() {
    let token = TOKEN.replace("c2ln", "_c2-ln_");
    for escaped in [
        token.replace('_', "\\_"),
        token.replace('_', "\\_").replace('-', "\\-").replace('.', "\\."),
        token.replace('-', "\\\\-"),
    ] {
        for text in [escaped.clone(), format!("Bearer {escaped}"), format!("token: **{escaped}**, and C:\\_other")] {
            let cleaned = clean(&text);
            assert_eq!(cleaned.text, token, "{text}");
            let said = cleaned.clean_ups.iter().find(|one| one.message == "Removed the backslashes inside the token");
            assert_eq!(said.unwrap().refused, Some("the token has backslashes in it"));
        }
    }
    let beside = format!("{token} in C:\\_folder");
    assert!(clean(&beside).clean_ups.iter().all(|one| !one.message.contains("backslashes")), "beside a whole token");
}

#[test]
fn a_token_in_hexadecimal_is_decoded_however_its_bytes_are_separated() {
    const HEXADECIMAL: &str = "Decoded hexadecimal: this is a token in hexadecimal";
    let bytes: Vec<String> = TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect();
    let digits = bytes.concat();
    assert_eq!(messages(&digits), [HEXADECIMAL]);
    for text in [
        digits.to_uppercase(),
        format!("0x{digits}"),
        format!("\\x{digits}"),
        format!("X'{digits}'"),
        format!("\"0x{digits}\""),
        bytes.join(" "),
        bytes.join(":"),
        bytes.join("-"),
        lines(&digits, ""),
        format!("0x{}", bytes.join(" 0x")),
        format!("[0x{}]", bytes.join(", 0x")),
        format!("\\x{}", bytes.join("\\x")),
        format!("token = 0x{digits}"),
        format!("{{\"token\":\"{digits}\"}}"),
    ] {
        assert!(messages(&text).contains(&HEXADECIMAL.to_owned()), "{text}");
    }
    let in_header = clean(&format!("Authorization: Bearer {digits}"));
    assert_eq!(in_header.text, TOKEN);
    assert_eq!(in_header.clean_ups[0].refused, Some("the token in the header is in hexadecimal"));
    for other in [digits[1..].to_owned(), "6e6f20746f6b656e".repeat(8), format!("x.{digits}")] {
        assert_eq!(clean(&other).text, other);
    }
}
