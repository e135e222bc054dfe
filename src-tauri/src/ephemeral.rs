//! The web view needs a data folder even where nothing may be kept: a temporary one, deleted when the program ends.
//! What a killed program left is deleted by the next one.

use engine::private_file;
use std::{
    env,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Mutex,
};
use tempfile::TempDir;

const PREFIX: &str = "token-workbench-ephemeral-";

/// The file in the folder that stays locked as long as its program runs.
const LOCK: &str = "lock";

/// The web view's folder, accessible by its owner only (0700).
pub(crate) struct Room {
    folder: PathBuf,
    held: Mutex<Option<(TempDir, File)>>,
}

impl Room {
    /// Creates a folder, and deletes those whose program has ended.
    ///
    /// # Errors
    /// Errors of the file system.
    pub(crate) fn make() -> io::Result<Self> {
        Self::make_in_first(&bases())
    }

    /// The runtime folder of a session that has ended can no longer be written.
    fn make_in_first(bases: &[PathBuf]) -> io::Result<Self> {
        let mut made = Err(io::ErrorKind::NotFound.into());
        for base in bases {
            made = Self::make_in(base);
            if made.is_ok() {
                break;
            }
        }
        made
    }

    fn make_in(base: &Path) -> io::Result<Self> {
        sweep(base);
        loop {
            let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(base)?;
            let file = folder.path().join(LOCK);
            let lock = File::create_new(&file)?;
            lock.lock()?;
            // Another start may have deleted the folder before it was locked.
            if file.exists() {
                return Ok(Self { folder: folder.path().to_owned(), held: Mutex::new(Some((folder, lock))) });
            }
        }
    }

    /// The path of the folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Deletes the folder.
    pub(crate) fn leave(&self) {
        let held = self.held.lock().ok().and_then(|mut held| held.take());
        if let Some((folder, lock)) = held {
            drop(lock);
            if let Err(error) = folder.close() {
                tracing::warn!(%error, "a temporary folder stays until the next start");
            }
        }
    }
}

/// The user's runtime folder, which is in memory, where the system has one, and the folder for temporary files.
fn bases() -> Vec<PathBuf> {
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_dir());
    runtime.into_iter().chain([env::temp_dir()]).collect()
}

fn sweep(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else { return };
    for folder in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        // Anything may have this name in a shared folder: a pipe, a link, another user's file.
        let lock = private_file::open_existing(&folder.path().join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            // Another process may be deleting it too.
            let _ = fs::remove_dir_all(folder.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_program_left_goes_and_what_is_lived_in_stays() {
        let base = tempfile::tempdir().unwrap();
        let (lived_in, killed) = (Room::make_in(base.path()).unwrap(), Room::make_in(base.path()).unwrap());
        for room in [&lived_in, &killed] {
            fs::write(room.folder().join("localstorage"), "x").unwrap();
        }
        // A killed program releases the lock and nothing else.
        let (folder, lock) = killed.held.lock().unwrap().take().unwrap();
        let left = folder.keep();
        drop(lock);
        let next = Room::make_in(base.path()).unwrap();
        assert!(!left.exists() && lived_in.folder().join("localstorage").exists());
        lived_in.leave();
        next.leave();
        assert_eq!(fs::read_dir(base.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_base_that_cannot_be_written_is_passed_over() {
        let base = tempfile::tempdir().unwrap();
        let no_folder = base.path().join("file");
        fs::write(&no_folder, "").unwrap();
        assert!(Room::make_in_first(std::slice::from_ref(&no_folder)).is_err());
        let room = Room::make_in_first(&[no_folder, base.path().to_owned()]).unwrap();
        assert_eq!(room.folder().parent(), Some(base.path()));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_the_place_of_a_lock_holds_nobody_up() {
        let base = tempfile::tempdir().unwrap();
        let planted = base.path().join(format!("{PREFIX}planted"));
        fs::create_dir(&planted).unwrap();
        let made = std::process::Command::new("mkfifo").arg(planted.join(LOCK)).status().unwrap();
        assert!(made.success());
        Room::make_in(base.path()).unwrap().leave();
        assert!(planted.exists());
    }
}
