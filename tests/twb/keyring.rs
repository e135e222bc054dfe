//! `twb keyring`: keys without a system keyring, which these tests lack, and commands that need none.
#![cfg(unix)]

use crate::{PASSWORD, Twb};
use std::{fs, os::unix::net::UnixListener, path::PathBuf};

const PASSPHRASE: &str = "plaid lantern quorum drizzle\n";

impl Twb {
    fn passphrase_file(&self, text: &str) -> String {
        let file = self.home.path().join("passphrase.txt");
        fs::write(&file, text).unwrap();
        file.display().to_string()
    }

    fn profile(&self) -> PathBuf {
        self.home.path().join("data/token-workbench/profiles/default")
    }

    /// A profile with a user, whose keys are sealed with the passphrase in the returned file.
    pub(crate) fn sealed(&self) -> String {
        self.says(&["users", "add", "alice", "--scope", "items:read"], PASSWORD);
        let file = self.passphrase_file(PASSPHRASE);
        let said = self.says(&["keyring", "use", "passphrase", "--passphrase-file", &file], "");
        assert_eq!(
            said,
            "Keys are kept in: Passphrase vault, [HOME]/data/token-workbench/profiles/default/keys.vault\n"
        );
        file
    }
}

#[test]
fn without_a_keyring_keys_are_sealed_with_a_passphrase() {
    let twb = Twb::new();
    let file = twb.sealed();
    let token = twb.says(&["token", "--user", "alice", "--passphrase-file", &file], "");
    let guarded = twb.run(&["guard", "--scope", "items:read"], &token);
    assert_eq!((guarded.code, guarded.err.as_str()), (0, ""), "a public key needs no passphrase: {}", guarded.out);
    let shown = twb.json(&["keyring", "show", "--passphrase-file", &file], "");
    assert_eq!(shown["place"], "passphrase");
}

#[test]
fn without_the_passphrase_nothing_is_signed_and_the_way_out_is_said() {
    let twb = Twb::new();
    twb.sealed();
    assert_eq!(twb.json(&["keyring", "show"], "")["place"], "passphrase", "where they are is no secret");
    twb.refuses(
        &["token", "--user", "alice"],
        "",
        "The keys of this profile are sealed with a passphrase: name a file that holds it with --passphrase-file FILE, \
         or run this command at a terminal",
    );
    let wrong = twb.passphrase_file("plaid lantern\n");
    let arguments = ["token", "--user", "alice", "--passphrase-file", &wrong];
    twb.refuses(&arguments, "", "This is not the passphrase that the keys of this profile are sealed with");
    let none = ["token", "--user", "alice", "--passphrase-file", "/dev/zero"];
    let said = twb.run(&none, "");
    assert!(said.code == 2 && said.err.contains("it is a device, not a regular file"), "{}", said.err);

    fs::write(twb.profile().join("keys.vault"), "{}").unwrap();
    let said = twb.run(&["token", "--user", "alice", "--passphrase-file", &twb.passphrase_file(PASSPHRASE)], "");
    assert!(said.code == 2 && said.err.contains("keys.vault: it is damaged"), "{}", said.err);
}

#[test]
fn a_place_is_changed_only_if_all_keys_go_along_or_new_ones_are_wanted() {
    let twb = Twb::new();
    twb.refuses(
        &["keyring", "use", "passphrase"],
        "",
        "A passphrase is needed: name a file that holds it with --passphrase-file FILE, or run this command at a terminal",
    );
    let weak = twb.passphrase_file("password\n");
    let said = twb.run(&["keyring", "use", "passphrase", "--passphrase-file", &weak], "");
    assert!(said.err.starts_with("twb: The passphrase cannot be used."), "{}", said.err);
    assert!(!twb.profile().join("keys.vault").exists());

    let file = twb.sealed();
    let said = twb.run(&["keyring", "use", "system"], "");
    assert!(said.err.starts_with("twb: The keys cannot be moved: ") && said.err.contains("--new-keys"), "{}", said.err);
    // There is no keyring to move them to.
    let said = twb.run(&["keyring", "use", "system", "--passphrase-file", &file], "");
    assert!(said.err.starts_with("twb: No keyring service answers"), "{}", said.err);
    assert_eq!(twb.json(&["keyring", "show", "--passphrase-file", &file], "")["place"], "passphrase");
}

#[test]
fn guard_and_inspect_with_a_public_key_open_no_bus() {
    let twb = Twb::new();
    let file = twb.sealed();
    let token = twb.says(&["token", "--user", "alice", "--passphrase-file", &file], "");
    // From now on the profile's keys are looked up in the system's keyring.
    let database = rusqlite::Connection::open(twb.profile().join("workbench.db")).unwrap();
    database.execute("DELETE FROM settings WHERE name = 'vault'", []).unwrap();
    drop(database);

    // A bus that accepts connections and never answers: callers have to wait.
    let socket = twb.home.path().join("bus");
    let bus = UnixListener::bind(&socket).unwrap();
    bus.set_nonblocking(true).unwrap();
    let run = |arguments: &[&str]| {
        let output = assert_cmd::Command::new(crate::binary())
            .args(arguments)
            .env("HOME", twb.home.path())
            .env("XDG_DATA_HOME", twb.home.path().join("data"))
            .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", socket.display()))
            .write_stdin(token.as_str())
            .output()
            .unwrap();
        (output.status.code(), bus.accept().is_ok())
    };
    for command in [&["guard"][..], &["guard", "--scope", "items:read"], &["inspect"], &["inspect", "--json"]] {
        assert_eq!(run(command), (Some(0), false), "{command:?}: accepted, and nobody came to the bus");
    }
    // A command that needs the keyring does connect to the listener.
    assert_eq!(run(&["token", "--user", "alice"]), (Some(2), true));
}
