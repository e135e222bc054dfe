//! `twb keys`.

use clap::{
    Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use engine::keys::Purpose;
use jose::Algorithm;
use std::path::PathBuf;

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List all signing keys.
    List,
    /// Make a new signing key active. The previous one verifies until its last token has expired.
    Rotate {
        /// What the key signs.
        #[arg(long, value_name = "PURPOSE", default_value = "access", value_parser = purposes())]
        purpose: Purpose,
        /// Its algorithm. Default: that of the previous key.
        #[arg(long, value_name = "ALGORITHM", value_parser = algorithms())]
        algorithm: Option<Algorithm>,
    },
    /// Retire a key that no longer signs. Its tokens are refused at once, and its private part is deleted.
    Retire {
        /// The key's ID (`kid`).
        #[arg(value_name = "KID", allow_hyphen_values = true)]
        kid: String,
    },
    /// Name a key. Tokens carry its ID, which never changes.
    Rename {
        /// The key's ID (`kid`).
        #[arg(value_name = "KID", allow_hyphen_values = true)]
        kid: String,
        /// Its new name, at most 40 characters.
        #[arg(value_name = "NAME", allow_hyphen_values = true)]
        name: String,
    },
    /// Delete the record of a retired key.
    Delete {
        /// The key's ID (`kid`).
        #[arg(value_name = "KID", allow_hyphen_values = true)]
        kid: String,
    },
    /// Import a private key from standard input, PEM or JWK, to sign access tokens.
    Import {
        /// Its algorithm, if the key fits several: RSA in PEM.
        #[arg(long, value_name = "ALGORITHM", value_parser = algorithms())]
        algorithm: Option<Algorithm>,
        /// A file whose first line is the passphrase of the key, if it is encrypted.
        #[arg(long, value_name = "FILE")]
        key_passphrase_file: Option<PathBuf>,
    },
    /// Print the public part of a key as a JWK.
    ExportPublic {
        /// The key's ID (`kid`).
        #[arg(value_name = "KID", allow_hyphen_values = true)]
        kid: String,
        /// Print PEM instead.
        #[arg(long)]
        pem: bool,
    },
    /// Print the private part of a key. Anyone who reads it can sign as this profile.
    ExportPrivate {
        /// The key's ID (`kid`).
        #[arg(value_name = "KID", allow_hyphen_values = true)]
        kid: String,
        /// Confirm that the private key may be printed.
        #[arg(long = "yes-show-the-private-key")]
        sure: bool,
    },
    /// Publish or withdraw the test key, which signs edited tokens in the window. Servers accept its tokens only while
    /// it is published.
    PublishTest {
        /// on or off.
        #[arg(value_name = "on|off")]
        publish: Switch,
    },
    /// Print the JWK Set with which servers verify access tokens.
    Jwks,
}

fn purposes() -> impl TypedValueParser<Value = Purpose> {
    PossibleValuesParser::new(Purpose::ALL.map(Purpose::as_str)).try_map(|name| name.parse::<Purpose>())
}

fn algorithms() -> impl TypedValueParser<Value = Algorithm> {
    PossibleValuesParser::new(Algorithm::ALL.map(Algorithm::as_str)).try_map(|name| name.parse::<Algorithm>())
}
