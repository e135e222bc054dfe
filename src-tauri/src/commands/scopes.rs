//! The scope catalog: where each scope is used, and changing it.

use super::number;
use crate::{
    error::{Failure, WireError, code_point, limit},
    state::AppState,
};
use engine::scopes::{LONGEST_DESCRIPTION, LONGEST_SCOPE, MOST_SCOPES, ScopeError, ScopeUse};
use serde::Serialize;
use tauri::State;

/// A scope of the catalog, and where it is used.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ScopeUseView {
    /// `items:read`
    pub name: String,
    /// "Read items"
    pub description: String,
    /// How many users hold it.
    pub holders: u32,
    /// The first of them.
    pub first_holders: Vec<String>,
    /// The saved policies that require it.
    pub policies: Vec<String>,
}

/// The scope catalog, and where each scope is used.
#[tauri::command]
#[specta::specta]
pub async fn list_scope_uses(state: State<'_, AppState>) -> Result<Vec<ScopeUseView>, WireError> {
    let uses = state.run(|engine| engine.scope_uses().map_err(WireError::from)).await?;
    Ok(uses.into_iter().map(ScopeUseView::from).collect())
}

/// Adds a scope, or changes the one named `before`; its holders keep it.
#[tauri::command]
#[specta::specta]
pub async fn save_scope(
    state: State<'_, AppState>,
    before: Option<String>,
    name: String,
    description: String,
) -> Result<(), WireError> {
    state.run(move |engine| Ok(engine.save_scope(before.as_deref(), &name, &description)?)).await
}

/// Deletes a scope and takes it from its holders. Returns how many there were.
#[tauri::command]
#[specta::specta]
pub async fn delete_scope(state: State<'_, AppState>, name: String) -> Result<u32, WireError> {
    state.run(move |engine| Ok(number(engine.delete_scope(&name)?))).await
}

impl From<ScopeUse> for ScopeUseView {
    fn from(one: ScopeUse) -> Self {
        Self {
            name: one.entry.name.to_string(),
            description: one.entry.description,
            holders: number(one.holders),
            first_holders: one.first_holders,
            policies: one.policies,
        }
    }
}

/// Why the scope catalog was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ScopeProblem {
    /// The name is empty.
    NameEmpty,
    /// The name has too many characters.
    NameTooLong {
        /// The limit.
        maximum: u32,
    },
    /// The name has a character that no scope may contain.
    NameCharacter {
        /// The character.
        character: String,
    },
    /// Another scope has that name.
    Taken {
        /// The name.
        name: String,
    },
    /// The description has too many characters.
    DescriptionTooLong {
        /// The limit.
        maximum: u32,
    },
    /// The description has an invisible character.
    DescriptionCharacter {
        /// The character: "U+200B".
        character: String,
    },
    /// The catalog is full.
    Full {
        /// The limit.
        maximum: u32,
    },
    /// No scope has that name.
    NotFound {
        /// The name.
        name: String,
    },
}

impl From<ScopeError> for WireError {
    fn from(error: ScopeError) -> Self {
        let message = error.to_string();
        let problem = match error {
            ScopeError::NameEmpty => ScopeProblem::NameEmpty,
            ScopeError::NameTooLong => ScopeProblem::NameTooLong { maximum: limit(LONGEST_SCOPE) },
            ScopeError::NameCharacter(odd) => ScopeProblem::NameCharacter { character: odd.escape_debug().to_string() },
            ScopeError::Taken(name) => ScopeProblem::Taken { name },
            ScopeError::DescriptionTooLong => ScopeProblem::DescriptionTooLong { maximum: limit(LONGEST_DESCRIPTION) },
            ScopeError::DescriptionCharacter(odd) => ScopeProblem::DescriptionCharacter { character: code_point(odd) },
            ScopeError::Full => ScopeProblem::Full { maximum: limit(MOST_SCOPES) },
            ScopeError::NotFound(name) => ScopeProblem::NotFound { name },
            ScopeError::Store(error) => return error.into(),
        };
        Self::new(Failure::Scopes(problem), message)
    }
}
