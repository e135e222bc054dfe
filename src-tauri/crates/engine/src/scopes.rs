//! Scopes: named permissions from the catalog (RFC 6749 section 3.3).

pub(crate) use crate::records::choose;
pub use crate::records::{Scope, ScopeEntry, UnknownScope, join};

use crate::{
    Engine,
    records::{EventKind, NewEvent},
    store::{self, Stop, StoreError},
};
use serde_json::json;

/// The maximum length of a scope's name, in characters.
pub const LONGEST_SCOPE: usize = 64;
/// The maximum length of a scope's description, in characters.
pub const LONGEST_DESCRIPTION: usize = 100;
/// The most scopes in the catalog.
pub const MOST_SCOPES: usize = 100;
/// How many of a scope's holders are named.
const NAMED_HOLDERS: u32 = 3;

/// A scope of the catalog, and where it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeUse {
    /// The scope.
    pub entry: ScopeEntry,
    /// How many users hold it.
    pub holders: u64,
    /// The first of them by name.
    pub first_holders: Vec<String>,
    /// The saved policies that require it.
    pub policies: Vec<String>,
}

/// Why the catalog was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// The name is empty.
    #[error("The scope has no name")]
    NameEmpty,
    /// More than [`LONGEST_SCOPE`] characters.
    #[error("The name of the scope has more than 64 characters")]
    NameTooLong,
    /// A scope is made of printable ASCII characters without space, `"` and `\` (RFC 6749 section 3.3).
    #[error("The name of the scope has {0:?}, which no scope may contain (RFC 6749 section 3.3)")]
    NameCharacter(char),
    /// Another scope has that name.
    #[error("There is already a scope \"{0}\"")]
    Taken(String),
    /// More than [`LONGEST_DESCRIPTION`] characters.
    #[error("The description has more than 100 characters")]
    DescriptionTooLong,
    /// The description contains an invisible character, or one that changes the text direction.
    #[error("The description contains an invisible character (U+{:04X})", u32::from(*.0))]
    DescriptionCharacter(char),
    /// The catalog has [`MOST_SCOPES`] scopes.
    #[error("The catalog has 100 scopes, which is the most")]
    Full,
    /// There is no such scope.
    #[error("There is no scope \"{0}\"")]
    NotFound(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// The scope catalog, in its own order.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn scope_catalog(&self) -> Result<Vec<ScopeEntry>, StoreError> {
        self.store.read(store::scopes::all)
    }

    /// The scope catalog, and where each scope is used.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn scope_uses(&self) -> Result<Vec<ScopeUse>, StoreError> {
        let policies = self.policies()?;
        let requires = |policy: &jose::Policy, name: &str| policy.required_scopes.iter().any(|scope| scope == name);
        self.store.snapshot(|db| {
            let uses = store::scopes::all(db)?.into_iter().map(|entry| {
                let name = entry.name.as_str();
                let (holders, first_holders) = store::scopes::holders(db, name, NAMED_HOLDERS)?;
                let policies = policies.iter().filter(|one| requires(&one.policy, name));
                let policies = policies.map(|one| one.policy.name.clone()).collect();
                Ok(ScopeUse { holders, first_holders, policies, entry })
            });
            uses.collect()
        })
    }

    /// Adds a scope at the end of the catalog, or changes the one named `before`. Its holders keep a renamed scope
    /// under the new name; tokens, sessions and policies keep the old name.
    ///
    /// # Errors
    /// [`ScopeError`]
    pub fn save_scope(&self, before: Option<&str>, name: &str, description: &str) -> Result<(), ScopeError> {
        let (name, description) = (name.trim(), description.trim());
        check(name, description)?;
        let now = self.now()?;
        self.store.decide(|tx| {
            let all = store::scopes::all(tx)?;
            let is_there = |wanted: &str| all.iter().any(|entry| entry.name.as_str() == wanted);
            if let Some(before) = before.filter(|before| !is_there(before)) {
                return Err(Stop::Refused(ScopeError::NotFound(before.into())));
            }
            if before != Some(name) && is_there(name) {
                return Err(Stop::Refused(ScopeError::Taken(name.into())));
            }
            if before.is_none() && all.len() >= MOST_SCOPES {
                return Err(Stop::Refused(ScopeError::Full));
            }
            store::scopes::save(tx, before, name, description)?;
            let event = NewEvent::of(EventKind::ScopeSaved).detail(json!({ "scope": name, "before": before }));
            store::events::record(tx, now, &event)?;
            Ok(())
        })
    }

    /// Deletes a scope, and takes it from its holders. Returns how many there were.
    ///
    /// # Errors
    /// [`ScopeError::NotFound`], [`ScopeError::Store`]
    pub fn delete_scope(&self, name: &str) -> Result<u64, ScopeError> {
        let now = self.now()?;
        self.store.decide(|tx| {
            let (holders, _) = store::scopes::holders(tx, name, 0)?;
            if !store::scopes::delete(tx, name)? {
                return Err(Stop::Refused(ScopeError::NotFound(name.into())));
            }
            let event = NewEvent::of(EventKind::ScopeDeleted).detail(json!({ "scope": name, "holders": holders }));
            store::events::record(tx, now, &event)?;
            Ok(holders)
        })
    }
}

fn check(name: &str, description: &str) -> Result<(), ScopeError> {
    if name.is_empty() {
        return Err(ScopeError::NameEmpty);
    }
    if let Some(odd) = name.chars().find(|&c| !c.is_ascii_graphic() || c == '"' || c == '\\') {
        return Err(ScopeError::NameCharacter(odd));
    }
    if name.len() > LONGEST_SCOPE {
        return Err(ScopeError::NameTooLong);
    }
    if description.chars().count() > LONGEST_DESCRIPTION {
        return Err(ScopeError::DescriptionTooLong);
    }
    jose::first_unseen(description).map_or(Ok(()), |unseen| Err(ScopeError::DescriptionCharacter(unseen)))
}
