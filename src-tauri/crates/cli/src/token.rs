//! `twb token`.

use crate::{
    Outcome,
    arguments::Token,
    print::{self, Form},
    sign_in,
};
use anyhow::Context;
use engine::Engine;
use jiff::SignedDuration;
use std::time::Duration;

pub(crate) fn mint(engine: &Engine, wanted: &Token, form: &Form) -> anyhow::Result<Outcome> {
    let lifetime = wanted.ttl.as_deref().map(parse_duration).transpose()?;
    let scopes = (!wanted.scopes.is_empty()).then_some(wanted.scopes.as_slice());
    let minted = engine.mint(&wanted.username, scopes, lifetime)?;
    print::answer(form, &sign_in::describe(&minted), &format!("{}\n", minted.access_token))
}

fn parse_duration(text: &str) -> anyhow::Result<Duration> {
    let wrong = || format!("--ttl {text}: write a duration such as 90s, 15m or 1h");
    let duration: SignedDuration = text.parse().with_context(wrong)?;
    Duration::try_from(duration).with_context(wrong)
}
