//! Keys that are given as if they were shared secrets (RFC 8725 section 2.1). Whoever has such a key can forge what a
//! server takes that uses its text or bytes for an HMAC.

use super::der::{
    self, BIT_STRING, EC, ED25519, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, RSA, RSA_PSS, SEQUENCE, take,
    take_positive,
};
use super::{VerifyingKey, members_of_jwk, parse};
use crate::Algorithm;

/// What bytes are that were given as a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Disguise {
    /// With its article: "a public key or certificate in DER".
    pub(crate) what: &'static str,
    /// Everybody may have it.
    pub(crate) is_public: bool,
}

/// X25519, Ed448 and encrypted PKCS#8 (RFC 8410 section 3, RFC 8018 appendix A.4): no key of this build, but no secret.
const OTHERS: [&[u8]; 3] =
    [&[0x2b, 0x65, 0x6e], &[0x2b, 0x65, 0x71], &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d]];

/// An RSA modulus of 2048, 3072 or 4096 bits has so many bytes.
const MODULI: [usize; 3] = [256, 384, 512];

/// A random number that no prime up to here divides is rare: with its first and its last bit set, one in forty.
const TRIED_PRIMES: u32 = 65_536;

impl Disguise {
    /// A key that says what it is: PEM of any kind, damaged or not, a JWK, OpenSSH's line, or DER.
    pub(crate) fn of(bytes: &[u8]) -> Option<Disguise> {
        let text = std::str::from_utf8(bytes).ok().map(|text| text.trim_start_matches('\u{FEFF}').trim());
        text.and_then(of_text).or_else(|| of_der(bytes))
    }

    /// A number of a public key, without a word around it: a point of a curve, or what can be an RSA modulus. An Ed25519
    /// key has 32 bytes that look like any others.
    pub(crate) fn of_number(bytes: &[u8]) -> Option<Disguise> {
        let curves = [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512, Algorithm::Es256K];
        if bytes.first() == Some(&4) && curves.into_iter().any(|curve| parse(curve, bytes).is_ok()) {
            return Some(Disguise { what: "the point of a public key", is_public: true });
        }
        let number = bytes.strip_prefix(&[0]).unwrap_or(bytes);
        let is_modulus = MODULI.contains(&number.len()) && number[0] >= 0x80 && has_no_small_factor(number);
        is_modulus.then_some(Disguise { what: "what looks like the modulus of an RSA key", is_public: true })
    }
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
    if text.starts_with('{') {
        let members = members_of_jwk(text);
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

fn of_der(bytes: &[u8]) -> Option<Disguise> {
    // Behind a certificate OpenSSL may write what it is trusted for.
    let body = take(&mut &*bytes, SEQUENCE)?;
    let mut inside = body;
    let is_numbers = take_positive(&mut inside).is_some() && take_positive(&mut inside).is_some() && inside.is_empty();
    if is_numbers && body.len() > 100 {
        return Some(Disguise { what: "an RSA public key in DER", is_public: true });
    }
    let mut inside = body;
    let has_version = take(&mut inside, INTEGER).is_some_and(|version| matches!(version, [0 | 1]));
    let is_private = has_version && {
        let (mut rsa, mut ec, mut info) = (inside, inside, inside);
        take_positive(&mut rsa).is_some_and(|modulus| modulus.len() >= 64)
            || take(&mut ec, OCTET_STRING).is_some_and(|number| number.len() >= 28)
            || take(&mut info, SEQUENCE).is_some() && take(&mut info, OCTET_STRING).is_some()
    };
    let names = [RSA, RSA_PSS, EC, ED25519].into_iter().chain(OTHERS);
    let names_one = names.map(|name| der::element(OBJECT_IDENTIFIER, &[name])).any(|name| contains(body, &name));
    if is_private {
        return Some(Disguise { what: "a private key in DER", is_public: false });
    }
    if !names_one {
        return None;
    }
    let mut inside = body;
    let is_encrypted = take(&mut inside, SEQUENCE).is_some() && take(&mut inside, OCTET_STRING).is_some();
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
