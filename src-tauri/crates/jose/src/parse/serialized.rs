//! The JSON serializations of JWS and JWE (RFC 7515 section 7.2, RFC 7516 section 7.2): named and shown, never
//! accepted. Each signature is also offered as the compact token that it covers, to be inspected separately.

use super::{MAX_CHARACTERS, ParseProblem, Parsed, Part, offset};
use crate::base64url;
use crate::json::ValueKind;
use crate::json::{self, Item};
use crate::parse::{Format, FoundToken, Segment, SegmentKind};
use crate::visible::excerpt;
use crate::words::{capitalised, list};

/// Signatures beyond this number are counted but not named.
const NAMED_SIGNATURES: usize = 8;

/// Signatures beyond this number are not listed as tokens.
const LISTED_SIGNATURES: usize = 49;

/// The encrypted keys of recipients beyond this number are not shown.
const PLACED_KEYS: usize = 3;

/// How many characters of an algorithm or a `kid` are shown.
const SHOWN: usize = 40;

/// True for the JSON serializations of JWS (RFC 7515 section 7.2) and JWE (RFC 7516 section 7.2).
pub fn is_json_serialization(text: &str) -> bool {
    text.starts_with('{') && {
        let members = json::scan(text).members;
        let has = |name: &str| members.iter().any(|item| item.name == name);
        let is_signer = |item: &Item| item.name == "signatures" && text[item.value.clone()].contains("\"protected\"");
        // Detached content leaves the payload out (RFC 7515 appendix F).
        ((has("signature") || has("signatures")) && (has("payload") || has("protected")))
            || members.iter().any(is_signer)
            || has("ciphertext")
    }
}

/// Reads `parsed.token`, which is a JSON object with the members of a serialization.
pub(super) fn read(parsed: &mut Parsed) {
    let text = parsed.token.clone();
    let members = json::scan(&text).members;
    if find(&members, "ciphertext").is_some() {
        encrypted(parsed, &text, &members);
    } else {
        signed(parsed, &text, &members);
    }
}

fn signed(parsed: &mut Parsed, text: &str, members: &[Item]) {
    parsed.format = Format::JwsJson;
    let objects = elements(text, members, "signatures").unwrap_or_else(|| vec![text]);
    let read: Vec<Signer> = objects.iter().take(LISTED_SIGNATURES).map(|object| Signer::of(object)).collect();
    let count = match objects.len() {
        0 => "no signature".to_owned(),
        1 => "1 signature".to_owned(),
        count => format!("{count} signatures"),
    };
    parsed.summary = format!("Signed token in JSON, {count}");
    let named: Vec<String> = read.iter().take(NAMED_SIGNATURES).map(|signer| signer.name(" with kid ")).collect();
    let named = if named.is_empty() { String::new() } else { format!(": {}", named.join(", ")) };
    let message = format!(
        "{}{named}. A JWT is always compact, so a JWT library refuses this. A JOSE library that takes it decides for \
         itself whether one good signature is enough (RFC 7515 section 5.2): name the one that must be good.",
        capitalised(&count)
    );
    parsed.faults.push(ParseProblem::json_serialization("JWS JSON serialization", message));
    parsed.faults.extend(oddities(members, &read));
    let payload = find(members, "payload").and_then(|item| item.text.as_deref());
    if let Some(payload) = payload.filter(|_| read.iter().all(Signer::encodes_payload)) {
        let bytes = base64url::decode(payload).bytes;
        parsed.claims = Part::of_bytes(&bytes, None, SegmentKind::Payload, &mut Vec::new());
    }
    parsed.tokens = compact_tokens(text, &count, payload.unwrap_or_default(), &read);
    if parsed.tokens.len() <= objects.len() {
        parsed.faults.push(ParseProblem::not_all_listed(parsed.tokens.len().saturating_sub(1), objects.len()));
    }
    if let Some(first) = read.into_iter().next() {
        parsed.header = first.header;
    }
}

fn encrypted(parsed: &mut Parsed, text: &str, members: &[Item]) {
    parsed.format = Format::JweJson;
    let recipients = elements(text, members, "recipients").unwrap_or_else(|| vec![text]);
    let outer = Signer::of(text);
    // Members shared by all recipients are outside of them (RFC 7516 section 7.2.1).
    let shared = find(members, "unprotected").filter(|item| item.kind == ValueKind::Object);
    let shared = shared.map(|item| json::scan(&text[item.value.clone()]).members).unwrap_or_default();
    let named: Vec<String> = recipients
        .iter()
        .take(NAMED_SIGNATURES)
        .map(|object| {
            let own = Signer::of(object);
            let text =
                |name: &str| own.text(name).or_else(|| outer.text(name)).or_else(|| unprotected(find(&shared, name)?));
            named(text("alg"), text("kid"), " with kid ")
        })
        .collect();
    let count = match recipients.len() {
        1 => "1 recipient".to_owned(),
        count => format!("{count} recipients"),
    };
    parsed.summary = "Encrypted token in JSON".to_owned();
    let message = format!(
        "{count}: {}. Nothing but the header can be read without the key, and nothing proves who made it.",
        named.join(", ")
    );
    parsed.faults.push(ParseProblem::encrypted_json(&message));
    parsed.segments = encrypted_parts(text, members, &recipients);
    let header = parsed.segments.iter().find(|segment| segment.kind == SegmentKind::Header);
    parsed.header = match (header, &outer.protected) {
        (Some(place), Some(protected)) => {
            let bytes = base64url::decode(protected).bytes;
            let place = place.start as usize..place.end as usize;
            Part::of_bytes(&bytes, Some(place), SegmentKind::Header, &mut Vec::new())
        }
        _ => outer.header,
    };
}

/// The positions of the strings that a compact token would have as segments (RFC 7516 section 7.1), as written.
fn encrypted_parts(text: &str, members: &[Item], recipients: &[&str]) -> Vec<Segment> {
    const NAMES: [(&str, SegmentKind); 5] = [
        ("protected", SegmentKind::Header),
        ("encrypted_key", SegmentKind::EncryptedKey),
        ("iv", SegmentKind::InitializationVector),
        ("ciphertext", SegmentKind::Ciphertext),
        ("tag", SegmentKind::AuthenticationTag),
    ];
    // Byte offsets equal character offsets as long as every character is one byte.
    if !text.is_ascii() {
        return Vec::new();
    }
    let place = |item: &Item, start: usize, kind: SegmentKind| {
        let inside = item.value.start + 1..item.value.end.checked_sub(1)?;
        let is_plain = item.text.as_ref().is_some_and(|text| text.len() == inside.len());
        is_plain.then(|| Segment { kind, start: offset(start + inside.start), end: offset(start + inside.end) })
    };
    let own = NAMES.into_iter().filter_map(|(name, kind)| place(find(members, name)?, 0, kind));
    let keys = recipients.iter().take(PLACED_KEYS).filter(|object| object.len() < text.len()).filter_map(|object| {
        let start = (object.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        place(find(&json::scan(object).members, "encrypted_key")?, start, SegmentKind::EncryptedKey)
    });
    let mut segments: Vec<Segment> = own.chain(keys).collect();
    segments.sort_by_key(|segment| segment.start);
    segments
}

/// What RFC 7515 sections 4 and 7.2 forbid or leave undefined.
fn oddities(members: &[Item], read: &[Signer]) -> Vec<ParseProblem> {
    let mut faults = Vec::new();
    if find(members, "signatures").is_some() && find(members, "signature").is_some() {
        faults.push(ParseProblem::both_forms());
    }
    if find(members, "payload").is_none() {
        faults.push(ParseProblem::detached());
    }
    let numbers = |wanted: &dyn Fn(&Signer) -> bool| -> Vec<String> {
        let numbered = read.iter().take(NAMED_SIGNATURES).enumerate();
        numbered.filter(|(_, signer)| wanted(signer)).map(|(index, _)| (index + 1).to_string()).collect()
    };
    let unsigned_alg = numbers(&|signer| !signer.header.has("alg") && find(&signer.outside, "alg").is_some());
    if !unsigned_alg.is_empty() {
        faults.push(ParseProblem::unprotected_algorithm(&list(&unsigned_alg)));
    }
    let twice = |signer: &Signer| signer.outside.iter().any(|item| signer.header.has(&item.name));
    let twice = numbers(&twice);
    if !twice.is_empty() {
        faults.push(ParseProblem::headers_overlap(&list(&twice)));
    }
    if !read.iter().all(Signer::encodes_payload) {
        faults.push(ParseProblem::payload_not_encoded());
    }
    faults
}

/// The JSON itself, to return to, and each signature as a compact token, if it has that form.
fn compact_tokens(text: &str, count: &str, payload: &str, read: &[Signer]) -> Vec<FoundToken> {
    let mut tokens = vec![FoundToken { name: format!("JSON, {count}"), token: text.to_owned() }];
    let mut length = 0;
    for (index, signer) in read.iter().enumerate().filter(|(_, signer)| signer.encodes_payload()) {
        let (Some(protected), Some(signature)) = (&signer.protected, &signer.signature) else { continue };
        let token = format!("{protected}.{payload}.{signature}");
        length += token.len();
        // Many signatures over a long payload would multiply it.
        if index > 0 && length > MAX_CHARACTERS {
            break;
        }
        let is_compact = [protected, payload, signature].into_iter().all(|text| text.bytes().all(base64url::is_symbol));
        if is_compact && !protected.is_empty() && !tokens.iter().any(|earlier| earlier.token == token) {
            tokens.push(FoundToken { name: format!("Signature {}, {}", index + 1, signer.name(", kid ")), token });
        }
    }
    tokens
}

/// One signature of a JWS, or one recipient of a JWE, with both its headers.
struct Signer {
    /// The protected header as written.
    protected: Option<String>,
    signature: Option<String>,
    header: Part,
    /// The unprotected header, which is not signed.
    outside: Vec<Item>,
}

impl Signer {
    fn of(object: &str) -> Signer {
        let members = json::scan(object).members;
        let text = |name: &str| find(&members, name).and_then(|item| item.text.clone());
        let protected = text("protected");
        let bytes = base64url::decode(protected.as_deref().unwrap_or_default()).bytes;
        let outside = find(&members, "header").filter(|item| item.kind == ValueKind::Object);
        Signer {
            header: Part::of_bytes(&bytes, None, SegmentKind::Header, &mut Vec::new()),
            outside: outside.map(|item| json::scan(&object[item.value.clone()]).members).unwrap_or_default(),
            signature: text("signature"),
            protected,
        }
    }

    /// A string from the headers; one from the unprotected header is marked.
    fn text(&self, name: &str) -> Option<String> {
        match self.header.text(name) {
            Some(text) => Some(excerpt(text, SHOWN)),
            None => unprotected(find(&self.outside, name)?),
        }
    }

    /// "ES256 with kid x".
    fn name(&self, before_kid: &str) -> String {
        named(self.text("alg"), self.text("kid"), before_kid)
    }

    /// False if the payload is not encoded (RFC 7797 section 3).
    fn encodes_payload(&self) -> bool {
        !self.header.members().iter().any(|item| item.name == "b64" && self.header.raw(item) == "false")
    }
}

fn named(algorithm: Option<String>, kid: Option<String>, before_kid: &str) -> String {
    let algorithm = algorithm.unwrap_or_else(|| "no alg".to_owned());
    match kid {
        Some(kid) => format!("{algorithm}{before_kid}{kid}"),
        None => algorithm,
    }
}

fn unprotected(item: &Item) -> Option<String> {
    Some(format!("{} (unprotected)", excerpt(item.text.as_deref()?, SHOWN)))
}

fn find<'a>(members: &'a [Item], name: &str) -> Option<&'a Item> {
    members.iter().find(|item| item.name == name)
}

/// The objects of the array with this name.
fn elements<'a>(text: &'a str, members: &[Item], name: &str) -> Option<Vec<&'a str>> {
    let array = &text[find(members, name).filter(|item| item.kind == ValueKind::Array)?.value.clone()];
    Some(json::objects(array).unwrap_or_default().into_iter().map(|range| &array[range]).collect())
}
