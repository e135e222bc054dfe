//! An ephemeral profile leaves nothing behind, and other profiles leave nothing readable by others.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use workbench_tests::desktop::{Desktop, built};

/// Every file and folder inside a folder.
fn everything_in(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| everything_in(&path).into_iter().chain([path])).collect()
}

/// Starts the window of an ephemeral profile. WebDriver cannot drive its web view, which keeps nothing.
fn start(desktop: &Desktop) -> Child {
    let mut command = desktop.command(built("token-workbench"));
    let window = command.arg("--ephemeral").stderr(Stdio::null()).spawn().unwrap();
    desktop.display().waits_for("Token Workbench");
    window
}

fn signal(process: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &process.id().to_string()]).status().unwrap().success());
}

#[test]
fn an_ephemeral_profile_leaves_nothing_behind() {
    let desktop = Desktop::start();
    // Files of the keyring, the bus and the libraries.
    let others = |path: &PathBuf| {
        let text = path.to_string_lossy();
        [".log", ".out", "Xvfb_screen0", "fontconfig", "mesa_shader_cache", "dconf"]
            .iter()
            .any(|part| text.contains(part))
    };
    let left = |before: &BTreeSet<PathBuf>| -> Vec<PathBuf> {
        everything_in(desktop.home()).difference(before).filter(|path| !others(path)).cloned().collect()
    };
    let before = everything_in(desktop.home());

    let mut killed = start(&desktop);
    signal(&killed, "-KILL");
    killed.wait().unwrap();
    desktop.display().waits_until_gone("Token Workbench");
    for path in left(&before) {
        let rights = fs::metadata(&path).map_or(0, |found| found.permissions().mode() & 0o077);
        assert!(path.starts_with(desktop.home().join("run")) && rights == 0, "{}", path.display());
    }

    let mut window = start(&desktop);
    desktop.display().close("Token Workbench");
    window.wait().unwrap();
    assert_eq!(left(&before), Vec::<PathBuf>::new(), "what the killed one left is gone as well");
}

#[tokio::test]
async fn what_the_web_view_keeps_is_its_owners_alone() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    app.find("heading", "Paste a token").await;
    let _: Option<()> = app.read("localStorage.setItem('a', 'b')").await;
    app.quit().await;
    let folder = desktop.home().join(".local/share/dev.token-workbench.app");
    assert!(folder.is_dir());
    for path in everything_in(&folder).into_iter().chain([folder]) {
        let rights = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(rights & 0o077, 0, "{} is open to others: {rights:o}", path.display());
    }
}
