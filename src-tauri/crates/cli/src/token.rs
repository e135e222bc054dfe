//! `twb token`.

use crate::{
    Outcome,
    arguments::Token,
    clock,
    print::{self, Form},
    sign_in,
};
use engine::Engine;

pub(crate) fn mint(engine: &Engine, wanted: &Token, form: &Form) -> anyhow::Result<Outcome> {
    let lifetime = wanted.ttl.as_deref().map(|text| clock::lifetime("--ttl", text)).transpose()?;
    let scopes = (!wanted.scopes.is_empty()).then_some(wanted.scopes.as_slice());
    let minted = engine.mint(&wanted.username, scopes, lifetime)?;
    print::answer(form, &sign_in::describe(&minted), &format!("{}\n", minted.access_token))
}
