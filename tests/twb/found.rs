//! `twb inspect` on texts that hold their token in another encoding.

use super::Twb;
use super::inspect::{IN_TIME, KEY, TOKEN, section};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

#[test]
fn a_token_is_found_and_verified_where_people_have_it() {
    let twb = Twb::new();
    let (first, second) = TOKEN.split_at(80);
    let session = BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"access_token":"{TOKEN}","token_type":"bearer"}}"#));
    let base64 = "  Decoded base64: this is a token in base64 once more";
    for (paste, clean_ups) in [
        (BASE64_STANDARD.encode(TOKEN), vec![base64]),
        (
            format!("Authorization: Bearer {}", BASE64_STANDARD.encode(TOKEN)),
            vec![base64, "  Removed the header name `Authorization`", "  Removed the scheme `Bearer`"],
        ),
        (format!("data:\n  token: {}", BASE64_STANDARD.encode(TOKEN)), vec![base64, "  Took the value of `token`"]),
        (
            format!("sb-project-auth-token=base64-{session}"),
            vec!["  Decoded base64: it held JSON with a token", "  Took `access_token` out of the JSON around it"],
        ),
        (
            format!("Cookie: theme=dark; sid.0={first}; sid.1={second}"),
            vec!["  Joined the 2 chunks of the cookie `sid`", "  Took the value of `sid`"],
        ),
        (TOKEN.replace('.', "\\."), vec!["  Restored the escaped dots of the token"]),
        (
            TOKEN.bytes().map(|byte| format!("{byte:02x} ")).collect(),
            vec!["  Removed white space around the token", "  Decoded hexadecimal: this is a token in hexadecimal"],
        ),
    ] {
        let said = twb.run(&[&["inspect", "--secret-base64", KEY], &IN_TIME[..]].concat(), &paste);
        assert_eq!(said.code, 0, "{}", said.out);
        assert!(said.out.starts_with("Accepted: 5 of 9 checks pass, 4 not checked\n"), "{}", said.out);
        assert_eq!(section(&said.out, "Cleaned up"), clean_ups, "{paste}");
    }
}
