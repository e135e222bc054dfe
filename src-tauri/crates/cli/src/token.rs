//! `twb token`.

use crate::{Outcome, arguments::Token, print};
use anyhow::Context;
use engine::Engine;
use jiff::SignedDuration;
use serde_json::json;
use std::time::Duration;

pub(crate) fn mint(engine: &Engine, wanted: &Token, as_json: bool) -> anyhow::Result<Outcome> {
    let lifetime = wanted.ttl.as_deref().map(parse_duration).transpose()?;
    let scopes = (!wanted.scopes.is_empty()).then_some(wanted.scopes.as_slice());
    let minted = engine.mint(&wanted.username, scopes, lifetime)?;
    if as_json {
        print::json(&json!({
            "access_token": minted.access_token,
            "token_type": "bearer",
            "expires_in": minted.expires_in.as_secs(),
            "scope": engine::scopes::join(&minted.scopes),
            "sid": minted.sid,
        }))?;
    } else {
        print::text(&format!("{}\n", minted.access_token))?;
    }
    Ok(Outcome::Done)
}

fn parse_duration(text: &str) -> anyhow::Result<Duration> {
    let wrong = || format!("--ttl {text}: write a duration such as 90s, 15m or 1h");
    let duration: SignedDuration = text.parse().with_context(wrong)?;
    Duration::try_from(duration).with_context(wrong)
}
