//! `twb completions` and `twb man`: shell completions and manual pages, generated from the arguments.

use crate::{Outcome, arguments::Arguments, print};
use anyhow::{Context, bail};
use clap::CommandFactory;
use clap_complete::Shell;
use std::path::Path;

pub(crate) fn completions(shell: Shell) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "twb", &mut script);
    print::text(&String::from_utf8(script)?)?;
    Ok(Outcome::Done)
}

pub(crate) fn pages(folder: &Path) -> anyhow::Result<Outcome> {
    if !folder.is_dir() {
        bail!("{} is not a folder; make it first", folder.display());
    }
    clap_mangen::generate_to(Arguments::command(), folder)
        .with_context(|| format!("The manual pages cannot be written to {}", folder.display()))?;
    Ok(Outcome::Done)
}
