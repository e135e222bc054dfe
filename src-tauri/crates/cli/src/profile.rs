//! `twb profile`, and the message when a profile's database turns out to be a copy.

use crate::{
    Outcome,
    arguments::{Command, ProfileCommand},
    print::{self, Form},
};
use engine::{Engine, Profile, profile::StartAnewError, restore::RestoreNotice, totp::SecondFactor, users::User};
use serde_json::{Value, json};

pub(crate) fn run(
    engine: &Engine,
    profile: &Profile,
    command: &ProfileCommand,
    form: &Form,
) -> anyhow::Result<Outcome> {
    match command {
        ProfileCommand::Show => show(engine, profile, form),
        ProfileCommand::ConfirmRestore => {
            let was_read = engine.confirm_restore()?;
            let words = if was_read { "It is not shown again\n" } else { "There is nothing to confirm\n" };
            print::answer(form, &json!({"confirmed": was_read}), words)
        }
        ProfileCommand::StartAnew => start_anew(profile, form),
    }
}

/// Moves the remains of a lost profile aside.
pub(crate) fn start_anew(profile: &Profile, form: &Form) -> anyhow::Result<Outcome> {
    let aside = match profile.start_anew() {
        Ok(aside) => aside.display().to_string(),
        Err(nothing @ StartAnewError::Nothing) => {
            return print::answer(form, &json!({"aside": null}), &format!("{nothing}\n"));
        }
        Err(error) => return Err(error.into()),
    };
    let words = format!("Moved what was left to {aside}; the next command begins a new profile\n");
    print::answer(form, &json!({"aside": aside}), &words)
}

/// Reports that the database is a copy, once, in the command that noticed it. That command also asks the keyring about
/// the copy's keys, unless it is one that never waits for a keyring.
pub(crate) fn say_restored(engine: &Engine, command: &Command) {
    if !engine.has_noticed_restore() {
        return;
    }
    let proven = match command {
        Command::Inspect(_) | Command::Guard(_) => Ok(()),
        _ => engine.prove_keys(),
    };
    let Ok(Some(notice)) = engine.restore_notice() else { return };
    let mut words = format!("twb: {} To see whom to check: twb profile show\n", sentences(&notice));
    if let Err(error) = proven {
        words.push_str(&format!("twb: Until the keyring answers, its keys verify nothing: {error}\n"));
    }
    // Use standard error: standard output is for the command's own answer.
    print::lines_on_stderr(&words);
}

fn show(engine: &Engine, profile: &Profile, form: &Form) -> anyhow::Result<Outcome> {
    let (name, folder) = match profile {
        Profile::Folder { name, folder } => (name.to_string(), folder.display().to_string()),
        Profile::Ephemeral => ("ephemeral".into(), "in memory".into()),
    };
    let (notice, users) = (engine.restore_notice()?, engine.users()?);
    let mut words = print::pairs([("profile", name.clone()), ("folder", folder.clone())]);
    let mut value = json!({"profile": name, "folder": folder, "restored": Value::Null});
    if let Some(notice) = notice {
        words.push_str(&format!("\n{}\n\n", sentences(&notice)));
        let rows = users.iter().map(|one| check_row(engine, &one.user)).collect::<anyhow::Result<Vec<_>>>()?;
        words.push_str(&print::table(["USER", "ACTIVE", "SCOPES", "SECOND FACTOR"], rows));
        words.push_str("\nOnce you have checked them: twb profile confirm-restore\n");
        value["restored"] = json!({
            "cause": notice.cause.as_str(),
            "at": notice.at.seconds(),
            "since": notice.since.map(|since| since.seconds()),
            "sessions_ended": notice.sessions,
            "recovery_codes_used_up": notice.recovery_codes,
            "keys_retired": notice.retired_keys,
            "keys_in_doubt": notice.doubted_keys,
            "users": users.iter().map(|one| one.user.username.to_string()).collect::<Vec<_>>(),
        });
    }
    print::answer(form, &value, &words)
}

fn check_row(engine: &Engine, user: &User) -> anyhow::Result<[String; 4]> {
    let scopes = user.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
    let factor = match engine.second_factor(user.username.as_str())? {
        Some(SecondFactor::On { recovery_codes_left: 0, .. }) => "on, needs new recovery codes",
        Some(SecondFactor::On { .. }) => "on",
        _ => "off",
    };
    Ok([
        user.username.to_string(),
        if user.active { "yes" } else { "no" }.into(),
        if scopes.is_empty() { "no scopes".into() } else { scopes },
        factor.into(),
    ])
}

/// What was noticed, what was done, and what cannot be known.
fn sentences(notice: &RestoreNotice) -> String {
    let RestoreNotice { cause, since, sessions, recovery_codes, retired_keys, doubted_keys, .. } = notice;
    let mut words = format!(
        "{} To keep what had ended from coming back, {} ended, {} used up, and codes typed until now are refused. The \
         keys of refresh and pending tokens are replaced.",
        cause.sentence(),
        count(*sessions, "session was", "sessions were"),
        count(*recovery_codes, "recovery code was", "recovery codes were"),
    );
    if *retired_keys > 0 {
        let keys = count(*retired_keys, "key that was retired since is", "keys that were retired since are");
        words.push_str(&format!(" {keys} retired here too."));
    }
    match doubted_keys {
        0 => {}
        1 => words.push_str(" 1 key is not used until the keyring confirms that it is still good."),
        keys => {
            words.push_str(&format!(" {keys} keys are not used until the keyring confirms that they are still good."))
        }
    }
    let since = since.map_or_else(|| "it was made".to_owned(), print::moment);
    words.push_str(&format!(
        " Changes made after {since} are missing: users that were switched off, passwords, scopes, keys."
    ));
    words
}

fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}
