//! Keys, passwords' hashes, and JSON that a token came from or is made with.

use super::{NotJwt, TO_ITS_ISSUER};
use crate::decoding::{base64_lines, hex};
use der::{Decode as _, SliceReader, Tag, Tagged as _, asn1::AnyRef};
use jose::json;
use jose::json::ValueKind;

const GIVE_AS_KEY: &str = "Paste the token here, and give this as its key.";
const GIVE_AS_SECRET: &str = "Whoever has it can sign tokens: keep it to yourself. To check a token with it, paste the \
                              token here and give this as its key.";

fn public(what: &str) -> NotJwt {
    NotJwt { is_key: true, ..NotJwt::new(what, GIVE_AS_KEY).or_else("Paste the token") }
}

fn secret(what: &str) -> NotJwt {
    NotJwt { is_key: true, ..NotJwt::new(what, GIVE_AS_SECRET).or_else("Paste the token") }
}

pub(super) fn key(text: &str) -> Option<NotJwt> {
    pem(text).or_else(|| line(text)).or_else(|| hash(text)).or_else(|| json(text)).or_else(|| der(text))
}

/// A PEM block, by its label (RFC 7468 section 2).
fn pem(text: &str) -> Option<NotJwt> {
    let (_, rest) = text.split_once("-----BEGIN ").or_else(|| text.split_once("---- BEGIN "))?;
    let (label, _) = rest.split_once("----")?;
    Some(match label.trim() {
        "CERTIFICATE" | "TRUSTED CERTIFICATE" | "X509 CERTIFICATE" => public("a certificate"),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => NotJwt::new(
            "a certificate request",
            "It asks for a certificate, and holds no token. Its public key is in it, but no issuer vouches for it.",
        ),
        "PGP MESSAGE" | "PGP SIGNED MESSAGE" | "PGP SIGNATURE" => {
            NotJwt::new("a PGP message", "It holds no token: GnuPG opens it.")
        }
        label if label.starts_with("PGP") => NotJwt::new("a PGP key", "No JWT is signed with it."),
        label if label.ends_with("PUBLIC KEY") => public("a public key"),
        label if label.ends_with("PRIVATE KEY") => secret("a private key"),
        _ => NotJwt::new("a PEM block", "It holds neither a token nor a key.").or_else("Paste the token"),
    })
}

/// Keys and secrets that stand on one line.
fn line(text: &str) -> Option<NotJwt> {
    if text.starts_with("otpauth://") || text.starts_with("otpauth-migration://") {
        let message = "It is what the QR code of a second factor holds, with the secret in it: add it to an \
                       authenticator, and show it to nobody.";
        return Some(NotJwt::new("the secret of an authenticator (otpauth)", message).named("Authenticator secret"));
    }
    if text.starts_with("PuTTY-User-Key-File-") {
        return Some(secret("a PuTTY private key"));
    }
    if text.starts_with("AGE-SECRET-KEY-1") || text.starts_with("age1") && text.len() == 62 {
        return Some(NotJwt::new("an age key", "No JWT is signed with it."));
    }
    let (kind, rest) = text.split_once(' ')?;
    let is_ssh = ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].into_iter().any(|start| kind.starts_with(start));
    (is_ssh && rest.starts_with("AAAA")).then(|| public("an SSH public key"))
}

/// Hashes of passwords, by the prefixes of crypt and of frameworks.
fn hash(text: &str) -> Option<NotJwt> {
    const STARTS: [(&str, &str); 24] = [
        ("$2a$", "bcrypt"),
        ("$2b$", "bcrypt"),
        ("$2x$", "bcrypt"),
        ("$2y$", "bcrypt"),
        ("{bcrypt}", "bcrypt"),
        ("{BCRYPT}", "bcrypt"),
        ("$bcrypt-sha256$", "bcrypt"),
        ("bcrypt_sha256$", "bcrypt"),
        ("$argon2", "Argon2"),
        ("argon2$", "Argon2"),
        ("{argon2}", "Argon2"),
        ("$scrypt$", "scrypt"),
        ("$7$", "scrypt"),
        ("scrypt:", "scrypt"),
        ("$y$", "yescrypt"),
        ("$pbkdf2", "PBKDF2"),
        ("pbkdf2:", "PBKDF2"),
        ("pbkdf2_sha", "PBKDF2"),
        ("{PBKDF2", "PBKDF2"),
        ("$6$", "SHA-512 crypt"),
        ("$5$", "SHA-256 crypt"),
        ("$1$", "MD5 crypt"),
        ("$apr1$", "MD5 crypt"),
        ("{SSHA", "salted SHA"),
    ];
    let is_one_line = text.len() < 512 && !text.contains(char::is_whitespace);
    // `name:hash`, as in a password file.
    let bare = match text.split_once(':') {
        Some((name, rest)) if rest.starts_with('$') && !name.contains('$') => rest,
        _ => text,
    };
    let known = STARTS.into_iter().find(|(start, _)| bare.starts_with(start) && bare.len() > start.len() + 15);
    known.filter(|_| is_one_line).map(|(_, scheme)| {
        let message = "A server compares passwords with it; nobody signs in with it, and no token is made of it. Keep \
                       it secret all the same.";
        NotJwt::new(&format!("the hash of a password ({scheme})"), message).named("Password hash")
    })
}

fn json(text: &str) -> Option<NotJwt> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let scanned = json::scan(text);
    if scanned.broken.is_some() {
        return None;
    }
    let find = |name: &str| scanned.members.iter().find(|item| item.name == name);
    let has = |name: &str| find(name).is_some();
    let is_set = find("keys").is_some_and(|item| item.kind == ValueKind::Array);
    let paste = "Paste the token itself";
    // RFC 7517 sections 4 and 5, RFC 7518 section 6.
    Some(if has("kty") && has("k") {
        secret("a shared secret")
    } else if has("kty") && has("d") {
        secret("a private key")
    } else if has("kty") {
        public("a public key")
    } else if is_set {
        public("a JWK Set")
    } else if has("jwks_uri") && has("issuer") {
        let message = "It says where an issuer's keys and endpoints are: its `jwks_uri` leads to the keys.";
        NotJwt::new("an OpenID configuration", message).or_else("Paste the token")
    } else if has("private_key") && has("client_email") {
        let message = "It holds a private key: keep it to yourself. A library of Google signs a token with it.";
        NotJwt::new("a service account key of Google", message).or_else("Paste the token")
    } else if has("error") {
        let message = "The request was refused: `error` says why (RFC 6749 section 5.2), and there is no token in it.";
        NotJwt::new("an error answer", message).or_else("Paste the token")
    } else if has("device_code") {
        let message = "The token comes later: poll the token endpoint with `device_code` (RFC 8628 section 3.4).";
        NotJwt::new("an answer to a device authorization request", message).or_else("Paste the token")
    } else if find("active").is_some_and(|item| item.kind == ValueKind::Boolean) {
        let message = "The issuer said what the token means (RFC 7662); nothing signs that.";
        NotJwt::new("an answer to an introspection request", message).or_else(paste)
    } else if ["iss", "sub", "aud", "exp", "iat"].into_iter().any(has) {
        let message = "The claims were decoded already, and nothing signs them: paste the token they came from.";
        NotJwt::new("a claims set", message).or_else(paste)
    } else if has("alg") {
        let message = "The header was decoded already, and nothing signs it: paste the token it came from.";
        NotJwt::new("a JOSE header", message).or_else(paste)
    } else {
        NotJwt::new("JSON", "No member of it holds a token that can be read.").or_else("Paste the token")
    })
}

/// A certificate or a key in base64, without the lines around it, or in hexadecimal.
fn der(text: &str) -> Option<NotJwt> {
    let is_hex = text.starts_with("30") || text.starts_with("0x30");
    let bytes = match text.get(..2)? {
        "MI" | "MC" | "MF" => base64_lines(text)?,
        _ if is_hex => hex(&text.split_whitespace().collect::<String>())?,
        _ => return None,
    };
    let (form, bare) = match is_hex {
        true => ("hexadecimal", ""),
        false => ("base64", " Without the PEM lines around it, it is read too."),
    };
    let told = |make: fn(&str) -> NotJwt, what: &str| {
        let found = make(&format!("{what} in {form}"));
        NotJwt { message: format!("{}{bare}", found.message).into(), ..found }
    };
    let whole = AnyRef::from_der(&bytes).ok().filter(|whole| whole.tag() == Tag::Sequence)?;
    let mut fields = SliceReader::new(whole.value()).ok()?;
    let mut field = || AnyRef::decode(&mut fields).ok();
    let first = field()?;
    match (first.tag(), first.value()) {
        // A version in the certificate's first field (RFC 5280 section 4.1).
        (Tag::Sequence, [0xA0, 0x03, ..]) => Some(told(public, "a certificate")),
        // An algorithm and a string of bits (RFC 5280 section 4.1); an encrypted key has a string of bytes there.
        (Tag::Sequence, [0x06, ..]) if field()?.tag() == Tag::BitString => Some(told(public, "a public key")),
        // A version and an algorithm (RFC 5958), or a version and a number (RFC 8017, RFC 5915).
        (Tag::Integer, [0 | 1]) if matches!(field()?.tag(), Tag::Sequence | Tag::Integer | Tag::OctetString) => {
            Some(told(secret, "a private key"))
        }
        _ => None,
    }
}

/// Random numbers and digests, which may be anything: only what they look like can be said.
pub(super) fn identifier(text: &str) -> Option<NotJwt> {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let ask = "Only its issuer knows: ask its introspection endpoint, or the API's documentation.";
    let groups: Vec<usize> = text.splitn(6, '-').map(str::len).collect();
    if groups == [8, 4, 4, 4, 12] && text.split('-').all(is_hex) {
        let message = format!("It may be an opaque token, an API key, or the ID of a token or a client. {ask}");
        return Some(NotJwt::new("a UUID", message));
    }
    (matches!(text.len(), 32 | 40 | 48 | 64 | 128) && is_hex(text)).then(|| {
        let message = format!("It may be an opaque token, an API key, a session's ID or a hash. {ask}");
        NotJwt::new(&format!("a hexadecimal number of {} bytes", text.len() / 2), message).named("Hexadecimal number")
    })
}

/// One word of the characters of a bearer token (RFC 6750 section 2.1) that is too mixed or too long for a word.
pub(super) fn opaque(text: &str) -> Option<NotJwt> {
    const SHORTEST: usize = 6;
    const LONGER_THAN_WORDS: usize = 16;
    let is_symbol = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    let has = |wanted: fn(&u8) -> bool| text.bytes().any(|byte| wanted(&byte));
    let is_mixed = text.len() >= SHORTEST && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    let is_long = text.len() >= LONGER_THAN_WORDS && !text.contains(['.', '/']);
    // The rest of a token whose beginning is lost is no opaque token.
    let is_torn = text.contains("eyJ");
    (text.bytes().all(is_symbol) && (is_mixed || is_long) && !is_torn).then(|| {
        let message = "Only its issuer can read it: ask the issuer's introspection endpoint (RFC 7662) whether it is \
                       valid, whose it is and how long it lives.";
        NotJwt {
            title: "Opaque token: no maker known".to_owned(),
            ..NotJwt::new("an opaque token", message).or_else(TO_ITS_ISSUER)
        }
    })
}
