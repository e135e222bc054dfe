//! The system clipboard. A secret that the program put there is cleared after a minute and on exit, if it is still
//! there: text copied by another program meanwhile stays.

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

/// How long to wait for the clipboard on exit: its owner may be this program's own window, which is busy closing.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// The clipboard, opened on first use. Do not use it on the main thread: the text may have to come from its window.
#[derive(Default)]
pub(crate) struct Clipboard(Arc<Shared>);

#[derive(Default)]
struct Shared {
    system: Mutex<Option<arboard::Clipboard>>,
    secret: Mutex<Secret>,
}

/// The last secret that was copied and not yet cleared.
#[derive(Default)]
struct Secret {
    text: Option<Zeroizing<String>>,
    /// The number of the copy.
    number: u64,
}

impl Secret {
    /// Records that another text was copied, secret or not, and returns its number.
    fn copied(&mut self, secret: Option<Zeroizing<String>>) -> u64 {
        self.text = secret;
        self.number += 1;
        self.number
    }

    /// Takes the secret to clear, if nothing was copied after it.
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

    /// Copies a text. For a secret, returns after how many seconds it will be cleared.
    ///
    /// # Errors
    /// [`ClipboardProblem::Failed`]
    pub(crate) fn copy(&self, text: String) -> Result<Option<u32>, WireError> {
        let is_secret = is_secret(&text);
        self.write(text, is_secret)
    }

    /// Copies a secret; returns after how many seconds it will be cleared.
    ///
    /// # Errors
    /// [`ClipboardProblem::Failed`]
    pub(crate) fn copy_secret(&self, text: String) -> Result<Option<u32>, WireError> {
        self.write(text, true)
    }

    fn write(&self, text: String, is_secret: bool) -> Result<Option<u32>, WireError> {
        let text = Zeroizing::new(text);
        let written = self.0.with(|system| out_of_histories(system.set()).text(text.as_str()));
        written.map_err(|error| WireError::new(Failure::Clipboard(ClipboardProblem::Failed), error.to_string()))?;
        let number = lock(&self.0.secret).copied(is_secret.then_some(text));
        if !is_secret {
            return Ok(None);
        }
        let shared = Arc::clone(&self.0);
        after_its_time(thread::sleep, move || shared.take_off(number));
        Ok(u32::try_from(STAYS.as_secs()).ok())
    }

    /// Clears the secret when the program ends.
    pub(crate) fn end(&self) {
        let (done, ended) = mpsc::channel();
        let shared = Arc::clone(&self.0);
        thread::spawn(move || {
            let number = lock(&shared.secret).number;
            shared.take_off(number);
            // Dropping the clipboard hands other text to the clipboard manager, if there is one.
            lock(&shared.system).take();
            // The receiver is gone if this took too long.
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

    /// Clears the secret with that number from every place that still holds it.
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

/// Clears a place only if it still holds our secret; one without text, or that cannot be read, does not.
fn clear_if_ours<E>(
    secret: &Zeroizing<String>,
    held: impl FnOnce() -> Result<String, E>,
    clear: impl FnOnce() -> Result<(), E>,
) -> Result<(), E> {
    if held().map(Zeroizing::new).is_ok_and(|held| held == *secret) { clear() } else { Ok(()) }
}

/// Runs `then` once the secret has stayed for its time; the caller decides how to wait.
fn after_its_time(wait: impl FnOnce(Duration) + Send + 'static, then: impl FnOnce() + Send + 'static) {
    thread::spawn(move || {
        wait(STAYS);
        then();
    });
}

/// The places that can hold a copied text. A token selected in the window is in the primary selection as well.
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

/// Keeps the text out of the history, the cloud and clipboard monitors.
#[cfg(windows)]
fn out_of_histories(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtWindows::exclude_from_monitoring(set)
}

/// Does a text grant access? A whole token does (RFC 6750 section 1.2), and so does a private key. A token without its
/// signature, claims and messages do not.
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
