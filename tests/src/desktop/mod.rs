//! A private desktop for driving the real window: home folder, display, session bus, keyring and WebDriver.
//!
//! The machine's own desktop is neither used nor touched, and everything ends with the [`Desktop`]. Linux only: no
//! other system has a WebDriver for the window's engine.
#![cfg(target_os = "linux")]

mod app;
mod display;
mod environment;
mod helper;
mod keyring;

pub use app::App;
pub use display::{Display, key};
pub use environment::Environment;

use helper::Helper;
use std::{
    ffi::OsStr,
    fs::Permissions,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

/// How long anything may take before a test gives up. Only a failing test waits this long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The system's colour scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A private desktop, with an unlocked keyring and nothing on the screen.
#[derive(Debug)]
pub struct Desktop {
    // Fields drop in this order: clients before their servers, the home folder last.
    keyring: Option<Helper>,
    _bus: Helper,
    _screen: Helper,
    display: String,
    environment: Environment,
}

impl Desktop {
    /// A desktop with a screen of 1400 × 900.
    pub fn start() -> Self {
        Self::with_screen(1400, 900)
    }

    /// A desktop with a screen of the given size.
    pub fn with_screen(width: u32, height: u32) -> Self {
        let mut environment = Environment::new();
        let geometry = format!("{width}x{height}x24");
        // The screen's memory is also a file, so that a benchmark can watch it without the X server.
        let memory = environment.home().to_string_lossy().into_owned();
        let xvfb = ["-displayfd", "1", "-screen", "0", &geometry, "-nolisten", "tcp", "-noreset", "-fbdir", &memory];
        let mut screen = Helper::start(&environment, "Xvfb", &xvfb, "");
        let display = format!(":{}", screen.first_line());

        // The bus does not know the display, so nothing it starts can show a prompt and wait for an answer.
        let mut bus = environment.start_bus();
        bus.first_line();
        environment.set("DISPLAY", &display);
        let keyring = Some(keyring::start(&environment));
        Self { keyring, _bus: bus, _screen: screen, display, environment }
    }

    /// Sets the colour scheme of programs started from now on.
    pub fn prefer(&mut self, theme: Theme) {
        let gtk = if theme == Theme::Dark { "Adwaita:dark" } else { "Adwaita" };
        self.environment.set("GTK_THEME", gtk);
    }

    /// Puts a shell script in place of a program, for programs started from now on.
    pub fn stand_in(&mut self, program: &str, script: &str) {
        let folder = self.home().join("bin");
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        let file = folder.join(program);
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("a script can be written");
        std::fs::set_permissions(&file, Permissions::from_mode(0o755)).expect("a script can be made to run");
        self.environment.set("PATH", format!("{}:{}", folder.display(), self.environment.get("PATH")));
    }

    /// Makes programs started from now on log at the highest level.
    pub fn log_everything(&mut self) {
        self.environment.set("RUST_LOG", "trace");
    }

    /// Every secret in the keyring, as any client with access gets them.
    pub async fn kept_in_the_keyring(&self) -> Vec<String> {
        keyring::secrets(&self.bus()).await.expect("the keyring answers")
    }

    /// The address of the session bus.
    pub fn bus(&self) -> String {
        self.environment.get("DBUS_SESSION_BUS_ADDRESS")
    }

    /// The home folder, initially empty.
    pub fn home(&self) -> &Path {
        self.environment.home()
    }

    /// The display, from outside the program.
    pub fn display(&self) -> Display {
        Display::open(&self.display)
    }

    /// The screen's memory as a file, in the format of `xwd`.
    pub fn screen_memory(&self) -> PathBuf {
        self.home().join("Xvfb_screen0")
    }

    /// Starts the app and waits for its page.
    pub async fn open_app(&self, arguments: &[&str]) -> App {
        self.open(&built("token-workbench"), arguments).await
    }

    /// Starts any program with a web view and waits for its page.
    pub async fn open(&self, binary: &Path, arguments: &[&str]) -> App {
        App::open(&self.environment, binary, arguments).await
    }

    /// A command that runs on this desktop.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.environment.command(program)
    }

    /// Runs `twb` on this desktop, with `input` on its standard input.
    pub fn twb(&self, arguments: &[&str], input: &str) -> Output {
        self.run(&built("twb"), arguments, input)
    }

    /// Runs a program on this desktop to its end, with `input` on its standard input.
    pub fn run(&self, program: &Path, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        child.stdin.take().expect("stdin is a pipe").write_all(input.as_bytes()).expect("the program reads its input");
        child.wait_with_output().expect("the program ends")
    }

    /// Locks the keyring, as some screen locks do.
    pub fn lock_keyring(&self) {
        keyring::lock(&self.environment);
    }

    /// Unlocks the keyring without a prompt, as a login does.
    pub fn unlock_keyring(&self) {
        keyring::unlock(&self.environment);
    }

    /// Ends the keyring service. Its content stays on the disk.
    pub fn stop_keyring(&mut self) {
        self.keyring = None;
    }

    /// Starts the keyring service again, unlocked.
    pub fn start_keyring(&mut self) {
        self.keyring = Some(keyring::start(&self.environment));
    }
}

/// The path of a program of this workspace, built beside the running one. `WORKBENCH_BIN` overrides the app.
pub fn built(program: &str) -> PathBuf {
    if let Some(path) = std::env::var_os("WORKBENCH_BIN").filter(|_| program == "token-workbench") {
        return path.into();
    }
    let me = std::env::current_exe().expect("the running program has a path");
    let found = me.ancestors().skip(1).take(2).map(|folder| folder.join(program)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{program} is not built: run `make test`, or `cargo build` first"))
}

/// Polls until there is an answer or [`PATIENCE`] ends.
fn patiently<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() > deadline {
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
