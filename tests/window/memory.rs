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

/// So much memory is read at once, in bytes: a web engine reserves far more than it uses.
const CHUNK: u64 = 4 * 1024 * 1024;

/// The size of a page of memory, in bytes, where these tests run.
const PAGE: u64 = 4096;

/// What stands before a password in a message of the page. The web view's own libraries read the message before this
/// program does, and do not wipe what they free: whether it is still there is up to them.
const IN_A_MESSAGE: &[u8] = br#""password":""#;

/// How often a text stands in the memory of a process, as UTF-8 and as UTF-16, but for messages as they came.
fn found_in(process: u32, text: &str) -> usize {
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let open = |name: &str| File::open(format!("/proc/{process}/{name}")).unwrap();
    let (mut memory, mut pages) = (open("mem"), open("pagemap"));
    let mut found = 0;
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw"))) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        for at in (from..to).step_by(usize::try_from(CHUNK).unwrap()) {
            let length = (to - at).min(CHUNK);
            // pagemap(5): eight bytes for each page, zero for one that was never touched.
            let touched = read(&mut pages, at / PAGE * 8, length / PAGE * 8);
            if touched.is_none_or(|pages| pages.iter().all(|byte| *byte == 0)) {
                continue;
            }
            // What is gone by now holds nothing.
            let bytes = read(&mut memory, at, length).unwrap_or_default();
            found += count(&bytes, text.as_bytes()) + count(&bytes, &utf16);
        }
    }
    found
}

fn read(file: &mut File, at: u64, length: u64) -> Option<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).ok()?];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn count(bytes: &[u8], wanted: &[u8]) -> usize {
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == wanted[0]);
    let whole = starts.filter(|(at, _)| bytes[*at..].starts_with(wanted));
    whole.filter(|(at, _)| !bytes[..*at].ends_with(IN_A_MESSAGE)).count()
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

#[tokio::test]
async fn a_password_that_was_used_in_the_window_is_gone_from_the_programs_memory() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    assert_eq!(core_limit(app.process()), "0 0", "a crash writes no memory to disk");
    app.click("button", "Users").await;
    app.click("button", "New user").await;
    app.find("dialog", "New user").await;
    app.fill("Username", "alice").await;
    app.fill("Password", CANARY).await;
    app.click("button", "Create user").await;
    app.gone("dialog", "New user").await;
    app.click("button", "Sign in as alice").await;
    app.find("dialog", "Sign in as alice").await;
    app.fill("Password", CANARY).await;
    app.click("button", "Sign in").await;
    app.find("heading", "Accepted").await;
    assert!(found_in(app.process(), desktop.home().to_str().unwrap()) > 0, "what is there is found");
    assert_eq!(found_in(app.process(), CANARY), 0);
    app.quit().await;
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
    let (there, found) = (found_in(twb.id(), desktop.home().to_str().unwrap()), found_in(twb.id(), CANARY));
    drop(reader);
    let _ = twb.wait();
    assert!(there > 0, "what is there is found");
    assert_eq!(found, 0);
}
