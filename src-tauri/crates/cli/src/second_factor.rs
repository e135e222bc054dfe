//! `twb second-factor`.

use crate::{
    Outcome,
    arguments::SecondFactorCommand,
    input,
    print::{self, Form},
    totp,
};
use anyhow::{Context, anyhow};
use engine::{
    Engine, private_file,
    secret::SecretText,
    totp::{FactorOptions, WindowStep},
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
};

/// The session that binds begin and confirm: anyone who can run `twb` on this profile is at the controls.
const SESSION: &str = "twb";

pub(crate) fn run(engine: &Engine, command: &SecondFactorCommand, form: &Form) -> anyhow::Result<Outcome> {
    match command {
        SecondFactorCommand::Begin { username, qr } => begin(engine, username, qr.as_deref(), form),
        SecondFactorCommand::Confirm { username } => {
            let code = input::line(&format!("Code of {username}: "), "code")?;
            recovery_codes(&engine.confirm_enrollment(username, SESSION, code.expose())?, form)
        }
        SecondFactorCommand::Remove { username } => {
            engine.remove_second_factor(username, &input::password(username)?)?;
            let words = format!("Removed the second factor of {username}; their sessions have ended\n");
            print::answer(form, &json!({"username": username, "second_factor": "off"}), &words)
        }
        SecondFactorCommand::RecoveryCodes { username } => {
            recovery_codes(&engine.regenerate_recovery_codes(username, &input::password(username)?)?, form)
        }
        SecondFactorCommand::Codes { username } => codes(engine, username, form),
    }
}

fn begin(engine: &Engine, username: &str, qr: Option<&Path>, form: &Form) -> anyhow::Result<Outcome> {
    let password = input::password(username)?;
    // Create the file before enrolling: a secret that cannot be saved is useless.
    let picture = qr.map(|file| Ok::<_, anyhow::Error>((file, new_file(file)?))).transpose()?;
    let begun = engine.begin_enrollment(username, &password, SESSION, &FactorOptions::default()).inspect_err(|_| {
        if let Some(file) = qr {
            let _ = fs::remove_file(file);
        }
    })?;
    if let Some((file, mut open)) = picture {
        open.write_all(begun.qr_svg.expose().as_bytes())
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    print::answer(
        form,
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

fn new_file(file: &Path) -> anyhow::Result<fs::File> {
    private_file::create_new(file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => anyhow!("{} is there already; give another name", file.display()),
        _ => anyhow!("{} cannot be made: {error}", file.display()),
    })
}

fn recovery_codes(codes: &[SecretText], form: &Form) -> anyhow::Result<Outcome> {
    let codes: Vec<&str> = codes.iter().map(SecretText::expose).collect();
    print::answer(form, &json!({"recovery_codes": codes}), &format!("{}\n", codes.join("\n")))
}

fn codes(engine: &Engine, username: &str, form: &Form) -> anyhow::Result<Outcome> {
    let window = totp::window(engine, username)?;
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
    print::answer(form, &value, &print::table(["STEP", "CODE", "BEGINS", ""], window.steps.iter().map(row)))
}
