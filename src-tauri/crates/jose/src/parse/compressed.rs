//! Payloads that are compressed, as SMART Health Cards and JJWT write them. RFC 7516 section 4.1.3 defines `zip` for
//! encrypted tokens only.

use std::ops::Range;

use super::{ParseProblem, Part, SegmentKind};
use crate::base64url;
use crate::inflate::{InflateError, MAX_INFLATED, inflate};

/// A compressed payload, as far as it could be read.
pub(super) struct Inflated {
    pub(super) claims: Part,
    /// `None` if it could not be inflated.
    pub(super) compression: Option<&'static str>,
    pub(super) is_zlib: bool,
    pub(super) faults: Vec<ParseProblem>,
}

/// Inflates the payload at `place`, if the header says that it is compressed and it is no readable JSON as it stands.
pub(super) fn inflated(header: &Part, plain: &Part, token: &str, place: Range<usize>) -> Option<Inflated> {
    if plain.is_whole_object() {
        return None;
    }
    let (zip, name) = match header.text("zip")? {
        zip @ "DEF" => (zip, "DEF"),
        zip @ "GZIP" => (zip, "GZIP"),
        _ => return None,
    };
    let bytes = base64url::decode_strict(&token[place.clone()])?;
    let mut faults = Vec::new();
    match inflate(zip, &bytes) {
        Ok(found) => {
            if found.unread > 0 {
                faults.push(ParseProblem::bytes_after_stream(name, found.unread, place.start));
            }
            let claims = Part::of_inflated(&found.bytes, place, &mut faults);
            Some(Inflated { claims, compression: Some(name), is_zlib: found.is_zlib, faults })
        }
        Err(error) => {
            let at = place.start;
            let claims = Part::of_inflated(&[], place, &mut Vec::new());
            let fault = match error {
                InflateError::TooLong => ParseProblem::inflates_too_far(name, at),
                InflateError::Damaged | InflateError::Unknown => ParseProblem::not_inflated(name, at),
            };
            Some(Inflated { claims, compression: None, is_zlib: false, faults: vec![fault] })
        }
    }
}

impl ParseProblem {
    fn inflates_too_far(name: &str, at: usize) -> ParseProblem {
        let reason = format!("The payload inflates to more than {} KB", MAX_INFLATED / 1000);
        let message = format!("It is compressed (zip {name}); the rest is not read.");
        let mut fault =
            ParseProblem::new(&reason, &message, &reason, "", "RFC 7516 §4.1.3").at(SegmentKind::Payload, at);
        fault.limit = true;
        fault
    }

    fn bytes_after_stream(name: &str, count: usize, at: usize) -> ParseProblem {
        let bytes = if count == 1 { "1 byte follows".to_owned() } else { format!("{count} bytes follow") };
        let title = format!("{bytes} the compressed payload");
        let message = format!("The stream of zip {name} ends before them: readers disagree on what they mean.");
        let fix = "Send the compressed stream alone";
        ParseProblem::new(&title, &message, &title, fix, "RFC 7516 §4.1.3").at(SegmentKind::Payload, at)
    }

    fn not_inflated(name: &str, at: usize) -> ParseProblem {
        let title = format!("The payload is not compressed as zip says, with {name}");
        let message = "Its bytes are no such stream, or its end is missing.";
        let fix = "Compress it with DEFLATE (RFC 1951), or leave `zip` out";
        ParseProblem::new(&title, message, &title, fix, "RFC 7516 §4.1.3").at(SegmentKind::Payload, at)
    }
}
