//! `twb inspect --gui`: shows the token in the desktop program.

use crate::{
    Outcome,
    print::{self, Form},
};
use anyhow::{Context, anyhow, bail};
use engine::Profile;
use serde_json::json;
use std::{
    env,
    ffi::OsString,
    io::ErrorKind,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// The desktop program's name, without the extension on Windows.
const PROGRAM: &str = "token-workbench";

/// Hands a text to the window of the profile `name`. The desktop program opens the window or brings it to the front.
pub(crate) fn show(profile: &Profile, name: &str, text: &str, form: &Form) -> anyhow::Result<Outcome> {
    let file = profile.hand_over(text)?;
    let taken = start(name, &file).and_then(|mut program| wait_until_taken(&mut program, &file));
    taken.inspect_err(|_| profile.discard(&file))?;
    let words = format!("Handed over to the window of the profile {name}\n");
    print::answer(form, &json!({"handed_over_to": name}), &words)
}

/// Starts the program next to this one, or else the one on `PATH`. It outlives this command and Ctrl C in the terminal,
/// and prints its startup messages to the terminal.
fn start(profile: &str, file: &Path) -> anyhow::Result<Child> {
    let program = format!("{PROGRAM}{}", env::consts::EXE_SUFFIX);
    let beside = env::current_exe().ok().map(|twb| twb.with_file_name(&program)).filter(|beside| beside.is_file());
    let mut command = Command::new(beside.map_or_else(|| OsString::from(program), OsString::from));
    command.arg("--profile").arg(profile).arg("--inspect").arg(file);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    match command.spawn() {
        Ok(program) => Ok(program),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(anyhow!("{PROGRAM} is neither beside twb nor on PATH; install the desktop program, or leave out --gui"))
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be started", command.get_program().display())),
    }
}

/// How often to check for the file, and for how long: twenty seconds in all.
const LOOK: Duration = Duration::from_millis(20);
const MOST_LOOKS: u32 = 1_000;

/// A program that fails deletes the file first, so keep watching for its exit for this many checks.
const LAST_LOOKS: u32 = 10;

/// Waits until the window has taken the file, which it deletes after reading.
fn wait_until_taken(program: &mut Child, file: &Path) -> anyhow::Result<()> {
    let mut gone = 0;
    for _ in 0..MOST_LOOKS {
        let ended = program.try_wait().context("the desktop program cannot be watched")?;
        if ended.is_some_and(|status| !status.success()) {
            bail!("The window did not open");
        }
        if !file.exists() {
            if ended.is_some() || gone == LAST_LOOKS {
                return Ok(());
            }
            gone += 1;
        }
        thread::sleep(LOOK);
    }
    // Stop the program we started: nobody will look at what it failed to show. It may just have ended.
    let _ = program.kill().and_then(|()| program.wait().map(drop));
    bail!("The window has not taken the token for twenty seconds; see whether it is open, and try again")
}
