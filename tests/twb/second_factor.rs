//! `twb second-factor`.

use crate::{PASSWORD, Twb};

#[test]
fn changing_a_second_factor_takes_the_password_and_a_factor() {
    let twb = Twb::new();
    twb.says(&["clock", "freeze"], "");
    twb.says(&["users", "add", "alice"], PASSWORD);
    twb.refuses(&["second-factor", "confirm", "alice"], "123456\n", "No second factor is waiting for a code");
    twb.refuses(&["second-factor", "codes", "alice"], "", "There is no second factor for \"alice\"");
    twb.refuses(&["second-factor", "codes", "nobody"], "", "There is no user \"nobody\"");
    twb.refuses(&["second-factor", "remove", "alice"], PASSWORD, "There is no second factor to remove");
    let off = "Recovery codes belong to a second factor, and there is none";
    twb.refuses(&["second-factor", "recovery-codes", "alice"], PASSWORD, off);
    for command in ["begin", "remove", "recovery-codes"] {
        for (who, password) in [("alice", "wrong\n"), ("nobody", PASSWORD)] {
            twb.refuses(&["second-factor", command, who], password, "Incorrect username or password");
        }
        twb.says(&["users", "unlock", "alice"], "");
    }
}

#[test]
fn without_a_keyring_no_secret_is_made_and_no_picture_written() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    let file = twb.home.path().join("code.svg");
    twb.misses_the_keyring(&["second-factor", "begin", "alice", "--qr", &file.display().to_string()], PASSWORD);
    assert!(!file.exists());
    assert_eq!(twb.json(&["users", "show", "alice"], "")["second_factor"]["state"], "off");
}
