//! `twb policies`, and the rules of `twb inspect`.

use crate::{
    Outcome,
    arguments::{PoliciesCommand, Rules, SavePolicy},
    input,
    print::{self, Form},
};
use anyhow::{anyhow, bail};
use engine::{Engine, evidence::any_issuer, named_file, policies::NamedPolicy};
use inspect::{SecretForm, UserKey};
use jose::{Policy, key::names_of};
use serde_json::{Value, json};
use std::path::Path;
use zeroize::Zeroizing;

pub(crate) fn run(engine: &Engine, command: &PoliciesCommand, form: &Form) -> anyhow::Result<Outcome> {
    match command {
        PoliciesCommand::List => list(engine, form),
        PoliciesCommand::Show { name } => {
            let policy = engine.policy_named(name)?;
            print::answer(form, &describe(&policy), &words(&policy))
        }
        PoliciesCommand::Save(new) => {
            let saved = engine.save_policy(&policy(new)?)?;
            print::answer(form, &describe(&saved), &format!("Saved the policy {}\n", saved.name))
        }
        PoliciesCommand::Delete { name } => {
            let deleted = engine.delete_policy(name)?;
            print::answer(form, &json!({"name": deleted}), &format!("Deleted the policy {deleted}\n"))
        }
    }
}

/// A policy with the options' rules in place of its own.
pub(crate) fn with(policy: Policy, changes: &Rules) -> anyhow::Result<Policy> {
    let Rules { algorithms, issuer, audience, scopes, typ, leeway } = changes;
    Ok(Policy {
        algorithms: if algorithms.is_empty() { policy.algorithms } else { algorithms.clone() },
        issuer: issuer.clone().or(policy.issuer),
        audience: audience.clone().or(policy.audience),
        typ: typ.clone().or(policy.typ),
        required_scopes: if scopes.is_empty() { policy.required_scopes } else { scopes.clone() },
        leeway_seconds: parse_seconds("--leeway", leeway.as_deref())?.unwrap_or(policy.leeway_seconds),
        ..policy
    })
}

fn policy(new: &SavePolicy) -> anyhow::Result<Policy> {
    Ok(Policy {
        name: new.name.clone(),
        required_claims: new.required_claims.clone(),
        jwks: new.jwks.as_deref().map(keys_in).transpose()?,
        max_lifetime_seconds: parse_seconds("--max-lifetime", new.max_lifetime.as_deref())?.unwrap_or_default().into(),
        ..with(any_issuer(), &new.rules)?
    })
}

/// The public keys in a file, as a JWK Set.
fn keys_in(file: &Path) -> anyhow::Result<String> {
    if file.as_os_str() != "-" && !file.exists() && !input::is_like_a_name(file) {
        bail!(
            "There is no file of the name that is given for --jwks; it may be a key itself, so it is not repeated here"
        );
    }
    let text = match file.as_os_str() == "-" {
        true => Zeroizing::new(input::all("keys", "twb policies save NAME --jwks -")?.expose().to_owned()),
        false => input::text_or_base64(&named_file::read(file, input::LONGEST_KEY)?).0,
    };
    UserKey::new(text.as_str(), SecretForm::Text).public_set().map_err(|why| anyhow!("{}: {why}", file.display()))
}

/// The kept keys by name and algorithm: "2: a ES256, without a kid".
fn kept(policy: &Policy) -> String {
    let Some(jwks) = &policy.jwks else { return "none kept".into() };
    let keys = names_of(jwks);
    let names = keys.iter().map(|(kid, algorithm)| {
        let kid = kid.as_deref().map_or_else(|| "without a kid".into(), print::on_one_line);
        algorithm.map_or(kid.clone(), |algorithm| format!("{kid} {algorithm}"))
    });
    format!("{} kept: {}", keys.len(), names.collect::<Vec<_>>().join(", "))
}

fn parse_seconds(option: &str, text: Option<&str>) -> anyhow::Result<Option<u32>> {
    let parse = |text: &str| {
        text.parse().map_err(|_| anyhow!("{option} {text}: write whole seconds, zero or more, such as 30"))
    };
    text.map(parse).transpose()
}

fn list(engine: &Engine, form: &Form) -> anyhow::Result<Outcome> {
    let policies = engine.policies()?;
    let row = |NamedPolicy { policy, builtin }: &NamedPolicy| {
        let kind = if *builtin { "built-in" } else { "saved" };
        [policy.name.clone(), kind.into(), or_any(policy.issuer.as_deref()), or_any(policy.audience.as_deref())]
    };
    let value = policies.iter().map(|named| {
        let mut value = describe(&named.policy);
        value["builtin"] = named.builtin.into();
        value
    });
    print::answer(
        form,
        &Value::Array(value.collect()),
        &print::table(["POLICY", "KIND", "ISSUER", "AUDIENCE"], policies.iter().map(row)),
    )
}

fn describe(policy: &Policy) -> Value {
    json!({
        "name": policy.name,
        "issuer": policy.issuer,
        "audience": policy.audience,
        "algorithms": policy.algorithms.iter().map(|algorithm| algorithm.as_str()).collect::<Vec<_>>(),
        "typ": policy.typ,
        "required_claims": policy.required_claims,
        "required_scopes": policy.required_scopes,
        "leeway_seconds": policy.leeway_seconds,
        "max_lifetime_seconds": policy.max_lifetime_seconds,
        "jwks": policy.jwks.as_deref().and_then(|jwks| serde_json::from_str::<Value>(jwks).ok()),
    })
}

fn words(policy: &Policy) -> String {
    let list = |required: &[String]| match required {
        [] => "none required".into(),
        required => required.join(" "),
    };
    let algorithms: Vec<_> = policy.algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
    print::pairs([
        ("Policy", policy.name.clone()),
        ("Issuer", or_any(policy.issuer.as_deref())),
        ("Audience", or_any(policy.audience.as_deref())),
        ("Algorithms", algorithms.join(" ")),
        ("typ", or_any(policy.typ.as_deref())),
        ("Claims", list(&policy.required_claims)),
        ("Scopes", list(&policy.required_scopes)),
        ("Keys", kept(policy)),
        ("Leeway", format!("{} s", policy.leeway_seconds)),
        (
            "Lifetime",
            match policy.max_lifetime_seconds {
                ..=0 => "any".into(),
                longest => format!("at most {longest} s"),
            },
        ),
    ])
}

fn or_any(value: Option<&str>) -> String {
    value.unwrap_or("any").into()
}
