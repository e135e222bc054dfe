//! No text takes more than a few passes. The tests count scanned bytes, not time.

use crate::testing::{deflated, evidence, no_key, policy};
use crate::{check, parse};
use jose::parse::Format;
use jose::steps;

/// This many passes are enough to read and judge any text.
const MOST_WALKS: usize = 60;

/// The lengths of the texts, in bytes: quadratic growth exceeds the limit at the second.
const LENGTHS: [usize; 2] = [4_000, 16_000];

/// The passes over a text of each length that begins with `start` and then repeats `piece`.
fn walks(start: &str, piece: &str) -> Vec<usize> {
    let walks = LENGTHS.map(|length| {
        let text = format!("{start}{}", piece.repeat(length / piece.len()));
        let steps = steps::of(|| {
            let report = check(&parse(&text), &evidence(policy(), no_key()));
            assert!(report.format != Format::TooLarge && report.tokens.len() <= 50);
        });
        steps / text.len()
    });
    walks.to_vec()
}

#[track_caller]
fn is_linear(start: &str, piece: &str) {
    let walks = walks(start, piece);
    assert!(
        walks.iter().all(|walks| *walks <= MOST_WALKS),
        "{walks:?} walks over {start:?}, then {piece:?} again and again"
    );
}

/// Tokens that are minimal, typical, of an unknown algorithm, broken or encrypted, and texts that start like one.
const TOKENS: [&str; 9] = [
    "e30.e30.A",
    "eyJhbGciOiJub25lIn0.e30.",
    "eyJhbGciOiJIUzI1NiJ9.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "eyJhbGciOiJIUzI1NiJ9.a.b",
    "eyJhbGciOiJYIn0.a.b",
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..a.b.AAAAAAAAAAAAAAAAAAAAAA",
    "eyJhbGciOiJIUzI1NiJ9.a",
    "eyJ9",
    "eyJ9 A1b. A1b. ",
];

#[test]
fn the_same_token_again_and_again_is_found_in_a_few_walks_whatever_stands_between() {
    let separators = [
        "",
        " ",
        "\n",
        "\r",
        "\r\n",
        "\u{2028}",
        "\u{85}",
        "\t",
        ":",
        "=",
        "~",
        "/",
        "?t=",
        "?",
        "&t=",
        "@",
        "#",
        "%",
        "%20",
        "%22",
        "%3D",
        "_",
        "__",
        "-",
        ".",
        "..",
        "...",
        "\u{2026}",
        "\"",
        "'",
        "\"+\"",
        "\" +\n\"",
        "\\",
        "\\n",
        "\\\n",
        "=\n",
        ",",
        ";",
        "|",
        "(",
        ")",
        "[",
        "{",
        "}",
        "<",
        ">",
        "\n> ",
        "\n1: ",
        "*",
        "!",
        "+",
        "é",
        "\u{200B}",
        "\u{202E}",
        "\u{1B}[1m",
        "x=",
        " x=",
        " x ",
        "/x/",
        "https://a/",
        "=3D",
        "s:",
        " s:",
        "Bearer ",
        "\\u0022",
        "&quot;",
        "a.0=",
        ";aC1=",
    ];
    for token in TOKENS {
        for separator in separators {
            for start in ["", "x ", "{\"a\":\"", "curl -H 'Authorization: Bearer https://a/"] {
                is_linear(start, &format!("{separator}{token}"));
            }
            is_linear("", &format!("{token}{separator}A1b{separator}A1b."));
        }
    }
}

#[test]
fn what_made_each_token_look_at_all_that_follows_takes_a_few_walks() {
    for (start, piece) in [
        ("", "https://a/eyJhbGciOiJIUzI1NiJ9.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/"),
        (" x ", "/e30.e30.A/"),
        // The signature's end is searched for in words that contain no token themselves.
        ("", "x=eyJ9 A1b. A1b. "),
        ("", "x=eyJ9\\\nA1b.\\\nA1b.\\\n.\\\n.\\\n"),
        ("", "eyJhbGciOiJYIn0.a.Ab9 Ab9 Ab9 "),
        // Lines that end in a carriage return alone.
        ("", "eyJhbGciOiJIUzI1NiJ9.a.b\r"),
        ("", "eyJhbGciOiJIUzI1NiJ9.a.b\n\n\n\n"),
        (&format!("{}eyJ9", " > 1:".repeat(1000)), " eyJ9 A1b\n"),
    ] {
        is_linear(start, piece);
    }
    // White space at the very end, which decoding may leave.
    let tokens = "eyJhbGciOiJYIn0.a.b x ".repeat(400);
    is_linear(&tokens, "%20");
    is_linear(&tokens, "\u{200B} ");
}

#[test]
fn texts_of_marks_and_halves_take_a_few_walks() {
    let header = "eyJhbGciOiJIUzI1NiJ9";
    let unknown = "eyJhbGciOiJYIn0";
    let pieces = [
        "eyJ\n",
        "eyJ9 ",
        "eyJ9\n> ",
        "Ab9x\n",
        "eyJhbGciOiJIUzI1NiJ9 ",
        "=ey",
        "=eyJ9",
        "%25",
        "%65yJ9.",
        "\u{1B}[1",
        "\\n",
        "\"+\"",
        "> ",
        "1: ",
        "\r\n",
        "\u{2069}\u{200B}",
        "...",
        "\u{2026}",
        "_",
        "-",
        "=",
        "/",
        "{",
        "[",
        "{\"a\":",
        "[\"",
        "\\u",
        "\"",
        "Bearer ",
        "Token:",
        "curl ",
        "-----BEGIN ",
        "eyJhbGciOiJIUzI1NiJ9.a.Ab9 Ab9 Ab9 ",
        "eyJhbGciOiJIUzI1NiJ9.a.b                    ",
        "> eyJhbGciOiJIUzI1NiJ9.a.b\n",
        "=s:eyJhbGciOiJIUzI1NiJ9.a.b.c",
        "\u{1B}[1meyJhbGciOiJIUzI1NiJ9.a",
        "e30.",
        "é",
        "ZXlKaGJHY2lPaUpJVXpJMU5pSjku\n",
        "ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZTMwLkFB ",
        "ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZTMwLkFB",
        "base64-",
        "a.0=eyJ9;",
        "a.1=eyJ9;",
        "a.1=;a.0=eyJ9.a.b;",
        "eyJ9\\.",
        "eyJ9\\_",
        "\\-",
        "65794a",
        "65794a39 ",
        "65794a68624763694f694a49557a49314e694a392e6533302e4141 ",
        "\\x65",
    ];
    let starts =
        [String::new(), format!("{header}.a.b"), format!("{unknown}.a.b\n"), format!("x> {header}"), "\"".to_owned()];
    for piece in pieces {
        for start in &starts {
            is_linear(start, piece);
        }
    }
}

#[test]
fn what_a_token_holds_takes_a_few_walks() {
    use jose::base64url::encode;
    let token = |header: &str, claims: &str| format!("{}.{}.AA", encode(header.as_bytes()), encode(claims.as_bytes()));
    let many = |member: &dyn Fn(usize) -> String| (0..600).map(member).collect::<Vec<_>>().join(",");
    let inner = token(r#"{"alg":"HS256"}"#, &format!(r#"{{"a":"{}"}}"#, token(r#"{"alg":"none"}"#, "{}")));
    for claims in [
        format!("{{{}}}", many(&|n| format!(r#""c{n}":"e30.e30.A""#))),
        format!("{{{}}}", many(&|n| format!(r#""c{n}":"{inner}""#))),
        format!("{{{}}}", many(&|_| r#""sub":"alice""#.to_owned())),
        format!(r#"{{"aud":[{}]}}"#, many(&|n| format!(r#""a{n}""#))),
        format!(r#"{{"scope":"{}"}}"#, "items:read ".repeat(600)),
        format!(r#"{{"a":[{}]}}"#, many(&|n| format!(r#"{{"password":"x{n}","b":[[[{n}]]]}}"#))),
        format!(r#"{{"a":{}1{}}}"#, "[".repeat(60), "]".repeat(60)),
        format!(r#"{{"exp":{}}}"#, "1".repeat(9_000)),
    ] {
        is_linear(&token(r#"{"alg":"HS256"}"#, &claims), " ");
        is_linear(&token(&claims.replacen('{', r#"{"alg":"HS256","#, 1), "{}"), " ");
    }
}

/// A token of a kilobyte that holds forty tokens, each of which holds forty again, and so on.
#[test]
fn a_compressed_token_inside_itself_is_opened_once() {
    use jose::base64url::encode;
    let compressed = |claims: &str| {
        let payload = deflated(claims.as_bytes());
        format!("{}.{}.AA", encode(br#"{"alg":"ES256","zip":"DEF"}"#), encode(&payload))
    };
    let holding = |inner: &[String]| compressed(&format!(r#"{{"a":["{}"]}}"#, inner.join(r#"",""#)));
    let nested = (0..4).fold(compressed("{}"), |inner, _| holding(&vec![inner; 40]));
    // Tokens that differ, each of which inflates as far as it may.
    let long = |number: usize| compressed(&format!(r#"{{"n":{number},"a":"{}"}}"#, "e".repeat(240_000)));
    let different = holding(&(0..45).map(long).collect::<Vec<_>>());
    for text in [nested, different] {
        let steps = steps::of(|| {
            check(&parse(&text), &evidence(policy(), no_key()));
        });
        assert!(steps < 5_000_000, "{steps} bytes scanned for {}", text.len());
    }
}
