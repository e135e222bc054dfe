//! What is decrypted: the parts of a JWE, compact or in JSON.

use super::JweError;
use crate::base64url;
use crate::json::{self, Item, ValueKind, quoted};
use crate::parse::{Parsed, Part, SegmentKind};

/// The most recipients that are tried: each may cost a private key's operation.
const MOST_RECIPIENTS: usize = 8;

/// A JWE for one recipient, decoded.
pub(super) struct Envelope {
    /// All its headers in one (RFC 7516 section 4).
    pub(super) header: Part,
    /// What the tag covers besides the content, as written.
    pub(super) aad: String,
    pub(super) encrypted_key: Vec<u8>,
    pub(super) iv: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

impl Envelope {
    pub(super) fn of_compact(parsed: &Parsed) -> Result<Envelope, JweError> {
        let text = |kind: SegmentKind| {
            let place = parsed.segments.iter().find(|segment| segment.kind == kind).ok_or(JweError::Damaged)?;
            parsed.token.get(place.start as usize..place.end as usize).ok_or(JweError::Damaged)
        };
        let bytes = |kind: SegmentKind| decoded(text(kind)?);
        Ok(Envelope {
            header: parsed.header.clone(),
            aad: text(SegmentKind::Header)?.to_owned(),
            encrypted_key: bytes(SegmentKind::EncryptedKey)?,
            iv: bytes(SegmentKind::InitializationVector)?,
            ciphertext: bytes(SegmentKind::Ciphertext)?,
            tag: bytes(SegmentKind::AuthenticationTag)?,
        })
    }
}

/// A JWE in JSON, flattened or general, once for each of its first recipients (RFC 7516 section 7.2).
pub(super) fn of_json(text: &str) -> Result<Vec<Envelope>, JweError> {
    let members = json::scan(text).members;
    let string = |name: &str| text_of(&members, name);
    let protected = string("protected")?;
    let inner = String::from_utf8(decoded(protected)?).map_err(|_| JweError::Damaged)?;
    let outside = object(text, &members, "unprotected")?;
    // RFC 7516 section 5.1, step 14.
    let aad = match string("aad")? {
        "" => protected.to_owned(),
        aad => format!("{protected}.{aad}"),
    };
    let list = members.iter().find(|member| member.name == "recipients").map(|member| &text[member.value.clone()]);
    let objects = list.map(|list| json::objects(list).ok_or(JweError::Damaged)).transpose()?;
    let recipients: Vec<&str> = match (list, &objects) {
        (Some(list), Some(objects)) => objects.iter().take(MOST_RECIPIENTS).map(|range| &list[range.clone()]).collect(),
        _ => vec![text],
    };
    let one = |recipient: &str| {
        let own = json::scan(recipient).members;
        let header = merged([&inner, outside, object(recipient, &own, "header")?])?;
        Ok(Envelope {
            header: Part::of_json(&header),
            aad: aad.clone(),
            encrypted_key: decoded(text_of(&own, "encrypted_key")?)?,
            iv: decoded(string("iv")?)?,
            ciphertext: decoded(string("ciphertext")?)?,
            tag: decoded(string("tag")?)?,
        })
    };
    recipients.into_iter().map(one).collect()
}

/// The members of several objects in one. A name must stand in one of them only (RFC 7516 section 4).
fn merged(objects: [&str; 3]) -> Result<String, JweError> {
    let mut members: Vec<String> = Vec::new();
    for text in objects.into_iter().filter(|text| !text.is_empty()) {
        let scanned = json::scan(text);
        if scanned.root != Some(ValueKind::Object) || scanned.broken.is_some() {
            return Err(JweError::Damaged);
        }
        let written = |item: &Item| format!("{}:{}", quoted(&item.name), &text[item.value.clone()]);
        members.extend(scanned.members.iter().map(written));
    }
    let merged = format!("{{{}}}", members.join(","));
    let is_repeated = json::scan(&merged).members.iter().any(|item| item.duplicate);
    if is_repeated { Err(JweError::Damaged) } else { Ok(merged) }
}

/// An object's text; empty if it is absent.
fn object<'a>(text: &'a str, members: &[Item], name: &str) -> Result<&'a str, JweError> {
    match members.iter().find(|member| member.name == name) {
        None => Ok(""),
        Some(member) if member.kind == ValueKind::Object => Ok(&text[member.value.clone()]),
        Some(_) => Err(JweError::Damaged),
    }
}

/// A string; empty if it is absent.
fn text_of<'a>(members: &'a [Item], name: &str) -> Result<&'a str, JweError> {
    match members.iter().find(|member| member.name == name) {
        None => Ok(""),
        Some(member) if !member.duplicate => member.text.as_deref().ok_or(JweError::Damaged),
        Some(_) => Err(JweError::Damaged),
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, JweError> {
    base64url::decode_strict(text).ok_or(JweError::Damaged)
}
