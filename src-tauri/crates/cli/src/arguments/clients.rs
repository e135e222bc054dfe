//! `twb clients`.

use clap::{
    Args, Subcommand,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use engine::clients::{AccessTyp, Grant};

#[derive(Debug, Subcommand)]
pub(crate) enum ClientsCommand {
    /// List all clients. The public one that always exists comes first.
    List,
    /// Add a client. A confidential one gets a secret, which is printed this once; only its hash is kept.
    Add(AddClient),
    /// Give a confidential client a new secret and print it. The old one is refused from now on.
    RotateSecret {
        /// Its `client_id`.
        #[arg(value_name = "CLIENT_ID")]
        id: String,
    },
    /// Remove a client and end its sessions.
    Remove {
        /// Its `client_id`.
        #[arg(value_name = "CLIENT_ID")]
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AddClient {
    /// Its `client_id`: letters, digits, dot, underscore and hyphen.
    #[arg(value_name = "CLIENT_ID")]
    pub(crate) id: String,
    /// A name for people.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) name: String,
    /// Give it a secret, which it must present.
    #[arg(long)]
    pub(crate) confidential: bool,
    /// A grant that it may use; may be repeated. Without it, all that it can use.
    #[arg(long = "grant", value_name = "GRANT", value_parser = grant_parser())]
    pub(crate) grants: Vec<Grant>,
    /// A scope that its tokens may have; may be repeated. Without it, all scopes.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
    /// The lifetime of its access tokens, such as 90s or 15m. Without it, the policy's.
    #[arg(long, value_name = "DURATION")]
    pub(crate) ttl: Option<String>,
    /// The `typ` of its access tokens: `at+jwt` (RFC 9068), or `JWT` for resource servers that refuse it, as Spring
    /// Security 7 does by default.
    #[arg(long, value_name = "TYP", default_value = "at+jwt", value_parser = typ_parser())]
    pub(crate) typ: AccessTyp,
}

/// The short names of the grants, and the values of `grant_type`.
fn grant_parser() -> impl TypedValueParser<Value = Grant> {
    let values = Grant::ALL.map(|grant| PossibleValue::new(short(grant)).alias(grant.as_str()));
    PossibleValuesParser::new(values).try_map(|name| {
        let is_named = |grant: &Grant| short(*grant) == name || grant.as_str() == name;
        Grant::ALL.into_iter().find(is_named).ok_or("There is no such grant")
    })
}

/// The last part of a `grant_type` that is a URL.
pub(crate) fn short(grant: Grant) -> &'static str {
    grant.as_str().rsplit('/').next().unwrap_or_default()
}

fn typ_parser() -> impl TypedValueParser<Value = AccessTyp> {
    let values = [AccessTyp::AtJwt, AccessTyp::Jwt].map(|typ| PossibleValue::new(typ.as_str()));
    PossibleValuesParser::new(values).try_map(|name| name.parse::<AccessTyp>())
}
