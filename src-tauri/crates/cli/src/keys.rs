//! `twb keys`.

use crate::{
    Outcome,
    arguments::{KeysCommand, Switch},
    input,
    print::{self, Form},
};
use anyhow::{anyhow, bail};
use engine::{
    Engine,
    keys::{Imported, KeyInfo, KeyQuery, ListedKey, Purpose},
    paging::LONGEST_PAGE,
    settings::ClockSetting,
};
use jose::key::{KeyError, PrivateKey, decrypted};
use serde_json::{Value, json};
use std::path::Path;
use zeroize::Zeroizing;

pub(crate) fn run(engine: &Engine, command: &KeysCommand, form: &Form) -> anyhow::Result<Outcome> {
    match command {
        KeysCommand::List => list(engine, form),
        KeysCommand::Rotate { purpose, algorithm } => signs_now(&engine.rotate_key(*purpose, *algorithm)?, "", form),
        KeysCommand::Retire { kid } => {
            let unreached = engine.retire_key(kid)?;
            let on_every_clock =
                if engine.clock_setting()? == ClockSetting::Real { "" } else { ", on the real clock too" };
            let words = match unreached.as_slice() {
                [] => format!("Retired {kid}: its tokens are refused, and its private part is gone{on_every_clock}\n"),
                names => format!(
                    "Retired {kid}: its tokens are refused{on_every_clock}. Its private part may still be in {}, \
                     which did not answer; a backup that is restored would find it there\n",
                    names.join(" and in "),
                ),
            };
            print::answer(form, &json!({"kid": kid, "state": "retired", "may_remain_in": unreached}), &words)
        }
        KeysCommand::Rename { kid, name } => {
            engine.rename_key(kid, name)?;
            print::answer(form, &json!({"kid": kid, "name": name.trim()}), &format!("{kid} is named {}\n", name.trim()))
        }
        KeysCommand::Delete { kid } => {
            engine.delete_key(kid)?;
            let words = format!("Deleted the record of {kid}; its tokens stay refused\n");
            print::answer(form, &json!({"kid": kid, "deleted": true}), &words)
        }
        KeysCommand::Import { algorithm, key_passphrase_file } => {
            let key = input::all("private key", "twb keys import")?;
            let key = opened(key.expose().as_bytes(), key_passphrase_file.as_deref())?;
            let imported = engine.import_key(&key, *algorithm);
            // Drop the error chain: the error's own sentence includes the cause.
            let Imported { key, short_rsa_bits } = imported.map_err(|error| anyhow!("{error}"))?;
            let note = short_rsa_bits.map(|bits| format!("It has {bits} bits; an RSA key made here has 3072\n"));
            signs_now(&key, &note.unwrap_or_default(), form)
        }
        KeysCommand::ExportPublic { kid, pem } => export_public(engine, kid, *pem, form),
        KeysCommand::ExportPrivate { kid, sure } => export_private(engine, kid, *sure, form),
        KeysCommand::PublishTest { publish } => {
            let publish = *publish == Switch::On;
            engine.publish_test_key(publish)?;
            let words = if publish {
                "The test key is published: servers that use this profile's JWK Set accept its tokens\n"
            } else {
                "The test key is not published: no server accepts what it signs\n"
            };
            print::answer(form, &json!({"test_key_published": publish}), words)
        }
        KeysCommand::Jwks => {
            print::json(format!("{}\n", engine.jwks()?))?;
            Ok(Outcome::Done)
        }
    }
}

/// Decrypts the key. The key came from standard input, so its passphrase comes from a file.
fn opened(key: &[u8], passphrase_file: Option<&Path>) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    let Some(file) = passphrase_file else {
        if matches!(PrivateKey::read(key, None), Err(KeyError::Encrypted)) {
            bail!(
                "The private key is encrypted: name a file that holds its passphrase with --key-passphrase-file FILE"
            );
        }
        return Ok(Zeroizing::new(key.to_vec()));
    };
    let passphrase = input::first_line_of(file, "passphrase of the key")?;
    decrypted(key, passphrase.expose()).map_err(|error| anyhow!("This key cannot be used: {error}"))
}

fn list(engine: &Engine, form: &Form) -> anyhow::Result<Outcome> {
    let mut keys = Vec::new();
    let mut query = KeyQuery { after: None, most: LONGEST_PAGE };
    loop {
        let (page, _) = engine.key_page(&query)?;
        keys.extend(page.rows);
        let Some(next) = page.next else { break };
        query.after = Some(next);
    }
    let row = |key: &ListedKey| {
        let info = &key.info;
        [
            info.kid.clone(),
            key.name.clone(),
            info.purpose.as_str().into(),
            info.algorithm.to_string(),
            info.state.as_str().into(),
            key.signed.to_string(),
            print::moment(info.created_at),
        ]
    };
    let words = if keys.is_empty() {
        "No keys yet; the first token makes them\n".into()
    } else {
        print::table(["KID", "NAME", "PURPOSE", "ALGORITHM", "STATE", "SIGNED", "CREATED"], keys.iter().map(row))
    };
    let whole = |key: &ListedKey| {
        let mut value = describe(&key.info);
        value["name"] = key.name.clone().into();
        value["signed"] = key.signed.into();
        value["last_signed_at"] = key.last_signed_at.map(|at| at.seconds()).into();
        value["verifies_until"] = key.verifies_until.map(|at| at.seconds()).into();
        value
    };
    print::answer(form, &Value::Array(keys.iter().map(whole).collect()), &words)
}

fn signs_now(key: &KeyInfo, note: &str, form: &Form) -> anyhow::Result<Outcome> {
    let what = match key.purpose {
        Purpose::Access => "access tokens",
        Purpose::Refresh => "refresh tokens",
        Purpose::Mfa => "pending tokens",
        Purpose::Test => "edited tokens",
    };
    let words = format!("{} signs {what} now, with {}\n{note}", key.kid, key.algorithm);
    print::answer(form, &describe(key), &words)
}

fn export_public(engine: &Engine, kid: &str, pem: bool, form: &Form) -> anyhow::Result<Outcome> {
    let public = engine.export_public(kid)?;
    let jwk: Value = serde_json::from_str(&public.jwk)?;
    if !pem && !form.as_json {
        print::json(format!("{}\n", public.jwk))?;
        return Ok(Outcome::Done);
    }
    print::answer(form, &json!({"jwk": jwk, "pem": public.pem}), &format!("{}\n", public.pem.trim_end()))
}

fn export_private(engine: &Engine, kid: &str, sure: bool, form: &Form) -> anyhow::Result<Outcome> {
    if !sure {
        bail!(
            "Whoever reads the private part of {kid} can sign tokens in this profile's name, and nobody can tell them \
             from yours; add --yes-show-the-private-key to print it"
        );
    }
    let private = engine.dangerous_export_private(kid)?;
    let value = json!({"kid": kid, "private_key": private.expose()});
    print::answer(form, &value, &format!("{}\n", private.expose().trim_end()))
}

fn describe(key: &KeyInfo) -> Value {
    json!({
        "kid": key.kid,
        "purpose": key.purpose.as_str(),
        "algorithm": key.algorithm.as_str(),
        "state": key.state.as_str(),
        "created_at": key.created_at.seconds(),
        "retiring_at": key.retiring_at.map(|at| at.seconds()),
        "retired_at": key.retired_at.map(|at| at.seconds()),
    })
}
