//! How a database that is an older copy is recognised: how far it had come is also written down beside it.
//!
//! The mark is the number of the newest event. Every change of state writes one in its transaction, so the number only
//! grows. It is written after the commit and before the answer; a database whose newest event is older than its mark
//! has forgotten something that was answered.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::Mutex,
};

/// The file beside a database.
pub(super) struct Mark(Mutex<File>);

impl Mark {
    /// Opens the mark of a database, creating it if it is not there.
    pub(super) fn open(database: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self(Mutex::new(options.open(database.with_extension("mark"))?)))
    }

    /// The number that is written down; 0 if none is.
    pub(super) fn read(&self) -> io::Result<i64> {
        self.locked(number)
    }

    /// Writes a number down, unless a greater one is there: another process may have been faster.
    pub(super) fn raise(&self, newest: i64) -> io::Result<()> {
        self.locked(|file| {
            if number(file)? < newest {
                file.seek(SeekFrom::Start(0))?;
                file.write_all(&newest.to_le_bytes())?;
            }
            Ok(())
        })
    }

    fn locked<T>(&self, work: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
        let mut file = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.lock()?;
        let done = work(&mut file);
        file.unlock()?;
        done
    }
}

fn number(file: &mut File) -> io::Result<i64> {
    let mut bytes = [0; 8];
    file.seek(SeekFrom::Start(0))?;
    match file.read_exact(&mut bytes) {
        Ok(()) => Ok(i64::from_le_bytes(bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_only_grows() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("workbench.db");
        let (one, other) = (Mark::open(&database).unwrap(), Mark::open(&database).unwrap());
        assert_eq!(one.read().unwrap(), 0);
        one.raise(7).unwrap();
        other.raise(5).unwrap();
        assert_eq!(one.read().unwrap(), 7);
        assert_eq!(other.read().unwrap(), 7);
    }
}
