//! Values recognised by their format, whatever their names.

/// The longest email address (RFC 5321 section 4.5.3.1.3, without the angle brackets).
const LONGEST_EMAIL: usize = 254;

/// A common email address (RFC 5322 section 3.4.1): no quotes, no comments, a domain with a dot.
///
/// Machine names of the same form do not count: service accounts belong to no person.
pub(super) fn is_email(text: &str) -> bool {
    let address = text.strip_prefix("mailto:").unwrap_or(text);
    if address.len() > LONGEST_EMAIL || address.ends_with(".gserviceaccount.com") {
        return false;
    }
    let Some((local, domain)) = address.split_once('@') else { return false };
    let is_local = |character: char| character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(character);
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    let Some((_, last)) = domain.rsplit_once('.') else { return false };
    !local.is_empty()
        && local.chars().all(is_local)
        && domain.split('.').all(is_label)
        && last.chars().count() >= 2
        && last.chars().all(char::is_alphabetic)
}

/// A telephone number with its country code (E.164), grouped or not.
pub(super) fn is_phone(text: &str) -> bool {
    let number = text.strip_prefix("tel:").unwrap_or(text);
    let Some(rest) = number.strip_prefix('+') else { return false };
    rest.len() <= 32
        && rest.chars().all(|character| character.is_ascii_digit() || " -.()/".contains(character))
        && (8..=15).contains(&digits(rest).len())
        && !rest.starts_with('0')
}

/// The number of a payment card: the length and first digits of a network, and the check digit (ISO/IEC 7812-1, Luhn).
pub(super) fn is_card(text: &str) -> bool {
    if !(13..=23).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit() || b" -".contains(&byte)) {
        return false;
    }
    let number = digits(text);
    let first = |count: usize| number.iter().take(count).fold(0u32, |sum, digit| sum * 10 + u32::from(*digit));
    let is_issued = match number.len() {
        14 => matches!(first(2), 36 | 38 | 39) || matches!(first(3), 300..=305),
        15 => matches!(first(2), 34 | 37),
        16 => {
            first(1) == 4
                || matches!(first(2), 51..=55 | 62 | 65)
                || matches!(first(3), 644..=649)
                || matches!(first(4), 2221..=2720 | 3528..=3589 | 6011)
        }
        _ => false,
    };
    is_issued && luhn(&number)
}

fn luhn(number: &[u8]) -> bool {
    let sum: u32 = number
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Countries whose bank accounts have an IBAN, each with its length (SWIFT IBAN registry).
const IBAN_LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 \
    EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 \
    LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 \
    SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20";

/// The number of a bank account: the length of its country, and the check digits (ISO 13616, mod 97).
pub(super) fn is_iban(text: &str) -> bool {
    if !(15..=42).contains(&text.len()) || !text.as_bytes().iter().take(2).all(u8::is_ascii_alphabetic) {
        return false;
    }
    let account: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').map(|byte| byte.to_ascii_uppercase()).collect();
    let Some((start, rest)) = account.split_at_checked(4) else { return false };
    let is_known = IBAN_LENGTHS.split_ascii_whitespace().any(|entry| {
        let (country, length) = entry.split_at(2);
        start.starts_with(country.as_bytes()) && length.parse() == Ok(account.len())
    });
    if !is_known || !rest.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let remainder = rest.iter().chain(start).try_fold(0u32, |sum, byte| {
        let value = char::from(*byte).to_digit(36)?;
        Some((sum * if value < 10 { 10 } else { 100 } + value) % 97)
    });
    remainder == Some(1)
}

/// A United States social security number with its hyphens: no area 000, 666 or 900 and up, no group or serial of
/// zeros.
pub(super) fn is_social_security(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_form = bytes.len() == 11
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            3 | 6 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    has_form && !matches!(&text[..3], "000" | "666") && bytes[0] != b'9' && &text[4..6] != "00" && &text[7..] != "0000"
}

fn digits(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_has_one_at_sign_and_a_domain() {
        for yes in ["alice@example.com", "a.b+c@sub.example.co.uk", "mailto:alice@example.org", "jörg@müller.de"] {
            assert!(is_email(yes), "{yes}");
        }
        for no in [
            "alice",
            "alice@localhost",
            "@example.com",
            "alice@",
            "a@b@c.de",
            "https://alice@example.com/",
            "alice@10.0.0.1",
            "Alice <alice@example.com>",
            "build@project.iam.gserviceaccount.com",
            "pkg@1.2.3",
        ] {
            assert!(!is_email(no), "{no}");
        }
    }

    #[test]
    fn a_phone_number_starts_with_its_country() {
        for yes in ["+1 (555) 010-9999", "+4930123456", "tel:+1-201-555-0123"] {
            assert!(is_phone(yes), "{yes}");
        }
        for no in ["+0200", "2025550123", "+1795440727000000", "+0049301234567", "+abc4930123456", "1.2.3"] {
            assert!(!is_phone(no), "{no}");
        }
    }

    #[test]
    fn a_card_number_passes_luhn_and_belongs_to_a_network() {
        for yes in
            ["4111111111111111", "5555 5555 5555 4444", "3782-822463-10005", "6011111111111117", "30569309025904"]
        {
            assert!(is_card(yes), "{yes}");
        }
        for no in [
            "4111111111111112",
            "5555555555554443",
            // The Luhn check passes, but no network has such numbers.
            "1111111111111117",
            "0000000000000000",
            "1795440727",
            "1795440727000",
            "4111-1111-1111-111x",
        ] {
            assert!(!is_card(no), "{no}");
        }
    }

    #[test]
    fn an_iban_passes_mod_97_and_has_its_country_s_length() {
        for yes in
            ["DE89370400440532013000", "GB82 WEST 1234 5698 7654 32", "NO9386011117947", "fr1420041010050500013m02606"]
        {
            assert!(is_iban(yes), "{yes}");
        }
        for no in
            ["DE89370400440532013001", "DE8937040044053201300", "XX89370400440532013000", "ses_9f2c41ab12cd34", "DE"]
        {
            assert!(!is_iban(no), "{no}");
        }
    }

    #[test]
    fn a_social_security_number_is_one_that_could_be_issued() {
        assert!(is_social_security("219-09-9999"));
        for no in
            ["000-12-3456", "666-12-3456", "900-12-3456", "219-00-9999", "219-09-0000", "2190-9-9999", "219099999"]
        {
            assert!(!is_social_security(no), "{no}");
        }
    }
}
