//! The tokens of makers that are told by their shape, as they have no prefix that only one maker uses.

use super::known::{Known, Use};
use crate::decoding::base64;
use jose::base64url;

/// Longer texts have none of these shapes.
const LONGEST: usize = 512;

/// A text of a shape that its maker documents.
pub(super) fn of(text: &str) -> Option<Known> {
    let is_short = text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_short.then(|| discord(text).or_else(|| telegram(text)).or_else(|| others(text)))?
}

/// The ID of the bot as decimal digits in base64, a time and an HMAC, as in Discord's API reference.
fn discord(text: &str) -> Option<Known> {
    let mut parts = text.splitn(4, '.');
    let (id, time, hmac) = (parts.next()?, parts.next()?, parts.next()?);
    let is_shaped = parts.next().is_none() && time.len() == 6 && matches!(hmac.len(), 27 | 38);
    let digits = base64(id).filter(|_| is_shaped && [time, hmac].into_iter().all(is_base64url))?;
    ((17..=20).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)).then_some(Known {
        maker: "Discord",
        noun: "bot token",
        is_for: Use::Key,
    })
}

/// The ID of the bot, a colon and 34 or 35 characters, alone or after `bot` in the address of a request.
fn telegram(text: &str) -> Option<Known> {
    let is_token = |part: &str| {
        let (id, secret) = part.strip_prefix("bot").unwrap_or(part).split_once(':')?;
        let is_id = (6..=12).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
        Some(is_id && matches!(secret.len(), 34 | 35) && is_base64url(secret))
    };
    let is_one = text.split('/').filter_map(is_token).any(|is_token| is_token);
    is_one.then_some(Known { maker: "Telegram", noun: "bot token", is_for: Use::Key })
}

fn others(text: &str) -> Option<Known> {
    let is_hex = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_word =
        |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let known = |maker, noun, is_for| Some(Known { maker, noun, is_for });
    if text.strip_prefix("SK").is_some_and(|rest| is_hex(rest, 32)) {
        return known("Twilio", "API key SID", Use::UserName);
    }
    if text.strip_prefix("AC").is_some_and(|rest| is_hex(rest, 32)) {
        return known("Twilio", "account SID", Use::UserName);
    }
    if text.split_once("-us").is_some_and(|(key, place)| is_hex(key, 32) && place.parse::<u8>().is_ok()) {
        return known("Mailchimp", "key", Use::Key);
    }
    if text
        .strip_prefix("pat")
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(id, secret)| is_word(id, 14) && is_hex(secret, 64))
    {
        return known("Airtable", "token", Use::Key);
    }
    if text.split_once(".atlasv1.").is_some_and(|(id, secret)| is_word(id, 14) && secret.len() >= 60) {
        return known("HCP Terraform", "token", Use::Key);
    }
    None
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(base64url::is_symbol)
}
