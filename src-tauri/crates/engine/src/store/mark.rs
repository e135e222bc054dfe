//! How a database that is an older copy, or another's, is recognised: how far it had come is also written down beside it,
//! with the name of the life it leads.
//!
//! The number is that of the newest event. Every change of state writes one in its transaction, so it only grows. It is
//! written after the commit and before the answer; a database whose newest event is older than its mark has forgotten
//! something that was answered. The name is drawn anew whenever a database begins a life: when it is made, and when it
//! turns out to be a copy. A mark of another name belongs to another database.

use crate::private_file;
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::Mutex,
};

/// More than any mark has.
const LONGEST: u64 = 256;

/// The file beside a database.
pub(super) struct Mark(Mutex<File>);

/// What is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked {
    /// The number of the newest event.
    pub(super) newest: i64,
    /// The name of the database's life. An earlier version wrote none.
    pub(super) life: Option<String>,
}

impl Mark {
    /// Opens the mark of a database, creating it if it is not there.
    pub(super) fn open(database: &Path) -> io::Result<Self> {
        private_file::open_or_create(&database.with_extension("mark")).map(|file| Self(Mutex::new(file)))
    }

    /// What is written down; `None` if nothing is: no database was ever finished beside it.
    pub(super) fn read(&self) -> io::Result<Option<Marked>> {
        self.locked(marked)
    }

    /// Writes down a number, unless a greater one is there (another process may have been faster), or the mark belongs to
    /// another life by now.
    pub(super) fn raise(&self, newest: i64, life: &str) -> io::Result<()> {
        self.locked(|file| match marked(file)? {
            Some(marked) if marked.newest < newest && marked.life.as_deref().is_none_or(|marked| marked == life) => {
                file.seek(SeekFrom::Start(0))?;
                file.write_all(&newest.to_le_bytes())
            }
            _ => Ok(()),
        })
    }

    /// Writes down a number and a life, whatever was there, and waits until the disk has it.
    pub(super) fn set(&self, newest: i64, life: &str) -> io::Result<()> {
        self.locked(|file| {
            let text = [&newest.to_le_bytes(), life.as_bytes()].concat();
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&text)?;
            file.set_len(text.len() as u64)?;
            file.sync_all()
        })
    }

    /// Keeps every other process from the mark while `work` is done. It must not wait for a process that waits for the
    /// mark: none does while it holds the database's write lock, but where a database begins a new life.
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

fn marked(file: &mut File) -> io::Result<Option<Marked>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(LONGEST).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    Ok(Some(match bytes.split_first_chunk::<8>() {
        Some((number, life)) => Marked {
            newest: i64::from_le_bytes(*number),
            life: (!life.is_empty()).then(|| String::from_utf8_lossy(life).into_owned()),
        },
        // Cut off: no database's own.
        None => Marked { newest: 0, life: Some(String::new()) },
    }))
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
        let expected = Some(Marked { newest: 7, life: Some("life".into()) });
        assert_eq!((one.read().unwrap(), other.read().unwrap()), (expected.clone(), expected));
    }

    #[test]
    fn a_mark_of_an_earlier_version_has_a_number_and_no_life() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("workbench.db");
        std::fs::write(database.with_extension("mark"), 7_i64.to_le_bytes()).unwrap();
        let mark = Mark::open(&database).unwrap();
        assert_eq!(mark.read().unwrap(), Some(Marked { newest: 7, life: None }));
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
