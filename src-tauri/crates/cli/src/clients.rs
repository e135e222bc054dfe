//! `twb clients`.

use crate::{
    Outcome,
    arguments::{AddClient, ClientsCommand, grant_name},
    clock,
    print::{self, Form},
};
use engine::{
    Engine,
    clients::{Client, Grant, NewClient},
};
use serde_json::{Value, json};

pub(crate) fn run(engine: &Engine, command: &ClientsCommand, form: &Form) -> anyhow::Result<Outcome> {
    match command {
        ClientsCommand::List => list(engine, form),
        ClientsCommand::Add(new) => add(engine, new, form),
        ClientsCommand::RotateSecret { id } => {
            let secret = engine.rotate_client_secret(id)?;
            let value = json!({"client_id": id, "client_secret": secret.expose()});
            print::answer(form, &value, &format!("{}\n", secret.expose()))
        }
        ClientsCommand::Remove { id } => {
            let ended = engine.remove_client(id)?;
            let sessions = if ended == 1 { "1 session".into() } else { format!("{ended} sessions") };
            let value = json!({"client_id": id, "ended_sessions": ended});
            print::answer(form, &value, &format!("Removed the client {id} and ended {sessions}\n"))
        }
    }
}

fn add(engine: &Engine, new: &AddClient, form: &Form) -> anyhow::Result<Outcome> {
    let lifetime = new.ttl.as_deref().map(|text| clock::lifetime("--ttl", text)).transpose()?;
    let usable = |grant: &Grant| new.confidential || *grant != Grant::ClientCredentials;
    let (client, secret) = engine.add_client(&NewClient {
        id: new.id.clone(),
        name: new.name.clone(),
        confidential: new.confidential,
        grants: match new.grants.as_slice() {
            [] => Grant::ALL.into_iter().filter(usable).collect(),
            grants => grants.to_vec(),
        },
        scopes: (!new.scopes.is_empty()).then(|| new.scopes.clone()),
        access_token_lifetime: lifetime,
        typ: new.typ,
    })?;
    let mut value = describe(&client);
    let Some(secret) = secret else {
        return print::answer(form, &value, &format!("Added the public client {}\n", client.id));
    };
    value["client_secret"] = secret.expose().into();
    let words = format!(
        "Added the confidential client {}. Its secret, which is not shown again:\n{}\n",
        client.id,
        secret.expose()
    );
    print::answer(form, &value, &words)
}

fn list(engine: &Engine, form: &Form) -> anyhow::Result<Outcome> {
    let clients = engine.clients()?;
    let row = |client: &Client| {
        [
            client.id.clone(),
            if client.confidential { "confidential" } else { "public" }.into(),
            client.grants.iter().map(|grant| grant_name(*grant)).collect::<Vec<_>>().join(" "),
            client.scopes.as_ref().map_or_else(
                || "all".into(),
                |scopes| scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            ),
            client.access_token_lifetime.map_or_else(|| "policy".into(), |life| format!("{} s", life.as_secs())),
            client.typ.as_str().into(),
            client.name.clone(),
        ]
    };
    print::answer(
        form,
        &Value::Array(clients.iter().map(describe).collect()),
        &print::table(["CLIENT", "TYPE", "GRANTS", "SCOPES", "LIFETIME", "TYP", "NAME"], clients.iter().map(row)),
    )
}

fn describe(client: &Client) -> Value {
    json!({
        "client_id": client.id,
        "client_name": client.name,
        "confidential": client.confidential,
        "grant_types": client.grants.iter().map(|grant| grant.as_str()).collect::<Vec<_>>(),
        "scopes": client.scopes.as_ref().map(|scopes| scopes.iter().map(ToString::to_string).collect::<Vec<_>>()),
        "access_token_seconds": client.access_token_lifetime.map(|lifetime| lifetime.as_secs()),
        "typ": client.typ.as_str(),
    })
}
