//! The command line of `twb`. No option takes a secret: what is on a command line, every process can read.

use clap::{Args, Parser, Subcommand};
use engine::profile::DEFAULT_PROFILE;

/// Token Workbench on the command line: the same users, keys and tokens as in the window, also while it is open.
#[derive(Debug, Parser)]
#[command(name = "twb", version, propagate_version = true)]
pub(crate) struct Arguments {
    /// The profile to work on.
    #[arg(long, global = true, value_name = "NAME", default_value = DEFAULT_PROFILE)]
    pub(crate) profile: String,
    /// Work on a new profile in memory, which ends with this command.
    #[arg(long, global = true, conflicts_with = "profile")]
    pub(crate) ephemeral: bool,
    /// Print JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add and list users.
    Users {
        #[command(subcommand)]
        command: UsersCommand,
    },
    /// Mint an access token for a user, without their password.
    Token(Token),
    /// Say what a token is, who signed it, and whether a server would take it.
    ///
    /// Exit code: 0 accepted, 1 rejected, 3 not verified (no key), 2 usage or I/O error.
    Inspect(Inspect),
}

#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Create a user. The password is the first line of standard input, or asked for at a terminal.
    Add(AddUser),
    /// List all users.
    List,
}

#[derive(Debug, Args)]
pub(crate) struct AddUser {
    /// The name to sign in with.
    pub(crate) username: String,
    /// The name people read.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) display_name: String,
    /// The email address.
    #[arg(long, value_name = "ADDRESS", default_value = "")]
    pub(crate) email: String,
    /// A scope to grant; give it once for each.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Token {
    /// Whose token.
    #[arg(long = "user", value_name = "NAME")]
    pub(crate) username: String,
    /// A scope to ask for; give it once for each. Without any: all the user holds.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
    /// How long the token lives: 90s, 15m, 1h 30m. Without it: as long as after a sign-in, 15 minutes.
    #[arg(long, value_name = "DURATION")]
    pub(crate) ttl: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The token, with whatever a log put around it; `-` or nothing reads standard input.
    #[arg(value_name = "TOKEN", default_value = "-", hide_default_value = true)]
    pub(crate) text: String,
}
