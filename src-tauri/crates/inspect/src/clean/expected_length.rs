//! What a header implies about the rest of its token: how many dots, and how long the last segment is.

use jose::Algorithm;
use jose::base64url;
use jose::json::{self, Item};

/// Lengths in symbols of RSA signatures, whose keys have 1024, 2048, 3072, 4096 or 8192 bits.
const RSA: [usize; 5] = [171, 342, 512, 683, 1366];

/// Lengths in symbols of the authentication tags of RFC 7518 section 5.
const TAGS: [usize; 3] = [22, 32, 43];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExpectedLength {
    /// Two for a signed token, four for an encrypted one (RFC 7515 section 7.1, RFC 7516 section 7.1).
    pub(super) dots: usize,
    /// The possible lengths of the last segment in symbols; empty if unknown.
    pub(super) ends: Vec<usize>,
}

impl ExpectedLength {
    /// Reads a header segment, as far as it can be read.
    pub(super) fn of(header: &str) -> ExpectedLength {
        let bytes = base64url::decode(header).bytes;
        let text = String::from_utf8_lossy(&bytes);
        let members = json::scan(text.trim_start_matches('\u{FEFF}')).members;
        let find = |name: &str| members.iter().find(|item| item.name == name);
        if find("enc").is_some() {
            return ExpectedLength { dots: 4, ends: TAGS.to_vec() };
        }
        ExpectedLength { dots: 2, ends: find("alg").map(signature_lengths).unwrap_or_default() }
    }

    /// True if a last segment of that length is known to be complete.
    pub(super) fn is_met(&self, dots: usize, length: usize) -> bool {
        dots == self.dots && self.ends.contains(&length)
    }

    /// True if such a token is known to be incomplete.
    pub(super) fn is_missed(&self, dots: usize, length: usize) -> bool {
        dots < self.dots || (dots == self.dots && self.ends.iter().all(|end| length < *end) && !self.ends.is_empty())
    }
}

fn signature_lengths(alg: &Item) -> Vec<usize> {
    let name = alg.text.as_deref().unwrap_or_default();
    match name.parse::<Algorithm>() {
        Ok(algorithm) => match algorithm.signature_len() {
            Some(bytes) => vec![(bytes * 4).div_ceil(3)],
            None => RSA.to_vec(),
        },
        Err(_) if name.eq_ignore_ascii_case("none") => vec![0],
        Err(_) => Vec::new(),
    }
}
