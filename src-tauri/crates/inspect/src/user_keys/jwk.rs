//! What other tools get wrong in a JWK (RFC 7517), put right.

use zeroize::Zeroizing;

use super::secret::without_space;
use crate::decoding::{base64, number};
use jose::json::{self, Item, ValueKind, quoted};
use jose::key::{VerifyingKey, jwk_members, with_fitting};
use jose::{Algorithm, base64url};

/// The usual public exponent of RSA.
const F4: u64 = 65_537;

/// As many as a modulus of 16,384 bits has.
const MOST_DIGITS: usize = 4_933;

/// A text with a sentence for each repair.
type Repaired = (Zeroizing<String>, Vec<String>);

/// A JWK or a JWK Set with every member that other tools write wrong put right; `None` if nothing needs it.
pub(super) fn repaired(text: &str) -> Option<Repaired> {
    let members = jwk_members(text);
    let Some(keys) = members.iter().find(|member| member.name == "keys") else { return one(text) };
    let list = &text[keys.value.clone()];
    let mut repairs = Vec::new();
    let mut jwks = Vec::new();
    for range in json::objects(list)? {
        match one(&list[range.clone()]) {
            Some((jwk, found)) => {
                jwks.push(jwk);
                found.into_iter().for_each(|repair| say(&mut repairs, repair));
            }
            None => jwks.push(Zeroizing::new(list[range].to_owned())),
        }
    }
    let all = joined(&jwks);
    (!repairs.is_empty()).then(|| (Zeroizing::new(format!(r#"{{"keys":[{}]}}"#, *all)), repairs))
}

/// Adds a sentence once: what wrote one key or number wrong wrote all of them wrong.
fn say(repairs: &mut Vec<String>, repair: String) {
    if !repairs.contains(&repair) {
        repairs.push(repair);
    }
}

fn joined(texts: &[Zeroizing<String>]) -> Zeroizing<String> {
    Zeroizing::new(texts.iter().map(|text| text.as_str()).collect::<Vec<_>>().join(","))
}

/// The same for a single JWK.
fn one(text: &str) -> Option<Repaired> {
    let members = jwk_members(text);
    let mut repairs = Vec::new();
    let mut written: Vec<Zeroizing<String>> = Vec::new();
    let curve = text_of(&members, "crv").unwrap_or_default();
    for member in members.iter() {
        let repaired = repaired_exponent(member, &text[member.value.clone()], &mut repairs)
            .or_else(|| repaired_decimal(member, &text[member.value.clone()], &mut repairs))
            .or_else(|| repaired_number(member, curve, &mut repairs));
        written.push(repaired.unwrap_or_else(|| Zeroizing::new(text[member.span.clone()].to_owned())));
    }
    if let Some(public) = of_certificate(text, &members) {
        repairs.push("The JWK holds only a certificate (x5c): its key was taken".to_owned());
        written.extend(public);
    }
    if let Some(kty) = missing_kty(&members) {
        repairs.push(format!("kty was missing; the members are those of {kty}"));
        written.push(Zeroizing::new(format!(r#""kty":"{kty}""#)));
    }
    (!repairs.is_empty()).then(|| (Zeroizing::new(format!("{{{}}}", *joined(&written))), repairs))
}

fn has(members: &[Item], name: &str) -> bool {
    members.iter().any(|member| member.name == name)
}

fn text_of<'a>(members: &'a [Item], name: &str) -> Option<&'a str> {
    members.iter().find(|member| member.name == name)?.text.as_deref()
}

/// The public members of the key in `x5c`, for a JWK that has none of its own.
fn of_certificate(text: &str, members: &[Item]) -> Option<Vec<Zeroizing<String>>> {
    let chain = members.iter().find(|member| member.name == "x5c")?;
    if ["n", "x", "k"].into_iter().any(|name| has(members, name)) {
        return None;
    }
    let der = base64(json::strings(&text[chain.value.clone()])?.first()?)?;
    let asked: Option<Algorithm> = text_of(members, "alg").and_then(|name| name.parse().ok());
    let key = with_fitting(asked, |wanted| VerifyingKey::from_public_der(&der, wanted)).ok()?;
    let jwk = key.public_jwk()?;
    // Name, purpose and algorithm are not the certificate's to give.
    let is_its = |name: &str| !matches!(name, "kid" | "alg" | "use") && !has(members, name);
    let public = jwk_members(&jwk);
    let public = public.iter().filter(|member| is_its(&member.name));
    Some(public.map(|member| Zeroizing::new(jwk[member.span.clone()].to_owned())).collect())
}

/// The `kty` that the other members belong to, if the key has none.
fn missing_kty(members: &[Item]) -> Option<&'static str> {
    if has(members, "kty") {
        return None;
    }
    match ["n", "y", "x", "k"].into_iter().find(|name| has(members, name))? {
        "n" => has(members, "e").then_some("RSA"),
        "y" => Some("EC"),
        "x" => Some("OKP"),
        _ => Some("oct"),
    }
}

/// The public exponent in base64url, if it is a number in decimal or hexadecimal digits.
fn repaired_exponent(member: &Item, raw: &str, repairs: &mut Vec<String>) -> Option<Zeroizing<String>> {
    let written = match (&*member.name, member.kind, member.text.as_deref()) {
        ("e", ValueKind::Number, _) => raw,
        // Other digits may be base64url.
        ("e", ValueKind::String, Some(text @ ("65537" | "0x10001" | "010001"))) => text,
        _ => return None,
    };
    let number: u64 = if written.starts_with('0') { F4 } else { written.parse().ok()? };
    let bytes = number.to_be_bytes();
    let significant = bytes.iter().position(|byte| *byte != 0)?;
    let encoded = base64url::encode(&bytes[significant..]);
    say(repairs, format!("e was the number {number}, and was read as {encoded}, which is its base64url"));
    Some(Zeroizing::new(format!("{}:{}", quoted("e"), quoted(&encoded))))
}

/// A long number of RSA in base64url, if it is in decimal digits, as Python prints it: as a number or as text.
fn repaired_decimal(member: &Item, raw: &str, repairs: &mut Vec<String>) -> Option<Zeroizing<String>> {
    // Fewer digits may be base64url; more are no key, and take long.
    let shortest = match &*member.name {
        "n" | "d" => 300,
        "p" | "q" | "dp" | "dq" | "qi" => 150,
        _ => return None,
    };
    let digits = if member.kind == ValueKind::Number { raw } else { member.text.as_deref()?.trim() };
    if !(shortest..=MOST_DIGITS).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let bytes = number(digits.bytes().map(|digit| digit - b'0'), 10);
    let encoded = Zeroizing::new(base64url::encode(&bytes));
    say(repairs, format!("{} was a number of {} digits, and was read as its base64url", member.name, digits.len()));
    Some(Zeroizing::new(format!("{}:{}", quoted(&member.name), quoted(&encoded))))
}

/// A number's member in base64url and with the zero bytes it should have; `None` if it is so already, or is no number.
fn repaired_number(member: &Item, curve: &str, repairs: &mut Vec<String>) -> Option<Zeroizing<String>> {
    let name = &*member.name;
    if !matches!(name, "n" | "e" | "d" | "p" | "q" | "dp" | "dq" | "qi" | "x" | "y" | "k") {
        return None;
    }
    let value = member.text.as_deref()?;
    let bytes = Zeroizing::new(base64(&without_space(value))?);
    // A secret is no number: its zero bytes belong to it, and base64url may be a secret as text.
    let is_secret = name == "k";
    if is_secret && !value.contains(['+', '/', '=']) {
        return None;
    }
    let significant = bytes.iter().position(|byte| *byte != 0)?;
    let digits = &bytes[significant..];
    // The numbers of RSA have no curve, and no fixed length.
    let length = match curve {
        "P-256" | "secp256k1" => 32,
        "P-384" => 48,
        "P-521" => 66,
        "" => digits.len(),
        _ => bytes.len(),
    };
    let number = if is_secret || bytes.len() == length || digits.len() > length {
        bytes.clone()
    } else {
        Zeroizing::new([&vec![0; length - digits.len()][..], digits].concat())
    };
    if number.len() != bytes.len() {
        let what = if bytes.len() < length { "left out, and was put back" } else { "added, and was taken off" };
        let count = bytes.len();
        let repair = match curve {
            "" => format!("{name} began with a zero byte, as Java's big integers do, which was taken off"),
            _ => format!("{name} has {count} bytes where {curve} has {length}: a leading zero was {what}"),
        };
        say(repairs, repair);
    }
    let written = Zeroizing::new(base64url::encode(&number));
    if *written == value {
        return None;
    }
    if *number == *bytes {
        say(repairs, format!("{name} was not base64url without padding, and was read as base64"));
    }
    Some(Zeroizing::new(format!("{}:{}", quoted(name), quoted(&written))))
}
