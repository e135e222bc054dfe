//! What may be changed while a profile is in use.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    /// Show the clock.
    Show,
    /// Let it run ahead of the computer's clock, or behind it.
    Shift {
        /// How far: +31m, -2h, 1h 30m.
        #[arg(value_name = "DURATION", allow_hyphen_values = true)]
        duration: String,
    },
    /// Let it stand still.
    Freeze {
        /// Where: 2026-11-23T14:30:00Z, or seconds since 1970. Without it: where it is now.
        #[arg(value_name = "TIME", allow_hyphen_values = true)]
        time: Option<String>,
    },
    /// Let it run as the computer's.
    Real,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Show what may be changed.
    Show,
    /// Change what presenting a used refresh token means: strict, grace SECONDS, evidence or none.
    Rotation {
        /// The preset.
        #[arg(value_name = "PRESET", required = true, num_args = 1..=2)]
        preset: Vec<String>,
    },
    /// Change the fewest characters of the password of a user without a second factor: 8 to 64. NIST asks for 15. It
    /// goes for new passwords.
    ShortestPasswordAlone {
        /// How many.
        #[arg(value_name = "NUMBER")]
        characters: String,
    },
    /// Change how revoked access tokens are refused: deny-list or short-lived.
    Revocation {
        /// The mode.
        #[arg(value_name = "MODE")]
        mode: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DenyListCommand {
    /// Forget the tokens that have expired since they were revoked.
    Purge,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Show where it is, and what to check if its database is a copy.
    Show,
    /// Say that you have read what a copy cannot know; it is not shown again.
    ConfirmRestore,
    /// Begin anew where the database is missing or damaged. What there is of it is put aside, not deleted.
    StartAnew,
}
