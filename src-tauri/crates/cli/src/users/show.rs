//! Showing one user.

use super::{describe, describe_lock, scope_list, yes_or_no};
use crate::{
    Outcome,
    print::{self, Form},
};
use engine::{
    Engine,
    throttle::Lock,
    totp::SecondFactor,
    users::{ListedUser, UserError},
};
use serde_json::{Value, json};

pub(super) fn show(engine: &Engine, username: &str, form: &Form) -> anyhow::Result<Outcome> {
    let (failures, lock) = engine.failures(username)?;
    let ListedUser { user, .. } = engine.user(username)?.ok_or_else(|| UserError::NotFound(username.into()))?;
    let factor = engine.second_factor(username)?.unwrap_or(SecondFactor::Off);
    let mut value = describe(&user);
    value["second_factor"] = describe_factor(factor);
    value["failures"] = failures.count.into();
    describe_lock(&mut value, lock);
    let locked = lock.map(|lock| format!(", {}", tell_lock(lock, username))).unwrap_or_default();
    let words = print::pairs([
        ("User", user.username.to_string()),
        ("Display name", user.display_name.clone()),
        ("Email", user.email.clone()),
        ("Active", yes_or_no(user.active).into()),
        ("Scopes", scope_list(&user.scopes)),
        ("Second factor", tell_factor(factor)),
        ("Failures", format!("{}{locked}", failures.count)),
        ("Created", print::moment(user.created_at)),
        ("Last sign-in", user.last_sign_in_at.map_or_else(|| "never".into(), print::moment)),
    ]);
    print::answer(form, &value, &words)
}

fn tell_lock(lock: Lock, username: &str) -> String {
    match lock {
        Lock::Until(at) => format!("locked until {}", print::moment(at)),
        Lock::UntilReset => format!("locked; to unlock: twb users unlock {username}"),
    }
}

fn describe_factor(factor: SecondFactor) -> Value {
    match factor {
        SecondFactor::Off => json!({"state": "off"}),
        SecondFactor::Pending { expires_at } => json!({"state": "pending", "expires_at": expires_at.seconds()}),
        SecondFactor::On { algorithm, digits, period_seconds, confirmed_at, recovery_codes_left } => json!({
            "state": "on",
            "algorithm": algorithm.as_str(),
            "digits": digits,
            "period": period_seconds,
            "confirmed_at": confirmed_at.seconds(),
            "recovery_codes_left": recovery_codes_left,
        }),
    }
}

fn tell_factor(factor: SecondFactor) -> String {
    match factor {
        SecondFactor::Off => "off".into(),
        SecondFactor::Pending { expires_at } => format!("waits for its first code until {}", print::moment(expires_at)),
        SecondFactor::On { algorithm, digits, period_seconds, confirmed_at, recovery_codes_left } => format!(
            "on since {}, {digits} digits every {period_seconds} s with {}, {recovery_codes_left} recovery codes left",
            print::moment(confirmed_at),
            algorithm.as_str(),
        ),
    }
}
