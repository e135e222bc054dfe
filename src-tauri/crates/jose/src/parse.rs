//! From text to token: a pasted text is split into segments and parsed as far as possible. It never fails, but reports
//! what is wrong.

mod compressed;
mod disclosure;
mod form;
mod nested;
mod part;
mod problem;
mod serialized;

use std::fmt;
use std::ops::Range;

pub use form::{Format, FoundToken, Problem, Segment, SegmentKind};
pub use nested::{compact_header, payload_token, starts_like_header};
pub use part::{Lookup, Part};
pub(crate) use problem::kind_words;
pub use problem::{Cut, ParseProblem};
pub use serialized::is_json_serialization;

use crate::visible::ascii_only;
use crate::{Algorithm, base64url};

/// The longest text that is read, in characters.
pub const MAX_CHARACTERS: usize = 1024 * 1024;

/// After this many segments the rest counts as one.
const MAX_SEGMENTS: usize = 8;

/// RFC 7515 section 7.1.
const JWS_SEGMENTS: [SegmentKind; 3] = [SegmentKind::Header, SegmentKind::Payload, SegmentKind::Signature];

/// RFC 7516 section 7.1.
const JWE_SEGMENTS: [SegmentKind; 5] = [
    SegmentKind::Header,
    SegmentKind::EncryptedKey,
    SegmentKind::InitializationVector,
    SegmentKind::Ciphertext,
    SegmentKind::AuthenticationTag,
];

/// A parsed text: created by [`parse_exact`], judged by [`crate::judge`]. `Debug` does not print the token.
#[derive(Clone)]
pub struct Parsed {
    /// The format of the text.
    pub format: Format,
    /// The same in words: "Signed token, three segments".
    pub summary: String,
    /// The token; if it has segments, non-ASCII characters are escaped.
    pub token: String,
    /// For a JWS in JSON, the JSON itself and each signature as a compact token.
    pub tokens: Vec<FoundToken>,
    /// The positions of its first eight segments.
    pub segments: Vec<Segment>,
    pub(crate) segment_count: usize,
    /// The JOSE header.
    pub header: Part,
    /// The claims set.
    pub claims: Part,
    /// The compression that was undone to read the claims set: `DEF`.
    pub compression: Option<&'static str>,
    /// Was it in the ZLIB format (RFC 1950), which `DEF` does not mean?
    pub(crate) is_zlib: bool,
    /// Everything that is wrong with the text.
    pub faults: Vec<ParseProblem>,
    /// The signature's bytes, if its segment could be decoded completely.
    pub signature: Option<Vec<u8>>,
    /// The part of the token the signature covers (RFC 7515 section 5.1).
    signed: Range<usize>,
}

/// Parses any text as a token exactly as sent: splits it, decodes it, and notes everything that is wrong. Nothing
/// around it is stripped (RFC 7515 section 2: no white space, no padding, no other characters).
///
/// Takes time linear in the text and reads at most 1 MiB of characters.
pub fn parse_exact(text: &str) -> Parsed {
    if is_too_large(text) { Parsed::too_large() } else { Parsed::of(text.to_owned()) }
}

/// The media type of `typ` without `application/`, in lower case (RFC 7515 section 4.1.9).
pub fn media_type(typ: &str) -> String {
    let lower = typ.to_ascii_lowercase();
    match lower.strip_prefix("application/") {
        Some(short) if !short.contains('/') => short.to_owned(),
        _ => lower,
    }
}

impl Parsed {
    /// The token after the clean-ups.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The format of the text.
    pub fn format(&self) -> Format {
        self.format
    }

    /// A string member of the JOSE header, unescaped: `header_text("kid")`.
    ///
    /// `None` if it is absent, appears more than once, or is not a string.
    pub fn header_text(&self, name: &str) -> Option<&str> {
        self.header.text(name)
    }

    /// True if the JOSE header has a member of that name, of any type.
    pub fn has_header(&self, name: &str) -> bool {
        self.header.has(name)
    }

    /// A string claim, unescaped: `claim_text("sub")`.
    ///
    /// `None` if it is absent, appears more than once, or is not a string.
    pub fn claim_text(&self, name: &str) -> Option<&str> {
        self.claims.text(name)
    }

    /// A claim that is a number of seconds, without its fraction: `claim_seconds("exp")` (RFC 7519 section 2,
    /// NumericDate).
    ///
    /// `None` if it is absent, appears more than once, or is anything else.
    pub fn claim_seconds(&self, name: &str) -> Option<i64> {
        self.claims.seconds(name)
    }

    /// The header's algorithm, if it is one this build knows.
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.header_text("alg").and_then(|name| name.parse().ok())
    }

    /// True if nothing is wrong with the text itself.
    pub fn is_well_formed(&self) -> bool {
        self.faults.is_empty() && matches!(self.format, Format::JwsCompact)
    }

    /// True if header and claims set are completely read objects, whatever else is wrong.
    pub fn is_readable(&self) -> bool {
        self.format == Format::JwsCompact && self.header.is_whole_object() && self.claims.is_whole_object()
    }

    /// True if it is a JWS whose signed bytes are known, be they a claims set or anything else, none included
    /// (RFC 7515 section 2, JWS Payload): a signature covers bytes, whatever they mean. A fourth segment is in no
    /// JWS (section 7.1).
    pub fn has_signed_bytes(&self) -> bool {
        let is_jws = self.format == Format::JwsCompact && self.segment_count <= JWS_SEGMENTS.len();
        is_jws && self.header.is_whole_object() && self.claims.is_decoded()
    }

    /// The bytes of the payload; `None` if they are unknown, or if the token is no JWS with up to three segments.
    pub fn payload(&self) -> Option<Vec<u8>> {
        let place = self.segments.get(1).filter(|_| self.has_signed_bytes())?;
        Some(base64url::decode(&self.token[place.start as usize..place.end as usize]).bytes)
    }

    /// Why the signature of a text with more segments than a JWS is not checked: it would not cover all of them.
    pub(crate) fn too_many_segments(&self) -> Option<String> {
        let is_jws = self.format == Format::JwsCompact && self.segment_count > JWS_SEGMENTS.len();
        is_jws.then(|| format!("{} segments: a signed token has three, so none is checked", self.segment_count))
    }

    /// True if the payload is another token.
    pub(crate) fn holds_token(&self) -> bool {
        nested::payload_token(&self.claims.text).is_some()
    }

    /// The bytes the signature covers.
    pub fn signing_input(&self) -> &[u8] {
        self.token.get(self.signed.clone()).unwrap_or_default().as_bytes()
    }

    fn of(token: String) -> Parsed {
        let mut parsed = Parsed::empty(Format::Empty, "Nothing pasted");
        if token.trim().is_empty() {
            parsed.faults.push(ParseProblem::empty());
            return parsed;
        }
        if token.starts_with('{') && is_json_serialization(&token) {
            parsed.token = token;
            serialized::read(&mut parsed);
            return parsed;
        }
        let found = token
            .split('.')
            .take(2)
            .enumerate()
            .any(|(index, segment)| starts_like_header(segment) || (index == 0 && segment.starts_with("e30")));
        if !found {
            let has_space = token.contains(char::is_whitespace);
            parsed.format = Format::Opaque;
            parsed.summary = if has_space { "Text without a token" } else { "Text without a JSON header" }.to_owned();
            parsed.faults.push(if has_space { ParseProblem::words() } else { ParseProblem::opaque() });
            parsed.token = token;
            return parsed;
        }
        // With foreign characters escaped, every byte offset is also a character offset.
        parsed.token = if token.is_ascii() { token } else { ascii_only(&token) };
        parsed.read_segments();
        parsed
    }

    /// Says that the text is no JOSE token at all: `summary` names it, `fault` says what to do with it, and `content`
    /// is the JSON that anybody can read in it, if any.
    pub fn becomes(&mut self, summary: String, fault: ParseProblem, content: &str) {
        let token = std::mem::take(&mut self.token);
        *self = Parsed { summary, token, faults: vec![fault], ..Parsed::empty(Format::Opaque, "") };
        if !content.is_empty() {
            self.claims = Part::of_bytes(content.as_bytes(), None, SegmentKind::Payload, &mut Vec::new());
        }
    }

    /// Adds a problem in front of the others, which may follow from it.
    pub fn blame(&mut self, fault: ParseProblem) {
        self.faults.insert(0, fault);
    }

    /// The same for a fault that explains all the others.
    pub fn blame_only(&mut self, fault: ParseProblem) {
        self.faults = vec![fault];
    }

    /// Notes that the end is missing, which explains the problems there.
    pub fn break_off(&mut self, cut: Cut) {
        let Some(last) = self.segments.last() else { return };
        let at = self.token.len();
        self.faults.retain(|fault| !fault.is_cut_at_end(at));
        self.faults.insert(0, ParseProblem::breaks_off(cut, last.kind, at));
    }

    fn too_large() -> Parsed {
        let mut parsed = Parsed::empty(Format::TooLarge, "Too long to read");
        parsed.faults.push(ParseProblem::too_large());
        parsed
    }

    fn empty(format: Format, summary: &str) -> Parsed {
        Parsed {
            format,
            summary: summary.to_owned(),
            token: String::new(),
            tokens: Vec::new(),
            segments: Vec::new(),
            segment_count: 0,
            header: Part::default(),
            claims: Part::default(),
            compression: None,
            is_zlib: false,
            faults: Vec::new(),
            signature: None,
            signed: 0..0,
        }
    }

    fn read_segments(&mut self) {
        let mut ranges = Vec::new();
        let mut start = 0;
        for piece in self.token.splitn(MAX_SEGMENTS, '.') {
            ranges.push(start..start + piece.len());
            start += piece.len() + 1;
        }
        self.segment_count = match ranges.len() {
            MAX_SEGMENTS => self.token.bytes().filter(|byte| *byte == b'.').count() + 1,
            count => count,
        };
        let piece = |index: usize| ranges.get(index).cloned().unwrap_or(0..0);
        let (header, faults) = Part::read(&self.token, piece(0), SegmentKind::Header);
        // `enc` identifies a JWE (RFC 7516 section 9); if the header cannot be read, five segments suffice.
        let encrypted = self.segment_count == 5 && (header.has("enc") || !header.is_whole_object());
        self.header = header;
        self.faults.extend(faults);
        self.format = if encrypted { Format::JweCompact } else { Format::JwsCompact };
        let kinds: &[SegmentKind] = if encrypted { &JWE_SEGMENTS } else { &JWS_SEGMENTS };
        for (index, range) in ranges.iter().enumerate() {
            let kind = kinds.get(index).copied().unwrap_or(SegmentKind::Extra);
            self.segments.push(Segment { kind, start: offset(range.start), end: offset(range.end) });
        }
        if encrypted {
            self.faults.insert(0, ParseProblem::encrypted());
            self.summary = "Encrypted token, five segments".to_owned();
            return;
        }
        if ranges.len() > 1 {
            let (claims, faults) = Part::read(&self.token, piece(1), SegmentKind::Payload);
            match compressed::inflated(&self.header, &claims, &self.token, piece(1)) {
                Some(read) => self.read_inflated(read),
                None => {
                    self.claims = claims;
                    self.faults.extend(faults);
                }
            }
            self.faults.extend(nested::undeclared(&self.header, &self.claims));
        }
        self.signed = 0..piece(1).end.max(piece(0).end);
        self.read_signature(ranges.get(2).cloned());
        self.faults.extend(ParseProblem::segment_count(self.segment_count, &ranges));
        self.summary = self.describe();
    }

    fn read_inflated(&mut self, read: compressed::Inflated) {
        self.claims = read.claims;
        self.compression = read.compression;
        self.is_zlib = read.is_zlib;
        self.faults.extend(read.faults);
    }

    fn read_signature(&mut self, range: Option<Range<usize>>) {
        let Some(range) = range else { return };
        let decoded = base64url::decode(&self.token[range.clone()]);
        // A last symbol with spare bits still decodes to one signature; padding and foreign characters are refused too,
        // but the bytes before them are worth showing only when the segment is whole.
        let whole =
            !matches!(decoded.issue, Some(base64url::Issue::WrongCharacter { .. } | base64url::Issue::Dangling { .. }));
        self.signature = whole.then_some(decoded.bytes);
        if let Some(issue) = decoded.issue {
            self.faults.push(ParseProblem::base64(&self.token, range.start, SegmentKind::Signature, issue));
        }
    }

    fn describe(&self) -> String {
        let count = match self.segment_count {
            1 => "one segment".to_owned(),
            2 => "two segments".to_owned(),
            3 => "three segments".to_owned(),
            count => format!("{count} segments"),
        };
        let unsecured = self.header_text("alg").is_some_and(|alg| alg.eq_ignore_ascii_case("none"));
        let signed = self.signature.as_ref().is_some_and(|signature| !signature.is_empty());
        let kind = match (self.segment_count, unsecured, signed) {
            (1, ..) => "Part of a token",
            (_, true, _) => "Unsecured token",
            (_, false, true) => "Signed token",
            (_, false, false) if self.faults.iter().any(|fault| fault.is_in(SegmentKind::Signature)) => "Signed token",
            (_, false, false) => "Token without a signature",
        };
        format!("{kind}, {count}")
    }
}

impl fmt::Debug for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parsed")
            .field("format", &self.format)
            .field("summary", &self.summary)
            .field("characters", &self.token.len())
            .finish_non_exhaustive()
    }
}

/// Offsets are at most [`MAX_CHARACTERS`] times the ten bytes of an escape, so they fit.
pub fn offset(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// True if nothing of the text is read.
pub fn is_too_large(text: &str) -> bool {
    text.len() > MAX_CHARACTERS && text.chars().take(MAX_CHARACTERS + 1).count() > MAX_CHARACTERS
}
