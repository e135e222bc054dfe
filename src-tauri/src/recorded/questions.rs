//! What is asked. Component tests name what they need here.

use super::profile::World;
use serde_json::{Value, json};

/// A text, and what it is judged with.
pub(super) struct Question {
    /// The name of its file.
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    /// The name of a key in [`key`].
    pub(super) key: Option<&'static str>,
    pub(super) policy: Option<&'static str>,
    /// How many seconds after noon it is asked.
    pub(super) after: i64,
    /// Is it judged byte for byte?
    pub(super) exact: bool,
    pub(super) world: World,
}

/// A token, changed and signed.
pub(super) struct Preview {
    /// The name of its file.
    pub(super) name: &'static str,
    pub(super) original: &'static str,
    /// The changes, in order.
    pub(super) edits: &'static [&'static str],
    pub(super) signer: &'static str,
    pub(super) world: World,
}

const fn text(name: &'static str) -> Question {
    Question { name, text: name, key: None, policy: None, after: 0, exact: false, world: World::Usual }
}

const fn later(name: &'static str, text: &'static str, after: i64) -> Question {
    Question { name, text, key: None, policy: None, after, exact: false, world: World::Usual }
}

const fn with_key(name: &'static str, text: &'static str, key: &'static str) -> Question {
    Question { name, text, key: Some(key), policy: None, after: 0, exact: false, world: World::Usual }
}

const fn by(name: &'static str, policy: &'static str) -> Question {
    Question { name, text: "valid", key: None, policy: Some(policy), after: 0, exact: false, world: World::Usual }
}

pub(super) const QUESTIONS: &[Question] = &[
    text("admin"),
    text("big"),
    text("bob"),
    text("broken"),
    text("cookie"),
    with_key("cookie_with_its_secret", "cookie", "app_secret"),
    with_key("cookie_with_another_secret", "cookie", "letter"),
    text("elsewhere"),
    Question { text: "elsewhere", ..by("elsewhere_by_its_policy", "issuer.example") },
    with_key("elsewhere_with_keys", "elsewhere", "keys_elsewhere"),
    text("encrypted"),
    text("ending"),
    later("ending_ended", "ending", 63),
    text("expired"),
    later("expired_three_minutes_before", "expired", -180),
    text("header_line"),
    text("hmac"),
    with_key("hmac_with_another_secret", "hmac", "another_secret"),
    with_key("hmac_with_a_letter", "hmac", "letter"),
    with_key("hmac_with_its_secret", "hmac", "secret"),
    with_key("hmac_with_its_secret_as_text", "hmac", "secret_as_text"),
    text("jku"),
    text("markup"),
    text("not_json"),
    text("note"),
    text("opaque"),
    text("pending"),
    Question { text: "pending", ..by("pending_by_own_policy", "items-api") },
    text("proof"),
    text("reader"),
    text("public_key"),
    with_key("elsewhere_with_public_key", "elsewhere", "public_key"),
    text("base64"),
    text("base64_inside"),
    text("sample_encrypted"),
    with_key("sample_encrypted_opened", "sample_encrypted", "decryption_key"),
    with_key("sample_encrypted_locked", "sample_encrypted", "letter"),
    with_key("sample_expired", "sample_expired", "sample_key"),
    text("sample_well_known_secret"),
    with_key("sample_well_known_secret_used", "sample_well_known_secret", "well_known_secret"),
    text("scheme"),
    Question { exact: true, ..later("scheme_as_pasted", "scheme", 0) },
    text("scheme_twice"),
    text("signed_in"),
    text("two"),
    text("typed"),
    text("typed_over"),
    text("valid"),
    Question { world: World::AliceOff, ..later("valid_alice_off", "valid", 0) },
    Question { world: World::TestKeyPublished, ..later("valid_test_key_published", "valid", 0) },
    later("valid_after_10_seconds", "valid", 10),
    later("valid_after_a_minute", "valid", 61),
    by("valid_by_any_issuer", "any issuer"),
    by("valid_by_saved_policy", "Partner API"),
    by("valid_by_renamed_policy", "Partner API 2"),
    with_key("valid_with_encrypted_key", "valid", "encrypted_key"),
    with_key("valid_with_opened_key", "valid", "opened_key"),
    text("weak"),
    text("weak_again"),
    with_key("weak_with_another_secret", "weak", "another_secret"),
];

const ACTIVE: &str = r#"{"kind":"profile","kid":null}"#;
const RETIRING: &str = r#"{"kind":"profile","kid":"acc-2026-10"}"#;
const TEST: &str = r#"{"kind":"test"}"#;
const GIVEN: &str = r#"{"kind":"given","key":{"text":"a secret of thirty-two characters","form":"text"}}"#;
const PUBLIC: &str = r#"{"kind":"given","key":{"text":"-----BEGIN PUBLIC KEY-----","form":"text"}}"#;
const HOUR: &str = r#"{"kind":"expire_in","seconds":3600}"#;
const QUARTER: &str = r#"{"kind":"expire_in","seconds":900}"#;
const RENEW: &str = r#"{"kind":"renew","seconds":900}"#;
const NO_ALGORITHM: &str = r#"{"kind":"break","fault":"alg_none"}"#;
const BIT_FLIPPED: &str = r#"{"kind":"break","fault":"bit_flipped"}"#;
const EXPIRED: &str = r#"{"kind":"break","fault":"expired"}"#;
const WRONG_AUDIENCE: &str = r#"{"kind":"break","fault":"wrong_audience"}"#;
const SET_SUBJECT: &str = r#"{"kind":"set_claim","name":"sub","value":"\"bob\""}"#;
const MEND: &str = r#"{"kind":"mend"}"#;

const fn preview(name: &'static str, edits: &'static [&'static str], signer: &'static str) -> Preview {
    Preview { name, original: "valid", edits, signer, world: World::Usual }
}

pub(super) const PREVIEWS: &[Preview] = &[
    preview("unchanged", &[], ACTIVE),
    preview("unchanged_by_retiring_key", &[], RETIRING),
    preview("unchanged_by_public_key", &[], PUBLIC),
    preview("unchanged_by_test_key", &[], TEST),
    Preview { world: World::TestKeyPublished, ..preview("unchanged_by_published_test_key", &[], TEST) },
    preview("an_hour_longer", &[HOUR], ACTIVE),
    Preview { original: "expired", ..preview("expired_unchanged", &[], ACTIVE) },
    Preview { original: "expired", ..preview("expired_quarter_longer", &[QUARTER], ACTIVE) },
    Preview { original: "expired", ..preview("expired_renewed", &[RENEW], ACTIVE) },
    preview("no_algorithm", &[NO_ALGORITHM], TEST),
    preview("no_algorithm_mended", &[NO_ALGORITHM, MEND], ACTIVE),
    preview("wrong_audience_instead", &[NO_ALGORITHM, WRONG_AUDIENCE], TEST),
    preview("made_expired", &[EXPIRED], TEST),
    preview("made_expired_by_retiring_key", &[EXPIRED], RETIRING),
    preview("bit_flipped", &[BIT_FLIPPED], TEST),
    preview("bit_flipped_mended", &[BIT_FLIPPED, MEND], ACTIVE),
    Preview { original: "weak", ..preview("weak_unchanged", &[], GIVEN) },
    Preview { original: "weak", ..preview("weak_of_bob", &[SET_SUBJECT], GIVEN) },
];

/// Two texts that are compared.
pub(super) const COMPARISONS: &[(&str, &str)] = &[("reader", "admin")];

/// A key as the window sends it.
pub(super) fn key(name: &str) -> Value {
    const SECRET: &str = "c2hhcmVkLXNlY3JldC1vZi0zMi1ieXRlcy1vci1tb3Jl";
    // The private half of the active key, with few rounds (RFC 8018 appendix A.2).
    const ENCRYPTED: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgYGxqtbYCz9wICA+gw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEGlvWhdQpVoAtftEEMmbLEwEQBFm
78cw14cwDS0yDj6IGn/x2brv+lRk8UyrmajM5nZtuFBv8jFRt2Yi+cJ6wjU8295w
OhIeoeaqYouZP8HAgqE=
-----END ENCRYPTED PRIVATE KEY-----";
    match name {
        "another_secret" => json!({ "text": "a secret of thirty-two characters", "form": "text" }),
        "keys_elsewhere" => json!({ "text": super::profile::keys_elsewhere(), "form": "text" }),
        "decryption_key" => json!(super::profile::sample(inspect::Sample::Encrypted).key),
        "public_key" => json!({ "text": super::profile::public_key(), "form": "text" }),
        "sample_key" => json!(super::profile::sample(inspect::Sample::Expired).key),
        "well_known_secret" => json!({ "text": "your-256-bit-secret", "form": "text" }),
        "app_secret" => json!({ "text": "dev-secret", "form": "text" }),
        "letter" => json!({ "text": "x", "form": "text" }),
        "secret" => json!({ "text": SECRET, "form": "base64" }),
        "secret_as_text" => json!({ "text": SECRET, "form": "text" }),
        "encrypted_key" => json!({ "text": ENCRYPTED, "form": "text" }),
        "opened_key" => json!({ "text": ENCRYPTED, "form": "text", "passphrase": "correct horse" }),
        _ => panic!("no key is named {name}"),
    }
}
