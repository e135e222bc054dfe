//! The desktop program's command line, and the checks made before a window can open.

#[cfg(all(unix, not(target_os = "macos")))]
use anyhow::Context;
use anyhow::bail;
use clap::Parser;
use engine::{Profile, profile::DEFAULT_PROFILE};
use std::path::PathBuf;

/// Token Workbench: JWTs, scoped test tokens and second factors, with a real auth engine inside.
///
/// The same engine answers on the command line as `twb`.
#[derive(Debug, Parser)]
#[command(name = "token-workbench", version)]
pub(crate) struct Arguments {
    /// The profile to open: a folder with users, sessions and settings of its own.
    #[arg(long, value_name = "NAME", default_value = DEFAULT_PROFILE)]
    profile: String,
    /// Keep everything in memory, signing keys too. Nothing is left when the window closes.
    #[arg(long, conflicts_with = "profile")]
    ephemeral: bool,
    /// Show what a file holds in Inspect, also in a window that is open already.
    #[arg(long, value_name = "FILE")]
    pub(crate) inspect: Option<PathBuf>,
}

impl Arguments {
    /// The requested profile.
    pub(crate) fn profile(&self) -> anyhow::Result<Profile> {
        Ok(if self.ephemeral { Profile::Ephemeral } else { Profile::named(&self.profile)? })
    }
}

/// Reports a missing display in one line, before GTK does so in ten.
pub(crate) fn check_display() -> anyhow::Result<()> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(all(unix, not(target_os = "macos"))) && !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
        bail!(
            "no display (DISPLAY and WAYLAND_DISPLAY are unset); the same engine works without one: run `twb --help`"
        );
    }
    Ok(())
}

/// Opens the display, which may refuse even if it is named; the window library would panic.
pub(crate) fn open_display() -> anyhow::Result<()> {
    #[cfg(all(unix, not(target_os = "macos")))]
    gtk::init().context("the display cannot be opened; the same engine works without one: run `twb --help`")?;
    Ok(())
}

/// The suffix that makes the identifier of a profile's window unique; `None` for the default profile.
pub(crate) fn identifier_suffix(profile: &Profile) -> Option<String> {
    match profile {
        Profile::Folder { name, .. } if name.to_string() == DEFAULT_PROFILE => None,
        // "p-", since an element of a D-Bus name must not begin with a digit.
        Profile::Folder { name, .. } => Some(format!(".p-{name}")),
        Profile::Ephemeral => Some(".ephemeral".into()),
    }
}
