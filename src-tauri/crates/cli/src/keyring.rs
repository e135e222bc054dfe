//! `twb keyring`, and the passphrase that may seal a profile's keys.

use crate::{
    Outcome,
    arguments::KeyringCommand,
    input,
    print::{self, Form},
};
use anyhow::{anyhow, bail};
use engine::{
    Engine,
    keys::{Existing, PlaceError},
    secret::Password,
    vault::VaultKind,
};
use serde_json::json;
use std::{
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

/// What to do if the passphrase is needed and there is no terminal to ask at.
const HINT: &str = "name a file that holds it with --passphrase-file FILE, or run this command at a terminal";

pub(crate) fn run(
    engine: &Engine,
    command: &KeyringCommand,
    passphrase_file: Option<&Path>,
    form: &Form,
) -> anyhow::Result<Outcome> {
    match command {
        // Must work even if the place cannot be opened: the user may be asking why nothing gets signed.
        KeyringCommand::Show => return say(engine, form),
        KeyringCommand::Use { place, new_keys } => {
            let passphrase = (*place == VaultKind::Passphrase).then(|| choose_passphrase(engine, passphrase_file));
            let existing = if *new_keys { Existing::Leave } else { Existing::Move };
            engine.keep_keys_in(*place, passphrase.transpose()?.as_ref(), existing).map_err(|error| match error {
                PlaceError::Unreadable(_) => {
                    anyhow!("{error}. Make them readable, or add --new-keys to leave them behind and make new ones")
                }
                error => anyhow!("{error}"),
            })?;
        }
        KeyringCommand::ReplaceLost => return replace_lost(engine, form),
    }
    engine.prepare_keys()?;
    say(engine, form)
}

fn replace_lost(engine: &Engine, form: &Form) -> anyhow::Result<Outcome> {
    let replaced = engine.replace_lost_keys()?;
    engine.prepare_keys()?;
    let purposes: Vec<_> = replaced.purposes.iter().map(|purpose| purpose.as_str()).collect();
    let value = json!({"replaced": purposes, "sessions_ended": replaced.sessions});
    let words = if purposes.is_empty() {
        "No key was lost or changed, so nothing was replaced\n".to_owned()
    } else {
        format!("New keys were made for: {}. Sessions ended: {}\n", purposes.join(", "), replaced.sessions)
    };
    print::answer(form, &value, &words)
}

/// Shows where the keys are kept, without accessing that place.
fn say(engine: &Engine, form: &Form) -> anyhow::Result<Outcome> {
    let (kind, name) = (engine.vault_kind()?, engine.vault()?.name());
    let file = engine.passphrase_vault().filter(|_| kind == VaultKind::Passphrase).map(|vault| vault.file());
    let file = file.map(|file| file.display().to_string());
    let place = file.as_ref().map_or_else(|| name.clone(), |file| format!("{name}, {file}"));
    let value = json!({"place": kind.as_str(), "name": name, "file": file});
    print::answer(form, &value, &format!("Keys are kept in: {}\n", print::on_one_line(&place)))
}

/// Lets the engine get the passphrase when needed: from the given file, or by asking at the terminal.
pub(crate) fn ask_when_needed(engine: &Engine, passphrase_file: Option<PathBuf>) {
    engine.ask_for_passphrase(Box::new(move || match &passphrase_file {
        Some(file) => read(file).map_err(|error| format!("{error:#}")),
        None if io::stdin().is_terminal() => typed("Passphrase: ").map_err(|error| format!("{error:#}")),
        None => Err(HINT.into()),
    }));
}

/// The passphrase for a new vault, typed twice, or for an existing one.
fn choose_passphrase(engine: &Engine, file: Option<&Path>) -> anyhow::Result<Password> {
    if let Some(file) = file {
        return read(file);
    }
    if !io::stdin().is_terminal() {
        bail!("A passphrase is needed: {HINT}");
    }
    let passphrase = typed("Passphrase: ")?;
    let is_new = engine.passphrase_vault().is_some_and(|vault| !vault.exists());
    if is_new && typed("The same again: ")? != passphrase {
        bail!("The two passphrases differ. Nothing has changed");
    }
    Ok(passphrase)
}

fn typed(prompt: &str) -> anyhow::Result<Password> {
    Ok(Password::new(input::line(prompt, "passphrase")?.expose()))
}

fn read(file: &Path) -> anyhow::Result<Password> {
    Ok(Password::new(input::first_line_of(file, "passphrase")?.expose()))
}
