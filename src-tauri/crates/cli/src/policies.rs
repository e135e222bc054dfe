//! `twb policies`, and the rules of `twb inspect`.

use crate::{
    Outcome,
    arguments::{PoliciesCommand, Rules, SavePolicy},
    print::{self, Form},
};
use anyhow::anyhow;
use engine::{Engine, evidence::any_issuer, policies::NamedPolicy};
use jose::Policy;
use serde_json::{Value, json};

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
        max_lifetime_seconds: parse_seconds("--max-lifetime", new.max_lifetime.as_deref())?.unwrap_or_default().into(),
        ..with(any_issuer(), &new.rules)?
    })
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
