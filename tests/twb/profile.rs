//! `twb profile`; and databases that are copies, lost, on a full disk or busy, as seen on the command line.

use crate::{PASSWORD, Said, Twb, binary};
use std::{fs, path::PathBuf};

/// The token and key of RFC 7515 appendix A.1.
const TOKEN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const KEY: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

fn folder(twb: &Twb) -> PathBuf {
    twb.home.path().join("data/token-workbench/profiles/default")
}

fn database(twb: &Twb) -> PathBuf {
    folder(twb).join("workbench.db")
}

/// Restores a backup after the whole folder was lost.
fn lose_and_restore(twb: &Twb) {
    let copy = twb.home.path().join("copy.db");
    twb.says(&["backup", &copy.display().to_string()], "");
    fs::remove_dir_all(folder(twb)).unwrap();
    fs::create_dir(folder(twb)).unwrap();
    fs::rename(copy, database(twb)).unwrap();
}

#[test]
fn what_a_killed_backup_left_is_deleted_by_the_next_one_to_that_name() {
    let twb = Twb::new();
    twb.says(&["keys", "publish-test", "off"], "");
    let there = |name: &str| twb.home.path().join(name);
    for left in ["copy.db.part-4194999", "copy.db.part-4194999-journal", "copy.db.part-4194998", "copy.db.part-x"] {
        fs::write(there(left), "half").unwrap();
    }
    let living = fs::File::open(there("copy.db.part-4194998")).unwrap();
    living.lock().unwrap();
    twb.says(&["backup", &there("copy.db").display().to_string()], "");
    let stays =
        ["copy.db", "copy.db.part-4194999", "copy.db.part-4194999-journal", "copy.db.part-4194998", "copy.db.part-x"];
    assert_eq!(stays.map(|name| there(name).exists()), [true, false, false, true, true]);
}

#[test]
fn a_backup_in_a_lost_folder_is_noticed_once_and_shown_until_it_is_confirmed() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice", "--scope", "items:read"], PASSWORD);
    lose_and_restore(&twb);
    let said = twb.run(&["users", "list"], "");
    assert_eq!(said.code, 0);
    assert!(
        said.err.starts_with("twb: The database was put here from a backup. To keep what had ended from coming back"),
        "{}",
        said.err
    );
    assert!(said.err.ends_with("To see whom to check: twb profile show\n"), "{}", said.err);
    assert!(said.out.contains("alice"));

    let shown = twb.says(&["profile", "show"], "");
    assert!(shown.contains("are missing: users that were switched off, passwords, scopes, keys."), "{shown}");
    assert!(shown.contains("alice  yes     items:read  off\n"), "{shown}");
    let json = twb.json(&["profile", "show"], "");
    assert_eq!(json["restored"]["cause"], "backup");
    assert_eq!(json["restored"]["users"], serde_json::json!(["alice"]));
    assert_eq!(twb.says(&["profile", "confirm-restore"], ""), "It is not shown again\n");
    assert_eq!(twb.json(&["profile", "show"], "")["restored"], serde_json::Value::Null);
    assert_eq!(twb.says(&["profile", "confirm-restore"], ""), "There is nothing to confirm\n");
}

#[test]
fn a_lost_database_is_named_and_begun_anew_only_when_asked() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    let usable = "The database of this profile can be used; there is no reason to start over";
    twb.refuses(&["profile", "start-anew"], "", usable);
    fs::remove_file(database(&twb)).unwrap();
    let gone = "[HOME]/data/token-workbench/profiles/default/workbench.db is gone, though this profile was in use. \
                Put a backup in its place, or start over: twb profile start-anew";
    for command in [&["users", "list"][..], &["keys", "list"]] {
        twb.refuses(command, "", gone);
    }
    assert!(twb.says(&["profile", "start-anew"], "").starts_with("Moved what was left to [HOME]/data"));
    let nothing = "There is nothing to move aside; the next command begins a new profile\n";
    assert_eq!(twb.says(&["profile", "start-anew"], ""), nothing, "once is enough");
    assert!(twb.says(&["users", "list"], "").starts_with("No users yet"));
}

#[test]
fn a_given_key_needs_no_profile() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    let arguments = ["inspect", "--secret-base64", KEY, "--at", "1300819379", TOKEN];
    let expected = twb.run(&arguments, "");
    assert_eq!(expected.code, 0, "{}", expected.out);
    let newer = |file: &[u8]| {
        let mut file = file.to_vec();
        file[60..64].copy_from_slice(&99_u32.to_be_bytes());
        file
    };
    let damaged = |_: &[u8]| b"<html>no database</html>".repeat(99);
    let good = fs::read(database(&twb)).unwrap();
    for broken in [newer(&good), damaged(&good), Vec::new()] {
        fs::write(database(&twb), broken).unwrap();
        assert_eq!(twb.run(&["users", "list"], "").code, 2);
        let said = twb.run(&arguments, "");
        assert_eq!((said.code, said.out, said.err), (0, expected.out.clone(), String::new()));
    }
    fs::remove_file(database(&twb)).unwrap();
    assert_eq!(twb.run(&arguments, "").out, expected.out);
    assert!(!database(&twb).exists());
}

#[test]
fn a_writer_that_keeps_the_database_busy_stops_nobody_from_reading() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    let writer = rusqlite::Connection::open(database(&twb)).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(twb.says(&["users", "list"], "").contains("alice"));
    assert_eq!(twb.run(&["inspect", TOKEN], "").code, 1);
    writer.execute_batch("ROLLBACK").unwrap();
}

/// Runs `twb` with a file size limit of `blocks` of 512 bytes (or 1,024 in some shells).
#[cfg(unix)]
fn on_a_full_disk(twb: &Twb, blocks: u32, arguments: &[&str], input: &str) -> Said {
    let output = assert_cmd::Command::new("sh")
        .arg("-c")
        .arg(format!("ulimit -f {blocks}; exec \"$0\" \"$@\""))
        .arg(binary())
        .args(arguments)
        .env("HOME", twb.home.path())
        .env("XDG_DATA_HOME", twb.home.path().join("data"))
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env("XDG_RUNTIME_DIR", twb.home.path())
        .write_stdin(input)
        .output()
        .unwrap();
    twb.redact(&output)
}

#[cfg(unix)]
#[test]
fn with_no_room_left_reading_works_and_writing_says_so() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    let before = twb.says(&["users", "list"], "");
    for blocks in [1, 4, 16] {
        let read = on_a_full_disk(&twb, blocks, &["users", "list"], "");
        assert_eq!((read.err.as_str(), read.code, &read.out), ("", 0, &before), "{blocks}");
        let written = on_a_full_disk(&twb, blocks, &["users", "add", "bob"], PASSWORD);
        let full = "twb: No room left to write [HOME]/data/token-workbench/profiles/default/workbench.db\n";
        assert_eq!((written.err.as_str(), written.code, written.out.as_str()), (full, 2, ""), "{blocks}");
        assert_eq!(twb.says(&["users", "list"], ""), before, "nothing was written by half");
    }
    let names = fs::read_dir(folder(&twb)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["workbench.db", "workbench.mark"], "and nothing is left behind");
    twb.says(&["users", "add", "bob"], PASSWORD);
}
