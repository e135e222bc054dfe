//! `twb users`.

use clap::{ArgAction, Args, Subcommand, builder::PossibleValuesParser, builder::TypedValueParser};

#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Create a user. The password is the first line of standard input, or typed at a terminal.
    Add(AddUser),
    /// Create a user with a password hash from another program: bcrypt, or passlib's bcrypt_sha256. The hash is the
    /// first line of standard input.
    Import(AddUser),
    /// List all users.
    List,
    /// Show a user: scopes, second factor and failed attempts.
    Show {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
    /// Change a user's display name or email address.
    Edit {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
        /// The name for display; empty for none.
        #[arg(long, value_name = "TEXT")]
        display_name: Option<String>,
        /// The email address; empty for none.
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
    },
    /// Delete a user with their sessions and second factor. Their tokens are refused from then on.
    Delete {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
    /// Activate or deactivate a user. Deactivating ends their sessions.
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
    /// Replace a user's scopes.
    SetScopes {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
        /// A scope to grant; may be repeated. Default: none.
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
    },
    /// Change a user's password, which ends their sessions. The new password is the first line of standard input, or
    /// typed at a terminal.
    SetPassword {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
    /// Reset a user's failed attempts, which ends their lock. Users can end it themselves with `twb recover`.
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
    /// The name for display.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) display_name: String,
    /// The email address.
    #[arg(long, value_name = "ADDRESS", default_value = "")]
    pub(crate) email: String,
    /// A scope to grant; may be repeated.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
}
