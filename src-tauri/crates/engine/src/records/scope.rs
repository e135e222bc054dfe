//! A scope, its catalog entry, and choosing scopes from the catalog.

use std::fmt;

/// The name of a scope in the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope(String);

impl Scope {
    /// A name that was validated when it was stored.
    pub(crate) fn stored(name: String) -> Self {
        Self(name)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One entry of the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeEntry {
    /// The name.
    pub name: Scope,
    /// A description for people: "Read items".
    pub description: String,
}

/// The requested scope is not in the catalog (`invalid_scope`, RFC 6749 section 5.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The scope \"{0}\" is not in the catalog")]
pub struct UnknownScope(pub String);

/// Looks up every name of `wanted` in the catalog; returns them in catalog order, without duplicates.
pub(crate) fn choose(catalog: &[ScopeEntry], wanted: &[String]) -> Result<Vec<Scope>, UnknownScope> {
    if let Some(unknown) = wanted.iter().find(|name| !catalog.iter().any(|entry| entry.name.as_str() == *name)) {
        return Err(UnknownScope(unknown.clone()));
    }
    let chosen = catalog.iter().filter(|entry| wanted.iter().any(|name| name == entry.name.as_str()));
    Ok(chosen.map(|entry| entry.name.clone()).collect())
}

/// The scopes as a token carries them: separated by spaces (RFC 6749 section 3.3).
pub fn join(scopes: &[Scope]) -> String {
    scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(" ")
}
