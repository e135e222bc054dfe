//! Without a display the program says so and points to `twb`, before it touches anything else.

use std::process::Command;
use workbench_tests::desktop::built;

#[test]
fn without_a_display_one_line_points_to_twb() {
    let mut command = Command::new(built("token-workbench"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let said = command.output().unwrap();
    let line = String::from_utf8(said.stderr).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.contains("twb"), "{line}");
    assert_eq!(said.stdout, b"");
    assert_eq!(said.status.code(), Some(2));
}

#[test]
fn no_argument_steers_the_terminal_in_which_it_is_refused() {
    for argument in ["--\u{1b}]0;owned\u{7}", "\u{1b}[2J", "--inspect=\u{1b}[2J\u{202e}"] {
        let said = Command::new(built("token-workbench")).arg(argument).output().unwrap();
        let text = String::from_utf8(said.stderr).unwrap();
        assert_eq!(said.status.code(), Some(2), "{text}");
        assert!(!text.contains("owned"), "what may be a token is not repeated: {text}");
        assert!(text.chars().all(|sign| sign == '\n' || !sign.is_control() && sign != '\u{202e}'), "{text:?}");
    }
}
