//! Copies of a database: backups, and the copy kept before a migration. A copy gets its final name only once it is
//! complete.

use super::{StoreError, profile};
use crate::private_file;
use rusqlite::{Connection, OpenFlags, backup::Backup};
use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// Writes a backup into a new file, flagged as a copy so that it is recognised wherever it is opened.
pub(super) fn back_up(connection: &Connection, copy: &Path) -> Result<(), StoreError> {
    let sort_io = |error: io::Error| StoreError::sort_io(&error, copy);
    if fs::symlink_metadata(copy).is_ok() {
        return Err(sort_io(io::ErrorKind::AlreadyExists.into()));
    }
    delete_left_behind(copy);
    let part = part_of(copy, &format!(".part-{}", std::process::id()));
    let _locked = write(connection, &part, true).map_err(|error| rename_in(error, copy))?;
    // A hard link, unlike a rename, never overwrites. File systems without hard links (FAT) rely on the check above.
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

/// Keeps the database as it is before a migration, replacing the copy kept before an earlier one.
pub(super) fn keep(connection: &Connection, kept: &Path) -> Result<(), StoreError> {
    let sort_io = |error: io::Error| StoreError::sort_io(&error, kept);
    let part = part_of(kept, ".part");
    match fs::remove_file(&part) {
        // Left behind by a process that was killed while writing it.
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(sort_io(error)),
    }
    let _locked = write(connection, &part, false).map_err(|error| rename_in(error, kept))?;
    fs::rename(&part, kept).and_then(|()| sync_folder(kept)).map_err(sort_io)
}

/// Deletes partial backups to this name whose processes were killed.
fn delete_left_behind(copy: &Path) {
    let Some(begins) = copy.file_name().map(|name| format!("{}.part-", name.display())) else { return };
    let folder = copy.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = file.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(&begins));
        let is_part = process.is_some_and(|process| process.bytes().all(|byte| byte.is_ascii_digit()));
        if is_part && is_nobodys(&file.path()) {
            let _ = fs::remove_file(part_of(&file.path(), "-journal"));
            let _ = fs::remove_file(file.path());
        }
    }
}

/// The process that writes a partial file holds a lock on it. On Windows an open file cannot be deleted anyway, and a
/// lock would keep SQLite out, so nothing is locked there.
fn is_nobodys(part: &Path) -> bool {
    cfg!(windows) || private_file::open_existing(part).is_ok_and(|file| file.try_lock().is_ok())
}

/// Copies with SQLite's backup API, which takes a snapshot even while others write. Keep the returned file open: its
/// lock marks the partial file as in use.
fn write(connection: &Connection, part: &Path, is_backup: bool) -> Result<File, StoreError> {
    let file = private_file::create_new(part)
        .and_then(|file| if cfg!(windows) { Ok(file) } else { file.lock().map(|()| file) });
    let file = file.map_err(|error| StoreError::sort_io(&error, part))?;
    let copied = (|| {
        let mut target = Connection::open_with_flags(part, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        Backup::new(connection, &mut target)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
        // Use one file only, so that a read-only reader need not create a journal beside it.
        target.query_row("PRAGMA journal_mode=DELETE", [], |_| Ok(()))?;
        if is_backup { profile::call_copy(&target) } else { Ok(()) }
    })();
    let synced = copied.map_err(|error| StoreError::sort(error, part)).and_then(|()| {
        let sync = OpenOptions::new().write(true).open(part).and_then(|file| file.sync_all());
        sync.map_err(|error| StoreError::sort_io(&error, part))
    });
    synced.map(|()| file).inspect_err(|_| {
        // Half a copy is worse than none.
        let _ = fs::remove_file(part);
    })
}

fn part_of(copy: &Path, end: &str) -> PathBuf {
    let mut part = copy.as_os_str().to_owned();
    part.push(end);
    part.into()
}

/// Reports the requested file instead of its partial file.
fn rename_in(mut error: StoreError, copy: &Path) -> StoreError {
    *error.file_mut() = copy.to_path_buf();
    error
}

/// A new file name survives a power cut only once its folder is synced.
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
