//! How the window looks: the same for all profiles of this computer, so it is kept in one small file beside them.

use engine::named_file;
use engine::{Profile, profile::DEFAULT_PROFILE};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

const FILE: &str = "appearance.json";
/// More is no such file.
const LONGEST: u64 = 4096;

/// Dark, light, or as the system is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
}

impl Theme {
    fn name(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Dark => "dark",
            Theme::Light => "light",
        }
    }
}

/// How the window looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Appearance {
    /// The colours.
    pub theme: Theme,
    /// The size of the text, in percent of the usual one.
    pub text_size: u32,
}

impl Default for Appearance {
    fn default() -> Self {
        Appearance { theme: Theme::System, text_size: 100 }
    }
}

/// How the window looks, and why that is not what was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
pub struct Shown {
    /// How it looks.
    #[serde(flatten)]
    pub appearance: Appearance,
    /// Why what was chosen could not be read; it looks as usual then.
    pub problem: Option<String>,
}

/// Keeps the appearance. An ephemeral window takes what was chosen and keeps nothing.
#[derive(Debug)]
pub struct Look {
    file: Option<PathBuf>,
    shown: Mutex<Shown>,
}

impl Look {
    pub(crate) fn of(profile: &Profile) -> Look {
        let beside = |profile: &Profile| match profile {
            Profile::Folder { folder, .. } => folder.parent()?.parent().map(|folder| folder.join(FILE)),
            Profile::Ephemeral => None,
        };
        let file = beside(profile);
        let usual = || Profile::named(DEFAULT_PROFILE).ok().and_then(|profile| beside(&profile));
        let shown = match file.clone().or_else(usual) {
            Some(file) => read(&file),
            None => Shown { appearance: Appearance::default(), problem: None },
        };
        Look { file, shown: Mutex::new(shown) }
    }

    pub(crate) fn shown(&self) -> Shown {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers how it looks from now on.
    pub(crate) fn keep(&self, appearance: Appearance) -> io::Result<()> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Shown { appearance, problem: None };
        let Some(file) = &self.file else { return Ok(()) };
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let text = serde_json::to_string(&appearance)?;
        // A window that starts meanwhile reads the old file or the new one. Windows of two profiles may write at once.
        named_file::replace(file, |out| out.write_all(text.as_bytes()))
    }

    /// A script that gives the page its colours before it is drawn.
    pub(crate) fn script(&self) -> String {
        format!("document.documentElement.dataset.theme = \"{}\";", self.shown().appearance.theme.name())
    }
}

fn read(file: &Path) -> Shown {
    let text = match engine::named_file::read(file, LONGEST) {
        Ok(text) => text,
        Err(engine::named_file::ReadError::Missing(_)) => {
            return Shown { appearance: Appearance::default(), problem: None };
        }
        Err(error) => return Shown { appearance: Appearance::default(), problem: Some(error.to_string()) },
    };
    match serde_json::from_slice::<Appearance>(&text) {
        Ok(appearance) if (50..=200).contains(&appearance.text_size) => Shown { appearance, problem: None },
        _ => Shown { appearance: Appearance::default(), problem: Some(format!("{} is damaged", file.display())) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(folder: &Path, name: &str) -> Profile {
        Profile::Folder { name: name.parse().unwrap(), folder: folder.join("profiles").join(name) }
    }

    #[test]
    fn what_one_profile_chooses_all_have() {
        let folder = tempfile::tempdir().unwrap();
        let chosen = Appearance { theme: Theme::Dark, text_size: 125 };
        assert_eq!(Look::of(&profile(folder.path(), "one")).shown().appearance, Appearance::default());
        Look::of(&profile(folder.path(), "one")).keep(chosen).unwrap();
        let other = Look::of(&profile(folder.path(), "two"));
        assert_eq!(other.shown(), Shown { appearance: chosen, problem: None });
        assert_eq!(other.script(), "document.documentElement.dataset.theme = \"dark\";");
    }

    #[test]
    fn windows_of_several_profiles_may_choose_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let looks: Vec<_> = ["one", "two", "three", "four"].map(|name| Look::of(&profile(folder.path(), name))).into();
        std::thread::scope(|scope| {
            for look in &looks {
                scope.spawn(move || {
                    for text_size in 50..=150 {
                        look.keep(Appearance { theme: Theme::Dark, text_size }).unwrap();
                    }
                });
            }
        });
        let left = Look::of(&profile(folder.path(), "five")).shown();
        assert_eq!(left, Shown { appearance: Appearance { theme: Theme::Dark, text_size: 150 }, problem: None });
    }

    #[test]
    fn a_file_that_cannot_be_read_means_the_usual_appearance_and_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        for damaged in ["", "{", r#"{"theme":"pink","text_size":100}"#, r#"{"theme":"dark","text_size":100000}"#] {
            fs::write(&file, damaged).unwrap();
            let shown = Look::of(&profile(folder.path(), "one")).shown();
            assert_eq!(shown.appearance, Appearance::default());
            assert!(shown.problem.is_some_and(|problem| problem.ends_with("is damaged")), "{damaged}");
        }
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        assert!(Look::of(&profile(folder.path(), "one")).shown().problem.is_some());
    }

    #[test]
    fn an_ephemeral_window_keeps_nothing() {
        let look = Look::of(&Profile::Ephemeral);
        let chosen = Appearance { theme: Theme::Light, text_size: 90 };
        look.keep(chosen).unwrap();
        assert_eq!(look.shown().appearance, chosen);
        assert!(look.file.is_none());
    }
}
