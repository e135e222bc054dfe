//! Everything that can be wrong with the text itself, with position, consequence and cure.

mod words;

use std::ops::Range;

use super::{Problem, SegmentKind};
use crate::base64url::Issue;
use crate::json::Broken;
use crate::json::ValueKind;
use crate::visible::visible;
use crate::words::together;

pub(crate) use words::kind_words;
use words::{encode_again, instead_of_encoding, name_of, named, recovered_words, why_not_base64url, written_out};

const DETACHED: &str = "Detached content (RFC 7515 appendix F) travels elsewhere; a JWT has claims.";

/// Why the end of a token is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The program that printed it shortened it.
    Ellipsis,
    /// It continues on another line in an unknown way.
    LineEnd,
}

/// A problem together with what the trace says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseProblem {
    /// The displayed problem.
    pub problem: Problem,
    /// One line for the trace: "Payload has + at character 188".
    pub reason: String,
    /// What must change to pass.
    pub fix: String,
    /// The source of the rule.
    pub rfc: &'static str,
    decoding_stops: bool,
    /// The segment that must be encoded again, if that fixes it.
    encode: Option<SegmentKind>,
    /// The text is fine, but this crate reads no further.
    pub limit: bool,
}

/// What to do with a JWE.
const DECRYPT: &str =
    "Decrypt it with the recipient's key; an API that checks signatures needs the signed token that may be inside";

impl ParseProblem {
    /// True if it is about nothing but the `=` at a segment's end.
    pub fn is_padding(&self) -> bool {
        self.problem.title.starts_with("Padding ")
    }

    pub(super) fn empty() -> ParseProblem {
        ParseProblem::new(
            "Nothing to read",
            "The text is empty or white space.",
            "Nothing to read",
            "Paste a token",
            "RFC 7515 §7.1",
        )
    }

    pub(super) fn too_large() -> ParseProblem {
        let message = "Longer than 1,048,576 characters; a token that long fits in no HTTP header.";
        ParseProblem::new("Too long to read", message, "Longer than 1 MiB", "Paste only the token", "RFC 7515 §7.1")
    }

    pub(super) fn opaque() -> ParseProblem {
        let message = "No segment decodes to JSON. If it is an opaque token, only its issuer can read it: ask its \
                       introspection endpoint.";
        let fix = "Send it to the server that issued it; an API that checks JWTs needs one from its issuer";
        ParseProblem::new("No JSON header", message, "No JSON header found", fix, "RFC 7515 §3.1")
    }

    /// A text that is something else than a whole token: what it is, the reason with what to do, one line for the
    /// trace, and what must change.
    pub fn something_else(title: &str, message: &str, reason: &str, fix: &str) -> ParseProblem {
        ParseProblem::new(title, message, reason, fix, "RFC 7515 §7.1")
    }

    pub(super) fn words() -> ParseProblem {
        let title = "This is not a token";
        let message =
            "It has white space inside, and no part of it starts like a token: `eyJ` and two dots further on.";
        ParseProblem::new(title, message, title, "Paste the token", "RFC 7515 §7.1")
    }

    pub(super) fn encrypted() -> ParseProblem {
        let message =
            "Five segments are a JWE: only the header can be read without the key, and nothing proves who made it.";
        let (title, reason) = ("Encrypted, not signed", "5 segments: encrypted, not signed");
        ParseProblem::new(title, message, reason, DECRYPT, "RFC 7516 §9")
    }

    pub(super) fn encrypted_json(message: &str) -> ParseProblem {
        let reason = "JWE JSON serialization: encrypted, not signed";
        ParseProblem::new("Encrypted, not signed", message, reason, DECRYPT, "RFC 7516 §7.2")
    }

    pub(super) fn json_serialization(what: &str, message: String) -> ParseProblem {
        let reason = format!("{what}, not a compact token");
        ParseProblem::new(what, &message, &reason, "Send the compact form, three segments with dots", "RFC 7519 §1")
    }

    pub(super) fn both_forms() -> ParseProblem {
        let message = "`signature` and `signatures` stand side by side: libraries disagree on which of them counts.";
        let title = "Flat and general form at once";
        ParseProblem::new(title, message, title, "Send one of the two", "RFC 7515 §7.2.2")
    }

    pub(super) fn unprotected_algorithm(numbers: &str) -> ParseProblem {
        let title = "The algorithm is not signed";
        let message = format!(
            "In signature {numbers} alg stands outside the protected header: whoever changes it chooses how the \
             signature is checked. Move alg into `protected`."
        );
        ParseProblem::new(title, &message, title, "Move alg into the protected header", "RFC 7515 §4.1.1")
    }

    pub(super) fn headers_overlap(numbers: &str) -> ParseProblem {
        let title = "A name stands in both headers";
        let message = format!(
            "In signature {numbers} the protected and the unprotected header share a name; a library must refuse that. \
             Keep the protected one."
        );
        ParseProblem::new(title, &message, title, "Name each header parameter once", "RFC 7515 §4")
    }

    pub(super) fn payload_not_encoded() -> ParseProblem {
        let title = "The payload is not encoded";
        let message = "b64 is false: the payload stands as it is, and a JWT never does that (RFC 7797 section 7).";
        ParseProblem::new(title, message, title, "Leave b64 out and encode the payload", "RFC 7797 §7")
    }

    pub(super) fn not_all_listed(listed: usize, count: usize) -> ParseProblem {
        let title = format!("{listed} of {count} signatures can be looked at alone");
        let message = "Only a protected header and an encoded payload have a compact form. Equal signatures, those \
                       past the 49th and those that would make the list longer than 1 MiB are left out.";
        ParseProblem::new(&title, message, &title, "Send one compact token", "RFC 7515 §7.1")
    }

    pub(super) fn nested(kind: SegmentKind, at: usize) -> ParseProblem {
        let title = "The payload is another token";
        let message = "A nested token: the claims are in the inner one, which is judged on its own.";
        ParseProblem::new(title, message, title, "Send the inner token, or open both", "RFC 7519 §7.2").at(kind, at)
    }

    pub(super) fn undeclared_nesting() -> ParseProblem {
        let title = "cty does not say JWT";
        let message =
            "A token around another token has `cty` JWT in its header, or libraries take the inner one for claims.";
        ParseProblem::new(title, message, title, "Set `cty` to JWT", "RFC 7519 §5.2")
    }

    pub(super) fn detached() -> ParseProblem {
        let title = "The payload is missing";
        ParseProblem::new(title, DETACHED, title, "Send the payload with it", "RFC 7515 §F")
    }

    pub(super) fn segment_count(count: usize, ranges: &[Range<usize>]) -> Option<ParseProblem> {
        let end = ranges.last().map_or(0, |range| range.end);
        let third = ranges.get(3).map_or(end, |range| range.start.saturating_sub(1));
        let fix = "Send three segments: header.payload.signature";
        let fault = match count {
            1 => ParseProblem::new(
                "Only one segment",
                "A header, or a payload without one. The rest is missing.",
                "1 segment instead of 3",
                fix,
                "RFC 7515 §7.1",
            ),
            2 => ParseProblem::new(
                "The signature is missing",
                "Two segments. Even an unsecured token ends in a dot.",
                "2 segments instead of 3",
                fix,
                "RFC 7515 §7.1",
            )
            .at(SegmentKind::Payload, end),
            3 => return None,
            _ => ParseProblem::new(
                &format!("{count} segments"),
                "A signed token has three; five are an encrypted one's, whose header has `enc`.",
                &format!("{count} segments instead of 3"),
                fix,
                "RFC 7515 §7.1",
            )
            .at(SegmentKind::Extra, third),
        };
        Some(fault)
    }

    /// The end of the token is missing; its context says why.
    pub(super) fn breaks_off(cut: Cut, kind: SegmentKind, at: usize) -> ParseProblem {
        let (title, message) = match cut {
            Cut::Ellipsis => (
                "The token breaks off",
                "An ellipsis stood where the rest should be: whatever printed this token shortened it.",
            ),
            Cut::LineEnd => (
                "The token breaks off at the line end",
                "The next line looks like the rest, but what stands between is not known. Paste the token as one line.",
            ),
        };
        ParseProblem::new(title, message, title, "Paste the whole token", "RFC 7515 §7.1").at(kind, at)
    }

    pub(super) fn missing(kind: SegmentKind, at: usize) -> ParseProblem {
        let name = name_of(kind);
        let message = match kind {
            SegmentKind::Payload => DETACHED,
            _ => "Nothing stands before the first dot.",
        };
        let title = format!("The {} is empty", name.to_lowercase());
        ParseProblem::new(&title, message, &format!("{name} is empty"), "Send all three segments", "RFC 7515 §7.1")
            .at(kind, at)
    }

    pub(super) fn base64(token: &str, start: usize, kind: SegmentKind, issue: Issue) -> ParseProblem {
        let at = start + issue.at();
        let (name, character) = (name_of(kind), at + 1);
        let lower = name.to_lowercase();
        let encode = encode_again(&[&lower]);
        let fault = match issue {
            Issue::WrongCharacter { found, .. } => {
                let shown = written_out(token, at).unwrap_or_else(|| visible(&found.to_string()).into_owned());
                let title = format!("Character {character} is not base64url");
                let reason = format!("{name} has {} at character {character}", named(&shown).unwrap_or(&shown));
                let fix = instead_of_encoding(&shown).unwrap_or(&encode);
                ParseProblem::new(&title, &why_not_base64url(&shown), &reason, fix, "RFC 7515 §2")
            }
            Issue::Padding { .. } => {
                let title = format!("Padding at character {character}");
                let message = "base64url in a token ends without `=`. The bytes before it were read.";
                ParseProblem::new(&title, message, &format!("{name} ends in ="), &encode, "RFC 7515 §2")
            }
            Issue::Dangling { .. } => {
                let title = format!("The {lower} is cut at character {character}");
                let message =
                    "Its last symbol carries six bits, and a byte has eight: at least one character is missing.";
                let reason = format!("{name} is cut at character {character}");
                ParseProblem::new(&title, message, &reason, "Paste the whole token", "RFC 4648 §4")
            }
            Issue::NonCanonical { .. } => {
                let title = "Unused bits are set in the last character (non-canonical base64url)";
                let message = format!("Character {character} has another spelling for the same bytes.");
                let reason = format!("{name} has unused bits set in its last character, {character}");
                ParseProblem::new(title, &message, &reason, &encode, "RFC 4648 §3.5")
            }
        };
        let encode = (fault.fix == encode).then_some(kind);
        let decoding_stops = matches!(issue, Issue::WrongCharacter { .. } | Issue::Dangling { .. });
        ParseProblem { decoding_stops, encode, ..fault }.at(kind, at)
    }

    /// For a segment that could be decoded in spite of it.
    pub(super) fn read_on(self) -> ParseProblem {
        ParseProblem { decoding_stops: false, ..self }
    }

    /// True if encoding its segment again fixes it.
    pub(crate) fn is_encoding(&self) -> bool {
        self.encode.is_some()
    }

    /// What must change so that none of these problems is left, in one sentence.
    pub(crate) fn fix_of(faults: &[&ParseProblem]) -> String {
        let segments: Vec<String> =
            faults.iter().filter_map(|fault| Some(name_of(fault.encode?).to_lowercase())).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let mut fixes: Vec<String> = Vec::new();
        for fault in faults {
            let fix = if fault.encode.is_some() { encode_again(&segments) } else { fault.fix.clone() };
            if !fixes.contains(&fix) {
                fixes.push(fix);
            }
        }
        together(&fixes)
    }

    /// Adds how far a segment with a wrong character was read.
    pub(super) fn cut(kind: SegmentKind, byte: usize, recovered: usize, left: usize) -> ParseProblem {
        let reason = format!("{} could not be read past byte {byte}", name_of(kind));
        let characters = if left == 1 { "character" } else { "characters" };
        let message = format!("{}, {left} {characters} left unread.", recovered_words(kind, recovered));
        let mut fault = ParseProblem::new(
            &format!("Cut at byte {byte}"),
            &message,
            &reason,
            "Paste the whole token",
            "RFC 7515 §5.2",
        );
        fault.problem.segment = Some(kind);
        fault
    }

    pub(super) fn byte_order_mark(kind: SegmentKind, at: usize) -> ParseProblem {
        let name = name_of(kind);
        let reason = format!("{name} starts with a byte order mark");
        let message = "JSON in a token is UTF-8 without a byte order mark (RFC 8259 section 8.1).";
        ParseProblem::new(&reason, message, &reason, "Encode it without the mark", "RFC 8259 §8.1").at(kind, at)
    }

    pub(super) fn not_utf8(kind: SegmentKind, at: usize, byte: usize, bytes: &[u8], recovered: usize) -> ParseProblem {
        let name = name_of(kind);
        let utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
        let title = format!("{name} is not UTF-8 at byte {byte}");
        let found = bytes.get(byte).copied().unwrap_or_default();
        let message = if utf16 {
            "It starts like UTF-16. JSON in a token is UTF-8.".to_owned()
        } else {
            format!("Found the byte 0x{found:02x}. {}.", recovered_words(kind, recovered))
        };
        ParseProblem::new(&title, &message, &title, "Encode it as UTF-8", "RFC 7519 §7.2").at(kind, at)
    }

    pub(super) fn json(kind: SegmentKind, at: usize, broken: &Broken, recovered: usize, text: &str) -> ParseProblem {
        let name = name_of(kind);
        if broken.limit {
            let title = format!("{name} is not read past byte {}", broken.at);
            let message = format!("{} {}.", broken.message, recovered_words(kind, recovered));
            let fault = ParseProblem::new(&title, &message, broken.message.trim_end_matches('.'), "", "RFC 8259 §9")
                .at(kind, at);
            return ParseProblem { limit: true, ..fault };
        }
        let title = if text.contains('\0') {
            format!("{name} is not JSON in UTF-8")
        } else {
            match broken.at < text.len() {
                true => format!("{name} is not JSON from byte {}", broken.at),
                false => format!("{name} JSON ends early at byte {}", broken.at),
            }
        };
        let message = format!("{} {}.", broken.message, recovered_words(kind, recovered));
        let fix = format!("Make the {} one JSON object", name.to_lowercase());
        ParseProblem::new(&title, &message, &title, &fix, "RFC 7519 §7.2").at(kind, at)
    }

    pub(super) fn lone_surrogate(kind: SegmentKind, at: usize, byte: usize) -> ParseProblem {
        let title = format!("Half a character at byte {byte}");
        let message = "A `\\ud800`-like escape without its partner is no Unicode text; parsers disagree about it.";
        let reason = format!("{} has a lone surrogate at byte {byte}", name_of(kind));
        ParseProblem::new(&title, message, &reason, "Escape both halves or write the character", "RFC 8259 §8.2")
            .at(kind, at)
    }

    pub(super) fn not_an_object(kind: SegmentKind, found: Option<ValueKind>, at: usize) -> ParseProblem {
        let found = kind_words(found);
        let (title, rfc) = match kind {
            SegmentKind::Header => ("Not a JOSE header", "RFC 7515 §4"),
            _ => ("Not a JWT claims set", "RFC 7519 §7.2"),
        };
        let message = format!("It is {found}; only a JSON object has members.");
        let reason = format!("{} is {found}, not an object", name_of(kind));
        ParseProblem::new(title, &message, &reason, "Send a JSON object", rfc).at(kind, at)
    }

    /// True if it prevented bytes of its segment from being decoded.
    pub(super) fn stops_decoding(&self) -> bool {
        self.decoding_stops
    }

    /// True if it reports that the last symbol before this position is single or has spare bits.
    pub(super) fn is_cut_at_end(&self, end: usize) -> bool {
        let before = end.checked_sub(1).map(super::offset);
        self.problem.at.is_some() && self.problem.at == before && matches!(self.rfc, "RFC 4648 §4" | "RFC 4648 §3.5")
    }

    pub(super) fn is_in(&self, kind: SegmentKind) -> bool {
        self.problem.segment == Some(kind)
    }

    pub(super) fn new(title: &str, message: &str, reason: &str, fix: &str, rfc: &'static str) -> ParseProblem {
        let problem = Problem { title: title.to_owned(), message: message.to_owned(), segment: None, at: None };
        ParseProblem {
            problem,
            reason: reason.to_owned(),
            fix: fix.to_owned(),
            rfc,
            decoding_stops: false,
            encode: None,
            limit: false,
        }
    }

    pub(super) fn at(mut self, kind: SegmentKind, at: usize) -> ParseProblem {
        self.problem.segment = Some(kind);
        self.problem.at = Some(super::offset(at));
        self
    }
}
