//! Inspecting pasted text.

use crate::{
    error::{Failure, WireError},
    inspections::Inspections,
    state::{AppState, blocking},
};
use engine::{
    Engine,
    evidence::{Considered, Inspection, without_profile},
};
use inspect::{
    Pasted, SecretForm, UserKey,
    report::{Finding, Report},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

/// A key that the user typed or pasted. It is used for one answer and forgotten; one with a passphrase stays open until
/// another key or none is given.
#[derive(Deserialize, Type)]
pub struct KeyInput {
    text: String,
    form: SecretForm,
    /// The passphrase of an encrypted private key.
    #[serde(default)]
    #[specta(optional)]
    passphrase: Option<String>,
}

impl From<KeyInput> for UserKey {
    fn from(key: KeyInput) -> Self {
        let given = UserKey::new(key.text, key.form);
        match key.passphrase {
            Some(passphrase) => given.with_passphrase(passphrase),
            None => given,
        }
    }
}

/// Why a text was not inspected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum InspectProblem {
    /// A newer text is inspected instead.
    Overtaken,
}

/// The rules requested by name, if any.
pub(crate) fn named(engine: &Engine, policy: Option<String>) -> Result<Option<jose::Policy>, WireError> {
    policy.map(|name| engine.policy_named(&name)).transpose().map_err(WireError::from)
}

/// The report about a text, from the profile's data or a given key.
pub(crate) fn inspected(
    engine: &Engine,
    pasted: &Pasted,
    key: Option<&UserKey>,
    policy: Option<jose::Policy>,
) -> Report {
    let how = Inspection { with_user_key: key.is_some(), policy, at: None };
    explained(pasted, key, &engine.evidence(pasted, how))
}

fn explained(pasted: &Pasted, key: Option<&UserKey>, Considered { evidence, chosen }: &Considered) -> Report {
    let mut report = match key {
        Some(key) => inspect::check_with_user_key(pasted, key, evidence),
        None => inspect::check(pasted, evidence),
    };
    report.policy.chosen = chosen.words().into();
    report
}

/// Why nothing is looked up in the profile. Another screen explains what is wrong with its database.
const WITHOUT: &str = "The database is not in use";

/// Reports what a text is, who signed it and whether a server would accept it: with this profile's keys, users and
/// rules, or with a given key and the rules for tokens from anywhere. `policy` names the rules to judge by instead;
/// `exact` judges the text byte for byte, with everything around the token.
/// Earlier requests that are still waiting are dropped, unless they or this one are made `aside`.
#[tauri::command]
#[specta::specta]
pub async fn inspect(
    state: State<'_, AppState>,
    inspections: State<'_, Inspections>,
    text: String,
    key: Option<KeyInput>,
    policy: Option<String>,
    aside: bool,
    exact: bool,
) -> Result<Report, WireError> {
    let question = inspections.ask(aside);
    let key = key.map(|key| inspections.key(key.into()));
    if key.is_none() && !aside {
        inspections.forget_key();
    }
    let overtaken = || WireError::new(Failure::Inspect(InspectProblem::Overtaken), "a newer text is inspected instead");
    let this = state.inner().clone();
    blocking(move |may| {
        let parsed = question.read(&text, exact).ok_or_else(overtaken)?;
        let key = key.as_deref();
        let answer = || match this.engine(may) {
            Ok(engine) => Ok(inspected(&engine, &parsed, key, named(&engine, policy)?)),
            // Foreign tokens and given keys need no database; named rules do.
            Err(_) if policy.is_none() => {
                let how = Inspection { with_user_key: key.is_some(), ..Inspection::default() };
                Ok(explained(&parsed, key, &without_profile(&parsed, how, WITHOUT)))
            }
            Err(problem) => Err(problem),
        };
        question.with_key(key, answer).ok_or_else(overtaken)?
    })
    .await?
}

/// Tries the most used passwords as the secret of a report's token; null if none of them signed it. This takes a
/// moment, so the report does not wait for it.
#[tauri::command]
#[specta::specta]
pub async fn guess_secret(token: String) -> Result<Option<Finding>, WireError> {
    blocking(move |_| inspect::guess_secret(&jose::parse_exact(&token))).await
}
