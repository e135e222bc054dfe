//! `twb inspect --gui`: the desktop program shows the token.

use crate::{Outcome, print};
use anyhow::{Context, anyhow};
use engine::Profile;
use serde_json::json;
use std::{
    env,
    ffi::OsString,
    io::ErrorKind,
    path::Path,
    process::{Command, Stdio},
};

/// The desktop program's name, without the ending that programs have on Windows.
const PROGRAM: &str = "token-workbench";

/// Hands a text to the window of the profile `name`. The desktop program opens it, or brings it to the front.
pub(crate) fn show(profile: &Profile, name: &str, text: &str, as_json: bool) -> anyhow::Result<Outcome> {
    let file = profile.hand_over(text)?;
    start(name, &file).inspect_err(|_| profile.discard(&file))?;
    let words = format!("Handed over to the window of the profile {name}\n");
    print::answer(as_json, &json!({"handed_over_to": name}), &words)
}

/// The program beside this one, else on `PATH`. It outlives this command and the terminal's Ctrl C; what it has to say
/// about its start it says in the terminal.
fn start(profile: &str, file: &Path) -> anyhow::Result<()> {
    let program = format!("{PROGRAM}{}", env::consts::EXE_SUFFIX);
    let beside = env::current_exe().ok().map(|twb| twb.with_file_name(&program)).filter(|beside| beside.is_file());
    let mut command = Command::new(beside.map_or_else(|| OsString::from(program), OsString::from));
    command.arg("--profile").arg(profile).arg("--inspect").arg(file);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    match command.spawn() {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(anyhow!("{PROGRAM} is neither beside twb nor on PATH; install the desktop program, or leave out --gui"))
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be started", command.get_program().display())),
    }
}
