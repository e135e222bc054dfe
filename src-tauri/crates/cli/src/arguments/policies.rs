//! `twb policies`, and the rules of `twb inspect`.

use clap::{Args, Subcommand, builder::NonEmptyStringValueParser};
use jose::Algorithm;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum PoliciesCommand {
    /// List all policies.
    List,
    /// Show a policy.
    Show {
        /// The policy's name.
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Save a policy, replacing any existing one of that name. Rules without an option are not checked; without
    /// `--alg`, every algorithm is allowed.
    Save(Box<SavePolicy>),
    /// Delete a saved policy.
    Delete {
        /// The policy's name.
        #[arg(value_name = "NAME")]
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SavePolicy {
    /// Its name, ignoring case.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// A claim that must be present; may be repeated.
    #[arg(long = "require", value_name = "CLAIM")]
    pub(crate) required_claims: Vec<String>,
    /// The longest lifetime, in seconds, that raises no finding.
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    pub(crate) max_lifetime: Option<String>,
    /// Keep the public keys of this file (a JWK Set, a JWK, PEM or a certificate; `-` for standard input) with the
    /// policy: they check the signature whenever it is used.
    #[arg(long, value_name = "FILE")]
    pub(crate) jwks: Option<PathBuf>,
}

/// Rules that override those of a policy.
#[derive(Debug, Args)]
pub(crate) struct Rules {
    /// Allow this algorithm; may be repeated.
    #[arg(long = "alg", value_name = "ALG")]
    pub(crate) algorithms: Vec<Algorithm>,
    /// The exact `iss` that is required.
    #[arg(long, value_name = "ISSUER", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) issuer: Option<String>,
    /// The value that `aud` must equal or contain.
    #[arg(long, value_name = "AUDIENCE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) audience: Option<String>,
    /// A scope that the endpoint requires; may be repeated.
    #[arg(long = "scope", value_name = "SCOPE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) scopes: Vec<String>,
    /// The required `typ`, such as `at+jwt`.
    #[arg(long, value_name = "TYP", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) typ: Option<String>,
    /// The tolerance of the time checks, in seconds.
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    pub(crate) leeway: Option<String>,
}
