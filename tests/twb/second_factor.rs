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

#[test]
fn the_code_of_an_authenticator_is_printed_for_a_test() {
    let twb = Twb::new();
    let file = twb.sealed();
    let says = |arguments: &[&str], input: &str| twb.says(&[arguments, &["--passphrase-file", &file]].concat(), input);
    // Eleven seconds into a step.
    twb.says(&["clock", "freeze", "2026-11-23T14:30:11Z"], "");
    says(&["second-factor", "begin", "alice"], PASSWORD);
    let code = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    let shown = says(&["totp", "--user", "alice"], "");
    assert!(shown.contains("  the clock stands still, next "), "{shown}");
    says(&["second-factor", "confirm", "alice"], &format!("{}\n", code(&shown)));
    let used = says(&["totp", "--user", "alice"], "");
    assert_eq!(code(&used), code(&shown));
    assert!(used.contains(", used, next "), "{used}");
    let never = "The code was used, and no other comes while the clock stands still: twb clock real";
    let refuses = |wanted: &str, sentence: &str| {
        twb.refuses(&["totp", "--user", "alice", "--min-valid", wanted, "--passphrase-file", &file], "", sentence);
    };
    refuses("5s", never);

    twb.says(&["clock", "real"], "");
    let answer: serde_json::Value =
        serde_json::from_str(&says(&["totp", "--user", "alice", "--min-valid", "2s", "--json"], "")).unwrap();
    assert_eq!((answer["code"].as_str().unwrap().len(), &answer["used"]), (6, &false.into()));
    assert!((2..=30).contains(&answer["seconds_left"].as_i64().unwrap()), "{answer}");
    assert_ne!(answer["code"], answer["next_code"]);
    refuses("31s", "--min-valid 31 s: a code of alice lasts 30 s");
    refuses("soon", "--min-valid soon: write a duration such as 10s");
    twb.refuses(&["totp", "--user", "nobody"], "", "There is no user \"nobody\"");
}

#[test]
fn after_a_wrong_code_the_next_one_has_to_wait_and_is_told_so() {
    let twb = Twb::new();
    let file = twb.sealed();
    twb.says(&["second-factor", "begin", "alice", "--passphrase-file", &file], PASSWORD);
    let confirm = ["second-factor", "confirm", "alice", "--passphrase-file", &file];
    let wrong = twb.run(&confirm, "no code\n").err;
    assert!(wrong.contains("The code is wrong"), "{wrong}");
    // On a slow computer the wait of a second is over before the next command looks.
    twb.after_failures(80);
    let too_soon = "This 2FA code was not looked at after wrong attempts: wait 1 h, then try it again";
    twb.refuses(&confirm, "no code\n", too_soon);
}

#[test]
fn shells_and_man_learn_of_every_command() {
    let twb = Twb::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = twb.says(&["completions", shell], "");
        assert!(["second-factor", "min-valid", "deny-list"].iter().all(|word| script.contains(word)), "{shell}");
    }
    let folder = twb.home.path().join("man");
    let name = folder.display().to_string();
    twb.refuses(&["man", &name], "", "[HOME]/man is not a folder; make it first");
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(twb.says(&["man", &name], ""), "");
    let page = std::fs::read_to_string(folder.join("twb-totp.1")).unwrap();
    assert!(page.contains("TH twb-totp") && page.contains("min\\-valid"), "{page}");
}
