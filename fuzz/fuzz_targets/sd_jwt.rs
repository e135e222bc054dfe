//! Any claims and disclosures are read: `cargo +nightly fuzz run sd_jwt`, from the repository's root.
#![no_main]

#[path = "../../src-tauri/crates/inspect/tests/any_input/answer.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod answer;

use std::sync::OnceLock;

use answer::Judge;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, Vec<&str>)| {
    static JUDGE: OnceLock<Option<Judge>> = OnceLock::new();
    let Some(judge) = JUDGE.get_or_init(Judge::new) else { return };
    let (claims, disclosures) = input;
    judge.answer_presentation(claims, &disclosures);
});
