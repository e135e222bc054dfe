//! Any encrypted token is read, with a key: `cargo +nightly fuzz run jwe`, from the repository's root.
#![no_main]

#[path = "../../src-tauri/crates/inspect/tests/any_input/answer.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod answer;

use std::sync::OnceLock;

use answer::Judge;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &[u8], &[u8], &[u8], &[u8])| {
    static JUDGE: OnceLock<Option<Judge>> = OnceLock::new();
    let Some(judge) = JUDGE.get_or_init(Judge::new) else { return };
    let (header, key, iv, text, tag) = input;
    judge.answer_encrypted(header, [key, iv, text, tag]);
});
