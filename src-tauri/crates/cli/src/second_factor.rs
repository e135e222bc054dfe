//! `twb second-factor`.

use crate::{Outcome, arguments::SecondFactorCommand, input, print};
use anyhow::{Context, bail};
use engine::{
    Engine, private_file,
    secret::SecretText,
    totp::{FactorOptions, WindowStep},
};
use serde_json::{Value, json};
use std::{io::Write, path::Path};

/// What a second factor is begun and confirmed in: whoever may run `twb` on this profile is at the controls.
const SESSION: &str = "twb";

pub(crate) fn run(engine: &Engine, command: &SecondFactorCommand, as_json: bool) -> anyhow::Result<Outcome> {
    match command {
        SecondFactorCommand::Begin { username, qr } => begin(engine, username, qr.as_deref(), as_json),
        SecondFactorCommand::Confirm { username } => {
            let code = input::line(&format!("Code of {username}: "), "code")?;
            recovery_codes(&engine.confirm_enrollment(username, SESSION, code.expose())?, as_json)
        }
        SecondFactorCommand::Remove { username } => {
            engine.remove_second_factor(username, &input::password(username)?)?;
            let words = format!("Removed the second factor of {username}; their sessions have ended\n");
            print::answer(as_json, &json!({"username": username, "second_factor": "off"}), &words)
        }
        SecondFactorCommand::RecoveryCodes { username } => {
            recovery_codes(&engine.regenerate_recovery_codes(username, &input::password(username)?)?, as_json)
        }
        SecondFactorCommand::Codes { username } => codes(engine, username, as_json),
    }
}

fn begin(engine: &Engine, username: &str, qr: Option<&Path>, as_json: bool) -> anyhow::Result<Outcome> {
    let password = input::password(username)?;
    let begun = engine.begin_enrollment(username, &password, SESSION, &FactorOptions::default())?;
    if let Some(file) = qr {
        // What was begun is pending only; beginning again takes its place.
        private_file::create_new(file)
            .and_then(|mut open| open.write_all(begun.qr_svg.expose().as_bytes()))
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    print::answer(
        as_json,
        &json!({
            "secret": begun.secret.expose(),
            "uri": begun.uri.expose(),
            "expires_at": begun.expires_at.seconds(),
        }),
        &print::pairs([
            ("secret", begun.secret.expose().into()),
            ("uri", begun.uri.expose().into()),
            ("confirm_until", print::moment(begun.expires_at)),
        ]),
    )
}

fn recovery_codes(codes: &[SecretText], as_json: bool) -> anyhow::Result<Outcome> {
    let codes: Vec<&str> = codes.iter().map(SecretText::expose).collect();
    print::answer(as_json, &json!({"recovery_codes": codes}), &format!("{}\n", codes.join("\n")))
}

fn codes(engine: &Engine, username: &str, as_json: bool) -> anyhow::Result<Outcome> {
    let Some(window) = engine.code_window(username)? else {
        if engine.second_factor(username)?.is_none() {
            bail!("There is no user \"{username}\"");
        }
        bail!("There is no second factor for \"{username}\"");
    };
    let period = i64::from(window.period_seconds).max(1);
    let offset = |step: &WindowStep| step.step - window.now.seconds().div_euclid(period);
    let describe = |step: &WindowStep| {
        json!({
            "offset": offset(step),
            "step": step.step,
            "begins_at": step.begins_at.seconds(),
            "code": step.code.expose(),
            "used": step.used,
        })
    };
    let row = |step: &WindowStep| {
        [
            format!("{:+}", offset(step)).replace("+0", "0"),
            step.code.expose().to_owned(),
            print::moment(step.begins_at),
            if step.used { "used" } else { "" }.into(),
        ]
    };
    let value = json!({
        "now": window.now.seconds(),
        "period": window.period_seconds,
        "codes": window.steps.iter().map(describe).collect::<Value>(),
    });
    print::answer(as_json, &value, &print::table(["STEP", "CODE", "BEGINS", ""], window.steps.iter().map(row)))
}
