//! Handing a token to the window through a file.

use engine::{
    Profile,
    handover::{HandOverError, LONGEST, read},
    named_file::ReadError,
};
use std::fs;
use tempfile::TempDir;

const TOKEN: &str = "eyJhbGciOiJub25lIn0.e30.";

fn profile(home: &TempDir) -> Profile {
    Profile::Folder { name: "story".parse().unwrap(), folder: home.path().join("story") }
}

#[test]
fn a_token_on_its_way_to_the_window_is_for_its_owner_only_and_gone_once_it_arrived() {
    let home = tempfile::tempdir().unwrap();
    let profile = profile(&home);
    let (file, other) = (profile.hand_over(TOKEN).unwrap(), profile.hand_over("another").unwrap());
    #[cfg(unix)]
    for (path, mode) in [(file.as_path(), 0o600), (file.parent().unwrap(), 0o700)] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{path:?}");
    }
    assert_eq!(read(&file).unwrap(), TOKEN);
    profile.discard(&file);
    assert_eq!(read(&file), Err(ReadError::Missing(file)));
    assert_eq!(read(&other).unwrap(), "another", "each has a file of its own");
}

#[test]
fn a_users_own_file_is_never_deleted_whatever_path_leads_to_it() {
    let home = tempfile::tempdir().unwrap();
    let profile = profile(&home);
    let handed_over = profile.hand_over(TOKEN).unwrap();
    let own = home.path().join("token.txt");
    fs::write(&own, TOKEN).unwrap();
    profile.discard(&own);
    profile.discard(&handed_over.parent().unwrap().join("../../token.txt"));
    profile.discard(&home.path().join("missing/token.txt"));
    profile.discard(std::path::Path::new("/"));
    #[cfg(unix)]
    {
        let link = home.path().join("link");
        std::os::unix::fs::symlink(&handed_over, &link).unwrap();
        profile.discard(&link);
        assert!(link.exists(), "a link from elsewhere is a user's too");
    }
    Profile::Ephemeral.discard(&handed_over);
    assert_eq!((read(&own).unwrap().as_str(), read(&handed_over).unwrap().as_str()), (TOKEN, TOKEN));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_or_swept_behind_a_link() {
    let home = tempfile::tempdir().unwrap();
    let profile = profile(&home);
    let theirs = home.path().join("theirs");
    fs::create_dir(&theirs).unwrap();
    let old = theirs.join("old.txt");
    fs::write(&old, "theirs").unwrap();
    fs::File::options().write(true).open(&old).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    fs::create_dir(home.path().join("story")).unwrap();
    let link = home.path().join("story/handover");
    std::os::unix::fs::symlink(&theirs, &link).unwrap();
    profile.sweep_handovers();
    profile.discard(&link.join("old.txt"));
    assert_eq!(fs::read_to_string(&old).unwrap(), "theirs");
    assert!(profile.hand_over(TOKEN).is_err());
    assert_eq!(fs::read_dir(&theirs).unwrap().count(), 1);
}

#[test]
fn a_file_that_gives_no_text_says_why() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("token.txt");
    assert_eq!(read(&file), Err(ReadError::Missing(file.clone())));
    assert!(matches!(read(home.path()), Err(ReadError::Unreadable { .. })), "a folder");
    let longest = usize::try_from(LONGEST).unwrap();
    fs::write(&file, ".".repeat(longest)).unwrap();
    assert_eq!(read(&file).unwrap().len(), longest);
    fs::write(&file, ".".repeat(longest + 1)).unwrap();
    let refused = read(&file).unwrap_err();
    assert_eq!(refused.to_string(), format!("{} has more than 8 MiB: check that it is the right file", file.display()));
    fs::write(&file, b"ab\xFFcd").unwrap();
    assert_eq!(read(&file).unwrap(), "ab\u{fffd}cd");
}

#[test]
fn there_is_no_window_to_hand_to_when_everything_lives_in_memory() {
    assert_eq!(Profile::Ephemeral.hand_over(TOKEN), Err(HandOverError::Ephemeral));
}
