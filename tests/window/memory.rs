//! What is left of a password in memory once it was used.

use crate::steps::add_user;
use std::{
    fs::{self, File},
    io::{self, PipeWriter, Read, Seek, SeekFrom, Write},
    process::Stdio,
    time::{Duration, Instant},
};
use workbench_tests::desktop::{Desktop, PATIENCE, built};

/// Typed nowhere else, so that what is found is this.
const CANARY: &str = "canary of the leak test 7f3a9c";

/// How often a text stands in the memory of a process, as UTF-8 and as UTF-16.
fn found_in(process: u32, text: &str) -> usize {
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let mut memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut found = 0;
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw"))) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        // A part of it that is not there any more, or never was, holds nothing.
        if memory.seek(SeekFrom::Start(from)).is_err() || memory.read_exact(&mut bytes).is_err() {
            continue;
        }
        for wanted in [text.as_bytes(), &utf16] {
            found += bytes.windows(wanted.len()).filter(|window| window == &wanted).count();
        }
    }
    found
}

/// Fills a pipe, so that whoever writes into it next has to wait.
fn fill(mut writer: &PipeWriter) {
    // pipe(7): sixteen pages.
    writer.write_all(&[b' '; 65_536]).unwrap();
}

/// Waits until a process is in a write to its standard output.
fn waits_to_write(process: u32) {
    let deadline = Instant::now() + PATIENCE;
    // proc(5): the number of the system call, which each architecture has its own of, and its first argument.
    let writes = || {
        let call = fs::read_to_string(format!("/proc/{process}/syscall")).unwrap_or_default();
        call.starts_with("1 0x1 ") || call.starts_with("64 0x1 ")
    };
    while !writes() {
        assert!(Instant::now() < deadline, "it does not come to its answer");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The size of a core file that the system would write, from the process's limits.
fn core_limit(process: u32) -> String {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    line.split_whitespace().rev().skip(1).take(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_password_that_twb_used_is_gone_before_it_answers() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    let said = desktop.twb(&["users", "set-password", "alice"], &format!("{CANARY}\n"));
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    // It waits for somebody to read its answer: nobody does.
    let (reader, writer) = io::pipe().unwrap();
    fill(&writer);
    let mut command = desktop.command(built("twb"));
    command.args(["sign-in", "alice"]).stdin(Stdio::piped()).stdout(writer);
    let mut twb = command.spawn().unwrap();
    writeln!(twb.stdin.take().unwrap(), "{CANARY}").unwrap();
    waits_to_write(twb.id());
    assert_eq!(core_limit(twb.id()), "0 0", "a crash writes no memory to disk");
    let found = found_in(twb.id(), CANARY);
    drop(reader);
    let _ = twb.wait();
    assert_eq!(found, 0);
}
