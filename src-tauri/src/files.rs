//! Writing a file that the user chooses in a dialog of the shell: the page names neither folder nor content.

use crate::{
    commands::user_import::ImportProblem,
    error::{Failure, WireError},
    state::{MayBlock, blocking},
};
use engine::named_file;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};
use tauri::AppHandle;

/// Asks where to save a text and writes it there, readable by its owner only. Returns the path; `None` if the dialog
/// was closed.
///
/// # Errors
/// [`ImportProblem::NotWritten`]
pub(crate) async fn save(app: &AppHandle, title: &str, name: &str, text: String) -> Result<Option<String>, WireError> {
    let Some(file) = choose(app, title, name).await else { return Ok(None) };
    let written = move |_: &MayBlock| {
        write(&file, |out| Ok(out.write_all(text.as_bytes())?)).map(|()| file.display().to_string())
    };
    blocking(written).await?.map(Some)
}

/// A file's name from a name that users choose: no folder, no hidden file.
pub(crate) fn name(chosen: &str, end: &str) -> String {
    let safe = |letter: char| if letter.is_alphanumeric() || "-_.".contains(letter) { letter } else { '-' };
    let stem: String = chosen.chars().map(safe).collect();
    format!("{}.{end}", stem.trim_start_matches(['.', '-']))
}

/// Writes a file as [`named_file::replace`] does.
///
/// # Errors
/// [`ImportProblem::NotWritten`], or what `fill` returns
pub(crate) fn write<T>(file: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<T, Unwritten>) -> Result<T, WireError> {
    named_file::replace(file, fill).map_err(|failed| match failed {
        Unwritten::Content(error) => error,
        Unwritten::File(error) => {
            let problem = ImportProblem::NotWritten { file: file.display().to_string(), system: error.to_string() };
            WireError::new(Failure::Import(problem), error.to_string())
        }
    })
}

/// Why a file was not written.
pub(crate) enum Unwritten {
    /// There was nothing to write, because this failed.
    Content(WireError),
    /// The file failed.
    File(io::Error),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// Asks for a file to write; `None` if the dialog was closed.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) async fn choose(app: &AppHandle, title: &str, name: &str) -> Option<PathBuf> {
    use gtk::{FileChooserAction, FileChooserNative, ResponseType, prelude::*};
    let (title, name) = (title.to_owned(), name.to_owned());
    let (answer, mut answered) = tauri::async_runtime::channel(1);
    let parent = app.clone();
    let show = move || {
        let window = crate::window::gtk_window(&parent);
        let accept = Some("Save");
        let dialog = FileChooserNative::new(Some(&title), window.as_ref(), FileChooserAction::Save, accept, None);
        dialog.set_do_overwrite_confirmation(true);
        dialog.set_current_name(&name);
        // Run here: a native chooser is not kept alive by being shown.
        let file = if dialog.run() == ResponseType::Accept { dialog.filename() } else { None };
        // The receiver is gone if the window is closing.
        let _ = answer.try_send(file);
        dialog.destroy();
    };
    app.run_on_main_thread(show).ok()?;
    answered.recv().await?
}

/// Asks for a file to write; `None` if the dialog was closed.
#[cfg(any(windows, target_os = "macos"))]
pub(crate) async fn choose(app: &AppHandle, title: &str, name: &str) -> Option<PathBuf> {
    let mut dialog = rfd::AsyncFileDialog::new().set_title(title).set_file_name(name);
    if let Some(window) = crate::window::main(app) {
        dialog = dialog.set_parent(&window);
    }
    dialog.save_file().await.map(|file| file.path().to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_name_of_a_file_has_no_folder_and_hides_nothing() {
        assert_eq!(name("access-2026-11", "pem"), "access-2026-11.pem");
        assert_eq!(name("../for the demo: Zoë\u{202e}", "jwk.json"), "for-the-demo--Zoë-.jwk.json");
    }

    /// An export that another window writes, or a file of the user, may have any name.
    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_beside_it_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let (file, beside) = (folder.path().join("events.jsonl"), folder.path().join("events.jsonl.part"));
        fs::write(&file, "old").unwrap();
        fs::write(&beside, "somebody else's").unwrap();
        let names = || {
            let entries = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
            let mut names: Vec<_> = entries.collect();
            names.sort();
            names
        };
        let failed = write(&file, |out| {
            out.write_all(b"half")?;
            Err::<(), _>(Unwritten::File(io::ErrorKind::StorageFull.into()))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&file).unwrap(), b"old");
        // Two at once, as two windows may.
        write(&file, |out| {
            write(&file, |inner| Ok(inner.write_all(b"inner")?)).unwrap_or_else(|error| panic!("{error:?}"));
            Ok(out.write_all(b"new")?)
        })
        .unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(
            (fs::read(&file).unwrap(), fs::read(&beside).unwrap()),
            (b"new".to_vec(), b"somebody else's".to_vec())
        );
        assert_eq!(names(), ["events.jsonl", "events.jsonl.part"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
