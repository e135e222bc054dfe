//! Reading secrets: from standard input, or unseen at a terminal. Never from the command line.

use anyhow::{Context, bail};
use engine::secret::{Password, SecretText};
use std::io::{self, BufRead, IsTerminal, Read};

/// More than any token, password or key has, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// A user's password.
pub(crate) fn password(username: &str) -> anyhow::Result<Password> {
    Ok(Password::new(line(&format!("Password for {username}: "), "password")?.expose()))
}

/// The next line of standard input without its end, or what is typed at a terminal, unseen. `what` is for the error.
pub(crate) fn line(prompt: &str, what: &str) -> anyhow::Result<SecretText> {
    if io::stdin().is_terminal() {
        let typed = rpassword::prompt_password(prompt);
        return Ok(SecretText::new(typed.with_context(|| format!("the {what} could not be read from the terminal"))?));
    }
    let mut line = String::new();
    let read = io::stdin().lock().take(LONGEST).read_line(&mut line);
    read.with_context(|| format!("the {what} could not be read from standard input"))?;
    line.truncate(line.trim_end_matches(['\n', '\r']).len());
    Ok(SecretText::new(line))
}

/// All of standard input, which must be text. A terminal would show it.
pub(crate) fn all(what: &str, command: &str) -> anyhow::Result<SecretText> {
    if io::stdin().is_terminal() {
        bail!("The {what} is read from standard input: {command} < FILE");
    }
    let mut text = String::new();
    let read = io::stdin().lock().take(LONGEST).read_to_string(&mut text);
    read.with_context(|| format!("the {what} could not be read from standard input"))?;
    Ok(SecretText::new(text))
}
