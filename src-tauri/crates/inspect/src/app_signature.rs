//! Signatures that web frameworks make for themselves, over cookies and other values, with a secret of the app: an HMAC
//! whose key is derived from the secret.

#[cfg(test)]
mod tests;

use std::fmt;

use aws_lc_rs::{digest, hmac};

use crate::report::{AppSignature, AppSignaturePart, AppSignatureState, hex};
use jose::parse::offset;

/// Before version 1.0, itsdangerous counted the seconds from 2011 on.
const OLD_EPOCH: i64 = 1_293_840_000;

const DAY: u32 = 86_400;

/// Whose way of signing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Maker {
    Flask,
    Itsdangerous,
    Starlette,
    Django,
    Express,
    CookieSession,
}

/// A value with the signature of an app. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AppSigned {
    pub(crate) maker: Maker,
    /// The signed text.
    pub(crate) input: String,
    pub(crate) mac: Vec<u8>,
    /// The parts as they are written, each with its name, in order.
    pub(crate) parts: Vec<(&'static str, String)>,
    /// When it was signed, in seconds, and how that is written.
    pub(crate) time: Option<(i64, String)>,
    /// Does it hold a session?
    pub(crate) is_session: bool,
    /// The name of its cookie, if it was pasted with one.
    pub(crate) cookie: String,
}

impl fmt::Debug for AppSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppSigned").field("maker", &self.maker).finish_non_exhaustive()
    }
}

/// How the key of the HMAC comes from the secret.
enum Derivation {
    /// It is the secret.
    Itself,
    /// An HMAC of this text under the secret.
    Hmac(String),
    /// A hash of this text and the secret.
    Hash(String),
}

/// One way to sign, and what is special about it: "the salt `cookie-session`".
struct Way(Derivation, String);

impl Maker {
    fn name(self) -> &'static str {
        match self {
            Maker::Flask => "Flask",
            Maker::Itsdangerous => "itsdangerous",
            Maker::Starlette => "Starlette",
            Maker::Django => "Django",
            Maker::Express => "Express",
            Maker::CookieSession => "cookie-session",
        }
    }

    /// What the app calls its secret.
    fn secret(self) -> &'static str {
        match self {
            Maker::Flask | Maker::Django | Maker::Itsdangerous => "SECRET_KEY",
            Maker::Starlette => "secret_key",
            Maker::Express | Maker::CookieSession => "secret",
        }
    }

    /// How long a session is taken, unless the app sets another time.
    fn lifetime(self) -> Option<u32> {
        match self {
            // PERMANENT_SESSION_LIFETIME
            Maker::Flask => Some(31 * DAY),
            // SESSION_COOKIE_AGE, and `max_age` of SessionMiddleware
            Maker::Django | Maker::Starlette => Some(14 * DAY),
            Maker::Itsdangerous | Maker::Express | Maker::CookieSession => None,
        }
    }
}

/// Salts of itsdangerous, Flask, Starlette and Flask-WTF, with the derivation that goes along.
const SALTS: [(&str, &str, &str); 4] = [
    ("cookie-session", "hmac", ", as Flask signs a session"),
    ("itsdangerous.Signer", "django-concat", ", as Starlette signs a session"),
    ("itsdangerous", "django-concat", ", the defaults of itsdangerous"),
    ("wtf-csrf-token", "django-concat", ", as Flask-WTF signs the token of a form"),
];

const DJANGO_SALTS: [&str; 4] = [
    "django.contrib.sessions.backends.signed_cookies",
    "django.core.signing",
    "django.core.signing.TimestampSigner",
    "django.contrib.messages",
];

/// Added to Django's secret for `set_signed_cookie`.
const DJANGO_COOKIES: &str = "django.http.cookies";

impl AppSigned {
    /// The time that itsdangerous writes, in seconds since 1970.
    pub(crate) fn seconds(bytes: &[u8]) -> i64 {
        let seconds = bytes.iter().fold(0, |sum: i64, byte| (sum << 8) | i64::from(*byte));
        if seconds < OLD_EPOCH { seconds + OLD_EPOCH } else { seconds }
    }

    /// How often a secret is tried for one answer.
    pub(crate) fn cost(&self) -> usize {
        self.input.len() * self.ways().len()
    }

    pub(crate) fn secret(&self) -> &'static str {
        self.maker.secret()
    }

    pub(crate) fn has_salt(&self) -> bool {
        !matches!(self.maker, Maker::Express | Maker::CookieSession)
    }

    /// What is special about the way in which the secret signed it; `None` if it did not.
    pub(crate) fn is_by(&self, secret: &[u8]) -> Option<String> {
        let (hmac, hash) = algorithms(self.mac.len())?;
        let fits = |way: &Way| {
            let key = match &way.0 {
                Derivation::Itself => hmac::Key::new(hmac, secret),
                Derivation::Hmac(salt) => {
                    hmac::Key::new(hmac, hmac::sign(&hmac::Key::new(hmac, secret), salt.as_bytes()).as_ref())
                }
                Derivation::Hash(before) => {
                    let mut context = digest::Context::new(hash);
                    context.update(before.as_bytes());
                    context.update(secret);
                    hmac::Key::new(hmac, context.finish().as_ref())
                }
            };
            hmac::verify(&key, self.input.as_bytes(), &self.mac).is_ok()
        };
        self.ways().into_iter().find(fits).map(|way| way.1)
    }

    fn ways(&self) -> Vec<Way> {
        match self.maker {
            Maker::Express | Maker::CookieSession => vec![Way(Derivation::Itself, String::new())],
            Maker::Django => {
                let salts = DJANGO_SALTS.into_iter().chain(Some(&*self.cookie).filter(|name| !name.is_empty()));
                let ways = salts.flat_map(|salt| {
                    let way = |more: &str, why: &str| {
                        Way(Derivation::Hash(format!("{salt}signer{more}")), format!("the salt `{salt}`{why}"))
                    };
                    [way("", ""), way(DJANGO_COOKIES, ", as `set_signed_cookie` does")]
                });
                ways.collect()
            }
            Maker::Flask | Maker::Itsdangerous | Maker::Starlette => {
                let ways = SALTS.into_iter().flat_map(|(salt, usual, why)| {
                    let derivations = [
                        ("hmac", Derivation::Hmac(salt.to_owned())),
                        ("django-concat", Derivation::Hash(format!("{salt}signer"))),
                        ("concat", Derivation::Hash(salt.to_owned())),
                    ];
                    derivations.map(|(name, derivation)| {
                        let why = if name == usual { why } else { "" };
                        Way(derivation, format!("the salt `{salt}` and the key derivation `{name}`{why}"))
                    })
                });
                ways.chain([Way(Derivation::Itself, "the key derivation `none`".to_owned())]).collect()
            }
        }
    }

    /// What is known without the secret. `token` is the text as it is displayed.
    pub(crate) fn report(&self, token: &str) -> AppSignature {
        let (maker, secret) = (self.maker.name(), self.maker.secret());
        let hash = hash_name(self.mac.len());
        AppSignature {
            maker,
            secret,
            signed_at: self.time.as_ref().map(|(at, _)| *at),
            time_written: self.time.as_ref().map(|(_, written)| written.clone()).unwrap_or_default(),
            lifetime: self.maker.lifetime().filter(|_| self.is_session),
            mac: hex(&self.mac),
            mac_note: format!("{} bytes, HMAC-{hash} with {secret}", self.mac.len()),
            parts: self.places(token).unwrap_or_default(),
            state: AppSignatureState::NotChecked,
            reason: format!("Not checked: it takes the {secret} of the app"),
        }
    }

    /// Where its parts are in the text; `None` if the text writes them in another way.
    fn places(&self, token: &str) -> Option<Vec<AppSignaturePart>> {
        let mut from = 0;
        let place = |(name, text): &(&'static str, String)| {
            let start = from + token.get(from..)?.find(text.as_str())?;
            from = start + text.len();
            Some(AppSignaturePart { name, start: offset(start), end: offset(from) })
        };
        self.parts.iter().map(place).collect()
    }
}

/// The algorithms whose HMAC has that many bytes.
fn algorithms(length: usize) -> Option<(hmac::Algorithm, &'static digest::Algorithm)> {
    match length {
        20 => Some((hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &digest::SHA1_FOR_LEGACY_USE_ONLY)),
        32 => Some((hmac::HMAC_SHA256, &digest::SHA256)),
        48 => Some((hmac::HMAC_SHA384, &digest::SHA384)),
        64 => Some((hmac::HMAC_SHA512, &digest::SHA512)),
        _ => None,
    }
}

fn hash_name(length: usize) -> &'static str {
    match length {
        20 => "SHA1",
        32 => "SHA256",
        48 => "SHA384",
        _ => "SHA512",
    }
}
