//! Any text is read as a key: `cargo +nightly fuzz run keys`, from the repository's root.
#![no_main]

#[path = "../../src-tauri/crates/inspect/tests/any_input/answer.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod answer;

use std::sync::OnceLock;

use answer::Judge;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, bool)| {
    static JUDGE: OnceLock<Option<Judge>> = OnceLock::new();
    let Some(judge) = JUDGE.get_or_init(Judge::new) else { return };
    let (text, rsa) = input;
    judge.answer_key(text, if rsa { Some(jose::Algorithm::Rs256) } else { None });
});
