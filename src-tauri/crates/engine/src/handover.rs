//! Hands a text from `twb` to the window of the same profile. Uses a file, since any process can read another's command
//! line. Only its owner can read the file, and the window that opens it deletes it.

use crate::{
    Profile,
    clock::{Clock, SystemClock},
    entropy::{NoEntropy, OsEntropy, make_id},
    named_file::{self, ReadError},
    private_file,
};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

/// The maximum length of a text read from a file, in bytes.
pub const LONGEST: u64 = 8 * 1024 * 1024;

/// How long, in seconds, a file may wait for the window.
const ON_ITS_WAY_SECONDS: u64 = 60;

/// The folder for handed-over files inside a profile's folder.
const FOLDER: &str = "handover";

/// Why a text was not handed over. No file is left behind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandOverError {
    /// The profile is in the memory of this process, where no other process can see it.
    #[error("There is no window of an ephemeral profile to hand the token to; leave out --ephemeral, or --gui")]
    Ephemeral,
    /// The file could not be written.
    #[error("{} cannot be written: {system}", file.display())]
    Unwritten {
        /// The file.
        file: PathBuf,
        /// The system's message.
        system: String,
    },
    /// No randomness was available for the file name.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

impl Profile {
    /// Writes a text into a new file for the window of this profile.
    ///
    /// # Errors
    /// [`HandOverError`]
    pub fn hand_over(&self, text: &str) -> Result<PathBuf, HandOverError> {
        let Self::Folder { folder, .. } = self else { return Err(HandOverError::Ephemeral) };
        let folder = folder.join(FOLDER);
        let file = folder.join(make_id(&OsEntropy)?);
        let written = private_file::create_folder(&folder)
            .and_then(|()| private_file::create_new(&file)?.write_all(text.as_bytes()));
        written.map_err(|error| {
            self.discard(&file);
            HandOverError::Unwritten { file: file.clone(), system: error.to_string() }
        })?;
        Ok(file)
    }

    /// Deletes handed-over files that were never picked up because the window did not start. Files of the last minute
    /// are kept: they may still be picked up.
    pub fn sweep_handovers(&self) {
        let Self::Folder { folder, .. } = self else { return };
        let handovers = folder.join(FOLDER);
        // The target of a link belongs to someone else, however old.
        if private_file::refuse_link(&handovers).is_err() {
            return;
        }
        let Ok(entries) = fs::read_dir(handovers) else { return };
        let is_old = |file: &Path| {
            let written = fs::symlink_metadata(file).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
            let age = SystemClock.now().seconds().saturating_sub(i64::try_from(written.as_secs()).ok()?);
            Some(age.unsigned_abs() > ON_ITS_WAY_SECONDS)
        };
        for file in entries.flatten().map(|entry| entry.path()).filter(|file| is_old(file) == Some(true)) {
            self.discard(&file);
        }
    }

    /// Deletes a handed-over file. Any other file belongs to the user and stays.
    pub fn discard(&self, file: &Path) {
        let Self::Folder { folder, .. } = self else { return };
        if private_file::refuse_link(&folder.join(FOLDER)).is_err() {
            return;
        }
        // Resolve links on both sides, so that a path cannot appear to be in the folder but lead out of it.
        let lies_in = std::path::absolute(file).ok().and_then(|file| file.parent()?.canonicalize().ok());
        if lies_in.is_some() && lies_in == folder.join(FOLDER).canonicalize().ok() && fs::remove_file(file).is_err() {
            tracing::warn!(file = %file.display(), "a file that was handed over could not be deleted");
        }
    }
}

/// Reads a text to inspect. Invalid UTF-8 becomes U+FFFD, which the parser reports.
///
/// # Errors
/// [`ReadError`]
pub fn read(file: &Path) -> Result<String, ReadError> {
    Ok(String::from_utf8_lossy(&named_file::read(file, LONGEST)?).into_owned())
}
