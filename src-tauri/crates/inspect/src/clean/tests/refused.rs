//! Tests of which clean-ups a server would not have made.

use super::*;
use crate::testing::Draft;
use crate::{parse, parse_as_pasted};
use jose::judgement::{Check, Outcome, VerdictOutcome};

/// Why a server refuses a text from which the token was taken.
fn refused(text: &str) -> Option<&'static str> {
    let cleaned = clean(text);
    assert_eq!(cleaned.text, TOKEN, "from {text:?}");
    cleaned.clean_ups.into_iter().find_map(|clean_up| clean_up.refused)
}

#[test]
fn what_a_person_copies_along_is_harmless() {
    for text in [
        format!(" {TOKEN}\r\n"),
        format!("\u{FEFF}{TOKEN}"),
        format!("'{TOKEN}'"),
        format!("\"{TOKEN}\","),
        format!("Bearer {TOKEN}"),
        format!("Authorization: Bearer {TOKEN}"),
        format!("'Authorization: Bearer {TOKEN}'"),
        format!("Authorization: \"Bearer {TOKEN}\""),
        format!("Authorization: Bearer {TOKEN}\r\nHost: api.example"),
        format!("curl -H 'Authorization: Bearer {TOKEN}' https://api.example"),
        format!(r#"{{"access_token":"{TOKEN}"}}"#),
        format!("Cookie: a=b; sid={TOKEN}; Path=/"),
        format!("https://api.example/cb?code=1&id_token={TOKEN}&x=1"),
        format!("The token is {TOKEN}."),
        format!("token = \"{}\" +\n  \"{}\"", &TOKEN[..30], &TOKEN[30..]),
        format!("> {}\n> {}", &TOKEN[..30], &TOKEN[30..]),
        format!("**{TOKEN}**"),
    ] {
        assert_eq!(refused(&text), None, "{text}");
    }
}

#[test]
fn what_a_client_sends_along_is_the_fault() {
    let inside = "the token has white space in it";
    let twice = "the scheme is there twice";
    let bytes = "the token is inside Python's b'…'; decode the bytes before sending them";
    let (first, rest) = TOKEN.split_at(30);
    for (text, why) in [
        (format!("Bearer Bearer {TOKEN}"), twice),
        (format!("Authorization: Bearer bearer {TOKEN}"), twice),
        (format!("Authorization: Bearer Token {TOKEN}"), twice),
        (format!("GET / HTTP/1.1\r\nAuthorization: Bearer Bearer {TOKEN}\r\n"), twice),
        (format!("Authorization: Authorization: Bearer {TOKEN}"), "the header's value repeats its name"),
        (format!("Bearer: {TOKEN}"), "the scheme must be followed by a single space"),
        (format!("Bearer{TOKEN}"), "the scheme must be followed by a single space"),
        (format!("Authorization: Bearer%20{TOKEN}"), "the header is percent-encoded, which no server decodes"),
        (format!("Authorization: Bearer \"{TOKEN}\""), "the token is in quotes in the header"),
        (format!("Bearer {{\"token\":\"{TOKEN}\"}}"), "the header holds JSON instead of the token in it"),
        (format!("Bearer <{TOKEN}>"), "the header has other characters around the token"),
        (format!("Authorization: Bearer b'{TOKEN}'"), bytes),
        (format!("b'{TOKEN}'"), bytes),
        (format!("token: b\"{TOKEN}\""), bytes),
        (
            format!("Bearer Optional(\"{TOKEN}\")"),
            "the program printed a wrapper around the token: unwrap it before it is sent",
        ),
        (format!("{TOKEN}\0"), "a NUL byte follows the token"),
        (format!("Bearer {TOKEN}\\x00"), "a NUL byte follows the token"),
        (format!("{first}\0{rest}"), "the token has a NUL byte in it"),
        (format!("Bearer {first}\0\0{rest}\n"), "the token has a NUL byte in it"),
        (format!("{first}%00{rest}"), "the token has a NUL byte in it"),
        (format!("{}\0{}", &TOKEN[..TOKEN.len() - 9], &TOKEN[TOKEN.len() - 9..]), "the token has a NUL byte in it"),
        (format!("{first}\u{1}{rest}"), "the token has control characters in it"),
        (format!("{first}\u{7F}{rest}"), "the token has control characters in it"),
        (format!("{TOKEN}\u{1}"), "a control character follows the token"),
        (format!("\u{8}{TOKEN}"), "a control character stands before the token"),
        (format!("{TOKEN}?"), "a question mark follows the token"),
        (format!("{TOKEN}."), "the dot at the end begins a fourth segment"),
        (format!("{TOKEN}.."), "the dot at the end begins a fourth segment"),
        (format!("{first} {rest}"), inside),
        (format!("Authorization: Bearer {first}\n{rest}"), inside),
        (format!("{first}\\n{rest}"), inside),
        (format!("{first}\u{200B}{rest}"), "the token has invisible characters in it"),
    ] {
        assert_eq!(refused(&text), Some(why), "{text}");
    }
}

#[test]
fn a_control_character_in_the_signature_is_removed_too() {
    let token = Draft::new().token();
    let (first, rest) = token.split_at(token.len() - 9);
    let cleaned = clean(&format!("{first}\0{rest}"));
    assert_eq!((&cleaned.text, cleaned.clean_ups.len()), (&token, 1));
    assert_eq!(cleaned.clean_ups[0].refused, Some("the token has a NUL byte in it"));
}

#[test]
fn a_nul_between_a_token_and_other_text_is_no_part_of_it() {
    for text in [format!("TOKEN={TOKEN}\0PATH=/usr/bin\0"), format!("HOME=/\0TOKEN={TOKEN}\0")] {
        assert_eq!(clean(&text).text, TOKEN, "the environment of a process is a list with NUL bytes: {text:?}");
    }
}

#[test]
fn the_first_check_warns_of_it_and_judged_as_pasted_it_fails() {
    let draft = Draft::new();
    let text = format!("Bearer Bearer {}", draft.token());
    let report = draft.judge(&text);
    let parse_check = crate::testing::step(&report, Check::Parse);
    assert_eq!(parse_check.outcome, Outcome::Warn);
    let why = "As pasted, a server refuses this: the scheme is there twice";
    assert_eq!(parse_check.reason, why);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Accepted, "the verdict is the token's");
    for text in [text, format!("{}\n", draft.token()), format!("\"{}\"", draft.token())] {
        let exact = crate::check(&parse_as_pasted(&text), &draft.evidence());
        assert_eq!((exact.verdict.outcome, exact.clean_ups.len()), (VerdictOutcome::Rejected, 0), "{text:?}");
        assert_eq!(exact.trace[0].outcome, Outcome::Fail, "{text:?}");
    }
    let token = draft.token();
    let exact = crate::check(&parse_as_pasted(&token), &draft.evidence());
    assert_eq!(exact, crate::check(&parse(&token), &draft.evidence()));
}

#[test]
fn padding_after_the_token_is_refused_and_every_reason_is_told() {
    let draft = Draft::new();
    let token = draft.token();
    for text in [format!("{token}="), format!("token={token}==; Path=/"), format!("{token}%3D")] {
        let cleaned = clean(&text);
        let refused: Vec<&str> = cleaned.clean_ups.iter().filter_map(|clean_up| clean_up.refused).collect();
        assert_eq!(cleaned.text, token);
        assert_eq!(refused, ["the token ends in padding (`=`), which base64url in a token does not have"], "{text}");
    }
    let report = draft.judge(&format!("Authorization: Bearer Bearer b'{}'", draft.token()));
    assert!(report.trace[0].reason.contains("the scheme is there twice; the token is inside Python's b'…'"));
}
