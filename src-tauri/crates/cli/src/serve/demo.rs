//! Users and a client to try the issuer with. Their password is known to everyone, so they only go into a profile that
//! has no users.

use anyhow::{Context as _, bail};
use engine::{
    Engine,
    clients::{Grant, NewClient},
    secret::{Password, SecretText},
    users::NewUser,
};
use serde_json::{Value, json};

/// The password of every demo user.
const PASSWORD: &str = "correct horse battery staple";
/// Its bcrypt hash of cost 12. Three hashes would take most of a second at each start.
const HASH: &str = "$2b$12$Ux9vBq1nZk7dJ3mYt5wQeO68ctyiGf0Ci1fEMUU3NWkEcP9n1Ty/y";

/// What was added.
pub(super) struct Demo {
    client_secret: SecretText,
    otpauth: SecretText,
}

impl Demo {
    /// Adds the demo data.
    pub(super) fn fill(engine: &Engine) -> anyhow::Result<Self> {
        if !engine.users()?.is_empty() {
            bail!("--demo needs a profile without users: add --ephemeral, or name a new profile with --profile");
        }
        let catalog: Vec<String> = engine.scope_catalog()?.iter().map(|entry| entry.name.to_string()).collect();
        let items = |name: &str| catalog.iter().filter(|scope| *scope == name).cloned().collect::<Vec<_>>();
        let both = [items("items:read"), items("items:write")].concat();
        for (username, display_name, scopes) in
            [("alice", "Alice", both.clone()), ("bob", "Bob", items("items:read")), ("carol", "Carol", both)]
        {
            let new = NewUser {
                username: username.into(),
                display_name: display_name.into(),
                email: format!("{username}@example.com"),
                password: Password::new(""),
                scopes,
            };
            engine.import_user(&new, HASH)?;
        }
        engine.set_user_active("carol", false)?;
        let draft = engine.draft_factor("alice", &Default::default())?;
        let code = engine.draft_codes(&draft, 0)?.phone_code.context("The clock shows a time before 1970")?;
        engine.save_draft(&draft, code.expose())?;
        let client = NewClient {
            id: "items-api".into(),
            name: "Items API".into(),
            confidential: true,
            grants: Grant::ALL.to_vec(),
            ..NewClient::default()
        };
        let (_, secret) = engine.add_client(&client)?;
        Ok(Self { client_secret: secret.context("The client has no secret")?, otpauth: draft.card()?.uri })
    }

    pub(super) fn users(&self) -> Value {
        json!([
            { "username": "alice", "password": PASSWORD, "otpauth": self.otpauth.expose() },
            { "username": "bob", "password": PASSWORD },
            { "username": "carol", "password": PASSWORD, "active": false },
        ])
    }

    pub(super) fn clients(&self) -> Value {
        json!([
            { "client_id": "workbench" },
            { "client_id": "items-api", "client_secret": self.client_secret.expose() },
        ])
    }

    pub(super) fn words(&self) -> String {
        format!(
            "Demo users: alice with a second factor, bob who can only read, carol who is inactive\n\
             Password of each: {PASSWORD}\n\
             Alice's authenticator: {}\n\
             Client items-api, its secret: {}\n",
            self.otpauth.expose(),
            self.client_secret.expose()
        )
    }
}
