//! Which folder holds the state, and how to open it.

use crate::{
    Engine,
    clock::{Clock, SystemClock},
    entropy::{self, Entropy, NoEntropy, OsEntropy},
    passwords::Slots,
    private_file,
    rules::{KnownRules, Rules},
    store::{self, Store, StoreError},
    vault::{MemoryVault, OsKeyring, Places, Vault},
};
use std::{
    collections::HashMap,
    fmt, fs,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Mutex,
};

/// The profile that is used by default.
pub const DEFAULT_PROFILE: &str = "default";

/// The database's file name inside a profile's folder.
const DATABASE: &str = "workbench.db";

/// A profile name: 1 to 40 lower-case ASCII letters, digits and `-`, starting with a letter or digit. It names a folder
/// on every system, so it must contain nothing that has a special meaning on any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileName(String);

/// Names that Windows reserves for devices, in every folder.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Names that Windows reserves when followed by a digit: com1, lpt9.
const PORTS: [&str; 2] = ["com", "lpt"];

/// The text is not a valid profile name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileNameError {
    /// It is empty, too long, or contains other characters.
    #[error(
        "\"{}\" is not a profile name: use 1 to 40 lower-case letters, digits and -, beginning with a letter or digit",
        .0.escape_debug()
    )]
    Form(String),
    /// Windows reserves it for a device, so the profile could not be moved there.
    #[error("\"{0}\" is not a profile name: Windows keeps it for a device. Use another one, such as {0}-1")]
    Device(String),
}

impl FromStr for ProfileName {
    type Err = ProfileNameError;

    fn from_str(text: &str) -> Result<Self, ProfileNameError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=40).contains(&text.len()) || !text.chars().all(allowed) || text.starts_with('-') {
            return Err(ProfileNameError::Form(text.into()));
        }
        let is_port = |port: &str| {
            text.strip_prefix(port)
                .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if DEVICES.contains(&text) || PORTS.into_iter().any(is_port) {
            return Err(ProfileNameError::Device(text.into()));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The state to work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Profile {
    /// A folder on disk; keys are in the operating system's keyring.
    Folder {
        /// Its name.
        name: ProfileName,
        /// Where it is.
        folder: PathBuf,
    },
    /// Everything is in memory, keys too, and gone when the program ends.
    Ephemeral,
}

/// Why there is no profile to open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// The name is invalid.
    #[error(transparent)]
    Name(#[from] ProfileNameError),
    /// The system reports no home folder.
    #[error("The system names no home folder; set HOME, or use --ephemeral")]
    NoHome,
}

impl Profile {
    /// The profile with this name in the user's data folder (on Linux `$XDG_DATA_HOME/token-workbench/profiles/NAME`).
    ///
    /// # Errors
    /// [`ProfileError`]
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        let name = ProfileName::from_str(name)?;
        let folders = directories::ProjectDirs::from("", "", "token-workbench").ok_or(ProfileError::NoHome)?;
        let folder = folders.data_local_dir().join("profiles").join(&name.0);
        Ok(Self::Folder { name, folder })
    }
}

/// Why a profile was not started over. Its files are unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartAnewError {
    /// There is no profile, so the next command starts one.
    #[error("There is nothing to move aside; the next command begins a new profile")]
    Nothing,
    /// The profile is usable, so there is no reason to discard it.
    #[error("The database of this profile can be used; there is no reason to start over")]
    Usable,
    /// The database is neither missing nor damaged: waiting, disk space or permissions will help.
    #[error(transparent)]
    Store(StoreError),
    /// The profile is in memory.
    #[error("An ephemeral profile always starts empty")]
    Ephemeral,
    /// The files could not be moved aside.
    #[error("{} could not be moved aside: {system}", file.display())]
    Stuck {
        /// The file or folder.
        file: PathBuf,
        /// The system's message.
        system: String,
    },
}

impl Profile {
    /// Moves the files of a profile whose database is missing or damaged aside, so that opening it starts a new one.
    /// Returns the folder they were moved to. Keys stay in the keyring; the new profile has others.
    ///
    /// # Errors
    /// [`StartAnewError`]
    pub fn start_anew(&self) -> Result<PathBuf, StartAnewError> {
        let Self::Folder { folder, .. } = self else { return Err(StartAnewError::Ephemeral) };
        let now = SystemClock.now();
        let files = [folder.join(DATABASE), folder.join(DATABASE).with_extension("mark")];
        if files
            .iter()
            .all(|file| fs::symlink_metadata(file).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound))
        {
            return Err(StartAnewError::Nothing);
        }
        match Store::check(&folder.join(DATABASE)) {
            Ok(()) => return Err(StartAnewError::Usable),
            Err(StoreError::Missing { .. } | StoreError::Damaged { .. }) => {}
            Err(error) => return Err(StartAnewError::Store(error)),
        }
        let aside = folder.join(format!("aside-{}", now.0));
        let stuck = |file: &Path, error: &std::io::Error| StartAnewError::Stuck {
            file: file.to_path_buf(),
            system: error.to_string(),
        };
        private_file::create_folder(&aside).map_err(|error| stuck(&aside, &error))?;
        let database = folder.join(DATABASE);
        // Move the mark last: as long as it is there, the profile does not look new.
        for end in ["db", "db-wal", "db-shm", "mark"] {
            let file = database.with_extension(end);
            let Some(name) = file.file_name() else { continue };
            match fs::rename(&file, aside.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(stuck(&file, &error)),
                _ => {}
            }
        }
        Ok(aside)
    }
}

/// Why a profile cannot be used. Its files are unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No randomness was available for the ID of a new profile.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

impl Engine {
    /// Opens a profile with the computer's clock, randomness and keyring. Does not access the keyring yet. `defaults`
    /// are the rules the profile has not changed.
    ///
    /// # Errors
    /// [`OpenError`]
    pub fn open(profile: &Profile, defaults: Rules) -> Result<Self, OpenError> {
        let vault: Box<dyn Vault> = match profile {
            Profile::Folder { .. } => Box::new(OsKeyring),
            Profile::Ephemeral => Box::new(MemoryVault::default()),
        };
        Self::open_with(profile, defaults, Box::new(SystemClock), Box::new(OsEntropy), vault)
    }

    /// Opens a profile with the given clock, source of randomness and keyring.
    ///
    /// # Errors
    /// [`OpenError`]
    pub fn open_with(
        profile: &Profile,
        defaults: Rules,
        clock: Box<dyn Clock>,
        entropy: Box<dyn Entropy>,
        vault: Box<dyn Vault>,
    ) -> Result<Self, OpenError> {
        let (now, new_id) = (clock.now(), entropy::make_id(&*entropy)?);
        let folder = match profile {
            Profile::Folder { folder, .. } => Some(folder.as_path()),
            Profile::Ephemeral => None,
        };
        let store = match profile {
            Profile::Folder { folder, .. } => Store::open(&folder.join(DATABASE), now, &new_id)?,
            Profile::Ephemeral => Store::in_memory(now, &new_id)?,
        };
        let store::profile::Origin { id: profile_id, origins, .. } = store.read(store::profile::origin)?;
        let loaded_keys = Mutex::new(HashMap::new());
        let checking_keys = Mutex::new(HashMap::new());
        let signed_lately = Mutex::default();
        let engine = Self {
            store,
            places: Places::new(vault, folder),
            clock,
            entropy,
            rules: KnownRules::new(defaults),
            profile_id,
            origins,
            hashing: Slots::per_core(),
            loaded_keys,
            checking_keys,
            signed_lately,
            loaded_data_key: Mutex::new(None),
        };
        engine.note_time_if_free();
        Ok(engine)
    }
}

impl Engine {
    /// Checks every page of the database. Takes time proportional to its size, so it is meant for programs that stay
    /// open. A damaged page is also noticed when it is read.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]
    pub fn check_database(&self) -> Result<(), StoreError> {
        self.store.check_whole()
    }

    /// Copies a snapshot of the whole database into a new file. It contains no private keys.
    ///
    /// # Errors
    /// [`StoreError`], also if the file already exists.
    pub fn back_up(&self, copy: &std::path::Path) -> Result<(), StoreError> {
        self.store.copy_to(copy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_name_cannot_leave_its_folder() {
        for good in ["default", "a", "demo-2"] {
            assert!(ProfileName::from_str(good).is_ok(), "{good}");
        }
        for bad in ["", "..", "a/b", "a\\b", "A", "-x", "a.b", "nul\0", "ä", &"a".repeat(41)] {
            assert!(ProfileName::from_str(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_profile_name_means_no_device_on_any_system() {
        for device in ["con", "prn", "aux", "nul", "com0", "com1", "com9", "lpt0", "lpt9"] {
            let refused = Err(ProfileNameError::Device(device.into()));
            assert_eq!(ProfileName::from_str(device), refused);
        }
        for harmless in ["console", "con-1", "null", "com", "com10", "lpt", "comx"] {
            assert!(ProfileName::from_str(harmless).is_ok(), "{harmless}");
        }
    }
}
