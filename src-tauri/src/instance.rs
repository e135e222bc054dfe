//! Checks whether a window of this profile is already open, before anything is drawn and with a deadline: neither a bus
//! that never answers nor a window that hangs keeps this program waiting.
#![cfg(all(unix, not(target_os = "macos")))]

use crate::session_bus::{BUS, NO_BUS};
use anyhow::bail;
use std::{
    env,
    os::unix::process::CommandExt,
    process::Command,
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};
use zbus::blocking::{Connection, fdo::DBusProxy};

/// How long the bus may take to name the owner.
const BUS_DEADLINE: Duration = Duration::from_secs(2);

/// How long an open window may take to acknowledge.
const WINDOW_DEADLINE: Duration = Duration::from_secs(3);

/// Messages from the thread that talks to the bus.
enum Word {
    /// The bus answered: such a window is open, or not.
    Open(bool),
    /// There is no bus.
    NoBus,
    /// The window has taken over this start, or was gone before it could.
    Told(bool),
}

/// What this start of the program should do.
pub(crate) enum Start {
    /// Open a window.
    Here,
    /// End: an open window has taken over.
    There,
}

/// Tells an open window of the profile with this identifier that the program was started again. If there is none, the
/// program goes on. If the bus does not answer, the program restarts itself without a bus, since the window's libraries
/// would wait for it.
///
/// # Errors
/// The window is open but does not answer.
pub(crate) fn settle(identifier: Option<&str>) -> anyhow::Result<Start> {
    let (say, said) = mpsc::channel();
    let identifier = identifier.map(str::to_owned);
    // If nobody answers, the thread is abandoned.
    thread::spawn(move || ask(identifier.as_deref(), &say));
    match said.recv_timeout(BUS_DEADLINE) {
        Ok(Word::Open(true)) => match said.recv_timeout(WINDOW_DEADLINE) {
            Ok(Word::Told(true)) => Ok(Start::There),
            // The window was closing.
            Ok(_) | Err(RecvTimeoutError::Disconnected) => Ok(Start::Here),
            Err(RecvTimeoutError::Timeout) => {
                bail!("Token Workbench is open already, but does not answer; end that window's process, and try again")
            }
        },
        Ok(_) | Err(RecvTimeoutError::Disconnected) => Ok(Start::Here),
        Err(RecvTimeoutError::Timeout) => start_without_bus(),
    }
}

/// Replaces this process with the same program, started without a bus.
fn start_without_bus() -> anyhow::Result<Start> {
    tracing::warn!("the session bus does not answer: going on without it, and so without the keyring");
    let mut arguments = env::args_os();
    let name = arguments.next().unwrap_or_default();
    let mut again = Command::new(env::current_exe()?);
    Err(again.arg0(name).args(arguments).env(BUS, NO_BUS).exec().into())
}

fn ask(identifier: Option<&str>, say: &Sender<Word>) {
    let name = identifier.map(|identifier| format!("{identifier}.SingleInstance"));
    let found = Connection::session().and_then(|bus| {
        let proxy = DBusProxy::new(&bus)?;
        // Without a name, ask for the bus itself: the call also tests whether the bus answers.
        let wanted = name.as_deref().unwrap_or("org.freedesktop.DBus").try_into()?;
        let is_owned = proxy.name_has_owner(wanted)?;
        Ok((bus, is_owned))
    });
    let Ok((bus, is_owned)) = found else {
        // The receiver is gone if this came too late; the same holds below.
        let _ = say.send(Word::NoBus);
        return;
    };
    let Some(name) = name.filter(|_| is_owned) else {
        let _ = say.send(Word::Open(false));
        return;
    };
    let _ = say.send(Word::Open(true));
    // The object and method that `tauri-plugin-single-instance` serves.
    let path = format!("/{}", name.replace('.', "/").replace('-', "_"));
    let arguments: Vec<String> = env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let folder = env::current_dir().unwrap_or_default().to_string_lossy().into_owned();
    let interface = Some("org.SingleInstance.DBus");
    let answer =
        bus.call_method(Some(name.as_str()), path.as_str(), interface, "ExecuteCallback", &(arguments, folder));
    let _ = say.send(Word::Told(answer.is_ok()));
}
