//! Any text gets an answer: `cargo +nightly fuzz run any_input`, from the repository's root.
#![no_main]

#[path = "../../src-tauri/crates/inspect/tests/any_input/answer.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod answer;

use std::sync::OnceLock;

use answer::Judge;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    static JUDGE: OnceLock<Option<Judge>> = OnceLock::new();
    let Some(judge) = JUDGE.get_or_init(Judge::new) else { return };
    let (text, key) = input;
    judge.answer(text);
    judge.answer_with(text, key);
});
