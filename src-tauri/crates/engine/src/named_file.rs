//! A file named by the user. Reading takes regular files only, up to a size limit; writing replaces a file as a whole.

use std::{
    fs::{self, File, FileType, Metadata, OpenOptions},
    io::{self, BufWriter, ErrorKind, Read, Write},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The file does not exist.
    #[error("There is no file {}", .0.display())]
    Missing(PathBuf),
    /// The file cannot be read, or is not a regular file: a folder, pipe or device.
    #[error("{} cannot be read: {system}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's message, or the kind of file.
        system: String,
    },
    /// The file exceeds the size limit.
    #[error("{} has more than {}: check that it is the right file", file.display(), size(*limit))]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
}

const KIB: u64 = 1024;

/// A limit in words.
fn size(bytes: u64) -> String {
    match bytes / KIB {
        kib @ ..KIB => format!("{kib} KiB"),
        kib => format!("{} MiB", kib / KIB),
    }
}

/// Reads a regular file of at most `limit` bytes, which may be secret. Reads one byte more than that from a longer
/// file, and nothing from other kinds: a pipe may block forever, and a device may never end.
///
/// # Errors
/// [`ReadError`]
pub fn read(file: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, ReadError> {
    let sort = |error: io::Error| match error.kind() {
        ErrorKind::NotFound => ReadError::Missing(file.into()),
        _ => ReadError::Unreadable { file: file.into(), system: error.to_string() },
    };
    let regular = |found: Metadata| match found.is_file() {
        true => Ok(found.len()),
        false => Err(ReadError::Unreadable { file: file.into(), system: what_it_is(found.file_type()).into() }),
    };
    // Check before opening, because opening some devices has side effects. Check the opened file again, because the
    // name may refer to another one by then.
    regular(fs::metadata(file).map_err(sort)?)?;
    let open = open(file).map_err(sort)?;
    let length = regular(open.metadata().map_err(sort)?)?;
    // Allocate everything at once: a growing buffer would leave unwiped copies behind.
    let room = usize::try_from(length.min(limit) + 1).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    open.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(sort)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge { file: file.into(), limit });
    }
    Ok(bytes)
}

/// Opens a file without blocking on a pipe.
fn open(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK | libc::O_NOCTTY);
    options.open(file)
}

/// Replaces a file only once all of the new one is on disk. Until then that has a name of its own, so that two windows
/// may write the same file, and one that was killed is in nobody's way.
///
/// # Errors
/// Those of the file system, and of `fill`; the old file stays.
pub fn replace<T, E: From<io::Error>>(file: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<T, E>) -> Result<T, E> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Only its owner can read it, and it is deleted unless it takes the place of the old one.
    let mut new = tempfile::Builder::new().prefix(".token-workbench-").suffix(".part").tempfile_in(folder)?;
    let mut out = BufWriter::new(new.as_file_mut());
    let filled = fill(&mut out)?;
    out.flush()?;
    drop(out);
    new.as_file().sync_all()?;
    new.persist(file).map_err(|failed| failed.error)?;
    Ok(filled)
}

fn what_it_is(kind: FileType) -> &'static str {
    if kind.is_dir() {
        return "it is a folder";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "it is a pipe, not a regular file";
        }
        if kind.is_socket() {
            return "it is a socket, not a regular file";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "it is a device, not a regular file";
        }
    }
    "it is not a regular file"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit_and_no_further() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("text");
        fs::write(&file, "12345").unwrap();
        assert_eq!(read(&file, 5).unwrap().as_slice(), b"12345");
        assert_eq!(read(&file, 4), Err(ReadError::TooLarge { file: file.clone(), limit: 4 }));
        // Three gigabytes, as a sparse file.
        let huge = folder.path().join("huge");
        File::create(&huge).unwrap().set_len(3 << 30).unwrap();
        let refused = read(&huge, KIB * KIB).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("{} has more than 1 MiB: check that it is the right file", huge.display())
        );
        let missing = folder.path().join("missing");
        assert_eq!(read(&missing, 5), Err(ReadError::Missing(missing)));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_refused_at_once_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let (fifo, socket) = (folder.path().join("fifo"), folder.path().join("socket"));
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&fifo, &link).unwrap();
        for (file, what) in [
            (fifo.as_path(), "it is a pipe, not a regular file"),
            (&link, "it is a pipe, not a regular file"),
            (&socket, "it is a socket, not a regular file"),
            (folder.path(), "it is a folder"),
            (Path::new("/dev/zero"), "it is a device, not a regular file"),
            (Path::new("/dev/null"), "it is a device, not a regular file"),
        ] {
            let refused = ReadError::Unreadable { file: file.into(), system: what.into() };
            assert_eq!(read(file, KIB * KIB), Err(refused));
        }
        // Even if the name referred to a regular file when it was checked, a pipe must not block.
        assert!(!open(&fifo).unwrap().metadata().unwrap().is_file());
    }
}
