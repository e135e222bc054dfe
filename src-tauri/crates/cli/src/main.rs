//! `twb`: the workbench on the command line. A command is: parse, one call of the engine, print.

mod arguments;
mod inspect;
mod print;
mod token;
mod users;

use arguments::{Arguments, Command, UsersCommand};
use clap::Parser;
use engine::{Engine, Policy, Profile};
use std::process::ExitCode;

/// What a command tells the shell it was called from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Done; for `inspect`: accepted.
    Done,
    /// `inspect`: rejected.
    Rejected,
    /// `inspect`: nothing fails, but there was no key to verify the signature with.
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

/// The exit code of a usage or I/O error; clap uses the same.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "a command-line program says its errors there")]
            {
                eprintln!("twb: {error:#}");
            }
            ExitCode::from(FAILED)
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let profile = if arguments.ephemeral { Profile::Ephemeral } else { Profile::named(&arguments.profile)? };
    let engine = Engine::open(&profile, Policy::default())?;
    match &arguments.command {
        Command::Users { command: UsersCommand::Add(new) } => users::add(&engine, new, arguments.json),
        Command::Users { command: UsersCommand::List } => users::list(&engine, arguments.json),
        Command::Token(wanted) => token::mint(&engine, wanted, arguments.json),
        Command::Inspect(what) => inspect::inspect(&engine, what, arguments.json),
    }
}
