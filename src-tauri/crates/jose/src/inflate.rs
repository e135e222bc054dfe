//! Inflating compressed content, within a limit (RFC 7516 section 4.1.3, RFC 1951).

use std::io::Read;

use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};

/// The longest content that is inflated, in bytes: a small token may hold gigabytes.
pub const MAX_INFLATED: usize = 250_000;

/// Why content was not inflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InflateError {
    /// `zip` names no compression that this crate knows.
    Unknown,
    /// The content is not compressed that way, or is cut off.
    Damaged,
    /// It is longer than [`MAX_INFLATED`].
    TooLong,
}

/// Inflates content that was compressed as `zip` says: `DEF` (RFC 7516 section 4.1.3), or `GZIP`, which JJWT writes.
///
/// `DEF` is a bare DEFLATE stream; JJWT puts it into the ZLIB format, which is read too.
///
/// # Errors
/// [`InflateError`]
pub fn inflate(zip: &str, bytes: &[u8]) -> Result<Vec<u8>, InflateError> {
    match zip {
        "DEF" => match read(DeflateDecoder::new(bytes)) {
            Err(InflateError::Damaged) => read(ZlibDecoder::new(bytes)),
            outcome => outcome,
        },
        "GZIP" => read(GzDecoder::new(bytes)),
        _ => Err(InflateError::Unknown),
    }
}

fn read(decoder: impl Read) -> Result<Vec<u8>, InflateError> {
    let mut out = Vec::new();
    let limit = u64::try_from(MAX_INFLATED).unwrap_or(u64::MAX) + 1;
    decoder.take(limit).read_to_end(&mut out).map_err(|_| InflateError::Damaged)?;
    if out.len() > MAX_INFLATED { Err(InflateError::TooLong) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_libraries_write_is_inflated() {
        let text = br#"{"iss":"https://issuer.example","nbf":1}"#;
        assert_eq!(inflate("DEF", &deflated(text)).as_deref(), Ok(&text[..]));
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(text).unwrap();
        assert_eq!(inflate("DEF", &zlib.finish().unwrap()).as_deref(), Ok(&text[..]));
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(text).unwrap();
        assert_eq!(inflate("GZIP", &gzip.finish().unwrap()).as_deref(), Ok(&text[..]));
    }

    #[test]
    fn a_bomb_a_cut_and_an_unknown_name_are_refused() {
        assert_eq!(inflate("DEF", &deflated(&vec![b'x'; MAX_INFLATED])).map(|out| out.len()), Ok(MAX_INFLATED));
        assert_eq!(inflate("DEF", &deflated(&vec![b'x'; MAX_INFLATED + 1])), Err(InflateError::TooLong));
        assert_eq!(inflate("DEF", &deflated(&vec![0; 50_000_000])), Err(InflateError::TooLong));
        let whole = deflated(b"some text to be inflated");
        assert_eq!(inflate("DEF", &whole[..whole.len() - 3]), Err(InflateError::Damaged));
        assert_eq!(inflate("DEF", b"{}"), Err(InflateError::Damaged));
        assert_eq!(inflate("GZIP", b"{}"), Err(InflateError::Damaged));
        assert_eq!(inflate("def", &whole), Err(InflateError::Unknown));
    }
}
