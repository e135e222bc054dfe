//! Copies of a database: backups, and what is kept before a migration. A copy has its name only when it is whole.

use super::{StoreError, profile};
use crate::private_file;
use rusqlite::{Connection, backup::Backup};
use std::{
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// Writes a backup into a new file. It says of itself that it is a copy, so that it is known for one wherever it is opened.
pub(super) fn back_up(connection: &Connection, copy: &Path) -> Result<(), StoreError> {
    let sort_io = |error: io::Error| StoreError::sort_io(&error, copy);
    if fs::symlink_metadata(copy).is_ok() {
        return Err(sort_io(io::ErrorKind::AlreadyExists.into()));
    }
    let part = part_of(copy, &format!(".part-{}", std::process::id()));
    write(connection, &part, true).map_err(|error| rename_in(error, copy))?;
    // A second name does not overwrite, as renaming does. Where there are no second names (FAT), the look before must do.
    let named = match fs::hard_link(&part, copy) {
        Ok(()) => fs::remove_file(&part),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => fs::rename(&part, copy),
    };
    named.and_then(|()| sync_folder(copy)).map_err(|error| {
        let _ = fs::remove_file(&part);
        sort_io(error)
    })
}

/// Keeps a database as it is before a migration, in the place of what was kept before an earlier one.
pub(super) fn keep(connection: &Connection, kept: &Path) -> Result<(), StoreError> {
    let sort_io = |error: io::Error| StoreError::sort_io(&error, kept);
    let part = part_of(kept, ".part");
    match fs::remove_file(&part) {
        // A process was killed while it wrote this.
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(sort_io(error)),
    }
    write(connection, &part, false).map_err(|error| rename_in(error, kept))?;
    fs::rename(&part, kept).and_then(|()| sync_folder(kept)).map_err(sort_io)
}

/// Copies with SQLite's backup API, which sees one moment of the database whatever others write meanwhile.
fn write(connection: &Connection, part: &Path, is_backup: bool) -> Result<(), StoreError> {
    private_file::create_new(part).map_err(|error| StoreError::sort_io(&error, part))?;
    let copied = (|| {
        let mut target = Connection::open(part)?;
        Backup::new(connection, &mut target)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
        // A copy is one file: whoever only reads it has nothing to make beside it.
        target.query_row("PRAGMA journal_mode=DELETE", [], |_| Ok(()))?;
        if is_backup { profile::call_copy(&target) } else { Ok(()) }
    })();
    let synced = copied.map_err(|error| StoreError::sort(error, part)).and_then(|()| {
        let sync = OpenOptions::new().write(true).open(part).and_then(|file| file.sync_all());
        sync.map_err(|error| StoreError::sort_io(&error, part))
    });
    synced.inspect_err(|_| {
        // Half a copy is worse than none.
        let _ = fs::remove_file(part);
    })
}

fn part_of(copy: &Path, end: &str) -> PathBuf {
    let mut part = copy.as_os_str().to_owned();
    part.push(end);
    part.into()
}

/// Names the file that was asked for instead of its unfinished part.
fn rename_in(mut error: StoreError, copy: &Path) -> StoreError {
    *error.file_mut() = copy.to_path_buf();
    error
}

/// A new name is there after a power cut only once the folder is written.
fn sync_folder(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        fs::File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}
