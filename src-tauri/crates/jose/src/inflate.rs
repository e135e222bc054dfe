//! Inflating compressed content, within a limit (RFC 7516 section 4.1.3, RFC 1951).

use std::io::Read;

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};

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

/// Content that was compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inflated {
    /// The content.
    pub bytes: Vec<u8>,
    /// Was it in the ZLIB format (RFC 1950)? `DEF` means bare DEFLATE, so most readers refuse that.
    pub is_zlib: bool,
    /// How many bytes follow the stream, which belong to nothing.
    pub unread: usize,
}

/// Inflates content that was compressed as `zip` says: `DEF` (RFC 7516 section 4.1.3), or `GZIP`, which JJWT writes.
///
/// `DEF` is a bare DEFLATE stream; JJWT puts it into the ZLIB format, which is read too.
///
/// # Errors
/// [`InflateError`]
pub fn inflate(zip: &str, bytes: &[u8]) -> Result<Inflated, InflateError> {
    match zip {
        "DEF" => {
            let mut decoder = DeflateDecoder::new(bytes);
            match read(&mut decoder) {
                Err(InflateError::Damaged) => {
                    let mut decoder = ZlibDecoder::new(bytes);
                    let content = read(&mut decoder)?;
                    Ok(Inflated { bytes: content, is_zlib: true, unread: decoder.into_inner().len() })
                }
                content => Ok(Inflated { bytes: content?, is_zlib: false, unread: decoder.into_inner().len() }),
            }
        }
        "GZIP" => {
            let mut decoder = GzDecoder::new(bytes);
            let content = read(&mut decoder)?;
            Ok(Inflated { bytes: content, is_zlib: false, unread: decoder.into_inner().len() })
        }
        _ => Err(InflateError::Unknown),
    }
}

fn read(decoder: &mut impl Read) -> Result<Vec<u8>, InflateError> {
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
        let plain = |is_zlib, unread| Ok(Inflated { bytes: text.to_vec(), is_zlib, unread });
        assert_eq!(inflate("DEF", &deflated(text)), plain(false, 0));
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(text).unwrap();
        let zlib = zlib.finish().unwrap();
        assert_eq!(inflate("DEF", &zlib), plain(true, 0));
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(text).unwrap();
        let gzip = gzip.finish().unwrap();
        assert_eq!(inflate("GZIP", &gzip), plain(false, 0));
        // All bytes that follow are counted.
        for after in [&b"x"[..], b"{}", &[0; 40]] {
            let with = |stream: &[u8]| [stream, after].concat();
            assert_eq!(inflate("DEF", &with(&deflated(text))), plain(false, after.len()));
            assert_eq!(inflate("DEF", &with(&zlib)), plain(true, after.len()));
            assert_eq!(inflate("GZIP", &with(&gzip)), plain(false, after.len()));
        }
    }

    #[test]
    fn a_bomb_a_cut_and_an_unknown_name_are_refused() {
        assert_eq!(inflate("DEF", &deflated(&vec![b'x'; MAX_INFLATED])).map(|out| out.bytes.len()), Ok(MAX_INFLATED));
        assert_eq!(inflate("DEF", &deflated(&vec![b'x'; MAX_INFLATED + 1])), Err(InflateError::TooLong));
        assert_eq!(inflate("DEF", &deflated(&vec![0; 50_000_000])), Err(InflateError::TooLong));
        let whole = deflated(b"some text to be inflated");
        assert_eq!(inflate("DEF", &whole[..whole.len() - 3]), Err(InflateError::Damaged));
        assert_eq!(inflate("DEF", b"{}"), Err(InflateError::Damaged));
        assert_eq!(inflate("GZIP", b"{}"), Err(InflateError::Damaged));
        assert_eq!(inflate("def", &whole), Err(InflateError::Unknown));
    }
}
