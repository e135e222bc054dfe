//! What is left in memory of passwords and keys after use.

use crate::steps::{PASSWORD, add_user, sign_in};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    fs::{self, File},
    io::{self, PipeReader, PipeWriter, Read, Seek, SeekFrom, Write},
    process::{Child, Stdio},
    time::{Duration, Instant},
};
use workbench_tests::desktop::{Desktop, PATIENCE, built};

/// Used nowhere else, so that every match is this one.
const CANARY: &str = "canary of the leak test 7f3a9c";

/// Bytes of memory read at once: a web engine reserves far more than it uses.
const CHUNK: u64 = 4 * 1024 * 1024;

/// The size of a memory page, in bytes, where these tests run.
const PAGE: u64 = 4096;

/// The text before a password in a message from the page. The web view's libraries read the message before this program
/// does and do not wipe what they free, so copies in messages do not count.
const IN_A_MESSAGE: &[u8] = br#""password":""#;

/// How often a text occurs in the memory of a process, as UTF-8 and as UTF-16, except in raw messages.
fn found_in(process: u32, text: &str) -> usize {
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    each_found_in(process, &[text.as_bytes().to_vec(), utf16]).into_iter().sum()
}

/// How often each of these occurs in the memory of a process.
fn each_found_in(process: u32, wanted: &[Vec<u8>]) -> Vec<usize> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let open = |name: &str| File::open(format!("/proc/{process}/{name}")).unwrap();
    let (mut memory, mut pages) = (open("mem"), open("pagemap"));
    let mut found = vec![0; wanted.len()];
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
            // The mapping may be gone by now.
            let bytes = read(&mut memory, at, length).unwrap_or_default();
            count(&bytes, wanted, &mut found);
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

/// How often each of these occurs in the bytes, in a single pass, since there are many bytes.
fn count(bytes: &[u8], wanted: &[Vec<u8>], found: &mut [usize]) {
    let mut begins = [false; 256];
    wanted.iter().for_each(|wanted| begins[usize::from(wanted[0])] = true);
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| begins[usize::from(**byte)]) {
        for (found, wanted) in found.iter_mut().zip(wanted) {
            let is_there = bytes[at..].starts_with(wanted) && !bytes[..at].ends_with(IN_A_MESSAGE);
            *found += usize::from(is_there);
        }
    }
}

/// The forms that a key of the keyring can have in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As the keyring stores it, or its private number as in JWKs and PEM: a copy made on the way.
    Copy,
    /// As aws-lc (or the engine, for a symmetric key) holds it for use.
    InUse,
}

/// The bytes to look for, for every key in the keyring.
async fn keys_of(desktop: &Desktop) -> (Vec<Form>, Vec<Vec<u8>>) {
    let mut forms = Vec::new();
    for kept in desktop.kept_in_the_keyring().await.into_iter().filter(|kept| kept.len() > 30) {
        let bytes = STANDARD.decode(&kept).unwrap();
        forms.push((Form::Copy, kept.into_bytes()));
        // The offset of a P-256 key's private number in its PKCS#8 document (RFC 5915). aws-lc reverses its bytes.
        if bytes.len() == 138 {
            let number = bytes[36..68].to_vec();
            forms.push((Form::InUse, number.iter().rev().copied().collect()));
            forms.extend([(Form::Copy, number), (Form::Copy, bytes)]);
        } else {
            forms.push((Form::InUse, bytes));
        }
    }
    forms.into_iter().unzip()
}

/// Fills a pipe, so that the next writer has to wait.
fn fill(mut writer: &PipeWriter) {
    // pipe(7): sixteen pages.
    writer.write_all(&[b' '; 65_536]).unwrap();
}

/// A `twb` whose output nobody reads, so that it blocks.
fn waiting(desktop: &Desktop, arguments: &[&str], input: &str) -> (Child, PipeReader) {
    let (reader, writer) = io::pipe().unwrap();
    fill(&writer);
    let mut command = desktop.command(built("twb"));
    command.args(arguments).stdin(Stdio::piped()).stdout(writer);
    let mut twb = command.spawn().unwrap();
    writeln!(twb.stdin.take().unwrap(), "{input}").unwrap();
    waits_to_write(twb.id());
    (twb, reader)
}

/// Waits until a process is blocked writing to its standard output.
fn waits_to_write(process: u32) {
    let deadline = Instant::now() + PATIENCE;
    // proc(5): the number of the system call, which depends on the architecture, and its first argument.
    let writes = || {
        let call = fs::read_to_string(format!("/proc/{process}/syscall")).unwrap_or_default();
        call.starts_with("1 0x1 ") || call.starts_with("64 0x1 ")
    };
    while !writes() {
        assert!(Instant::now() < deadline, "it does not come to its answer");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The core file size limit of the process.
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
    let (mut twb, reader) = waiting(&desktop, &["sign-in", "alice"], CANARY);
    assert_eq!(core_limit(twb.id()), "0 0", "a crash writes no memory to disk");
    let (there, found) = (found_in(twb.id(), desktop.home().to_str().unwrap()), found_in(twb.id(), CANARY));
    drop(reader);
    let _ = twb.wait();
    assert!(there > 0, "what is there is found");
    assert_eq!(found, 0);
}

/// The private number of the OpenSSH Ed25519 key in `file`: the first half of 64 bytes; the rest is the public key.
fn seed(file: &str) -> Vec<u8> {
    let lines: String = file.lines().filter(|line| !line.starts_with('-')).collect();
    let bytes = STANDARD.decode(lines).unwrap();
    let at = bytes.windows(4).position(|length| length == [0, 0, 0, 64]).unwrap() + 4;
    bytes[at..at + 32].to_vec()
}

#[test]
fn a_key_of_openssh_that_was_given_leaves_no_copy_of_its_number() {
    const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src-tauri/crates/jose/vectors/keys/");
    let desktop = Desktop::start();
    let plain = format!("{KEYS}openssh.ed25519");
    let seed = seed(&fs::read_to_string(&plain).unwrap());
    // The token of RFC 8037 appendix A.4, signed with another key, so that the diagnosis runs too.
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let (mut twb, reader) = waiting(&desktop, &["inspect", token, "--key", &plain], "");
    let found = each_found_in(twb.id(), std::slice::from_ref(&seed));
    let there = found_in(twb.id(), desktop.home().to_str().unwrap());
    drop(reader);
    let _ = twb.wait();
    assert!(there > 0, "what is there is found");
    assert_eq!(found, [0]);
}

/// A used key stays for the next signature, once and in no other form; unused keys are not in memory at all.
#[tokio::test]
async fn a_key_that_was_used_is_in_memory_as_it_is_used_and_in_no_copy() {
    let desktop = Desktop::start();
    add_user(&desktop, "alice");
    assert!(desktop.twb(&["sign-in", "alice"], &format!("{PASSWORD}\n")).status.success());
    let said = desktop.twb(&["second-factor", "begin", "alice"], &format!("{PASSWORD}\n"));
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let (forms, wanted) = keys_of(&desktop).await;
    let in_use = |process: u32, what: &str| {
        let found = each_found_in(process, &wanted);
        let copies = forms.iter().zip(&found).filter(|(form, found)| **form == Form::Copy && **found > 0).count();
        assert_eq!(copies, 0, "{what}");
        let in_use = forms.iter().zip(found).filter(|(form, _)| **form == Form::InUse).map(|(_, found)| found);
        let in_use: Vec<usize> = in_use.collect();
        assert!(in_use.iter().all(|found| *found <= 1), "{what}: {in_use:?}");
        in_use.iter().sum::<usize>()
    };
    // Which keys: for access tokens, refresh tokens, pending tokens, and sealing.
    for (arguments, input, keys) in [
        (&["sign-in", "alice"][..], PASSWORD, 2..=3),
        (&["token", "--user=alice"], "", 1..=1),
        (&["second-factor", "codes", "alice"], "", 1..=1),
        (&["users", "list"], "", 0..=0),
    ] {
        let (mut twb, reader) = waiting(&desktop, arguments, input);
        let found = in_use(twb.id(), arguments[0]);
        drop(reader);
        let _ = twb.wait();
        assert!(keys.contains(&found), "{arguments:?}: {found}");
    }
    let app = desktop.open_app(&[]).await;
    app.click("button", "Users").await;
    sign_in(&app, "alice").await;
    assert!((1..=4).contains(&in_use(app.process(), "the window")), "the key that signed is there, as it is used");
    app.quit().await;
}
