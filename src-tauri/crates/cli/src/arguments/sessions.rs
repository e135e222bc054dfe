//! Signing in, refreshing, guarding, sessions and second factors.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct SignIn {
    /// Username.
    #[arg(value_name = "NAME")]
    pub(crate) username: String,
    /// A scope to ask for; give it once for each. Without any: all the user holds.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Refresh {
    /// A scope to narrow the new access token to; give it once for each. Without any: all the session was granted.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Guard {
    /// A scope the endpoint needs; give it once for each.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SessionsCommand {
    /// List all sessions, the newest first.
    List,
    /// Show a session and the family of its refresh tokens.
    Show {
        /// The session's ID.
        #[arg(value_name = "SID", allow_hyphen_values = true)]
        sid: String,
    },
    /// End a session, or all of a user.
    Revoke(RevokeSessions),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct RevokeSessions {
    /// The session's ID.
    #[arg(value_name = "SID", allow_hyphen_values = true)]
    pub(crate) sid: Option<String>,
    /// End all sessions of this user.
    #[arg(long = "user", value_name = "NAME")]
    pub(crate) username: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SecondFactorCommand {
    /// Begin to set one up, and print its secret. The password is the first line of standard input, or asked for at a
    /// terminal.
    Begin {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
        /// Write the QR code, an SVG picture, into a new file that only you can read.
        #[arg(long, value_name = "FILE")]
        qr: Option<PathBuf>,
    },
    /// Switch on the one that was begun, with a code of it, and print the recovery codes. The code is the first line
    /// of standard input.
    Confirm {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
    /// Remove it, and end the user's sessions. The password is the first line of standard input, or asked for.
    Remove {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
    /// Make ten new recovery codes in the place of the old ones. The password is the first line of standard input, or
    /// asked for.
    RecoveryCodes {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
    /// Print the codes that are accepted now: the present one, the one before and the one after it.
    Codes {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
}
