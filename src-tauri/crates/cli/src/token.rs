//! `twb token`.

use crate::{
    Outcome,
    arguments::Token,
    clock,
    print::{self, Form},
    sign_in,
};
use anyhow::anyhow;
use engine::Engine;
use std::time::Duration;

pub(crate) fn mint(engine: &Engine, wanted: &Token, form: &Form) -> anyhow::Result<Outcome> {
    let lifetime = wanted.ttl.as_deref().map(parse_duration).transpose()?;
    let scopes = (!wanted.scopes.is_empty()).then_some(wanted.scopes.as_slice());
    let minted = engine.mint(&wanted.username, scopes, lifetime)?;
    print::answer(form, &sign_in::describe(&minted), &format!("{}\n", minted.access_token))
}

fn parse_duration(text: &str) -> anyhow::Result<Duration> {
    let duration = clock::duration(text).and_then(|duration| Duration::try_from(duration).ok());
    duration.ok_or_else(|| anyhow!("--ttl {text}: write a duration such as 90s, 15m or 1h"))
}
