//! Shared by the killed program and the checking one: the profile, and seeded random numbers.

use super::vault::FileVault;
use engine::{
    Engine, Profile, Rules,
    clock::SystemClock,
    entropy::{Entropy, OsEntropy, SeededEntropy},
};
use std::{error::Error, path::Path};

/// The password of every user.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Opens the profile in `folder` as a separate process would.
pub(crate) fn open(folder: &Path) -> Result<Engine, Box<dyn Error>> {
    let profile = Profile::Folder { name: "crash".parse()?, folder: folder.to_path_buf() };
    let policy = Rules { bcrypt_cost: 4, ..Rules::default() };
    let vault = Box::new(FileVault::beside(folder)?);
    Ok(Engine::open_with(&profile, policy, Box::new(SystemClock), Box::new(OsEntropy), vault)?)
}

/// Random numbers determined by a seed.
pub(crate) struct Dice(SeededEntropy);

impl Dice {
    /// Dice whose throws are all determined by `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// A number below `sides`.
    pub(crate) fn throw(&self, sides: usize) -> usize {
        let mut bytes = [0; 8];
        // Seeded bytes never run out.
        let _ = self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % sides.max(1) as u64).unwrap_or(0)
    }
}
