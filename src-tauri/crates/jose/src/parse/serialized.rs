//! The JSON serializations of JWS and JWE (RFC 7515 section 7.2, RFC 7516 section 7.2): named and shown, never accepted.

use super::{Fault, Parsed, Part};
use crate::base64url;
use crate::json::{self, Item};
use crate::report::{Format, SegmentKind, ValueKind};
use crate::visible::excerpt;

/// More signatures than this are counted, not named.
const NAMED_SIGNATURES: usize = 8;

/// Reads `parsed.token`, which is a JSON object with the members of a serialization.
pub(super) fn read(parsed: &mut Parsed) {
    let text = parsed.token.clone();
    let members = json::scan(&text).members;
    let find = |name: &str| members.iter().find(|item| item.name == name);
    if find("ciphertext").is_some() {
        parsed.format = Format::Opaque;
        parsed.summary = "Encrypted token in JSON".to_owned();
        let message = "JWE JSON serialization: nothing but the header can be read without the key.".to_owned();
        parsed.faults.push(Fault::json_serialization("JWE JSON serialization", message));
        parsed.header = protected(&members);
        return;
    }
    parsed.format = Format::JwsJson;
    let mut named = Vec::new();
    let mut count = 0;
    if let Some(list) = find("signatures").filter(|item| item.kind == ValueKind::Array) {
        let array = &text[list.value.clone()];
        for range in json::objects(array).unwrap_or_default() {
            count += 1;
            if count > NAMED_SIGNATURES {
                continue;
            }
            let signature = &array[range];
            let inner = json::scan(signature).members;
            named.push(name(signature, &inner));
            if count == 1 {
                parsed.header = protected(&inner);
            }
        }
    } else {
        count = 1;
        named.push(name(&text, &members));
        parsed.header = protected(&members);
    }
    if let Some(payload) = find("payload").and_then(|item| item.text.as_deref()) {
        let bytes = base64url::decode(payload).bytes;
        parsed.claims = Part::of_bytes(&bytes, None, SegmentKind::Payload, &mut Vec::new());
    }
    let signatures = if count == 1 { "1 signature".to_owned() } else { format!("{count} signatures") };
    parsed.summary = format!("Signed token in JSON, {signatures}");
    let message = format!("{signatures}: {}. A JWT is always compact.", named.join(", "));
    parsed.faults.push(Fault::json_serialization("JWS JSON serialization", message));
}

/// The protected header of one signature.
fn protected(members: &[Item]) -> Part {
    let text = members.iter().find(|item| item.name == "protected").and_then(|item| item.text.as_deref());
    let bytes = base64url::decode(text.unwrap_or_default()).bytes;
    Part::of_bytes(&bytes, None, SegmentKind::Header, &mut Vec::new())
}

/// "ES256 with kid x"; what stands outside the protected header is marked, because nothing signs it.
fn name(object: &str, members: &[Item]) -> String {
    let part = protected(members);
    let outside = members
        .iter()
        .find(|item| item.name == "header" && item.kind == ValueKind::Object)
        .map(|item| json::scan(&object[item.value.clone()]).members)
        .unwrap_or_default();
    let text = |name: &str| match part.text(name) {
        Some(text) => Some(excerpt(text, 40)),
        None => {
            let item = outside.iter().find(|item| item.name == name)?;
            Some(format!("{} (unprotected)", excerpt(item.text.as_deref()?, 40)))
        }
    };
    let algorithm = text("alg").unwrap_or_else(|| "no alg".to_owned());
    match text("kid") {
        Some(kid) => format!("{algorithm} with kid {kid}"),
        None => algorithm,
    }
}
