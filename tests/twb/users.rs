//! `twb users`, beyond adding and listing.

use crate::{PASSWORD, Twb};

const FROZEN: &[&str] = &["clock", "freeze", "2026-11-23T14:30:00Z"];

#[test]
fn a_user_is_shown_with_scopes_failures_and_lock() {
    let twb = Twb::new();
    twb.says(FROZEN, "");
    twb.says(&["users", "add", "alice", "--display-name", "Alice A.", "--scope", "items:read"], PASSWORD);
    twb.after_failures(99);
    let sentence = "Incorrect username or password";
    twb.refuses(&["sign-in", "alice"], PASSWORD, sentence);
    let json = twb.json(&["users", "show", "alice"], "");
    let (until, reset) = (&json["locked_until"], &json["locked_until_reset"]);
    assert!(until.as_i64().is_some_and(|until| until > 1_795_444_200), "by the computer's clock: {until}");
    assert_eq!(reset, false);

    twb.after_failures(100);
    twb.refuses(&["sign-in", "alice"], PASSWORD, sentence);
    assert_eq!(
        twb.says(&["users", "show", "ALICE"], ""),
        "User           alice\n\
         Display name   Alice A.\n\
         Email\n\
         Active         yes\n\
         Scopes         items:read\n\
         Second factor  off\n\
         Failures       100, locked; to unlock: twb users unlock ALICE\n\
         Created        2026-11-23 14:30:00 UTC\n\
         Last sign-in   never\n"
    );
    let json = twb.json(&["users", "show", "alice"], "");
    assert_eq!((&json["failures"], &json["locked_until_reset"]), (&100.into(), &true.into()));
    assert_eq!(twb.json(&["users", "list"], "")[0]["locked_until_reset"], true);
    assert!(twb.says(&["users", "list"], "").contains("alice  yes, locked  items:read"));
    assert_eq!(json["second_factor"], serde_json::json!({"state": "off"}));
    assert_eq!(twb.says(&["users", "unlock", "alice"], ""), "The failures of alice are forgotten\n");
    let json = twb.json(&["users", "show", "alice"], "");
    assert_eq!((&json["locked_until"], &json["locked_until_reset"]), (&serde_json::Value::Null, &false.into()));
    twb.misses_the_keyring(&["sign-in", "alice"], PASSWORD);
}

impl Twb {
    /// Sets Alice's number of failures, the last one just now.
    pub(crate) fn after_failures(&self, count: u32) {
        let file = self.home.path().join("data/token-workbench/profiles/default/workbench.db");
        let database = rusqlite::Connection::open(file).unwrap();
        // In the future by the computer's clock: the wait counts from when that is noticed.
        let failed = "UPDATE users SET failures = ?1, last_failure_at_ms = 9000000000000";
        assert_eq!(database.execute(failed, [count]).unwrap(), 1);
    }
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
fn a_user_is_edited_and_deleted() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice", "--display-name", "Alice"], PASSWORD);
    assert_eq!(twb.says(&["users", "edit", "ALICE", "--email", "alice@example.com"], ""), "Changed alice\n");
    let json = twb.json(&["users", "show", "alice"], "");
    assert_eq!((&json["display_name"], &json["email"]), (&"Alice".into(), &"alice@example.com".into()));
    twb.refuses(
        &["users", "edit", "alice", "--email", "alice"],
        "",
        "The email address is not of the form name@example.com",
    );
    assert_eq!(twb.says(&["users", "delete", "alice"], ""), "Deleted alice, with their sessions and second factor\n");
    twb.refuses(&["users", "show", "alice"], "", "There is no user \"alice\"");
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
    let refused = [
        ("$argon2id$v=19$m=65536", "This is a hash of Argon2; only bcrypt and passlib's bcrypt_sha256 are taken"),
        (
            "$2x$05$abcdefghijklmnopqrstuu",
            "$2x$ marks hashes of a version with a bug (CVE-2011-2483), which many passwords may match",
        ),
        (
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "This is a hash of MD5 or NTLM; only bcrypt and passlib's bcrypt_sha256 are taken",
        ),
    ];
    for (hash, reason) in refused {
        twb.refuses(&["users", "import", "carol"], &format!("{hash}\n"), reason);
    }
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
        &["users", "edit", "nobody", "--email", "a@b.example"],
        &["users", "delete", "nobody"],
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
