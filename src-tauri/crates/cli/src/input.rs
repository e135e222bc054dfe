//! Reads secrets from standard input, or typed unseen at a terminal, but never from the command line. Also decodes
//! PowerShell's UTF-16.

use anyhow::{Context, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use engine::{
    named_file,
    secret::{Password, SecretText},
};
use std::{
    fs::File,
    io::{self, ErrorKind, IsTerminal, Read},
    path::Path,
};
use zeroize::Zeroizing;

/// Longer than any token, password or key, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// Longer than any key or JWK Set, in bytes.
pub(crate) const LONGEST_KEY: u64 = 1024 * 1024;

/// Longer than any passphrase file, in bytes.
const LONGEST_LINE: u64 = 64 * 1024;

/// A user's password.
pub(crate) fn password(username: &str) -> anyhow::Result<Password> {
    Ok(Password::new(line(&format!("Password for {username}: "), "password")?.expose()))
}

/// The next line of standard input without its line break, or what is typed unseen at a terminal. `what` is for errors.
pub(crate) fn line(prompt: &str, what: &str) -> anyhow::Result<SecretText> {
    if io::stdin().is_terminal() {
        let typed = rpassword::prompt_password(jose::visible(prompt));
        return Ok(SecretText::new(typed.with_context(|| format!("the {what} could not be read from the terminal"))?));
    }
    let line = raw_line().with_context(|| format!("the {what} could not be read from standard input"))?;
    refuse_too_long(line.len(), what)?;
    Ok(SecretText::new(line.trim_end_matches(['\n', '\r'])))
}

/// Reads byte by byte: the buffer of [`io::stdin`] would keep the secret for the life of the process.
fn raw_line() -> io::Result<Zeroizing<String>> {
    let mut input = unbuffered()?.take(LONGEST + 1);
    let mut line = Zeroizing::new(Vec::new());
    let mut byte = [0];
    while line.last() != Some(&b'\n') && input.read(&mut byte)? == 1 {
        line.push(byte[0]);
    }
    let text = str::from_utf8(&line).map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not UTF-8"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Standard input without a buffer.
fn unbuffered() -> io::Result<File> {
    #[cfg(unix)]
    return Ok(std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()?.into());
    #[cfg(windows)]
    return Ok(std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned()?.into());
}

/// The first line of a file without its line break. `what` is for errors.
pub(crate) fn first_line_of(file: &Path, what: &str) -> anyhow::Result<SecretText> {
    if std::fs::metadata(file).is_err() && !is_like_a_name(file) {
        bail!(
            "There is no file of the name that is given for the {what}; it may be the {what} itself, so it is not \
             repeated here. Save the {what} in a file"
        );
    }
    let bytes = named_file::read(file, LONGEST_LINE).with_context(|| format!("the {what} could not be read"))?;
    if let Some(text) = utf16(&bytes) {
        return Ok(first_line(&text));
    }
    let text = str::from_utf8(&bytes).with_context(|| format!("the {what} in {} is not UTF-8", file.display()))?;
    Ok(first_line(text))
}

/// Windows writes a byte order mark in front of files.
fn first_line(text: &str) -> SecretText {
    SecretText::new(text.trim_start_matches('\u{FEFF}').lines().next().unwrap_or_default())
}

/// Whether this looks like a file name: it has an extension, or is in an existing folder. Key material given in place
/// of a file name has neither.
pub(crate) fn is_like_a_name(file: &Path) -> bool {
    // The root folder does not count: base64 may start with a slash.
    let in_folder = file.parent().is_some_and(|folder| folder.parent().is_some() && folder.is_dir());
    let ending = file.extension().and_then(|ending| ending.to_str());
    in_folder || ending.is_some_and(|it| it.len() <= 5 && it.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// All of standard input, which must be text. Refuses a terminal, which would echo it.
pub(crate) fn all(what: &str, command: &str) -> anyhow::Result<SecretText> {
    if io::stdin().is_terminal() {
        bail!("The {what} is read from standard input: {command} < FILE");
    }
    let mut text = String::new();
    let read = unbuffered().and_then(|input| input.take(LONGEST + 1).read_to_string(&mut text));
    read.with_context(|| format!("the {what} could not be read from standard input"))?;
    refuse_too_long(text.len(), what)?;
    Ok(SecretText::new(text))
}

/// Refuses input that was only read in part.
fn refuse_too_long(length: usize, what: &str) -> anyhow::Result<()> {
    if length as u64 > LONGEST {
        bail!("The {what} has more than {} MiB: check what is given on standard input", LONGEST / 1024 / 1024);
    }
    Ok(())
}

/// What a file with a key holds: text as it is, anything else, such as DER, in base64; and whether it was text.
pub(crate) fn text_or_base64(bytes: &[u8]) -> (Zeroizing<String>, bool) {
    if let Some(text) = utf16(bytes) {
        return (text, true);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (Zeroizing::new(text.to_owned()), true),
        Err(_) => (Zeroizing::new(STANDARD.encode(bytes)), false),
    }
}

/// Decodes UTF-16, as PowerShell 5 writes files with `>`; `None` for any other encoding.
///
/// UTF-16 starts with a byte order mark or, unlike any UTF-8 text, has a NUL in every other byte. Invalid characters,
/// including half of one at the end, become U+FFFD.
pub(crate) fn utf16(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let (text, unit): (_, fn([u8; 2]) -> u16) = match bytes {
        [0xFF, 0xFE, text @ ..] => (text, u16::from_le_bytes),
        [0xFE, 0xFF, text @ ..] => (text, u16::from_be_bytes),
        [1..=0xFF, 0, 1..=0xFF, 0, ..] => (bytes, u16::from_le_bytes),
        [0, 1..=0xFF, 0, 1..=0xFF, ..] => (bytes, u16::from_be_bytes),
        _ => return None,
    };
    let (units, half) = text.as_chunks();
    let characters = char::decode_utf16(units.iter().copied().map(unit)).map(|read| read.unwrap_or('\u{FFFD}'));
    // Allocate everything at once, since it may be a key: a growing string would leave unwiped copies behind.
    let mut out = Zeroizing::new(String::with_capacity(text.len() / 2 * 3 + 3));
    out.extend(characters);
    if !half.is_empty() {
        out.push('\u{FFFD}');
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_is_known_by_its_mark_or_by_its_nuls() {
        let little: Vec<u8> = "eyJ\u{E9}\u{1F511}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "eyJ\u{E9}\u{1F511}".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [&little, &[&[0xFF, 0xFE], &little[..]].concat(), &big, &[&[0xFE, 0xFF], &big[..]].concat()] {
            assert_eq!(utf16(bytes).unwrap().as_str(), "eyJ\u{E9}\u{1F511}");
        }
        assert_eq!(utf16(b"e\0y\0J").unwrap().as_str(), "ey\u{FFFD}");
        for other in [&b""[..], b"eyJ", b"e\0", b"\0\x1b[31m", b"\0\0\0\0", "\u{FEFF}eyJ".as_bytes()] {
            assert!(utf16(other).is_none(), "{other:?}");
        }
    }
}
