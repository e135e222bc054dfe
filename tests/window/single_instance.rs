//! Starting the program again brings its window to the front instead of opening another.

use std::{
    os::unix::net::UnixListener,
    process::{Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};
use workbench_tests::desktop::{Desktop, built};

#[tokio::test]
async fn a_second_start_ends_at_once_and_another_profile_opens() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    app.find("heading", "Paste a token").await;

    let second = desktop.command(built("token-workbench")).output().unwrap();
    assert!(second.status.success(), "it hands over to the first: {}", String::from_utf8_lossy(&second.stderr));
    app.find("heading", "Paste a token").await;

    let other = desktop.open_app(&["--profile", "other"]).await;
    other.shows("Profile other").await;
    other.quit().await;
    app.quit().await;
}

/// How long an open window may take to answer.
const WAIT: Duration = Duration::from_secs(3);
const TOLERANCE: Duration = Duration::from_secs(3);

/// Stops or continues a process.
fn signal(process: u32, signal: &str) {
    assert!(Command::new("kill").args([signal, &process.to_string()]).status().unwrap().success());
}

#[tokio::test]
async fn a_window_that_hangs_does_not_make_the_next_start_hang() {
    let desktop = Desktop::start();
    let app = desktop.open_app(&[]).await;
    app.find("heading", "Paste a token").await;
    signal(app.process(), "-STOP");
    let begun = Instant::now();
    let second = desktop.command(built("token-workbench")).output().unwrap();
    let told = begun.elapsed();
    let handed_over = desktop.twb(&["inspect", "--gui"], "eyJhbGciOiJub25lIn0.e30.");
    // Three seconds are the deadline. The rest allows for starting two programs on a busy computer.
    for took in [told, begun.elapsed() - told] {
        assert!(took >= WAIT && took < WAIT + TOLERANCE, "{took:?}");
    }
    signal(app.process(), "-CONT");
    let said = String::from_utf8(second.stderr).unwrap();
    assert_eq!((second.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("is open already, but does not answer"), "{said}");
    let said = String::from_utf8(handed_over.stderr).unwrap();
    assert!(handed_over.status.code() == Some(2) && said.contains("The window did not open"), "{said}");
    assert_eq!(running(&desktop), 1, "no process is left behind");
    app.quit().await;
}

/// How many windows of the program are open on this desktop.
fn running(desktop: &Desktop) -> usize {
    let home = format!("HOME={}\0", desktop.home().display());
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let ours = processes.filter(|process| {
        let is_window = std::fs::read_link(process.join("exe")).is_ok_and(|exe| exe.ends_with("token-workbench"));
        let environment = std::fs::read(process.join("environ")).unwrap_or_default();
        is_window && String::from_utf8_lossy(&environment).contains(&home)
    });
    ours.count()
}

#[test]
fn a_bus_that_never_answers_does_not_keep_the_window_from_opening() {
    let desktop = Desktop::start();
    let socket = desktop.home().join("silent");
    // It accepts connections and does nothing else.
    let _silent = UnixListener::bind(&socket).unwrap();
    for arguments in [&[][..], &["--ephemeral"]] {
        let mut command = desktop.command(built("token-workbench"));
        command.args(arguments).env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", socket.display()));
        let mut window = command.stderr(Stdio::null()).spawn().unwrap();
        let display = desktop.display();
        display.waits_for("Token Workbench");
        signal(window.id(), "-KILL");
        window.wait().unwrap();
        display.waits_until_gone("Token Workbench");
    }
}

/// A portal that answers one call and records the connections that made it.
struct Portal(mpsc::Sender<String>);

#[zbus::interface(name = "org.freedesktop.portal.NetworkMonitor")]
impl Portal {
    fn get_available(&self, #[zbus(header)] header: zbus::message::Header<'_>) -> bool {
        self.0.send(header.sender().unwrap().to_string()).unwrap();
        true
    }
}

/// Records the connections that read the properties of the Inhibit portal, as GTK does.
struct Inhibit(mpsc::Sender<String>);

#[zbus::interface(name = "org.freedesktop.portal.Inhibit")]
impl Inhibit {
    #[zbus(property, name = "version")]
    fn version(&self, #[zbus(header)] header: Option<zbus::message::Header<'_>>) -> u32 {
        if let Some(header) = header {
            self.0.send(header.sender().unwrap().to_string()).unwrap();
        }
        3
    }
}

/// The portal reads `/proc` for each new connection, which a release build allows only while it starts.
#[tokio::test]
async fn the_portal_gets_to_know_gtks_connection_at_the_start() {
    let desktop = Desktop::start();
    let address: zbus::Address = desktop.bus().as_str().try_into().unwrap();
    let (introduced, introductions) = mpsc::channel();
    let (asked, askers) = mpsc::channel();
    let path = "/org/freedesktop/portal/desktop";
    let builder = zbus::connection::Builder::address(address).unwrap().name("org.freedesktop.portal.Desktop").unwrap();
    let builder = builder.serve_at(path, Portal(introduced)).unwrap().serve_at(path, Inhibit(asked)).unwrap();
    let _portal = builder.build().await.unwrap();
    let app = desktop.open_app(&[]).await;
    app.shows("ready").await;
    app.quit().await;
    let introduced: Vec<String> = introductions.try_iter().collect();
    let asked: Vec<String> = askers.try_iter().collect();
    assert_eq!(introduced.len(), 1);
    assert!(asked.contains(&introduced[0]), "{asked:?} asked, but {introduced:?} is known");
}

/// A desktop portal and an accessibility bus that run and never answer: GTK waits 25 seconds for each, WebKit 30.
#[tokio::test]
async fn services_that_never_answer_do_not_keep_the_window_from_opening() {
    let desktop = Desktop::start();
    let address: zbus::Address = desktop.bus().as_str().try_into().unwrap();
    let portal = zbus::connection::Builder::address(address).unwrap().build().await.unwrap();
    for name in ["org.freedesktop.portal.Desktop", "org.a11y.Bus"] {
        portal.request_name(name).await.unwrap();
    }
    for arguments in [&[][..], &["--ephemeral"]] {
        let mut command = desktop.command(built("token-workbench"));
        command.args(arguments).env_remove("NO_AT_BRIDGE").env_remove("GSETTINGS_BACKEND");
        let mut window = command.stderr(Stdio::null()).spawn().unwrap();
        let display = desktop.display();
        display.waits_for("Token Workbench");
        signal(window.id(), "-KILL");
        window.wait().unwrap();
        display.waits_until_gone("Token Workbench");
    }
    // The bus is hidden from GTK only: the keyring works, and the next start finds this window.
    let begun = Instant::now();
    let app = desktop.open_app(&[]).await;
    assert!(begun.elapsed() < Duration::from_secs(25), "the page is shown before GTK or WebKit would give up");
    app.shows("ready").await;
    let second = desktop.command(built("token-workbench")).output().unwrap();
    assert!(second.status.success(), "{}", String::from_utf8_lossy(&second.stderr));
    assert_eq!(running(&desktop), 1);
    app.quit().await;
}
