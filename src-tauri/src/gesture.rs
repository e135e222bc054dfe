//! What the page may have done only because a person did something: the shell sees key, button and touch presses on the
//! web view itself, and does not take the page's word for them. A script's `click()` is none.
//!
//! Every command has its rule in `commands/table.rs`; one that is not there is refused.

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

/// How long a gesture counts: a click answers with its command at once, but a computer may be busy.
const FRESH: Duration = Duration::from_secs(5);

/// What a person starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    /// Reading the clipboard.
    ReadClipboard,
    /// Replacing what is on the clipboard.
    Copy,
    /// Fetching keys from a host.
    FetchKeys,
    /// Signing with a key of the profile.
    Sign,
    /// Signing a user in or refreshing a session, which gives tokens.
    SignIn,
    /// Showing a token that the shell keeps.
    Reveal,
    /// Unlocking the keyring, or what is sealed with a passphrase.
    Unlock,
    /// Changing users, policies or the clock.
    Change,
}

impl Act {
    /// How often one gesture allows it. A click on *Edit* signs more than once: the token, then what was changed in it.
    const fn allowed(self) -> u8 {
        match self {
            Self::Sign => 4,
            Self::ReadClipboard
            | Self::Copy
            | Self::FetchKeys
            | Self::SignIn
            | Self::Reveal
            | Self::Unlock
            | Self::Change => 1,
        }
    }

    /// As a question, where the shell cannot see gestures and asks instead.
    #[cfg(any(windows, target_os = "macos"))]
    const fn question(self) -> &'static str {
        match self {
            Self::ReadClipboard => "Read the clipboard?",
            Self::Copy => "Replace what is on the clipboard?",
            Self::FetchKeys => "Fetch keys from the network?",
            Self::Sign => "Sign with a key of this profile?",
            Self::SignIn => "Sign a user in, or refresh a session?",
            Self::Reveal => "Show a token?",
            Self::Unlock => "Unlock the keyring?",
            Self::Change => "Make this change in the profile?",
        }
    }
}

/// What a command needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Nothing: it shows what the page shows anyway, or only computes.
    Free,
    /// A gesture.
    Gesture(Act),
    /// It depends on what is asked for: the command looks itself.
    Depends,
}

/// The last gesture, and what was done on its account.
#[derive(Debug, Default)]
pub(crate) struct Gestures(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    /// When it was, on a clock that nobody can set.
    at: Option<Duration>,
    done: BTreeMap<Act, u8>,
}

impl Gestures {
    /// A person pressed something, `now`.
    fn saw(&self, now: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Last { at: Some(now), done: BTreeMap::new() };
    }

    /// Does the last gesture allow this, `now`? What it allows becomes less by it.
    fn spend(&self, act: Act, now: Duration) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = last.at.is_some_and(|at| now.saturating_sub(at) <= FRESH);
        let done = last.done.entry(act).or_default();
        let may = is_fresh && *done < act.allowed();
        *done += u8::from(may);
        may
    }
}

/// Lets an act happen on account of the last gesture.
///
/// # Errors
/// [`ProgramProblem::GestureRequired`]
#[cfg(all(unix, not(target_os = "macos")))]
#[expect(clippy::unused_async, reason = "other systems ask, and wait for the answer")]
pub(crate) async fn allow(app: &AppHandle, act: Act) -> Result<(), WireError> {
    if app.state::<Gestures>().spend(act, now()) { Ok(()) } else { Err(refusal()) }
}

/// Lets an act happen if a person says so: this system does not show the shell what is pressed in a web view.
///
/// # Errors
/// [`ProgramProblem::GestureRequired`]
#[cfg(any(windows, target_os = "macos"))]
pub(crate) async fn allow(app: &AppHandle, act: Act) -> Result<(), WireError> {
    // A yes is good for as many as a gesture would be, so that a preview does not ask at every signature.
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

/// Puts the rules before the commands.
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

/// Watches what is pressed on the web view. Programs of the same user can forge events on the display server; they can
/// read the same files and memory as well.
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
