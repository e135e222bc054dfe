//! `twb serve`.

use clap::Args;
use std::{net::IpAddr, path::PathBuf};

/// The port of the default issuer, `http://localhost:8787`.
const PORT: u16 = 8787;

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The port to listen on; 0 for any that is free.
    #[arg(long, value_name = "PORT", default_value_t = PORT)]
    pub(crate) port: u16,
    /// Fill an empty profile with data to try: alice with a second factor, bob who can only read, carol who is
    /// inactive, and the confidential client items-api. Their passwords and secrets are printed.
    #[arg(long)]
    pub(crate) demo: bool,
    /// Let the web pages of this origin use the issuer, such as http://localhost:5173; may be repeated.
    #[arg(long = "open-cors", value_name = "ORIGIN")]
    pub(crate) origins: Vec<String>,
    /// Listen on this address too, such as that of a container network; may be repeated. Whoever reaches it can try to
    /// sign in.
    #[arg(long = "listen", value_name = "ADDRESS")]
    pub(crate) addresses: Vec<IpAddr>,
    /// Answer to this host name too, such as host.docker.internal; may be repeated.
    #[arg(long = "host-alias", value_name = "NAME")]
    pub(crate) aliases: Vec<String>,
    /// Write the URL into this file once requests are answered.
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
}
