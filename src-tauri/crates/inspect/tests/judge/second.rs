//! The second judge: plain, slow, and written from RFC 7515, 7519 and 9068 only. The crypto library is all that it
//! shares with the first.
//!
//! Where the RFCs leave a choice, it follows this crate's documentation:
//! - a duplicate name is refused in the issuer's own tokens, at any depth (RFC 7519 section 4 allows taking the last
//!   one), and elsewhere if a check reads it;
//! - a NumericDate is zero or more, fits in 64 bits, and its fraction is truncated; `exp` equal to now has expired,
//!   `nbf` equal to now is valid; `iat` in the future is not a reason to refuse;
//! - no critical extension is understood; `b64` may only be `true`;
//! - a `jti` of the issuer's own tokens has 1 to 255 characters, and their `client_id` is a string;
//! - `aud` and `iss` of another type are refused even if nothing asks for them, and so are `sub`, `jti` and `sid`;
//! - `kid` selects no key here, so its type does not matter, nor does that of `typ` if no `typ` is required.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self as suite, RsaPublicKeyComponents, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{Algorithm, Facts, Policy, RevocationFact, UserFact};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The crate's limits, which RFC 8259 section 9 permits: beyond them it refuses what may be valid.
const MOST_CHARACTERS: usize = 1024 * 1024;
const DEEPEST: usize = 64;
const MOST_MEMBERS: usize = 10_000;

/// The second judge's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ruling {
    Accept,
    Refuse(&'static str),
    /// Valid by the RFCs, but beyond a limit of the crate.
    Beyond(&'static str),
}

/// A key, by its numbers.
pub(crate) enum Key {
    Hmac(Box<hmac::Key>),
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// The algorithm determines the curve.
    Point(Vec<u8>),
}

/// A key with its only algorithm.
pub(crate) struct Keyed {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: Key,
}

type Refusal = &'static str;

pub(crate) fn judge(token: &str, policy: &Policy, keyed: Option<&Keyed>, facts: &Facts, now: i64) -> Ruling {
    let mut beyond = None;
    match considered(token, policy, keyed, facts, now, &mut beyond) {
        Err(reason) => Ruling::Refuse(reason),
        Ok(()) => beyond.map_or(Ruling::Accept, Ruling::Beyond),
    }
}

fn considered(
    token: &str,
    policy: &Policy,
    keyed: Option<&Keyed>,
    facts: &Facts,
    now: i64,
    beyond: &mut Option<&'static str>,
) -> Result<(), Refusal> {
    if token.chars().count() > MOST_CHARACTERS {
        *beyond = Some("characters");
    }
    let segments: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = segments[..] else { return Err("not three segments") };
    let decode = |segment: &str| URL_SAFE_NO_PAD.decode(segment).map_err(|_| "not base64url");
    let (header_bytes, payload_bytes, signature_bytes) = (decode(header)?, decode(payload)?, decode(signature)?);
    let header = object(&header_bytes, policy, beyond)?;
    let claims = object(&payload_bytes, policy, beyond)?;

    let algorithm = checked_header(&header, policy)?;
    let keyed = keyed.ok_or("no key")?;
    if keyed.algorithm != algorithm {
        return Err("a key for another algorithm");
    }
    let signed = &token[..token.rfind('.').ok_or("no dot")?];
    if !fits(keyed, signed.as_bytes(), &signature_bytes) {
        return Err("the signature does not fit");
    }
    for required in &policy.required_claims {
        if !claims.contains_key(required.as_str()) {
            return Err("a required claim is missing");
        }
    }
    time(&claims, policy, now)?;
    audience(&claims, policy)?;
    session_checks(&claims, policy, facts, now)?;
    scopes(&claims, policy, facts)
}

type Object = BTreeMap<String, Box<RawValue>>;

/// A JSON object in UTF-8 (RFC 7519 section 7.2), without duplicate names in the issuer's own tokens. Elsewhere a
/// duplicate name has a value that no check accepts.
fn object(bytes: &[u8], policy: &Policy, beyond: &mut Option<&'static str>) -> Result<Object, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8")?;
    let members: Members = serde_json::from_str(text).map_err(|_| "not a JSON object")?;
    if members.0.len() > MOST_MEMBERS {
        *beyond = Some("members");
    }
    for (_, value) in &members.0 {
        walk(value, 1, policy, beyond)?;
    }
    unique(members, policy)
}

/// Checks everything inside a value: names unique in their object, strings valid Unicode.
fn walk(value: &RawValue, depth: usize, policy: &Policy, beyond: &mut Option<&'static str>) -> Result<(), Refusal> {
    let text = value.get();
    if text.starts_with(['{', '[']) && depth >= DEEPEST {
        *beyond = Some("depth");
    }
    if text.starts_with('{') {
        let members: Members = serde_json::from_str(text).map_err(|_| "not JSON inside")?;
        for (_, value) in &members.0 {
            walk(value, depth + 1, policy, beyond)?;
        }
        unique(members, policy)?;
    } else if text.starts_with('[') {
        let values: Vec<Box<RawValue>> = serde_json::from_str(text).map_err(|_| "not JSON inside")?;
        for value in &values {
            walk(value, depth + 1, policy, beyond)?;
        }
    } else if text.starts_with('"') {
        serde_json::from_str::<String>(text).map_err(|_| "not Unicode inside")?;
    }
    Ok(())
}

fn unique(members: Members, policy: &Policy) -> Result<Object, Refusal> {
    let mut seen = HashSet::new();
    let twice: Vec<String> =
        members.0.iter().map(|(name, _)| name).filter(|name| !seen.insert(*name)).cloned().collect();
    if policy.own_tokens && !twice.is_empty() {
        return Err("a name stands twice");
    }
    let mut object: Object = members.0.into_iter().collect();
    for name in twice {
        object.insert(name, RawValue::from_string("{}".to_owned()).map_err(|_| "no JSON")?);
    }
    Ok(object)
}

/// All members of an object, including duplicates.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(Each)
    }
}

/// A string; any other type is refused.
fn text(object: &Object, name: &str) -> Result<Option<String>, Refusal> {
    let Some(value) = object.get(name) else { return Ok(None) };
    serde_json::from_str(value.get()).map(Some).map_err(|_| "a claim is no string")
}

fn media_type(typ: &str) -> String {
    let typ = typ.to_ascii_lowercase();
    match typ.strip_prefix("application/") {
        Some(rest) if !rest.contains('/') => rest.to_owned(),
        _ => typ,
    }
}

fn checked_header(header: &Object, policy: &Policy) -> Result<Algorithm, Refusal> {
    const NAMES: [(&str, Algorithm); 15] = [
        ("HS256", Algorithm::Hs256),
        ("HS384", Algorithm::Hs384),
        ("HS512", Algorithm::Hs512),
        ("RS256", Algorithm::Rs256),
        ("RS384", Algorithm::Rs384),
        ("RS512", Algorithm::Rs512),
        ("PS256", Algorithm::Ps256),
        ("PS384", Algorithm::Ps384),
        ("PS512", Algorithm::Ps512),
        ("ES256", Algorithm::Es256),
        ("ES384", Algorithm::Es384),
        ("ES512", Algorithm::Es512),
        ("ES256K", Algorithm::Es256K),
        ("EdDSA", Algorithm::EdDsa),
        ("Ed25519", Algorithm::EdDsa),
    ];
    if header.contains_key("crit") {
        return Err("crit");
    }
    if header.get("b64").is_some_and(|value| value.get() != "true") {
        return Err("b64");
    }
    let name = text(header, "alg")?.ok_or("no alg")?;
    let (_, algorithm) = NAMES.into_iter().find(|(known, _)| *known == name).ok_or("an unknown alg")?;
    if !policy.algorithms.contains(&algorithm) {
        return Err("alg is not on the list");
    }
    if let Some(wanted) = &policy.typ {
        let typ = text(header, "typ")?.ok_or("no typ")?;
        if media_type(&typ) != media_type(wanted) {
            return Err("another typ");
        }
    }
    Ok(algorithm)
}

fn fits(keyed: &Keyed, signed: &[u8], signature: &[u8]) -> bool {
    let by = |how: &'static dyn suite::VerificationAlgorithm, point: &[u8]| {
        UnparsedPublicKey::new(how, point).verify(signed, signature).is_ok()
    };
    match (&keyed.key, keyed.algorithm) {
        (Key::Hmac(key), Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512) => {
            hmac::verify(key, signed, signature).is_ok()
        }
        (Key::Rsa { n, e }, algorithm) => {
            let how = match algorithm {
                Algorithm::Rs256 => &suite::RSA_PKCS1_2048_8192_SHA256,
                Algorithm::Rs384 => &suite::RSA_PKCS1_2048_8192_SHA384,
                Algorithm::Ps256 => &suite::RSA_PSS_2048_8192_SHA256,
                Algorithm::Ps384 => &suite::RSA_PSS_2048_8192_SHA384,
                _ => return false,
            };
            RsaPublicKeyComponents { n, e }.verify(how, signed, signature).is_ok()
        }
        (Key::Point(point), Algorithm::Es256) => by(&suite::ECDSA_P256_SHA256_FIXED, point),
        (Key::Point(point), Algorithm::Es512) => by(&suite::ECDSA_P521_SHA512_FIXED, point),
        (Key::Point(point), Algorithm::EdDsa) => by(&suite::ED25519, point),
        _ => false,
    }
}

/// The seconds of a NumericDate (RFC 7519 section 2), by writing out its digits.
fn date(claims: &Object, name: &str) -> Result<Option<i64>, Refusal> {
    const REFUSED: &str = "a date that is none";
    let Some(value) = claims.get(name) else { return Ok(None) };
    let text = value.get().to_ascii_lowercase();
    let (negative, text) = text.strip_prefix('-').map_or((false, text.as_str()), |rest| (true, rest));
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(REFUSED);
    }
    let (number, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut digits = format!("{whole}{fraction}");
    if digits.bytes().all(|digit| digit == b'0') {
        return Ok(Some(0));
    }
    if negative {
        return Err(REFUSED);
    }
    // An exponent beyond its own digits and those of the largest number makes no difference.
    let far = digits.len() as i128 + 40;
    let shift = exponent.parse::<i128>().unwrap_or(if exponent.starts_with('-') { -far } else { far });
    let point = whole.len() as i128 + shift.clamp(-far, far);
    if point <= 0 {
        return Ok(Some(0));
    }
    while (digits.len() as i128) < point {
        digits.push('0');
    }
    let whole = digits[..point as usize].trim_start_matches('0');
    if whole.is_empty() { Ok(Some(0)) } else { whole.parse().map(Some).map_err(|_| REFUSED) }
}

fn time(claims: &Object, policy: &Policy, now: i64) -> Result<(), Refusal> {
    let [exp, nbf, iat] =
        [date(claims, "exp")?, date(claims, "nbf")?, date(claims, "iat")?].map(|at| at.map(i128::from));
    date(claims, "auth_time")?;
    let (now, leeway) = (i128::from(now), i128::from(policy.leeway_seconds));
    if exp.is_some_and(|exp| now >= exp + leeway) {
        return Err("expired");
    }
    if nbf.is_some_and(|nbf| now < nbf - leeway) {
        return Err("not begun");
    }
    if let (true, Some(exp), Some(iat)) = (policy.own_tokens && policy.max_lifetime_seconds > 0, exp, iat) {
        let longest = i128::from(policy.max_lifetime_seconds);
        if exp - iat > longest || exp - (now + leeway) > longest {
            return Err("lives too long");
        }
    }
    Ok(())
}

fn audience(claims: &Object, policy: &Policy) -> Result<(), Refusal> {
    let issuer = text(claims, "iss")?;
    if policy.own_tokens {
        text(claims, "client_id")?;
    }
    if policy.issuer.is_some() && issuer != policy.issuer {
        return Err("another iss");
    }
    let audiences: Vec<String> = match claims.get("aud").map(|value| value.get()) {
        None => Vec::new(),
        Some(one) if one.starts_with('"') => vec![serde_json::from_str(one).map_err(|_| "aud")?],
        Some(several) => serde_json::from_str(several).map_err(|_| "aud is of another type")?,
    };
    match &policy.audience {
        Some(wanted) if !audiences.contains(wanted) => Err("another aud"),
        _ => Ok(()),
    }
}

fn session_checks(claims: &Object, policy: &Policy, facts: &Facts, now: i64) -> Result<(), Refusal> {
    for name in ["sub", "jti", "sid"] {
        let text = text(claims, name)?;
        let shows = |sign: char| !sign.is_whitespace() && !sign.is_control();
        let is_unfit = |text: String| !text.contains(shows) || text.chars().nth(255).is_some();
        if name == "jti" && policy.own_tokens && text.is_some_and(is_unfit) {
            return Err("a jti that names no token, or has more than 255 characters");
        }
    }
    match &facts.revocation {
        RevocationFact::Live { until: None } | RevocationFact::NotKept(_) => {}
        RevocationFact::Live { until: Some(until) } if now < *until => {}
        RevocationFact::Unknown(_) if !policy.own_tokens => {}
        _ => return Err("revoked, or not known to be good"),
    }
    match &facts.user {
        UserFact::Active { .. } => Ok(()),
        UserFact::Unknown(_) if !policy.own_tokens => Ok(()),
        _ => Err("no such user, or not known to be one"),
    }
}

fn scopes(claims: &Object, policy: &Policy, facts: &Facts) -> Result<(), Refusal> {
    let held = match &facts.user {
        UserFact::Active { scopes } => Some(scopes),
        _ => None,
    };
    if held.is_none() && policy.required_scopes.is_empty() {
        return Ok(());
    }
    let words = |text: String| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let granted: Vec<String> = match (claims.get("scope"), claims.get("scp")) {
        (Some(scope), _) => words(serde_json::from_str(scope.get()).map_err(|_| "scope is no string")?),
        (None, Some(scp)) if scp.get().starts_with('[') => {
            serde_json::from_str(scp.get()).map_err(|_| "scp lists something else")?
        }
        (None, Some(scp)) => words(serde_json::from_str(scp.get()).map_err(|_| "scp is neither")?),
        (None, None) => Vec::new(),
    };
    if !policy.required_scopes.iter().all(|scope| granted.contains(scope)) {
        return Err("a scope is lacking");
    }
    if held.is_some_and(|held| !granted.iter().all(|scope| held.contains(scope))) {
        return Err("a scope the user does not hold");
    }
    Ok(())
}
