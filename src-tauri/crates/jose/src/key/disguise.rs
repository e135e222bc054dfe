//! Keys given as if they were shared secrets (RFC 8725 section 2.1). Anyone with such a key can forge tokens for a
//! server that uses its text or bytes as an HMAC secret.

use super::oid::{EC, ED25519, RSA, RSA_PSS, elements};
use super::{VerifyingKey, jwk_members, parse};
use crate::{Algorithm, json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use der::{Decode as _, Encode as _, SliceReader, Tag, Tagged as _};
use zeroize::Zeroizing;

/// What the bytes given as a secret really are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disguise {
    /// With its article: "a public key or certificate in DER".
    pub what: &'static str,
    /// True if the key is public.
    pub is_public: bool,
}

/// X25519, Ed448 and encrypted PKCS#8 (RFC 8410 section 3, RFC 8018 appendix A.4): not usable by this build, but not
/// secrets.
const OTHERS: [ObjectIdentifier; 3] = [
    ObjectIdentifier::new_unwrap("1.3.101.110"),
    ObjectIdentifier::new_unwrap("1.3.101.113"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13"),
];

/// The tag of a bit string, which no encrypted key has.
const BIT_STRING: u8 = 0x03;

/// The lengths in bytes of RSA moduli of 2048, 3072 and 4096 bits.
const MODULI: [usize; 3] = [256, 384, 512];

/// The hexadecimal digits of a modulus of 1024 bits, the shortest still in use.
const FEWEST_DIGITS: usize = 256;

/// The lengths of compressed points of P-256 and secp256k1, P-384 and P-521.
const COMPRESSED: [usize; 3] = [33, 49, 67];

/// Few random numbers have no prime factor up to here: with the first and last bit set, one in forty.
const TRIED_PRIMES: u32 = 65_536;

impl Disguise {
    /// A self-describing key: PEM of any kind, damaged or not, a JWK, OpenSSH's line, OpenSSL's modulus, or DER.
    pub fn of(bytes: &[u8]) -> Option<Disguise> {
        let text = text_of(bytes);
        let text = text.as_deref().map(|text| text.trim_start_matches('\u{FEFF}').trim());
        text.and_then(of_text).or_else(|| of_der(bytes)).or_else(|| of_ssh(bytes))
    }

    /// The bare number of a public key: a point of a curve, or a possible RSA modulus. The 32 bytes of an Ed25519 key
    /// look like any others.
    pub fn of_number(bytes: &[u8]) -> Option<Disguise> {
        let curves = [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512, Algorithm::Es256K];
        if bytes.first() == Some(&4) && curves.into_iter().any(|curve| parse(curve, bytes).is_ok()) {
            return Some(Disguise { what: "the point of a public key", is_public: true });
        }
        // A compressed point is its first coordinate and the choice between two second ones (SEC 1 section 2.3.3).
        if matches!(bytes, [2 | 3, ..]) && COMPRESSED.contains(&bytes.len()) {
            return Some(Disguise { what: "what looks like the point of a public key", is_public: true });
        }
        let decimal = std::str::from_utf8(bytes).ok().and_then(number_of);
        let bytes = decimal.as_deref().unwrap_or(bytes);
        let number = bytes.strip_prefix(&[0]).unwrap_or(bytes);
        let is_modulus = MODULI.contains(&number.len()) && number[0] >= 0x80 && has_no_small_factor(number);
        is_modulus.then_some(Disguise { what: "what looks like the modulus of an RSA key", is_public: true })
    }
}

/// Bytes as text: UTF-8, or UTF-16 as Windows writes it.
pub fn text_of(bytes: &[u8]) -> Option<Zeroizing<String>> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains('\0')
    {
        return Some(Zeroizing::new(text.to_owned()));
    }
    let (pairs, []) = bytes.as_chunks::<2>() else { return None };
    let read = |unit: fn([u8; 2]) -> u16| {
        let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
        text.ok().filter(|text| text.is_ascii() || text.starts_with('\u{FEFF}')).map(Zeroizing::new)
    };
    read(u16::from_le_bytes).or_else(|| read(u16::from_be_bytes))
}

fn of_text(text: &str) -> Option<Disguise> {
    if let Some((_, rest)) = text.split_once("-----BEGIN ") {
        let label: &str = rest.split(['-', '\r', '\n', '\\']).next().unwrap_or_default();
        if label.contains("KEY") || label.contains("CERTIFICATE") || label.contains("PKCS") {
            return Some(match label.contains("PRIVATE") {
                true => Disguise { what: "a private key in PEM", is_public: false },
                false => Disguise { what: "a public key or certificate in PEM", is_public: true },
            });
        }
    }
    // `openssl rsa -modulus`, and `openssl x509 -modulus`.
    if let Some(digits) = text.strip_prefix("Modulus=")
        && digits.len() >= FEWEST_DIGITS
        && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    {
        return Some(Disguise { what: "the modulus of an RSA key as OpenSSL writes it", is_public: true });
    }
    if text.starts_with('[') {
        return of_list(text);
    }
    if text.starts_with('{') {
        let members = jwk_members(text);
        if let Some(keys) = members.iter().find(|member| member.name == "keys") {
            return of_list(&text[keys.value.clone()]);
        }
        let has = |name: &str| members.iter().any(|member| member.name == name);
        let is_type =
            |name: &str| members.iter().any(|member| member.name == "kty" && member.text.as_deref() == Some(name));
        if ["RSA", "EC", "OKP"].into_iter().any(is_type) || (has("n") && has("e")) || (has("crv") && has("x")) {
            return Some(match has("d") {
                true => Disguise { what: "a private JWK", is_public: false },
                false => Disguise { what: "a public JWK", is_public: true },
            });
        }
    }
    let line = VerifyingKey::from_openssh_line(text, None);
    line.map(|_| Disguise { what: "a public key as OpenSSH writes it", is_public: true })
}

/// The keys of a JWK Set, or certificates as in `x5c` (RFC 7517 section 4.7).
fn of_list(text: &str) -> Option<Disguise> {
    if let Some(objects) = json::objects(text) {
        return objects.into_iter().find_map(|range| of_text(&text[range]));
    }
    let certificates: Vec<String> = serde_json::from_str(text).ok()?;
    certificates.iter().filter_map(|text| STANDARD.decode(text).ok()).find_map(|der| of_der(&der))
}

/// A public key in SSH's wire format: its type, prefixed with a length (RFC 4253 section 6.6).
fn of_ssh(bytes: &[u8]) -> Option<Disguise> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let kind = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    let is_kind = [&b"ssh-"[..], b"ecdsa-sha2-", b"sk-"].iter().any(|start| kind.starts_with(start));
    is_kind.then_some(Disguise { what: "a public key as OpenSSH writes it", is_public: true })
}

/// The bytes of a decimal number that is long enough for a modulus.
fn number_of(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    // 2048 bits have 616 or 617 digits, 4096 have 1233.
    if !(616..=1_234).contains(&text.len()) || !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // The least significant byte first.
    let mut number: Vec<u8> = Vec::new();
    for digit in text.bytes() {
        let mut carry = u32::from(digit - b'0');
        for byte in &mut number {
            carry += u32::from(*byte) * 10;
            *byte = u8::try_from(carry & 0xff).unwrap_or_default();
            carry >>= 8;
        }
        if carry > 0 {
            number.push(u8::try_from(carry).unwrap_or_default());
        }
    }
    number.reverse();
    Some(number)
}

fn of_der(bytes: &[u8]) -> Option<Disguise> {
    // OpenSSL may append trust settings to a certificate.
    let body = AnyRef::decode(&mut SliceReader::new(bytes).ok()?).ok().filter(|body| body.tag() == Tag::Sequence)?;
    let body = body.value();
    let parts = elements(body);
    let number = |part: &AnyRef<'_>| part.decode_as::<UintRef<'_>>().ok().map(|number| number.as_bytes().len());
    if let [modulus, exponent] = &parts[..]
        && number(modulus).is_some()
        && number(exponent).is_some()
        && body.len() > 100
    {
        return Some(Disguise { what: "an RSA public key in DER", is_public: true });
    }
    let is_private = match &parts[..] {
        [version, rest @ ..] if version.tag() == Tag::Integer && matches!(version.value(), [0 | 1]) => match rest {
            [modulus, ..] if modulus.tag() == Tag::Integer => number(modulus).is_some_and(|length| length >= 64),
            [key, ..] if key.tag() == Tag::OctetString => key.value().len() >= 28,
            [algorithm, key, ..] => algorithm.tag() == Tag::Sequence && key.tag() == Tag::OctetString,
            _ => false,
        },
        _ => false,
    };
    if is_private {
        return Some(Disguise { what: "a private key in DER", is_public: false });
    }
    let mut names = [RSA, RSA_PSS, EC, ED25519].into_iter().chain(OTHERS).filter_map(|name| name.to_der().ok());
    if !names.any(|name| contains(body, &name)) {
        return None;
    }
    let is_encrypted = matches!(&parts[..], [scheme, key, ..]
        if scheme.tag() == Tag::Sequence && key.tag() == Tag::OctetString);
    Some(match is_encrypted && !contains(body, &[BIT_STRING]) {
        true => Disguise { what: "a private key in DER", is_public: false },
        false => Disguise { what: "a public key or certificate in DER", is_public: true },
    })
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn has_no_small_factor(number: &[u8]) -> bool {
    let mut is_composite = vec![false; TRIED_PRIMES as usize];
    for candidate in 2..TRIED_PRIMES {
        if is_composite[candidate as usize] {
            continue;
        }
        for multiple in (candidate..TRIED_PRIMES).step_by(candidate as usize).skip(1) {
            is_composite[multiple as usize] = true;
        }
        let rest = number.chunks(2).fold(0_u32, |rest, digits| {
            digits.iter().fold(rest, |rest, digit| ((rest << 8) | u32::from(*digit)) % candidate)
        });
        if rest == 0 {
            return false;
        }
    }
    true
}
