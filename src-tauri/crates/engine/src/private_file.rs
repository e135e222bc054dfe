//! Files and folders for their owner only. No link is followed: it may lead to a file of somebody else.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

/// Makes a new file that only its owner can read and write (0600), and answers with it open for writing.
///
/// # Errors
/// The system's, also if there is a file or a link of that name.
pub fn create_new(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

/// From now on a write beyond the longest file the system allows this process (RLIMIT_FSIZE) is an error, not its end.
pub(crate) fn survive_limits() -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::sync::{Arc, OnceLock, atomic::AtomicBool};
        // What the signal is for is done by its having a handler; nobody asks for the flag.
        static HANDLED: OnceLock<()> = OnceLock::new();
        if HANDLED.get().is_none() {
            signal_hook::flag::register(libc::SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
            let _ = HANDLED.set(());
        }
    }
    Ok(())
}

/// Opens a file to read and write, making it (0600) if it is not there. One that is there is kept, and closed to
/// others. What is no regular file is refused, a link too, and left as it is.
pub(crate) fn open_or_create(file: &Path) -> io::Result<File> {
    // Opened without truncation: another process may have just made it.
    open(file, OpenOptions::new().create(true).truncate(false))
}

/// Opens a file that is there to read and write, by the same rules.
///
/// # Errors
/// The system's; also for a link, a pipe and whatever else is no regular file.
pub fn open_existing(file: &Path) -> io::Result<File> {
    open(file, &mut OpenOptions::new())
}

fn open(file: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Without O_NONBLOCK a pipe would wait for somebody at its other end.
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

/// Makes a folder that only its owner can open (0700), with the folders around it; one that is there is closed to
/// others. A link in its place is refused; links on the way to it are the user's own.
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

/// Says in words what the system would call a loop, and which path it is: the caller may speak of another. Whoever puts a link there after this meets `O_NOFOLLOW`.
pub(crate) fn refuse_link(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => {
            Err(io::Error::other(format!("{} is a link, and links are not followed here", path.display())))
        }
        _ => Ok(()),
    }
}

/// Takes the group's and everybody's rights away from what an earlier program or a copy left too open: from what was
/// opened, not from what has its name now.
#[cfg(unix)]
fn restrict(opened: &File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let rights = opened.metadata()?.permissions().mode() & 0o777;
    if rights & 0o077 == 0 { Ok(()) } else { opened.set_permissions(fs::Permissions::from_mode(mode)) }
}

/// Windows keeps a user's data folder from other users already.
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
