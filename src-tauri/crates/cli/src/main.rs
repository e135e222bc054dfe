//! `twb`: the workbench on the command line. A command parses its arguments, calls the engine once, and prints.

mod arguments;
mod clients;
mod clock;
mod events;
mod input;
mod inspect;
mod keyring;
mod keys;
mod manual;
mod policies;
mod print;
mod profile;
mod refusal;
mod second_factor;
mod serve;
mod sessions;
mod settings;
mod sign_in;
mod token;
mod totp;
mod users;
mod window;

use arguments::{Arguments, Command, ProfileCommand};
use clap::Parser;
use engine::{Engine, Profile, Rules, events::Source, hardening};
use print::Form;
use std::{alloc::System, process::ExitCode};
use zeroizing_alloc::ZeroAlloc;

/// Passwords and keys pass through many layers of code, so all memory is wiped when it is freed.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

/// The outcome of a command, for its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Success; for `inspect` and `guard`: accepted.
    Done,
    /// `inspect`, `guard`: rejected.
    Rejected,
    /// `inspect`, `guard`: nothing fails, but no key proves the signature, or the token was not read to its end.
    NotVerified,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Rejected => 1,
            Outcome::NotVerified => 3,
        })
    }
}

/// The exit code for usage and I/O errors; clap uses the same.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    hardening::keep_memory_private();
    // A debug build has to allow debuggers.
    if !cfg!(debug_assertions) {
        hardening::keep_debuggers_away();
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(refusal) => return refusal::say(refusal),
    };
    match run(&arguments) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            print::complain(&format!("{error:#}"));
            ExitCode::from(FAILED)
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let profile = if arguments.ephemeral { Profile::Ephemeral } else { Profile::named(&arguments.profile)? };
    let mut form = Form { as_json: arguments.json, moved: None };
    if let Command::Inspect(what) = &arguments.command
        && what.json_schema
    {
        return inspect::print_schema();
    }
    if let Command::Inspect(what) = &arguments.command
        && what.gui
    {
        return window::show(&profile, &arguments.profile, &inspect::read(&what.text)?, &form);
    }
    match &arguments.command {
        Command::Completions { shell } => return manual::completions(*shell),
        Command::Man { folder } => return manual::pages(folder),
        Command::Serve(what) => return serve::run(arguments, what, &profile),
        _ => {}
    }
    if let Command::Profile { command: ProfileCommand::StartAnew } = &arguments.command {
        return profile::start_anew(&profile, &form);
    }
    let opened = Engine::open(&profile, Rules::default());
    let engine = opened.and_then(|engine| Ok(engine.acting_through(Source::Twb)?));
    if let Ok(engine) = &engine {
        keyring::ask_when_needed(engine, arguments.passphrase_file.clone());
        profile::say_restored(engine, &arguments.command);
    }
    let engine = match (&arguments.command, engine) {
        (Command::Inspect(what), Err(error)) => return inspect::inspect(Err(error), what, &form),
        (_, engine) => engine?,
    };
    if goes_by_the_clock(&arguments.command) {
        form.moved = clock::moved(&engine);
    }
    let form = &form;
    match &arguments.command {
        Command::Profile { command } => profile::run(&engine, &profile, command, form),
        Command::Inspect(what) => inspect::inspect(Ok(engine), what, form),
        Command::Users { command } => users::run(&engine, command, form),
        Command::Token(wanted) => token::mint(&engine, wanted, form),
        Command::Guard(what) => inspect::guard(&engine, what, form),
        Command::SignIn(who) => sign_in::sign_in(&engine, who, form),
        Command::Confirm => sign_in::confirm(&engine, form),
        Command::Recover(who) => sign_in::recover(&engine, who, form),
        Command::Refresh(what) => sign_in::refresh(&engine, what, form),
        Command::Revoke => sign_in::revoke(&engine, form),
        Command::Sessions { command } => sessions::run(&engine, command, form),
        Command::SecondFactor { command } => second_factor::run(&engine, command, form),
        Command::Totp(what) => totp::run(&engine, what, form),
        Command::Keys { command } => keys::run(&engine, command, form),
        Command::Keyring { command } => keyring::run(&engine, command, arguments.passphrase_file.as_deref(), form),
        Command::Policies { command } => policies::run(&engine, command, form),
        Command::Clients { command } => clients::run(&engine, command, form),
        Command::Clock { command } => clock::run(&engine, command, form),
        Command::Policy { command } => settings::policy(&engine, command, form),
        Command::Events(arguments) => events::list(&engine, arguments, form),
        Command::DenyList { command } => settings::deny_list(&engine, command, form),
        Command::Backup { file } => settings::backup(&engine, file, form),
        // Handled before the profile was opened.
        Command::Completions { .. } | Command::Man { .. } | Command::Serve(_) => Ok(Outcome::Done),
    }
}

/// Whether the output, or a stored result, depends on the time.
fn goes_by_the_clock(command: &Command) -> bool {
    match command {
        Command::Inspect(what) => what.at.is_none(),
        Command::Users { .. }
        | Command::Token(_)
        | Command::Guard(_)
        | Command::SignIn(_)
        | Command::Confirm
        | Command::Recover(_)
        | Command::Refresh(_)
        | Command::Revoke
        | Command::Sessions { .. }
        | Command::SecondFactor { .. }
        | Command::Totp(_)
        | Command::Keys { .. }
        | Command::Clients { .. }
        | Command::DenyList { .. } => true,
        Command::Policies { .. }
        | Command::Profile { .. }
        | Command::Keyring { .. }
        | Command::Clock { .. }
        | Command::Policy { .. }
        | Command::Serve(_)
        | Command::Completions { .. }
        | Command::Man { .. }
        | Command::Events { .. }
        | Command::Backup { .. } => false,
    }
}
