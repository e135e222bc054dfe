//! A vault in a folder, shared by the killed program and the checking one.

use engine::{
    secret::VaultText,
    vault::{Vault, VaultError},
};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// One file per entry, readable by its owner only. Writes are atomic.
pub(crate) struct FileVault(PathBuf);

impl FileVault {
    /// The vault of a profile in `folder`.
    pub(crate) fn beside(folder: &Path) -> io::Result<Self> {
        let folder = folder.join("vault");
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    /// The names of the entries.
    #[allow(dead_code, reason = "only the one that looks afterwards asks")]
    pub(crate) fn entries(&self) -> io::Result<Vec<String>> {
        let names = fs::read_dir(&self.0)?.map(|file| Ok(file?.file_name().to_string_lossy().into_owned()));
        names.filter(|name: &io::Result<String>| !matches!(name, Ok(name) if name.ends_with(".new"))).collect()
    }
}

fn failed(error: &io::Error) -> VaultError {
    VaultError::Failed { system: error.to_string() }
}

impl Vault for FileVault {
    fn name(&self) -> String {
        "Files".into()
    }

    fn read(&self, entry: &str) -> Result<Option<VaultText>, VaultError> {
        match fs::read_to_string(self.0.join(entry)) {
            Ok(text) => Ok(Some(VaultText::new(text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    fn write(&self, entry: &str, text: &VaultText) -> Result<(), VaultError> {
        let new = self.0.join(format!("{entry}.new"));
        (|| {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            file.write_all(text.expose().as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, self.0.join(entry))
        })()
        .map_err(|error| failed(&error))
    }

    fn delete(&self, entry: &str) -> Result<(), VaultError> {
        match fs::remove_file(self.0.join(entry)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&error)),
            _ => Ok(()),
        }
    }

    fn can_unlock(&self) -> bool {
        false
    }

    fn unlock(&self) -> Result<(), VaultError> {
        Ok(())
    }
}
