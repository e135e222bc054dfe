//! The variables and folders that isolate a private desktop.

use super::Helper;
use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs::{self, DirBuilder},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};
use tempfile::TempDir;

/// A session bus that never starts services: one that is not running stays absent.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A home folder and the variables that programs on the private desktop see. Only `PATH` is inherited.
#[derive(Debug)]
pub struct Environment {
    home: TempDir,
    variables: BTreeMap<OsString, OsString>,
    logs: AtomicU32,
}

impl Environment {
    pub(super) fn new() -> Self {
        let home = tempfile::Builder::new().prefix("workbench-").tempdir().expect("a temporary folder can be made");
        let mut environment = Self { home, variables: BTreeMap::new(), logs: AtomicU32::new(0) };
        let folders = [
            ("XDG_DATA_HOME", ".local/share"),
            ("XDG_CONFIG_HOME", ".config"),
            ("XDG_CACHE_HOME", ".cache"),
            ("XDG_STATE_HOME", ".local/state"),
            ("XDG_RUNTIME_DIR", "run"),
        ];
        for (variable, folder) in folders {
            let path = environment.home().join(folder);
            DirBuilder::new().recursive(true).mode(0o700).create(&path).expect("a folder can be made");
            environment.set(variable, path);
        }
        environment.set("HOME", environment.home().to_owned());
        environment.set("PATH", std::env::var_os("PATH").expect("PATH is set"));
        environment.set("LANG", "C.UTF-8");
        environment.set("TZ", "UTC");
        environment.set("RUST_BACKTRACE", "1");
        // WebKit needs these to be driven, and to draw without a graphics card.
        environment.set("TAURI_WEBVIEW_AUTOMATION", "true");
        environment.set("LIBGL_ALWAYS_SOFTWARE", "1");
        environment.set("GDK_BACKEND", "x11");
        // The private bus has neither the settings service nor the accessibility bus: do not look for them.
        environment.set("GSETTINGS_BACKEND", "memory");
        environment.set("NO_AT_BRIDGE", "1");
        environment
    }

    pub(super) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(super) fn set(&mut self, variable: &str, value: impl Into<OsString>) {
        self.variables.insert(variable.into(), value.into());
    }

    pub(super) fn get(&self, variable: &str) -> String {
        let value = self.variables.get(OsStr::new(variable));
        value.map_or_else(String::new, |value| value.to_string_lossy().into_owned())
    }

    pub(super) fn runtime(&self) -> PathBuf {
        self.home().join("run")
    }

    /// A command that sees only these variables.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.variables).current_dir(self.home());
        command
    }

    /// Two files for a helper's output.
    pub(super) fn fresh_logs(&self, program: &str) -> (PathBuf, PathBuf) {
        let number = self.logs.fetch_add(1, Ordering::Relaxed);
        let file = |end| self.runtime().join(format!("{program}-{number}.{end}"));
        (file("out"), file("log"))
    }

    pub(super) fn start_bus(&mut self) -> Helper {
        let socket = self.runtime().join("bus").to_string_lossy().into_owned();
        let config = self.runtime().join("bus.conf");
        fs::write(&config, BUS.replace("{socket}", &socket)).expect("the bus's configuration can be written");
        let file = format!("--config-file={}", config.display());
        let bus = Helper::start(self, "dbus-daemon", &[&file, "--nofork", "--print-address=1"], "");
        self.set("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={socket}"));
        bus
    }
}
