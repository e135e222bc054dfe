//! `twb sessions`.

use crate::{PASSWORD, Twb};

#[test]
fn without_a_session_there_is_none_to_show_or_end() {
    let twb = Twb::new();
    twb.says(&["users", "add", "alice"], PASSWORD);
    assert_eq!(twb.says(&["sessions", "list"], ""), "No sessions yet. Start one: twb sign-in alice\n");
    assert_eq!(twb.json(&["sessions", "list"], ""), serde_json::json!([]));
    assert_eq!(twb.says(&["sessions", "revoke", "--user", "alice"], ""), "Sessions of alice ended: 0\n");
    twb.refuses(&["sessions", "show", "x"], "", "There is no session \"x\"");
    twb.refuses(&["sessions", "revoke", "x"], "", "There is no session \"x\", or it has ended before");
    twb.refuses(&["sessions", "revoke", "--user", "nobody"], "", "There is no user \"nobody\"");
    for arguments in [&["sessions", "revoke"][..], &["sessions", "revoke", "x", "--user", "alice"]] {
        let said = twb.run(arguments, "");
        assert_eq!((said.code, said.err.contains("--user")), (2, true), "{}", said.err);
    }
}
