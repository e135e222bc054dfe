//! `twb users`, beyond adding and listing.

use crate::{PASSWORD, Twb};

const FROZEN: &[&str] = &["clock", "freeze", "2026-11-23T14:30:00Z"];

#[test]
fn a_user_is_shown_with_scopes_failures_and_lock() {
    let twb = Twb::new();
    twb.says(FROZEN, "");
    twb.says(&["users", "add", "alice", "--display-name", "Al\x1b[31mice", "--scope", "items:read"], PASSWORD);
    twb.refuses(&["sign-in", "alice"], "wrong\n", "Incorrect username or password");
    assert_eq!(
        twb.says(&["users", "show", "ALICE"], ""),
        "User           alice\n\
         Display name   Al\u{fffd}[31mice\n\
         Email\n\
         Active         yes\n\
         Scopes         items:read\n\
         Second factor  off\n\
         Failures       1, locked until 2026-11-23 14:30:01 UTC\n\
         Created        2026-11-23 14:30:00 UTC\n\
         Last sign-in   never\n"
    );
    let json = twb.json(&["users", "show", "alice"], "");
    assert_eq!((&json["failures"], &json["locked_until"]), (&1.into(), &1_795_444_201.into()));
    assert_eq!(json["second_factor"], serde_json::json!({"state": "off"}));
    assert_eq!(twb.says(&["users", "unlock", "alice"], ""), "The failures of alice are forgotten\n");
    assert_eq!(twb.json(&["users", "show", "alice"], "")["locked_until"], serde_json::Value::Null);
    twb.misses_the_keyring(&["sign-in", "alice"], PASSWORD);
}

#[test]
fn a_user_is_changed() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    assert_eq!(
        twb.says(&["users", "set-active", "alice", "off"], ""),
        "alice may not sign in, and their sessions have ended\n"
    );
    assert_eq!(twb.json(&["users", "show", "alice"], "")["active"], false);
    assert_eq!(twb.says(&["users", "set-active", "alice", "on"], ""), "alice may sign in\n");
    let granted = twb.says(&["users", "set-scopes", "alice", "--scope", "items:write", "--scope", "items:read"], "");
    assert_eq!(granted, "alice holds items:read items:write\n");
    assert_eq!(twb.says(&["users", "set-scopes", "alice"], ""), "alice holds no scopes\n");
    assert_eq!(
        twb.says(&["users", "set-password", "alice"], "another long passphrase\n"),
        "Changed the password of alice; their sessions have ended\n"
    );
    twb.refuses(&["sign-in", "alice"], PASSWORD, "Incorrect username or password");
}

#[test]
fn a_user_comes_with_a_hash_of_another_program() {
    let twb = Twb::new();
    let hash = bcrypt::hash("from elsewhere", 4).unwrap();
    let imported = twb.says(&["users", "import", "bob", "--scope", "items:read"], &format!("{hash}\n"));
    assert_eq!(imported, "Imported bob with items:read\n");
    twb.misses_the_keyring(&["sign-in", "bob"], "from elsewhere\n");
    twb.refuses(&["sign-in", "bob"], &format!("{hash}\n"), "Incorrect username or password");
    twb.refuses(&["users", "import", "bob"], &hash, "There is already a user \"bob\"");
    let unreadable = "The stored password hash is not in a known format";
    twb.refuses(&["users", "import", "carol"], "$argon2id$v=19$m=65536\n", unreadable);
    let dear = hash.replacen("$04$", "$31$", 1);
    twb.refuses(
        &["users", "import", "carol"],
        &dear,
        "The stored password hash has cost 31; only 4 to 16 are computed",
    );
}

#[test]
fn a_change_of_nobody_or_to_nonsense_is_refused() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    for arguments in [
        &["users", "show", "nobody"][..],
        &["users", "set-active", "nobody", "on"],
        &["users", "set-scopes", "nobody"],
        &["users", "set-password", "nobody"],
        &["users", "unlock", "nobody"],
    ] {
        twb.refuses(arguments, PASSWORD, "There is no user \"nobody\"");
    }
    twb.refuses(&["users", "set-scopes", "alice", "--scope", "x"], "", "The scope \"x\" is not in the catalog");
    twb.refuses(&["users", "set-password", "alice"], "short\n", "The password has fewer than 8 characters");
    assert_eq!(twb.run(&["users", "set-active", "alice", "maybe"], "").code, 2);
}
