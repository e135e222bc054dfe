//! Named policies: the rules to inspect tokens by.

use crate::{
    error::{Failure, WireError, limit},
    state::AppState,
};
use engine::{
    Engine,
    policies::{LONGEST_LEEWAY, LONGEST_NAME, LONGEST_VALUE, MOST_POLICIES, MOST_REQUIRED, NamedPolicy, PolicyError},
};
use inspect::{SecretForm, UserKey};
use jose::Algorithm;
use serde::{Deserialize, Serialize};
use tauri::State;

/// The rules of one resource server, under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PolicyView {
    /// Its name; unique without regard to letter case.
    pub name: String,
    /// It always exists and can be neither changed nor deleted. Ignored when saving.
    pub builtin: bool,
    /// The exact `iss` required; absent: any.
    pub issuer: Option<String>,
    /// The value `aud` must be or contain; absent: any.
    pub audience: Option<String>,
    /// The allowed algorithms by their JOSE names: "ES256".
    pub algorithms: Vec<String>,
    /// The `typ` required: "at+jwt"; absent: any.
    pub typ: Option<String>,
    /// Required claims.
    pub required_claims: Vec<String>,
    /// Required scopes, all of them.
    pub required_scopes: Vec<String>,
    /// The leeway of the time checks in seconds; at most 3600.
    pub leeway_seconds: u32,
    /// The longest lifetime in seconds that raises no finding; 0: any.
    pub max_lifetime_seconds: u32,
    /// Public keys of the issuer, kept with the rules, as a JWK Set. When saving: also as a JWK, PEM or a certificate.
    pub jwks: Option<String>,
}

/// The profile's own policy, the one for tokens from anywhere, then the saved ones by name.
#[tauri::command]
#[specta::specta]
pub async fn list_policies(state: State<'_, AppState>) -> Result<Vec<PolicyView>, WireError> {
    let policies = state.run(|engine| engine.policies().map_err(WireError::from)).await?;
    Ok(policies.into_iter().map(PolicyView::from).collect())
}

/// Saves a policy under its name, replacing the one that has it; `before` is its old name if it is renamed. Returns the
/// policy as it was saved.
#[tauri::command]
#[specta::specta]
pub async fn save_policy(
    state: State<'_, AppState>,
    policy: PolicyView,
    before: Option<String>,
) -> Result<PolicyView, WireError> {
    let policy = policy.try_into()?;
    let save = move |engine: &Engine| match before {
        Some(before) => engine.replace_policy(&before, &policy),
        None => engine.save_policy(&policy),
    };
    let saved = state.run(move |engine| save(engine).map_err(WireError::from)).await?;
    Ok(NamedPolicy { policy: saved, builtin: false }.into())
}

/// Deletes a saved policy.
#[tauri::command]
#[specta::specta]
pub async fn delete_policy(state: State<'_, AppState>, name: String) -> Result<(), WireError> {
    state.run(move |engine| engine.delete_policy(&name).map(drop).map_err(WireError::from)).await
}

impl From<NamedPolicy> for PolicyView {
    fn from(NamedPolicy { policy, builtin }: NamedPolicy) -> Self {
        Self {
            name: policy.name,
            builtin,
            issuer: policy.issuer,
            audience: policy.audience,
            algorithms: policy.algorithms.iter().map(Algorithm::to_string).collect(),
            typ: policy.typ,
            required_claims: policy.required_claims,
            required_scopes: policy.required_scopes,
            leeway_seconds: policy.leeway_seconds,
            max_lifetime_seconds: u32::try_from(policy.max_lifetime_seconds.max(0)).unwrap_or(u32::MAX),
            jwks: policy.jwks,
        }
    }
}

impl TryFrom<PolicyView> for jose::Policy {
    type Error = WireError;

    fn try_from(view: PolicyView) -> Result<Self, WireError> {
        let algorithm = |name: &String| {
            name.parse().map_err(|error: jose::UnknownAlgorithm| {
                let problem = PolicyProblem::AlgorithmUnknown { name: name.clone() };
                WireError::new(Failure::Policies(problem), error.to_string())
            })
        };
        let keys = view.jwks.filter(|keys| !keys.trim().is_empty());
        let jwks = keys
            .map(|keys| UserKey::new(keys, SecretForm::Text).public_set())
            .transpose()
            .map_err(|why| WireError::new(Failure::Policies(PolicyProblem::KeysRefused { why: why.clone() }), why))?;
        Ok(Self {
            name: view.name,
            issuer: view.issuer,
            audience: view.audience,
            algorithms: view.algorithms.iter().map(algorithm).collect::<Result<_, _>>()?,
            typ: view.typ,
            required_claims: view.required_claims,
            required_scopes: view.required_scopes,
            leeway_seconds: view.leeway_seconds,
            max_lifetime_seconds: view.max_lifetime_seconds.into(),
            jwks,
            kind: None,
            own_tokens: false,
        })
    }
}

/// Why a policy was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PolicyProblem {
    /// It has no name.
    NameEmpty,
    /// The name has too many characters.
    NameTooLong {
        /// The limit.
        maximum: u32,
    },
    /// The name has an invisible character.
    NameCharacter {
        /// The character, escaped.
        character: String,
    },
    /// It is built in and can be neither changed nor deleted.
    Reserved {
        /// Its name.
        name: String,
    },
    /// The keys to keep with it are not public, or cannot be used.
    KeysRefused {
        /// Why, as a sentence.
        why: String,
    },
    /// It allows no algorithm.
    NoAlgorithm,
    /// There is no such signature algorithm.
    AlgorithmUnknown {
        /// The text given as its name.
        name: String,
    },
    /// The leeway is too long.
    LeewayTooLong {
        /// The most seconds allowed.
        maximum: u32,
    },
    /// A field has too many characters.
    ValueTooLong {
        /// The field: "issuer", "audience", "typ", "required claim" or "required scope".
        field: String,
        /// The limit.
        maximum: u32,
    },
    /// Too many claims or scopes are required.
    TooManyRequired {
        /// Which of them: "claims" or "scopes".
        field: String,
        /// The limit.
        maximum: u32,
    },
    /// There is no room for another policy.
    TooMany {
        /// The most policies that can be saved.
        maximum: u32,
    },
    /// No policy has that name.
    NotFound {
        /// The name.
        name: String,
    },
}

impl From<PolicyError> for WireError {
    fn from(error: PolicyError) -> Self {
        let message = error.to_string();
        let problem = match error {
            PolicyError::NameEmpty => PolicyProblem::NameEmpty,
            PolicyError::NameTooLong => PolicyProblem::NameTooLong { maximum: limit(LONGEST_NAME) },
            PolicyError::NameCharacter(unseen) => {
                PolicyProblem::NameCharacter { character: unseen.escape_debug().to_string() }
            }
            PolicyError::Reserved(name) => PolicyProblem::Reserved { name },
            PolicyError::Keys(why) => PolicyProblem::KeysRefused { why: why.to_string() },
            PolicyError::NoAlgorithm => PolicyProblem::NoAlgorithm,
            PolicyError::Leeway(_) => PolicyProblem::LeewayTooLong { maximum: LONGEST_LEEWAY },
            PolicyError::TooMany => PolicyProblem::TooMany { maximum: MOST_POLICIES },
            PolicyError::ValueTooLong { field } => {
                PolicyProblem::ValueTooLong { field: field.to_owned(), maximum: limit(LONGEST_VALUE) }
            }
            PolicyError::TooManyRequired { field } => {
                PolicyProblem::TooManyRequired { field: field.to_owned(), maximum: limit(MOST_REQUIRED) }
            }
            PolicyError::NotFound { name, .. } => PolicyProblem::NotFound { name },
            PolicyError::Store(error) => return error.into(),
        };
        Self::new(Failure::Policies(problem), message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> PolicyView {
        PolicyView {
            name: "Partner API".into(),
            builtin: false,
            issuer: Some("https://issuer.example".into()),
            audience: None,
            algorithms: vec!["ES256".into(), "EdDSA".into()],
            typ: Some("at+jwt".into()),
            required_claims: vec!["exp".into()],
            required_scopes: vec!["orders:read".into()],
            leeway_seconds: 30,
            max_lifetime_seconds: 3600,
            jwks: None,
        }
    }

    #[test]
    fn a_policy_comes_back_from_the_window_as_it_went_there() {
        let policy = jose::Policy::try_from(view()).unwrap();
        assert_eq!(PolicyView::from(NamedPolicy { policy, builtin: false }), view());
    }

    #[test]
    fn an_algorithm_nobody_knows_is_named() {
        let refused = jose::Policy::try_from(PolicyView { algorithms: vec!["es256".into()], ..view() }).unwrap_err();
        let problem = PolicyProblem::AlgorithmUnknown { name: "es256".into() };
        assert_eq!(refused.problem, Failure::Policies(problem));
    }

    #[test]
    fn a_secret_is_not_kept_as_a_key_of_the_issuer() {
        let secret = PolicyView { jwks: Some("a secret of somebody".into()), ..view() };
        let refused = jose::Policy::try_from(secret).unwrap_err();
        assert!(matches!(refused.problem, Failure::Policies(PolicyProblem::KeysRefused { .. })));
        let none = PolicyView { jwks: Some(" ".into()), ..view() };
        assert_eq!(jose::Policy::try_from(none).unwrap().jwks, None);
    }
}
