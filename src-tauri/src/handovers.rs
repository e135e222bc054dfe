//! Texts that were given to the program at its start, or at a second start of it, and wait for the page to ask for them.

use crate::{
    arguments::Arguments,
    convert::read_error,
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

/// What waits, the oldest first. A file that could not be read waits as its failure.
#[derive(Default)]
pub struct Handovers(Mutex<VecDeque<Result<String, WireError>>>);

impl Handovers {
    /// With the text the program was started with, if there was one.
    pub(crate) fn starting_with(text: Option<String>) -> Self {
        Self(Mutex::new(text.map(Ok).into_iter().collect()))
    }

    /// The oldest one, which is the caller's from now on.
    pub(crate) fn take(&self) -> Option<Result<String, WireError>> {
        self.lock().pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Result<String, WireError>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The program was started again for the same profile, in `folder`: its window comes to the front, with the file of
/// `--inspect` in it.
pub(crate) fn started_again(app: &AppHandle, profile: &Profile, arguments: Vec<String>, folder: &str) {
    // They were understood by the program that was started, or they would not have come here.
    let file = Arguments::try_parse_from(arguments).ok().and_then(|arguments| arguments.inspect);
    if let Some(file) = file {
        let file = Path::new(folder).join(file);
        let text = handover::read(&file).map_err(read_error);
        profile.discard(&file);
        app.state::<Handovers>().lock().push_back(text);
        // A window that is not open yet asks when it is.
        events::tell(app, HandedOver);
    }
    window::show(app);
}
