//! `twb` as people and scripts use it: golden input and output, exit codes, one profile for many commands.
//!
//! Each test has its own data folder. `--ephemeral` commands need no keyring; other commands that sign are tested in
//! `tests/window`, which has one.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod clients;
mod files;
mod found;
mod inspect;
mod keyring;
mod keys;
mod kinds;
mod not_a_jwt;
mod policies;
mod profile;
mod second_factor;
mod serve;
mod sessions;
mod settings;
mod sign_in;
mod text;
mod user_keys;
mod users;
mod window;

use std::{path::PathBuf, process::Output};
use tempfile::TempDir;

struct Twb {
    home: TempDir,
}

struct Said {
    out: String,
    err: String,
    /// The notice about a moved clock, which goes to standard error too.
    clock: String,
    code: i32,
}

impl Twb {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    fn run(&self, arguments: &[&str], input: &str) -> Said {
        self.run_on_bytes(arguments, input.as_bytes())
    }

    fn run_on_bytes(&self, arguments: &[&str], input: &[u8]) -> Said {
        let output = assert_cmd::Command::new(binary())
            .args(arguments)
            .env("HOME", self.home.path())
            .env("XDG_DATA_HOME", self.home.path().join("data"))
            .env("TZ", "UTC")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("XDG_RUNTIME_DIR", self.home.path())
            .write_stdin(input)
            .output()
            .unwrap();
        self.redact(&output)
    }

    /// Runs a command that must be refused with exactly one sentence.
    fn refuses(&self, arguments: &[&str], input: &str, sentence: &str) {
        let said = self.run(arguments, input);
        let expected = (format!("twb: {sentence}\n"), 2, String::new());
        assert_eq!((said.err, said.code, said.out), expected, "{arguments:?}");
    }

    /// Runs a command that must succeed and returns its output.
    fn says(&self, arguments: &[&str], input: &str) -> String {
        let said = self.run(arguments, input);
        assert_eq!((said.err.as_str(), said.code), ("", 0), "{arguments:?}");
        said.out
    }

    fn json(&self, arguments: &[&str], input: &str) -> serde_json::Value {
        serde_json::from_str(&self.says(&[arguments, &["--json"]].concat(), input)).unwrap()
    }

    /// Runs a command that has to sign, which fails here without a keyring.
    fn misses_the_keyring(&self, arguments: &[&str], input: &str) {
        let said = self.run(arguments, input);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}");
        assert!(said.err.starts_with("twb: No keyring service answers"), "{arguments:?}: {}", said.err);
    }

    fn redact(&self, output: &Output) -> Said {
        let text = |bytes: &[u8]| {
            String::from_utf8(bytes.to_vec()).unwrap().replace(&self.home.path().display().to_string(), "[HOME]")
        };
        let (clock, err): (Vec<_>, Vec<_>) =
            text(&output.stderr).split_inclusive('\n').map(str::to_owned).partition(|line| line.starts_with(MOVED));
        Said {
            out: text(&output.stdout),
            err: err.concat(),
            clock: clock.concat(),
            code: output.status.code().unwrap(),
        }
    }
}

/// The binary built beside this test.
fn binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let twb = test.parent().unwrap().parent().unwrap().join(format!("twb{}", std::env::consts::EXE_SUFFIX));
    assert!(twb.exists(), "{} is not built: run `make test`, or `cargo build` first", twb.display());
    twb
}

/// The beginning of the notice about a moved clock.
const MOVED: &str = "twb: The clock of this profile is moved: ";

const PASSWORD: &str = "correct horse battery staple\n";

#[test]
fn users_are_added_and_listed() {
    let twb = Twb::new();
    assert_eq!(twb.run(&["users", "list"], "").out, "No users yet. Add one: twb users add alice --scope items:read\n");
    let added = twb.run(&["users", "add", "alice", "--scope", "items:write", "--scope", "items:read"], PASSWORD);
    assert_eq!((added.out.as_str(), added.code), ("Created alice with items:read items:write\n", 0));
    twb.run(&["users", "add", "bob"], PASSWORD);
    assert_eq!(
        twb.run(&["users", "list"], "").out,
        "USER   ACTIVE  SCOPES                  LAST SIGN-IN\n\
         alice  yes     items:read items:write  never\n\
         bob    yes     no scopes               never\n"
    );
    let json: serde_json::Value = serde_json::from_str(&twb.run(&["users", "list", "--json"], "").out).unwrap();
    assert_eq!(json[0]["username"], "alice");
    assert_eq!(json[0]["scopes"], serde_json::json!(["items:read", "items:write"]));
    assert!(!json.to_string().contains("bcrypt"), "no hash leaves the database");
}

#[test]
fn a_refusal_is_one_sentence_and_exit_code_2() {
    let twb = Twb::new();
    twb.run(&["users", "add", "alice"], PASSWORD);
    for (arguments, input, sentence) in [
        (&["users", "add", "Alice"][..], PASSWORD, "twb: There is already a user \"alice\"\n"),
        (&["users", "add", "bob"], "short\n", "twb: The password has fewer than 8 characters\n"),
        (&["users", "add", "bob"], "password\n", "twb: The password is a common one, or close to one\n"),
        (&["users", "add", "bob"], "", "twb: The password has fewer than 8 characters\n"),
        (
            &["users", "add", "b b"],
            PASSWORD,
            "twb: The username has \" \" where a letter, a digit or one of . _ - @ + is expected\n",
        ),
        (&["users", "add", "bob", "--scope", "x"], PASSWORD, "twb: The scope \"x\" is not in the catalog\n"),
        (&["token", "--user", "nobody"], "", "twb: There is no user \"nobody\"\n"),
        (
            &["token", "--user", "alice", "--ttl", "0s"],
            "",
            "twb: A token lives at least 1 second and at most 86400 seconds\n",
        ),
        (
            &["users", "list", "--profile", "../x"],
            "",
            "twb: \"../x\" is not a profile name: use 1 to 40 lower-case letters, digits and -, beginning with a letter or digit\n",
        ),
    ] {
        let said = twb.run(arguments, input);
        assert_eq!((said.err.as_str(), said.code, said.out.as_str()), (sentence, 2, ""), "{arguments:?}");
    }
    let said = twb.run(&["token", "--user", "alice", "--ttl", "soon"], "");
    assert!(said.err.starts_with("twb: --ttl soon: write a duration such as 90s, 15m or 1h"), "{}", said.err);
}

#[test]
fn without_a_keyring_signing_says_so_and_no_key_is_made() {
    let twb = Twb::new();
    twb.run(&["users", "add", "alice"], PASSWORD);
    let said = twb.run(&["token", "--user", "alice"], "");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.starts_with("twb: No keyring service answers"), "{}", said.err);
}

#[test]
fn inspect_answers_anything_and_its_exit_code_is_the_verdict() {
    let twb = Twb::new();
    // RFC 7519 section 3.1
    let example = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let said = twb.run(&["inspect", example], "");
    assert_eq!(said.code, 1, "expired in 2011: {}", said.out);
    assert!(said.out.contains("2011-03-22 18:43:00 UTC"), "{}", said.out);
    let json = twb.run(&["inspect", "--json", "-"], &format!("Authorization: Bearer {example}\n"));
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, &report["verdict"], &report["signature"]), (1, &"rejected".into(), &"no_key".into()));
    assert_eq!(report["claims"]["iss"], "joe");
    assert_eq!(report["trace"].as_array().unwrap().len(), 9);
    for hostile in ["...", "a.b.c.d.e.f", "\0\x1b[31m", "é".repeat(5000).as_str(), &".".repeat(1_000_000)] {
        let said = twb.run(&["inspect"], hostile);
        assert!(said.code == 1 || said.code == 3, "{}", said.err);
        assert!(!said.out.contains('\x1b'), "no terminal escape gets through");
    }
}

#[test]
fn a_database_that_cannot_be_used_is_named() {
    let twb = Twb::new();
    twb.run(&["users", "list"], "");
    let file = twb.home.path().join("data/token-workbench/profiles/default/workbench.db");
    std::fs::write(
        &file,
        "not a database, and longer than the hundred bytes of a header, so that SQLite looks".repeat(9),
    )
    .unwrap();
    let said = twb.run(&["users", "list"], "");
    assert_eq!(said.code, 2);
    assert!(
        said.err.starts_with("twb: [HOME]/data/token-workbench/profiles/default/workbench.db is damaged"),
        "{}",
        said.err
    );
}
