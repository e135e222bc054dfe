//! Characters that control the terminal, hide text or reverse its direction are never printed, wherever they come from.

use super::{PASSWORD, Twb};
use rusqlite::Connection;
use std::fs;

/// Escape sequences in seven and eight bits, cursor movement, bidirectional controls, and invisible characters.
const HOSTILE: &str =
    "x\u{1b}]0;owned\u{7}\u{9b}31m\r\u{8}\u{7f}\u{202e}\u{2066}\u{200b}\u{feff}\u{85}\u{2028}\u{e0041}y";

impl Twb {
    /// Runs a command and checks every character that it prints.
    #[track_caller]
    fn prints_nothing_hostile(&self, arguments: &[&str], input: &str) -> String {
        let said = self.run(arguments, input);
        let printed = format!("{}{}{}", said.out, said.err, said.clock);
        let hostile = printed.chars().find(|&character| {
            (character.is_control() && character != '\n')
                || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
                || matches!(character, '\u{feff}' | '\u{e0000}'..='\u{e007f}')
        });
        assert_eq!(hostile, None, "{arguments:?}: {printed:?}");
        printed
    }

    /// The profile's database, into which another program may have written anything.
    fn database(&self) -> Connection {
        Connection::open(self.home.path().join("data/token-workbench/profiles/default/workbench.db")).unwrap()
    }
}

#[test]
fn no_command_repeats_what_steers_a_terminal() {
    let twb = Twb::new();
    let h = HOSTILE;
    let file = twb.home.path().join(h);
    let file = file.to_str().unwrap();
    let token = "eyJhbGciOiJub25lIn0.e30.";
    for arguments in [
        &[h][..],
        &["--profile", h, "users", "list"],
        &["users", h],
        &["users", "add", h],
        &["users", "add", "alice", "--display-name", h],
        &["users", "add", "alice", "--email", h],
        &["users", "add", "alice", "--scope", h],
        &["users", "import", h],
        &["users", "show", h],
        &["users", "set-active", h, "on"],
        &["users", "set-active", "alice", h],
        &["users", "set-scopes", h],
        &["users", "set-scopes", "alice", "--scope", h],
        &["users", "set-password", h],
        &["users", "unlock", h],
        &["token", "--user", h],
        &["token", "--user", "alice", "--ttl", h],
        &["token", "--user", "alice", "--scope", h],
        &["inspect", h],
        &["inspect", token, h],
        &["inspect", token, "--key", file],
        &["inspect", token, "--jwks", file],
        &["inspect", token, "--key", "/dev/null", "--key-form", h],
        &["inspect", token, "--secret", h],
        &["inspect", token, "--secret-hex", h],
        &["inspect", token, "--policy", h],
        &["inspect", token, "--alg", h],
        &["inspect", token, "--issuer", h],
        &["inspect", token, "--audience", h],
        &["inspect", token, "--scope", h],
        &["inspect", token, "--typ", h],
        &["inspect", token, "--leeway", h],
        &["inspect", token, "--at", h],
        &["inspect", token, "--no-such-option", h],
        &["inspect", token, &format!("--{h}")],
        &["guard", "--scope", h],
        &["sign-in", h],
        &["sign-in", "alice", "--scope", h],
        &["refresh", "--scope", h],
        &["sessions", "show", h],
        &["sessions", "revoke", h],
        &["sessions", "revoke", "--user", h],
        &["second-factor", "begin", h, "--qr", file],
        &["second-factor", "confirm", h],
        &["second-factor", "remove", h],
        &["second-factor", "recovery-codes", h],
        &["second-factor", "codes", h],
        &["keys", "rotate", "--purpose", h],
        &["keys", "rotate", "--algorithm", h],
        &["keys", "retire", h],
        &["keys", "import", "--algorithm", h],
        &["keys", "export-public", h],
        &["keys", "export-private", h],
        &["keys", "export-private", h, "--yes-show-the-private-key"],
        &["policies", "show", h],
        &["policies", "delete", h],
        &["policies", "save", h],
        &["policies", "save", "mine", "--max-lifetime", h],
        &["clock", "shift", h],
        &["clock", "freeze", h],
        &["policy", "rotation", h],
        &["policy", "revocation", h],
        &["backup", file],
        &["backup", file],
    ] {
        twb.prints_nothing_hostile(arguments, PASSWORD);
        twb.prints_nothing_hostile(&[arguments, &["--json"]].concat(), &format!("{h}\n{h}\n"));
    }
    for command in [&["inspect"][..], &["guard"], &["confirm"], &["refresh"], &["revoke"], &["keys", "import"]] {
        for input in [format!("{h}\n{h}\n"), format!("{token}{h}\n"), format!(r#"{{"kty":"{h}"}}"#)] {
            twb.prints_nothing_hostile(command, &input);
            twb.prints_nothing_hostile(&[command, &["--json"]].concat(), &input);
        }
    }
}

#[test]
fn what_a_database_or_a_token_holds_is_written_out() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    twb.says(&["policies", "save", "mine", "--issuer", HOSTILE, "--audience", HOSTILE, "--require", HOSTILE], "");
    let other = format!("{HOSTILE}\nsecond line");
    twb.database().execute("UPDATE users SET display_name = ?1, email = ?1", [&other]).unwrap();
    let key = "INSERT INTO signing_keys (kid, purpose, algorithm, state, created_at_ms)
               VALUES (?1, 'access', 'ES256', 'retired', 0)";
    twb.database().execute(key, [&other]).unwrap();
    for arguments in [
        &["users", "list"][..],
        &["users", "show", "alice"],
        &["keys", "list"],
        &["policies", "list"],
        &["policies", "show", "mine"],
    ] {
        let printed = twb.prints_nothing_hostile(arguments, "");
        assert!(!printed.lines().any(|line| line.starts_with("second line")), "one row stays one row: {printed}");
        let json = twb.prints_nothing_hostile(&[arguments, &["--json"]].concat(), "");
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
    }
    let json = twb.json(&["users", "show", "alice"], "");
    assert_eq!(json["display_name"], other, "JSON has the same text, escaped");
    let claims = serde_json::json!({ HOSTILE: HOSTILE, "sub": HOSTILE }).to_string().replace("\":\"", "\":\t\r\n\"");
    let token = super::inspect::unsigned(&claims);
    twb.prints_nothing_hostile(&["inspect"], &token);
    let json = twb.prints_nothing_hostile(&["inspect", "--json"], &token);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["claims"]["sub"], HOSTILE);
}

#[test]
fn a_name_that_nobody_can_read_is_refused_at_the_door() {
    let twb = Twb::new();
    for (display_name, character) in
        [("Al\u{1b}[31mice", "U+001B"), ("\u{202e}ecila", "U+202E"), ("a\u{200b}b", "U+200B")]
    {
        let sentence = format!("The display name contains an invisible character ({character})");
        twb.refuses(&["users", "add", "alice", "--display-name", display_name], PASSWORD, &sentence);
    }
    let sentence = "The email address is not of the form name@example.com";
    twb.refuses(&["users", "add", "alice", "--email", "alice\u{202e}@example.com"], PASSWORD, sentence);
    // RFC 8037 appendix A.1
    let jwk = |kid: &str| {
        format!(
            r#"{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}"#
        )
    };
    for kid in [r"a\u202eb", r"a\u001bb", r"a\u200bb"] {
        let sentence = "The kid must have 1 to 128 bytes and no invisible characters";
        twb.refuses(&["--ephemeral", "keys", "import"], &jwk(kid), sentence);
    }
    assert_eq!(
        twb.says(&["users", "add", "alice", "--display-name", "Älice 日本 O’Neil"], PASSWORD),
        "Created alice with no scopes\n"
    );
    assert!(fs::read_dir(twb.home.path()).unwrap().count() > 0);
}
