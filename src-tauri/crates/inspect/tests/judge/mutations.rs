//! A million good tokens, each broken in up to three ways, or in none: the same million in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::SigningKey;

use crate::bench::{Bench, NOW, facts, policies, signer};
use crate::dice::Dice;
use crate::second::Ruling;

const TOKENS: u64 = 1_000_000;

/// Tokens are generated in batches with their own seeds, so that they do not depend on the number of threads.
const RUN: u64 = 2_000;

/// Numbers around every boundary: of the times, of 64 bits, and in every notation.
const NUMBERS: [&str; 30] = [
    "0",
    "-0",
    "-1",
    "1",
    "1e0",
    "1.0",
    "0.5",
    "-0.5",
    "1e400",
    "1E+3",
    "1e-400",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1795440726",
    "1795440727",
    "1795440728",
    "1795440727.5",
    "1795440757",
    "1795440697",
    "1795440787",
    "1795444327",
    "1795444328",
    "1.795440727e9",
    "1.7954407275E9",
    "179544072700e-2",
    "17954407280e-1",
    "01",
    "1e999999999999999999999",
    "1e-999999999999999999999",
];

/// Values of every other type.
const VALUES: [&str; 26] = [
    "null",
    "true",
    "false",
    "\"\"",
    "\"1795444327\"",
    "[]",
    "{}",
    "[1795444327]",
    "\"alice\"",
    "\"api\"",
    "[\"api\"]",
    "[\"x\",\"api\"]",
    "[\"api\",1]",
    "[\"API\"]",
    "\"https://issuer.example\"",
    "\"https://issuer.example/\"",
    "[\"https://issuer.example\"]",
    "\"a\\u0070i\"",
    "\"api\\u0000\"",
    "\"\\ud800\"",
    "\"\\ud83d\\ude00\"",
    "\"read\"",
    "\"read write\"",
    "\"read  write admin\"",
    "[\"read\"]",
    "\" read\"",
];

const CLAIMS: [&str; 16] = [
    "iss",
    "sub",
    "aud",
    "client_id",
    "iat",
    "nbf",
    "exp",
    "jti",
    "sid",
    "scope",
    "scp",
    "amr",
    "auth_time",
    "tenant",
    "s\\u0075b",
    "x",
];

const PARAMETERS: [&str; 10] = ["alg", "typ", "kid", "crit", "b64", "cty", "jwk", "enc", "zip", "x"];

const PARAMETER_VALUES: [&str; 30] = [
    "\"HS256\"",
    "\"hs256\"",
    "\"HS256 \"",
    "\"HS384\"",
    "\"none\"",
    "\"nOnE\"",
    "\"RS256\"",
    "\"ES256\"",
    "\"EdDSA\"",
    "\"\\u0048S256\"",
    "\"at+jwt\"",
    "\"AT+JWT\"",
    "\"application/at+jwt\"",
    "\"application/AT+jwt\"",
    "\"text/at+jwt\"",
    "\"application/application/at+jwt\"",
    "\"JWT\"",
    "\"rt+jwt\"",
    "null",
    "7",
    "true",
    "false",
    "[]",
    "[\"exp\"]",
    "[\"b64\"]",
    "[\"\"]",
    "{}",
    "{\"kty\":\"oct\",\"k\":\"BwcH\"}",
    "\"\"",
    "\"k\"",
];

/// A token before it is signed.
struct Draft {
    header: Vec<(String, String)>,
    claims: Vec<(String, String)>,
    /// The whole header or payload, if it is not an object of these members.
    header_text: Option<Vec<u8>>,
    payload_text: Option<Vec<u8>>,
}

impl Draft {
    fn good(dice: &mut Dice) -> Draft {
        let pairs = |pairs: &[(&str, String)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<Vec<_>>()
        };
        let text = |text: &str| format!("\"{text}\"");
        let typ = ["at+jwt", "JWT"][usize::from(dice.below(4) == 0)];
        Draft {
            header: pairs(&[("alg", text("HS256")), ("typ", text(typ)), ("kid", text("k"))]),
            claims: pairs(&[
                ("iss", text("https://issuer.example")),
                ("sub", text("alice")),
                ("aud", dice.one_of(&["\"api\"", "[\"api\"]", "[\"other\",\"api\"]"]).to_owned()),
                ("client_id", text("workbench")),
                ("iat", (NOW - 79).to_string()),
                ("nbf", (NOW - 79).to_string()),
                ("exp", (NOW + 821).to_string()),
                ("jti", text("7Q2M9KX4TD")),
                ("sid", text("ses_9f2c41")),
                ("scope", dice.one_of(&["\"read\"", "\"read write\"", "\"write\""]).to_owned()),
                ("auth_time", (NOW - 79).to_string()),
            ]),
            header_text: None,
            payload_text: None,
        }
    }

    fn mutate(&mut self, dice: &mut Dice) {
        match dice.below(16) {
            0 | 1 => set(&mut self.claims, dice.one_of(&["exp", "nbf", "iat", "auth_time"]), dice.one_of(&NUMBERS)),
            2 | 3 => set(&mut self.claims, dice.one_of(&CLAIMS), dice.one_of(&VALUES)),
            4 => drop_one(&mut self.claims, dice),
            5 => drop_one(&mut self.header, dice),
            6 | 7 => set(&mut self.header, dice.one_of(&PARAMETERS), dice.one_of(&PARAMETER_VALUES)),
            8 => {
                // A duplicate name, at the top or nested, in one spelling or two.
                let members = if dice.below(3) == 0 { &mut self.header } else { &mut self.claims };
                let at = dice.below(members.len());
                if let Some(member) = members.get(at).cloned() {
                    members.push(member);
                }
            }
            9 => {
                let inner = dice.one_of(&[
                    "{\"a\":1,\"a\":1}",
                    "[{\"a\":1,\"\\u0061\":2}]",
                    "{\"a\":{\"b\":1},\"b\":1}",
                    "[[[]]]",
                    "[1,]",
                    "{\"a\"}",
                    "tru",
                    "\"\u{1}\"",
                    "\"\\x\"",
                    "[1e5,-0.0,1E-2]",
                    "-",
                    ".5",
                    "1.",
                    "+1",
                    "NaN",
                ]);
                let name = dice.one_of(&["x", "cnf", "act"]);
                set(if dice.below(4) == 0 { &mut self.header } else { &mut self.claims }, name, inner);
            }
            10 => {
                let depth = 60 + dice.below(10);
                let (open, close) = [("[", "]"), ("{\"a\":", "}")][dice.below(2)];
                let inner = dice.one_of(&["1", "[]", "{}", "\"x\""]);
                let nested = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
                match dice.below(4) {
                    0 => self.payload_text = Some(nested.into_bytes()),
                    1 => set(&mut self.header, "x", &nested),
                    _ => set(&mut self.claims, "x", &nested),
                }
            }
            11 => {
                let root =
                    dice.one_of(&["[]", "null", "7", "\"text\"", "true", "", " ", "hello", "[{}]", "{}", "{", "[[[["]);
                let part = if dice.below(3) == 0 { &mut self.header_text } else { &mut self.payload_text };
                *part = Some(root.as_bytes().to_vec());
            }
            12 => {
                // Bytes around and inside the JSON text.
                let mut text = object(&self.claims, dice);
                let at = dice.below(text.len() + 1);
                match dice.below(6) {
                    0 => drop(text.splice(0..0, *b"\xEF\xBB\xBF")),
                    1 => drop(text.splice(at..at, [0xff])),
                    2 => text.truncate(at),
                    3 => text.extend_from_slice(dice.one_of(&[" ", "\n", "}", "{}", "\0", "x"]).as_bytes()),
                    4 => drop(text.splice(0..0, dice.one_of(&[" ", "\r\n\t", "\u{b}", "\u{a0}"]).bytes())),
                    _ => drop(text.splice(at..at, dice.one_of(&[" ", "\"", "\\", ",", "{", "}", "\u{200b}"]).bytes())),
                }
                self.payload_text = Some(text);
            }
            13 => (self.header, self.claims) = (self.claims.clone(), self.header.clone()),
            14 => {
                let scopes = dice.one_of(&[
                    "\"\"",
                    "\"read\"",
                    "\"write read\"",
                    "\"admin\"",
                    "\"read\\u0020admin\"",
                    "[]",
                    "7",
                ]);
                set(&mut self.claims, dice.one_of(&["scope", "scp"]), scopes);
                if dice.below(2) == 0 {
                    self.claims.retain(|(name, _)| name != "scope");
                }
            }
            _ => {
                // Only a few are this large: they take longer than everything else together.
                if dice.below(1_600) == 0 {
                    let count = 9_980 + dice.below(40);
                    self.claims.extend((0..count).map(|n| (format!("m{n}"), "1".to_owned())));
                }
            }
        }
    }

    fn sign(self, key: &SigningKey, dice: &mut Dice) -> String {
        let header = self.header_text.unwrap_or_else(|| object(&self.header, dice));
        let payload = self.payload_text.unwrap_or_else(|| object(&self.claims, dice));
        let input = jose::signing_input(&header, &payload);
        let signature = key.signature(input.as_bytes()).unwrap();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn set(members: &mut Vec<(String, String)>, name: &str, value: &str) {
    match members.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => value.clone_into(old),
        None => members.push((name.to_owned(), value.to_owned())),
    }
}

fn drop_one(members: &mut Vec<(String, String)>, dice: &mut Dice) {
    let at = dice.below(members.len());
    if at < members.len() {
        members.remove(at);
    }
}

fn object(members: &[(String, String)], dice: &mut Dice) -> Vec<u8> {
    let (comma, colon) = [(",", ":"), (", ", ": "), (" ,\n", "\t:\r\n")][dice.below(8).saturating_sub(5)];
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\"{colon}{value}")).collect();
    format!("{{{}}}", members.join(comma)).into_bytes()
}

/// Damage to the token's text after signing.
fn scratch(token: String, dice: &mut Dice) -> String {
    let mut text = token.into_bytes();
    let at = dice.below(text.len());
    match dice.below(9) {
        0 => text[at] = b"ABab09-_.+/= "[dice.below(13)],
        1 => text.truncate(at),
        2 => text.extend_from_slice(dice.one_of(&["=", "A", ".", "\n", " ", ".e30", "AA"]).as_bytes()),
        3 => drop(text.splice(at..at, dice.one_of(&[" ", "=", ".", "\r\n", "A", "é"]).bytes())),
        4 => drop(text.remove(at)),
        5 => {
            let mut segments: Vec<&[u8]> = text.split(|byte| *byte == b'.').collect();
            let (one, other) = (dice.below(segments.len()), dice.below(segments.len()));
            segments.swap(one, other);
            text = segments.join(&b'.');
        }
        6 => {
            // The last symbol with different spare bits.
            if let Some(last) = text.last_mut() {
                *last = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[dice.below(64)];
            }
        }
        7 => drop(text.splice(0..0, dice.one_of(&["Bearer ", " ", "\u{feff}", "."]).bytes())),
        _ => text[at] ^= 1 << dice.below(7),
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn of_a_million_mutated_tokens_exactly_those_are_accepted_that_a_second_judge_accepts() {
    let (policies, facts, key) = (policies(), facts(), signer());
    let benches: Vec<Bench> = policies
        .iter()
        .flat_map(|policy| facts.iter().map(|facts| Bench::own(policy.clone(), facts.clone())))
        .collect();
    let (next, accepted, beyond) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let run = next.fetch_add(1, Ordering::Relaxed);
                    if run >= TOKENS / RUN {
                        break;
                    }
                    let mut dice = Dice(run);
                    for _ in 0..RUN {
                        let mut draft = Draft::good(&mut dice);
                        for _ in 0..dice.below(4) {
                            draft.mutate(&mut dice);
                        }
                        let mut token = draft.sign(&key, &mut dice);
                        if dice.below(6) == 0 {
                            token = scratch(token, &mut dice);
                        }
                        // Most of the facts are good, so that the token decides.
                        let policy = dice.below(policies.len());
                        let fact = if dice.below(2) == 0 { dice.below(2) } else { dice.below(facts.len()) };
                        match benches[policy * facts.len() + fact].agree(&token) {
                            Ruling::Accept => drop(accepted.fetch_add(1, Ordering::Relaxed)),
                            Ruling::Beyond(_) => drop(beyond.fetch_add(1, Ordering::Relaxed)),
                            Ruling::Refuse(_) => {}
                        }
                    }
                }
            });
        }
    });
    // If all tokens were refused, the test would show nothing.
    let (accepted, beyond) = (accepted.into_inner(), beyond.into_inner());
    assert!(accepted > TOKENS / 20, "{accepted} of the tokens were accepted");
    assert!(beyond > TOKENS / 2000, "{beyond} of them were good but for a limit");
}
