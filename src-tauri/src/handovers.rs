//! Texts passed to the program at its start, or at a second start, that wait for the page to fetch them.

use crate::{
    arguments::Arguments,
    error::WireError,
    events::{self, HandedOver},
    window,
};
use clap::Parser;
use engine::{Profile, handover};
use std::{
    collections::VecDeque,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tauri::{AppHandle, Manager};

/// How many texts may wait, and how many bytes they may have together: two of the longest. The page takes them one
/// after another; if more arrive before it does, the oldest are dropped.
const MOST: usize = 16;
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The waiting texts, the oldest first. A file that could not be read is queued as its error.
#[derive(Default)]
pub struct Handovers(Mutex<VecDeque<Result<String, WireError>>>);

impl Handovers {
    /// Starts with the text that the program was started with, if any.
    pub(crate) fn starting_with(text: Option<String>) -> Self {
        Self(Mutex::new(text.map(Ok).into_iter().collect()))
    }

    /// Removes and returns the oldest text.
    pub(crate) fn take(&self) -> Option<Result<String, WireError>> {
        self.lock().pop_front()
    }

    /// Queues a text; drops the oldest if there are too many.
    fn add(&self, text: Result<String, WireError>) {
        let mut waiting = self.lock();
        waiting.push_back(text);
        let bytes = |waiting: &VecDeque<Result<String, WireError>>| -> usize {
            waiting.iter().flatten().map(String::len).sum()
        };
        while waiting.len() > MOST || bytes(&waiting) > MOST_BYTES {
            waiting.pop_front();
            tracing::warn!("too many texts were handed over at once: the oldest is not shown");
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Result<String, WireError>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Handles a second start for the same profile, in `folder`: brings the window to the front and queues the file of
/// `--inspect`.
pub(crate) fn started_again(app: &AppHandle, profile: &Profile, arguments: Vec<String>, folder: &str) {
    // The second process has parsed these arguments already, so they are valid.
    let file = Arguments::try_parse_from(arguments).ok().and_then(|arguments| arguments.inspect);
    if let Some(file) = file {
        let file = Path::new(folder).join(file);
        let text = handover::read(&file).map_err(WireError::from);
        profile.discard(&file);
        app.state::<Handovers>().add(text);
        // A window that is not open yet will ask when it opens.
        events::tell(app, HandedOver);
    }
    window::show(app);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_much_is_handed_over_what_waits_is_bounded_and_the_newest_is_among_it() {
        let waiting = Handovers::default();
        for number in 0..1_000 {
            waiting.add(Ok(number.to_string()));
        }
        assert_eq!(waiting.lock().len(), MOST);
        assert_eq!(waiting.take(), Some(Ok((1_000 - MOST).to_string())), "the oldest that is left comes first");

        let longest = "a".repeat(MOST_BYTES / 2);
        for _ in 0..10 {
            waiting.add(Ok(longest.clone()));
        }
        assert_eq!(waiting.lock().len(), 2);
        waiting.add(Ok("newest".into()));
        let left: Vec<_> = std::iter::from_fn(|| waiting.take()).flatten().collect();
        assert_eq!(left, [longest, "newest".to_owned()]);
    }
}
