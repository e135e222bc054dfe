//! Recognises a database that is an older copy or belongs to someone else. A mark file beside the database records how
//! far it had come and the name of its current life.
//!
//! The number is that of the newest event. Every change of state writes an event in its transaction, so the number only
//! grows. The mark is written after the commit and before the caller gets its answer, so a database whose newest event
//! is older than its mark has lost something that was already acknowledged. The name is random and changes whenever the
//! database begins a life: when it is created, and when it turns out to be a copy. A mark with another name belongs to
//! another database.
//!
//! A mark also holds the creation time of its own file. In a copied folder that file was created later, so a folder
//! restored by a backup program is recognised too. This does not work on file systems that keep no creation time.

use crate::private_file;
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::Mutex,
    time::UNIX_EPOCH,
};

/// Longer than any mark, in bytes.
const LONGEST: u64 = 256;

/// Separates the name of the life from the file's creation time, in nanoseconds since 1970.
const MADE_AT: u8 = b'\n';

/// The mark file beside a database.
pub(super) struct Mark(Mutex<File>);

/// The content of a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked {
    /// The number of the newest event.
    pub(super) newest: i64,
    /// The name of the database's life. Earlier versions wrote none.
    pub(super) life: Option<String>,
    /// Whether this file is the one it was written to.
    pub(super) written_in: WrittenIn,
}

/// Where a mark was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrittenIn {
    ThisFile,
    /// In a file with another creation time: this file is a copy of it.
    AnotherFile,
    /// An earlier version did not record it, or the file system does not keep it.
    Unknown,
}

impl Mark {
    /// Opens the mark of a database, creating it if needed.
    pub(super) fn open(database: &Path) -> io::Result<Self> {
        private_file::open_or_create(&database.with_extension("mark")).map(|file| Self(Mutex::new(file)))
    }

    /// Reads the mark; `None` if it is empty, because no database was ever completed beside it.
    pub(super) fn read(&self) -> io::Result<Option<Marked>> {
        self.locked(marked)
    }

    /// Writes the number, unless the mark already has a greater one (another process may have been faster) or belongs
    /// to another life by now.
    pub(super) fn raise(&self, newest: i64, life: &str) -> io::Result<()> {
        self.locked(|file| {
            let bytes = content(file)?;
            let Some((number, rest)) = bytes.split_first_chunk::<8>() else { return Ok(()) };
            // Where the mark was written does not matter here, and each commit would ask the file system for it.
            let marked = life_and_place(rest).0;
            if i64::from_le_bytes(*number) < newest && (marked.is_empty() || marked == life.as_bytes()) {
                file.seek(SeekFrom::Start(0))?;
                file.write_all(&newest.to_le_bytes())?;
            }
            Ok(())
        })
    }

    /// Overwrites the mark with a number and a life, and waits until it is on disk.
    pub(super) fn set(&self, newest: i64, life: &str) -> io::Result<()> {
        self.locked(|file| {
            let mut text = [&newest.to_le_bytes(), life.as_bytes()].concat();
            if let Some(made) = made_at(file)? {
                text.push(MADE_AT);
                text.extend(made.to_string().bytes());
            }
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&text)?;
            file.set_len(text.len() as u64)?;
            file.sync_all()
        })
    }

    /// Keeps other processes from the mark while `work` runs. `work` must not wait for a process that waits for the
    /// mark: settling a database of the newest schema does so while holding the database's write lock.
    pub(super) fn held<T>(&self, work: impl FnOnce() -> T) -> io::Result<T> {
        self.locked(|_| Ok(work()))
    }

    fn locked<T>(&self, work: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
        let mut file = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.lock()?;
        let done = work(&mut file);
        file.unlock()?;
        done
    }
}

/// All bytes of a mark.
fn content(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(LONGEST as usize);
    file.seek(SeekFrom::Start(0))?;
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What follows the number: the name of the life, empty if there is none, and the file's creation time.
fn life_and_place(rest: &[u8]) -> (&[u8], Option<&[u8]>) {
    match rest.iter().position(|byte| *byte == MADE_AT) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    }
}

fn marked(file: &mut File) -> io::Result<Option<Marked>> {
    let bytes = content(file)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let Some((number, rest)) = bytes.split_first_chunk::<8>() else {
        // Truncated: no database writes such a mark.
        return Ok(Some(Marked { newest: 0, life: Some(String::new()), written_in: WrittenIn::Unknown }));
    };
    let (life, written) = life_and_place(rest);
    let written_in = match (written, made_at(file)?) {
        (Some(written), Some(made)) if written == made.to_string().as_bytes() => WrittenIn::ThisFile,
        (Some(_), Some(_)) => WrittenIn::AnotherFile,
        (None, _) | (_, None) => WrittenIn::Unknown,
    };
    Ok(Some(Marked {
        newest: i64::from_le_bytes(*number),
        life: (!life.is_empty()).then(|| String::from_utf8_lossy(life).into_owned()),
        written_in,
    }))
}

/// The file's creation time in nanoseconds since 1970; `None` if the file system does not keep it. Neither Linux nor
/// macOS lets a program set it.
fn made_at(file: &File) -> io::Result<Option<u128>> {
    let made = file.metadata()?.created().ok();
    Ok(made.and_then(|made| made.duration_since(UNIX_EPOCH).ok()).map(|since| since.as_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_only_grows_and_keeps_its_life() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("workbench.db");
        let (one, other) = (Mark::open(&database).unwrap(), Mark::open(&database).unwrap());
        assert_eq!(one.read().unwrap(), None);
        one.set(3, "life").unwrap();
        one.raise(7, "life").unwrap();
        other.raise(5, "life").unwrap();
        other.raise(9, "another life").unwrap();
        let expected = Some(Marked { newest: 7, life: Some("life".into()), written_in: WrittenIn::ThisFile });
        assert_eq!((one.read().unwrap(), other.read().unwrap()), (expected.clone(), expected));
    }

    #[test]
    fn a_copied_mark_says_that_it_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let (database, copied) = (folder.path().join("workbench.db"), folder.path().join("copied.db"));
        Mark::open(&database).unwrap().set(3, "life").unwrap();
        std::fs::copy(database.with_extension("mark"), copied.with_extension("mark")).unwrap();
        let copy = Mark::open(&copied).unwrap();
        let expected = Marked { newest: 3, life: Some("life".into()), written_in: WrittenIn::AnotherFile };
        assert_eq!(copy.read().unwrap(), Some(expected.clone()));
        copy.set(3, "life").unwrap();
        assert_eq!(copy.read().unwrap(), Some(Marked { written_in: WrittenIn::ThisFile, ..expected.clone() }));
        std::fs::rename(copied.with_extension("mark"), folder.path().join("moved.mark")).unwrap();
        let moved = Mark::open(&folder.path().join("moved.db")).unwrap().read().unwrap();
        assert_eq!(moved, Some(Marked { written_in: WrittenIn::ThisFile, ..expected }), "moved is not copied");
    }

    #[test]
    fn a_mark_of_an_earlier_version_has_a_number_and_no_life() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("workbench.db");
        std::fs::write(database.with_extension("mark"), 7_i64.to_le_bytes()).unwrap();
        let mark = Mark::open(&database).unwrap();
        let expected = Marked { newest: 7, life: None, written_in: WrittenIn::Unknown };
        assert_eq!(mark.read().unwrap(), Some(expected));
        std::fs::write(database.with_extension("mark"), [7, 0]).unwrap();
        assert_eq!(mark.read().unwrap().unwrap().life.as_deref(), Some(""), "half a mark is no database's own");
    }

    #[cfg(unix)]
    #[test]
    fn a_mark_that_is_a_link_is_not_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let (database, theirs) = (folder.path().join("workbench.db"), folder.path().join("theirs"));
        std::fs::write(&theirs, "theirs").unwrap();
        std::os::unix::fs::symlink(&theirs, database.with_extension("mark")).unwrap();
        assert!(Mark::open(&database).is_err());
        assert_eq!(std::fs::read_to_string(&theirs).unwrap(), "theirs");
    }
}
