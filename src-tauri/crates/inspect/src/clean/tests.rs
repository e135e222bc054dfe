//! Tests of what is stripped and what is left alone.

mod broken;
mod encoded;
mod linear;
mod refused;
mod words;

use super::find::{MOST_TOKENS, tokens_in};
use super::*;

const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln";

fn messages(text: &str) -> Vec<String> {
    let cleaned = clean(text);
    assert_eq!(cleaned.text, TOKEN, "from {text:?}");
    cleaned.clean_ups.into_iter().map(|clean_up| clean_up.message).collect()
}

#[test]
fn every_token_of_a_text_is_found_once_with_its_name() {
    let other = TOKEN.replace("c2ln", "b3RoZXI");
    let json = format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","id_token":"{other}","again":"{TOKEN}"}}"#);
    let found = tokens_in(&json);
    let found: Vec<_> = found.iter().map(|found| (found.name.as_str(), found.token.as_str())).collect();
    assert_eq!(found, [("access_token", TOKEN), ("id_token", other.as_str())]);
    let log = format!("old: {TOKEN}\nnew={other}&x=1");
    assert_eq!(tokens_in(&log).len(), 2);
    assert_eq!(tokens_in(&log)[1].name, "new");
    for one in [TOKEN.to_owned(), format!("Bearer {TOKEN}"), format!("{}\n{}", &TOKEN[..30], &TOKEN[30..])] {
        assert_eq!(tokens_in(&one), []);
    }
    let many: String = (0..100).map(|n| format!("{TOKEN}{n} ")).collect();
    assert_eq!(tokens_in(&many).len(), MOST_TOKENS);
}

#[test]
fn a_bare_token_is_left_alone() {
    assert_eq!(messages(TOKEN), Vec::<String>::new());
}

#[test]
fn an_authorization_header_loses_its_name_and_scheme() {
    let name_and_scheme = ["Removed the header name `Authorization`", "Removed the scheme `Bearer`"];
    assert_eq!(messages(&format!("Authorization: Bearer {TOKEN}")), name_and_scheme);
    assert_eq!(messages(&format!("bearer {TOKEN}")), ["Removed the scheme `bearer`"]);
    assert_eq!(messages(&format!("DPoP {TOKEN}")), ["Removed the scheme `DPoP`"]);
    messages(&format!("Authorization:{TOKEN}"));
    messages(&format!("Bearer%20{TOKEN}"));
}

#[test]
fn quotes_and_white_space_come_off() {
    assert_eq!(messages(&format!(" {TOKEN}\n")), ["Removed white space around the token"]);
    assert_eq!(messages(&format!("\"{TOKEN}\",")), ["Removed quotes around it"]);
    for wrapped in [format!("'{TOKEN}'"), format!("\\\"{TOKEN}\\\""), format!("\u{201C}{TOKEN}\u{201D}")] {
        messages(&wrapped);
    }
    messages(&format!("\u{FEFF}{TOKEN}\u{200B}"));
    messages(&format!("\"{TOKEN}\\n\""));
}

#[test]
fn line_breaks_inside_go() {
    let (first, rest) = TOKEN.split_at(9);
    let (second, third) = rest.split_at(20);
    assert_eq!(messages(&format!("{first}\r\n{second}\n{third}")), ["Removed 2 line breaks inside the token"]);
    assert_eq!(messages(&format!("{first} {second}{third}")), ["Removed 1 space inside the token"]);
    messages(&format!("Bearer {first}\n  {second}\n  {third}\n"));
}

#[test]
fn a_json_answer_gives_its_token() {
    let took = ["Took `access_token` out of the JSON around it"];
    assert_eq!(messages(&format!(r#"{{"token_type":"bearer","access_token":"{TOKEN}"}}"#)), took);
    for json in [
        format!(r#"{{"data":{{"auth":{{"id_token":"{TOKEN}"}}}}}}"#),
        format!(r#"{{"refresh_token":"{TOKEN}"}}"#),
        format!(r#"{{"token":"Bearer {TOKEN}"}}"#),
        format!(r#"{{"unknown":"{TOKEN}"}}"#),
        format!(r#""access_token": "{TOKEN}","#),
    ] {
        messages(&json);
    }
}

#[test]
fn commands_cookies_and_urls_give_their_token() {
    let curl = format!("curl -s http://localhost:8787/me \\\n  -H 'Authorization: Bearer {TOKEN}' -v");
    assert_eq!(messages(&curl), ["Took the bearer token out of the cURL command"]);
    assert_eq!(messages(&format!("session={TOKEN}")), ["Took the value of `session`"]);
    assert_eq!(messages(&format!("Cookie: a=b; sid={TOKEN}; Path=/")), ["Took the value of `sid`"]);
    let url = format!("https://example.com/cb?state=1#access_token={TOKEN}&token_type=bearer");
    assert_eq!(messages(&url), ["Took the value of `access_token`"]);
    assert_eq!(messages(&format!("curl -b 'jwt={TOKEN}'")), ["Took the value of `jwt`"]);
    assert_eq!(
        messages(&format!("curl http://x -H \"Authorization: Bearer {TOKEN}\"")),
        ["Took the bearer token out of the cURL command"]
    );
    assert_eq!(messages(&format!(r#""id_token": "{TOKEN}","#)), ["Took the value of `id_token`"]);
    messages(&format!("GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"));
    messages(&format!("2026-11-23 14:32:07 INFO token={TOKEN} user=alice"));
    messages(&format!("{TOKEN}; Path=/"));
}

#[test]
fn a_wrong_character_inside_a_token_is_not_taken_for_its_end() {
    for text in ["eyJhbGciOiJFUzI1NiJ9.eyJz+WIi/iJhbGlj=.c2ln", "eyJhbGciOiJFUzI1NiJ9.eyJzdW*IiOi.c2ln"] {
        assert_eq!((clean(text).text.as_str(), clean(text).clean_ups), (text, vec![]));
    }
}

#[test]
fn text_without_a_token_stays() {
    for text in ["hello world", "eyebrows. are not tokens", "a.b.c", "", "{}", "https://example.com/?a=eyJ"] {
        assert_eq!(clean(text).text, text);
    }
    assert_eq!(clean(" \n\t ").text, "");
    let json = r#"{"payload":"e30","signatures":[]}"#;
    assert_eq!(clean(json).text, json);
}

#[test]
fn what_was_removed_is_shown_cut_and_visible() {
    let cleaned = clean(&format!("{}\u{202E} Bearer {TOKEN}", "x".repeat(500)));
    assert!(cleaned.clean_ups[0].removed.chars().count() <= 100);
    assert_eq!(cleaned.text, TOKEN);
    let lines = clean(&format!("token:\r\n\n{TOKEN}"));
    assert!(lines.clean_ups.iter().any(|clean_up| clean_up.removed.contains("↵↵")), "{:?}", lines.clean_ups);
}
