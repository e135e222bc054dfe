//! `twb inspect --gui`, with a stand-in for the desktop program that records what it was given.
#![cfg(unix)]

use crate::{Twb, binary};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

const TOKEN: &str = "eyJhbGciOiJub25lIn0.e30.";

/// Records its arguments, the file it was handed and the file's permissions, and takes the file.
const DESKTOP: &str = r#"#!/bin/sh
cd "$HOME"
printf '%s\n' "$@" > arguments
stat -c %a "$4" "$(dirname "$4")" > rights
mv "$4" token
"#;

impl Twb {
    /// Puts the stand-in for the desktop program into a folder.
    fn install_desktop(&self, folder: &str) {
        let folder = self.home.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("token-workbench");
        fs::write(&file, DESKTOP).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).unwrap();
    }

    /// Runs a `twb` that is alone in `bin`, or beside other programs there, with `tools` on the path too.
    fn opens_window(&self, arguments: &[&str], input: &str) -> (String, String, i32) {
        let twb = self.home.path().join("bin/twb");
        fs::create_dir_all(twb.parent().unwrap()).unwrap();
        if !twb.exists() && fs::hard_link(binary(), &twb).is_err() {
            fs::copy(binary(), &twb).unwrap();
        }
        let output = assert_cmd::Command::new(twb)
            .args(arguments)
            .env("HOME", self.home.path())
            .env("XDG_DATA_HOME", self.home.path().join("data"))
            .env("PATH", format!("{}:/usr/bin:/bin", self.home.path().join("tools").display()))
            .write_stdin(input)
            .output()
            .unwrap();
        let said = self.redact(&output);
        (said.out, said.err, said.code)
    }

    fn wrote(&self, name: &str) -> String {
        fs::read_to_string(self.home.path().join(name)).unwrap()
    }

    fn left_behind(&self) -> usize {
        fs::read_dir(self.handover("default")).map_or(0, Iterator::count)
    }

    fn handover(&self, profile: &str) -> std::path::PathBuf {
        self.home.path().join("data/token-workbench/profiles").join(profile).join("handover")
    }
}

#[test]
fn a_token_reaches_the_window_in_a_private_file_and_on_no_command_line() {
    let twb = Twb::new();
    twb.install_desktop("bin");
    let said = twb.opens_window(&["inspect", "--gui"], TOKEN);
    assert_eq!(said, ("Handed over to the window of the profile default\n".into(), String::new(), 0));
    let arguments = twb.wrote("arguments");
    let arguments: Vec<_> = arguments.lines().collect();
    assert_eq!(arguments[..3], ["--profile", "default", "--inspect"]);
    assert_eq!((Path::new(arguments[3]).parent(), arguments.len()), (Some(twb.handover("default").as_path()), 4));
    assert_eq!(twb.wrote("token"), TOKEN);
    assert_eq!(twb.wrote("rights"), "600\n700\n");
}

#[test]
fn the_desktop_program_is_also_found_on_the_path_and_told_the_profile() {
    let twb = Twb::new();
    twb.install_desktop("tools");
    let said = twb.opens_window(&["--profile", "staging", "inspect", "--gui", TOKEN, "--json"], "");
    assert_eq!(said, ("{\n  \"handed_over_to\": \"staging\"\n}\n".into(), String::new(), 0));
    assert_eq!(twb.wrote("arguments").lines().nth(1), Some("staging"));
    assert_eq!(twb.wrote("token"), TOKEN);
}

#[test]
fn without_a_window_it_says_why_and_leaves_no_token_behind() {
    let twb = Twb::new();
    let refuses = |arguments: &[&str], sentence: &str| {
        assert_eq!(twb.opens_window(arguments, TOKEN), (String::new(), format!("twb: {sentence}\n"), 2));
        assert_eq!(twb.left_behind(), 0);
    };
    refuses(
        &["inspect", "--gui"],
        "token-workbench is neither beside twb nor on PATH; install the desktop program, or leave out --gui",
    );
    refuses(
        &["--ephemeral", "inspect", "--gui"],
        "There is no window of an ephemeral profile to hand the token to; leave out --ephemeral, or --gui",
    );
    twb.install_desktop("bin");
    fs::write(twb.home.path().join("bin/token-workbench"), "#!/bin/sh\nexit 2\n").unwrap();
    refuses(&["inspect", "--gui"], "The window did not open");
    let both = twb.opens_window(&["inspect", "--gui", "--issuer", "joe"], TOKEN);
    assert_eq!((both.2, twb.left_behind()), (2, 0), "the window has rules of its own");
}
