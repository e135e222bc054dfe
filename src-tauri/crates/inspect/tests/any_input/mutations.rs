//! A million damaged texts: tokens of every form with typical surroundings, cut, spliced, flipped and decorated. The
//! same million in every run.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use inspect::report::{SignatureState, VerdictOutcome};
use jose::digest::sha_256;
use jose::{Algorithm, base64url, signing_input};

use crate::answer::{Judge, NOW};
use crate::dice::Dice;
use crate::others;

const INPUTS: u64 = 1_000_000;

/// Inputs are generated in batches with their own seeds, so that they do not depend on the number of threads.
const RUN: u64 = 5_000;

/// One in this many inputs is checked with a damaged key.
const WITH_A_KEY: u64 = 50;

const LONGEST_ANSWER: Duration = Duration::from_secs(1);

const PIECES: [&str; 54] = [
    "_",
    "__",
    "_\u{2026}",
    "_...",
    "s:",
    "[...]",
    ".",
    "..",
    "...",
    "=",
    "==",
    "+",
    "/",
    "%",
    "%20",
    "%2E",
    "*",
    "\u{2026}",
    "\u{202E}",
    "\u{2066}",
    "\u{200B}",
    "\u{FEFF}",
    "\0",
    "\u{7F}",
    "é",
    "😀",
    "e\u{301}\u{301}\u{301}",
    "\u{E0041}",
    "\u{FFFF}",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    "\\\"",
    "\\u0000",
    "\\ud800",
    "\\udc00",
    ",",
    ":",
    "null",
    "true",
    "1e400",
    "-0",
    "9007199254740993",
    "Bearer ",
    "curl -H '",
    "eyJ",
    "e30",
    " ",
    "\r\n",
    "\t",
    "'",
];

/// The texts, of which the first is the only accepted token, and the keys.
fn corpus(judge: &Judge) -> (Vec<String>, Vec<String>) {
    let claims = format!(
        r#"{{"iss":"i","sub":"alice","aud":["a","b"],"exp":{},"scope":"r w","n":[1,null,{{"d":1.5e3}}],
        "name":"J\u00f6rg \ud83d\ude00"}}"#,
        NOW + 900
    );
    let signed = judge.key().sign("at+jwt", &claims).unwrap();
    let compact =
        |header: &str, payload: &str| format!("{}.c2lnbmF0dXJl", signing_input(header.as_bytes(), payload.as_bytes()));
    let es256 = compact(r#"{"alg":"ES256","typ":"JWT","kid":"../../x"}"#, &claims);
    let nested = compact(r#"{"alg":"RS256","cty":"JWT"}"#, &signed);
    let carrier = compact(r#"{"alg":"ES384"}"#, &format!(r#"{{"id_token":"{es256}","refresh_token":"x"}}"#));
    let vendor = compact(
        r#"{"alg":"RS256","x5t":"a"}"#,
        r#"{"iss":"https://sts.windows.net/t/","tid":"t","oid":"o","amr":["rsa","mfa"],"acr":"1","xms_cc":["cp1"],"appidacr":"2"}"#,
    );
    let none = compact(r#"{"alg":"none"}"#, "{}");
    let odd = compact(
        r#"{"alg":"ES256","crit":["b64"],"jwk":{"kty":"EC","d":"x"}}"#,
        r#"{"a":1,"a":2,"exp":"x","nbf":1e400}"#,
    );
    let encrypted =
        "eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.QR1Owv2u.AxY8DCtDaGlsbGljb3RoZQ.MKOle7UQ.fiK51Vw"
            .to_owned();
    let disclosure = base64url::encode(br#"["salt","given_name","Erika"]"#);
    let digest = sha_256(disclosure.as_bytes());
    let presented = compact(r#"{"alg":"ES256","typ":"dc+sd-jwt"}"#, &format!(r#"{{"_sd":["{digest}"]}}"#));
    let presented = format!("{presented}~{disclosure}~");
    let [protected, payload, signature] = signed.split('.').collect::<Vec<_>>()[..] else { unreachable!() };
    let flat = format!(
        r#"{{"payload":"{payload}","protected":"{protected}","header":{{"kid":"k"}},"signature":"{signature}"}}"#
    );
    let general = format!(
        r#"{{"payload":"{payload}","signatures":[{{"protected":"{protected}","signature":"{signature}"}},{{"header":{{"alg":"none"}},"signature":"YQ"}}]}}"#
    );
    let sealed = r#"{"protected":"eyJlbmMiOiJBMTI4R0NNIn0","recipients":[{"header":{"alg":"dir"}}],"iv":"YQ","ciphertext":"YQ","tag":"YQ"}"#.to_owned();
    let wrapped = [
        format!("curl -s http://localhost:8787/me \\\n  -H 'Authorization: Bearer {es256}' -v"),
        format!("Cookie: a=b; sid={signed}; Path=/"),
        format!("Authorization: Bearer {signed}"),
        format!(r#"{{"access_token":"{es256}","token_type":"bearer","id_token":"{vendor}"}}"#),
        format!("https://example.com/cb?state=1#access_token={vendor}&token_type=bearer"),
        format!("2026-11-23 14:32:07 INFO token={odd} user=alice"),
        format!("{}\n{}\r\n{}", &es256[..40], &es256[40..80], &es256[80..]),
    ];
    let mut texts =
        vec![signed, es256, nested, carrier, vendor, none, odd, encrypted, presented, flat, general, sealed];
    texts.extend(wrapped);
    texts.push("2YotnFZFEjr1zCsicMWpAA".to_owned());
    let keys = [
        include_str!("../../../jose/vectors/keys/p256.public.pem"),
        include_str!("../../../jose/vectors/keys/rsa2048.public.pem"),
        include_str!("../../../jose/vectors/keys/ed25519.pkcs8.pem"),
        include_str!("../../../jose/vectors/keys/p256.certificate.pem"),
        r#"{"kty":"oct","k":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"}"#,
        r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"k","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#,
        "\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}",
        "0707070707070707070707070707070707070707070707070707070707070707",
    ];
    (texts, keys.map(str::to_owned).to_vec())
}

/// One to four kinds of damage, one after another.
fn damaged(dice: &mut Dice, corpus: &[String]) -> String {
    let mut text = corpus[dice.below(corpus.len())].clone().into_bytes();
    for _ in 0..=dice.below(4) {
        let (from, to) = (dice.below(text.len() + 1), dice.below(text.len() + 1));
        let (from, to) = (from.min(to), from.max(to));
        match dice.below(10) {
            0 => text.truncate(from),
            1 => drop(text.drain(from..to)),
            2 if !text.is_empty() => text[from.min(to.saturating_sub(1))] ^= 1 << dice.below(8),
            3 if !text.is_empty() => text[from.min(to.saturating_sub(1))] = dice.next() as u8,
            4 => drop(text.splice(from..from, dice.one_of(&PIECES).bytes())),
            5 => {
                let other = corpus[dice.below(corpus.len())].as_bytes();
                text.truncate(from);
                text.extend_from_slice(&other[dice.below(other.len() + 1)..]);
            }
            6 => {
                let copy = text[from..to].to_vec();
                drop(text.splice(from..from, copy));
            }
            7 => {
                let mut segments: Vec<&[u8]> = text.split(|byte| *byte == b'.').collect();
                let (one, other) = (dice.below(segments.len()), dice.below(segments.len()));
                segments.swap(one, other);
                text = segments.join(&b'.');
            }
            8 => text = inside_out(dice, &text),
            _ => drop(text.splice(from..to, dice.one_of(&PIECES).bytes())),
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Damages a segment's decoded bytes instead of its symbols, so that the result is valid base64url.
fn inside_out(dice: &mut Dice, text: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut segments: Vec<Vec<u8>> = text.split(|byte| *byte == b'.').map(<[u8]>::to_vec).collect();
    let at = dice.below(segments.len().min(2));
    if let Ok(mut bytes) = URL_SAFE_NO_PAD.decode(&segments[at]) {
        let place = dice.below(bytes.len() + 1);
        let end = (place + dice.below(4)).min(bytes.len());
        drop(bytes.splice(place..end, dice.one_of(&PIECES).bytes()));
        segments[at] = URL_SAFE_NO_PAD.encode(bytes).into_bytes();
    }
    segments.join(&b'.')
}

/// Counts of the answers' kinds: damage that leaves nothing readable would test little.
#[derive(Default)]
struct Tally {
    readable: AtomicU64,
    verified: AtomicU64,
    accepted: AtomicU64,
    /// Called something else than a JWT.
    named: AtomicU64,
}

#[test]
fn a_million_damaged_texts_are_answered_each_in_time_and_only_the_token_as_it_was_is_accepted() {
    let judge = Judge::new().unwrap();
    let (texts, keys) = corpus(&judge);
    let tally = answer_a_million(&judge, &texts, &keys, &texts[0]);
    let share = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64 / INPUTS as f64;
    assert!(share(&tally.readable) > 0.2, "{} of the texts were readable tokens", share(&tally.readable));
    // Damage around a good token leaves it good, since wrapping is stripped.
    assert!(share(&tally.verified) > 0.003, "{} were verified", share(&tally.verified));
    assert!(share(&tally.accepted) > 0.001, "{} were accepted", share(&tally.accepted));
}

#[test]
fn a_million_damaged_keys_are_read_and_what_signs_is_known_by_its_public_part() {
    let judge = Judge::new().unwrap();
    let (_, keys) = corpus(&judge);
    let wanted = [None, Some(Algorithm::Es256), Some(Algorithm::Rs256), Some(Algorithm::EdDsa)];
    let signing = AtomicU64::new(0);
    on_all_processors(|dice, number| {
        if judge.answer_key(&damaged(dice, &keys), wanted[number as usize % wanted.len()]) {
            signing.fetch_add(1, Ordering::Relaxed);
        }
    });
    let share = signing.load(Ordering::Relaxed) as f64 / INPUTS as f64;
    assert!(share > 0.01 && share < 0.9, "{share} of the texts were keys");
}

#[test]
fn a_million_damaged_texts_that_are_no_jwt_are_answered_each_in_time_and_none_is_accepted() {
    let judge = Judge::new().unwrap();
    let tally = answer_a_million(&judge, &others::texts(), &[], "");
    let share = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64 / INPUTS as f64;
    assert!(share(&tally.named) > 0.2, "{} of the texts were named", share(&tally.named));
    assert_eq!(tally.accepted.load(Ordering::Relaxed), 0);
}

/// Answers the damaged texts, some of them with a damaged key.
fn answer_a_million(judge: &Judge, texts: &[String], keys: &[String], good: &str) -> Tally {
    let tally = Tally::default();
    on_all_processors(|dice, number| {
        let text = damaged(dice, texts);
        one(judge, &text, good, &tally);
        if number % WITH_A_KEY == 0 && !keys.is_empty() {
            judge.answer_with(&text, &damaged(dice, keys));
        }
    });
    tally
}

/// Does this for each of a million inputs, numbered within its batch.
fn on_all_processors(work: impl Fn(&mut Dice, u64) + Sync) {
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let run = next.fetch_add(1, Ordering::Relaxed);
                    if run >= INPUTS / RUN {
                        break;
                    }
                    let mut dice = Dice(run);
                    for number in 0..RUN {
                        work(&mut dice, number);
                    }
                }
            });
        }
    });
}

#[expect(clippy::disallowed_methods, reason = "no answer may take longer than a second, and this measures it")]
fn one(judge: &Judge, text: &str, good: &str, tally: &Tally) {
    let begin = Instant::now();
    let report = judge.answer(text);
    if begin.elapsed() > LONGEST_ANSWER {
        // Try once more, since the machine may have been busy.
        let begin = Instant::now();
        judge.answer(text);
        assert!(begin.elapsed() <= LONGEST_ANSWER, "{} for {text:?}", begin.elapsed().as_secs_f64());
    }
    if !report.claims.is_empty() {
        tally.readable.fetch_add(1, Ordering::Relaxed);
    }
    if report.not_a_jwt.is_some() {
        tally.named.fetch_add(1, Ordering::Relaxed);
    }
    if report.signature.state == SignatureState::Verified {
        tally.verified.fetch_add(1, Ordering::Relaxed);
    }
    if report.verdict.outcome == VerdictOutcome::Accepted {
        assert_eq!(report.token, good, "from {text:?}");
        tally.accepted.fetch_add(1, Ordering::Relaxed);
    }
}
