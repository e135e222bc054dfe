//! Signing in, refreshing, guarding, sessions and second factors.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct SignIn {
    /// Username.
    #[arg(value_name = "NAME")]
    pub(crate) username: String,
    /// A scope to request; may be repeated. Default: all scopes the user holds.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Refresh {
    /// A scope to narrow the new access token to; may be repeated. Default: all scopes of the session.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Guard {
    /// A scope that the endpoint requires; may be repeated.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SessionsCommand {
    /// List all sessions, newest first.
    List,
    /// Show a session and its family of refresh tokens.
    Show {
        /// The session's ID.
        #[arg(value_name = "SID", allow_hyphen_values = true)]
        sid: String,
    },
    /// End a session, or all sessions of a user.
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
    /// Begin setting up a second factor, and print its secret. The password is the first line of standard input, or
    /// typed at a terminal.
    Begin {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
        /// Write the QR code as SVG into a new file that only you can read.
        #[arg(long, value_name = "FILE")]
        qr: Option<PathBuf>,
    },
    /// Turn on a second factor with its first code, and print the recovery codes. The code is the first line of
    /// standard input.
    Confirm {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
    /// Remove a second factor, and end the user's sessions. The password is the first line of standard input, or typed.
    Remove {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
    /// Replace the recovery codes with ten new ones. The password is the first line of standard input, or typed.
    RecoveryCodes {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
    /// Print the codes that are accepted now: the previous, the present and the next one.
    Codes {
        /// Username.
        #[arg(value_name = "NAME")]
        username: String,
    },
}
