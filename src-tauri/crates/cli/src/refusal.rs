//! What clap says of a command line that it does not take, without the values that may be secrets: standard error
//! ends up in the logs of build servers.

use crate::print;
use clap::{
    Error,
    builder::StyledStr,
    error::{ContextKind, ContextValue, ErrorKind},
};
use std::{env, process::ExitCode};

/// In the place of what is not repeated.
const HIDDEN: &str = "…";

/// Prints the help that was asked for, or the refusal; answers with its exit code.
pub(crate) fn say(mut refusal: Error) -> ExitCode {
    let has_secret = env::args_os().any(|argument| argument.as_encoded_bytes().starts_with(b"--secret"));
    hide_values(&mut refusal, has_secret);
    if refusal.use_stderr() {
        write_out(&mut refusal);
        // Without clap's colours: with them a terminal would take what else steers it, too.
        print::lines_on_stderr(&refusal.render().to_string());
    } else {
        // Help and version repeat nothing of the command line. If they cannot be printed, there is nobody left to tell.
        let _ = refusal.print();
    }
    ExitCode::from(u8::try_from(refusal.exit_code()).unwrap_or(crate::FAILED))
}

/// Writes out what a value holds that cannot be seen, its line breaks too.
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

/// Takes out of a refusal what may be a secret, or a part of one: of a secret with spaces that was not quoted, the
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
        // A switch that was given a value.
        ErrorKind::TooManyValues => (ContextKind::InvalidValue, "this option takes no value"),
        _ => return,
    };
    // Nothing at all means to clap that a value is missing, which keeps no secret.
    if !text(refusal, place).is_empty() {
        refusal.insert(place, ContextValue::String(HIDDEN.into()));
        refusal.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
    }
}

/// True for the name of an option that does not exist. Beside a secret, only if it is nearly one that does.
fn names_an_option(refusal: &Error, has_secret: bool) -> bool {
    let argument = text(refusal, ContextKind::InvalidArg);
    let is_name = argument.strip_prefix('-').is_some_and(|name| is_a_word(name.strip_prefix('-').unwrap_or(name)));
    is_name && (!has_secret || refusal.get(ContextKind::SuggestedArg).is_some())
}

/// Option and command names are such words; tokens, keys and good passwords are not.
fn is_a_word(text: &str) -> bool {
    (1..=24).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
}

fn text(refusal: &Error, place: ContextKind) -> &str {
    match refusal.get(place) {
        Some(ContextValue::String(text)) => text,
        _ => "",
    }
}
