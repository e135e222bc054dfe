//! Named policies: the rules that tokens are inspected by.

use crate::{
    convert::{policies::policy_error, store_error},
    error::WireError,
    state::Workbench,
};
use engine::{Engine, policies::NamedPolicy};
use serde::{Deserialize, Serialize};
use tauri::State;

/// The rules of one resource server, under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PolicyView {
    /// Its name; letter case does not tell two apart.
    pub name: String,
    /// It is always there, and can be neither changed nor deleted. Says nothing about a policy to save.
    pub builtin: bool,
    /// The exact `iss` that is wanted; absent: any.
    pub issuer: Option<String>,
    /// The value `aud` must be or contain; absent: any.
    pub audience: Option<String>,
    /// The allowed algorithms by their JOSE names: "ES256".
    pub algorithms: Vec<String>,
    /// The `typ` that is wanted: "at+jwt"; absent: any.
    pub typ: Option<String>,
    /// Claims that must be there.
    pub required_claims: Vec<String>,
    /// Scopes the endpoint needs, all of them.
    pub required_scopes: Vec<String>,
    /// How many seconds the time checks forgive; at most 3600.
    pub leeway_seconds: u32,
    /// The longest lifetime in seconds that raises no finding; 0: any.
    pub max_lifetime_seconds: u32,
}

/// The profile's own policy, the one for tokens from anywhere, then the saved ones by name.
#[tauri::command]
#[specta::specta]
pub async fn list_policies(state: State<'_, Workbench>) -> Result<Vec<PolicyView>, WireError> {
    let policies = state.run(|engine| engine.policies().map_err(store_error)).await?;
    Ok(policies.into_iter().map(PolicyView::from).collect())
}

/// Saves a policy under its name, in the place of the one that has it; `before` names one that goes, because the
/// policy had that name. Answers with it as it was saved.
#[tauri::command]
#[specta::specta]
pub async fn save_policy(
    state: State<'_, Workbench>,
    policy: PolicyView,
    before: Option<String>,
) -> Result<PolicyView, WireError> {
    let policy = policy.try_into()?;
    let save = move |engine: &Engine| match before {
        Some(before) => engine.replace_policy(&before, &policy),
        None => engine.save_policy(&policy),
    };
    let saved = state.run(move |engine| save(engine).map_err(policy_error)).await?;
    Ok(NamedPolicy { policy: saved, builtin: false }.into())
}

/// Deletes a saved policy.
#[tauri::command]
#[specta::specta]
pub async fn delete_policy(state: State<'_, Workbench>, name: String) -> Result<(), WireError> {
    state.run(move |engine| engine.delete_policy(&name).map(drop).map_err(policy_error)).await
}
