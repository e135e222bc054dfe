//! Acknowledged steps survive a kill at any moment: two hundred kills on one profile.

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

mod bench;
mod ledger;
mod vault;

use bench::{Dice, PASSWORD};
use engine::{secret::Password, users::NewUser};
use ledger::Ledger;
use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Command, Stdio},
};

const KILLS: usize = 200;

/// A subject is killed after at most this many lines.
const LINES: usize = 24;

/// The longest wait after a line before the kill, in iterations of a loop.
const TURNS: usize = 400_000;

/// Starts a subject, kills it after some lines, and returns everything it printed.
fn work_and_be_killed(folder: &Path, seed: usize, dice: &Dice) -> Vec<String> {
    let mut subject = Command::new(env!("CARGO_BIN_EXE_crash-subject"))
        .arg(folder)
        .arg(seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(subject.stdout.take().unwrap());
    let (lines, turns) = (1 + dice.throw(LINES), dice.throw(TURNS));
    let mut said = String::new();
    for _ in 0..lines {
        assert!(output.read_line(&mut said).unwrap() > 0, "subject {seed} ended by itself after {said:?}");
    }
    // Spin instead of sleeping: a sleep would always end at the same points of a step.
    for _ in 0..turns {
        std::hint::spin_loop();
    }
    subject.kill().unwrap();
    output.read_to_string(&mut said).unwrap();
    assert_eq!(subject.wait().unwrap().code(), None, "killed, and not ended by itself");
    said.lines().map(str::to_owned).collect()
}

#[test]
fn what_was_answered_survives_two_hundred_kills() {
    let folder = tempfile::tempdir().unwrap();
    let engine = bench::open(folder.path()).unwrap();
    let (display_name, email) = (String::new(), String::new());
    let scopes = vec!["items:read".into(), "items:write".into()];
    let alice = NewUser { username: "alice".into(), display_name, email, password: Password::new(PASSWORD), scopes };
    engine.create_user(&alice).unwrap();
    drop(engine);

    let dice = Dice::new(1);
    let mut ledger = Ledger::default();
    for kill in 0..KILLS {
        let said = work_and_be_killed(folder.path(), kill, &dice);
        ledger.read(&said);
        ledger.check(folder.path(), &dice, kill + 1 == KILLS);
    }
    println!("{}", ledger.summary());
}
