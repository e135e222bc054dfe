//! `twb users`.

mod change;
mod show;

use crate::{
    Outcome,
    arguments::{AddUser, UsersCommand},
    input, print,
};
use engine::{
    Engine,
    scopes::Scope,
    secret::Password,
    users::{NewUser, User},
};
use serde_json::{Value, json};

pub(crate) fn run(engine: &Engine, command: &UsersCommand, as_json: bool) -> anyhow::Result<Outcome> {
    match command {
        UsersCommand::Add(new) => add(engine, new, as_json),
        UsersCommand::Import(new) => import(engine, new, as_json),
        UsersCommand::List => list(engine, as_json),
        UsersCommand::Show { username } => show::show(engine, username, as_json),
        UsersCommand::SetActive { username, active } => change::set_active(engine, username, *active, as_json),
        UsersCommand::SetScopes { username, scopes } => change::set_scopes(engine, username, scopes, as_json),
        UsersCommand::SetPassword { username } => change::set_password(engine, username, as_json),
        UsersCommand::Unlock { username } => change::unlock(engine, username, as_json),
    }
}

fn add(engine: &Engine, new: &AddUser, as_json: bool) -> anyhow::Result<Outcome> {
    let user = engine.create_user(&new_user(new, input::password(&new.username)?))?;
    print::answer(as_json, &describe(&user), &format!("Created {} with {}\n", user.username, scope_list(&user.scopes)))
}

fn import(engine: &Engine, new: &AddUser, as_json: bool) -> anyhow::Result<Outcome> {
    let hash = input::line(&format!("Password hash of {}: ", new.username), "password hash")?;
    let user = engine.import_user(&new_user(new, Password::new("")), hash.expose())?;
    let words = format!("Imported {} with {}\n", user.username, scope_list(&user.scopes));
    print::answer(as_json, &describe(&user), &words)
}

fn new_user(new: &AddUser, password: Password) -> NewUser {
    NewUser {
        username: new.username.clone(),
        display_name: new.display_name.clone(),
        email: new.email.clone(),
        password,
        scopes: new.scopes.clone(),
    }
}

fn list(engine: &Engine, as_json: bool) -> anyhow::Result<Outcome> {
    let users = engine.users()?;
    let row = |user: &User| {
        [
            user.username.to_string(),
            yes_or_no(user.active).into(),
            scope_list(&user.scopes),
            user.last_sign_in_at.map_or_else(|| "never".into(), print::moment),
        ]
    };
    let words = if users.is_empty() {
        "No users yet. Add one: twb users add alice --scope items:read\n".into()
    } else {
        print::table(["USER", "ACTIVE", "SCOPES", "LAST SIGN-IN"], users.iter().map(row))
    };
    print::answer(as_json, &Value::Array(users.iter().map(describe).collect()), &words)
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

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

pub(crate) fn scope_list(scopes: &[Scope]) -> String {
    if scopes.is_empty() { "no scopes".into() } else { engine::scopes::join(scopes) }
}
