//! `twb users`.

use crate::{Outcome, arguments::AddUser, print};
use anyhow::Context;
use engine::{
    Engine,
    scopes::Scope,
    secret::Password,
    users::{NewUser, User},
};
use serde_json::{Value, json};
use std::io::{self, BufRead, IsTerminal};

pub(crate) fn add(engine: &Engine, new: &AddUser, as_json: bool) -> anyhow::Result<Outcome> {
    let user = engine.create_user(&NewUser {
        username: new.username.clone(),
        display_name: new.display_name.clone(),
        email: new.email.clone(),
        password: read_password(&new.username)?,
        scopes: new.scopes.clone(),
    })?;
    if as_json {
        print::json(&describe(&user))?;
    } else {
        print::text(&format!("Created {} with {}\n", user.username, scope_list(&user.scopes)))?;
    }
    Ok(Outcome::Done)
}

pub(crate) fn list(engine: &Engine, as_json: bool) -> anyhow::Result<Outcome> {
    let users = engine.users()?;
    if as_json {
        print::json(&Value::Array(users.iter().map(describe).collect()))?;
    } else if users.is_empty() {
        print::text("No users yet. Add one: twb users add alice --scope items:read\n")?;
    } else {
        let head = ["USER", "ACTIVE", "SCOPES", "LAST SIGN-IN"].map(str::to_owned);
        let row = |user: &User| {
            [
                user.username.to_string(),
                if user.active { "yes" } else { "no" }.into(),
                scope_list(&user.scopes),
                user.last_sign_in_at.map_or_else(|| "never".into(), |at| print::time(at.seconds())),
            ]
        };
        let rows = std::iter::once(head).chain(users.iter().map(row)).collect::<Vec<_>>();
        print::text(&print::columns("", &rows))?;
    }
    Ok(Outcome::Done)
}

fn describe(user: &User) -> Value {
    json!({
        "username": user.username.as_str(),
        "display_name": user.display_name,
        "email": user.email,
        "active": user.active,
        "scopes": user.scopes.iter().map(Scope::as_str).collect::<Vec<_>>(),
        "created_at": user.created_at.seconds(),
        "last_sign_in_at": user.last_sign_in_at.map(|at| at.seconds()),
    })
}

fn scope_list(scopes: &[Scope]) -> String {
    if scopes.is_empty() { "no scopes".into() } else { engine::scopes::join(scopes) }
}

/// The first line of standard input, or what is typed at a terminal, unseen.
fn read_password(username: &str) -> anyhow::Result<Password> {
    if io::stdin().is_terminal() {
        let typed = rpassword::prompt_password(format!("Password for {username}: "));
        return Ok(Password::new(typed.context("the password could not be read from the terminal")?));
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("the password could not be read from standard input")?;
    line.truncate(line.trim_end_matches(['\n', '\r']).len());
    Ok(Password::new(line))
}
