//! Keys as OpenSSH writes them: the line of a `.pub` file (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section
//! 4), and `openssh-key-v1` (PROTOCOL.key of OpenSSH), whose public part is never encrypted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::sign::ec_members;
use super::{KeyError, PublicMembers, VerifyingKey};
use crate::Algorithm;
use crate::visible::excerpt;

/// What a private key begins with.
pub(super) const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The key in a line of type, base64 and comment; `None` for any other text.
pub(super) fn line(text: &str) -> Option<Vec<u8>> {
    let mut words = text.split_ascii_whitespace();
    let name = words.next().filter(|name| name.len() < 80)?;
    let blob = STANDARD.decode(words.next()?).ok()?;
    (take(&mut &*blob)? == name.as_bytes()).then_some(blob)
}

/// The line without a comment.
pub(super) fn line_of(algorithm: Algorithm, members: &PublicMembers) -> Option<String> {
    let (name, parts): (_, Vec<Vec<u8>>) = match members {
        PublicMembers::Rsa { n, e } => ("ssh-rsa".to_owned(), vec![positive(e), positive(n)]),
        PublicMembers::Ec { x, y, .. } => {
            let curve = curve_name(algorithm)?;
            (format!("ecdsa-sha2-{curve}"), vec![curve.into(), [&[4][..], x, y].concat()])
        }
        PublicMembers::Okp { x } => ("ssh-ed25519".to_owned(), vec![x.clone()]),
    };
    let mut blob = Vec::new();
    for part in [name.as_bytes()].into_iter().chain(parts.iter().map(Vec::as_slice)) {
        blob.extend(u32::try_from(part.len()).ok()?.to_be_bytes());
        blob.extend(part);
    }
    Some(format!("{name} {}", STANDARD.encode(blob)))
}

/// Takes a public key in its binary form.
pub(super) fn public(mut blob: &[u8], wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    let damaged = || KeyError::Unreadable("the OpenSSH key is cut or damaged".to_owned());
    let name = take(&mut blob).and_then(|name| std::str::from_utf8(name).ok()).ok_or_else(damaged)?;
    let mut next = || take(&mut blob).ok_or_else(damaged);
    let (algorithm, members) = match name {
        "ssh-ed25519" => (wanted.unwrap_or(Algorithm::EdDsa), PublicMembers::Okp { x: next()?.to_vec() }),
        "ssh-rsa" => {
            let (e, n) = (without_sign(next()?), without_sign(next()?));
            (wanted.ok_or(KeyError::AlgorithmNeeded)?, PublicMembers::Rsa { n, e })
        }
        _ => {
            let unknown = || KeyError::UnsupportedType(excerpt(name, 40));
            let own = name.strip_prefix("ecdsa-sha2-").and_then(algorithm_of).ok_or_else(unknown)?;
            next()?;
            (wanted.unwrap_or(own), ec_members(own, next()?).ok_or(KeyError::NotOnCurve)?)
        }
    };
    if blob.is_empty() { VerifyingKey::from_members(algorithm, members) } else { Err(damaged()) }
}

/// The public part of a private key, encrypted or not.
pub(super) fn public_of_private(file: &[u8], wanted: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    public(Parts::of(file).ok_or(KeyError::DamagedPrivateKey)?.public, wanted)
}

/// The number that a private key on a curve is made of, with the algorithm of its curve and its public point.
pub(super) struct OnCurve {
    pub(super) algorithm: Algorithm,
    pub(super) number: Zeroizing<Vec<u8>>,
    pub(super) point: Vec<u8>,
}

/// Takes a private key that is not encrypted. RSA's lacks two numbers that every other form has.
pub(super) fn on_curve(file: &[u8]) -> Result<OnCurve, KeyError> {
    let parts = Parts::of(file).ok_or(KeyError::DamagedPrivateKey)?;
    if parts.cipher != b"none" {
        return Err(KeyError::OpenSsh("it is encrypted"));
    }
    // The same four random bytes twice.
    let twice = parts.private.split_at_checked(8).filter(|(checks, _)| checks[..4] == checks[4..]);
    let (_, mut private) = twice.ok_or(KeyError::DamagedPrivateKey)?;
    let mut next = || take(&mut private).ok_or(KeyError::DamagedPrivateKey);
    let name = next()?;
    if name == b"ssh-ed25519" {
        let (point, both) = (next()?.to_vec(), next()?);
        let number = Zeroizing::new(both.get(..32).unwrap_or_default().to_vec());
        return Ok(OnCurve { algorithm: Algorithm::EdDsa, number, point });
    }
    let curve = std::str::from_utf8(name).ok().and_then(|name| name.strip_prefix("ecdsa-sha2-")).and_then(algorithm_of);
    let algorithm = curve.ok_or(KeyError::OpenSsh("only its Ed25519 and ECDSA are read"))?;
    next()?;
    let (point, d) = (next()?.to_vec(), next()?);
    let d = d.strip_prefix(&[0]).unwrap_or(d);
    let length = algorithm.coordinate_len().unwrap_or_default();
    let mut number = Zeroizing::new(vec![0; length.saturating_sub(d.len())]);
    number.reserve_exact(d.len());
    number.extend_from_slice(d);
    Ok(OnCurve { algorithm, number, point })
}

struct Parts<'a> {
    cipher: &'a [u8],
    public: &'a [u8],
    private: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(file: &'a [u8]) -> Option<Parts<'a>> {
        let mut rest = file.strip_prefix(MAGIC)?;
        let cipher = take(&mut rest)?;
        for _ in ["kdf", "its options"] {
            take(&mut rest)?;
        }
        // There is room for more keys than one; nothing writes them.
        rest = rest.strip_prefix(&[0, 0, 0, 1])?;
        Some(Parts { cipher, public: take(&mut rest)?, private: take(&mut rest)? })
    }
}

/// Takes a string from the front (RFC 4251 section 5).
fn take<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = input.split_first_chunk()?;
    let (content, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *input = rest;
    Some(content)
}

fn without_sign(number: &[u8]) -> Vec<u8> {
    number.strip_prefix(&[0]).unwrap_or(number).to_vec()
}

fn positive(number: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if number.first().is_some_and(|byte| byte & 0x80 != 0) { &[0] } else { &[] };
    [sign, number].concat()
}

fn algorithm_of(curve: &str) -> Option<Algorithm> {
    [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512].into_iter().find(|known| curve_name(*known) == Some(curve))
}

fn curve_name(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm {
        Algorithm::Es256 => Some("nistp256"),
        Algorithm::Es384 => Some("nistp384"),
        Algorithm::Es512 => Some("nistp521"),
        _ => None,
    }
}
