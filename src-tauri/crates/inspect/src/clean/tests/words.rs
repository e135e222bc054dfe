//! Tokens among words, marks, other tokens and encodings.

use crate::clean::clean;
use crate::parse;
use jose::base64url::encode;
use jose::parse::Format;

/// A typical token: HS256, 43 symbols of signature.
pub(super) fn token() -> String {
    numbered(1)
}

pub(super) fn numbered(number: u8) -> String {
    let claims =
        format!(r#"{{"sub":"alice","name":"Alice in Wonderland","admin":true,"jti":"{number}","exp":1795440727}}"#);
    let header = encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    format!("{header}.{}.{}", encode(claims.as_bytes()), encode(&[number.wrapping_mul(37); 32]))
}

/// The clean-ups that lead from the text to the token.
pub(super) fn told(text: &str, token: &str) -> Vec<String> {
    let cleaned = clean(text);
    assert_eq!(cleaned.text, token, "from {text:?}, {:?}", cleaned.clean_ups);
    assert_eq!(cleaned.cut, None, "from {text:?}");
    cleaned.clean_ups.into_iter().map(|clean_up| clean_up.message).collect()
}

const TOOK: &str = "Took the token out of the text around it";

#[test]
fn words_around_a_token_are_taken_off_and_said_to_be() {
    let t = token();
    for text in [
        format!("my token is {t}"),
        format!("Please check this token {t} thanks"),
        format!("alice\t{t}\t2026"),
        format!("{t} thanks"),
        format!("{t}\nthanks a lot"),
        format!("{t}\n\nRegards\nBob"),
        format!("{t} is it good"),
        format!("why is {t}? bad"),
        format!("Here it is:\n\n{t}\n\nThanks,\nBob"),
        format!("line\\n{t}\\nline"),
        format!("{{\\\"note\\\":\\u0022{t}\\u0022}}"),
    ] {
        assert_eq!(told(&text, &t), [TOOK], "{text}");
    }
    assert_eq!(told(&format!("The token is {t}."), &t), [TOOK, "Removed the full stop after the token"]);
    assert_eq!(told(&format!("x: {t}: signature invalid"), &t), ["Took the value of `x`"]);
}

#[test]
fn the_disclosures_of_an_sd_jwt_are_no_text_around_it() {
    let t = token();
    let disclosure = encode(br#"["salt","email","erika@shop.example"]"#);
    for after in [format!("~{disclosure}~"), format!("~{disclosure}~{disclosure}~\n"), format!("~{disclosure}~{t}")] {
        let told = told(&format!("{t}{after}"), &t);
        assert!(told.contains(&"Removed the disclosures after the token".to_owned()), "{after}: {told:?}");
    }
    assert_eq!(told(&format!("{t}~{disclosure}~ thanks"), &t), [TOOK]);
}

#[test]
fn every_scheme_in_use_is_removed() {
    let t = token();
    for scheme in ["Bearer", "Token", "JWT", "DPoP", "bearer"] {
        let name_and_scheme =
            ["Removed the header name `Authorization`".to_owned(), format!("Removed the scheme `{scheme}`")];
        assert_eq!(told(&format!("Authorization: {scheme} {t}"), &t), name_and_scheme);
    }
    told(&format!("Authorization: Token token=\"{t}\""), &t);
}

#[test]
fn a_url_gives_the_token_in_its_path() {
    let t = token();
    for rest in ["", "/", "?x=y#frag", "/done?x=y", "#frag", ".", ":"] {
        told(&format!("https://app.example/verify/{t}{rest}"), &t);
        told(&format!("see https://app.example/verify/{t}{rest} please"), &t);
    }
    told(&format!("GET /verify/{t}?x=y HTTP/1.1"), &t);
    told(&format!("https://x-token:{t}@git.example/repository"), &t);
}

#[test]
fn percent_encoding_is_decoded_where_a_token_is_in_it() {
    let t = token();
    let decoded = |count: &str| format!("Decoded {count} percent-encoded character");
    assert_eq!(
        told(&format!("Set-Cookie: s=%22{t}%22; Path=/"), &t),
        [decoded("2") + "s", "Took the value of `s`".to_owned()]
    );
    assert_eq!(
        told(&format!("Cookie: jwt=s%3A{t}.c2lnbmF0dXJl; a=b"), &t),
        [
            decoded("1"),
            "Took the value of `jwt`".to_owned(),
            "Removed the signature of the cookie after the token".to_owned()
        ]
    );
    told(&format!("Cookie: jwt=s%3A{t}; a=b"), &t);
    told(&format!("Cookie: jwt=s:{t}.{}; a=b", "a".repeat(43)), &t);
    told(&format!("Cookie: jwt=s%3A{t}.a%2Fb%2B; a=b"), &t);
    told(&format!("https%3A%2F%2Fx%2F%3Ftoken%3D{t}"), &t);
    told(&format!("https%253A%252F%252Fx%252F%253Ftoken%253D{t}"), &t);
    assert_eq!(told(&t.replace('.', "%2E"), &t), [decoded("2") + "s"]);
    assert_eq!(told(&format!("https://x/?q=%20&token={t}"), &t), ["Took the value of `token`"], "not needed, not done");
}

#[test]
fn marks_around_a_token_are_taken_off() {
    let t = token();
    for text in [
        format!("{t}!"),
        format!("**{t}**"),
        format!("{t}?!"),
        format!("({t})"),
        format!("<{t}>:"),
        format!("~{t}~"),
        format!("_{t}_"),
        format!("__{t}__"),
    ] {
        assert_eq!(told(&text, &t), ["Removed the marks around the token"], "{text}");
    }
    for text in [format!("„{t}“"), format!("«{t}»"), format!("“{t}”"), format!("‹{t}›"), format!("“{t}”,")]
    {
        assert_eq!(told(&text, &t), ["Removed quotes around it"], "{text}");
    }
    for rest in [":8080", "@host", ":password@host", "*and more*"] {
        assert_eq!(told(&format!("{t}{rest}"), &t), [TOOK], "the signature is whole before {rest}");
    }
    told(&format!("curl -u \"{t}:\""), &t);
    told(&format!("Er schrieb „{t}“ und ging"), &t);
    told(&format!("the token “{t}”—look"), &t);
    assert_eq!(told(&format!("{t}."), &t), ["Removed the full stop after the token"]);
    for text in [format!("&quot;{t}&quot;"), format!("&#34;{t}&#34;"), format!("?a=1&amp;token={t}&amp;b=2")] {
        told(&text, &t);
    }
}

#[test]
fn what_is_invisible_is_named() {
    let t = token();
    let (start, end) = t.split_at(30);
    assert_eq!(told(&format!("\u{FEFF}{t}"), &t), ["Removed the byte order mark at the start"]);
    assert_eq!(told(&format!("{start}\u{200B}{end}"), &t), ["Removed 1 invisible character"]);
    assert_eq!(told(&format!("{start}\u{AD}{end}\u{AD}"), &t), ["Removed 2 invisible characters"]);
    assert_eq!(told(&format!("\u{202A}{t}\u{202C}"), &t), ["Removed 2 invisible characters"]);
    assert_eq!(told(&format!(" \u{2066}{t}\u{2069}\n"), &t)[0], "Removed 2 invisible characters");
    told(&format!("token: \u{2066}{t}\u{2069} ok"), &t);
    assert_eq!(told(&format!("\u{1B}[31m{t}\u{1B}[0m"), &t), ["Removed 2 colour codes"]);
    assert_eq!(told(&format!("{start}\u{1B}[1;32m{end}"), &t), ["Removed 1 colour code"]);
    told(&format!("\\u001b[31m{t}\\u001b[0m"), &t);
    let turned = format!("{start}\u{202E}{end}");
    assert_eq!(clean(&turned).text, turned, "inside a token it is no accident");
}

#[test]
fn several_tokens_are_a_choice_whatever_stands_between() {
    let (one, two, three) = (numbered(1), numbered(2), numbered(3));
    for between in ["\n", " ", "\r\n", "\t", ",", "\n\n", " and ", "\r", "|", ".\n", "...\n"] {
        let parsed = parse(&format!("{one}{between}{two}"));
        assert_eq!((parsed.format(), parsed.token()), (Format::JwsCompact, one.as_str()), "{between:?}");
        assert_eq!(parsed.tokens.len(), 2, "{between:?}");
        let parsed = parse(&format!("{one}{between}{two}{between}{three}\n"));
        let listed: Vec<&str> = parsed.tokens.iter().map(|found| found.token.as_str()).collect();
        assert_eq!(listed, [&one, &two, &three], "{between:?}");
        assert!(parsed.is_well_formed(), "{between:?}");
    }
    let wrapped = |token: &str| format!("{}\n{}\n{}", &token[..50], &token[50..100], &token[100..]);
    let parsed = parse(&format!("{}\n{}", wrapped(&one), wrapped(&two)));
    let listed: Vec<&str> = parsed.tokens.iter().map(|found| found.token.as_str()).collect();
    assert_eq!(listed, [&one, &two]);
}

#[test]
fn a_token_that_is_one_is_never_changed() {
    let header = encode(br#"{"alg":"none"}"#);
    let encrypted = encode(br#"{"alg":"dir","enc":"A128GCM"}"#);
    for text in [
        token(),
        format!("{header}.e30."),
        format!("{header}.."),
        format!("{encrypted}..aXY.Y3Q.dGFn"),
        format!("{encrypted}...Y3Q."),
        format!("{encrypted}..aXY.."),
        format!("{}.a.b", token()),
    ] {
        let cleaned = clean(&text);
        assert_eq!((cleaned.text, cleaned.clean_ups), (text, vec![]));
    }
}

#[test]
fn damage_stays_to_be_pointed_at_wherever_it_is() {
    let t = token();
    for at in 1..t.len() - 1 {
        for wrong in ["*", "+", "/", "=", "é", "%", "{", "\"", ",", "?", ":", "\u{2026}", "\u{202E}", "@", "<"] {
            let damaged = format!("{}{wrong}{}", &t[..at], &t[at + 1..]);
            let cleaned = clean(&damaged);
            assert_eq!((cleaned.text, cleaned.clean_ups), (damaged, vec![]), "{wrong} at {at}");
        }
    }
    // Between other words the token is still complete.
    let damaged = t.replacen('h', "*", 3);
    assert_eq!(clean(&format!("token={damaged}&x=1")).text, damaged);
}

#[test]
fn a_token_between_marks_that_an_ellipsis_or_a_full_stop_follows_is_taken_out() {
    let t = token();
    for mark in ["_", "__", "___", "*", "**", "~", "\"", "`"] {
        for after in
            ["\u{2026}", "...", "....", ".", "..", "[...]", " \u{2026}", "\u{2026}\u{2026}", "é", "_", "\u{2026} x"]
        {
            for before in ["", "x ", "é", "(", "\u{2026}"] {
                parse(&format!("{before}{mark}{t}{mark}{after}"));
            }
            let is_one_mark_more = mark.starts_with('_') && after == "_";
            let cleaned = clean(&format!("{mark}{t}{mark}{after}")).text;
            assert!(cleaned == t || is_one_mark_more, "{mark} {after}: {cleaned}");
        }
    }
    let marks = "Removed the marks around the token";
    assert_eq!(told(&format!("_{t}_\u{2026}"), &t), [marks]);
    assert_eq!(told(&format!("_{t}_..."), &t), [marks]);
}

#[test]
fn a_token_that_many_others_surround_is_listed_all_the_same() {
    let (one, other) = (numbered(1), numbered(2));
    let log: String = (0..500).map(|n| format!("{n} GET /me Authorization: Bearer {one}\n")).collect();
    let parsed = parse(&format!("{log}{other}\n{log}"));
    let listed: Vec<&str> = parsed.tokens.iter().map(|found| found.token.as_str()).collect();
    assert_eq!(listed, [&one, &other]);
}
