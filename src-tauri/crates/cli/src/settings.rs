//! `twb policy`, `twb deny-list` and `twb backup`.

use crate::{
    Outcome,
    arguments::{DenyListCommand, PolicyCommand},
    print::{self, Form},
};
use anyhow::Context;
use engine::{Engine, policy::Revocation};
use serde_json::json;
use std::path::Path;

pub(crate) fn policy(engine: &Engine, command: &PolicyCommand, form: &Form) -> anyhow::Result<Outcome> {
    let mut note = "";
    match command {
        PolicyCommand::Show => {}
        PolicyCommand::Rotation { preset } => {
            let preset = preset.join(" ");
            let rotation = preset
                .parse()
                .ok()
                .with_context(|| format!("policy rotation {preset}: write strict, grace SECONDS, evidence or none"))?;
            engine.set_rotation(rotation)?;
        }
        PolicyCommand::Revocation { mode } => {
            let revocation = mode.parse().ok();
            let revocation =
                revocation.with_context(|| format!("policy revocation {mode}: write deny-list or short-lived"))?;
            engine.set_revocation(revocation)?;
            if revocation == Revocation::ShortLived {
                note = "\nNew access tokens live 5 minutes at most and are not looked up. Those from before that live \
                        longer are\nlooked up until they expire.\n";
            }
        }
        PolicyCommand::ShortestPasswordAlone { characters } => {
            let shortest = characters.parse().ok();
            let shortest = shortest
                .with_context(|| format!("policy shortest-password-alone {characters}: write a number from 8 to 64"))?;
            engine.set_shortest_password_alone(shortest)?;
        }
    }
    let shortest = engine.shortest_password_alone()?.characters();
    let (rotation, revocation) = (engine.rotation()?.to_string(), engine.revocation()?.to_string());
    let value = json!({"rotation": rotation, "revocation": revocation, "shortest_password_alone": shortest});
    let words = print::pairs([
        ("rotation", rotation),
        ("revocation", revocation),
        ("shortest_password_alone", shortest.to_string()),
    ]);
    print::answer(form, &value, &format!("{words}{note}"))
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
