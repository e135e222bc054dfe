//! Files and folders that only their owner can access. Links are never followed: one could lead to another user's file.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

/// Creates a file that only its owner can read and write (0600), and returns it open for writing.
///
/// # Errors
/// The system's, also if a file or link of that name exists.
pub fn create_new(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

/// Makes a write beyond the process's file size limit (RLIMIT_FSIZE) fail with an error instead of ending the process.
pub(crate) fn survive_limits() -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::sync::{Arc, OnceLock, atomic::AtomicBool};
        // The handler alone has the desired effect; nobody reads the flag.
        static HANDLED: OnceLock<()> = OnceLock::new();
        if HANDLED.get().is_none() {
            signal_hook::flag::register(libc::SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
            let _ = HANDLED.set(());
        }
    }
    Ok(())
}

/// Opens a file for reading and writing, creating it (0600) if needed. An existing file is kept, and closed to others.
/// Anything but a regular file, including a link, is refused and left unchanged.
pub(crate) fn open_or_create(file: &Path) -> io::Result<File> {
    // Open without truncation: another process may have just created it.
    open(file, OpenOptions::new().create(true).truncate(false))
}

/// Opens an existing file for reading and writing, by the same rules.
///
/// # Errors
/// The system's; also for a link, a pipe and anything else that is not a regular file.
pub fn open_existing(file: &Path) -> io::Result<File> {
    open(file, &mut OpenOptions::new())
}

fn open(file: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Without O_NONBLOCK, opening a pipe would block until someone opens the other end.
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    refuse_link(file)?;
    let opened = options.open(file)?;
    if !opened.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    restrict(&opened, 0o600)?;
    Ok(opened)
}

/// Creates a folder that only its owner can open (0700), with its parents; an existing folder is closed to others.
/// Refuses a link in its place; links in parent folders are the user's own.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    refuse_link(folder)?;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(libc::O_NOFOLLOW | libc::O_DIRECTORY);
        restrict(&options.open(folder)?, 0o700)?;
    }
    Ok(())
}

/// Refuses a link with a clear message that names the path, where the system would only report a loop. A link put there
/// after this check is caught by `O_NOFOLLOW`.
pub(crate) fn refuse_link(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => {
            Err(io::Error::other(format!("{} is a link, and links are not followed here", path.display())))
        }
        _ => Ok(()),
    }
}

/// Removes group and other permissions that an earlier program or a copy left too open. Acts on the opened file, not on
/// its name, which may refer to another file by now.
#[cfg(unix)]
fn restrict(opened: &File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let rights = opened.metadata()?.permissions().mode() & 0o777;
    if rights & 0o077 == 0 { Ok(()) } else { opened.set_permissions(fs::Permissions::from_mode(mode)) }
}

/// Windows already keeps a user's data folder from other users.
#[cfg(not(unix))]
fn restrict(_opened: &File, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_a_link_leads_to_keeps_its_content_and_its_rights() {
        let room = tempfile::tempdir().unwrap();
        let (file, folder) = (room.path().join("theirs.txt"), room.path().join("theirs"));
        fs::write(&file, "theirs").unwrap();
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let (to_file, to_folder) = (room.path().join("to-file"), room.path().join("to-folder"));
        let to_nothing = room.path().join("to-nothing");
        symlink(&file, &to_file).unwrap();
        symlink(&folder, &to_folder).unwrap();
        symlink(room.path().join("nothing"), &to_nothing).unwrap();

        for link in [&to_file, &to_folder, &to_nothing] {
            assert!(open_or_create(link).is_err() && create_new(link).is_err(), "{link:?}");
            assert!(create_folder(link).is_err(), "{link:?}");
        }
        assert_eq!((mode(&file), mode(&folder)), (0o644, 0o755));
        assert_eq!(fs::read_to_string(&file).unwrap(), "theirs");
        assert!(!room.path().join("nothing").exists());
    }

    #[test]
    fn what_was_left_open_to_others_is_closed_to_them() {
        let room = tempfile::tempdir().unwrap();
        let (file, folder) = (room.path().join("ours.txt"), room.path().join("ours"));
        fs::write(&file, "ours").unwrap();
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        drop(open_or_create(&file).unwrap());
        create_folder(&folder).unwrap();
        assert_eq!((mode(&file), mode(&folder)), (0o600, 0o700));
        assert_eq!(fs::read_to_string(&file).unwrap(), "ours");
    }
}
