//! `twb users`.

use clap::{ArgAction, Args, Subcommand, builder::PossibleValuesParser, builder::TypedValueParser};

#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Create a user. The password is the first line of standard input, or asked for at a terminal.
    Add(AddUser),
    /// Create a user with a password hash of another program: bcrypt, or passlib's bcrypt_sha256. The hash is the first
    /// line of standard input.
    Import(AddUser),
    /// List all users.
    List,
    /// Show a user: what they hold, their second factor, their failures.
    Show {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
    /// Switch a user on or off. Off ends their sessions.
    SetActive {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
        /// on or off.
        #[arg(
            value_name = "on|off",
            action = ArgAction::Set,
            hide_possible_values = true,
            value_parser = PossibleValuesParser::new(["on", "off"]).map(|word| word == "on")
        )]
        active: bool,
    },
    /// Replace what a user holds.
    SetScopes {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
        /// A scope to grant; give it once for each. Without any: none.
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
    },
    /// Change a user's password, which ends their sessions. It is the first line of standard input, or asked for at a
    /// terminal.
    SetPassword {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
    /// Forget a user's failures, which ends their lock. They can end it themselves with `twb recover`.
    Unlock {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
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
