//! `twb users`.

mod show;

use crate::{
    Outcome,
    arguments::{AddUser, UsersCommand},
    input,
    print::{self, Form},
};
use engine::{
    Engine,
    scopes::Scope,
    secret::Password,
    throttle::Lock,
    users::{ListedUser, NewUser, User, UserEdit},
};
use serde_json::{Value, json};

pub(crate) fn run(engine: &Engine, command: &UsersCommand, form: &Form) -> anyhow::Result<Outcome> {
    match command {
        UsersCommand::Add(new) => add(engine, new, form),
        UsersCommand::Import(new) => import(engine, new, form),
        UsersCommand::List => list(engine, form),
        UsersCommand::Show { username } => show::show(engine, username, form),
        UsersCommand::Edit { username, display_name, email } => {
            edit(engine, username, display_name.as_deref(), email.as_deref(), form)
        }
        UsersCommand::Delete { username } => delete(engine, username, form),
        UsersCommand::SetActive { username, active } => set_active(engine, username, *active, form),
        UsersCommand::SetScopes { username, scopes } => set_scopes(engine, username, scopes, form),
        UsersCommand::SetPassword { username } => set_password(engine, username, form),
        UsersCommand::Unlock { username } => unlock(engine, username, form),
    }
}

fn add(engine: &Engine, new: &AddUser, form: &Form) -> anyhow::Result<Outcome> {
    let user = engine.create_user(&new_user(new, input::password(&new.username)?))?;
    print::answer(form, &describe(&user), &format!("Created {} with {}\n", user.username, scope_list(&user.scopes)))
}

fn import(engine: &Engine, new: &AddUser, form: &Form) -> anyhow::Result<Outcome> {
    let hash = input::line(&format!("Password hash of {}: ", new.username), "password hash")?;
    let user = engine.import_user(&new_user(new, Password::new("")), hash.expose())?;
    let words = format!("Imported {} with {}\n", user.username, scope_list(&user.scopes));
    print::answer(form, &describe(&user), &words)
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

fn list(engine: &Engine, form: &Form) -> anyhow::Result<Outcome> {
    let users = engine.users()?;
    let active = |user: &User, lock: Option<Lock>| match lock {
        Some(Lock::Until(at)) => format!("{}, locked until {}", yes_or_no(user.active), print::moment(at)),
        Some(Lock::UntilReset) => format!("{}, locked", yes_or_no(user.active)),
        None => yes_or_no(user.active).into(),
    };
    let row = |ListedUser { user, lock, .. }: &ListedUser| {
        [
            user.username.to_string(),
            active(user, *lock),
            scope_list(&user.scopes),
            user.last_sign_in_at.map_or_else(|| "never".into(), print::moment),
        ]
    };
    let words = if users.is_empty() {
        "No users yet. Add one: twb users add alice --scope items:read\n".into()
    } else {
        print::table(["USER", "ACTIVE", "SCOPES", "LAST SIGN-IN"], users.iter().map(row))
    };
    let with_lock = |ListedUser { user, lock, .. }: &ListedUser| {
        let mut value = describe(user);
        describe_lock(&mut value, *lock);
        value
    };
    print::answer(form, &Value::Array(users.iter().map(with_lock).collect()), &words)
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

/// `locked_until`: seconds since 1970; null if there is no lock, or one that lasts until it is reset.
fn describe_lock(value: &mut Value, lock: Option<Lock>) {
    value["locked_until"] = match lock {
        Some(Lock::Until(at)) => at.seconds().into(),
        Some(Lock::UntilReset) | None => Value::Null,
    };
    value["locked_until_reset"] = (lock == Some(Lock::UntilReset)).into();
}

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

pub(crate) fn scope_list(scopes: &[Scope]) -> String {
    if scopes.is_empty() { "no scopes".into() } else { engine::scopes::join(scopes) }
}

fn edit(
    engine: &Engine,
    username: &str,
    display_name: Option<&str>,
    email: Option<&str>,
    form: &Form,
) -> anyhow::Result<Outcome> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let edit = UserEdit { display_name: owned(display_name), email: owned(email), scopes: None };
    let user = engine.edit_user(username, &edit)?;
    print::answer(form, &describe(&user), &format!("Changed {}\n", user.username))
}

fn delete(engine: &Engine, username: &str, form: &Form) -> anyhow::Result<Outcome> {
    let user = engine.delete_user(username)?;
    let words = format!("Deleted {}, with their sessions and second factor\n", user.username);
    print::answer(form, &describe(&user), &words)
}

fn set_active(engine: &Engine, username: &str, active: bool, form: &Form) -> anyhow::Result<Outcome> {
    let user = engine.set_user_active(username, active)?;
    let words = if active { "may sign in" } else { "may not sign in, and their sessions have ended" };
    print::answer(form, &describe(&user), &format!("{} {words}\n", user.username))
}

fn set_scopes(engine: &Engine, username: &str, scopes: &[String], form: &Form) -> anyhow::Result<Outcome> {
    let user = engine.set_user_scopes(username, scopes)?;
    print::answer(form, &describe(&user), &format!("{} holds {}\n", user.username, scope_list(&user.scopes)))
}

fn set_password(engine: &Engine, username: &str, form: &Form) -> anyhow::Result<Outcome> {
    let user = engine.set_password(username, &input::password(username)?)?;
    let words = format!("Changed the password of {}; their sessions have ended\n", user.username);
    print::answer(form, &describe(&user), &words)
}

fn unlock(engine: &Engine, username: &str, form: &Form) -> anyhow::Result<Outcome> {
    engine.reset_failures(username)?;
    let words = format!("The failures of {username} are forgotten\n");
    print::answer(form, &json!({"username": username, "failures": 0}), &words)
}
