//! One decoded JSON segment: header or claims set, with every member's position in the token.

use std::ops::Range;

use super::{ParseProblem, nested, offset};
use crate::base64url;
use crate::json::ValueKind;
use crate::json::{self, Item, Scanned};
use crate::parse::SegmentKind;
use crate::words::same;

/// A header or claims set as far as it could be read.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// The decoded text up to the first byte that could not be read.
    pub text: String,
    /// The JSON read from it.
    pub scanned: Scanned,
    /// True if something after `text` could not be read.
    pub cut: bool,
    /// True if not every symbol of the segment could be decoded, so that its bytes are not known.
    undecoded: bool,
    /// True if the segment is compressed, so that no member has a position of its own.
    inflated: bool,
    /// The segment in the token; `None` if the token is JSON, which has none.
    place: Option<Range<usize>>,
    /// Decoded bytes before `text`: a byte order mark.
    skipped: usize,
}

/// The result of looking up a name.
#[derive(Debug, Clone, Copy)]
pub enum Lookup<'a> {
    /// There is no such member.
    Absent,
    /// There is more than one.
    Duplicate,
    /// Exactly one.
    Found(&'a Item),
}

fn is_object(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        let scanned = json::scan(text);
        scanned.broken.is_none() && scanned.root == Some(ValueKind::Object)
    })
}

impl Part {
    /// Reads the segment at `place`.
    pub(super) fn read(token: &str, place: Range<usize>, kind: SegmentKind) -> (Part, Vec<ParseProblem>) {
        let segment = &token[place.clone()];
        let mut faults = Vec::new();
        if segment.is_empty() {
            return (
                Part { place: Some(place.clone()), ..Part::default() },
                vec![ParseProblem::missing(kind, place.start)],
            );
        }
        let mut decoded = base64url::decode(segment);
        // Plain base64 is refused, but what it says is known. Anything but whole JSON is one damaged character instead.
        let plain = decoded.issue.and_then(|_| base64url::decode_plain(segment)).filter(|bytes| is_object(bytes));
        if let Some(issue) = decoded.issue {
            let fault = ParseProblem::base64(token, place.start, kind, issue);
            faults.push(if plain.is_some() { fault.read_on() } else { fault });
        }
        if let Some(bytes) = plain {
            decoded = base64url::Decoded { bytes, issue: None };
        }
        let part = Part::of_bytes(&decoded.bytes, Some(place), kind, &mut faults);
        let cut_by = decoded.issue.filter(|issue| {
            matches!(issue, base64url::Issue::WrongCharacter { .. } | base64url::Issue::Dangling { .. })
        });
        match cut_by {
            Some(issue) if part.scanned.broken.is_some() => {
                let recovered = part.scanned.members.len();
                let left = segment.len() - issue.at();
                faults.push(ParseProblem::cut(kind, base64url::bytes_before(issue.at()), recovered, left));
                (Part { cut: true, undecoded: true, ..part }, faults)
            }
            // The text may end well before the wrong character, but what follows that was never read.
            Some(_) => (Part { cut: true, undecoded: true, ..part }, faults),
            None => (part, faults),
        }
    }

    /// Reads JSON that is no segment of a token.
    pub(crate) fn of_json(text: &str) -> Part {
        Part::of_bytes(text.as_bytes(), None, SegmentKind::Header, &mut Vec::new())
    }

    /// Reads decoded bytes; `place` is the position of their symbols in the token.
    pub(super) fn of_bytes(
        bytes: &[u8],
        place: Option<Range<usize>>,
        kind: SegmentKind,
        faults: &mut Vec<ParseProblem>,
    ) -> Part {
        let start = place.as_ref().map_or(0, |place| place.start);
        let in_token = |byte: usize| start + base64url::symbols_of(byte..byte + 1).start;
        let marked = bytes.strip_prefix(b"\xEF\xBB\xBF");
        if marked.is_some() {
            faults.push(ParseProblem::byte_order_mark(kind, start));
        }
        let skipped = bytes.len() - marked.unwrap_or(bytes).len();
        let bytes = marked.unwrap_or(bytes);
        let (text, bad_byte) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let readable = bytes.get(..error.valid_up_to()).unwrap_or_default();
                (std::str::from_utf8(readable).unwrap_or_default(), Some(error.valid_up_to()))
            }
        };
        let scanned = json::scan(text);
        let is_token = kind == SegmentKind::Payload && bad_byte.is_none() && nested::payload_token(text).is_some();
        let had_base64_fault = faults.iter().any(ParseProblem::stops_decoding);
        if let Some(at) = bad_byte {
            // A cut in the middle of a character is a consequence of the base64 error, which is already reported.
            let cut_inside = had_base64_fault && bytes.len() - at < 4;
            if !cut_inside {
                faults.push(ParseProblem::not_utf8(kind, in_token(at + skipped), at, bytes, scanned.members.len()));
            }
        } else if is_token {
            faults.push(ParseProblem::nested(kind, start));
        } else if let Some(broken) = &scanned.broken
            && !had_base64_fault
        {
            let recovered = scanned.members.len();
            faults.push(ParseProblem::json(kind, in_token(broken.at + skipped), broken, recovered, text));
        }
        if let Some(at) = scanned.lone_surrogate {
            faults.push(ParseProblem::lone_surrogate(kind, in_token(at + skipped), at));
        }
        if !is_token && scanned.broken.is_none() && bad_byte.is_none() && scanned.root != Some(ValueKind::Object) {
            faults.push(ParseProblem::not_an_object(kind, scanned.root, start));
        }
        Part {
            text: text.to_owned(),
            scanned,
            cut: bad_byte.is_some(),
            undecoded: false,
            inflated: false,
            place,
            skipped,
        }
    }

    /// Reads the inflated bytes of a payload, whose segment at `place` is compressed.
    pub(super) fn of_inflated(bytes: &[u8], place: Range<usize>, faults: &mut Vec<ParseProblem>) -> Part {
        let start = place.start;
        let mut found = Vec::new();
        let part = Part::of_bytes(bytes, None, SegmentKind::Payload, &mut found);
        // Positions in the text are none in the token.
        faults.extend(found.into_iter().map(|fault| fault.at(SegmentKind::Payload, start)));
        Part { place: Some(place), inflated: true, ..part }
    }

    /// The decoded text, including a leading byte order mark.
    pub fn whole_text(&self) -> String {
        let mark = if self.skipped > 0 { "\u{feff}" } else { "" };
        [mark, &self.text].concat()
    }

    /// True if it is a JSON object that was read to its end.
    pub fn is_whole_object(&self) -> bool {
        !self.cut && self.scanned.broken.is_none() && self.scanned.root == Some(ValueKind::Object)
    }

    /// True if the bytes of the segment are known, whatever they hold.
    pub(super) fn is_decoded(&self) -> bool {
        !self.undecoded && self.place.is_some()
    }

    /// The members in order.
    pub fn members(&self) -> &[Item] {
        &self.scanned.members
    }

    /// The member with this name.
    pub fn find(&self, name: &str) -> Lookup<'_> {
        match self.scanned.members.iter().find(|item| same(&item.name, name)) {
            None => Lookup::Absent,
            Some(item) if item.duplicate => Lookup::Duplicate,
            Some(item) => Lookup::Found(item),
        }
    }

    /// True if the name occurs at least once.
    pub fn has(&self, name: &str) -> bool {
        !matches!(self.find(name), Lookup::Absent)
    }

    /// The unescaped value of a string member that occurs once.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.find(name) {
            Lookup::Found(item) => item.text.as_deref(),
            _ => None,
        }
    }

    /// The value in whole seconds of a number that occurs once and fits.
    pub fn seconds(&self, name: &str) -> Option<i64> {
        match self.find(name) {
            Lookup::Found(item) => self.seconds_of(item),
            _ => None,
        }
    }

    /// The member's value in whole seconds, if it is a number that fits.
    pub fn seconds_of(&self, item: &Item) -> Option<i64> {
        (item.kind == ValueKind::Number).then(|| json::number(self.raw(item)).seconds()).flatten()
    }

    /// The member's value as JSON text.
    pub fn raw(&self, item: &Item) -> &str {
        self.text.get(item.value.clone()).unwrap_or_default()
    }

    /// The words of a list member: a string split at spaces, or an array of strings.
    pub fn words(&self, item: &Item) -> Option<Vec<String>> {
        match item.kind {
            ValueKind::String => item
                .text
                .as_ref()
                .map(|text| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()),
            ValueKind::Array => json::strings(self.raw(item)),
            _ => None,
        }
    }

    /// The range of the token's characters that encode the member.
    pub fn place_of(&self, item: &Item) -> (u32, u32) {
        let Some(place) = &self.place else { return (0, 0) };
        if self.inflated {
            return (offset(place.start), offset(place.end));
        }
        let symbols = base64url::symbols_of(item.span.start + self.skipped..item.span.end + self.skipped);
        let inside = |symbol: usize| offset((place.start + symbol).min(place.end));
        (inside(symbols.start), inside(symbols.end))
    }
}
