//! Changing one user.

use super::{describe, scope_list};
use crate::{
    Outcome, input,
    print::{self, Form},
};
use engine::Engine;
use serde_json::json;

pub(super) fn set_active(engine: &Engine, username: &str, active: bool, form: &Form) -> anyhow::Result<Outcome> {
    let user = engine.set_user_active(username, active)?;
    let words = if active { "may sign in" } else { "may not sign in, and their sessions have ended" };
    print::answer(form, &describe(&user), &format!("{} {words}\n", user.username))
}

pub(super) fn set_scopes(engine: &Engine, username: &str, scopes: &[String], form: &Form) -> anyhow::Result<Outcome> {
    let user = engine.set_user_scopes(username, scopes)?;
    print::answer(form, &describe(&user), &format!("{} holds {}\n", user.username, scope_list(&user.scopes)))
}

pub(super) fn set_password(engine: &Engine, username: &str, form: &Form) -> anyhow::Result<Outcome> {
    let user = engine.set_password(username, &input::password(username)?)?;
    let words = format!("Changed the password of {}; their sessions have ended\n", user.username);
    print::answer(form, &describe(&user), &words)
}

pub(super) fn unlock(engine: &Engine, username: &str, form: &Form) -> anyhow::Result<Outcome> {
    engine.reset_failures(username)?;
    let words = format!("The failures of {username} are forgotten\n");
    print::answer(form, &json!({"username": username, "failures": 0}), &words)
}
