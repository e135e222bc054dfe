//! The longest answers: 1 MB of everything that a reader of pastes looks at, each in under 100 ms.
//! `cargo bench --workspace --bench hostile -- cookies` measures what has that in its name.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark measures time, and prints it")]

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use inspect::{SecretForm, UserKey, check, check_with_user_key, parse};
use jose::{Evidence, Facts, KeyChoice, Policy, signing_input};

/// The longest text that is read has 1 MiB of characters; this is within that.
const SIZE: usize = 1_000_000;

const LIMIT: Duration = Duration::from_millis(100);

fn main() {
    let reason = "No key here".to_owned();
    let evidence = Evidence {
        policy: Policy::default(),
        key: KeyChoice::None { reason },
        facts: Facts::unknown("Not checked"),
        now: 1_795_440_727,
    };
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let mut slowest = Duration::ZERO;
    let mut measured = |name: &str, work: &dyn Fn()| {
        if !name.contains(&wanted) {
            return;
        }
        // The best of three: anything else that runs only adds to it.
        let times = (0..3).map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        });
        let best = times.min().unwrap_or_default();
        slowest = slowest.max(best);
        println!("{name:34} {:>7.1} ms", best.as_secs_f64() * 1000.0);
    };
    for (name, text) in texts() {
        measured(name, &|| drop(check(&parse(&text), &evidence)));
    }
    // A key is read up to 256 KiB, and refused beyond that.
    let token = format!("{}.YQ", signing_input(br#"{"alg":"RS256"}"#, b"{}"));
    for (name, text) in texts() {
        for length in [250_000, SIZE] {
            let text: String = text.chars().take(length).collect();
            let name = format!("{name}, {} KB as a key", length / 1000);
            let given = UserKey::new(text, SecretForm::Text);
            measured(&name, &|| drop(check_with_user_key(&parse(&token), &given, &evidence)));
        }
    }
    let word = if slowest <= LIMIT { "met" } else { "missed" };
    println!("\nthe slowest: {:.1} ms, target {}: {word}", slowest.as_secs_f64() * 1000.0, LIMIT.as_millis());
}

/// The kinds, each repeated to its full length.
fn texts() -> Vec<(&'static str, String)> {
    let repeated = |piece: &str| piece.repeat(SIZE / piece.len());
    let token = format!("{}.{}", signing_input(br#"{"alg":"ES256"}"#, br#"{"sub":"alice"}"#), "A".repeat(86));
    let claims = format!(r#"{{"claims":[{}1]}}"#, "1,".repeat(SIZE / 2));
    let deep = format!("{}{}", r#"{"a":"#.repeat(SIZE / 6), "}".repeat(SIZE / 6));
    let mut inside = token.clone();
    while inside.len() < SIZE / 2 {
        inside = serde_json::json!({ "body": inside }).to_string();
    }
    let mut twice = BASE64_STANDARD.encode(repeated(&format!("{token} ")));
    twice.truncate(SIZE);
    let disclosure = BASE64_URL_SAFE_NO_PAD.encode(br#"["salt","name","value"]"#);
    let header = BASE64_URL_SAFE_NO_PAD.encode(br#"{"alg":"dir","enc":"A128GCM"}"#);
    vec![
        ("dots", repeated(".")),
        ("base64url", repeated("eyJh")),
        ("base64 with padding", repeated("QUJD/+==")),
        ("base64 of base64 of tokens", twice),
        ("braces", repeated("{")),
        ("brackets", repeated("[")),
        ("quotes", repeated("\"")),
        ("backslashes", repeated("\\")),
        ("escaped dots", repeated("eyJh\\.")),
        ("backslashes of Markdown", repeated("eyJh\\_")),
        ("hexadecimal", repeated("65794a68 ")),
        ("percent signs", repeated("%2E")),
        ("white space", repeated(" \n\t")),
        ("line breaks between symbols", repeated("eyJh\n")),
        ("beginnings of tokens", repeated("eyJ.")),
        ("tokens", repeated(&format!("{token} "))),
        ("tokens without spaces", repeated(&format!("{token},"))),
        ("one long token", format!("{}.YQ", signing_input(br#"{"alg":"HS256"}"#, &claims.as_bytes()[..SIZE * 3 / 4]))),
        ("one deep token", format!("{}.YQ", signing_input(br#"{"alg":"HS256"}"#, &deep.as_bytes()[..SIZE * 3 / 4]))),
        ("cookies", format!("Cookie: {}", repeated("name=eyJh; "))),
        ("chunks of cookies", (0..SIZE / 20).map(|n| format!("name.{}=eyJhbGci; ", n % 90)).collect()),
        ("YAML", repeated("token: eyJhbGciOiJub25lIn0\n")),
        ("environment", repeated("JWT_SECRET=abcdefgh\n")),
        ("Bearer", repeated("Bearer ")),
        ("Authorization: Bearer", repeated("Authorization: Bearer ")),
        ("curl", repeated("curl -H 'Authorization: Bearer ")),
        ("JSON in JSON", inside),
        ("nested JSON", deep),
        ("a list in JSON", claims),
        ("PEM", repeated("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n")),
        ("beginnings of PEM", repeated("-----BEGIN PUBLIC KEY-----")),
        ("one long PEM", format!("-----BEGIN PUBLIC KEY-----\n{}", repeated("MIIBIjANBgkqhkiG\n"))),
        ("disclosures", format!("{token}~{}", repeated(&format!("{disclosure}~")))),
        ("tildes", format!("{token}{}", repeated("~"))),
        ("an encrypted token", format!("{header}..AAAAAAAAAAAAAAAA.{}.AAAAAAAAAAAAAAAAAAAAAA", repeated("A"))),
        ("SAML", format!("SAMLResponse={}", repeated("PHNhbWxwOlJlc3BvbnNlPg"))),
        ("XML", repeated("<saml:Issuer>")),
        ("links", repeated("https://jwt.io/#token=eyJ&publicKey=x&")),
        ("words", repeated("an ordinary sentence, with words and more words; ")),
        ("faces", repeated("😀")),
        ("invisible characters", repeated("\u{200B}e")),
        ("hexadecimal", repeated("0123456789abcdef")),
        ("asterisks", repeated("*")),
    ]
}
