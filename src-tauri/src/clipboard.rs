//! The system clipboard. A secret that the program put there is taken off after a minute and at the end, if it is still
//! there: what somebody else has copied meanwhile stays.

#[cfg(test)]
mod tests;

use crate::{
    commands::clipboard::ClipboardProblem,
    error::{Failure, WireError},
};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};
use zeroize::Zeroizing;

/// How long a secret stays on the clipboard.
const STAYS: Duration = Duration::from_secs(60);

/// How long the end of the program waits for the clipboard: its owner may be this program's own window, which is busy
/// ending.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// The clipboard, opened when it is first used. Not for the main thread: the text may have to come from its window.
#[derive(Default)]
pub(crate) struct Clipboard(Arc<Shared>);

#[derive(Default)]
struct Shared {
    system: Mutex<Option<arboard::Clipboard>>,
    secret: Mutex<Secret>,
}

/// The last secret that was put on the clipboard and not yet taken off.
#[derive(Default)]
struct Secret {
    text: Option<Zeroizing<String>>,
    /// Which copy it was.
    number: u64,
}

impl Secret {
    /// Another text is on the clipboard now, a secret or none. Answers with its number.
    fn copied(&mut self, secret: Option<Zeroizing<String>>) -> u64 {
        self.text = secret;
        self.number += 1;
        self.number
    }

    /// Takes out what is due, if nothing was copied after it.
    fn due(&mut self, number: u64) -> Option<Zeroizing<String>> {
        if number == self.number { self.text.take() } else { None }
    }
}

impl Clipboard {
    /// The text on it.
    ///
    /// # Errors
    /// [`ClipboardProblem::Empty`]
    pub(crate) fn read(&self) -> Result<String, WireError> {
        let text = self.0.with(arboard::Clipboard::get_text);
        text.map_err(|error| WireError::new(Failure::Clipboard(ClipboardProblem::Empty), error.to_string()))
    }

    /// Puts a text on it. A secret is taken off again: the answer is after how many seconds.
    ///
    /// # Errors
    /// [`ClipboardProblem::Failed`]
    pub(crate) fn copy(&self, text: String) -> Result<Option<u32>, WireError> {
        let text = Zeroizing::new(text);
        let written = self.0.with(|system| out_of_histories(system.set()).text(text.as_str()));
        written.map_err(|error| WireError::new(Failure::Clipboard(ClipboardProblem::Failed), error.to_string()))?;
        let is_secret = is_secret(&text);
        let number = lock(&self.0.secret).copied(is_secret.then_some(text));
        if !is_secret {
            return Ok(None);
        }
        let shared = Arc::clone(&self.0);
        after_its_time(thread::sleep, move || shared.take_off(number));
        Ok(u32::try_from(STAYS.as_secs()).ok())
    }

    /// The program ends.
    pub(crate) fn end(&self) {
        let (done, ended) = mpsc::channel();
        let shared = Arc::clone(&self.0);
        thread::spawn(move || {
            let number = lock(&shared.secret).number;
            shared.take_off(number);
            // What is no secret is handed to the clipboard manager, where there is one.
            lock(&shared.system).take();
            // Nobody listens if that took too long.
            let _ = done.send(());
        });
        let _ = ended.recv_timeout(LAST_WAIT);
    }
}

impl Shared {
    fn with<T>(
        &self,
        act: impl FnOnce(&mut arboard::Clipboard) -> Result<T, arboard::Error>,
    ) -> Result<T, arboard::Error> {
        let mut system = lock(&self.system);
        let opened = match system.take() {
            Some(opened) => opened,
            None => arboard::Clipboard::new()?,
        };
        act(system.insert(opened))
    }

    /// Takes the secret with that number off every place where it still is.
    fn take_off(&self, number: u64) {
        let Some(secret) = lock(&self.secret).due(number) else { return };
        for place in PLACES {
            let held = || self.with(|system| read(system, place));
            let cleared = clear_if_ours(&secret, held, || self.with(|system| clear(system, place)));
            if let Err(error) = cleared {
                tracing::warn!(%error, "a secret is still on the clipboard");
            }
        }
    }
}

/// A place that holds no text, or cannot be asked, holds nothing of ours.
fn clear_if_ours<E>(
    secret: &Zeroizing<String>,
    held: impl FnOnce() -> Result<String, E>,
    clear: impl FnOnce() -> Result<(), E>,
) -> Result<(), E> {
    if held().map(Zeroizing::new).is_ok_and(|held| held == *secret) { clear() } else { Ok(()) }
}

/// Does something once a secret has stayed for its time; how to wait is the caller's choice.
fn after_its_time(wait: impl FnOnce(Duration) + Send + 'static, then: impl FnOnce() + Send + 'static) {
    thread::spawn(move || {
        wait(STAYS);
        then();
    });
}

/// Where a copied text can be. A token that was marked in the window is in the selection as well.
#[cfg(all(unix, not(target_os = "macos")))]
const PLACES: [arboard::LinuxClipboardKind; 2] =
    [arboard::LinuxClipboardKind::Clipboard, arboard::LinuxClipboardKind::Primary];

#[cfg(all(unix, not(target_os = "macos")))]
fn read(system: &mut arboard::Clipboard, place: arboard::LinuxClipboardKind) -> Result<String, arboard::Error> {
    arboard::GetExtLinux::clipboard(system.get(), place).text()
}

#[cfg(all(unix, not(target_os = "macos")))]
fn clear(system: &mut arboard::Clipboard, place: arboard::LinuxClipboardKind) -> Result<(), arboard::Error> {
    arboard::ClearExtLinux::clipboard(system.clear_with(), place)
}

#[cfg(all(unix, not(target_os = "macos")))]
fn out_of_histories(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtLinux::exclude_from_history(set)
}

#[cfg(any(windows, target_os = "macos"))]
const PLACES: [(); 1] = [()];

#[cfg(any(windows, target_os = "macos"))]
fn read(system: &mut arboard::Clipboard, (): ()) -> Result<String, arboard::Error> {
    system.get_text()
}

#[cfg(any(windows, target_os = "macos"))]
fn clear(system: &mut arboard::Clipboard, (): ()) -> Result<(), arboard::Error> {
    system.clear()
}

#[cfg(target_os = "macos")]
fn out_of_histories(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtApple::exclude_from_history(set)
}

/// Out of the history, the cloud and what programs watch.
#[cfg(windows)]
fn out_of_histories(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtWindows::exclude_from_monitoring(set)
}

/// Does a text let somebody in? A whole token does (RFC 6750 section 1.2), and so does a private key. A token without
/// its signature, claims and messages do not.
fn is_secret(text: &str) -> bool {
    let in_a_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let has_token = text.split(|c| !in_a_token(c)).any(|run| {
        let mut parts = run.rsplit('.');
        let last = parts.next().unwrap_or_default();
        run.starts_with("eyJ") && !last.is_empty() && matches!(parts.count(), 2 | 4)
    });
    // `d` is the private part of a JWK, `k` a shared secret (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1).
    has_token || text.contains("PRIVATE KEY-----") || text.contains(r#""d":"#) || text.contains(r#""k":"#)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
