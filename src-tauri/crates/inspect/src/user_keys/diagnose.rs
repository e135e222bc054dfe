//! Finds out by trying why a signature does not match, and names the first small change that makes it match.

mod algorithm;
mod input;
mod key_text;
mod secret;
mod settings;
mod signature;

use super::read::{Kind, Read};
use super::secret::secret_bytes;
use super::{SHOWN, UserKey};
use crate::report::Remedy;
use jose::choose;
use jose::key::{PssSalt, VerifyingKey};
use jose::visible::excerpt;
use jose::{Algorithm, KeyChoice, Parsed, parse_exact};

pub(super) use secret::diagnose as of_secret;

/// The diagnosis.
pub(super) struct Diagnosis {
    pub(super) sentence: String,
    pub(super) fix: String,
    pub(super) remedy: Option<Remedy>,
    /// A public key was used as the secret (RFC 8725 section 2.1).
    pub(super) is_confusion: bool,
    /// The key is right, and only the encoding of the segments is wrong: one change mends the token's form as well.
    pub(super) is_encoding: bool,
}

impl Diagnosis {
    fn new(sentence: impl Into<String>, fix: impl Into<String>, remedy: Option<Remedy>) -> Diagnosis {
        Diagnosis { sentence: sentence.into(), fix: fix.into(), remedy, is_confusion: false, is_encoding: false }
    }
}

/// The three segments of a token, as they stand.
struct Segments<'a> {
    input: &'a [u8],
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl Segments<'_> {
    fn of(parsed: &Parsed) -> Option<Segments<'_>> {
        let [header, payload, signature] = &parsed.segments[..] else { return None };
        let text = |segment: &jose::parse::Segment| parsed.token.get(segment.start as usize..segment.end as usize);
        let input = parsed.token.get(..payload.end as usize)?.as_bytes();
        Some(Segments { input, header: text(header)?, payload: text(payload)?, signature: text(signature)? })
    }
}

pub(super) fn diagnose(parsed: &Parsed, given: &UserKey, read: &Read) -> Option<Diagnosis> {
    let token = Segments::of(parsed).filter(|token| !token.signature.is_empty())?;
    let in_url = if parsed.has_signed_bytes() { None } else { Some(in_base64url(parsed)?) };
    let parsed = in_url.as_ref().unwrap_or(parsed);
    let named = parsed.algorithm().and_then(|algorithm| with_named(parsed, given, read, algorithm, &token));
    named.or_else(|| algorithm::diagnose(parsed, given, &token))
}

/// The same token in base64url: plain base64 cannot be read otherwise. `None` if that does not help.
fn in_base64url(parsed: &Parsed) -> Option<Parsed> {
    let text = parsed.token.replace('+', "-").replace('/', "_").replace('=', "");
    Some(parse_exact(&text)).filter(Parsed::is_readable)
}

/// What is wrong, if the signature is one of the algorithm that the header names.
fn with_named(
    parsed: &Parsed,
    given: &UserKey,
    read: &Read,
    algorithm: Algorithm,
    token: &Segments<'_>,
) -> Option<Diagnosis> {
    let found = signature::lenient(token);
    let bytes = found.as_deref().unwrap_or_default();
    let is_by = |secret: &[u8]| {
        let key = VerifyingKey::from_hmac(algorithm, secret);
        key.is_ok_and(|key| key.verify(token.input, bytes).is_ok())
    };
    if let Some(found) = read.disguise {
        return key_text::of_disguise(given, found, algorithm, is_by);
    }
    if let Some(found) = as_written(parsed, read, algorithm, token) {
        return Some(found);
    }
    match read.kind {
        Kind::Nothing => None,
        Kind::Secret if algorithm.is_symmetric() => secret::diagnose(given, token.input.len(), is_by)
            .or_else(|| cut(given, algorithm, token))
            .or_else(|| secret_as_written(parsed, given, algorithm, token)),
        Kind::Secret => None,
        Kind::Public | Kind::Private if algorithm.is_symmetric() => of_set(parsed, read)
            .or_else(|| settings::in_jwk(&given.text, is_by))
            .or_else(|| key_text::diagnose(&given.text, read, parsed, is_by)),
        Kind::Public | Kind::Private => of_set(parsed, read),
    }
}

/// The signature is the beginning of the right one.
fn cut(given: &UserKey, algorithm: Algorithm, token: &Segments<'_>) -> Option<Diagnosis> {
    let left = signature::cut(token, algorithm, &secret_bytes(&given.text, given.form)?)?;
    let length = algorithm.signature_len()?;
    let sentence =
        format!("Only the first {left} of {length} bytes are there; they match this secret: the token was cut");
    Some(Diagnosis::new(sentence, "Paste the whole token", None))
}

/// How many orders so many members have.
const ORDERS_OF_FOUR: usize = 24;
const ORDERS_OF_SIX: usize = 720;
const ORDERS_OF_SEVEN: usize = 5_040;

/// At most so many keys of a set are tried in every way.
const MOST_KEYS: usize = 4;

/// The key is right, but the signature or what it covers was written in another way.
fn as_written(parsed: &Parsed, read: &Read, algorithm: Algorithm, token: &Segments<'_>) -> Option<Diagnosis> {
    let KeyChoice::Found { key: chosen, .. } = &read.choice else { return None };
    // If the header names no key, every key of the set is tried.
    let others = if parsed.header_text("kid").is_none() { &read.set[..] } else { &[] };
    let fits = |key: &&VerifyingKey| key.algorithm() == algorithm;
    let keys: Vec<&VerifyingKey> = std::iter::once(chosen).chain(others).filter(fits).take(MOST_KEYS).collect();
    let is_by = |input: &[u8], bytes: &[u8]| keys.iter().any(|key| key.verify(input, bytes).is_ok());
    let what = if algorithm.is_symmetric() { "secret" } else { "key" };
    let input = token.input;
    let bytes = signature::lenient(token).unwrap_or_default();
    if is_by(input, &bytes) {
        let sentence = format!(
            "The signature matches this {what} over the text as it stands; the token is written in base64 instead of \
             base64url"
        );
        let fix = "Sign and send the token in base64url without padding (RFC 7515 §2)";
        return Some(Diagnosis { is_encoding: true, ..Diagnosis::new(sentence, fix, None) });
    }
    for reading in signature::readings(token, algorithm) {
        if is_by(input, &reading.bytes) {
            let sentence = format!("{}; read as that, it matches this {what}", reading.is);
            return Some(Diagnosis::new(sentence, reading.fix, None));
        }
    }
    if let Some(found) = keys.iter().find_map(|key| other_salt(key, input, &bytes)) {
        return Some(found);
    }
    // One try takes microseconds with a secret, and a hundred times that with a slow key.
    let most_orders = match &keys[..] {
        [key] if key.algorithm().is_symmetric() => ORDERS_OF_SEVEN,
        [key] if !matches!(key.algorithm(), Algorithm::Es384 | Algorithm::Es512) => ORDERS_OF_SIX,
        _ => ORDERS_OF_FOUR,
    };
    let found = input::inputs(parsed, token, most_orders).into_iter().find(|input| is_by(&input.bytes, &bytes))?;
    let sentence = format!("The signature matches this {what} {}", found.once);
    let is_encoding = input::ENCODED_AFTERWARDS.contains(&found.fix);
    Some(Diagnosis { is_encoding, ..Diagnosis::new(sentence, found.fix, None) })
}

/// A PSS signature by this key whose salt is not as long as its hash, as many libraries make it unless told otherwise.
fn other_salt(key: &VerifyingKey, input: &[u8], signature: &[u8]) -> Option<Diagnosis> {
    let (algorithm, PssSalt { found, wanted }) = (key.algorithm(), key.pss_salt(input, signature)?);
    let unit = if found == 1 { "byte" } else { "bytes" };
    let sentence = format!(
        "This is {} signature by this key with a salt of {found} {unit}; {algorithm} takes {wanted} bytes, \
         as long as its hash (RFC 7518 §3.5)",
        algorithm.with_article()
    );
    Some(Diagnosis::new(sentence, format!("Set the salt length to {wanted} bytes where the token is signed"), None))
}

/// At most so many ways of writing the token are tried with the secret in another form.
const MOST_WAYS: usize = 12;

/// Two things at once: the secret is read in the wrong form, and the signature or what it covers was written in another
/// way.
fn secret_as_written(
    parsed: &Parsed,
    given: &UserKey,
    algorithm: Algorithm,
    token: &Segments<'_>,
) -> Option<Diagnosis> {
    let bytes = signature::lenient(token).unwrap_or_default();
    let readings = signature::readings(token, algorithm).into_iter();
    let readings = readings.map(|reading| {
        let how = format!("and the signature is read as what it is: {}", reading.is);
        (token.input.to_vec(), reading.bytes, how, reading.fix)
    });
    let inputs =
        input::inputs(parsed, token, 0).into_iter().map(|input| (input.bytes, bytes.clone(), input.once, input.fix));
    let ways: Vec<_> = readings.chain(inputs).take(MOST_WAYS).collect();
    secret::FORMS.into_iter().filter(|(form, ..)| *form != given.form).find_map(|(form, remedy, words, read)| {
        let key = VerifyingKey::from_hmac(algorithm, &secret_bytes(&given.text, form)?).ok()?;
        let (.., how, fix) = ways.iter().find(|(input, bytes, ..)| key.verify(input, bytes).is_ok())?;
        let sentence = format!("Two things at once: the signature matches once the secret is read {words}, {how}");
        Some(Diagnosis::new(sentence, format!("{read}. {fix}"), Some(remedy)))
    })
}

fn of_set(parsed: &Parsed, read: &Read) -> Option<Diagnosis> {
    let key = read.set.iter().find(|key| choose::matches(parsed, key))?;
    let name = key.kid().map_or_else(|| "without a kid".to_owned(), |kid| excerpt(kid, SHOWN));
    let sentence = match &read.problem {
        // A server selects the key by name only, so a match with another key does not make it accept.
        Some(problem) => format!("{problem}; its key {name} matches: name that one in `kid`"),
        None => format!("Matches the key {name} of the set, which is not the one the header names"),
    };
    Some(Diagnosis::new(sentence, "Name the right key in `kid`", None))
}
