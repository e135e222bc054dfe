//! Files that `twb` is told to read: regular ones, up to a limit.

use super::{
    Twb,
    inspect::{IN_TIME, KEY, TOKEN},
};
use serde_json::Value;
use std::fs::{self, File};

impl Twb {
    fn with_key(&self, option: &str, file: &str, input: &str) -> super::Said {
        self.run(&[&["inspect", TOKEN, option, file, "--json"], &IN_TIME[..]].concat(), input)
    }
}

#[test]
fn a_key_of_three_gigabytes_is_refused_without_being_read() {
    let twb = Twb::new();
    let file = twb.home.path().join("huge.pem");
    File::create(&file).unwrap().set_len(3 << 30).unwrap();
    for option in ["--key", "--jwks"] {
        let sentence = "[HOME]/huge.pem has more than 1 MiB: check that it is the right file";
        twb.refuses(&["inspect", TOKEN, option, file.to_str().unwrap()], "", sentence);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_a_device_and_a_folder_are_named_and_keep_nobody_waiting() {
    let twb = Twb::new();
    let fifo = twb.home.path().join("key.fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    fs::create_dir(twb.home.path().join("folder")).unwrap();
    let tip = "Give the key on standard input: --key -";
    let inside = |name: &str| twb.home.path().join(name).to_str().unwrap().to_owned();
    for option in ["--key", "--jwks"] {
        for (file, sentence) in [
            (inside("key.fifo"), format!("[HOME]/key.fifo cannot be read: it is a pipe, not a regular file. {tip}")),
            (inside("folder"), "[HOME]/folder cannot be read: it is a folder".to_owned()),
            ("/dev/zero".to_owned(), format!("/dev/zero cannot be read: it is a device, not a regular file. {tip}")),
        ] {
            twb.refuses(&["inspect", TOKEN, option, &file], "", &sentence);
        }
    }
    twb.refuses(
        &["inspect", TOKEN, "--key", "/dev/stdin"],
        KEY,
        &format!("/dev/stdin cannot be read: it is a pipe, not a regular file. {tip}"),
    );
}

#[test]
fn a_key_may_come_on_standard_input_if_the_token_does_not() {
    let twb = Twb::new();
    let jwk = format!(r#"{{"kty":"oct","k":"{KEY}"}}"#);
    let report: Value = serde_json::from_str(&twb.with_key("--key", "-", &jwk).out).unwrap();
    assert_eq!(report["signature"], "verified");
    let set = format!(r#"{{"keys":[{jwk}]}}"#);
    let report: Value = serde_json::from_str(&twb.with_key("--jwks", "-", &set).out).unwrap();
    assert_eq!(report["signature"], "verified");
    twb.refuses(
        &["inspect", "--key", "-"],
        TOKEN,
        "Standard input can be the token or the key, not both: give the token as an argument, or the key in a file",
    );
}

#[test]
fn what_is_too_long_is_never_taken_for_its_beginning() {
    let twb = Twb::new();
    let long = "x".repeat(4 * 1024 * 1024 + 1);
    let refused = |what: &str| format!("The {what} has more than 4 MiB: check what is given on standard input");
    twb.refuses(&["users", "add", "alice"], &long, &refused("password"));
    twb.refuses(&["revoke"], &long, &refused("token"));
    twb.refuses(&["guard"], &long, &refused("access token"));
    twb.refuses(&["keys", "import"], &long, &refused("private key"));
    // More characters than are read, each of four bytes.
    let said = twb.run(&["inspect"], &"\u{1F511}".repeat(1024 * 1024 + 1));
    assert_eq!(said.code, 1);
    assert!(said.out.contains("Too long to read"), "{}", said.out);
}
