//! SMART Health Cards as QR codes hold them: `shc:/` and two digits for each character of the token.

use super::decode::Plain;
use super::taken::Taken;
use jose::base64url::is_symbols_and_dots;
use jose::steps::walk;

const SCHEME: &str = "shc:/";

/// What every pair of digits is less than its character: `-`, the first of base64url, becomes 00.
const FIRST: u8 = b'-';

/// The most QR codes that one card was split into.
const MOST_CHUNKS: usize = 100;

/// Decodes the digits of one card, in one piece or in all its numbered chunks.
pub(super) fn decoded(text: &str) -> Option<Plain> {
    let is_one = text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME));
    if !is_one {
        return None;
    }
    walk(text.len());
    let chunks: Option<Vec<Chunk<'_>>> = text.split_whitespace().take(MOST_CHUNKS + 1).map(Chunk::read).collect();
    let mut chunks = chunks.filter(|chunks| chunks.len() <= MOST_CHUNKS)?;
    chunks.sort_by_key(|chunk| chunk.number);
    chunks.dedup();
    let count = chunks.len();
    if !chunks.iter().zip(1..).all(|(chunk, number)| chunk.number == number && chunk.count == count) {
        return None;
    }
    let kept: Option<Vec<String>> = chunks.iter().map(|chunk| characters(chunk.digits)).collect();
    let kept = kept?.concat();
    let message = match count {
        1 => "Decoded the digits of a SMART Health Card's QR code".to_owned(),
        _ => format!("Decoded the digits of a SMART Health Card's {count} QR codes"),
    };
    let is_token = is_symbols_and_dots(&kept) && kept.matches('.').count() == 2;
    is_token.then(|| Plain { taken: Taken::HealthCard, message, removed: text.to_owned(), kept })
}

/// The content of one QR code: `shc:/DIGITS`, or `shc:/NUMBER/COUNT/DIGITS`.
#[derive(PartialEq)]
struct Chunk<'a> {
    number: usize,
    count: usize,
    digits: &'a str,
}

impl Chunk<'_> {
    fn read(text: &str) -> Option<Chunk<'_>> {
        let rest = text.get(..SCHEME.len()).filter(|start| start.eq_ignore_ascii_case(SCHEME))?;
        let rest = &text[rest.len()..];
        match rest.splitn(3, '/').collect::<Vec<_>>()[..] {
            [digits] => Some(Chunk { number: 1, count: 1, digits }),
            [number, count, digits] => Some(Chunk { number: number.parse().ok()?, count: count.parse().ok()?, digits }),
            _ => None,
        }
    }
}

fn characters(digits: &str) -> Option<String> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| match pair {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some(char::from((tens - b'0') * 10 + (ones - b'0') + FIRST)),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::decoded;
    use crate::clean::clean;

    const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln-_";

    fn digits(text: &str) -> String {
        text.bytes().map(|byte| format!("{:02}", byte - 45)).collect()
    }

    #[test]
    fn the_digits_of_a_qr_code_become_the_token() {
        let cleaned = clean(&format!("  SHC:/{}\n", digits(TOKEN)));
        assert_eq!(cleaned.text, TOKEN);
        let said: Vec<_> = cleaned.clean_ups.iter().map(|one| (one.message.as_str(), one.refused)).collect();
        assert_eq!(
            said,
            [
                ("Removed white space around the token", None),
                ("Decoded the digits of a SMART Health Card's QR code", None)
            ]
        );
    }

    #[test]
    fn the_chunks_of_several_qr_codes_are_joined_in_their_order_if_all_are_there() {
        let (one, two) = TOKEN.split_at(30);
        let chunk = |number: usize, part: &str| format!("shc:/{number}/2/{}", digits(part));
        let all = format!("{}\n{}", chunk(2, two), chunk(1, one));
        assert_eq!(decoded(&all).unwrap().kept, TOKEN);
        assert_eq!(decoded(&all).unwrap().message, "Decoded the digits of a SMART Health Card's 2 QR codes");
        assert!(decoded(&chunk(1, one)).is_none());
        assert!(decoded(&format!("{}\n{}", chunk(1, one), chunk(1, two))).is_none());
    }

    #[test]
    fn other_digits_are_left_alone() {
        for text in ["shc:/", "shc:/567", "shc:/56a6", "shc:/99", "shc:/1/x/56", "shc:/1/2", "shc:", "5676290952"] {
            assert!(decoded(text).is_none(), "{text}");
        }
    }
}
