//! Files and folders for their owner only.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

/// Makes a new file that only its owner can read and write (0600), and answers with it open for writing.
///
/// # Errors
/// The system's, also if there is a file of that name.
pub fn create_new(file: &Path) -> io::Result<File> {
    open(file, OpenOptions::new().create_new(true))
}

/// The same with the folder around it (0700); a file or folder that is there is kept, and closed to others.
pub(crate) fn create_or_keep(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        create_folder(folder)?;
    }
    // Opened without truncation: another process may have just made it.
    open(file, OpenOptions::new().create(true).truncate(false))?;
    restrict(file, 0o600)
}

/// Makes a folder that only its owner can open (0700), with the folders around it; one that is there is closed to others.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    restrict(folder, 0o700)
}

fn open(file: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(file)
}

/// Takes the group's and everybody's rights away from what an earlier program or a copy left too open.
#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let rights = fs::metadata(path)?.permissions().mode() & 0o777;
    if rights & 0o077 == 0 { Ok(()) } else { fs::set_permissions(path, fs::Permissions::from_mode(mode)) }
}

/// Windows keeps a user's data folder from other users already.
#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}
