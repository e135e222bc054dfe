//! Session cookies of web frameworks, which look like tokens: some begin with `eyJ` and have dots.

use super::NotJwt;
use crate::app_signature::{AppSigned, Maker};
use crate::clean::percent_decoded;
use crate::decoding::{as_json, base64, inflated};
use jose::base64url;
use jose::json;
use jose::json::ValueKind;

/// The most cookies of one header that are looked at.
const MOST_COOKIES: usize = 100;

/// Cookies are shorter (RFC 6265 section 6.1 asks for 4096 bytes at least).
const LONGEST: usize = 64 * 1024;

const SEND_AS_COOKIE: &str = "Send it as a cookie to the app that set it; an API wants the token that a token \
                              endpoint gives.";

const READABLE: &str = "Anybody can read it; only the SECRET_KEY of the app can check its signature.";

/// Lengths in bytes of HMAC with SHA-1, SHA-256, SHA-384 and SHA-512.
const HMACS: [usize; 4] = [20, 32, 48, 64];

/// The value of a cookie.
pub(super) fn cookie(text: &str) -> Option<NotJwt> {
    if text.len() > LONGEST || text.contains(char::is_whitespace) {
        return None;
    }
    express(text)
        .or_else(|| itsdangerous(text))
        .or_else(|| django(text))
        .or_else(|| rails(text))
        .or_else(|| laravel(text))
        .or_else(|| phoenix(text))
        .or_else(|| by_start(text))
}

/// Each value of `name=value; name=value`, and then the names alone.
pub(super) fn among_pairs(text: &str) -> Option<NotJwt> {
    let start = text.find(':').filter(|at| {
        let name = text[..*at].trim();
        ["cookie", "set-cookie"].into_iter().any(|known| name.eq_ignore_ascii_case(known))
    });
    let inner = start.map_or(text, |at| &text[at + 1..]);
    let pairs = inner.split(';').take(MOST_COOKIES).filter_map(|pair| pair.trim().split_once('='));
    let pairs = pairs.map(|(name, value)| (name, value.trim_matches('"')));
    let pairs: Vec<(&str, &str)> = pairs.filter(|(name, _)| !name.contains(char::is_whitespace)).collect();
    let of_value = |value: &str| {
        let decoded = percent_decoded(value);
        cookie(decoded.as_deref().unwrap_or(value)).or_else(|| super::makers::named(value))
    };
    pairs
        .iter()
        .find_map(|(name, value)| cookie_session(&pairs, name, value).or_else(|| of_value(value)))
        .or_else(|| pairs.iter().find_map(|(name, _)| by_name(name)))
}

/// The name of the cookie whose value begins so in a text; empty if there is none.
pub(super) fn name_before<'a>(text: &'a str, value: &str) -> &'a str {
    let before = text.find(value).and_then(|at| text[..at].trim_end_matches('"').strip_suffix('='));
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || "_-.".contains(sign);
    before.map_or("", |before| &before[before.trim_end_matches(is_part).len()..])
}

/// JSON in base64, signed by a second cookie, `NAME.sig` (cookie-session of Express and Koa).
fn cookie_session(pairs: &[(&str, &str)], name: &str, value: &str) -> Option<NotJwt> {
    let (_, signature) = pairs.iter().find(|(other, _)| other.strip_suffix(".sig") == Some(name))?;
    let decoded = percent_decoded(value);
    let (content, kind) = as_json(base64(decoded.as_deref().unwrap_or(value))?)?;
    let what = "a session cookie of cookie-session (Express, Koa)";
    let message = format!("Anybody can read it; the cookie `{name}.sig` signs it. {SEND_AS_COOKIE}");
    let found = NotJwt::new(what, message).named("Express session cookie");
    let found = if kind == ValueKind::Object { found.holding(content) } else { found };
    Some(match base64url::decode_strict(signature).filter(|mac| HMACS.contains(&mac.len())) {
        Some(mac) => found.signed(signed(Maker::CookieSession, format!("{name}={value}"), mac)),
        None => found,
    })
}

/// A signed text, without a time and without parts.
fn signed(maker: Maker, input: String, mac: Vec<u8>) -> AppSigned {
    let cookie = String::new();
    AppSigned { maker, input, mac, parts: Vec::new(), time: None, is_session: true, cookie }
}

/// `s:`, a value, a dot and an HMAC-SHA256 in base64 (cookie-signature).
fn express(text: &str) -> Option<NotJwt> {
    let (value, signature) = text.strip_prefix("s:")?.rsplit_once('.')?;
    let mac = base64(signature).filter(|mac| mac.len() == 32)?;
    let message = format!(
        "What stands before the dot only names a session that the server keeps; the rest signs it. {SEND_AS_COOKIE}"
    );
    let parts = vec![("Value", value.to_owned()), ("Signature", signature.to_owned())];
    let signed = AppSigned { parts, ..signed(Maker::Express, value.to_owned(), mac) };
    Some(
        NotJwt::new("a signed session cookie of Express (connect)", message)
            .named("Express session cookie")
            .signed(signed),
    )
}

/// Payload, time and HMAC of itsdangerous, with dots between; Flask's session is one, Starlette's another.
fn itsdangerous(text: &str) -> Option<NotJwt> {
    let (rest, signature) = text.rsplit_once('.')?;
    let mac = base64url::decode_strict(signature).filter(|mac| HMACS.contains(&mac.len()))?;
    // Without a time it is signed by a plain serializer.
    let timed = rest.rsplit_once('.').and_then(|(payload, time)| {
        let bytes = base64url::decode_strict(time).filter(|bytes| (3..=6).contains(&bytes.len()))?;
        Some((payload, time, bytes))
    });
    let payload = timed.as_ref().map_or(rest, |(payload, ..)| payload);
    let strict = payload.strip_prefix('.').map_or_else(
        || base64url::decode_strict(payload),
        |compressed| inflated(&base64url::decode_strict(compressed)?),
    );
    // Starlette writes plain base64 with padding.
    let is_plain = strict.is_none();
    let (content, kind) = as_json(strict.or_else(|| base64(payload))?)?;
    // An empty object may be the header of a token that somebody is writing.
    if kind == ValueKind::Object && !content.contains('"') {
        return None;
    }
    let is_session = kind == ValueKind::Object && timed.is_some();
    let maker = match is_session {
        true if is_plain => Maker::Starlette,
        true => Maker::Flask,
        false => Maker::Itsdangerous,
    };
    let first = if is_session { "Session" } else { "Value" };
    let time = timed.as_ref().map(|(_, time, _)| ("Time", (*time).to_owned()));
    let parts = [Some((first, payload.to_owned())), time, Some(("Signature", signature.to_owned()))];
    let time = timed.map(|(.., bytes)| {
        let written: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        (AppSigned::seconds(&bytes), written)
    });
    let parts = parts.into_iter().flatten().collect();
    let signed = AppSigned { parts, time, is_session, ..signed(maker, rest.to_owned(), mac) };
    let found = match maker {
        Maker::Itsdangerous => {
            let message = format!("{READABLE} Give it back to the app that made it, such as in a link.");
            NotJwt::new("a signed value of itsdangerous (Flask)", message).named("itsdangerous value")
        }
        Maker::Starlette => {
            let what = "a signed session cookie of Starlette or FastAPI (itsdangerous)";
            NotJwt::new(what, format!("{READABLE} {SEND_AS_COOKIE}")).named("Starlette session cookie")
        }
        _ => {
            let what = "a signed session cookie of Flask (itsdangerous)";
            NotJwt::new(what, format!("{READABLE} {SEND_AS_COOKIE}")).named("Flask session cookie")
        }
    };
    Some(if kind == ValueKind::Object { found.holding(content) } else { found }.signed(signed))
}

/// Payload, time in base62 and HMAC of `django.core.signing`, with colons between.
fn django(text: &str) -> Option<NotJwt> {
    let (rest, signature) = text.rsplit_once(':')?;
    let (payload, time) = rest.rsplit_once(':')?;
    let is_time = (5..=7).contains(&time.len()) && time.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let mac = base64url::decode_strict(signature).filter(|_| is_time && matches!(signature.len(), 27 | 43))?;
    let bytes = match payload.strip_prefix('.') {
        Some(compressed) => base64url::decode_strict(compressed).and_then(|bytes| inflated(&bytes)),
        None => base64url::decode_strict(payload),
    };
    let found = NotJwt::new("a value signed by Django", format!("{READABLE} {SEND_AS_COOKIE}"));
    let found = found.named("Django signed value");
    let content = bytes.and_then(as_json).filter(|(_, kind)| *kind == ValueKind::Object).map(|(content, _)| content);
    let is_session = content.as_ref().is_some_and(|content| content.contains("\"_auth_user_id\""));
    let first = if is_session { "Session" } else { "Value" };
    let parts =
        [(first, payload), ("Time", time), ("Signature", signature)].map(|(name, part)| (name, part.to_owned()));
    let time = Some((base62(time), time.to_owned()));
    let signed = AppSigned { parts: parts.to_vec(), time, is_session, ..signed(Maker::Django, rest.to_owned(), mac) };
    Some(
        match content {
            Some(content) => found.holding(content),
            None => found,
        }
        .signed(signed),
    )
}

/// A number as Django writes it: digits, capitals, small letters.
fn base62(text: &str) -> i64 {
    let value = |byte: u8| match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'Z' => byte - b'A' + 10,
        _ => byte.wrapping_sub(b'a').wrapping_add(36),
    };
    text.bytes().fold(0, |sum, byte| sum * 62 + i64::from(value(byte)))
}

/// `data--digest` (signed) or `data--iv--tag` (encrypted with AES-GCM) of Rails' message verifier and encryptor.
fn rails(text: &str) -> Option<NotJwt> {
    let parts: Vec<&str> = text.splitn(4, "--").collect();
    match parts[..] {
        [data, iv, tag] if base64(iv)?.len() == 12 && base64(tag)?.len() == 16 && base64(data).is_some() => {
            Some(rails_encrypted())
        }
        [data, digest] => {
            let is_hex = matches!(digest.len(), 40 | 64 | 96 | 128) && digest.bytes().all(|it| it.is_ascii_hexdigit());
            let bytes = base64(data).filter(|_| is_hex)?;
            // Before Rails 5.2 the encrypted text and its initialization vector were signed.
            if str::from_utf8(&bytes).is_ok_and(|text| text.contains("--")) {
                return Some(rails_encrypted());
            }
            let message = format!(
                "Anybody can read it, and only the app can check it, with its secret_key_base. {SEND_AS_COOKIE}"
            );
            let found = NotJwt::new("a signed cookie of Rails", message);
            Some(match as_json(bytes) {
                Some((content, ValueKind::Object)) => found.holding(content),
                _ => found,
            })
        }
        _ => None,
    }
}

fn rails_encrypted() -> NotJwt {
    let message = format!("Only the app can read it, with its secret_key_base. {SEND_AS_COOKIE}");
    NotJwt::new("an encrypted cookie of Rails", message)
}

/// JSON in base64 with the members `iv`, `value` and `mac`.
fn laravel(text: &str) -> Option<NotJwt> {
    if !text.starts_with("eyJ") {
        return None;
    }
    let (json, _) = as_json(base64(text)?)?;
    let members = json::scan(&json).members;
    let has = |name: &str| members.iter().any(|item| item.name == name && item.kind == ValueKind::String);
    (has("iv") && has("value") && has("mac")).then(|| {
        let message = format!("Only the app can read it, with its APP_KEY. {SEND_AS_COOKIE}");
        NotJwt::new("an encrypted cookie of Laravel (iv, value, mac)", message).named("Laravel cookie")
    })
}

/// The algorithm in base64url, a term of Erlang and an HMAC (Plug.Crypto).
fn phoenix(text: &str) -> Option<NotJwt> {
    let (algorithm, _) = text.split_once('.')?;
    let is_encrypted = match base64url::decode_strict(algorithm)?.as_slice() {
        b"HS256" | b"HS384" | b"HS512" => false,
        b"A128GCM" | b"A256GCM" | b"XCP" => true,
        _ => return None,
    };
    let message = match is_encrypted {
        true => format!("Only the app can read it, with its secret_key_base. {SEND_AS_COOKIE}"),
        false => {
            format!("It holds a term of Erlang, and only the app checks it, with its secret_key_base. {SEND_AS_COOKIE}")
        }
    };
    Some(NotJwt::new("a session or token of Phoenix (Plug.Crypto)", message).named("Phoenix token"))
}

/// Formats that say in their first characters what they are.
fn by_start(text: &str) -> Option<NotJwt> {
    const STARTS: [(&str, &str, &str); 4] = [
        ("CfDJ8", "ASP.NET Core cookie", "a protected value of ASP.NET Core (Data Protection)"),
        ("Fe26.2*", "Iron session cookie", "a sealed session of iron (hapi, iron-session)"),
        ("2|1:0|", "Tornado cookie", "a signed cookie of Tornado"),
        ("gAAAAA", "Fernet token", "a Fernet token, encrypted for the app that made it"),
    ];
    let securecookie = || {
        let bytes = (text.len() > 60 && text.starts_with("MT")).then(|| base64(text))??;
        let time = bytes.get(..11)?;
        let is_one = time[..10].iter().all(u8::is_ascii_digit) && time[10] == b'|';
        is_one.then_some(("Gorilla session cookie", "a session cookie of gorilla/securecookie"))
    };
    let known = STARTS.into_iter().find(|(start, ..)| text.starts_with(start) && text.len() > 30);
    let (name, what) = known.map(|(_, name, what)| (name, what)).or_else(securecookie)?;
    let message = format!("Only the app that made it can read and check it, with its own key. {SEND_AS_COOKIE}");
    Some(NotJwt::new(what, message).named(name))
}

/// Cookies whose value is a random number, by the names that frameworks give them.
fn by_name(name: &str) -> Option<NotJwt> {
    const NAMES: [(&str, &str); 16] = [
        ("JSESSIONID", "Java servlets"),
        ("SESSION", "Spring Session"),
        ("PHPSESSID", "PHP"),
        ("ASP.NET_SessionId", "ASP.NET"),
        (".ASPXAUTH", "ASP.NET Forms Authentication"),
        (".AspNet.ApplicationCookie", "ASP.NET Identity"),
        ("connect.sid", "Express"),
        ("koa.sess", "Koa"),
        ("sessionid", "Django"),
        ("laravel_session", "Laravel"),
        ("_session_id", "Rails"),
        ("CGISESSID", "Perl"),
        ("AWSELBAuthSessionCookie-0", "an AWS load balancer"),
        ("_oauth2_proxy", "OAuth2 Proxy"),
        ("KEYCLOAK_SESSION", "Keycloak"),
        ("mod_auth_openidc_session", "mod_auth_openidc"),
    ];
    let bare = name.trim_start_matches("__Host-").trim_start_matches("__Secure-");
    let (_, maker) = NAMES.into_iter().find(|(known, _)| *known == bare)?;
    let what = format!("the session cookie of {maker}");
    let message =
        format!("Its value only names a session that the server keeps, so there are no claims in it. {SEND_AS_COOKIE}");
    Some(NotJwt::new(&what, message).named("Session cookie"))
}
