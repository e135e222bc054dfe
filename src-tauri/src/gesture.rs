//! Commands that the page may call only after a user's gesture. The shell sees key, button and touch presses on the web
//! view itself and does not trust the page's claims. A script's `click()` is not a gesture.
//!
//! Every command has its rule in `commands/table.rs`; a command without one is refused.

#[cfg(test)]
mod tests;

use crate::{
    commands,
    error::{Failure, ProgramProblem, WireError},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tauri::{AppHandle, Manager, Wry, ipc::Invoke};

/// How long a gesture is valid. A click sends its command at once, but the computer may be busy.
const FRESH: Duration = Duration::from_secs(5);

/// An action that needs a gesture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    /// Reading the clipboard.
    ReadClipboard,
    /// Replacing the clipboard's content.
    Copy,
    /// Opening a specification in the browser.
    Browse,
    /// Fetching keys from a host.
    FetchKeys,
    /// Signing with a key of the profile.
    Sign,
    /// Signing a user in or refreshing a session, which returns tokens.
    SignIn,
    /// Showing a secret: a token that the shell keeps, or what sets up a second factor.
    Reveal,
    /// Unlocking the keyring, or keys sealed with a passphrase.
    Unlock,
    /// Changing users, policies or the clock.
    Change,
    /// Writing a file that the user then chooses, or printing.
    Save,
}

impl Act {
    /// How many times one gesture allows it. A click on *Edit* signs more than once: the token, then its changes.
    const fn allowed(self) -> u8 {
        match self {
            Self::Sign => 4,
            Self::ReadClipboard
            | Self::Copy
            | Self::Browse
            | Self::FetchKeys
            | Self::SignIn
            | Self::Reveal
            | Self::Unlock
            | Self::Change
            | Self::Save => 1,
        }
    }

    /// The question to ask on systems where the shell cannot see gestures.
    #[cfg(any(windows, target_os = "macos"))]
    const fn question(self) -> &'static str {
        match self {
            Self::ReadClipboard => "Read the clipboard?",
            Self::Copy => "Replace what is on the clipboard?",
            Self::Browse => "Open a specification in the browser?",
            Self::FetchKeys => "Fetch keys from the network?",
            Self::Sign => "Sign with a key of this profile?",
            Self::SignIn => "Sign a user in, or refresh a session?",
            Self::Reveal => "Show a secret?",
            Self::Unlock => "Unlock the keyring?",
            Self::Save => "Write a file or print?",
            Self::Change => "Make this change in the profile?",
        }
    }
}

/// What a command requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Nothing: it returns what the page shows anyway, or only computes.
    Free,
    /// A gesture.
    Gesture(Act),
    /// It depends on the arguments: the command checks for itself.
    Depends,
}

/// The last gesture, and the actions it was used for.
#[derive(Debug, Default)]
pub(crate) struct Gestures(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    /// When it happened, on the monotonic clock.
    at: Option<Duration>,
    done: BTreeMap<Act, u8>,
}

impl Gestures {
    /// Records a gesture at `now`.
    fn saw(&self, now: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Last { at: Some(now), done: BTreeMap::new() };
    }

    /// Does the last gesture allow this at `now`? If so, uses up one of its allowances.
    fn spend(&self, act: Act, now: Duration) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = last.at.is_some_and(|at| now.saturating_sub(at) <= FRESH);
        let done = last.done.entry(act).or_default();
        let may = is_fresh && *done < act.allowed();
        *done += u8::from(may);
        may
    }
}

/// Allows an action if the last gesture covers it.
///
/// # Errors
/// [`ProgramProblem::GestureRequired`]
#[cfg(all(unix, not(target_os = "macos")))]
#[expect(clippy::unused_async, reason = "other systems ask, and wait for the answer")]
pub(crate) async fn allow(app: &AppHandle, act: Act) -> Result<(), WireError> {
    if app.state::<Gestures>().spend(act, now()) { Ok(()) } else { Err(refusal()) }
}

/// Allows an action if the user confirms it: on this system the shell cannot see what is pressed in a web view.
///
/// # Errors
/// [`ProgramProblem::GestureRequired`]
#[cfg(any(windows, target_os = "macos"))]
pub(crate) async fn allow(app: &AppHandle, act: Act) -> Result<(), WireError> {
    // A yes counts like a gesture, so that a preview does not ask for every signature.
    let gestures = app.state::<Gestures>();
    if gestures.spend(act, Duration::ZERO) {
        return Ok(());
    }
    if !crate::ask::ask(app, act.question(), "The page asks for this.", "Allow").await {
        return Err(refusal());
    }
    gestures.saw(Duration::ZERO);
    if gestures.spend(act, Duration::ZERO) { Ok(()) } else { Err(refusal()) }
}

fn refusal() -> WireError {
    let problem = Failure::Program(ProgramProblem::GestureRequired);
    WireError::new(problem, "this is done only after a key or a button was pressed in the window")
}

/// Wraps the commands so that their rules are checked first.
pub(crate) fn guarded(
    commands: impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static,
) -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    let commands = Arc::new(commands);
    move |invoke| match commands::rule(invoke.message.command()) {
        Some(Rule::Free | Rule::Depends) => commands(invoke),
        Some(Rule::Gesture(act)) => {
            let commands = Arc::clone(&commands);
            tauri::async_runtime::spawn(async move {
                match allow(invoke.message.webview_ref().app_handle(), act).await {
                    Ok(()) => drop(commands(invoke)),
                    Err(refusal) => invoke.resolver.reject(refusal),
                }
            });
            true
        }
        None => {
            invoke.resolver.reject(refusal());
            true
        }
    }
}

/// Watches for presses on the web view. Programs of the same user can forge events on the display server, but they can
/// read the same files and memory anyway.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) fn watch(view: &tauri::webview::PlatformWebview, app: AppHandle) {
    use gtk::{gdk::EventType, glib::Propagation, prelude::WidgetExt};
    view.inner().connect_event(move |_, event| {
        if matches!(event.event_type(), EventType::KeyPress | EventType::ButtonPress | EventType::TouchBegin) {
            app.state::<Gestures>().saw(now());
        }
        Propagation::Proceed
    });
}

/// The computer's monotonic clock.
#[cfg(all(unix, not(target_os = "macos")))]
fn now() -> Duration {
    Duration::from_micros(gtk::glib::monotonic_time().unsigned_abs())
}
