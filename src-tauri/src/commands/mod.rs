//! The commands of the window. A command is: parse, one engine call, convert. `table.rs` lists every command once.

pub mod appearance;
pub mod clipboard;
pub mod clock;
pub mod edit;
pub mod events;
pub mod handover;
pub mod inspect;
pub mod jwks;
pub mod keyring;
pub mod keys;
pub mod passwords;
pub mod policies;
pub mod references;
pub mod revocation;
pub mod samples;
pub mod scopes;
pub mod second_factor;
pub mod sessions;
pub mod sign_in;
pub mod store;
pub mod user_changes;
pub mod user_import;
pub mod users;
pub mod workbench;

use crate::gesture::Rule;
use engine::paging::Cursor;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

/// Generates from the table what the running program needs.
macro_rules! commands {
    ($($area:ident::$name:ident: $rule:ident $(($act:ident))?,)*) => {
        /// Every command and event of the window.
        pub fn builder() -> Builder<tauri::Wry> {
            Builder::new()
                .commands(collect_commands![$($area::$name),*])
                .events(collect_events![crate::events::WorkbenchChanged, crate::events::HandedOver])
                .error_handling(ErrorHandlingMode::Result)
                .dangerously_cast_bigints_to_number()
                .disable_serde_phases()
        }

        /// What a command requires; `None` if it is not in the table.
        pub(crate) fn rule(command: &str) -> Option<Rule> {
            $(if command == stringify!($name) {
                return Some(Rule::$rule $((crate::gesture::Act::$act))?);
            })*
            None
        }

        /// The names of all commands.
        #[cfg(test)]
        pub(crate) const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

include!("table.rs");

/// Where to continue in a list. An invalid cursor starts at the beginning.
fn place(after: Option<String>) -> Option<Cursor> {
    after.and_then(|after| after.parse().ok())
}

/// A count, in the type that the window receives.
fn number(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
