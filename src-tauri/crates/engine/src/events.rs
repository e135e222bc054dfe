//! What happened: one event for every change of state, written in the transaction that makes the change.

pub use crate::records::{Event, EventKind, EventsOf};

use crate::{
    Engine,
    store::{self, StoreError},
};

impl Engine {
    /// What happened last, the newest first; at most so many events.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn events(&self, of: EventsOf<'_>, most: u32) -> Result<Vec<Event>, StoreError> {
        self.store.read(|db| store::events::latest(db, of, most))
    }

    /// The number of the newest event; 0 if nothing has happened yet.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn newest_event(&self) -> Result<i64, StoreError> {
        self.store.read(store::events::newest)
    }

    /// What happened after the event of that number, the oldest first; at most so many events.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn events_after(&self, id: i64, most: u32) -> Result<Vec<Event>, StoreError> {
        self.store.read(|db| store::events::after(db, id, most))
    }
}
