//! Settings that can change while a profile is in use.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    /// Show the clock.
    Show,
    /// Set the clock ahead of the computer's clock, or behind it.
    Shift {
        /// By how much: +31m, -2h, 1h 30m.
        #[arg(value_name = "DURATION", allow_hyphen_values = true)]
        duration: String,
    },
    /// Freeze the clock.
    Freeze {
        /// At what time: 2026-11-23T14:30:00Z, or seconds since 1970. Default: the present time.
        #[arg(value_name = "TIME", allow_hyphen_values = true)]
        time: Option<String>,
    },
    /// Go back to the computer's clock.
    Real,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Show every rule, its allowed values, and its default if it was changed.
    Show,
    /// Change a rule.
    Set {
        /// Its name, as in `twb policy show`.
        #[arg(value_name = "RULE")]
        name: String,
        /// Its value; lifetimes in seconds.
        #[arg(value_name = "VALUE", required = true, num_args = 1..)]
        value: Vec<String>,
    },
    /// Reset a rule, or all rules, to the default.
    Reset {
        /// Its name, as in `twb policy show`.
        #[arg(value_name = "RULE", required_unless_present = "all", conflicts_with = "all")]
        name: Option<String>,
        /// Reset all rules.
        #[arg(long)]
        all: bool,
    },
    /// Choose what happens when a used refresh token is presented again: strict, grace SECONDS, evidence or none.
    Rotation {
        /// strict, grace SECONDS, evidence or none.
        #[arg(value_name = "PRESET", required = true, num_args = 1..=2)]
        preset: Vec<String>,
    },
    /// Set the minimum password length for users without a second factor: 8 to 64 characters (NIST recommends 15).
    /// Applies to new passwords.
    ShortestPasswordAlone {
        /// The minimum length, 8 to 64.
        #[arg(value_name = "NUMBER")]
        characters: String,
    },
    /// Change how revoked access tokens are refused: deny-list or short-lived.
    Revocation {
        /// deny-list or short-lived.
        #[arg(value_name = "MODE")]
        mode: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DenyListCommand {
    /// Remove expired tokens from the list.
    Purge,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Show where the profile is, and what to check if its database is a copy.
    Show,
    /// Dismiss the notice about what a restored copy cannot know.
    ConfirmRestore,
    /// Start over if the database is missing or damaged. Its remains are moved aside, not deleted.
    StartAnew,
}
