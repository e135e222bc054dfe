//! What was taken off, and whether a server would have refused it: what was around a token may be the fault itself.

/// Something taken off around or inside a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    WhiteSpace,
    ByteOrderMark,
    Invisible,
    InvisibleInside,
    Colours,
    PercentEncoding,
    PercentInHeader,
    /// The chunks of a cookie, joined.
    Chunks,
    /// Dots as source code or a page writes them.
    CodedDots,
    MarkedDots,
    /// Before the signs of a token, as Markdown has them.
    Backslashes,
    Hexadecimal,
    HexadecimalInHeader,
    Base64,
    Base64InHeader,
    Quotes,
    QuotesInValue,
    Json,
    JsonInValue,
    HeaderName,
    HeaderNameAgain,
    Scheme,
    SchemeAgain,
    SchemeWithMark,
    Command,
    /// The name of a cookie, a parameter or a variable.
    Name,
    Text,
    Marks,
    MarksInValue,
    Bytes,
    Optional,
    Nul,
    NulInside,
    ControlsInside,
    ControlAfter,
    ControlBefore,
    QuestionMark,
    FullStop,
    FourthSegment,
    Ellipsis,
    Padding,
    CookieSignature,
    /// Two digits for each character.
    HealthCard,
    /// The disclosures of an SD-JWT (RFC 9901 section 4).
    Disclosures,
    /// What a mail program or source code put between the pieces.
    LineJoins,
    BreaksInside,
}

impl Taken {
    /// Why a server refuses the token with it; `None` if it is harmless.
    pub(super) fn refused(self) -> Option<&'static str> {
        match self {
            Taken::WhiteSpace
            | Taken::ByteOrderMark
            | Taken::Invisible
            | Taken::Colours
            | Taken::PercentEncoding
            | Taken::Chunks
            | Taken::CodedDots
            | Taken::Hexadecimal
            | Taken::Base64
            | Taken::Quotes
            | Taken::Json
            | Taken::HeaderName
            | Taken::Scheme
            | Taken::Command
            | Taken::Name
            | Taken::Text
            | Taken::Marks
            | Taken::FullStop
            | Taken::Ellipsis
            | Taken::CookieSignature
            | Taken::HealthCard
            | Taken::Disclosures
            | Taken::LineJoins => None,
            Taken::InvisibleInside => Some("the token has invisible characters in it"),
            Taken::PercentInHeader => Some("the header is percent-encoded, which no server decodes"),
            Taken::MarkedDots => Some("the dots between the segments are escaped"),
            Taken::Backslashes => Some("the token has backslashes in it"),
            Taken::HexadecimalInHeader => Some("the token in the header is in hexadecimal"),
            Taken::Base64InHeader => Some("the token in the header is in base64 once more"),
            Taken::QuotesInValue => Some("the token is in quotes in the header"),
            Taken::JsonInValue => Some("the header holds JSON instead of the token in it"),
            Taken::HeaderNameAgain => Some("the header's value repeats its name"),
            Taken::SchemeAgain => Some("the scheme is there twice"),
            Taken::SchemeWithMark => Some("the scheme must be followed by a single space"),
            Taken::MarksInValue => Some("the header has other characters around the token"),
            Taken::Bytes => Some("the token is inside Python's b'…'; decode the bytes before sending them"),
            Taken::Optional => Some("the program printed a wrapper around the token: unwrap it before it is sent"),
            Taken::Nul => Some("a NUL byte follows the token"),
            Taken::NulInside => Some("the token has a NUL byte in it"),
            Taken::ControlsInside => Some("the token has control characters in it"),
            Taken::ControlAfter => Some("a control character follows the token"),
            Taken::ControlBefore => Some("a control character stands before the token"),
            Taken::QuestionMark => Some("a question mark follows the token"),
            Taken::Padding => Some("the token ends in padding (`=`), which base64url in a token does not have"),
            Taken::FourthSegment => Some("the dot at the end begins a fourth segment"),
            Taken::BreaksInside => Some("the token has white space in it"),
        }
    }
}
