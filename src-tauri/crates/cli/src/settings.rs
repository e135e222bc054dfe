//! `twb policy`, `twb deny-list` and `twb backup`.

use crate::{
    Outcome,
    arguments::{DenyListCommand, PolicyCommand},
    print::{self, Form},
};
use engine::{
    Engine,
    rules::{RULES, Revocation, Rule},
};
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn policy(engine: &Engine, command: &PolicyCommand, form: &Form) -> anyhow::Result<Outcome> {
    match command {
        PolicyCommand::Show => {}
        PolicyCommand::Set { name, value } => engine.set_rule(name, &value.join(" "))?,
        PolicyCommand::Rotation { preset } => engine.set_rule("rotation", &preset.join(" "))?,
        PolicyCommand::Revocation { mode } => engine.set_rule("revocation", mode)?,
        PolicyCommand::ShortestPasswordAlone { characters } => {
            engine.set_rule("shortest_password_alone", characters)?;
        }
        PolicyCommand::Reset { name: Some(name), .. } => engine.reset_rule(name)?,
        PolicyCommand::Reset { name: None, .. } => engine.reset_rules()?,
    }
    let (rules, defaults) = (engine.rules()?, engine.default_rules());
    let (values, usual) = (rules.values(), defaults.values());
    let row = |rule: &Rule| {
        let is_changed = values[rule.name] != usual[rule.name];
        let default = if is_changed { shown(&usual[rule.name]) } else { String::new() };
        [rule.name.to_owned(), shown(&values[rule.name]), default, rule.allowed.describe()]
    };
    let words = print::table(["RULE", "VALUE", "DEFAULT", "ALLOWED"], RULES.iter().map(row));
    let changes_revocation = match command {
        PolicyCommand::Revocation { .. } => true,
        PolicyCommand::Set { name, .. } => name == "revocation",
        _ => false,
    };
    let note = match rules.revocation {
        Revocation::ShortLived if changes_revocation => format!(
            "\nNew access tokens live {} seconds at most and are not looked up. \
             Those from before that live longer are\nlooked up until they expire.\n",
            rules.short_lived_lifetime.as_secs()
        ),
        _ => String::new(),
    };
    print::answer(form, &values.into(), &format!("{words}{note}"))
}

/// A rule's value in the form users write.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

pub(crate) fn deny_list(engine: &Engine, command: &DenyListCommand, form: &Form) -> anyhow::Result<Outcome> {
    let DenyListCommand::Purge = command;
    let (forgotten, left) = (engine.purge_deny_list(u32::MAX)?, engine.deny_list_length()?);
    let value = json!({"forgotten": forgotten, "left": left});
    print::answer(form, &value, &format!("Expired tokens forgotten: {forgotten}; left: {left}\n"))
}

pub(crate) fn backup(engine: &Engine, file: &Path, form: &Form) -> anyhow::Result<Outcome> {
    engine.back_up(file)?;
    let name = file.display().to_string();
    let words = format!("Copied the profile to {}; private keys are not in the copy\n", jose::visible(&name));
    print::answer(form, &json!({"file": name}), &words)
}
