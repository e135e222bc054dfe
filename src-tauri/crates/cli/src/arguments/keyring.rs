//! `twb keyring`.

use clap::{
    Subcommand,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use engine::vault::VaultKind;

#[derive(Debug, Subcommand)]
pub(crate) enum KeyringCommand {
    /// Show where the keys are kept, without accessing that place.
    Show,
    /// Keep the keys in another place from now on.
    ///
    /// Existing keys are moved. If they cannot be read, nothing changes, unless you ask for new ones.
    Use {
        /// The place: system or passphrase.
        #[arg(value_name = "PLACE", value_parser = places())]
        place: VaultKind,
        /// Leave the keys where they are and make new ones. Until you go back, existing sessions cannot be refreshed
        /// and second factors cannot be checked.
        #[arg(long)]
        new_keys: bool,
    },
    /// Replace keys that are missing from the keyring or were changed in it.
    ReplaceLost,
}

/// The places a profile can use. Session-only keys are left to the window, because a command ends at once.
fn places() -> impl TypedValueParser<Value = VaultKind> {
    let words = [
        PossibleValue::new(VaultKind::System.as_str()).help("The keyring of the operating system"),
        PossibleValue::new(VaultKind::Passphrase.as_str())
            .help("A file in the profile's folder, sealed with a passphrase"),
    ];
    PossibleValuesParser::new(words).try_map(|name| name.parse::<VaultKind>())
}
