//! Prints clap's usage errors without values that may be secrets: standard error ends up in the logs of build servers.

use crate::print;
use clap::{
    Error,
    builder::StyledStr,
    error::{ContextKind, ContextValue, ErrorKind},
};
use std::{env, process::ExitCode};

/// Replaces what is not echoed.
const HIDDEN: &str = "…";

/// Prints the requested help, or the usage error, and returns the exit code.
pub(crate) fn say(mut refusal: Error) -> ExitCode {
    let has_secret = env::args_os().any(|argument| argument.as_encoded_bytes().starts_with(b"--secret"));
    hide_values(&mut refusal, has_secret);
    if refusal.use_stderr() {
        write_out(&mut refusal);
        // Without clap's colours: the terminal would then also interpret other control sequences.
        print::lines_on_stderr(&refusal.render().to_string());
    } else {
        // Help and version echo nothing from the command line. If printing fails, there is nowhere left to report it.
        let _ = refusal.print();
    }
    ExitCode::from(u8::try_from(refusal.exit_code()).unwrap_or(crate::FAILED))
}

/// Escapes invisible characters in a value, including line breaks.
fn write_out(refusal: &mut Error) {
    let texts: Vec<_> = refusal.context().filter_map(|(place, value)| Some((place, written_out(value)?))).collect();
    for (place, text) in texts {
        refusal.insert(place, text);
    }
}

fn written_out(value: &ContextValue) -> Option<ContextValue> {
    match value {
        ContextValue::String(text) => Some(ContextValue::String(jose::visible(text).into_owned())),
        ContextValue::Strings(texts) => {
            Some(ContextValue::Strings(texts.iter().map(|text| jose::visible(text).into_owned()).collect()))
        }
        _ => None,
    }
}

/// Removes possible secrets, and parts of them, from a usage error. For an unquoted secret with spaces, these are the
/// words after the first.
fn hide_values(refusal: &mut Error, has_secret: bool) {
    let (place, tip) = match refusal.kind() {
        ErrorKind::UnknownArgument if !names_an_option(refusal, has_secret) => {
            (ContextKind::InvalidArg, "one argument too many; it may be a secret, so it is not repeated here")
        }
        ErrorKind::InvalidSubcommand if !is_a_word(text(refusal, ContextKind::InvalidSubcommand)) => {
            (ContextKind::InvalidSubcommand, "to inspect a token: twb inspect TOKEN")
        }
        ErrorKind::InvalidValue if text(refusal, ContextKind::InvalidArg).starts_with("--key-form") => {
            (ContextKind::InvalidValue, "a secret in hexadecimal or base64 goes into --secret-hex or --secret-base64")
        }
        // A flag that was given a value.
        ErrorKind::TooManyValues => (ContextKind::InvalidValue, "this option takes no value"),
        _ => return,
    };
    // clap reports an empty value as missing, and that reveals no secret.
    if !text(refusal, place).is_empty() {
        refusal.insert(place, ContextValue::String(HIDDEN.into()));
        refusal.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
    }
}

/// Whether this names a nonexistent option. If the command line has a secret, only if it is close to an existing one.
fn names_an_option(refusal: &Error, has_secret: bool) -> bool {
    let argument = text(refusal, ContextKind::InvalidArg);
    let is_name = argument.strip_prefix('-').is_some_and(|name| is_a_word(name.strip_prefix('-').unwrap_or(name)));
    is_name && (!has_secret || refusal.get(ContextKind::SuggestedArg).is_some())
}

/// Option and command names are words like this; tokens, keys and good passwords are not.
fn is_a_word(text: &str) -> bool {
    (1..=24).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
}

fn text(refusal: &Error, place: ContextKind) -> &str {
    match refusal.get(place) {
        Some(ContextValue::String(text)) => text,
        _ => "",
    }
}
