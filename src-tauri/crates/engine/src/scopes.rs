//! Scopes: named permissions from the catalog (RFC 6749 section 3.3).

pub(crate) use crate::records::choose;
pub use crate::records::{Scope, ScopeEntry, UnknownScope, join};

use crate::{Engine, store, store::StoreError};

impl Engine {
    /// The scope catalog, in its own order.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn scope_catalog(&self) -> Result<Vec<ScopeEntry>, StoreError> {
        self.store.read(store::scopes::all)
    }
}
