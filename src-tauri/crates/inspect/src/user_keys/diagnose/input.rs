//! Other texts that a signature may cover: the token before something parsed and wrote it again, or changed its
//! encoding.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Segments;
use crate::decoding::base64;
use crate::explain::is_of_load_balancer;
use jose::json::{self, string_end};
use jose::steps::walk;
use jose::{Parsed, base64url};

/// A text that the signature may cover.
pub(super) struct Input {
    pub(super) bytes: Vec<u8>,
    /// What to do to the token to get that text, after "matches": "once the padding is put back".
    pub(super) once: String,
    /// What went wrong, and how to avoid it.
    pub(super) fix: &'static str,
}

/// Longer tokens, in bytes, are tried as they stand only.
const LONGEST: usize = 16 * 1024;

/// All orders of a token's members together have at most so many bytes.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// The orders that libraries write.
const FEW_ORDERS: usize = 4;

/// If there are more orders than this, only those few are tried with spaces too: four members have 24 orders.
const MOST_SPACED_ORDERS: usize = FEW_ORDERS + 24;

/// The order of RFC 7519.
const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

const SEND_UNPADDED: &str = "Send the token without padding (RFC 7515 §2)";
const SEND_IN_BASE64URL: &str = "Send the token in base64url (RFC 7515 §2)";

/// What to do about a token that was signed in base64url and then encoded otherwise.
pub(super) const ENCODED_AFTERWARDS: [&str; 2] = [SEND_UNPADDED, SEND_IN_BASE64URL];

/// The texts, the likeliest first. An object is tried in every order of its members if there are at most `most_orders`.
pub(super) fn inputs(parsed: &Parsed, token: &Segments<'_>, most_orders: usize) -> Vec<Input> {
    let mut inputs = Vec::new();
    let length = token.header.len() + token.payload.len();
    if length > LONGEST {
        return inputs;
    }
    let most_orders = most_orders.min(MOST_BYTES / length.max(1));
    encoded(parsed, token, &mut inputs);
    hashed_nonce(parsed, token, &mut inputs);
    let header = &*parsed.header.text;
    for (text, how) in rewritten(&parsed.claims.text, most_orders) {
        let bytes = join(token.header, &base64url::encode(text.as_bytes()));
        let once = format!("once the payload is written {how}: it was parsed and written again after it was signed");
        inputs.push(Input { bytes, once, fix: "Send the bytes that were signed; do not write the payload again" });
    }
    for (text, how) in rewritten(header, most_orders) {
        let bytes = join(&base64url::encode(text.as_bytes()), token.payload);
        let once = format!("once the header is written {how}: it was parsed and written again after it was signed");
        inputs.push(Input { bytes, once, fix: "Send the header as it was signed" });
    }
    inputs
}

fn join(header: &str, payload: &str) -> Vec<u8> {
    [header, ".", payload].concat().into_bytes()
}

/// The same bytes in another encoding.
fn encoded(parsed: &Parsed, token: &Segments<'_>, inputs: &mut Vec<Input>) {
    let Segments { header, payload, .. } = *token;
    let plain = |segment: &str| base64(segment).map(|bytes| STANDARD.encode(bytes));
    let url = |segment: &str| base64(segment).map(|bytes| base64url::encode(&bytes));
    let padded = |segment: &str| {
        let symbols = segment.trim_end_matches('=');
        [symbols, &"=="[..(4 - symbols.len() % 4) % 4 % 3]].concat()
    };
    let once = if is_of_load_balancer(parsed) {
        "once its padding is put back: an AWS load balancer writes and signs it, so it must stay"
    } else {
        "once the padding is put back: it was signed, and then removed"
    };
    let fix = "Check the token with its padding, as it was sent";
    inputs.push(Input { bytes: join(&padded(header), &padded(payload)), once: once.to_owned(), fix });
    let bytes = join(header.trim_end_matches('='), payload.trim_end_matches('='));
    let once = "once the padding is removed: it was added after the token was signed";
    inputs.push(Input { bytes, once: once.to_owned(), fix: SEND_UNPADDED });
    if let (Some(header), Some(payload)) = (url(header), url(payload)) {
        let once = "once the segments are written in base64url: they were signed that way and sent in base64";
        let bytes = join(&header, &payload);
        inputs.push(Input { bytes, once: once.to_owned(), fix: SEND_IN_BASE64URL });
    }
    if let (Some(header), Some(payload)) = (plain(header), plain(payload)) {
        let once = "once the segments are written in plain base64, with padding: they were signed that way";
        let fix = "Sign the segments in base64url without padding (RFC 7515 §5.1)";
        inputs.push(Input { bytes: join(&header, &payload), once: once.to_owned(), fix });
    }
    let once = "once header and payload are not encoded: the JSON was signed, not its base64url";
    let fix = "Sign the encoded header and payload (RFC 7515 §5.1)";
    inputs.push(Input { bytes: join(&parsed.header.text, &parsed.claims.text), once: once.to_owned(), fix });
    let fix = "Sign the encoded payload, or say `b64: false` (RFC 7797)";
    let once = "once the payload is not encoded: its JSON was signed, not its base64url";
    inputs.push(Input { bytes: join(header, &parsed.claims.text), once: once.to_owned(), fix });
}

/// Microsoft signs tokens for Graph with the nonce hashed, so that only Graph can check them.
fn hashed_nonce(parsed: &Parsed, token: &Segments<'_>, inputs: &mut Vec<Input>) {
    let header = &parsed.header;
    let Some(item) = header.members().iter().find(|item| item.name == "nonce") else { return };
    let Some(nonce) = item.text.as_deref() else { return };
    let hash = base64url::encode(digest(&SHA256, nonce.as_bytes()).as_ref());
    let text = &header.text;
    let Some((before, after)) = text.get(..item.value.start).zip(text.get(item.value.end..)) else { return };
    let signed = format!("{before}{}{after}", json::quoted(&hash));
    inputs.push(Input {
        bytes: join(&base64url::encode(signed.as_bytes()), token.payload),
        once: "once the nonce in the header is hashed (SHA-256), as Microsoft does for tokens of Graph: only Graph is \
               meant to check it"
            .to_owned(),
        fix: "Leave the check of a Graph token to Graph; ask for a token with your own API as its audience",
    });
}

/// A JSON object as other libraries would write it, and how that is.
fn rewritten(text: &str, most_orders: usize) -> Vec<(String, String)> {
    let compact = spaced(text, "", "");
    let spacings = [
        (compact.clone(), "without spaces"),
        (spaced(text, " ", " "), "with a space after each comma and colon, as Python does"),
        (spaced(text, "", " "), "with a space after each comma"),
        (spaced(text, " ", ""), "with a space after each colon"),
        (json::pretty(text), "with line breaks and two spaces, as an editor does"),
        (
            json::pretty(text).replace('\n', "\r\n"),
            "with the line endings of Windows (CRLF) and two spaces, as an editor does",
        ),
        (json::pretty(text).replace("  ", "    "), "with line breaks and four spaces"),
        (json::pretty(text).replace("  ", "\t"), "with line breaks and tabs"),
    ];
    // First, since the payload may be written as an editor does already.
    let unix = text.replace("\r\n", "\n");
    let mut texts: Vec<(String, String)> = vec![
        (
            unix.replace('\n', "\r\n"),
            "with the line endings of Windows (CRLF) in place of those of Unix (LF)".to_owned(),
        ),
        (unix, "with the line endings of Unix (LF) in place of those of Windows (CRLF)".to_owned()),
    ];
    for (spaced, how) in &spacings {
        texts.push((spaced.clone(), (*how).to_owned()));
        for (escaped, escaping) in escapings(spaced) {
            let how = if spaced == text { escaping.to_owned() } else { format!("{how}, and {escaping}") };
            texts.push((escaped, how));
        }
    }
    texts.extend(escapings(text).map(|(text, how)| (text, how.to_owned())));
    let ordered = orders(&compact, most_orders);
    let spaced_too = if ordered.len() <= MOST_SPACED_ORDERS { ordered.len() } else { FEW_ORDERS };
    for text in &ordered[..spaced_too.min(ordered.len())] {
        texts.push((spaced(text, " ", " "), "with its members in another order, and spaces".to_owned()));
    }
    texts.extend(ordered.into_iter().map(|text| (text, "with its members in another order".to_owned())));
    texts.push((format!("{text}\n"), "with a line break at its end".to_owned()));
    texts.push((text.trim().to_owned(), "without white space around it".to_owned()));
    texts.retain(|(other, _)| other != text);
    texts
}

/// The strings of a JSON text as other libraries escape them.
fn escapings(text: &str) -> impl Iterator<Item = (String, &'static str)> {
    let unicode = |text: &str| {
        let mut units = [0; 2];
        text.chars().fold(String::with_capacity(text.len()), |mut out, symbol| {
            if symbol.is_ascii() {
                out.push(symbol);
            } else {
                symbol.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
            out
        })
    };
    let html = |text: &str| text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    let slashes = text.replace("\\/", "/");
    [
        (slashes.replace('/', "\\/"), "with slashes escaped, as PHP does"),
        (unicode(&slashes.replace('/', "\\/")), "with slashes and Unicode escaped, as PHP does"),
        (slashes, "with slashes not escaped"),
        (unicode(text), "with Unicode escaped"),
        (plain_unicode(text), "with Unicode not escaped"),
        (html(text), "with <, > and & escaped, as Go does"),
        (html(text).replace('\'', "\\u0027").replace('+', "\\u002B"), "with <, >, &, ' and + escaped, as .NET does"),
    ]
    .into_iter()
    .filter(move |(escaped, _)| !escaped.is_empty())
}

/// The length of `\uXXXX`.
const ESCAPE: usize = 6;

/// Replaces `\uXXXX` of characters that need no escape.
fn plain_unicode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let units = escaped_units(rest);
        if units.is_empty() {
            // The escaped character may be a backslash, which begins no other escape.
            let (escape, after) = rest.split_at(1 + rest[1..].chars().next().map_or(0, char::len_utf8));
            out.push_str(escape);
            rest = after;
        }
        let is_plain = |symbol: char| symbol >= ' ' && symbol != '"' && symbol != '\\';
        for symbol in char::decode_utf16(units) {
            let (escape, after) = rest.split_at(symbol.as_ref().map_or(1, |symbol| symbol.len_utf16()) * ESCAPE);
            match symbol.ok().filter(|symbol| is_plain(*symbol)) {
                Some(symbol) => out.push(symbol),
                None => out.push_str(escape),
            }
            rest = after;
        }
    }
    out + rest
}

/// The UTF-16 units of the `\uXXXX` at the beginning of a text, as many as follow each other.
fn escaped_units(text: &str) -> Vec<u16> {
    let mut units = Vec::new();
    while let Some(hex) = text[units.len() * ESCAPE..].strip_prefix("\\u").and_then(|after| after.get(..4)) {
        // A sign is no digit, but part of a number.
        let is_hex = hex.bytes().all(|digit| digit.is_ascii_hexdigit());
        let Some(unit) = u16::from_str_radix(hex, 16).ok().filter(|_| is_hex) else { break };
        units.push(unit);
    }
    walk(units.len() * ESCAPE);
    units
}

/// A JSON text with other white space: what follows each colon and each comma.
fn spaced(text: &str, colon: &str, comma: &str) -> String {
    let mut out = String::with_capacity(text.len() * 5 / 4);
    let mut rest = text;
    while let Some(symbol) = rest.chars().next() {
        let end = if symbol == '"' { string_end(rest, 0) } else { symbol.len_utf8() };
        match symbol {
            ' ' | '\t' | '\r' | '\n' => {}
            _ => out.push_str(&rest[..end]),
        }
        match symbol {
            ':' => out.push_str(colon),
            ',' => out.push_str(comma),
            _ => {}
        }
        rest = &rest[end..];
    }
    out
}

/// A compact object with its members in the orders that libraries write, and in every order if there are only a few.
fn orders(compact: &str, most_orders: usize) -> Vec<String> {
    let members = json::scan(compact).members;
    let name = |at: &usize| members[*at].name.as_str();
    let by = |compare: &dyn Fn(&usize, &usize) -> std::cmp::Ordering| {
        let mut order: Vec<usize> = (0..members.len()).collect();
        order.sort_by(compare);
        order
    };
    let rank = |at: &usize| REGISTERED.iter().position(|registered| *registered == name(at));
    let registered_first = |at: &usize| rank(at).unwrap_or(REGISTERED.len());
    let mut orders = vec![
        by(&|one, other| name(one).cmp(name(other))),
        by(&|one, other| other.cmp(one)),
        by(&|one, other| registered_first(one).cmp(&registered_first(other))),
        // Libraries that add the registered claims to those of the caller.
        by(&|one, other| rank(one).cmp(&rank(other))),
    ];
    let count = (1..=members.len()).try_fold(1_usize, |product, factor| product.checked_mul(factor));
    if count.is_some_and(|count| count <= most_orders) {
        orders.extend(permutations(members.len()));
    }
    let text = |order: Vec<usize>| {
        let members: Vec<&str> = order.into_iter().map(|at| &compact[members[at].span.clone()]).collect();
        format!("{{{}}}", members.join(","))
    };
    orders.into_iter().map(text).collect()
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    (0..count).fold(vec![Vec::new()], |shorter, next| {
        let insert = |order: Vec<usize>| {
            (0..=order.len()).map(move |at| {
                let mut longer = order.clone();
                longer.insert(at, next);
                longer
            })
        };
        shorter.into_iter().flat_map(insert).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::{Segments, inputs};
    use jose::parse_exact;

    #[test]
    fn the_longest_token_with_many_members_is_tried_in_a_few_megabytes() {
        let claims = format!(r#"{{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":"{}"}}"#, "x".repeat(11_000));
        let header = r#"{"alg":"HS256","typ":"JWT","kid":"k","x5t":"t","cty":"c","jku":"j","own":1}"#;
        let token = format!("{}.AAAA", jose::signing_input(header.as_bytes(), claims.as_bytes()));
        let parsed = parse_exact(&token);
        let bytes = |most_orders| -> usize {
            let all = inputs(&parsed, &Segments::of(&parsed).unwrap(), most_orders);
            all.iter().map(|input| input.bytes.len()).sum()
        };
        assert!(bytes(0) > 0, "it is short enough to be tried");
        assert!(bytes(5_040) < 4 * 1024 * 1024, "{}", bytes(5_040));
    }
}
